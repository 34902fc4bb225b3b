"""What ``check`` says while it goes on and at its end: lines for people, or JSON; a bar if seen."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tooltrace.cli.check.one import CheckResult
from tooltrace.cli.output import Painted, say, say_json, say_painted, say_problems, sides
from tooltrace.cli.progress import ProgressLine
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.replay.check import BranchVerdict

__all__ = ["Printer", "summary_of"]

_FEW = 8


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
        self._as_json = as_json
        self._bar = ProgressLine("checking", total, _FEW)
        self._later: list[CheckResult] | None = None

    def __enter__(self) -> Printer:
        self._bar.__enter__()
        if self._bar.shown and sys.stdout is not None and sys.stdout.isatty():
            self._later = []
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)
        later, self._later = self._later, None
        for found in later or ():
            self.tell(found)

    def tell(self, found: CheckResult) -> None:
        """One file's result."""
        self._bar.advance()
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
                say_painted([("ok  ", "green"), f" {found.file} {one.branch}: {one.steps} steps"])
            else:
                say_painted([("DIFF", "red"), f" {found.file} {one.branch}: {one.text}"])

    def sum_up(self, counts: dict[str, int]) -> None:
        """The last line; for people only where there was more than one session."""
        if self._as_json:
            say_json({"type": "summary", **counts})
        elif counts["sessions"] > 1:
            told: list[str | Painted] = []
            told += [f"{counts['sessions']} sessions", f"{counts['branches']} branches"]
            differ, not_checked = counts["divergences"], counts["unchecked"]
            if differ:
                told.append((f"{differ} not as recorded, in {counts['diverged']} sessions", "red"))
            if not_checked:
                told.append((f"{not_checked} could not be checked", "yellow"))
            if counts["skipped"]:
                told.append(f"{counts['skipped']} of other workflows skipped")
            if counts["branches"] and not differ and not not_checked:
                rest = "all as recorded" if not counts["skipped"] else "the rest as recorded"
                told.append((rest, "green"))
            say_painted([part for each in told for part in (" · ", each)][1:])


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
