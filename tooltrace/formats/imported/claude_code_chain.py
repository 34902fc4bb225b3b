"""One conversation of a Claude Code session: the main one, or a subagent's.

Lines of one reply are put together by ``message.id``. Results that come between them belong to its
calls, and wait until the reply is whole: until another one begins, or a person speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun

__all__ = ["Chain", "said_by"]

_Line = dict[str, Any]
_TOLD = ("message", "type", "timestamp")
_KNOWN = ("role", "content", "id", "type", "model", "stop_reason", "usage")
_OF_SESSION = ("isSidechain", "userType", "cwd", "sessionId", "version", "gitBranch", "slug")
_ERRORS = ("<tool_use_error>", "Error: ")


class Chain:
    """A conversation as it is read, line by line."""

    def __init__(
        self, out: Recorder, tools: tuple[ToolSpec, ...] = (), title: str = "", about: str = ""
    ) -> None:
        self._run = ImportedRun(out, "claude-code", tools=tools, title=title, about=about)
        self._reply: _Reply | None = None
        self._waiting: list[tuple[_Line, _Line]] = []
        """Results that came while the reply was not known to be whole."""
        self._counted: set[str] = set()
        self._turn = self._newest = 0
        self._turns: dict[str, int] = {}
        """By the uuid of a line: the reply, or the word of a person, that it belongs to."""
        self._ends: dict[int, int] = {}
        """By turn: the record that it ended with."""
        self.began = False
        self._same: _Line = {}
        """What the first line says of the session, and most others say again."""

    @property
    def tip(self) -> int:
        """The last record of the conversation so far."""
        return self._run.tip

    def begin(self) -> Iterator[Record]:
        """Its first records, so that those of a subagent come after them."""
        if self.began:
            told = self._reply.told(True).model if self._reply is not None else ""
            yield from self._run.begin(told)

    def replied(self, line: _Line, message: _Line) -> Iterator[Record]:
        """A line with a piece of a reply."""
        self._note_session(line)
        said = message.get("id")
        ident = said if isinstance(said, str) else ""
        if self._reply is not None and ident and ident == self._reply.ident:
            self._reply.add(message, self._rest(line, message))
            self._place(line)
            return
        yield from self._next_turn(line)
        self._reply = _Reply(ident, line, message, self._rest(line, message))

    def user(self, line: _Line, message: _Line) -> Iterator[Record]:
        """A line of a person, or with the results of tools."""
        self._note_session(line)
        content = message.get("content")
        blocks = content if isinstance(content, list) else []
        results = [b for b in blocks if isinstance(b, dict) and b.get("type") == "tool_result"]
        if results:
            self._place(line)
            if self._reply is not None:
                self._waiting.append((line, message))
                if self._reply.stopped:
                    yield from self._whole()
                return
            yield from self._returned(line, message)
            return
        yield from self._next_turn(line)
        yield from self._run.said(content, line.get("timestamp"), self._rest(line, message))

    def keep(self, kind: str, payload: JsonValue, at: object, why: str = "") -> Iterator[Record]:
        """A line that is nothing of a conversation."""
        if isinstance(payload, dict):
            self._place(payload)
        yield from self._run.unknown(kind, payload, at, why)

    def pause(self, quiet: bool) -> Iterator[Record]:
        """No more for now: a reply that stopped is whole, and any other where all is quiet."""
        yield from self.begin()
        if quiet or (self._reply is not None and self._reply.stopped):
            yield from self._whole()
        if quiet:
            yield from self._run.settle()

    def end(self) -> Iterator[Record]:
        """No more lines."""
        yield from self._whole()
        yield from self._run.end()

    # ---------------------------------------------------------------------------------------

    def _whole(self) -> Iterator[Record]:
        reply, self._reply = self._reply, None
        if reply is None:
            return
        counted = reply.ident in self._counted
        if reply.ident:
            self._counted.add(reply.ident)
        yield from self._run.replied(reply.told(counted), reply.at, reply.rest)
        waiting, self._waiting = self._waiting, []
        for line, message in waiting:
            yield from self._returned(line, message)

    def _returned(self, line: _Line, message: _Line) -> Iterator[Record]:
        others = []
        results = 0
        for block in message["content"]:
            if not isinstance(block, dict) or block.get("type") != "tool_result":
                others.append(block)
                continue
            extra = self._rest(line, message) if not results else {"uuid": line.get("uuid")}
            results += 1
            ident = block.get("tool_use_id")
            yield from self._run.returned(
                ident if isinstance(ident, str) else "",
                block.get("content"),
                _failed(block, line),
                line.get("timestamp"),
                extra,
            )
        if others:
            yield from self._run.said(others, line.get("timestamp"))

    def _next_turn(self, line: _Line) -> Iterator[Record]:
        """Begin another turn, where its line goes on from: mostly the last one."""
        yield from self._whole()
        self._ends[self._turn] = self._run.tip
        parent = line.get("parentUuid")
        turn = self._turns.get(parent, self._turn) if isinstance(parent, str) else self._turn
        if turn != self._turn:
            yield from self._run.end()
            self._run.fork(self._ends[turn])
        self._newest += 1
        self._turn = self._newest
        self._place(line)

    def _note_session(self, line: _Line) -> None:
        if not self.began:
            self.began = True
            self._same = {key: line[key] for key in _OF_SESSION if key in line}
            self._run.extra = self._same

    def _rest(self, line: _Line, message: _Line) -> _Line:
        """What a line says beside its message, and a message beside its content."""
        same = self._same
        rest = {
            key: value
            for key, value in line.items()
            if key not in _TOLD and (key not in same or same[key] != value)
        }
        if more := {key: value for key, value in message.items() if key not in _KNOWN}:
            rest["message"] = more
        return rest

    def _place(self, line: _Line) -> None:
        if isinstance(uuid := line.get("uuid"), str):
            self._turns[uuid] = self._turn


class _Reply:
    """A reply as far as its lines have come."""

    def __init__(self, ident: str, line: _Line, message: _Line, rest: _Line) -> None:
        self.ident = ident
        self.at = line.get("timestamp")
        self.rest = rest
        self._content = _content(message)
        self._last = message
        self._error = line.get("isApiErrorMessage") is True

    def add(self, message: _Line, rest: _Line) -> None:
        self._content += _content(message)
        self._last = message
        if rest:
            self.rest.setdefault("lines", []).append(rest)

    @property
    def stopped(self) -> bool:
        """Whether its last line says why it stopped, so that no other follows."""
        return bool(self._last.get("stop_reason"))

    def told(self, counted: bool) -> ImportedReply:
        model, stop, usage = (self._last.get(n) for n in ("model", "stop_reason", "usage"))
        error = None
        if self._error:
            texts = [b.get("text") for b in self._content if isinstance(b, dict)]
            error = next((text for text in texts if isinstance(text, str)), "the request failed")
        return ImportedReply(
            self._content,
            self.ident,
            model if isinstance(model, str) else "",
            stop if isinstance(stop, str) else None,
            usage if isinstance(usage, dict) and not counted else None,
            error,
        )


def _content(message: _Line) -> list[Any]:
    content = message.get("content")
    if isinstance(content, list):
        return list(content)
    return [{"type": "text", "text": content}] if content else []


def _failed(block: _Line, line: _Line) -> bool:
    """Whether a result tells of an error: by its flag, its text, or what stands beside it."""
    if isinstance(said := block.get("is_error"), bool):
        return said
    content, twin = block.get("content"), line.get("toolUseResult")
    return (isinstance(content, str) and content.startswith(_ERRORS)) or (
        isinstance(twin, str) and twin.startswith(_ERRORS)
    )


def said_by(line: _Line) -> str:
    """The text of a line's message; empty where it has none."""
    message = line.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0].get("text")
    return content if isinstance(content, str) else ""
