"""What a bank answers, and what follows: sentences over the acts, each refusal with its twin."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from tests.cast import Cast
from tests.integration.life.tale import BEGUN, Tale, days, ready, sent

from microcredit.cases.codes import Act, State
from microcredit.cases.services.diagnosis import complete, correct
from microcredit.cases.transitions import TransitionRefused
from microcredit.kernel.errors import NotFound
from microcredit.loans.schemas import Sign
from microcredit.loans.services.sign import sign_offer
from microcredit.submissions.codes import Answer, StepKind
from microcredit.submissions.models import SubmissionStep
from microcredit.submissions.schemas import Items, Reply
from microcredit.submissions.services.answer import AlreadyAnswered, BadAnswer, reply
from microcredit.submissions.services.desk import read_copy
from microcredit.submissions.services.follow import choose, recall, send_items
from microcredit.submissions.services.send import BankCannotTakeIt

TWO, THREE = Decimal("0.02"), Decimal("0.03")
OTHERWISE = Reply("counter", amount=1200_00, months=12, rate=THREE)
REFUSED = Reply("refuse", ["ficp"])


def steps(tale: Tale) -> list[tuple[str, date, date | None]]:
    """What happened to the last copy before its answer."""
    with tale.look() as (session, _):
        rows = session.scalars(
            select(SubmissionStep)
            .where(SubmissionStep.submission_id == tale.copies[-1].id)
            .order_by(SubmissionStep.id)
        )
        return [(row.kind, row.on_date, row.due_on) for row in rows]


def asked_again(tale: Tale, banker: str, on: date) -> None:
    """The file is corrected, complete again, and sent."""
    tale.do("nadia", on, correct)
    tale.do("nadia", on, complete)
    tale.send(banker, on)


def test_a_grant_keeps_what_was_asked_and_the_rate_of_the_convention(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN + days(3), reply, Reply("grant"))

    copy = tale.copies[-1]
    assert (copy.answer, copy.answered_on) == (Answer.GRANTED.value, BEGUN + days(3))
    assert (copy.granted_cents, copy.granted_months, copy.granted_rate) == (1500_00, 18, TWO)
    assert tale.state is State.APPROVED


def test_a_modified_offer_that_is_accepted_is_what_is_signed(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, OTHERWISE)
    assert tale.state is State.BANK_COUNTER_OFFER
    with tale.refused(TransitionRefused, "« Accord modifié proposé »"):
        tale.do("nadia", BEGUN, sign_offer, Sign(BEGUN))

    tale.do("nadia", BEGUN + days(2), choose, accepts=True)
    loan = tale.do("nadia", BEGUN + days(2), sign_offer, Sign(BEGUN + days(2)))

    assert (loan.principal_cents, loan.months, loan.annual_rate) == (1200_00, 12, THREE)
    assert (tale.copies[-1].accepted, tale.copies[-1].accepted_on) == (True, BEGUN + days(2))


def test_a_modified_offer_that_is_declined_makes_the_file_complete_again(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, OTHERWISE)
    tale.do("nadia", BEGUN, choose, accepts=False)
    assert (tale.state, tale.copies[-1].accepted) == (State.READY, False)

    tale.send("bella", BEGUN)
    tale.do("bella", BEGUN, reply, Reply("grant"))
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("boris", BEGUN, sign_offer, Sign(BEGUN))
    loan = tale.do("bella", BEGUN, sign_offer, Sign(BEGUN))
    assert (loan.bank_id, loan.principal_cents) == (tale.bank("bella"), 1500_00)


def test_a_bank_may_adjourn_and_adjourn_again_and_its_day_starts_the_clock_anew(cast: Cast) -> None:
    tale = sent(cast)
    for on, until in ((BEGUN + days(1), BEGUN + days(9)), (BEGUN + days(9), BEGUN + days(30))):
        tale.do("boris", on, reply, Reply("adjourn", due_on=until))
        with tale.look() as (_, case):
            assert (case.state, case.state_since) == (State.ADJOURNED.value, on)
        assert tale.copies[-1].due_on == until
    tale.do("boris", BEGUN + days(30), reply, Reply("grant"))

    assert [kind for kind, _, _ in steps(tale)] == [StepKind.ADJOURNED.value] * 2
    assert tale.acts[-3:] == [Act.ADJOURN, Act.ADJOURN, Act.GRANT]


def test_items_asked_and_sent_start_the_delay_again_then_the_bank_refuses_with_its_reasons(
    cast: Cast,
) -> None:
    tale = sent(cast)
    asked = Reply("ask_items", items="Un second devis\nLe permis", due_on=BEGUN + days(7))
    tale.do("boris", BEGUN, reply, asked)
    with tale.refused(TransitionRefused, "« Complément demandé »"):
        tale.do("boris", BEGUN, reply, Reply("grant"))

    tale.do("nadia", BEGUN + days(5), send_items, Items("Voici les deux."))
    assert (tale.state, tale.copies[-1].due_on) == (State.SENT_TO_BANK, BEGUN + days(15))
    tale.do("boris", BEGUN + days(6), reply, Reply("refuse", ["debt_ratio", "ficp", "debt_ratio"]))

    assert tale.copies[-1].reasons == ["debt_ratio", "ficp"]
    assert tale.events[-1].reason.startswith("Endettement trop élevé, Inscription au FICP")
    assert [kind for kind, _, _ in steps(tale)] == ["items_asked", "items_sent"]
    with cast.boris.at_work(BEGUN + days(6)) as (session, identity):
        read = read_copy(session, identity, tale.number)
    assert [step.words for step in read.steps] == ["Un second devis\nLe permis", "Voici les deux."]


def test_each_reason_of_a_refusal_is_written_once_in_the_timeline(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, Reply("refuse", ["ficp", "ficp"]))
    assert tale.events[-1].reason == "Inscription au FICP"


def test_the_bank_may_refuse_while_it_waits_for_items(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, Reply("ask_items", items="Un devis", due_on=BEGUN + days(7)))
    tale.do("boris", BEGUN + days(8), reply, Reply("refuse", ["incomplete"]))
    assert tale.state is State.BANK_REFUSED


@pytest.mark.parametrize("decision", ["adjourn", "ask_items"])
@pytest.mark.parametrize(
    ("day", "words"),
    [
        (BEGUN - days(1), "Indiquez un jour après aujourd’hui"),
        (BEGUN, "Indiquez un jour après aujourd’hui"),
        (BEGUN + days(181), "plus de six mois"),
    ],
)
def test_a_day_that_a_bank_names_lies_ahead_and_within_six_months(
    cast: Cast, decision: str, day: date, words: str
) -> None:
    tale = sent(cast)
    with tale.refused(BadAnswer, words):
        tale.do("boris", BEGUN, reply, Reply(decision, items="Un devis", due_on=day))
    nearest = BEGUN + days(180 if day > BEGUN else 1)
    tale.do("boris", BEGUN, reply, Reply(decision, items="Un devis", due_on=nearest))
    assert tale.copies[-1].due_on == nearest


@pytest.mark.parametrize(
    ("amount", "months", "words", "twin"),
    [
        (299_99, 12, "Le montant va de 300,00 € à 3 000,00 €", (300_00, 12)),
        (3000_01, 12, "Le montant va de 300,00 € à 3 000,00 €", (3000_00, 12)),
        (1500_00, 5, "La durée va de 6 à 36 mois", (1500_00, 6)),
        (1500_00, 37, "La durée va de 6 à 36 mois", (1500_00, 36)),
        (1500_00, 18, "C’est ce qui est demandé", (1500_00, 17)),
    ],
)
def test_a_modified_offer_stays_within_the_convention_and_differs_from_what_is_asked(
    cast: Cast, amount: int, months: int, words: str, twin: tuple[int, int]
) -> None:
    tale = sent(cast)
    with tale.refused(BadAnswer, words):
        tale.do("boris", BEGUN, reply, Reply("counter", amount=amount, months=months, rate=TWO))
    tale.do("boris", BEGUN, reply, Reply("counter", amount=twin[0], months=twin[1], rate=TWO))
    assert tale.state is State.BANK_COUNTER_OFFER


@pytest.mark.parametrize(
    "before",
    [
        [],
        [Reply("adjourn", due_on=BEGUN + days(5))],
        [Reply("ask_items", items="Un devis", due_on=BEGUN + days(5))],
    ],
)
def test_a_file_is_taken_back_before_the_answer_and_sent_to_another_bank(
    cast: Cast, before: list[Reply]
) -> None:
    tale = sent(cast)
    for said in before:
        tale.do("boris", BEGUN, reply, said)
    tale.do("nadia", BEGUN + days(1), recall)
    assert (tale.state, tale.copies[-1].answer) == (State.READY, Answer.RECALLED.value)

    with tale.refused(AlreadyAnswered, "Le CCAS vient de retirer ce dossier"):
        tale.do("boris", BEGUN + days(1), reply, Reply("grant"))
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("bella", BEGUN + days(1), reply, Reply("grant"))
    with tale.refused(NotFound, "n’existe pas"):
        tale.do("boris", BEGUN + days(1), read_copy)
    tale.send("bella", BEGUN + days(1))
    tale.do("bella", BEGUN + days(1), reply, Reply("grant"))
    assert tale.state is State.APPROVED


def test_what_the_bank_has_answered_cannot_be_taken_back(cast: Cast) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, Reply("grant"))
    with tale.refused(TransitionRefused, "« Accord de la banque »"):
        tale.do("nadia", BEGUN, recall)


def test_a_refused_file_goes_straight_to_another_bank_not_to_the_one_that_refused(
    cast: Cast,
) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, REFUSED)
    with tale.refused(BankCannotTakeIt, "Banque Une a refusé ce dossier : corrigez-le"):
        tale.send("boris", BEGUN)
    tale.send("bella", BEGUN)
    assert tale.state is State.SENT_TO_BANK


def test_a_bank_that_refused_is_asked_again_after_a_correction_and_at_most_twice(
    cast: Cast,
) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, REFUSED)
    asked_again(tale, "boris", BEGUN)
    tale.do("boris", BEGUN, reply, REFUSED)
    tale.do("nadia", BEGUN, correct)
    tale.do("nadia", BEGUN, complete)
    with tale.refused(BankCannotTakeIt, "Banque Une a déjà refusé deux fois"):
        tale.send("boris", BEGUN)
    tale.send("bella", BEGUN)


@pytest.mark.parametrize("way", ["declined", "recalled"])
def test_a_way_back_through_another_bank_is_no_correction(cast: Cast, way: str) -> None:
    tale = sent(cast)
    tale.do("boris", BEGUN, reply, REFUSED)
    tale.send("bella", BEGUN)
    if way == "declined":
        tale.do("bella", BEGUN, reply, OTHERWISE)
        tale.do("nadia", BEGUN, choose, accepts=False)
    else:
        tale.do("nadia", BEGUN, recall)
    assert tale.state is State.READY
    with tale.refused(BankCannotTakeIt, "Banque Une a refusé ce dossier : corrigez-le"):
        tale.send("boris", BEGUN)
    asked_again(tale, "boris", BEGUN)


def test_a_correction_before_the_last_refusal_does_not_count(cast: Cast) -> None:
    tale = ready(cast)
    tale.do("nadia", BEGUN, correct)
    tale.do("nadia", BEGUN, complete)
    tale.send("boris", BEGUN)
    tale.do("boris", BEGUN, reply, REFUSED)
    with tale.refused(BankCannotTakeIt, "corrigez-le"):
        tale.send("boris", BEGUN)
    asked_again(tale, "boris", BEGUN)
