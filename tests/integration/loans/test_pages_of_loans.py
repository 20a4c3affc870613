"""The pages of a loan, over HTTP: from the signature to the evaluation, by the case worker and the bank."""

import io
import re
from datetime import date, timedelta

import pytest
from pypdf import PdfReader
from tests.cast import BETA, Cast, Person
from werkzeug.test import TestResponse

from microcredit.cases.codes import State
from microcredit.kernel.clock import today_in_paris
from microcredit.kernel.permissions import Permission
from microcredit.loans.services.find import get_loan
from microcredit.mathematics.dates import add_months

TODAY = today_in_paris()


def day(name: str, on: date) -> dict[str, object]:
    """The three boxes of a date."""
    return {f"{name}.day": on.day, f"{name}.month": on.month, f"{name}.year": on.year}


def instalments(person: Person, number: str) -> list[int]:
    """The ids of a loan's instalments in force, by due date."""
    with person.at_work() as (session, identity):
        found = get_loan(session, identity, number, Permission.READ_LOANS)
        return [line.due.id for line in found.on(TODAY).lines]


def text(answer: TestResponse) -> str:
    """A page without its marks, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_an_approved_case_says_until_when_its_offer_holds_and_offers_the_signature(
    cast: Cast,
) -> None:
    number = cast.case(State.APPROVED)
    page = text(cast.nadia.get(f"/dossiers/{number}"))
    assert "L’offre peut être signée jusqu’au" in page
    assert "Noter la signature de l’offre" in page


def test_the_case_worker_notes_the_signature_and_the_two_clocks_run(cast: Cast) -> None:
    number = cast.case(State.APPROVED)
    assert cast.nadia.get(f"/prets/{number}/signature").status_code == 200
    done = cast.nadia.post(f"/prets/{number}/signature", day("signed_on", TODAY))
    assert (done.status_code, done.location) == (303, f"/prets/{number}")
    page = text(cast.nadia.get(f"/prets/{number}"))
    assert "Premier versement possible le" in page
    assert "Rétractation possible jusqu’au" in page
    assert "J − 8" in page


def test_a_signature_before_the_agreement_is_refused_beside_its_box(cast: Cast) -> None:
    number = cast.case(State.APPROVED)
    answer = cast.nadia.post(
        f"/prets/{number}/signature", day("signed_on", TODAY - timedelta(days=40))
    )
    assert answer.status_code == 422
    assert "ne peut pas être signée avant" in answer.text


def test_an_offer_that_still_holds_is_not_lapsed_and_says_why(cast: Cast) -> None:
    number = cast.case(State.APPROVED)
    answer = cast.nadia.post(f"/prets/{number}/perimee")
    assert answer.status_code == 409
    assert "peut être signée jusqu’au" in answer.text


def test_the_schedule_is_read_before_the_money_is_noted_and_nothing_is_written(cast: Cast) -> None:
    number = cast.case(State.OFFER_SIGNED)
    typed = {
        **day("disbursed_on", TODAY), "payee_kind": "supplier", "payee": "Garage de l’Écluse",
        **day("first_due_on", add_months(TODAY, 1)),
    }  # fmt: skip
    seen = cast.nadia.post(f"/prets/{number}/versement/apercu", typed)
    assert seen.status_code == 200
    assert "18\N{NO-BREAK SPACE}échéances" in seen.text
    assert "Échéancier qui sera écrit" in seen.text
    assert instalments(cast.nadia, number) == []

    done = cast.nadia.post(f"/prets/{number}/versement", typed)
    assert done.status_code == 303
    page = text(cast.nadia.get(f"/prets/{number}"))
    assert "Garage de l’Écluse" in page
    assert "À jour" in page
    assert len(instalments(cast.nadia, number)) == 18


def test_a_withdrawal_after_the_money_says_until_when_to_give_it_back(cast: Cast) -> None:
    number = cast.case(State.DISBURSED)
    form = text(cast.nadia.get(f"/prets/{number}/retractation"))
    assert "il est à rendre à la banque avant le" in form
    done = cast.nadia.post(f"/prets/{number}/retractation", day("withdrawn_on", TODAY))
    assert done.status_code == 303
    assert "Rétractée" in text(cast.nadia.get(f"/prets/{number}"))


@pytest.fixture
def running(cast: Cast) -> str:
    """A loan whose first instalment falls due today: one may hear of it."""
    number = cast.case(State.OFFER_SIGNED)
    paid = TODAY - timedelta(days=2)
    typed = {
        **day("disbursed_on", paid), "payee_kind": "borrower", "payee": "",
        **day("first_due_on", TODAY),
    }  # fmt: skip
    assert cast.nadia.post(f"/prets/{number}/versement", typed).status_code == 303
    return number


def test_one_press_notes_a_rejected_debit_and_one_more_that_it_was_paid(
    cast: Cast, running: str
) -> None:
    page = cast.nadia.get(f"/prets/{running}").text
    assert page.count("Rejetée</button>") == 1
    told = {"instalment": instalments(cast.nadia, running)[0], **day("on_date", TODAY)}
    assert cast.nadia.post(f"/prets/{running}/rejet", {**told, "source": "bank"}).status_code == 303
    page = text(cast.nadia.get(f"/prets/{running}"))
    assert "Un impayé" in page
    assert "J − 60 avant le seuil du FICP" in page
    assert "Seuil du FICP" in text(cast.nadia.get(f"/dossiers/{running}"))
    done = cast.nadia.post(f"/prets/{running}/paiement", {**told, "source": "person"})
    assert done.status_code == 303
    assert "Régularisée, déclaré par la personne" in text(cast.nadia.get(f"/prets/{running}"))


def test_a_bank_speaks_for_itself_on_its_own_loans_only(cast: Cast, running: str) -> None:
    told = {"instalment": instalments(cast.nadia, running)[0], **day("on_date", TODAY)}
    stranger = cast.bella.post(f"/prets/{running}/rejet", {**told, "source": "bank"})
    assert stranger.status_code == cast.bella.get(f"/prets/{running}").status_code == 404
    page = cast.boris.get(f"/prets/{running}")
    assert page.status_code == 200
    assert "Lenoir" in page.text
    done = cast.boris.post(f"/prets/{running}/paiement", {**told, "source": "person"})
    assert done.status_code == 303
    assert "confirmé par la banque" in cast.boris.get(f"/prets/{running}").text


def test_an_instalment_of_another_loan_is_as_unknown_as_a_random_one(
    cast: Cast, running: str
) -> None:
    other = instalments(cast.nadia, cast.case(State.DISBURSED))[0]
    south = cast.case(
        State.DISBURSED, at="flora", worker="lucie", bank="basil", commune="59616", name="Sud"
    )
    foreign = instalments(cast.lucie, south)[0]
    answers = [
        cast.nadia.post(
            f"/prets/{running}/rejet",
            {"instalment": one, **day("on_date", TODAY), "source": "bank"},
        )
        for one in (other, foreign, 987654321)
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]


def test_a_new_schedule_is_read_over_and_then_replaces_what_is_not_paid(
    cast: Cast, running: str
) -> None:
    typed = {"reason": "rescheduled", **day("first_due_on", add_months(TODAY, 1)), "months": 24}
    seen = cast.nadia.post(f"/prets/{running}/reamenagement/apercu", typed)
    assert "Écrire ce nouvel échéancier" in seen.text
    assert len(instalments(cast.nadia, running)) == 18
    assert cast.nadia.post(f"/prets/{running}/reamenagement", typed).status_code == 303
    assert len(instalments(cast.nadia, running)) == 24
    page = text(cast.nadia.get(f"/prets/{running}"))
    assert "Prêt réaménagé" in page
    assert "échéances remplacées" in page


def test_a_loan_is_settled_at_the_sum_that_the_page_says_and_closed_with_its_evaluation(
    cast: Cast, running: str
) -> None:
    form = cast.nadia.get(f"/prets/{running}/solde").text
    amount = re.search(r'name="amount"[^>]*value="([^"]+)"', form)
    assert amount is not None
    told = {**day("on_date", TODAY), "amount": amount[1], "source": "bank"}
    assert cast.nadia.post(f"/prets/{running}/solde", told).status_code == 303
    assert "Soldé par anticipation" in text(cast.nadia.get(f"/prets/{running}"))
    assert cast.nadia.get(f"/prets/{running}/bilan").status_code == 200
    told = {"reached": "yes", "project_realised": "yes", "employment": "found", "comment": "Merci"}
    done = cast.nadia.post(f"/prets/{running}/bilan", told)
    assert done.status_code == 303
    page = text(cast.nadia.get(f"/prets/{running}"))
    assert "Emploi trouvé" in page
    assert "« Merci »" in page
    assert "Emploi trouvé" not in cast.boris.get(f"/prets/{running}").text


def test_a_loan_that_is_not_settled_is_not_closed(cast: Cast, running: str) -> None:
    answer = cast.nadia.post(f"/prets/{running}/bilan", {"reached": "no"})
    assert answer.status_code == 409
    assert "à rembourser" in answer.text


def test_the_guarantee_is_not_called_on_a_loan_without_incident(cast: Cast, running: str) -> None:
    answer = cast.nadia.post(f"/prets/{running}/garantie", day("on_date", TODAY))
    assert answer.status_code == 409
    assert "deux impayés" in answer.text


def test_the_schedule_is_handed_over_as_a_document_that_names_nobody_outside(
    cast: Cast, running: str
) -> None:
    answer = cast.nadia.get(f"/prets/{running}/echeancier.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'inline; filename="echeancier-{running}.pdf"'
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Lenoir" in words
    assert running in words
    assert cast.bella.get(f"/prets/{running}/echeancier.pdf").status_code == 404


def test_an_offer_without_money_has_no_schedule_to_print(cast: Cast) -> None:
    number = cast.case(State.OFFER_SIGNED)
    assert cast.nadia.get(f"/prets/{number}/echeancier.pdf").status_code == 409


def test_a_director_reads_the_loans_of_her_commune_and_acts_on_none(
    cast: Cast, running: str
) -> None:
    there = cast.case(State.DISBURSED, at="bea", commune=BETA)
    assert cast.diane.get(f"/prets/{running}").status_code == 200
    assert cast.diane.get(f"/prets/{there}").status_code == 404
    assert cast.diane.get(f"/prets/{running}/rejet").status_code == 403
    page = cast.diane.get("/prets?vue=tous").text
    assert running in page
    assert there not in page


def test_the_list_puts_the_late_first_and_offers_to_sign_where_they_are_looked_for(
    cast: Cast, running: str
) -> None:
    to_sign = cast.case(State.APPROVED)
    told = {"instalment": instalments(cast.nadia, running)[0], **day("on_date", TODAY)}
    cast.nadia.post(f"/prets/{running}/rejet", {**told, "source": "bank"})
    page = cast.nadia.get("/prets").text
    assert running in page
    assert "Un impayé" in page
    assert to_sign not in page
    assert to_sign in cast.nadia.get("/prets?vue=offres").text
    assert to_sign in cast.boris.get("/prets?vue=offres").text
    assert to_sign not in cast.bella.get("/prets?vue=offres").text
    assert running in cast.boris.get("/prets?vue=impayes").text


def test_a_view_that_does_not_exist_shows_the_running_loans_and_says_so(cast: Cast) -> None:
    answer = cast.nadia.get("/prets?vue=x")
    assert answer.status_code == 422
    assert "n’est pas lisible" in answer.text
