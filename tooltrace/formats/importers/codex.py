"""``codex``: rollouts of the Codex CLI, ``~/.codex/sessions/…/rollout-*.jsonl``.

A line is ``{timestamp, type, payload}``: ``session_meta``, ``turn_context``, ``response_item`` (an
item of the Responses API), ``event_msg``, ``compacted``. Files of the first versions have the items
alone. What an ``event_msg`` says stands in the items as well, but for the counts of tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.items import ItemTurns
from tooltrace.formats.imported.json_lines import told_lines
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedRun
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]


def sniff(source: SourceFile) -> bool:
    """Whether it begins with what a rollout says of its session."""
    match source.first:
        case {"type": "session_meta", "payload": {}}:
            return True
        case {"id": str(), "timestamp": str(), "instructions": _}:
            return True
    return False


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run; what follows a compaction is another."""
    reader = _Reader(out)
    yield from told_lines(source, out, follow, reader.take, reader.begin, reader.settle)
    yield from reader.turns.end()


class _Reader:
    def __init__(self, out: Recorder) -> None:
        self._out = out
        self._compactions = 0
        self._has_usage = False
        self.turns = ItemTurns(ImportedRun(out, "codex"))

    def take(self, line: Any) -> Iterator[Record]:
        if not isinstance(line, dict):
            yield from self.turns.run.unknown("line", line)
            return
        kind, payload, at = line.get("type"), line.get("payload"), line.get("timestamp")
        if not isinstance(payload, dict):
            kind, payload = self._bare(line)
        if kind == "session_meta":
            self.turns.run.extra = payload
        elif kind == "response_item":
            yield from self.turns.take(payload, at)
        elif kind == "compacted":
            yield from self._compacted(payload, at)
        else:
            if kind == "turn_context" and isinstance(model := payload.get("model"), str):
                self.turns.model = model
            if kind == "token_usage_record":
                # Of the reply before; the count that older versions have comes after its results.
                self._has_usage = True
                self.turns.usage = _counted(payload.get("usage"))
            elif not self._has_usage and (usage := _usage(payload)):
                self.turns.usage = usage
            yield from self.turns.run.unknown(str(kind or "line"), line, at)

    def _bare(self, line: _Object) -> tuple[str, _Object]:
        if "type" in line or "role" in line:
            return "response_item", line
        return ("session_meta" if "instructions" in line else "line"), line

    def _compacted(self, payload: _Object, at: object) -> Iterator[Record]:
        yield from self.turns.end()
        self._compactions += 1
        told = f"goes on after the conversation was compacted at #{self.turns.run.tip}"
        run = ImportedRun(
            self._out,
            "codex",
            model=self.turns.model,
            title=f"compacted {self._compactions}",
            about=told,
            extra=payload,
        )
        self.turns = ItemTurns(run)
        yield from run.said(payload.get("message", ""), at)

    def begin(self) -> Iterator[Record]:
        yield from self.turns.run.begin(self.turns.model)

    def settle(self) -> Iterator[Record]:
        yield from self.turns.flush()
        yield from self.turns.run.settle()


def _usage(payload: _Object) -> _Object | None:
    match payload:
        case {"type": "token_count", "info": {"last_token_usage": usage}}:
            return _counted(usage)
    return None


def _counted(usage: Any) -> _Object | None:
    match usage:
        case {"input_tokens": int(sent)}:
            cached = usage.get("cached_input_tokens")
            kept = cached if isinstance(cached, int) else 0
            return {
                "input_tokens": max(0, sent - kept),
                "cache_read_input_tokens": kept,
                "output_tokens": usage.get("output_tokens", 0),
            }
    return None


IMPORTER = Importer("codex", "a rollout of the Codex CLI", sniff, read, follows=True)
