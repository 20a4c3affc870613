"""The rows of one invented case, table by table, as the product's own acts would have written them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.benchmark.copies import OPINION, PROJECT
from tests.benchmark.lives import Life, due_dates
from tests.benchmark.people import PERIODICITY, Borrower
from tests.benchmark.tenants import COMMUNES, Tenant

from microcredit.cases.codes import Act, State, TaskKind
from microcredit.cases.transitions import TABLE
from microcredit.kernel.permissions import Permission, Role
from microcredit.loans.codes import PostingKind, ScheduleReason
from microcredit.loans.services.disburse import FOLLOW_UP_MONTHS, PROOF_WITHIN
from microcredit.loans.situation import PRESUMED_AFTER
from microcredit.mathematics.dates import add_months, credit_clocks
from microcredit.people.services import words

RATE = Decimal("0.02")
Value = object
Row = tuple[Value, ...]

#: For each table, the columns that its rows fill; `tenant_id` is always first.
COLUMNS = {
    "person": "id civility last_name first_names sort_name birth_date phone email address",
    "person_word": "word person_id",
    "household": "id family adults children alternate_children children_born housing employment",
    "case_file": "id number version action_id state state_since opened_on channel desk_id opening_code"
    " residence_code motive purpose amount_cents person_id household_id project total_cost_cents"
    " contribution_cents months notice_given_on opinion",
    "case_counter": "year last",
    "residence": "case_id valid_from commune_code",
    "appointment": "id case_id on_date at_time place_id",
    "budget_line": "case_id rank code amount_cents periodicity whose confidence creditor",
    "case_event": "id case_id act from_state to_state on_date at account_id reason note",
    "orientation": "id case_id target proposed_on account_id result result_on obtained_cents",
    "task": "id case_id kind due_on opened_on opened_by done_on done_by",
    "submission": "id case_id bank_id terms_id sent_on sent_at due_on copy sha256 verified_at answer answered_on"
    " answered_by reasons granted_cents granted_months granted_rate accepted accepted_on",
    "submission_step": "id submission_id kind on_date due_on words account_id",
    "loan": "id case_id submission_id bank_id principal_cents annual_rate months signed_on first_payment_on"
    " withdrawal_until disbursed_on payee_kind payee withdrawn_on",
    "loan_schedule": "loan_id version valid_from reason first_number account_id",
    "instalment": "id loan_id version number due_on amount_cents principal_cents interest_cents"
    " outstanding_cents valid_from",
    "posting": "id loan_id instalment_id kind source on_date amount_cents at account_id",
    "evaluation": "loan_id on_date account_id reached project_realised still_used employment income_change"
    " budget_feeling bank_relation help_useful would_recommend new_project",
}  # fmt: skip


@dataclass(slots=True)
class Told:
    """One case with all that is drawn of it; ids and numbers come later, by day of opening.

    `rank` is its place among the draws of its tenant, the same however many tenants there are.
    """

    tenant: Tenant
    lived: Life
    who: Borrower
    named: bool
    commune: str
    bank: str
    chance: float
    rank: int
    id: int = 0
    number: str = ""
    submission: int = 0
    loan: int = 0
    instalments: int = 0

    def account(self, act: Act) -> int:
        """Who did an act: the bank's officer where the bank speaks, else the case worker."""
        if TABLE[act].permission is Permission.ANSWER_SUBMISSION:
            return self.tenant.account(Role.BANK_OFFICER, self.bank)
        return self.tenant.account(Role.CASE_WORKER, "CCAS Alpha")

    @property
    def bank_id(self) -> int:
        """The bank it goes to, if it goes that far."""
        return self.tenant.organisations[self.bank]

    @property
    def desk_id(self) -> int:
        """The CCAS of the commune receives the person."""
        return self.tenant.organisations[COMMUNES[self.commune][1]]

    @property
    def person_id(self) -> int | None:
        """The person has the number of her case; none when nobody was named yet."""
        return self.id if self.named or self.diagnosed_on else None

    @property
    def diagnosed_on(self) -> date | None:
        """The day of the diagnosis, None before."""
        return self.lived.day_of(Act.SAVE_DIAGNOSIS)


def person(one: Told) -> Iterator[Row]:
    """The person, unless she asked without a name."""
    if one.person_id is not None:
        who = one.who
        yield (
            one.tenant.id, one.id, who.civility.value, who.last_name, who.first_names, " ".join(_words(who)),
            who.birth_date if one.diagnosed_on else None, who.phone, "", who.address,
        )  # fmt: skip


def person_words(one: Told) -> Iterator[Row]:
    """The words that find her."""
    if one.person_id is not None:
        for word in sorted(set(_words(one.who))):
            yield (one.tenant.id, word, one.id)


def household(one: Told) -> Iterator[Row]:
    """The household, from the diagnosis on."""
    if one.diagnosed_on is not None:
        who = one.who
        born = [one.diagnosed_on.year - 3 * (rank + 1) for rank in range(who.children)]
        yield (
            one.tenant.id, one.id, who.family.value, who.adults, who.children, 0, born,
            who.housing.value, who.employment.value,
        )  # fmt: skip


def case_file(one: Told) -> Iterator[Row]:
    """The case; its project and opinion are sealed for it alone."""
    lived, tenant, filled = one.lived, one.tenant, one.diagnosed_on
    project = tenant.seal(PROJECT.encode(), f"case:{one.id}:project") if filled else None
    opinion = tenant.seal(OPINION.encode(), f"case:{one.id}:opinion") if filled else None
    yield (
        tenant.id, one.id, one.number, len(lived.moments), tenant.action, lived.state.value, lived.since,
        lived.opened_on, lived.channel.value, one.desk_id, one.commune, one.commune, lived.motive.value,
        lived.purpose if filled else "", lived.cents, one.person_id, one.id if filled else None, project,
        lived.cents + 300_00 if filled else None, 300_00 if filled else None,
        lived.months if filled else None, filled, opinion,
    )  # fmt: skip


def residence(one: Told) -> Iterator[Row]:
    """Where the person lived at opening, and since."""
    yield (one.tenant.id, one.id, one.lived.opened_on, one.commune)


def budget(one: Told) -> Iterator[Row]:
    """The lines of the budget, from the diagnosis on."""
    if one.diagnosed_on is not None:
        for rank, (code, cents) in enumerate(one.who.budget, 1):
            yield (
                one.tenant.id, one.id, rank, code.value, cents, PERIODICITY, "applicant", "declared", "",
            )  # fmt: skip


def events(one: Told) -> Iterator[Row]:
    """The timeline."""
    for nth, moment in enumerate(one.lived.moments):
        source = moment.source.value if moment.source else None
        yield (
            one.tenant.id, None, one.id, moment.act.value, source, moment.target.value, moment.on,
            at(moment.on, one.rank + nth), one.account(moment.act), moment.reason, moment.note,
        )  # fmt: skip


def tasks(one: Told) -> Iterator[tuple[TaskKind, date, date]]:
    """What is to do: its kind, by which day, and since when."""
    lived = one.lived
    asked_on, paid_on = lived.day_of(Act.REDIRECT), lived.day_of(Act.DISBURSE)
    if asked_on is not None:
        yield TaskKind.ORIENTATION_RESULT, add_months(asked_on, 3), asked_on
    if paid_on is None:
        return
    for months in FOLLOW_UP_MONTHS:
        if months <= lived.months:
            yield TaskKind.FOLLOW_UP, add_months(paid_on, months), paid_on
    if one.rank % 3 == 0:
        yield TaskKind.PURCHASE_PROOF, paid_on + PROOF_WITHIN, paid_on
    yield TaskKind.EVALUATION, dues(one)[-1] + PRESUMED_AFTER, paid_on
    for fact in lived.facts:
        if fact.kind is PostingKind.REJECTED:
            yield TaskKind.CALL, fact.on + timedelta(days=2), fact.on


def submission_due_on(one: Told, sent_on: date) -> date:
    """When the bank should have answered: later when it put its decision off."""
    adjourned_on = one.lived.day_of(Act.ADJOURN)
    return adjourned_on + timedelta(days=20) if adjourned_on else sent_on + timedelta(days=10)


def steps(one: Told) -> Iterator[Row]:
    """What happened to the copy before its answer."""
    kinds = {Act.ADJOURN: "adjourned", Act.ASK_ITEMS: "items_asked", Act.SEND_ITEMS: "items_sent"}
    for moment in one.lived.moments:
        if moment.act not in kinds:
            continue
        adjourned = moment.act is Act.ADJOURN
        due_on = submission_due_on(one, moment.on) if adjourned else None
        said = "Les trois derniers relevés de compte.".encode()
        sealed = None if adjourned else one.tenant.seal(said, f"case:{one.id}:step")
        yield (
            one.tenant.id, None, one.submission, kinds[moment.act], moment.on, due_on, sealed,
            one.account(moment.act),
        )  # fmt: skip


def loan(one: Told) -> Row:
    """The signed offer, then loan; a third are paid to the person herself."""
    lived = one.lived
    signed_on, paid_on = lived.day_of(Act.SIGN_OFFER), lived.day_of(Act.DISBURSE)
    if signed_on is None:
        raise LookupError("only a signed case has a loan")
    clocks = credit_clocks(signed_on)
    kind = ("borrower" if one.rank % 3 == 0 else "supplier") if paid_on else None
    payee = one.tenant.seal(b"Garage des Essais", f"case:{one.id}:payee")
    return (
        one.tenant.id, one.loan, one.id, one.submission, one.bank_id, lived.cents, RATE, lived.months,
        signed_on, clocks.first_payment_on, clocks.withdrawal_until, paid_on, kind,
        payee if paid_on else None, lived.day_of(Act.WITHDRAW),
    )  # fmt: skip


def loan_schedule(one: Told) -> Row:
    """The schedule of the contract; none was changed."""
    paid_on, account = one.lived.day_of(Act.DISBURSE), one.account(Act.DISBURSE)
    return (one.tenant.id, one.loan, 1, paid_on, ScheduleReason.FIRST.value, 1, account)


def evaluation(one: Told) -> Iterator[Row]:
    """What the loan changed, once it is closed; one in seven is not reached."""
    if one.lived.state is State.CLOSED:
        told = (True, "yes", True, "kept", "more", 4, "same", 5, True, False)
        said = told if one.rank % 7 else (False, *[None] * 9)
        yield (one.tenant.id, one.loan, one.lived.since, one.account(Act.CLOSE_LOAN), *said)


def dues(one: Told) -> tuple[date, ...]:
    """The days of the instalments of a loan that was paid out."""
    paid_on = one.lived.day_of(Act.DISBURSE)
    return due_dates(paid_on, one.lived.months) if paid_on else ()


def at(on: date | None, rank: int) -> str:
    """An hour of a working day, in text."""
    return f"{on} {8 + rank % 9:02d}:{rank * 7 % 60:02d}:00+01"


def _words(who: Borrower) -> list[str]:
    return [*words(who.last_name), *words(who.first_names)]
