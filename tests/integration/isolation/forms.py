"""Forms that would be accepted, for every act, on the ground of one place.

So a refusal is about rights: the same request by the right person succeeds.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.cast import ALPHA, BETA, GAMMA, PASSWORD, Cast
from tests.integration.isolation.connections import Connection, value

from microcredit.cases.codes import State
from microcredit.kernel.clock import today_in_paris

Typed = dict[str, object]


@dataclass
class Place:
    """One desk of one tenant with its commune and its bank, and what is written in its cases."""

    name: str
    slug: str
    desk: str
    worker: str
    bank: str
    commune: str
    amount: int
    referrer: str = ""
    desk_id: int = 0
    bank_id: int = 0

    @property
    def canary(self) -> str:
        """What every free field of every case of this place holds."""
        return f"Kz{self.name}kz"

    def case(self, cast: Cast, state: State) -> str:
        """The number of a new case of this place."""
        return cast.case(
            state, at=self.desk, worker=self.worker, bank=self.bank, commune=self.commune,
            canary=self.canary, amount=self.amount, referrer=self.referrer,
        )  # fmt: skip


def places(cast: Cast, owner: Connection) -> dict[str, Place]:
    """Alpha and Beta of North, and Gamma of South."""
    found = [
        Place("alpha", "north", "farid", "nadia", "boris", ALPHA, 1311_11, "manon"),
        Place("beta", "north", "bea", "nadia", "bella", BETA, 1413_13),
        Place("gamma", "south", "flora", "lucie", "basil", GAMMA, 1517_17, "melanie"),
    ]
    of = "SELECT organisation_id FROM app.membership WHERE account_id = %s"
    for place in found:
        place.desk_id = value(owner, of, cast.people[place.desk].account_id)
        place.bank_id = value(owner, of, cast.people[place.bank].account_id)
    return {place.name: place for place in found}


def nothing(_: Place) -> Typed:
    """A form of buttons alone."""
    return {}


def an_invitation(_: Place) -> Typed:
    return {"name": "Ida", "email": "ida@exemple.fr", "role": "elected_member"}


def a_manager(_: Place) -> Typed:
    return {"manages": "true"}


def a_contact(place: Place) -> Typed:
    return {
        "commune": place.commune, "motive": "housing", "amount": "900", "channel": "desk",
        "last_name": place.canary, "first_names": place.canary,
    }  # fmt: skip


def a_referral(place: Place) -> Typed:
    born = boxes("birth_date", today_in_paris() - timedelta(days=20 * 366))
    return {
        "civility": "m", "last_name": "Petit", "first_names": "Dylan", "phone": "06",
        "commune": place.commune, "motive": "employment_mobility", "project": "Le permis",
        "consent": "true",
    } | born  # fmt: skip


def a_name(place: Place) -> Typed:
    return {"q": place.canary}


def a_search(place: Place) -> Typed:
    return {"q": place.canary, "vue": "tous"}


def a_meeting(place: Place) -> Typed:
    day = date.today() + timedelta(days=20)  # noqa: DTZ011  (any day ahead does)
    return {
        "on_date.day": day.day, "on_date.month": day.month, "on_date.year": day.year,
        "at_time": "10:30", "place": place.desk_id,
    }  # fmt: skip


def a_diagnosis(place: Place) -> Typed:
    return {
        "version": 2, "commune": place.commune, "motive": "housing", "civility": "mme",
        "last_name": place.canary, "first_names": place.canary, "birth_date.day": 4,
        "birth_date.month": 5, "birth_date.year": 1981, "phone": "06 39 98 01 12",
        "email": "s@exemple.fr", "address": place.canary, "family": "single_parent", "adults": 1,
        "children": 1, "alternate_children": 0, "housing": "social_tenant",
        "employment": "fixed_term", "project": place.canary, "total_cost": "2000",
        "contribution": "500", "amount": "1500", "months": 18, "notice_given": "true",
        "opinion": place.canary, "lines.0.code": "R01", "lines.0.amount": "1050",
        "lines.0.periodicity": "month", "lines.1.code": "C01", "lines.1.amount": "520",
        "lines.1.periodicity": "month",
    }  # fmt: skip


def an_orientation(_: Place) -> Typed:
    return {"reason": "better_aid_exists", "targets": "pcb"}


def an_end(_: Place) -> Typed:
    return {"reason": "changed_mind"}


def some_papers(place: Place) -> Typed:
    return {"words": place.canary}


def an_opinion(place: Place) -> Typed:
    return {"review": "favourable", "words": place.canary}


def a_decline(place: Place) -> Typed:
    return {"reason": "rav_too_low", "words": place.canary, "targets": "pcb"}


def a_task(place: Place) -> Typed:
    day = date.today() + timedelta(days=20)  # noqa: DTZ011  (any day ahead does)
    return {
        "words": place.canary, "due_on.day": day.day, "due_on.month": day.month,
        "due_on.year": day.year,
    }  # fmt: skip


def a_view(_: Place) -> Typed:
    return {"nom": "Ma vue", "vue": "tous"}


def a_view_of_nobody(_: Place) -> Typed:
    return {"view": 999_999_999}


def a_task_of_nobody(_: Place) -> Typed:
    return {"task": 999_999_999}


def a_sending(place: Place) -> Typed:
    return {"bank": place.bank_id}


def an_answer(_: Place) -> Typed:
    return {"decision": "refuse", "reasons": "ficp"}


def an_other_help(_: Place) -> Typed:
    return {"targets": "pcb"}


def a_result_of_nobody(_: Place) -> Typed:
    return {"orientation": 999_999_999, "result": "obtained", "amount": "120"}


def what_was_asked(place: Place) -> Typed:
    return {"words": place.canary}


def an_acceptance(_: Place) -> Typed:
    return {"choice": "accepts"}


def boxes(name: str, day: date) -> Typed:
    """The three boxes of a date."""
    return {f"{name}.day": day.day, f"{name}.month": day.month, f"{name}.year": day.year}


def a_signature(_: Place) -> Typed:
    return boxes("signed_on", today_in_paris())


def a_withdrawal(_: Place) -> Typed:
    return boxes("withdrawn_on", today_in_paris())


def a_payout(place: Place) -> Typed:
    today = today_in_paris()
    dates = boxes("disbursed_on", today) | boxes("first_due_on", today + timedelta(days=30))
    return {"payee_kind": "supplier", "payee": place.canary} | dates


def a_debit_of_nobody(_: Place) -> Typed:
    return {"instalment": 999_999_999, "source": "bank"} | boxes("on_date", today_in_paris())


def a_new_schedule(_: Place) -> Typed:
    first = boxes("first_due_on", today_in_paris() + timedelta(days=40))
    return {"reason": "rescheduled", "months": 24} | first


def a_settlement(_: Place) -> Typed:
    return {"amount": "3000", "source": "bank"} | boxes("on_date", today_in_paris())


def a_call(_: Place) -> Typed:
    return boxes("on_date", today_in_paris())


def an_evaluation(place: Place) -> Typed:
    return {"reached": "yes", "project_realised": "yes", "comment": place.canary}


def an_address(_: Place) -> Typed:
    return {"email": "personne@north.example"}


def a_password(_: Place) -> Typed:
    return {"password": PASSWORD}


def a_wrong_password(_: Place) -> Typed:
    return {"password": "ce n’est pas lui", "new_password": "quatre mots bien choisis"}


def a_session_of_nobody(_: Place) -> Typed:
    return {"session": 999_999_999}


def a_factor_of_nobody(_: Place) -> Typed:
    return {"factor": 999_999_999}


def a_wrong_code(_: Place) -> Typed:
    return {"secret": "eA==", "code": "123456"}


def a_wrong_passkey(_: Place) -> Typed:
    return {"name": "Ma clé", "credential": "{}"}


def a_step(_: Place) -> Typed:
    return {"step": "day"}
