"""Loans repaid in monthly instalments: one schedule, many at once, what a capacity allows.

THE ROUNDING RULE, used by every module of this package. Amounts are integer cents, the rate is the
annual nominal rate as a `Decimal` (0.02 is 2 %), and a month bears exactly rate / 12, a fraction.

1. The constant instalment is the exact value of P·i / (1 − (1 + i)^−n), rounded half up to the cent.
2. The interest of a month is the exact value of balance · i, rounded half up to the cent.
3. The last instalment is what is still owed: the balance and its interest. It absorbs the roundings.

Interest of odd days (before the first month, before an early repayment) is balance · rate · days / 365,
rounded half up to the cent, leap year or not.
"""
