"""One axis for bars: where a time stands on it, and what a bar is drawn with. Pure arithmetic.

Waits are shortened where they are long, so that what happened between them can be seen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from tooltrace.tui.rows.calls.time_spans import TimeSpan

__all__ = ["TimeAxis"]

_WAIT_SHARE = 0.12
"""A wait takes at most this share of the time in which something happened."""
_EDGES = {"call": "█", "reply": "▒", "failed": "▒", "wait": "┄"}
_HALVES = {"call": ("▐", "▌"), "reply": ("▒", "▒"), "failed": ("▒", "▒"), "wait": ("┄", "┄")}


class TimeAxis:
    """The axis of some spans; ``shortened`` says that a wait is drawn shorter than it was."""

    __slots__ = ("_at", "_times", "begin", "end", "shortened", "waited")

    def __init__(self, spans: Iterable[TimeSpan]) -> None:
        found = list(spans)
        self.begin = min((span.begin for span in found), default=0.0)
        self.end = max((span.end for span in found), default=0.0)
        waits = sorted((span.begin, span.end) for span in found if span.kind == "wait")
        self.waited = sum(end - begin for begin, end in waits)
        worked = max(0.0, self.end - self.begin - self.waited)
        most = worked * _WAIT_SHARE if worked > 0 else 1.0
        self.shortened = any(end - begin > most for begin, end in waits)
        self._times, self._at = [self.begin], [0.0]
        for begin, end in waits:
            self._on(begin, begin - self._times[-1])
            self._on(end, min(end - begin, most))
        self._on(self.end, self.end - self._times[-1])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeAxis):
            return NotImplemented
        return (self._times, self._at) == (other._times, other._at)

    def __hash__(self) -> int:
        return hash((self.begin, self.end))

    def _on(self, time: float, length: float) -> None:
        if time > self._times[-1]:
            self._times.append(time)
            self._at.append(self._at[-1] + length)

    @property
    def ms(self) -> float:
        """From its begin to its end, waits as long as they were."""
        return self.end - self.begin

    def place(self, time: float) -> float:
        """Where a time stands, from 0 to 1."""
        total = self._at[-1]
        if total <= 0:
            return 0.0
        after = max(1, min(bisect_right(self._times, time), len(self._times) - 1))
        begin, end = self._times[after - 1], self._times[after]
        share = (time - begin) / (end - begin)
        at = self._at[after - 1] + share * (self._at[after] - self._at[after - 1])
        return min(1.0, max(0.0, at / total))

    def bar(self, span: TimeSpan, width: int) -> tuple[int, str]:
        """How many cells to the left stay free, and the bar itself: at least one half cell."""
        if width <= 0:
            return 0, ""
        halves = 2 * width
        first = min(round(self.place(span.begin) * halves), halves - 1)
        last = max(first + 1, min(round(self.place(span.end) * halves), halves))
        left, right = _HALVES[span.kind]
        free, whole = divmod(first, 2)
        text = left if whole else ""
        full, part = divmod(last - first - whole, 2)
        text += _EDGES[span.kind] * full + (right if part else "")
        return free, text
