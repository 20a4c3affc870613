"""What became of the requests, as numbers that split into one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from microcredit.cases.codes import CloseReason, Motive, OrientationTarget, RedirectReason, State
from microcredit.reporting.services.cube import Frame, Group, Oriented, Stage, kept
from microcredit.reporting.services.masking import Count
from microcredit.reporting.services.series import Series, Tally, alone, crossed, plain, split

K = TypeVar("K")

#: The last exit of a case that came from elsewhere may have no reason.
NO_REASON = ""


@dataclass(frozen=True)
class Breakdown:
    """Every number of the page. Each comment says what a number is the sum of."""

    requests: Series  # sent + unsent; redirected + dropped + going_on; motives
    sent: Series  # granted + refused + waiting
    unsent: Series  # stopped at contact + at appointment + at diagnosis
    granted: Series
    refused: Series
    waiting: Series
    stopped: dict[Stage, Series]
    redirected: Series
    dropped: Series
    motives: dict[Motive, Series]
    redirect_reasons: dict[str, Series]
    close_reasons: dict[str, Series]
    orientations: Series  # targets
    targets: dict[str, Series]
    anonymous: Series
    cells: dict[tuple[int, str], Count]


def break_down(
    frame: Frame,
    groups: Sequence[Group],
    oriented: Sequence[Oriented],
    *,
    masked: bool,
    own: str | None = None,
) -> Breakdown:
    """The numbers of a frame, masked for those who see totals only.

    `own` is the commune whose numbers such a reader knows by name from elsewhere.
    """
    cut = _Cut(frame, masked, own)
    asked = kept(groups, lambda g: g.identified)
    total = frame.tally(asked)
    if masked:
        requests, cells = crossed(frame.cells(asked), total, own)
    else:
        requests, cells = plain(total), {}
    sent, unsent, granted, refused, waiting = cut.bank(asked, requests)
    ends = {
        "redirected": kept(asked, lambda g: g.state is State.REDIRECTED),
        "dropped": kept(asked, lambda g: g.state is State.NO_SHOW_OR_WITHDRAWN),
        "going_on": kept(asked, lambda g: not g.closed),
    }
    ended = cut.into(total, requests, _tallies(frame, ends), totals_shown=True)
    aimed = frame.tally(oriented)
    orientations = alone(aimed, own) if masked else plain(aimed)
    targets = {
        target.value: frame.tally([one for one in oriented if one.target == target.value])
        for target in OrientationTarget
    }
    return Breakdown(
        requests=requests,
        sent=sent,
        unsent=unsent[0],
        granted=granted,
        refused=refused,
        waiting=waiting,
        stopped=unsent[1],
        redirected=ended["redirected"],
        dropped=ended["dropped"],
        motives=cut.into(
            total,
            requests,
            {motive: frame.tally([g for g in asked if g.motive is motive]) for motive in Motive},
        ),
        redirect_reasons=cut.reasons(
            ends["redirected"], ended["redirected"], [reason.value for reason in RedirectReason]
        ),
        close_reasons=cut.reasons(
            ends["dropped"], ended["dropped"], [reason.value for reason in CloseReason]
        ),
        orientations=orientations,
        targets=cut.into(aimed, orientations, targets),
        anonymous=cut.apart(kept(groups, lambda g: not g.identified)),
        cells=cells,
    )


@dataclass(frozen=True)
class _Cut:
    """Cuts numbers into parts, for one kind of reader."""

    frame: Frame
    masked: bool
    own: str | None

    def into(
        self, whole: Tally, covered: Series, parts: Mapping[K, Tally], *, totals_shown: bool = False
    ) -> dict[K, Series]:
        if self.masked:
            return split(whole, covered, parts, self.own, totals_shown=totals_shown)
        return {part: plain(tally) for part, tally in parts.items()}

    def apart(self, found: list[Group]) -> Series:
        tally = self.frame.tally(found)
        return alone(tally, self.own) if self.masked else plain(tally)

    def reasons(self, found: list[Group], covered: Series, codes: list[str]) -> dict[str, Series]:
        known = {
            code: self.frame.tally([g for g in found if g.reason == code])
            for code in [*codes, NO_REASON]
        }
        return self.into(self.frame.tally(found), covered, known)

    def bank(
        self, asked: list[Group], requests: Series
    ) -> tuple[Series, tuple[Series, dict[Stage, Series]], Series, Series, Series]:
        """Sent, unsent with where those stopped, granted, refused, waiting.

        A request that was refused, sent again and granted is granted.
        """
        frame = self.frame
        sent = kept(asked, lambda g: g.stage >= Stage.SENT)
        unsent = kept(asked, lambda g: g.stage < Stage.SENT)
        halves = self.into(
            frame.tally(asked),
            requests,
            _tallies(frame, {"sent": sent, "unsent": unsent}),
            totals_shown=True,
        )
        answers = {
            "granted": kept(sent, lambda g: g.stage is Stage.GRANTED),
            "refused": kept(sent, lambda g: g.stage is Stage.SENT and g.refused),
            "waiting": kept(sent, lambda g: g.stage is Stage.SENT and not g.refused),
        }
        answered = self.into(
            frame.tally(sent), halves["sent"], _tallies(frame, answers), totals_shown=True
        )
        stages = (Stage.CONTACT, Stage.APPOINTMENT, Stage.DIAGNOSIS)
        stopped = self.into(
            frame.tally(unsent),
            halves["unsent"],
            {stage: frame.tally([g for g in unsent if g.stage is stage]) for stage in stages},
            totals_shown=True,
        )
        return (
            halves["sent"],
            (halves["unsent"], stopped),
            answered["granted"],
            answered["refused"],
            answered["waiting"],
        )


def _tallies(frame: Frame, found: Mapping[str, list[Group]]) -> dict[str, Tally]:
    return {name: frame.tally(some) for name, some in found.items()}
