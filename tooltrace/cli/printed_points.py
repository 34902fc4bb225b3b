"""What logpoints print and what watches show, between the records of a headless run."""

from __future__ import annotations

from bisect import bisect_left

from tooltrace.core.decide.breakpoint_hits import moment_at
from tooltrace.core.decide.point_trace import Printed
from tooltrace.core.decide.watches import watch_values
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.debugger import Debugger

__all__ = ["PrintedPoints"]


class PrintedPoints:
    """Gives them record by record, along the path that one is on."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger
        self._printed: tuple[Printed, ...] = ()
        self._shown: dict[str, str] = {}

    def read(self) -> None:
        """Look at what there is now; before the records that came since the last time."""
        self._printed = self._debugger.breakpoints.printed()

    def after(self, record: int) -> list[dict[str, JsonValue]]:
        """What stands behind a record: lines that were printed, and watches that changed."""
        begin = bisect_left(self._printed, record, key=lambda line: line.record)
        found: list[dict[str, JsonValue]] = []
        for line in self._printed[begin:]:
            if line.record != record:
                break
            told: dict[str, JsonValue] = {"point": str(line.point), "text": line.text}
            found.append({"type": "log", "record": record, **told})
        return found + self._watched(record)

    def _watched(self, record: int) -> list[dict[str, JsonValue]]:
        watches, session = tuple(self._debugger.watches), self._debugger.session
        if not watches:
            return []
        with session.lock:
            s = session.tree.snapshot_at(record)
            if not s.settled:
                return []
            values = watch_values(watches, moment_at(session.tree, s), None)
        found: list[dict[str, JsonValue]] = []
        for value in values:
            before = self._shown.get(value.expression)
            if before != value.text:
                self._shown[value.expression] = value.text
                told: dict[str, JsonValue] = {"expression": value.expression, "text": value.text}
                found.append({"type": "watch", "record": record, **told, "before": before})
        return found
