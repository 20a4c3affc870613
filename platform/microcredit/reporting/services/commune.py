"""« Ma commune »: the residents of one commune, for the director of its CCAS."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.cases.codes import Act, Motive, State
from microcredit.cases.list_schemas import View
from microcredit.cases.models import Case, CaseEvent
from microcredit.cases.named_days import NamedDays
from microcredit.cases.services.find import within
from microcredit.cases.services.listing import Listing, open_cases
from microcredit.groupings.services import commune_names
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.people.models import Person
from microcredit.people.services import full_name
from microcredit.reporting.services.commune_loans import CommuneLoans, commune_loans
from microcredit.reporting.services.cube import Group, Stage, groups
from microcredit.reporting.services.exits import Stop, stopped
from microcredit.reporting.services.headline import (
    ACCEPTANCE,
    INCIDENT,
    LOAN,
    REQUEST,
    Figure,
    acceptance,
    share_of,
)
from microcredit.reporting.services.loans import incidents_of
from microcredit.reporting.services.masking import Count
from microcredit.web.formatting import plural, whole

#: How many decisions the page recalls.
RECENT = 6


@dataclass(frozen=True)
class Decision:
    """A bank's answer about a resident."""

    number: str
    name: str
    motive: Motive
    amount_cents: int
    state: State
    on_date: date
    bank: str


@dataclass(frozen=True)
class CommunePage:
    """All that the page shows; `name` is "" when the organisation has no commune."""

    today: date
    name: str
    headline: list[Figure]
    listing: Listing
    late: int
    loans: CommuneLoans
    decisions: list[Decision]


def my_commune(
    session: Session, identity: Identity, page: str = "", days: Sequence[NamedDays] = ()
) -> CommunePage:
    """The commune of the active hat. Its director sees the names: nothing is masked.

    `days` are those that make a case late besides the delay of its state.
    """
    today = business_date(session)
    code = identity.commune_code
    name = commune_names(session).get(code, "") if code else ""
    if code is None or not name:
        return CommunePage(today, "", [], Listing([], 0, "", ""), 0, CommuneLoans([], 0, 0), [])
    listing, counts = open_cases(session, identity, page, days)
    return CommunePage(
        today,
        name,
        _headline(session, code, today, counts),
        listing,
        counts[View.LATE.value],
        commune_loans(session, identity),
        _decisions(session, identity),
    )


def _headline(session: Session, code: str, today: date, counts: dict[str, int]) -> list[Figure]:
    """The same figures as those of the territory, of one commune, the current year included."""

    here = groups(session, today, code)
    first = min((group.year for group in here), default=today.year)
    asked = [group for group in here if group.identified]
    at = stopped(asked)
    requests, this_year = _sum(asked), _sum(one for one in asked if one.year == today.year)
    lent = _sum(one for one in asked if one.stage is Stage.LENT)
    refused, agreed = _sum(at[Stop.REFUSED]), lent + _sum(at[Stop.AGREED])
    incidents = incidents_of(session, today, code)
    going_on, late = counts[View.OPEN.value], counts[View.LATE.value]
    return [
        Figure(
            whole(going_on), "dossier en cours" if going_on < 2 else "dossiers en cours",
            "Dossier en cours",
            "un dossier qui n’est pas clos et dont la personne habite aujourd’hui la commune, "
            "qu’elle ait donné un nom ou non. Un prêt versé n’y est plus : il est compté parmi les prêts.",
            f"dont {whole(late)} en retard" if late else "aucun en retard",
        ),
        Figure(
            whole(this_year), f"{'demande' if this_year < 2 else 'demandes'} en {today.year}",
            "Demande", REQUEST, f"{whole(requests)} depuis {first}",
        ),
        Figure(
            whole(lent), f"{'prêt versé' if lent < 2 else 'prêts versés'} depuis {first}",
            "Prêt versé", LOAN, share_of(Count(lent), Count(requests), "des demandes"),
        ),
        Figure(
            whole(incidents),
            "incident de remboursement" if incidents < 2 else "incidents de remboursement",
            "Incident", INCIDENT, f"sur {plural(lent, 'prêt', 'prêts')}",
        ),
        Figure(
            acceptance(Count(agreed), Count(refused)), "d’acceptation par la banque",
            "Acceptation par la banque", ACCEPTANCE,
            f"{plural(agreed, 'accord', 'accords')}, {plural(refused, 'refus', 'refus')}",
        ),
    ]  # fmt: skip


def _sum(found: Iterable[Group]) -> int:
    return sum(one.count for one in found)


def _decisions(session: Session, identity: Identity) -> list[Decision]:
    """What banks last answered: yes, yes otherwise, no."""
    rows = session.execute(
        select(
            Case.number, Case.motive, Case.amount_cents,
            CaseEvent.to_state, CaseEvent.on_date, CaseEvent.note,
            Person.civility, Person.first_names, Person.last_name,
        )
        .join(Case, Case.id == CaseEvent.case_id)
        .outerjoin(Person, Person.id == Case.person_id)
        .where(
            CaseEvent.act.in_([Act.GRANT.value, Act.REFUSE.value, Act.COUNTER.value]),
            CaseEvent.to_state.in_(
                [State.APPROVED.value, State.BANK_REFUSED.value, State.BANK_COUNTER_OFFER.value]
            ),
            CaseEvent.on_date <= business_date(session),
            within(identity, Permission.LIST_CASES),
        )
        .order_by(CaseEvent.on_date.desc(), CaseEvent.id.desc())
        .limit(RECENT)
    )  # fmt: skip
    return [
        Decision(
            row.number,
            full_name(row.civility or "", row.first_names or "", row.last_name or ""),
            Motive(row.motive),
            row.amount_cents,
            State(row.to_state),
            row.on_date,
            row.note,
        )
        for row in rows
    ]
