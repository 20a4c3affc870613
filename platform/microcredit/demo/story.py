"""What happened in a demo tenant: cases opened and carried on by the product's own acts, day by day.

Nothing is written by hand: each act is a session of the person who would do it, at its own date,
so that the demo keeps every rule that the product keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from microcredit.accounts.gate import Gate
from microcredit.accounts.services import open_session
from microcredit.cases.codes import Channel, CloseReason, OrientationTarget, RedirectReason
from microcredit.cases.schemas import Close, Contact, Diagnosis, Line, Meeting, Redirect
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close, redirect
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.diagnosis import complete, save_diagnosis
from microcredit.cases.services.find import get
from microcredit.demo.people import Somebody, crowd
from microcredit.groupings.services import commune_names, desks
from microcredit.kernel.database import Pools
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity, enter
from microcredit.kernel.vault import Vault
from microcredit.lenders.services import terms_in_force
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.send import send
from microcredit.web.formatting import clock_time, short_day

Doing = Callable[[Session, Identity], None]

SET_DATE = text("SELECT tenancy.set_demo_date(:day)")


@dataclass(frozen=True)
class Path:
    """How far a case goes, and how many days before the end it took each step."""

    steps: tuple[tuple[str, int], ...]
    partial: bool = False
    anonymous: bool = False


def paths() -> list[Path]:
    """Every state that exists, several times, some late: what a half-time post has on its desk."""
    return [
        Path((("contact", 2),)),
        Path((("contact", 9),), anonymous=True),
        Path((("contact", 13),)),
        Path((("contact", 18),)),
        Path((("contact", 12), ("meet", 5))),
        Path((("contact", 15), ("meet_today", 6))),
        Path((("contact", 16), ("meet_today", 8))),
        Path((("contact", 11), ("meet_soon", 4))),
        Path((("contact", 40), ("meet", 30), ("diagnose", 26)), partial=True),
        Path((("contact", 22), ("meet", 14), ("diagnose", 9)), partial=True),
        Path((("contact", 30), ("meet", 20), ("diagnose", 12))),
        Path((("contact", 28), ("meet", 21), ("diagnose", 6))),
        Path((("contact", 35), ("meet", 26), ("diagnose", 15), ("complete", 2))),
        Path((("contact", 37), ("meet", 29), ("diagnose", 14), ("complete", 4))),
        Path((("contact", 46), ("meet", 33), ("diagnose", 20), ("complete", 9))),
        Path((("contact", 50), ("meet", 42), ("diagnose", 30), ("complete", 15), ("send", 12))),
        Path((("contact", 44), ("meet", 36), ("diagnose", 22), ("complete", 12), ("send", 9))),
        Path((("contact", 41), ("meet", 32), ("diagnose", 19), ("complete", 7), ("send", 5))),
        Path((("contact", 39), ("meet", 31), ("diagnose", 17), ("complete", 5), ("send", 3))),
        Path((("contact", 70), ("meet", 61), ("diagnose", 50), ("complete", 30), ("send", 28), ("refuse", 17))),
        Path((("contact", 66), ("meet", 55), ("diagnose", 44), ("complete", 24), ("send", 20), ("refuse", 6))),
        Path((("contact", 80), ("meet", 71), ("diagnose", 60), ("complete", 33), ("send", 30), ("grant", 21))),
        Path((("contact", 72), ("meet", 63), ("diagnose", 47), ("complete", 21), ("send", 18), ("grant", 9))),
        Path((("contact", 58), ("meet", 47), ("diagnose", 34), ("complete", 15), ("send", 11), ("grant", 2))),
        Path((("contact", 33), ("redirect", 33)), anonymous=True),
        Path((("contact", 60), ("redirect", 52))),
        Path((("contact", 64), ("meet", 57), ("diagnose", 45), ("redirect", 45))),
        Path((("contact", 120), ("meet", 110), ("diagnose", 98), ("complete", 80), ("send", 78),
              ("refuse", 66), ("redirect", 60))),
        Path((("contact", 52), ("meet", 41), ("close", 38))),
        Path((("contact", 90), ("close", 62))),
        Path((("contact", 55), ("meet", 46), ("diagnose", 40), ("close", 24))),
    ]  # fmt: skip


@dataclass
class Story:
    """Tells one tenant's story in its database."""

    slug: str
    end: date
    pools: Pools
    gate: Gate
    vault: Vault
    actors: dict[Role, int]
    keep_date: bool
    numbers: dict[int, str] = field(default_factory=dict)

    def tell(self, seed: int, chosen: list[Path]) -> None:
        """Carry every case as far as its path goes, act by act in the order of days."""
        random = Random(seed)
        people = crowd(seed, len(chosen), self.end.year)
        acts = [
            (self.end - timedelta(days=ago), order, place, step)
            for place, path in enumerate(chosen)
            for order, (step, ago) in enumerate(path.steps)
        ]
        for day, _, place, step in sorted(acts):
            path, somebody = chosen[place], people[place]
            self._act(step, day, place, path, somebody, random)
        self._do(Role.CASE_WORKER, self.end, lambda *_: None, last=True)

    def _act(
        self, step: str, day: date, place: int, path: Path, somebody: Somebody, random: Random
    ) -> None:  # fmt: skip
        desk = Role.FRONT_DESK if random.random() < 0.3 else Role.CASE_WORKER
        number = self.numbers.get(place, "")
        doings: dict[str, tuple[Role, Doing]] = {
            "contact": (desk, lambda s, i: self._contact(s, i, place, path, somebody, random)),
            "meet": (
                Role.CASE_WORKER,
                lambda s, i: _meet(s, i, number, day + timedelta(days=3), random),
            ),
            "meet_today": (Role.CASE_WORKER, lambda s, i: _meet(s, i, number, self.end, random)),
            "meet_soon": (
                Role.CASE_WORKER,
                lambda s, i: _meet(s, i, number, self.end + timedelta(days=2), random),
            ),
            "diagnose": (Role.CASE_WORKER, lambda s, i: _diagnose(s, i, number, somebody, path)),
            "complete": (Role.CASE_WORKER, lambda s, i: _ignore(complete(s, i, number))),
            "send": (Role.CASE_WORKER, lambda s, i: _send(s, i, number, day)),
            "grant": (
                Role.BANK_OFFICER,
                lambda s, i: _ignore(reply(s, i, number, Reply("grant"))),
            ),
            "refuse": (
                Role.BANK_OFFICER,
                lambda s, i: _ignore(
                    reply(s, i, number, Reply("refuse", ["rav_below_bank_threshold"]))
                ),
            ),
            "redirect": (Role.CASE_WORKER, lambda s, i: _redirect(s, i, number, random)),
            "close": (Role.CASE_WORKER, lambda s, i: _close(s, i, number, random)),
        }
        role, doing = doings[step]
        self._do(role, day, doing)

    def _do(self, role: Role, day: date, doing: Doing, *, last: bool = False) -> None:
        token = open_session(self.gate, self.slug, self.actors[role])
        with Session(self.pools.web, expire_on_commit=False) as session, session.begin():
            session.info["vault"] = self.vault
            identity = enter(session, token, self.slug)
            if identity is None:
                raise LookupError(f"the demo account of {role.value} cannot enter {self.slug}")
            session.execute(SET_DATE, {"day": day if not last or self.keep_date else None})
            session.info["demo_date"] = day
            doing(session, identity)
        self.gate.end_session(self.slug, token)

    def _contact(
        self, session: Session, identity: Identity, place: int, path: Path, somebody: Somebody,
        random: Random,
    ) -> None:  # fmt: skip
        communes = list(commune_names(session))
        at_desk = identity.role is Role.FRONT_DESK and identity.commune_code
        case = open_contact(
            session,
            identity,
            Contact(
                commune=str(identity.commune_code) if at_desk else random.choice(communes),
                motive=str(somebody.motive.value),
                amount=somebody.amount,
                channel=str(random.choice(list(Channel)).value),
                civility="" if path.anonymous else somebody.civility,
                last_name="" if path.anonymous else somebody.last_name,
                first_names="" if path.anonymous else somebody.first_names,
                phone="" if path.anonymous else somebody.phone,
            ),
        )
        self.numbers[place] = case.number


def _meet(session: Session, identity: Identity, number: str, day: date, random: Random) -> None:
    at = time(random.choice((9, 10, 11, 14, 15)), random.choice((0, 15, 30, 45)))
    place = random.choice(list(desks(session, day)))
    meeting = Meeting(on_date=day, at_time=at, place=place)
    words = f"le {short_day(day, day)} à {clock_time(at)}"
    note_appointment(session, identity, number, meeting, words)


def _diagnose(
    session: Session, identity: Identity, number: str, somebody: Somebody, path: Path
) -> None:
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
    lines = [Line(str(code.value), amount, "month") for code, amount in somebody.budget.items()]
    save_diagnosis(
        session,
        identity,
        number,
        Diagnosis(
            version=case.version,
            commune=case.residence_code,
            motive=case.motive,
            civility=somebody.civility,
            last_name=somebody.last_name,
            first_names=somebody.first_names,
            birth_date=somebody.birth_date,
            phone=somebody.phone,
            email="",
            address="" if path.partial else somebody.address,
            family=str(somebody.family.value),
            adults=None,
            children=somebody.children,
            alternate_children=0,
            housing=str(somebody.housing.value),
            employment=str(somebody.employment.value),
            employment_ends_on=None,
            project=somebody.project,
            total_cost=somebody.total_cost,
            contribution=max(0, somebody.total_cost - somebody.amount),
            amount=somebody.amount,
            months=somebody.months,
            notice_given=True,
            opinion="" if path.partial else somebody.opinion,
            lines=lines[:3] if path.partial else lines,
        ),
    )


def _send(session: Session, identity: Identity, number: str, day: date) -> None:
    send(session, identity, number, terms_in_force(session, day)[0].terms.bank_id)


def _redirect(session: Session, identity: Identity, number: str, random: Random) -> None:
    targets = random.sample(
        [str(target.value) for target in OrientationTarget], k=random.choice((1, 2))
    )
    reason = random.choice(
        (RedirectReason.BETTER_AID, RedirectReason.NO_CAPACITY, RedirectReason.OBJECT_EXCLUDED)
    )
    redirect(session, identity, number, Redirect(str(reason.value), targets))


def _close(session: Session, identity: Identity, number: str, random: Random) -> None:
    reason = random.choice((CloseReason.NO_SHOW, CloseReason.CHANGED_MIND, CloseReason.FOUND_OTHER))
    close(session, identity, number, Close(str(reason.value)))


def _ignore(_: object) -> None:
    """The act's own result is not part of the story."""
