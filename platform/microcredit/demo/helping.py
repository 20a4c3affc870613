"""Where people were sent instead, and what came of it: the published totals, spread where they fit."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from microcredit.cases.codes import (
    DeclineReason,
    Motive,
    OrientationResult,
    OrientationTarget,
    Purpose,
    RedirectReason,
)
from microcredit.demo import published
from microcredit.demo.lending import QuotasDisagree
from microcredit.demo.tale import Fate, Help, Tale, What
from microcredit.mathematics.dates import add_working_days
from microcredit.people.codes import Employment
from microcredit.submissions.codes import RefusalReason

T = OrientationTarget

#: Ways out that always send on, and those that may.
SENDING_ON = (Fate.TURNED_AWAY, Fate.REDIRECTED, Fate.DECLINED, Fate.MISSING_PAPERS, Fate.REFUSED)

INDEBTED = {
    str(reason.value)
    for reason in (
        RedirectReason.OVERINDEBTED, DeclineReason.OVERINDEBTED, RefusalReason.FICP,
        RefusalReason.FCC, DeclineReason.DEFICIT,
    )
}  # fmt: skip

#: The scarcest first: what only some can ask for is given out before what anybody can.
IN_ORDER = (
    T.MISSION_LOCALE, T.PENSION_FUND, T.DISABILITY, T.ADIE, T.CPAM, T.ACTION_LOGEMENT,
    T.OVERINDEBTEDNESS, T.FRANCE_TRAVAIL, T.GARAGE, T.CAF_LOAN, T.CAF_AID, T.HOUSING_FUND,
    T.BUDGET_POINT, T.FRAGILE_OFFER, T.LEGAL_HELP, T.CLASSIC_CREDIT, T.RIGHTS, T.CCAS_AID,
)  # fmt: skip


#: For how many days before the end nobody has asked what came of the orientations.
STILL_TO_ASK = 9


def send_on(random: Random, tales: Sequence[Tale], end: date) -> None:
    """Spread the orientations over the lost requests, and tell what came of them until `end`.

    Raises QuotasDisagree.
    """
    room = _room(random, tales)
    for target in IN_ORDER:
        count = published.ORIENTATIONS[target][0]
        able = [place for place, left in room.items() if left]
        able.sort(key=lambda place: _suits(target, tales[place], room[place], random), reverse=True)
        if len(able) < count:
            raise QuotasDisagree(f"{count - len(able)} more people should go to {target.label}")
        for place in able[:count]:
            tales[place].helps.append(Help(target))
            room[place] -= 1
    for tale in tales:
        if not tale.helps:
            tale.steps = [step for step in tale.steps if step.what is not What.ORIENT]
    _results(random, [tales[place] for place in room], end)


def _room(random: Random, tales: Sequence[Tale]) -> dict[int, int]:
    """Place of a tale → how many orientations it gets."""
    sent = [place for place, tale in enumerate(tales) if tale.fate in SENDING_ON]
    gave_up = [place for place, tale in enumerate(tales) if tale.fate is Fate.GAVE_UP]
    absent = [place for place, tale in enumerate(tales) if tale.fate is Fate.NO_SHOW]
    absent = random.sample(absent, k=published.ORIENTED_NO_SHOWS)
    room = dict.fromkeys(sorted((*sent, *gave_up, *absent)), 1)
    total = sum(count for count, *_ in published.ORIENTATIONS.values())
    for place in random.sample(sent, k=total - len(room)):
        room[place] += 1
    return room


def _suits(
    target: OrientationTarget, tale: Tale, left: int, random: Random
) -> tuple[int, int, float]:
    """How well a help suits somebody; between equals, who has more left to be given."""
    age = tale.who.age(tale.contact_on.year)
    fits = {
        T.MISSION_LOCALE: age <= 25,
        T.PENSION_FUND: tale.who.employment is Employment.RETIRED,
        T.DISABILITY: tale.who.employment is Employment.OTHER,
        T.ADIE: tale.who.employment is Employment.JOB_SEEKER,
        T.CPAM: tale.motive is Motive.HEALTH,
        T.ACTION_LOGEMENT: tale.who.employment is Employment.PERMANENT,
        T.OVERINDEBTEDNESS: tale.reason in INDEBTED,
        T.FRANCE_TRAVAIL: tale.motive is Motive.MOBILITY
        and tale.who.employment is Employment.JOB_SEEKER,
        T.GARAGE: tale.purpose is Purpose.REPAIR,
        T.CAF_LOAN: bool(tale.who.children_born) and tale.purpose is Purpose.APPLIANCES,
        T.CAF_AID: bool(tale.who.children_born),
        T.HOUSING_FUND: tale.motive is Motive.HOUSING
        or tale.reason == RedirectReason.OBJECT_EXCLUDED.value,
        T.BUDGET_POINT: tale.reason in INDEBTED or "rav" in tale.reason,
    }.get(target, True)
    return 1 if fits else 0, left, random.random()


def _results(random: Random, tales: Sequence[Tale], end: date) -> None:
    """What people said three months later, where three months have passed."""
    asked_on = [add_working_days(_sent_on(tale) + timedelta(days=91), 2) for tale in tales]
    known = [
        one for tale, day in zip(tales, asked_on, strict=True) if day <= end for one in tale.helps
    ]
    obtained = set(_obtain(random, known))
    for tale, day in zip(tales, asked_on, strict=True):
        told = any(id(one) in obtained for one in tale.helps)
        # The last ones are still to be asked, unless something is known to have been obtained.
        if not told and day > end - timedelta(days=STILL_TO_ASK):
            continue
        recent = _sent_on(tale) > end - timedelta(days=150)
        unlucky = (OrientationResult.REFUSED, OrientationResult.UNKNOWN)
        for one in tale.helps:
            if id(one) not in obtained:
                one.result = random.choice(
                    (*unlucky, OrientationResult.PENDING) if recent else unlucky
                )
        tale.then(day, What.RESULTS)


def _obtain(random: Random, known: list[Help]) -> Iterator[int]:
    """Mark what was obtained, for how much; the identities of these helps. Raises QuotasDisagree."""
    for target, (_, obtained, euros) in published.ORIENTATIONS.items():
        mine = [one for one in known if one.target is target]
        if len(mine) < obtained:
            raise QuotasDisagree(f"only {len(mine)} know what {target.label} answered")
        chosen = random.sample(mine, k=obtained)
        for one, amount in zip(chosen, _shares(random, euros, obtained), strict=True):
            one.result, one.cents = OrientationResult.OBTAINED, amount * 100 or None
            yield id(one)


def _shares(random: Random, euros: int, count: int) -> list[int]:
    """`euros` in `count` parts of whole tens, unequal as helps are."""
    if not count:
        return []
    mean = euros // count
    parts = [
        max(10, round(mean * random.uniform(0.5, 1.5) / 10) * 10) if euros else 0
        for _ in range(count)
    ]
    parts[-1] += euros - sum(parts)
    while parts[-1] < min(10, euros):
        largest = parts.index(max(parts))
        parts[largest] -= 10
        parts[-1] += 10
    return parts


def _sent_on(tale: Tale) -> date:
    ways = (What.REDIRECT, What.DECLINE, What.ORIENT)
    return next(step.on for step in tale.steps if step.what in ways)
