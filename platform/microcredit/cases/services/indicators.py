"""What the diagnosis says of a budget: figures that explain themselves, and a loan simulated beside."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from microcredit.cases.diagnosis_schemas import Diagnosis
from microcredit.cases.services import readings
from microcredit.cases.services.budget import Situation, stored_situation, typed_situation
from microcredit.cases.services.diagnosis import Facts
from microcredit.cases.services.find import get
from microcredit.cases.services.readings import UNDEFINED, Reading, Thresholds
from microcredit.cases.services.simulator import Simulation, largest_loan, simulate
from microcredit.governance.codes import ThresholdCode
from microcredit.governance.services import thresholds
from microcredit.kernel.clock import business_date
from microcredit.kernel.permissions import Permission
from microcredit.kernel.tenancy import Identity
from microcredit.lenders.services import BankTerms, terms_in_force
from microcredit.mathematics import indicators as arithmetic
from microcredit.mathematics.amortisation.instalments import ImpossibleTerms
from microcredit.mathematics.budget import Balance
from microcredit.mathematics.dates import add_months
from microcredit.mathematics.explained import Indicator, Unit, explain
from microcredit.web.formatting import euros, euros_whole

NO_MONTHS = "Indiquez la durée souhaitée."


@dataclass(frozen=True)
class Indicators:
    """The figures of a budget on a day. `simulation` is None when amount, months or a bank is missing."""

    balance: Balance
    readings: tuple[Reading, ...]
    simulation: Simulation | None
    bank: BankTerms | None
    banks: list[BankTerms]
    largest: int | None

    @property
    def living(self) -> Reading:
        """What is left per day and person, the figure that people talk about first."""
        return self.readings[0]

    @property
    def instalment(self) -> int:
        """The instalment that the figures take off, in cents; 0 when none could be simulated."""
        return self.simulation.instalment if self.simulation else 0


def indicators_of(session: Session, facts: Facts, bank_id: int | None = None) -> Indicators:
    """The figures of a stored diagnosis, by the thresholds and the terms of today."""
    today = business_date(session)
    situation = stored_situation(facts.case, facts.household, facts.lines, today)
    return _computed(session, situation, bank_id, today)


def indicators_typed(
    session: Session, identity: Identity, number: str, filled: Diagnosis, bank_id: int | None
) -> Indicators:
    """The same of an open form; nothing is written. Raises NotFound."""
    case = get(session, identity, number, Permission.WRITE_DIAGNOSIS)
    today = business_date(session)
    return _computed(session, typed_situation(filled, case, today), bank_id, today)


def living_after(facts: Facts, instalment: int) -> int | None:
    """Cents left per day and person once an instalment (cents) is paid; None when nobody is counted."""
    # Persons are counted whatever their ages, so that any day will do.
    case = facts.case
    found = stored_situation(case, facts.household, facts.lines, case.opened_on)
    value = arithmetic.left_per_person(found.lines, found.household, instalment).value
    return value if isinstance(value, int) else None


def _computed(
    session: Session, situation: Situation, bank_id: int | None, today: date
) -> Indicators:
    limits, banks = thresholds(session, today), terms_in_force(session, today)
    chosen = [bank for bank in banks if bank.terms.bank_id == bank_id] or banks
    bank = chosen[0] if chosen else None
    loan = _simulated(bank, situation, today)
    capacity = _capacity(situation, limits)
    largest = _largest(bank, capacity, situation.months)
    found = (*_figures(situation, loan, limits, today), _affordable(capacity, largest, limits))
    return Indicators(situation.balance, found, loan, bank, banks, largest)


def _simulated(bank: BankTerms | None, situation: Situation, today: date) -> Simulation | None:
    if bank is None or not situation.months or not situation.amount:
        return None
    try:
        return simulate(bank, situation.amount, situation.months, today)
    except ImpossibleTerms:  # a few cents over years: nobody lends that
        return None


def _figures(
    situation: Situation, loan: Simulation | None, limits: Thresholds, today: date
) -> tuple[Reading, ...]:
    lines, home = situation.lines, situation.household
    paid = loan.instalment if loan else 0
    after = "prêt déduit" if loan else "sans prêt"
    return (
        readings.living(
            f"Reste à vivre, {after}", arithmetic.left_per_person(lines, home, paid), limits
        ),
        readings.credit_share("Crédits sur ressources", arithmetic.debt_ratio(lines, paid), limits),
        Reading("Ressources qui s’arrêtent avant la fin du prêt", _ending(situation, today)),
        Reading("Reste à vivre du mois, avant le prêt", arithmetic.gross_margin(lines)),
        Reading(f"Reste à vivre du mois, {after}", arithmetic.left_to_live(lines, paid)),
        Reading(
            "Reste à vivre par unité de consommation", arithmetic.left_per_unit(lines, home, paid)
        ),
        Reading("Effort de logement", arithmetic.housing_effort(lines)),
    )


def _ending(situation: Situation, today: date) -> Indicator:
    if not situation.months:
        words = "ressources qui s’arrêtent avant la dernière mensualité ÷ ressources"
        return explain(Unit.SHARE, words, (), missing=NO_MONTHS)
    last = add_months(today, situation.months)
    return arithmetic.ending_income_share(situation.lines, last)


def _capacity(situation: Situation, limits: Thresholds) -> Indicator:
    kept = limits.get(str(ThresholdCode.LIVING_STOP.value))
    found = arithmetic.repayment_capacity(
        situation.lines, situation.household, kept.value if kept else 0
    )
    if kept is None:
        return explain(found.unit, found.formula, found.terms, missing=f"{UNDEFINED}.".capitalize())
    return found


def _largest(bank: BankTerms | None, capacity: Indicator, months: int | None) -> int | None:
    if bank is None or not months or not isinstance(capacity.value, int):
        return None
    return largest_loan(bank, capacity.value, months)


def _affordable(capacity: Indicator, largest: int | None, limits: Thresholds) -> Reading:
    kept = limits.get(str(ThresholdCode.LIVING_STOP.value))
    note = ""
    if kept is not None:
        note = f"en gardant {euros(kept.value)} par jour et par personne"
    if largest is not None:
        note += (
            f" ; prêt possible : {euros_whole(largest)}" if largest else " ; aucun prêt possible"
        )
    return Reading("Mensualité possible", capacity, note=note)
