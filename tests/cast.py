"""The people of every test.

North has two CCAS (Alpha and Beta), two banks and one account per role, twice where one place must
not see the other's. South is another tenant: nobody of North may learn that anything exists there.

    north: nadia case worker · farid front desk Alpha · bea front desk Beta · diane director Alpha ·
           denis director Beta · carole coordinator · elie elected member · fanny funder viewer ·
           boris bank One · bella bank Two · tania tenant administrator ·
           delphine data protection officer · yves case worker and front desk Beta ·
           manon and mathis advisers of the mission locale
    south: lucie case worker · flora front desk · dora director · colin coordinator · elsa elected ·
           basil bank · theo tenant administrator · melanie adviser of the mission locale
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from tests.troupe import ALPHA, NORTH, SOUTH, TROUPE, tenant_file
from tests.troupe import BETA as BETA
from tests.troupe import GAMMA as GAMMA
from werkzeug.test import TestResponse

from microcredit.accounts.gate import Gate
from microcredit.accounts.models import Account, Membership
from microcredit.accounts.services import hash_password, open_session
from microcredit.cases.codes import State
from microcredit.cases.diagnosis_schemas import Diagnosis, Line
from microcredit.cases.models import Case
from microcredit.cases.referral_schemas import Referral
from microcredit.cases.schemas import (
    AskDocuments,
    Close,
    Contact,
    Decline,
    Meeting,
    Redirect,
)
from microcredit.cases.services.appointment import note_appointment
from microcredit.cases.services.close import close, decline, redirect
from microcredit.cases.services.contact import open_contact
from microcredit.cases.services.diagnosis import complete, save_diagnosis
from microcredit.cases.services.documents import await_documents
from microcredit.cases.services.find import get
from microcredit.cases.services.referral import refer
from microcredit.cases.services.review import ask_review
from microcredit.followups.schemas import Evaluate
from microcredit.followups.services import close_loan
from microcredit.groupings.models import Organisation
from microcredit.kernel.clock import business_date, today_in_paris
from microcredit.kernel.permissions import Permission, Role
from microcredit.kernel.tenancy import Identity, enter, enter_setup
from microcredit.loans.schemas import Disburse, SettleEarly, Sign, Withdraw
from microcredit.loans.services.disburse import disburse, withdraw
from microcredit.loans.services.find import get_loan
from microcredit.loans.services.postings import settle_early
from microcredit.loans.services.sign import lapse_offer, sign_offer
from microcredit.mathematics.dates import add_months
from microcredit.submissions.schemas import Reply
from microcredit.submissions.services.answer import reply
from microcredit.submissions.services.send import send
from microcredit.tenant_files.creation import sync
from microcredit.web import keys
from microcredit.web.requests import SESSION_COOKIE, Resources
from microcredit.web.words import seal_words

PASSWORD = "correct horse battery"
SINCE = date(2012, 1, 1)


@dataclass
class Person:
    """Somebody signed in, with a browser of her own."""

    name: str
    role: Role
    slug: str
    account_id: int
    app: Flask
    token: str = ""
    _client: FlaskClient | None = None

    @property
    def email(self) -> str:
        """Her address."""
        return f"{self.name}@{self.slug}.example"

    @property
    def origin(self) -> str:
        """Where her tenant is served."""
        return f"http://{self.slug}.localhost"

    @property
    def client(self) -> FlaskClient:
        """Her browser, signed in."""
        if self._client is None:
            self.token = open_session(gate_of(self.app), self.slug, self.account_id)
            self._client = self.app.test_client()
            self._client.set_cookie(
                SESSION_COOKIE, self.token, domain=f"{self.slug}.localhost", secure=True
            )
        return self._client

    def get(self, path: str, **more: object) -> TestResponse:
        """GET a page of her tenant."""
        return self.client.get(path, base_url=self.origin, **more)

    def post(
        self, path: str, data: dict[str, object] | None = None, *, key: str = "", **more: object
    ) -> TestResponse:
        """POST a form with a fresh key, as our own page would."""
        client = self.client
        posted = {"_key": key or self.key(), **(data or {})}
        return client.post(path, data=posted, base_url=self.origin, **more)

    def key(self) -> str:
        """A form key issued to her account; she is signed in."""
        assert self.client is not None
        with self.app.app_context():
            return keys.issue_to(self.slug, self.account_id)

    def sealed(self, words: str) -> str:
        """Words to search by, as the address of her list says them."""
        with self.app.app_context():
            return seal_words(words, self)

    @contextmanager
    def at_work(self, on: date | None = None) -> Iterator[tuple[Session, Identity]]:
        """A transaction of hers, for calling services as a page would; `on` is its business date."""
        assert self.client is not None
        found = resources_of(self.app)
        with Session(found.pools.web, expire_on_commit=False) as session, session.begin():
            session.info["vault"] = found.vault
            identity = enter(session, self.token, self.slug)
            assert identity is not None
            if on is not None:
                session.info["demo_date"] = on
            yield session, identity

    def anew(self) -> "Person":
        """The same person at another computer."""
        return Person(self.name, self.role, self.slug, self.account_id, self.app)


@dataclass
class Cast:
    """Everybody, by first name; and the means to bring a case anywhere."""

    app: Flask
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError as unknown:
            raise AttributeError(name) from unknown

    def of(self, slug: str) -> list[Person]:
        """Everybody in one tenant."""
        return [person for person in self.people.values() if person.slug == slug]

    def case(
        self,
        state: State = State.CONTACT,
        *,
        at: str = "farid",
        worker: str = "nadia",
        bank: str = "boris",
        commune: str = ALPHA,
        name: str = "Lenoir",
        canary: str = "",
        amount: int = 1500_00,
        referrer: str = "",
    ) -> str:
        """The number of a new case that has come as far as `state`, by the acts of those who do them.

        `canary` is written into every free field, so that a leak of any of them is seen. With a
        `referrer` the person was referred by her; the amount is then said at the diagnosis.
        """
        people = self.people
        with people[at].at_work() as (session, _):
            today = business_date(session)
        began = today - LONG_AGO if AGO.keys() & set(STEPS[state]) else None
        with people[referrer or at].at_work(began) as (session, identity):
            if referrer:
                asked = a_referral(commune=commune, name=name + canary, canary=canary)
                number = refer(session, identity, asked).number
            else:
                contact = a_contact(commune=commune, name=name + canary, amount=amount)
                number = open_contact(session, identity, contact).number
        for step in STEPS[state]:
            on = today - AGO[step] if step in AGO else began
            self.take(step, number, people[worker], people[bank], name + canary, canary, on, amount)
        return number

    def take(
        self, step: str, number: str, worker: Person, banker: Person, name: str, canary: str,
        on: date | None = None, amount: int = 1500_00,
    ) -> None:  # fmt: skip
        """One step of a case by the person who takes it, on a business date of its own."""
        with (banker if step in OF_BANK else worker).at_work(on) as (session, identity):
            today = business_date(session)
            match step:
                case "meet":
                    tomorrow = business_date(session) + timedelta(days=1)
                    place = session.scalars(
                        select(Organisation.id).where(Organisation.kind == "ccas")
                    ).first()
                    meeting = Meeting(tomorrow, time(10, 30), place or 0)
                    note_appointment(session, identity, number, meeting, f"demain {canary}")
                case "diagnose":
                    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
                    filled = a_diagnosis(case, name=name, canary=canary, amount=amount)
                    save_diagnosis(session, identity, number, filled)
                case "complete":
                    complete(session, identity, number)
                case "send":
                    bank = session.scalars(
                        select(Membership.organisation_id).where(
                            Membership.account_id == banker.account_id
                        )
                    ).one()
                    send(session, identity, number, bank)
                case "grant":
                    reply(session, identity, number, Reply("grant"))
                case "refuse":
                    reply(session, identity, number, Reply("refuse", ["ficp"]))
                case "counter":
                    lent = Reply("counter", amount=1200_00, months=12, rate=Decimal("0.02"))
                    reply(session, identity, number, lent)
                case "adjourn":
                    later = today + timedelta(days=9)
                    reply(session, identity, number, Reply("adjourn", due_on=later))
                case "ask_items":
                    asked = Reply(
                        "ask_items", items=f"Un devis {canary}", due_on=today + timedelta(9)
                    )
                    reply(session, identity, number, asked)
                case "await_documents":
                    asked_for = AskDocuments(f"Un devis {canary}")
                    await_documents(session, identity, number, asked_for)
                case "ask_review":
                    ask_review(session, identity, number)
                case "decline":
                    why = Decline("rav_too_low", f"Trop juste {canary}", ["pcb"])
                    decline(session, identity, number, why)
                case "sign":
                    sign_offer(session, identity, number, Sign(today))
                case "lapse":
                    lapse_offer(session, identity, number)
                case "withdraw":
                    withdraw(session, identity, number, Withdraw(today))
                case "disburse":
                    first = add_months(today, 1)
                    paid = Disburse(today, "supplier", f"Garage {canary}", first)
                    disburse(session, identity, number, paid)
                case "settle":
                    loan = get_loan(session, identity, number, Permission.WRITE_LOAN)
                    owed = loan.on(today).outstanding_cents
                    settle_early(session, identity, number, SettleEarly(today, owed, "bank"))
                case "close_loan":
                    close_loan(session, identity, number, Evaluate("yes", "yes", comment=canary))
                case "redirect":
                    redirect(session, identity, number, Redirect("better_aid_exists", ["pcb"]))
                case "close":
                    close(session, identity, number, Close("changed_mind"))


_GRANTED = ("meet", "diagnose", "complete", "send", "grant")

STEPS: dict[State, tuple[str, ...]] = {
    State.CONTACT: (),
    State.REDIRECTED: ("redirect",),
    State.APPOINTMENT: ("meet",),
    State.NO_SHOW_OR_WITHDRAWN: ("close",),
    State.DIAGNOSIS: ("meet", "diagnose"),
    State.READY: ("meet", "diagnose", "complete"),
    State.SENT_TO_BANK: ("meet", "diagnose", "complete", "send"),
    State.BANK_REFUSED: ("meet", "diagnose", "complete", "send", "refuse"),
    State.APPROVED: ("meet", "diagnose", "complete", "send", "grant"),
    State.AWAITING_DOCUMENTS: ("meet", "diagnose", "await_documents"),
    State.LOCAL_REVIEW: ("meet", "diagnose", "complete", "ask_review"),
    State.DECLINED: ("meet", "diagnose", "complete", "decline"),
    State.BANK_INFO_REQUESTED: ("meet", "diagnose", "complete", "send", "ask_items"),
    State.ADJOURNED: ("meet", "diagnose", "complete", "send", "adjourn"),
    State.BANK_COUNTER_OFFER: ("meet", "diagnose", "complete", "send", "counter"),
    State.OFFER_LAPSED: (*_GRANTED, "lapse"),
    State.OFFER_SIGNED: (*_GRANTED, "sign"),
    State.WITHDRAWN: (*_GRANTED, "sign", "withdraw"),
    State.DISBURSED: (*_GRANTED, "sign", "disburse"),
    State.CLOSED: (*_GRANTED, "sign", "disburse", "settle", "close_loan"),
}

#: When a case began that needs time to come where it is, and how long ago its last steps were taken.
LONG_AGO = timedelta(days=20)
AGO = {
    step: timedelta(days=days)
    for step, days in {
        "sign": 12, "lapse": 0, "withdraw": 3, "disburse": 3, "settle": 1, "close_loan": 0,
    }.items()
}  # fmt: skip

#: Steps that the bank takes.
OF_BANK = ("grant", "refuse", "counter", "adjourn", "ask_items")


def a_contact(*, commune: str = ALPHA, name: str = "Lenoir", amount: int = 1500_00) -> Contact:
    """A first contact with a name."""
    return Contact(
        commune, "employment_mobility", amount, "desk", "mme", name, "Sandrine", "06 39 98 01 12"
    )


def a_referral(*, commune: str = ALPHA, name: str = "Lenoir", canary: str = "") -> Referral:
    """Somebody of twenty who is referred."""
    born = today_in_paris() - timedelta(days=20 * 366)
    project = f"Passer le permis. {canary}"
    return Referral(
        "mme", name, "Sandrine", born, "06 39 98 01 12", commune, "employment_mobility", project,
        consent=True,
    )  # fmt: skip


def a_diagnosis(
    case: Case, *, name: str = "Lenoir", canary: str = "", amount: int = 1500_00
) -> Diagnosis:
    """A diagnosis that lacks nothing."""
    return Diagnosis(
        version=case.version, commune=case.residence_code, motive=case.motive, civility="mme",
        last_name=name, first_names=f"Sandrine{canary}", birth_date=date(1981, 5, 4),
        phone="06 39 98 01 12", email=f"s{canary}@exemple.fr", address=f"3 rue de l’Écluse {canary}",
        family="single_parent", adults=1, children=1, alternate_children=0, housing="social_tenant",
        employment="fixed_term", employment_ends_on=date(2030, 9, 30),
        project=f"Acheter une voiture. {canary}", total_cost=2000_00, contribution=500_00,
        amount=case.amount_cents or amount, months=18, notice_given=True, opinion=f"Avis favorable. {canary}",
        lines=[Line("R01", 1050_00, "month"), Line("C01", 520_00, "month"), Line("C07", 900_00, "year")],
    )  # fmt: skip


def read(answer: TestResponse) -> str:
    """What a page says, with every kind of space as one plain space."""
    return " ".join(answer.text.split())


def resources_of(app: Flask) -> Resources:
    """The resources that an application was composed with."""
    found = app.extensions["microcredit"]
    assert isinstance(found, Resources)
    return found


def gate_of(app: Flask) -> Gate:
    """The gate that an application was composed with."""
    found = resources_of(app).gatekeeper
    assert isinstance(found, Gate)
    return found


def gather(app: Flask, folder: Path, *, demo: bool = False) -> Cast:
    """Create both tenants and everybody in them, as the operator does."""
    (folder / "north.toml").write_text(
        tenant_file("Nord", "NO", NORTH, ["Banque Une", "Banque Deux"]), "utf-8"
    )
    (folder / "south.toml").write_text(tenant_file("Sud", "SU", SOUTH, ["Banque du Sud"]), "utf-8")
    found = resources_of(app)
    operator = found.pools.operator
    assert operator is not None
    said = sync(operator, found.vault, folder, demo=tuple(TROUPE) if demo else ())
    cast = Cast(app)
    secret = hash_password(PASSWORD)
    for slug, troupe in TROUPE.items():
        with Session(operator) as session, session.begin():
            assert enter_setup(session, slug) is not None, said
            organisations = {o.name: o.id for o in session.scalars(select(Organisation))}
            for name, hats in troupe.items():
                account = Account(email=f"{name}@{slug}.example", name=name.capitalize())
                session.add(account)
                session.flush()
                for role, organisation in hats:
                    session.add(
                        Membership(
                            account_id=account.id, organisation_id=organisations[organisation],
                            role=role.value, valid_from=SINCE,
                        )
                    )  # fmt: skip
                    session.flush()
                session.execute(
                    text("SELECT gate.set_password(:account, :hash)"),
                    {"account": account.id, "hash": secret},
                )
                cast.people[name] = Person(name, hats[0][0], slug, account.id, app)
    return cast
