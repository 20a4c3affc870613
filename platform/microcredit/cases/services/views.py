"""Lists that one person keeps: their filters under a name of her own. Nobody else sees them."""

from dataclasses import dataclass, replace

from marshmallow import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from microcredit.cases.list_schemas import Filters, FiltersSchema, KeepView
from microcredit.cases.models import SavedView
from microcredit.kernel import audit
from microcredit.kernel.errors import DomainError, NotFound
from microcredit.kernel.tenancy import Identity

#: More tabs than that are no longer read.
MOST = 12


class CannotKeep(DomainError):
    """The name is taken, or there are too many already."""

    status = 422


@dataclass(frozen=True)
class Kept:
    """One kept list, with how many cases it holds."""

    id: int
    name: str
    filters: Filters
    count: int = 0

    def holding(self, count: int) -> "Kept":
        """The same list with its count."""
        return replace(self, count=count)


def kept_views(session: Session) -> list[Kept]:
    """The lists that the reader keeps, the oldest first: the database gives her own alone.

    One whose filters no longer mean anything (a state that was renamed) is shown without them.
    """
    rows = session.scalars(select(SavedView).order_by(SavedView.id))
    return [Kept(row.id, row.name, _read(row.filters)) for row in rows]


def keep_view(session: Session, identity: Identity, asked: KeepView) -> Kept:
    """Keep a list under a name. Raises CannotKeep."""
    names = list(session.scalars(select(func.lower(SavedView.name))))
    if len(names) >= MOST:
        raise CannotKeep(
            fields={"nom": f"Vous gardez déjà {MOST} vues : retirez-en une avant d’en ajouter."}
        )
    taken = CannotKeep(fields={"nom": "Vous avez déjà une vue de ce nom."})
    if asked.nom.lower() in names:
        raise taken
    filters = asked.filters.in_address()
    found = session.scalar(
        insert(SavedView)
        .values(account_id=identity.account_id, name=asked.nom, filters=filters)
        .on_conflict_do_nothing()
        .returning(SavedView.id)
    )
    if found is None:  # somebody at her other screen was quicker
        raise taken
    audit.record(session, "keep_view", f"view:{found}")
    return Kept(found, asked.nom, asked.filters)


def forget_view(session: Session, view_id: int) -> str:
    """Remove a kept list; its name. Raises NotFound."""
    name = session.execute(
        delete(SavedView).where(SavedView.id == view_id).returning(SavedView.name)
    ).scalar_one_or_none()
    if name is None:
        raise NotFound("Cette vue n’existe pas, ou elle a déjà été retirée.")
    audit.record(session, "forget_view", f"view:{view_id}")
    return name


def _read(filters: dict[str, str]) -> Filters:
    known: dict[str, object] = dict(filters)
    if "accueil" in filters:
        known["accueil"] = int(filters["accueil"])
    try:
        return FiltersSchema().read(known)
    except ValidationError:
        return Filters()
