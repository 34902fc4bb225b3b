"""``pi``: sessions of the Pi coding agent, one entry a line.

The order of the file is that of the conversation. Calls without a result are usual: whoever aborts
a reply leaves some. What a person ran in the shell is part of what the model reads next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.json_lines import told_lines
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_READ = ("role", "content", "usage", "model", "stopReason", "toolCallId", "isError", "errorMessage")
_COUNTS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cacheRead": "cache_read_input_tokens",
    "cacheWrite": "cache_creation_input_tokens",
}


def sniff(source: SourceFile) -> bool:
    """Whether it begins with a session's header, or with its messages."""
    match source.first:
        case {"type": "session", "cwd": _}:
            return True
        case {"type": "message", "message": {"role": "user" | "assistant" | "toolResult"}}:
            return "sessionId" not in source.keys
    return False


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run; what follows a compaction is another, for its request is another."""
    reader = _Reader(out)
    yield from told_lines(source, out, follow, reader.take, reader.begin, reader.settle)
    yield from reader.run.end()


class _Reader:
    def __init__(self, out: Recorder) -> None:
        self._out = out
        self._compactions = 0
        self.run = ImportedRun(out, "pi")

    def begin(self) -> Iterator[Record]:
        yield from self.run.begin()

    def settle(self) -> Iterator[Record]:
        yield from self.run.settle()

    def take(self, line: Any) -> Iterator[Record]:
        kind = line.get("type") if isinstance(line, dict) else None
        message = line.get("message") if isinstance(line, dict) else None
        if kind == "session" and not self.run.tip:
            self.run.extra = line
        elif kind == "message" and isinstance(message, dict):
            yield from self._message(message, line.get("timestamp"))
        elif kind == "compaction":
            yield from self._compacted(line)
        else:
            at = line.get("timestamp") if isinstance(line, dict) else None
            yield from self.run.unknown(str(kind or "line"), line, at)

    def _compacted(self, line: _Object) -> Iterator[Record]:
        yield from self.run.end()
        self._compactions += 1
        told = f"goes on after the conversation was compacted at #{self.run.tip}"
        title = f"compacted {self._compactions}"
        self.run = ImportedRun(self._out, "pi", title=title, about=told, extra=line)
        yield from self.run.said(line.get("summary", ""), line.get("timestamp"))

    def _message(self, message: _Object, at: object) -> Iterator[Record]:
        rest = {key: value for key, value in message.items() if key not in _READ}
        role, content = message.get("role"), message.get("content")
        at = message.get("timestamp") or at
        if role == "user":
            yield from self.run.said(_blocks(content), at, rest)
        elif role == "assistant":
            yield from self.run.replied(_reply(message), at, rest)
        elif role == "toolResult":
            ident, failed = message.get("toolCallId"), message.get("isError") is True
            named = ident if isinstance(ident, str) else ""
            yield from self.run.returned(named, _blocks(content), failed, at, rest)
        elif role == "bashExecution":
            words = f"Ran `{message.get('command')}`\n{message.get('output')}"
            yield from self.run.said(words, at, message)
        else:
            yield from self.run.unknown(str(role or "message"), message, at)


def _reply(message: _Object) -> ImportedReply:
    stop, model, usage = (message.get(name) for name in ("stopReason", "model", "usage"))
    error = None
    if stop in ("aborted", "error"):
        told = message.get("errorMessage")
        error = told if isinstance(told, str) and told else str(stop)
    content = _blocks(message.get("content"))
    cost = usage.get("cost") if isinstance(usage, dict) else None
    total = cost.get("total") if isinstance(cost, dict) else None
    return ImportedReply(
        content if isinstance(content, list) else [{"type": "text", "text": content}],
        "",
        model if isinstance(model, str) else "",
        stop if isinstance(stop, str) else None,
        _usage(usage),
        error,
        float(total) if isinstance(total, int | float) else None,
    )


def _usage(usage: Any) -> _Object | None:
    if not isinstance(usage, dict):
        return None
    return {ours: usage[theirs] for theirs, ours in _COUNTS.items() if theirs in usage}


def _blocks(content: Any) -> Any:
    return [_block(block) for block in content] if isinstance(content, list) else content


def _block(block: Any) -> Any:
    match block:
        case {"type": "toolCall"}:
            named = {"id": block.get("id"), "name": block.get("name")}
            return {"type": "tool_use", **named, "input": block.get("arguments")}
        case {"type": "thinking", "thinkingSignature": str(signature)}:
            return {"type": "thinking", "thinking": block["thinking"], "signature": signature}
        case {"type": "image", "data": str(data), "mimeType": str(kind)}:
            source = {"type": "base64", "media_type": kind, "data": data}
            return {"type": "image", "source": source}
        case _:
            return block


IMPORTER = Importer("pi", "a session of the Pi coding agent", sniff, read, follows=True)
