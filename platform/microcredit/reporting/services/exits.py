"""Where requests that led to no loan stopped, and why: one list of reasons for each place."""

from collections.abc import Iterable
from enum import Enum

from microcredit.cases.codes import CloseReason, DeclineReason, RedirectReason, State
from microcredit.kernel.codes import Labelled
from microcredit.reporting.services.cube import Group, Stage
from microcredit.submissions.codes import RefusalReason


class Stop(Enum):
    """Where a request that led to no loan stopped, or is now."""

    REQUEST = "request"
    DIAGNOSIS = "diagnosis"
    INSTRUCTED = "instructed"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    AGREED = "agreed"


NO_REASON = "Raison non notée"
GOING_ON = "Encore en cours"
SEVERAL = "Plusieurs motifs à la fois"
LAPSED = "Offre jamais signée, périmée"
WITHDRAWN = "Rétractation"


def _by_code(codes: type[Labelled]) -> dict[str, str]:
    return {str(one.value): one.label for one in codes}


_REFUSALS = _by_code(RefusalReason)
_BY_STATE = {
    State.REDIRECTED: _by_code(RedirectReason),
    State.NO_SHOW_OR_WITHDRAWN: _by_code(CloseReason),
    State.DECLINED: _by_code(DeclineReason),
}


def _labels(*codes: type[Labelled]) -> list[str]:
    return list(dict.fromkeys(one.label for some in codes for one in some))


_LEAVING = _labels(RedirectReason, CloseReason)
_LEAVING_LATE = _labels(RedirectReason, CloseReason, DeclineReason)

#: Every reason that a stop can have, found or not: that none is missing must tell nothing.
REASONS: dict[Stop, list[str]] = {
    Stop.REQUEST: [*_LEAVING, NO_REASON, GOING_ON],
    Stop.DIAGNOSIS: [*_LEAVING, NO_REASON, GOING_ON],
    Stop.INSTRUCTED: [*_LEAVING_LATE, NO_REASON, GOING_ON],
    Stop.REFUSED: [*_labels(RefusalReason), SEVERAL, NO_REASON],
    Stop.UNDECIDED: [*_LEAVING_LATE, NO_REASON, GOING_ON],
    Stop.AGREED: [*_LEAVING_LATE, WITHDRAWN, LAPSED, NO_REASON, GOING_ON],
}


#: Where a request stopped that came so far; what was sent stopped where the bank's answer says.
_STOPS = {
    Stage.REQUEST: Stop.REQUEST,
    Stage.DIAGNOSIS: Stop.DIAGNOSIS,
    Stage.INSTRUCTED: Stop.INSTRUCTED,
    Stage.SENT: Stop.UNDECIDED,
    Stage.GRANTED: Stop.AGREED,
}


def stop_of(group: Group) -> Stop | None:
    """Where a request stopped; None when it led to a loan.

    A bank's no is final until another bank says yes, whatever is done meanwhile.
    """
    if group.refused and group.stage is Stage.SENT:
        return Stop.REFUSED
    return _STOPS.get(group.stage)


def stopped(found: Iterable[Group]) -> dict[Stop, list[Group]]:
    """Those that stopped at each stop."""
    at: dict[Stop, list[Group]] = {stop: [] for stop in Stop}
    for group in found:
        stop = stop_of(group)
        if stop is not None:
            at[stop].append(group)
    return at


def whys(group: Group) -> list[str]:
    """Why a request stopped, each reason that the bank gave counting for one."""
    if stop_of(group) is Stop.REFUSED:
        return list(dict.fromkeys(_refusals(group.refusals))) or [NO_REASON]
    return [_exit(group)]


def why(group: Group) -> str:
    """The one reason of a request, so that reasons add up."""
    found = whys(group)
    return found[0] if len(found) == 1 else SEVERAL


def _refusals(codes: Iterable[str]) -> list[str]:
    return [_REFUSALS.get(code, NO_REASON) for code in codes]


def _exit(group: Group) -> str:
    if not group.closed:
        return GOING_ON
    if group.state is State.OFFER_LAPSED:
        return LAPSED
    if group.state is State.WITHDRAWN:
        return WITHDRAWN
    return _BY_STATE.get(group.state, {}).get(group.reason, NO_REASON)
