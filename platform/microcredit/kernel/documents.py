"""Documents for paper and for screen readers: tagged PDF (PDF/UA-1), laid out by typst.

A document is a function of its template and its data: the same data give the same bytes on every
machine. So only the fonts inside the compiler serve, and no date comes from the clock.
Data are only data. They reach a template as JSON, which shows them as plain strings; a template
never evaluates a string and imports no package (`tests/unit/test_documents.py` reads them all).
"""

import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache

import typst

from microcredit.settings import ROOT

TEMPLATES = ROOT / "templates"
NAME = re.compile(r"[a-z][a-z_]*(/[a-z][a-z_]*)*")
#: What stands for a character that no font of the compiler can draw, such as an emoji.
UNDRAWN = "\N{REPLACEMENT CHARACTER}"
#: How the compiler names such a character; it names each of a document in one failure.
REFUSED = re.compile(r'the text (?:contains the disallowed codepoint )?`"([^"`]+)"`')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class DocumentFailed(Exception):
    """A template does not exist, is wrong, or its data are not those it needs."""


def render(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF/UA-1 of `templates/<template>.typ` with these data, which are what JSON can say.

    Amounts and dates come already formatted in French; the document's own date is in the data too.
    A character that no font can draw is shown as « � »: PDF/UA-1 allows no blank in its place, and
    a document must not fail for an emoji. Raises DocumentFailed, also in a process forked after its
    parent made a document (the compiler would hang). Threads may make documents at once.
    """
    if not NAME.fullmatch(template) or not (TEMPLATES / f"{template}.typ").is_file():
        raise DocumentFailed(f"no template is called {template!r}")
    try:
        try:
            return _compiled(template, data)
        except typst.TypstError as error:
            undrawn = dict.fromkeys(map(ord, _refused(error)), UNDRAWN)
            if not undrawn:
                raise
            return _compiled(template, _translated(data, undrawn))
    except (RuntimeError, TypeError, ValueError) as error:
        reason = error.message if isinstance(error, typst.TypstError) else str(error)
        raise DocumentFailed(f"{template}: {reason}") from error


def _compiled(template: str, data: object) -> bytes:
    started_in, fonts = _started()
    if started_in != os.getpid():
        raise RuntimeError("the compiler was started before this process was forked")
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, allow_nan=False)},
        pdf_standards="ua-1",
        timestamp=0,  # what `datetime.today()` would answer: the template sets the date from the data
    )


@lru_cache(maxsize=1)
def _started() -> tuple[int, typst.Fonts]:
    """The process of the first document, and the fonts that every document shares.

    The compiler's threads do not outlive a fork: a forked child would wait for them for ever.
    """
    return os.getpid(), typst.Fonts(include_system_fonts=False)


def _refused(error: typst.TypstError) -> str:
    """The characters for which this failure says that they cannot be drawn."""
    found = "".join(REFUSED.findall(error.diagnostic))
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), found)


def _translated(value: object, characters: dict[int, str]) -> object:
    if isinstance(value, str):
        return value.translate(characters)
    if isinstance(value, Mapping):
        return {key: _translated(each, characters) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_translated(each, characters) for each in value]
    return value
