"""What governance decided, as it stands on a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from microcredit.governance.models import Action, ActionLead, Delay, Threshold
from microcredit.groupings.models import Organisation
from microcredit.kernel.database import holds_on
from microcredit.kernel.errors import DomainError

MICROCREDIT = "microcredit"


class NoSuchAction(DomainError):
    """The grouping does not run microcredit on that day."""

    message = "Le groupement ne mène pas l’action microcrédit à cette date."


@dataclass(frozen=True)
class ActionRow:
    """An action and who leads it on a day."""

    name: str
    lead: str
    since: date


@dataclass(frozen=True)
class DelayRow:
    """How long a case may stay in a state, from when, and by whose decision."""

    state: str
    days: int
    since: date
    source: str


@dataclass(frozen=True)
class ThresholdRow:
    """A number that helps to talk about a budget, from when, and by whose decision."""

    value: int
    since: date
    source: str


def microcredit_action(session: Session, on: date) -> Action:
    """The microcredit action, led by somebody on that day. Raises NoSuchAction."""
    action = session.scalar(
        select(Action)
        .join(ActionLead, ActionLead.action_id == Action.id)
        .where(Action.code == MICROCREDIT, holds_on(ActionLead, on))
    )
    if action is None:
        raise NoSuchAction
    return action


def actions(session: Session, on: date) -> list[ActionRow]:
    """The actions of a day with the CCAS that leads each."""
    rows = session.execute(
        select(Action.name, Organisation.name, ActionLead.valid_from)
        .join(ActionLead, ActionLead.action_id == Action.id)
        .join(Organisation, Organisation.id == ActionLead.organisation_id)
        .where(holds_on(ActionLead, on))
        .order_by(Action.name)
    )
    return [ActionRow(name, lead, since) for name, lead, since in rows]


def delays(session: Session, on: date) -> dict[str, int]:
    """State → days, as in force on a day. A state without a delay is never late."""
    return {row.state: row.days for row in delay_rows(session, on)}


def delay_rows(session: Session, on: date) -> list[DelayRow]:
    """The delays in force on a day, with their source."""
    rows = session.scalars(select(Delay).where(holds_on(Delay, on)).order_by(Delay.state))
    return [DelayRow(row.state, row.days, row.valid_from, row.source) for row in rows]


def thresholds(session: Session, on: date) -> dict[str, ThresholdRow]:
    """Code → threshold in force on a day; the code says the unit. One that is not defined is absent."""
    rows = session.scalars(select(Threshold).where(holds_on(Threshold, on)))
    return {row.code: ThresholdRow(row.value, row.valid_from, row.source) for row in rows}
