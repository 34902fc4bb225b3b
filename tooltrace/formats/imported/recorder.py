"""What an importer hands its records to: it numbers them, takes secrets out, and counts.

Secrets go before anything is folded, as in a session that was recorded: what a request is made of
is then what the file will hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from tooltrace.core.model.events import Event, ModelCalled, Record, Source, ToolStarted
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.store.redacted import without_secrets

__all__ = ["ImportCounts", "Recorder"]

_MOST_NAMED = 6
_OF_OTHERS = (ModelCalled, ToolStarted)
"""What is made of records that have no secrets any more."""


class ImportCounts(Struct):
    """How much was read, and what became of it.

    ``kept`` counts by kind what was not understood and is kept as unknown; ``unanswered`` calls
    without a result, ``unpaired`` results without a call.
    """

    runs: int = 0
    replies: int = 0
    calls: int = 0
    results: int = 0
    unanswered: int = 0
    unpaired: int = 0
    damaged: int = 0
    kept: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """The counts in one line."""
        told = [
            _count(self.runs, "run"),
            _count(self.replies, "reply", "replies"),
            _count(self.calls, "call"),
            _count(self.results, "result"),
        ]
        kept = sum(self.kept.values())
        if kept:
            named = [f"{n} {clip(one_line(kind), 40)}" for kind, n in self.kept.most_common()]
            more = ["…"] if len(named) > _MOST_NAMED else []
            told.append(f"{kept} kept as unknown ({', '.join(named[:_MOST_NAMED] + more)})")
        told += [
            f"{number} {what}"
            for number, what in (
                (self.unanswered, "unanswered"),
                (self.unpaired, "without a call"),
                (self.damaged, "damaged"),
            )
            if number
        ]
        return ", ".join(told)

    def as_json(self) -> dict[str, JsonValue]:
        """The counts by name."""
        names = ("runs", "replies", "calls", "results", "unanswered", "unpaired", "damaged")
        return {name: getattr(self, name) for name in names} | {"kept": dict(self.kept)}


def _imported(event: Event) -> Source:
    return "imported"


class Recorder:
    """Gives records their numbers. ``began`` is the time for what has none of its own.

    ``source`` says where each fact comes from; ``kept`` is the name under which records carry what
    else was said beside them, nothing of which is carried without one.
    """

    def __init__(
        self,
        began: str,
        hide: Hide = nothing_hidden,
        source: Callable[[Event], Source] = _imported,
        kept: str = "imported",
    ) -> None:
        self._source, self._kept = source, kept
        self.last_id = 0
        self.began = began
        self.counts = ImportCounts()
        self.hide = hide
        self.made_by = "imported"
        self.session = ""
        """What distinguishes the first run of the file from those of other files."""

    def record(
        self, event: Event, parent: int | None, at: str, extra: Mapping[str, Any] | None = None
    ) -> Record:
        """The next record, without secrets; ``extra`` is kept as the file's own words."""
        self.last_id += 1
        kept = {self._kept: dict(extra)} if extra and self._kept else None
        made = Record(self.last_id, parent, at, self._source(event), event, None, kept)
        if self.hide is nothing_hidden or isinstance(event, _OF_OTHERS):
            return made
        return without_secrets(made, self.hide)[0]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
