"""Telling: every act is done by the product's own services, signed in as who would do it, at its date.

Nothing is written by hand, so that the demo keeps every rule that the product keeps. A transaction
belongs to one actor, who enters once and does many acts: first contacts in their order, since they
take the public numbers, then all that the case worker can do until somebody else has the next word,
then all the bank can, and so on until nothing is left to tell.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from random import Random

from sqlalchemy import text
from sqlalchemy.orm import Session

from microcredit.accounts.gate import Gate
from microcredit.accounts.services import open_session
from microcredit.demo.acts import DOINGS
from microcredit.demo.tale import Tale, Told
from microcredit.kernel.database import Pools
from microcredit.kernel.errors import DomainError
from microcredit.kernel.permissions import Role
from microcredit.kernel.tenancy import Identity, enter
from microcredit.kernel.vault import Vault

SET_DATE = text("SELECT tenancy.set_demo_date(:day)")

#: How many tell at the same time: while the database works for one, the other goes on.
HANDS = 2

#: After how many cases a transaction is committed: none holds too much.
AT_ONCE = 60


@dataclass
class Story:
    """Tells one tenant's story in its database."""

    slug: str
    pools: Pools
    gate: Gate
    vault: Vault
    actors: dict[Role, int]

    def tell(self, tales: Iterable[Tale], stored: date | None) -> None:
        """Do all acts of all tales, then leave the tenant on its stored date, or on today."""
        told = [
            Told(tale, Random(place), left=sorted(tale.steps, key=lambda step: step.on))
            for place, tale in enumerate(sorted(tales, key=lambda tale: tale.contact_on))
        ]
        for role, cases in groupby(told, key=_whose_contact):
            self._do(role, cases, lambda one: not one.number)
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(self._carry_on, [told[hand::HANDS] for hand in range(HANDS)]))
        with self._at_work(Role.CASE_WORKER) as (session, _):
            session.execute(SET_DATE, {"day": stored})

    def _carry_on(self, told: list[Told]) -> None:
        """Tell the rest of some tales, in waves of one role each."""
        while any(one.left for one in told):
            for role in self.actors:
                ready = [one for one in told if _next(one) is role]
                for start in range(0, len(ready), AT_ONCE):
                    self._do(role, ready[start : start + AT_ONCE], _is_of(role))

    def _do(self, role: Role, cases: Iterable[Told], while_: Callable[[Told], bool]) -> None:
        with self._at_work(role) as (session, identity):
            for one in cases:
                while one.left and while_(one):
                    step = one.left.pop(0)
                    session.info["demo_date"] = step.on
                    try:
                        DOINGS[step.what](session, identity, one, step)
                    except DomainError as refused:
                        refused.add_note(f"{one.number}: {step}, in {one.tale}")
                        raise

    @contextmanager
    def _at_work(self, role: Role) -> Iterator[tuple[Session, Identity]]:
        token = open_session(self.gate, self.slug, self.actors[role])
        with Session(self.pools.web, expire_on_commit=False) as session, session.begin():
            session.info["vault"] = self.vault
            identity = enter(session, token, self.slug)
            if identity is None:
                raise LookupError(f"the demo account of {role.value} cannot enter {self.slug}")
            yield session, identity
        self.gate.end_session(self.slug, token)


def _whose_contact(one: Told) -> Role:
    """A desk notes the contacts of those who come to it, an adviser refers her young people."""
    if one.tale.referred:
        return Role.PRESCRIBER_ADVISER
    return Role.FRONT_DESK if one.tale.at_desk else Role.CASE_WORKER


def _next(one: Told) -> Role | None:
    return one.left[0].what.role if one.left else None


def _is_of(role: Role) -> Callable[[Told], bool]:
    return lambda one: one.left[0].what.role is role
