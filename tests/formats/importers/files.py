"""Files of other programs, made small, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import (
    ModelReplied,
    Record,
    RunStarted,
    ToolReturned,
    Unknown,
    UserSaid,
)
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.formats.imported.session import Imported

__all__ = [
    "Read",
    "assistant",
    "call",
    "json_file",
    "lines_file",
    "person",
    "result",
    "tool_result",
]

MODEL = "claude-opus-4-5"


class Read:
    """A file that was imported: its tree, and how much was read."""

    def __init__(self, path: Path, name: str = "", hide: Hide = nothing_hidden) -> None:
        imported = Imported(path, name, hide)
        self.tree = Tree()
        for record in imported.records():
            self.tree.add(record)
        self.counts = imported.counts
        self.format = imported.importer.name
        self.problems = imported.source.problems

    def branch(self, name: str = "main") -> list[Record]:
        """The records of the branch of that name."""
        tip = next(branch.tip for branch in self.tree.branches() if branch.name == name)
        return self.tree.path(tip)

    def root(self, name: str = "main") -> RunStarted:
        event = self.branch(name)[0].event
        assert isinstance(event, RunStarted)
        return event

    def said(self, name: str = "main") -> list[str]:
        return [r.event.text for r in self.branch(name) if isinstance(r.event, UserSaid)]

    def replies(self, name: str = "main") -> list[dict[str, Any]]:
        return [r.event.reply for r in self.branch(name) if isinstance(r.event, ModelReplied)]

    def results(self, name: str = "main") -> list[ToolReturned]:
        return [r.event for r in self.branch(name) if isinstance(r.event, ToolReturned)]

    def unknown(self) -> list[Unknown]:
        every = (record.event for record in self.tree.records.values())
        return [event for event in every if isinstance(event, Unknown)]

    def pairs(self, name: str = "main") -> list[tuple[Any, Any]]:
        """What each call that has a result was made with, and that result, in order of results."""
        found = []
        for record in self.branch(name):
            if isinstance(record.event, ToolReturned):
                ref = record.event.call
                reply = self.tree[ref.reply].event
                assert isinstance(reply, ModelReplied)
                calls = [b for b in reply.reply["content"] if b["type"] == "tool_use"]
                found.append((calls[ref.index]["input"], record.event.content))
        return found


def lines_file(folder: Path, lines: Iterable[Any], name: str = "file.jsonl") -> Path:
    """A file with one JSON value a line; text is written as it is."""
    path = folder / name
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def json_file(folder: Path, value: Any, name: str = "file.json") -> Path:
    """A file with one JSON value."""
    path = folder / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def _line(kind: str, uuid: str, parent: str | None, message: Any, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": parent,
        "isSidechain": False,
        "sessionId": "s-1",
        "version": "2.1.14",
        "type": kind,
        "uuid": uuid,
        "timestamp": f"2026-01-01T00:00:{len(uuid):02d}.000Z",
        "message": message,
        **more,
    }


def person(uuid: str, parent: str | None, content: Any, **more: Any) -> dict[str, Any]:
    """A line of Claude Code with what a person said."""
    return _line("user", uuid, parent, {"role": "user", "content": content}, **more)


def assistant(
    uuid: str, parent: str | None, message: str, *blocks: Any, **more: Any
) -> dict[str, Any]:
    """A line of Claude Code with a piece of the reply of that id."""
    usage = more.pop("usage", {"input_tokens": 10, "output_tokens": 7})
    told = {
        "id": message,
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": list(blocks),
        "stop_reason": more.pop("stop", None),
        "usage": usage,
    }
    return _line("assistant", uuid, parent, told, **more)


def call(ident: str, name: str = "Read", **arguments: Any) -> dict[str, Any]:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": ident, "name": name, "input": arguments}


def tool_result(ident: str, content: Any, **more: Any) -> dict[str, Any]:
    """A block with a result."""
    return {"type": "tool_result", "tool_use_id": ident, "content": content, **more}


def result(uuid: str, parent: str | None, *blocks: Any, **more: Any) -> dict[str, Any]:
    """A line of Claude Code with results."""
    return person(uuid, parent, list(blocks), **more)
