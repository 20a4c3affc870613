"""The days of a request: from contact to its way out, with the pauses that each step takes."""

from datetime import date, timedelta
from random import Random

from microcredit.demo.tale import Fate, Tale, What
from microcredit.mathematics.dates import add_working_days

#: The bank lends since June 2012: what was ready before waited for it.
BANK_SINCE = date(2012, 6, 4)

AT_THE_BANK = (Fate.REFUSED, Fate.WITHDREW, Fate.DROPPED, Fate.LENT)


def route(random: Random, tale: Tale) -> None:
    """Tell a request of the past day by day, until its way out or the payment of its loan."""
    tale.then(tale.contact_on, What.CONTACT)
    if tale.fate is Fate.TURNED_AWAY and random.random() < 0.6:
        tale.then(_after(random, tale.contact_on, 0, 4), What.REDIRECT)
        return
    noted_on = _after(random, tale.contact_on, 0, 3)
    met_on = _after(random, noted_on, 3, 9)
    tale.then(noted_on, What.MEET, until=met_on)
    if tale.fate is Fate.TURNED_AWAY:
        tale.then(met_on, What.REDIRECT)
    elif tale.fate is Fate.NO_SHOW:
        missed_on = _after(random, met_on, 3, 9)
        tale.then(missed_on, What.CLOSE)
        tale.then(missed_on, What.ORIENT)
    else:
        tale.then(met_on, What.DIAGNOSE)
        _diagnosed(random, tale, met_on)


def _diagnosed(random: Random, tale: Tale, met_on: date) -> None:
    if tale.fate is Fate.REDIRECTED:
        tale.then(_after(random, met_on, 0, 6), What.REDIRECT)
        return
    if tale.fate is Fate.GAVE_UP:
        gone_on = _after(random, met_on, 8, 25)
        tale.then(gone_on, What.CLOSE)
        tale.then(gone_on, What.ORIENT)
        return
    waits = tale.fate is Fate.MISSING_PAPERS or random.random() < 0.25
    if waits:
        tale.then(met_on, What.AWAIT)
    if tale.fate is Fate.MISSING_PAPERS:
        tale.then(_after(random, met_on, 22, 38), What.DECLINE)
        return
    complete_on = _after(random, met_on, 3, 12)
    if waits:
        tale.then(complete_on, What.RECEIVE)
    tale.then(complete_on, What.COMPLETE)
    if tale.fate is Fate.DECLINED:
        tale.then(_after(random, complete_on, 1, 6), What.DECLINE)
    else:
        _at_the_bank(random, tale, complete_on)


def _at_the_bank(random: Random, tale: Tale, complete_on: date) -> None:
    sent_on = _after(random, max(complete_on, BANK_SINCE), 0, 4)
    tale.then(sent_on, What.SEND)
    if random.random() < 0.12:
        asked_on = _after(random, sent_on, 2, 4)
        tale.then(asked_on, What.ASK_ITEMS, until=asked_on + timedelta(days=12))
        sent_on = _after(random, asked_on, 1, 4)
        tale.then(sent_on, What.SEND_ITEMS)
    elif random.random() < 0.07:
        tale.then(_after(random, sent_on, 3, 3), What.ADJOURN, until=sent_on + timedelta(days=12))
    answered_on = _after(random, sent_on, 4, 10)
    if tale.fate is Fate.REFUSED:
        tale.then(answered_on, What.REFUSE)
        tale.then(_after(random, answered_on, 2, 8), What.REDIRECT)
        return
    if tale.fate is Fate.LENT and random.random() < 0.05:
        tale.then(answered_on, What.COUNTER)
        answered_on = _after(random, answered_on, 1, 3)
        tale.then(answered_on, What.ACCEPT)
    else:
        tale.then(answered_on, What.GRANT)
    if tale.fate is Fate.DROPPED:
        tale.then(_after(random, answered_on, 4, 9), What.CLOSE)
        return
    signed_on = _after(random, answered_on, 1, 5)
    tale.then(signed_on, What.SIGN)
    if tale.fate is Fate.WITHDREW:
        tale.then(_after(random, signed_on, 3, 6), What.WITHDRAW)
        return
    tale.private_sale = random.random() < 0.12
    tale.then(_after(random, signed_on + timedelta(days=8), 0, 4), What.DISBURSE)


def _after(random: Random, day: date, least: int, most: int) -> date:
    """A working day that comes after some working days."""
    return add_working_days(day, random.randint(least, most))
