"""One request as it will be told: who asks, for what, and each act at its date."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from random import Random

from sqlalchemy.orm import Session

from microcredit.cases.codes import Channel, Motive, OrientationResult, OrientationTarget, Purpose
from microcredit.cases.diagnosis_schemas import Line
from microcredit.demo.people import Somebody
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import Identity


class Fate(Enum):
    """How a request ends, or that it goes on."""

    TURNED_AWAY = auto()
    NO_SHOW = auto()
    REDIRECTED = auto()
    GAVE_UP = auto()
    DECLINED = auto()
    MISSING_PAPERS = auto()
    REFUSED = auto()
    WITHDREW = auto()
    DROPPED = auto()
    LENT = auto()
    OPEN = auto()


class Ending(Enum):
    """Where a loan stands at the end of the story."""

    SETTLED = auto()
    EARLY = auto()
    ON_TIME = auto()
    REGULARISED = auto()
    ARREARS = auto()
    RESCHEDULED = auto()
    CALLED = auto()


class What(Enum):
    """One act of the product, and who does it."""

    CONTACT = Role.CASE_WORKER, auto()
    MEET = Role.CASE_WORKER, auto()
    DIAGNOSE = Role.CASE_WORKER, auto()
    AWAIT = Role.CASE_WORKER, auto()
    RECEIVE = Role.CASE_WORKER, auto()
    COMPLETE = Role.CASE_WORKER, auto()
    ASK_REVIEW = Role.CASE_WORKER, auto()
    REVIEW = Role.COORDINATOR, auto()
    DECLINE = Role.CASE_WORKER, auto()
    SEND = Role.CASE_WORKER, auto()
    ASK_ITEMS = Role.BANK_OFFICER, auto()
    SEND_ITEMS = Role.CASE_WORKER, auto()
    ADJOURN = Role.BANK_OFFICER, auto()
    GRANT = Role.BANK_OFFICER, auto()
    COUNTER = Role.BANK_OFFICER, auto()
    ACCEPT = Role.CASE_WORKER, auto()
    REFUSE = Role.BANK_OFFICER, auto()
    SIGN = Role.CASE_WORKER, auto()
    WITHDRAW = Role.CASE_WORKER, auto()
    DISBURSE = Role.CASE_WORKER, auto()
    FOLLOW_UP = Role.CASE_WORKER, auto()
    PROOF = Role.CASE_WORKER, auto()
    REJECT = Role.BANK_OFFICER, auto()
    CALL = Role.CASE_WORKER, auto()
    PAY = Role.CASE_WORKER, auto()
    RESCHEDULE = Role.BANK_OFFICER, auto()
    ACCELERATE = Role.BANK_OFFICER, auto()
    CALL_GUARANTEE = Role.BANK_OFFICER, auto()
    SETTLE = Role.CASE_WORKER, auto()
    EVALUATE = Role.CASE_WORKER, auto()
    REDIRECT = Role.CASE_WORKER, auto()
    CLOSE = Role.CASE_WORKER, auto()
    ORIENT = Role.CASE_WORKER, auto()
    RESULTS = Role.CASE_WORKER, auto()
    TASK = Role.CASE_WORKER, auto()

    def __init__(self, role: Role, _: int) -> None:
        self.role = role


@dataclass(frozen=True)
class Step:
    """An act on a day; `until` is the day it names, `number` an instalment or months, `words` a text."""

    on: date
    what: What
    until: date | None = None
    number: int = 0
    words: str = ""


@dataclass
class Help:
    """Another help that is proposed; without `result` nobody knows yet what came of it."""

    target: OrientationTarget
    result: OrientationResult | None = None
    cents: int | None = None


@dataclass
class Tale:
    """One request. `reason` is the code of its way out; amounts in cents, `lent` and `lent_months` if
    the bank grants otherwise than was asked."""

    fate: Fate
    who: Somebody
    commune: str
    channel: Channel
    motive: Motive
    purpose: Purpose
    amount: int
    months: int
    contact_on: date
    reason: str = ""
    at_desk: bool = False
    referred: bool = False
    anonymous: bool = False
    partial: bool = False
    opinion: str = ""
    lines: list[Line] = field(default_factory=list)
    project: str = ""
    lent: int = 0
    lent_months: int = 0
    ending: Ending | None = None
    private_sale: bool = False
    helps: list[Help] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def then(
        self, on: date, what: What, *, until: date | None = None, number: int = 0, words: str = ""
    ) -> None:
        """Add an act; acts are added in any order and told by date, in order of adding on one day."""
        self.steps.append(Step(on, what, until, number, words))

    def day_of(self, what: What) -> date:
        """The first day of an act. Raises StopIteration when it is not told."""
        return next(step.on for step in self.steps if step.what is what)


@dataclass
class Told:
    """A tale being told: its public number once it has one, what is left to tell, its own chance."""

    tale: Tale
    random: Random
    number: str = ""
    left: list[Step] = field(default_factory=list)


Doing = Callable[[Session, Identity, Told, Step], object]
