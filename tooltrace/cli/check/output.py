"""What ``check`` says while it goes on and at its end: lines for people, or JSON; a bar if seen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tooltrace.cli.check.one import CheckResult
from tooltrace.cli.output import say, say_json, say_problems, sides
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.replay.check import BranchVerdict

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Printer", "summary_of"]

_FEW = 8
_EVERY = 0.1


def summary_of(results: Sequence[CheckResult]) -> dict[str, int]:
    """How many sessions and branches there were, and how many were not as recorded."""
    checked = [one for found in results for one in found.checked]
    diverged = [found for found in results if any(one.divergence for one in found.checked)]
    return {
        "sessions": len(results),
        "branches": len(checked),
        "steps": sum(one.steps for one in checked),
        "diverged": len(diverged),
        "divergences": sum(one.divergence is not None for one in checked),
        "unchecked": sum(found.why is not None and not found.skipped for found in results),
        "skipped": sum(found.skipped for found in results),
    }


class Printer:
    """Tells each result as it comes; enter it for a progress bar on stderr, where one is seen.

    Where stdout is a terminal as well, lines and bar would be drawn over each other: the lines wait
    until the bar is gone.
    """

    def __init__(self, total: int, as_json: bool) -> None:
        self._total = total
        self._as_json = as_json
        self._bar: tuple[Progress, TaskID] | None = None
        self._later: list[CheckResult] | None = None

    def __enter__(self) -> Printer:
        if self._total >= _FEW and sys.stderr is not None and sys.stderr.isatty():
            self._bar = _bar(self._total)
            self._bar[0].start()
            if sys.stdout is not None and sys.stdout.isatty():
                self._later = []
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None
        later, self._later = self._later, None
        for found in later or ():
            self.tell(found)

    def tell(self, found: CheckResult) -> None:
        """One file's result."""
        if self._bar is not None:
            progress, task = self._bar
            progress.advance(task)
            progress.refresh()
        if self._later is not None:
            self._later.append(found)
            return
        if found.skipped:
            if self._as_json:
                say_json({"type": "skipped", "session": found.file, "why": found.why})
            return
        if found.why is not None:
            if self._as_json:
                say_json({"type": "unreadable", "session": found.file, "why": found.why})
            told = found.why if found.why.startswith(found.file) else f"{found.file}: {found.why}"
            say(f"tooltrace check: {told}", err=True)
            return
        say_problems(found.file, found.problems)
        for one in found.checked:
            if self._as_json:
                say_json(_as_json(found, one))
            elif one.divergence is None:
                say(f"ok   {found.file} {one.branch}: {one.steps} steps")
            else:
                say(f"DIFF {found.file} {one.branch}: {one.text}")

    def sum_up(self, counts: dict[str, int]) -> None:
        """The last line; for people only where there was more than one session."""
        if self._as_json:
            say_json({"type": "summary", **counts})
        elif counts["sessions"] > 1:
            told = [f"{counts['sessions']} sessions", f"{counts['branches']} branches"]
            differ, not_checked = counts["divergences"], counts["unchecked"]
            if differ:
                told.append(f"{differ} not as recorded, in {counts['diverged']} sessions")
            if not_checked:
                told.append(f"{not_checked} could not be checked")
            if counts["skipped"]:
                told.append(f"{counts['skipped']} of other workflows skipped")
            if counts["branches"] and not differ and not not_checked:
                told.append("all as recorded" if not counts["skipped"] else "the rest as recorded")
            say(" · ".join(told))


def _as_json(found: CheckResult, one: BranchVerdict) -> dict[str, JsonValue]:
    differs = one.divergence
    line: dict[str, JsonValue] = {
        "type": "divergence" if differs else "ok",
        "session": found.file,
        "workflow": found.workflow,
        "branch": one.branch,
        "steps": one.steps,
    }
    if differs is not None:
        line |= {
            "step": differs.step,
            "record": differs.record,
            "what": differs.what,
            "field": differs.field,
            **sides("recorded", differs.recorded, "now", differs.now),
        }
    return line


def _bar(total: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn("checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    return progress, progress.add_task("checking", total=total)
