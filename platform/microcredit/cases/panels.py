"""What later domains show on the page of a case: each registers its panels at the composition root."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from microcredit.cases.models import Case
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity


@dataclass(frozen=True)
class Panel:
    """A part of the page: its template, who may see it, and what it reads; None when nothing is to be shown."""

    template: str
    permission: Permission
    read: Callable[[Session, Identity, Case], object | None]


@dataclass(frozen=True)
class Shown:
    """A panel with what it read."""

    template: str
    content: object


def shown(panels: Iterable[Panel], session: Session, identity: Identity, case: Case) -> list[Shown]:
    """The panels that this reader sees on this case, in the order of the file's life."""
    found = []
    for panel in panels:
        if identity.may(panel.permission):
            content = panel.read(session, identity, case)
            if content is not None:
                found.append(Shown(panel.template, content))
    return found
