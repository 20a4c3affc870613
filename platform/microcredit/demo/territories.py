"""Which story is told where: the founding territory as published, a small one at today's date."""

from datetime import date

from microcredit.demo import published
from microcredit.demo.accounts import Territory
from microcredit.demo.plan import VIEUX_CONDE, past
from microcredit.demo.present import CONDE, TERNOIS, open_files
from microcredit.demo.tale import Tale

TERNOIS_COMMUNES = ["62767", "62361", "62060"]


def tales_of(territory: Territory, end: date) -> list[Tale]:
    """All requests of a territory until `end`. Raises QuotasDisagree."""
    if territory.ends_on is None:
        return open_files(TERNOIS, TERNOIS_COMMUNES, end, territory.since, territory.seed)
    current = open_files(CONDE, list(published.COMMUNES), end, territory.since, territory.seed)
    for tale in current:
        tale.at_desk = tale.commune == VIEUX_CONDE and not tale.anonymous
    return past() + current
