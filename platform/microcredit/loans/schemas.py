"""The acts on a loan."""

from dataclasses import dataclass
from datetime import date

from marshmallow import ValidationError, validates_schema

from microcredit.kernel.codes import Labelled
from microcredit.kernel.schema import ActSchema, Cents, Choice, Day, Number, Text
from microcredit.loans.codes import PayeeKind, ScheduleReason


@dataclass(frozen=True)
class Sign:
    """The day on which the person accepted the bank's offer."""

    signed_on: date


class SignSchema(ActSchema[Sign]):
    act = Sign
    signed_on = Day("Date de la signature", earliest=2000)


@dataclass(frozen=True)
class Withdraw:
    """The day on which the person withdrew."""

    withdrawn_on: date


class WithdrawSchema(ActSchema[Withdraw]):
    act = Withdraw
    withdrawn_on = Day("Date de la rétractation", earliest=2000)


@dataclass(frozen=True)
class Disburse:
    """When the bank paid, to whom, and when the household is first debited."""

    disbursed_on: date
    payee_kind: str
    payee: str
    first_due_on: date


class DisburseSchema(ActSchema[Disburse]):
    act = Disburse
    disbursed_on = Day("Date du versement", earliest=2000)
    payee_kind = Choice("Versé à", PayeeKind)
    payee = Text("Nom du vendeur ou du prestataire", longest=120)
    first_due_on = Day("Première échéance", earliest=2000)

    @validates_schema(skip_on_field_errors=True)
    def name_the_supplier(self, data: dict[str, str], **_: object) -> None:
        """A supplier has a name; the person herself needs none."""
        if data["payee_kind"] == PayeeKind.SUPPLIER.value and not data.get("payee"):
            raise ValidationError("Indiquez qui a reçu l’argent.", "payee")
        if data["payee_kind"] == PayeeKind.BORROWER.value:
            data["payee"] = ""


class Told(Labelled):
    """Who told it: a stored source, never a presumption."""

    BANK = "bank", "La banque"
    PERSON = "person", "La personne"


@dataclass(frozen=True)
class Reject:
    """A debit that the household's bank refused."""

    instalment: int
    on_date: date
    source: str


class RejectSchema(ActSchema[Reject]):
    act = Reject
    instalment = Number("Échéance", 1, 2**62)
    on_date = Day("Date du rejet", earliest=2000)
    source = Choice("Qui l’a dit", Told)


@dataclass(frozen=True)
class Payment:
    """An instalment that was paid, whole when no amount is said; after a rejection, a regularisation."""

    instalment: int
    on_date: date
    source: str
    amount: int | None = None


class PaymentSchema(ActSchema[Payment]):
    act = Payment
    instalment = Number("Échéance", 1, 2**62)
    on_date = Day("Date du paiement", earliest=2000)
    source = Choice("Qui l’a dit", Told)
    amount = Cents("Montant payé", required=False)


class Change(Labelled):
    """What the bank decided about the schedule."""

    POSTPONED = ScheduleReason.POSTPONED.value, "Reporter des échéances"
    RESCHEDULED = ScheduleReason.RESCHEDULED.value, "Réaménager le prêt"
    ACCELERATED = ScheduleReason.ACCELERATED.value, "Exiger tout le capital (déchéance du terme)"


@dataclass(frozen=True)
class NewSchedule:
    """A schedule that the bank decided: from which day on, over how many months."""

    reason: str
    first_due_on: date
    months: int | None = None


class NewScheduleSchema(ActSchema[NewSchedule]):
    act = NewSchedule
    reason = Choice("Décision de la banque", Change)
    first_due_on = Day("Prochaine échéance", earliest=2000)
    months = Number("Nombre de mensualités", 1, 120, required=False)

    @validates_schema(skip_on_field_errors=True)
    def say_how_long(self, data: dict[str, object], **_: object) -> None:
        """Only a rescheduling changes how many instalments remain."""
        if data["reason"] != Change.RESCHEDULED.value:
            data["months"] = None
        elif not data.get("months"):
            raise ValidationError("Indiquez en combien de mensualités le reste est payé.", "months")


@dataclass(frozen=True)
class SettleEarly:
    """The whole rest paid at once."""

    on_date: date
    amount: int
    source: str


class SettleEarlySchema(ActSchema[SettleEarly]):
    act = SettleEarly
    on_date = Day("Date du paiement", earliest=2000)
    amount = Cents("Montant payé")
    source = Choice("Qui l’a dit", Told)


@dataclass(frozen=True)
class CallGuarantee:
    """The bank asks the guarantee fund for its share of the loss."""

    on_date: date


class CallGuaranteeSchema(ActSchema[CallGuarantee]):
    act = CallGuarantee
    on_date = Day("Date de l’appel", earliest=2000)


class LoanView(Labelled):
    """Ready-made lists of loans: « vues »."""

    RUNNING = "en-cours", "En cours"
    UNPAID = "impayes", "Impayés"
    OFFERS = "offres", "Offres à signer ou à verser"
    TO_CLOSE = "a-clore", "Soldés à clore"
    ALL = "tous", "Tous"


@dataclass(frozen=True)
class LoanFilters:
    """Which loans to list, and which page of them."""

    vue: str = LoanView.RUNNING.value
    page: str = ""


class LoanFiltersSchema(ActSchema[LoanFilters]):
    act = LoanFilters
    vue = Choice("Vue", LoanView, required=False, load_default=LoanView.RUNNING.value)
    page = Text("Page", longest=400)
