"""Documents: what a screen reader finds in them, and what hostile data cannot do to them."""

import io
import multiprocessing
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader

from microcredit.kernel.documents import TEMPLATES, DocumentFailed, render

ROW = {
    "due_on": "5 mai 2016",
    "amount": "71,61 €",
    "principal": "67,44 €",
    "interest": "4,17 €",
    "outstanding": "2\N{NARROW NO-BREAK SPACE}432,56 €",
    "state": "À venir",
}

#: Everything that `templates/loans/schedule.typ` needs.
SCHEDULE: dict[str, Any] = {
    "title": "Échéancier du prêt",
    "tenant": "Pays de Condé",
    "number": "PC-2016-0018",
    "person": "Mme Sandrine Lenoir",
    "bank": "Banque solidaire de l’Escaut",
    "principal": "2 500,00 €",
    "rate": "2,00 %",
    "months": "84 mois",
    "instalment": "71,61 €",
    "taeg": "2,02 %",
    "total_interest": "77,85 €",
    "total_paid": "2 577,85 €",
    "released_on": "31 mars 2016",
    "payee": "Garage de l’Écluse",
    "printed_on": {"iso": "2016-04-07", "words": "7 avril 2016"},
    "rows": [{"number": str(number)} | ROW for number in range(1, 85)],
    "totals": {"amount": "2 577,85 €", "principal": "2 500,00 €", "interest": "77,85 €"},
    "mention": "Un crédit vous engage et doit être remboursé.",
    "note": "Document indicatif : seul l’échéancier de la banque engage.",
}

SHORT = SCHEDULE | {"rows": SCHEDULE["rows"][:2]}


@cache
def seven_years() -> bytes:
    return render("loans/schedule", SCHEDULE)


def reader(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def text(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(document).pages)


def tags(element: Any) -> Iterator[tuple[str, Any]]:
    """Each element of the document's structure, in reading order."""
    element = element.get_object()
    if isinstance(element, list):
        for each in element:
            yield from tags(each)
    elif isinstance(element, dict):
        if "/S" in element:
            yield element["/S"], element
        if "/K" in element:
            yield from tags(element["/K"])


def test_a_document_says_what_it_is_to_a_screen_reader() -> None:
    root = reader(seven_years()).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    described = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert "Échéancier du prêt PC-2016-0018" in described


def test_a_document_is_dated_by_its_data() -> None:
    metadata = reader(seven_years()).metadata
    assert metadata is not None
    assert metadata["/CreationDate"] == "D:20160407000000Z"
    assert metadata["/ModDate"] == "D:20160407000000Z"


def test_the_schedule_is_a_table_with_column_headers_and_a_total() -> None:
    found = list(tags(reader(seven_years()).root_object["/StructTreeRoot"]["/K"]))
    names = [name for name, _ in found]
    assert [name for name in names if name in {"/Title", "/H1", "/Table"}] == [
        "/Title",
        "/H1",
        "/Table",
    ]
    assert names.count("/TR") == 1 + 84 + 1
    assert (names.count("/THead"), names.count("/TFoot")) == (1, 1)
    scopes = [element["/A"][0]["/Scope"] for name, element in found if name == "/TH"]
    assert scopes == ["/Column"] * 7


def test_eighty_four_rows_are_read_in_order_under_heads_repeated_on_each_page() -> None:
    pages = [page.extract_text() for page in reader(seven_years()).pages]
    for number, page in enumerate(pages, start=1):
        assert "N° Date Échéance Capital Intérêts Reste dû État" in page
        assert "Pays de Condé" in page
        assert f"Imprimé le 7 avril 2016 Page {number} sur {len(pages)}" in page
    whole = "\n".join(pages)
    rows = re.findall(r"^(\d+) 5 mai 2016 71,61 € 67,44 € 4,17 € 2\s432,56 € À venir$", whole, re.M)
    assert rows == [str(number) for number in range(1, 85)]
    parts = ["Mme Sandrine Lenoir", "Garage de l’Écluse", "1 5 mai", "Total 2 577,85", "Un crédit"]
    assert sorted(parts, key=whole.index) == parts


@pytest.mark.parametrize(
    "words",
    [
        '#read("/etc/passwd")',
        "*a* $x$ \\ _b_ `c` <d> @e = -- ~ \\u{41}",
        '#import "@preview/x:0.1.0": * // /* #eval("1+1")',
        '"}, "rows": []',
        "Київ Ελλάδα",
    ],
)
def test_what_looks_like_markup_is_shown_as_it_is(words: str) -> None:
    assert words in " ".join(text(render("loans/schedule", SHORT | {"person": words})).split())


def test_a_name_written_from_right_to_left_is_shown_and_disturbs_no_other() -> None:
    shown = text(render("loans/schedule", SHORT | {"person": "שלום \N{RIGHT-TO-LEFT OVERRIDE}ab"}))
    assert set("שלום") <= set(shown)
    assert "Banque Banque solidaire de l’Escaut" in shown


def test_what_no_font_can_draw_leaves_a_mark_and_the_rest_of_the_name() -> None:
    shown = text(
        render("loans/schedule", SHORT | {"person": "Zoé 😀 中文 Léa\x01\ufeff", "payee": "🚗"})
    )
    assert "Personne Zoé � �� Léa��" in shown
    assert "Versés à �" in shown


@pytest.mark.parametrize(
    "data",
    [
        {key: value for key, value in SHORT.items() if key != "person"},
        SHORT | {"rows": [ROW]},
        SHORT | {"person": None},
        SHORT | {"person": 12},
        SHORT | {"person": "\ud800"},
        SHORT | {"person": object()},
        SHORT | {"printed_on": {"iso": "hier", "words": "hier"}},
    ],
    ids=[
        "no person",
        "no number in a row",
        "none",
        "a number",
        "half a character",
        "no json",
        "date",
    ],
)
def test_data_that_are_not_those_of_the_template_make_no_document(data: dict[str, Any]) -> None:
    with pytest.raises(DocumentFailed):
        render("loans/schedule", data)


@pytest.mark.parametrize(
    "name", ["loans/nothing", "../tenants/x", "/etc/passwd", "loans/schedule.typ", ""]
)
def test_a_template_is_named_inside_its_folder(name: str) -> None:
    with pytest.raises(DocumentFailed):
        render(name, SHORT)


def test_the_same_data_give_the_same_bytes_in_every_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda data: render("loans/schedule", data), [SHORT] * 4))
    assert set(made) == {render("loans/schedule", dict(reversed(SHORT.items())))}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_process_forked_after_a_document_refuses_instead_of_waiting_for_ever() -> None:
    render("loans/schedule", SHORT)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        answer = pool.apply_async(render, ("loans/schedule", SHORT))
        with pytest.raises(DocumentFailed, match="forked"):
            answer.get(timeout=10)


def test_templates_of_documents_evaluate_nothing_and_fetch_nothing() -> None:
    found = sorted(TEMPLATES.rglob("*.typ"))
    assert found
    for path in found:
        assert not re.search(r'\beval\b|"@|\bplugin\b|https?:', path.read_text()), path.name
