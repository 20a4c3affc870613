"""What the browser's tests have looked at, summed over the processes that they ran in."""

from dataclasses import dataclass, field

import pytest


@dataclass
class Tally:
    """How many pages axe has judged, and the largest figure of each measured task."""

    pages: int = 0
    judged: int = 0
    violations: int = 0
    measured: dict[str, float] = field(default_factory=dict)

    def note(self, task: str, figure: float) -> None:
        """Keep the figure of a task if it is the largest so far."""
        self.measured[task] = max(figure, self.measured.get(task, 0))

    def told(self) -> list[object]:
        """As another process may read it."""
        return [self.pages, self.judged, self.violations, self.measured]

    def add(self, pages: int, judged: int, violations: int, measured: dict[str, float]) -> None:
        """What another process has told."""
        self.pages += pages
        self.judged += judged
        self.violations += violations
        for task, figure in measured.items():
            self.note(task, figure)


TALLY = Tally()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell what was looked at in this process to the one that sums up."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["looked"] = TALLY.told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Add what a process that ends has looked at."""
    TALLY.add(*getattr(node, "workeroutput", {}).get("looked", Tally().told()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what axe judged, and how much the measured tasks took at most."""
    if TALLY.pages:
        tasks = "".join(f"; {task}: {figure:g}" for task, figure in TALLY.measured.items())
        terminalreporter.write_line(
            f"browser: {TALLY.pages} pages looked at, {TALLY.judged} judgements of axe,"
            f" {TALLY.violations} findings{tasks}"
        )
