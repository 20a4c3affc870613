"""Which story is told where: the founding territory as published, a small one at today's date."""

from datetime import date
from random import Random

from microcredit.cases.codes import Channel
from microcredit.demo import published
from microcredit.demo.accounts import Territory
from microcredit.demo.people import Crowd
from microcredit.demo.plan import VIEUX_CONDE, past
from microcredit.demo.present import CONDE, TERNOIS, open_files
from microcredit.demo.tale import Tale

TERNOIS_COMMUNES = ["62767", "62361", "62060"]


def tales_of(territory: Territory, end: date) -> list[Tale]:
    """All requests of a territory until `end`. Raises QuotasDisagree."""
    random = Random(territory.seed)
    if territory.ends_on is None:
        return open_files(TERNOIS, TERNOIS_COMMUNES, end, territory.since, Crowd(random))
    told = past()
    crowd = Crowd(random, [tale.who for tale in told])
    current = open_files(CONDE, list(published.COMMUNES), end, territory.since, crowd)
    for tale in current:
        tale.referred = tale.channel is Channel.MISSION_LOCALE
        tale.at_desk = tale.commune == VIEUX_CONDE
    return told + current
