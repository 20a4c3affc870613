"""Which parts of pages axe has judged, over all processes of the tests."""

from collections.abc import Iterable
from pathlib import Path

from tests.sharing import locked

#: Every place where an element of the page, or of what a selector finds in it, stands: the elements around
#: it and itself, each by its name, its classes and the names and roles that accessibility is made of.
PLACES = """where => {
    const said = e => [e.localName, ...[...e.classList].sort(), ...[...e.attributes]
        .filter(a => a.name === "role" || a.name === "type" || a.name.startsWith("aria-"))
        .map(a => a.name === "role" || a.name === "type" ? a.value : a.name).sort()].join(".");
    const path = e => e.parentElement ? path(e.parentElement) + ">" + said(e) : said(e);
    const roots = where ? [...document.querySelectorAll(where)] : [document.documentElement];
    return [...new Set(roots.flatMap(root => [root, ...root.querySelectorAll("*")]).map(path))];
}"""


class Judged:
    """The places that were judged, kept in one file for all processes."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def has_new(self, places: Iterable[str]) -> bool:
        """Whether one of these was not judged yet; from now on all of them count as judged."""
        with locked(self._file) as known:
            new = set(places) - set(known.read().splitlines())
            known.writelines(f"{place}\n" for place in sorted(new))
        return bool(new)
