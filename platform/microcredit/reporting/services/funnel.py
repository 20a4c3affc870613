"""From request to agreement: how many ever came to each step, and how many stopped before the next."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from microcredit.reporting.services.breakdown import Breakdown
from microcredit.reporting.services.cube import Group, Stage
from microcredit.reporting.services.masking import Count, Cover

#: What came to a step: « franchi ». The step of disbursed loans follows with the loans.
LABELS = {
    Stage.CONTACT: "Demandes",
    Stage.APPOINTMENT: "Rendez-vous",
    Stage.DIAGNOSIS: "Diagnostics",
    Stage.SENT: "Transmises à la banque",
    Stage.GRANTED: "Accords",
}

#: Those who left for good, by the last step they came to.
EXITS = {
    Stage.CONTACT: "closes avant un rendez-vous",
    Stage.APPOINTMENT: "closes avant le diagnostic",
    Stage.DIAGNOSIS: "closes après le diagnostic",
    Stage.SENT: "refusées par la banque",
}

#: Those who are still there.
STAYS = {
    Stage.CONTACT: "attendent un rendez-vous",
    Stage.APPOINTMENT: "attendent d’être reçues",
    Stage.DIAGNOSIS: "sont en préparation",
    Stage.SENT: "attendent la réponse",
}


@dataclass(frozen=True)
class Loss:
    """Requests that did not come to the next step."""

    label: str
    count: Count


@dataclass(frozen=True)
class Step:
    """One step of the funnel and what was lost before the next."""

    label: str
    count: Count
    losses: list[Loss] = field(default_factory=list)


def funnel(
    found: Breakdown, year: int | None, commune: str, groups: Sequence[Group] | None
) -> list[Step]:
    """The steps of a selection. Losses are for those who see everything: `groups` is None for others."""
    steps = []
    for stage, reached in _reached(found, year, commune).items():
        losses = _losses(stage, groups) if groups is not None and stage in EXITS else []
        steps.append(Step(LABELS[stage], reached, losses))
    return steps


def _reached(found: Breakdown, year: int | None, commune: str) -> dict[Stage, Count]:
    """A step is shown when what it is the sum of, or what is left without it, is shown."""
    requests, sent = found.requests.at(year, commune), found.sent.at(year, commune)
    stopped = {stage: series.at(year, commune) for stage, series in found.stopped.items()}
    came = _difference(requests, stopped[Stage.CONTACT])
    seen = _difference(came, stopped[Stage.APPOINTMENT])
    return {
        Stage.CONTACT: requests,
        Stage.APPOINTMENT: came,
        Stage.DIAGNOSIS: seen,
        Stage.SENT: sent,
        Stage.GRANTED: found.granted.at(year, commune),
    }


def _difference(whole: Count, part: Count) -> Count:
    if whole.value is None or part.value is None:
        return Count(None, Cover.WITHHELD)
    return Count(whole.value - part.value)


def _losses(stage: Stage, groups: Sequence[Group]) -> list[Loss]:
    here = [group for group in groups if group.identified and group.stage is stage]
    left = sum(group.count for group in here if _has_left(group))
    there = sum(group.count for group in here) - left
    losses = [Loss(EXITS[stage], Count(left)), Loss(STAYS[stage], Count(there))]
    return [loss for loss in losses if loss.count.value]


def _has_left(group: Group) -> bool:
    """A refusal ends a request until a bank says yes, as it does for `bank_acceptance`."""
    return group.refused if group.stage is Stage.SENT else group.closed
