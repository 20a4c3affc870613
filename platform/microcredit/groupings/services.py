"""The territory as it stands on a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from microcredit.groupings.codes import OrganisationKind, ParticipationKind
from microcredit.groupings.models import Commune, CommunePopulation, Organisation, Participation
from microcredit.kernel.database import holds_on


@dataclass(frozen=True)
class CommuneRow:
    """A commune with the population in force on a day."""

    code: str
    name: str
    epci: str
    inhabitants: int | None
    source: str
    since: date | None


@dataclass(frozen=True)
class Participant:
    """An organisation and what it is to the grouping."""

    organisation: str
    kind: ParticipationKind
    valid_from: date
    valid_to: date | None


def communes(session: Session, on: date) -> list[CommuneRow]:
    """The communes of the territory by name, each with its population in force on `on`."""
    latest = (
        select(CommunePopulation)
        .where(CommunePopulation.valid_from <= on)
        .ext(distinct_on(CommunePopulation.commune_code))
        .order_by(CommunePopulation.commune_code, CommunePopulation.valid_from.desc())
        .subquery()
    )
    rows = session.execute(
        select(Commune, latest.c.inhabitants, latest.c.source, latest.c.valid_from)
        .outerjoin(latest, latest.c.commune_code == Commune.code)
        .order_by(func.lower(Commune.name))
    )
    return [
        CommuneRow(c.code, c.name, c.epci_name or "", inhabitants, source or "", since)
        for c, inhabitants, source, since in rows
    ]


def commune_names(session: Session) -> dict[str, str]:
    """Commune code → name, in the order of names."""
    rows = session.execute(select(Commune.code, Commune.name).order_by(func.lower(Commune.name)))
    return {row.code: row.name for row in rows}


def desks(session: Session, on: date) -> dict[int, str]:
    """The organisations where people are received on a day, id → name: members and prescribers."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .join(Participation, Participation.organisation_id == Organisation.id)
        .where(
            Participation.kind.in_(
                [ParticipationKind.MEMBER.value, ParticipationKind.PRESCRIBER.value]
            ),
            holds_on(Participation, on),
        )
        .distinct()
        .order_by(Organisation.name)
    )
    return {row.id: row.name for row in rows}


def prescriber_kind(session: Session, organisation_id: int, on: date) -> OrganisationKind | None:
    """What kind of organisation it is, if it is a prescriber on a day; None when it is not."""
    kind = session.scalar(
        select(Organisation.kind)
        .join(Participation, Participation.organisation_id == Organisation.id)
        .where(
            Organisation.id == organisation_id,
            Participation.kind == ParticipationKind.PRESCRIBER.value,
            holds_on(Participation, on),
        )
        .limit(1)
    )
    return OrganisationKind(kind) if kind else None


def participants(session: Session) -> list[Participant]:
    """Every participation, past ones included, by kind then name."""
    rows = session.execute(
        select(Participation, Organisation.name)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .order_by(Participation.kind, Organisation.name, Participation.valid_from)
    )
    return [
        Participant(name, ParticipationKind(p.kind), p.valid_from, p.valid_to) for p, name in rows
    ]
