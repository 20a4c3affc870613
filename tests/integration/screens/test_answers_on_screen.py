"""The bank's answers and what the CCAS does with them, through the pages of both."""

import re
from datetime import date, timedelta

import pytest
from tests.cast import Cast, Person, read

from microcredit.cases.codes import State
from microcredit.kernel.clock import today_in_paris
from microcredit.submissions.codes import Decision

Form = dict[str, object]


def in_days(days: int) -> Form:
    """The three boxes of a day ahead."""
    day: date = today_in_paris() + timedelta(days=days)
    return {"due_on.day": day.day, "due_on.month": day.month, "due_on.year": day.year}


ANSWERS: dict[Decision, tuple[Form, State, str]] = {
    Decision.GRANT: ({}, State.APPROVED, "Vous accordez 1 500,00 € sur 18 mois à 2 %"),
    Decision.COUNTER: (
        {"amount": "1 200", "months": "12", "rate": "2 %"}, State.BANK_COUNTER_OFFER,
        "Vous accordez 1 200,00 € sur 12 mois à 2 %",
    ),
    Decision.ADJOURN: (in_days(9), State.ADJOURNED, "Vous déciderez le"),
    Decision.ASK_ITEMS: (
        {"items": "Un devis\nUn RIB", **in_days(9)}, State.BANK_INFO_REQUESTED, "Un RIB",
    ),
    Decision.REFUSE: (
        {"reasons": ["ficp", "debt_ratio"]}, State.BANK_REFUSED, "Endettement trop élevé",
    ),
}  # fmt: skip


def state_of(cast: Cast, number: str) -> str:
    """Where a case stands, as its page says it."""
    found = re.search(
        r'class="state [^"]*">.*?</svg>([^<]+)<', cast.nadia.get(f"/dossiers/{number}").text
    )
    assert found is not None
    return " ".join(found[1].split())


def answer(banker: Person, number: str, decision: Decision, form: Form, **more: object):
    """Send an answer."""
    return banker.post(f"/banque/{number}/reponse", {"decision": decision.value, **form, **more})


@pytest.mark.parametrize("decision", list(Decision))
def test_each_decision_is_read_over_in_words_then_sent_and_seen_by_the_ccas(
    cast: Cast, decision: Decision
) -> None:
    number = cast.case(State.SENT_TO_BANK)
    form, target, words = ANSWERS[decision]

    review = cast.boris.post(f"/banque/{number}/relire", {"decision": decision.value, **form})

    assert review.status_code == 200
    assert words in re.sub(r"<[^>]+>", "", read(review))
    assert "Ce qui se passe ensuite" in read(review)
    assert state_of(cast, number) == State.SENT_TO_BANK.label
    assert answer(cast.boris, number, decision, form).status_code == 303
    assert state_of(cast, number) == target.label
    assert "À la banque" in read(cast.nadia.get(f"/dossiers/{number}"))


@pytest.mark.parametrize(
    ("decision", "form", "wrong"),
    [
        (Decision.COUNTER, {"amount": "1200"}, "Indiquez la durée que vous accordez."),
        (Decision.COUNTER, {"amount": "9000", "months": "12", "rate": "2"}, "Le montant va de 300,00 €"),
        (Decision.COUNTER, {"amount": "1500", "months": "18", "rate": "2"}, "C’est ce qui est demandé"),
        (Decision.ADJOURN, {}, "Indiquez le jour où vous déciderez."),
        (Decision.ADJOURN, in_days(0), "Indiquez un jour après aujourd’hui"),
        (Decision.ASK_ITEMS, in_days(3), "Écrivez ce qui manque, une pièce par ligne."),
        (Decision.REFUSE, {}, "Indiquez au moins un motif"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("act", ["relire", "reponse"])
def test_what_an_answer_lacks_is_said_beside_its_box_and_what_was_typed_is_kept(
    cast: Cast, decision: Decision, form: Form, wrong: str, act: str
) -> None:
    number = cast.case(State.SENT_TO_BANK)

    page = cast.boris.post(f"/banque/{number}/{act}", {"decision": decision.value, **form})

    assert page.status_code == 422
    assert wrong in read(page)
    assert 'class="field-error"' in page.text
    assert f'value="{decision.value}" checked' in page.text.replace(' id="f-decision"', "")
    for name in ("amount", "months", "rate", "due_on.day"):
        if name in form:
            assert f'name="{name}"' in page.text
            assert f'value="{form[name]}"' in page.text
    assert state_of(cast, number) == State.SENT_TO_BANK.label


def test_one_goes_back_from_the_review_with_all_that_was_typed(cast: Cast) -> None:
    number = cast.case(State.SENT_TO_BANK)
    typed = {
        "decision": "refuse",
        "reasons": ["fcc", "ficp"],
        "items": "Un devis",
        "amount": "1200",
    }

    review = cast.boris.post(f"/banque/{number}/relire", typed)
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', review.text)
    assert {pair for pair in hidden if pair[0] != "_key"} >= {
        ("reasons", "fcc"),
        ("reasons", "ficp"),
    }
    back = cast.boris.post(f"/banque/{number}/relire", {**typed, "_modifier": "oui"})

    assert back.status_code == 200
    assert 'class="error-summary"' not in back.text
    assert back.text.count("checked") == 3
    assert ">Un devis</textarea>" in back.text
    assert 'value="1200"' in back.text


def test_the_second_officer_is_told_what_was_answered_and_what_she_had_chosen(cast: Cast) -> None:
    number = cast.case(State.SENT_TO_BANK)
    assert answer(cast.boris, number, *ANSWERS_OF["refuse"]).status_code == 303

    late = answer(cast.boris.anew(), number, Decision.ASK_ITEMS, {"items": "Un bail", **in_days(3)})

    assert late.status_code == 409
    said = read(late)
    assert "Une réponse a déjà été donnée à ce dossier : refus." in said
    assert "Demander un complément" in said
    assert "Un bail" in said
    assert "Inscription au FICP" in said
    assert state_of(cast, number) == State.BANK_REFUSED.label


def test_who_read_before_a_colleague_adjourned_reads_again_before_she_answers(cast: Cast) -> None:
    number = cast.case(State.SENT_TO_BANK)
    assert answer(cast.boris, number, Decision.ADJOURN, in_days(9), seen="0").status_code == 303

    late = answer(cast.boris.anew(), number, *ANSWERS_OF["counter"], seen="0")

    assert late.status_code == 409
    assert "Ce dossier a changé pendant que vous le lisiez : décision ajournée." in read(late)
    assert 'value="1 200"' in late.text
    assert 'name="seen" value="1"' in late.text
    assert state_of(cast, number) == State.ADJOURNED.label
    assert answer(cast.boris, number, *ANSWERS_OF["counter"], seen="1").status_code == 303


def test_an_answer_to_a_file_taken_back_is_told_so(cast: Cast) -> None:
    number = cast.case(State.SENT_TO_BANK)
    assert cast.nadia.post(f"/dossiers/{number}/retirer").status_code == 303

    for act in ("relire", "reponse"):
        late = cast.boris.post(f"/banque/{number}/{act}", {"decision": "grant"})
        assert late.status_code == 409
        assert "Le CCAS vient de retirer ce dossier." in read(late)
    assert cast.boris.get(f"/banque/{number}").status_code == 404


def test_the_desk_groups_what_came_back_what_waits_what_is_later_and_what_is_away(
    cast: Cast,
) -> None:
    back = cast.case(State.BANK_INFO_REQUESTED, name="Retour")
    assert (
        cast.nadia.post(f"/dossiers/{back}/complement", {"words": "Le devis."}).status_code == 303
    )
    waits = cast.case(State.SENT_TO_BANK, name="Attente")
    later = cast.case(State.ADJOURNED, name="Plus")
    away = cast.case(State.BANK_INFO_REQUESTED, name="Ailleurs")
    page = cast.boris.get("/banque").text

    groups = dict(re.findall(r'<section aria-labelledby="t-([\w-]+)">(.*?)</section>', page, re.S))
    assert back in groups["complement"]
    assert waits in groups["attente"]
    assert later in groups["plus-tard"]
    assert "dans 9" in " ".join(groups["plus-tard"].split())
    assert away in groups["ccas"]
    assert list(groups) == ["complement", "attente", "plus-tard", "ccas"]
    copy = read(cast.boris.get(f"/banque/{back}"))
    assert "Complément reçu, à décider" in copy
    assert "Le devis." in copy


def test_while_it_waits_for_items_the_bank_is_offered_the_refusal_alone(cast: Cast) -> None:
    number = cast.case(State.BANK_INFO_REQUESTED)
    page = cast.boris.get(f"/banque/{number}").text

    assert re.findall(r'name="decision" value="(\w+)"', page) == ["refuse"]
    refused = answer(cast.boris, number, Decision.GRANT, {})
    assert refused.status_code == 409
    assert "ne permet pas cet acte" in read(refused)


def test_decided_says_whether_the_person_took_the_other_offer(cast: Cast) -> None:
    number = cast.case(State.BANK_COUNTER_OFFER)
    assert "la personne n’a pas encore choisi" in read(cast.boris.get("/banque/decides"))

    taken = cast.nadia.post(f"/dossiers/{number}/choix", {"choice": "accepts"})

    assert taken.status_code == 303
    assert "la personne accepte" in read(cast.boris.get("/banque/decides"))
    assert "La personne accepte" in read(cast.boris.get(f"/banque/{number}"))


@pytest.mark.parametrize(
    ("choice", "state"), [("accepts", State.APPROVED), ("declines", State.READY)]
)
def test_the_person_chooses_between_two_loans_with_their_instalments(
    cast: Cast, choice: str, state: State
) -> None:
    number = cast.case(State.BANK_COUNTER_OFFER)
    page = read(cast.nadia.get(f"/dossiers/{number}/choix"))

    # 1 500 € over 18 months and 1 200 € over 12 months at 2 % (domain.md §4: constant instalments)
    assert "84,66 €" in page
    assert "101,09 €" in page
    assert "Il manque <strong>300,00 €" in page
    assert cast.nadia.post(f"/dossiers/{number}/choix", {}).status_code == 422
    assert cast.nadia.post(f"/dossiers/{number}/choix", {"choice": choice}).status_code == 303
    assert state_of(cast, number) == state.label
    shown = read(cast.nadia.get(f"/dossiers/{number}"))
    assert "1 200,00 € sur 12 mois" in shown
    assert "au lieu de 1 500,00 € sur 18 mois" in shown


def test_what_the_bank_asked_is_shown_to_who_answers_and_nothing_is_sent_empty(cast: Cast) -> None:
    number = cast.case(State.BANK_INFO_REQUESTED)
    assert "Un devis" in read(cast.nadia.get(f"/dossiers/{number}/complement"))

    assert cast.nadia.post(f"/dossiers/{number}/complement", {"words": " "}).status_code == 422
    assert cast.nadia.post(f"/dossiers/{number}/complement", {"words": "Voici."}).status_code == 303

    assert state_of(cast, number) == State.SENT_TO_BANK.label
    assert "Voici." in read(cast.nadia.get(f"/dossiers/{number}"))


def test_a_refused_file_offers_other_banks_and_says_why_not_the_first(cast: Cast) -> None:
    number = cast.case(State.BANK_REFUSED)
    page = cast.nadia.get(f"/dossiers/{number}/transmettre")

    assert "Présenter à une autre banque" in read(page)
    assert "Banque Une : pas possible" in read(page)
    assert len(re.findall(r'type="radio" name="bank"', page.text)) == 1


@pytest.mark.parametrize("who", ["farid", "diane", "carole"])
def test_who_may_not_read_the_budget_does_not_see_what_the_bank_answered(
    cast: Cast, who: str
) -> None:
    number = cast.case(State.BANK_COUNTER_OFFER)
    panel = 'aria-labelledby="t-banque"'

    assert panel not in cast.people[who].get(f"/dossiers/{number}").text
    assert panel in cast.nadia.get(f"/dossiers/{number}").text


ANSWERS_OF = {decision.value: (decision, form) for decision, (form, _, _) in ANSWERS.items()}
