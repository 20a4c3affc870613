"""When instalments fall due: the same day of each month, kept across short months."""

from dataclasses import dataclass
from datetime import date

from microcredit.mathematics.amortisation.instalments import ImpossibleTerms
from microcredit.mathematics.dates import add_months


@dataclass(frozen=True, slots=True)
class Dates:
    """The day the money is released, the day of the first instalment, and the day of debit kept after it.

    `debit_day` (1 to 31) is the day of the first instalment unless said otherwise: a loan debited on
    the 31st may start on 28 February, and is then due on 31 March.

    Raises ImpossibleTerms when the day is outside 1 to 31, when the first instalment is not on it,
    or when it falls due on the day of release or before.
    """

    released_on: date
    first_due_on: date
    debit_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse dates that follow no calendar."""
        if self.debit_day is not None and not 1 <= self.debit_day <= 31:
            raise ImpossibleTerms(f"a day of debit is from 1 to 31, not {self.debit_day}")
        if self.first_due_on <= self.released_on:
            raise ImpossibleTerms(
                f"the first instalment ({self.first_due_on}) is due after the release ({self.released_on})"
            )
        if self.due_on(1) != self.first_due_on:
            raise ImpossibleTerms(
                f"{self.first_due_on} is not a day of debit on the {self.debit_day} of each month"
            )

    def due_on(self, number: int) -> date:
        """The day of instalment `number` (1 is the first); 0 is the day the first month starts."""
        return add_months(self.first_due_on, number - 1, self.debit_day)

    @property
    def odd_days(self) -> int:
        """Days between the release and the start of the first month: negative when the period is short.

        Zero when the first instalment is due one month after the release, on the same day or, in a
        month too short, on its last. Counted back from the first instalment, as the TAEG counts them
        (annex of R.314-3, Code de la consommation); months before that one are counted in days.
        """
        if add_months(self.released_on, 1) == self.first_due_on:
            return 0
        return (self.due_on(0) - self.released_on).days
