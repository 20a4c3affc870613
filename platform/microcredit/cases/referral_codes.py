"""What who referred a person is told of her request: five plain words, no amount, no reason."""

from microcredit.cases.codes import State
from microcredit.kernel.codes import Labelled

S = State


class Progress(Labelled):
    """Where a referral stands: « suite ». The last of the five has two faces."""

    RECEIVED = "received", "Reçue"
    UNDERWAY = "underway", "En cours"
    AT_BANK = "at_bank", "À la banque"
    GRANTED = "granted", "Prêt accordé"
    ELSEWHERE = "elsewhere", "Autre solution proposée"
    ENDED = "ended", "Sans suite"


#: The word of each state. A refusal of the bank is no word: the file may go to another one.
PROGRESS: dict[State, Progress] = {
    S.CONTACT: Progress.RECEIVED,
    **dict.fromkeys(
        (S.APPOINTMENT, S.DIAGNOSIS, S.AWAITING_DOCUMENTS, S.READY, S.LOCAL_REVIEW, S.BANK_REFUSED),
        Progress.UNDERWAY,
    ),
    **dict.fromkeys(
        (S.SENT_TO_BANK, S.BANK_INFO_REQUESTED, S.ADJOURNED, S.BANK_COUNTER_OFFER),
        Progress.AT_BANK,
    ),
    **dict.fromkeys((S.APPROVED, S.OFFER_SIGNED, S.DISBURSED, S.CLOSED), Progress.GRANTED),
    **dict.fromkeys((S.REDIRECTED, S.DECLINED), Progress.ELSEWHERE),
    **dict.fromkeys((S.NO_SHOW_OR_WITHDRAWN, S.OFFER_LAPSED, S.WITHDRAWN), Progress.ENDED),
}

#: The words after which nothing is awaited any more: they are the outcome.
OUTCOMES = frozenset({Progress.GRANTED, Progress.ELSEWHERE, Progress.ENDED})
