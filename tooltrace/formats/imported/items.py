"""Items of the Responses API, told to a run: those of the model in a row are one reply."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.core.text.exact_json import loads
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.models.wire.responses.items import read_item

__all__ = ["ItemTurns", "item_messages"]


_EXITED = re.compile(
    r"(?:Chunk ID: [^\n]*\n)?(?:Wall time: [^\n]*\n)?"
    r"(?:Process exited with code|Exit code:) (-?\d{1,9})\n"
)
"""How the shell of Codex begins what it gives back."""


class ItemTurns:
    """Takes items one by one. ``usage`` and ``model`` are of the reply that is being told."""

    def __init__(self, run: ImportedRun) -> None:
        self.run = run
        self.usage: dict[str, Any] | None = None
        self.model = ""
        self._blocks: list[Any] = []
        self._at: object = None

    @property
    def replying(self) -> bool:
        """Whether a reply is not known to be whole."""
        return bool(self._blocks)

    def take(
        self, item: Any, at: object = None, extra: Mapping[str, Any] | None = None
    ) -> Iterator[Record]:
        """One item: of the model, of a person, or what a tool gave."""
        role, blocks = read_item(item)
        if role == "assistant":
            self._blocks += blocks
            self._at = self._at or at
            return
        yield from self.flush()
        if role is None:
            yield from self.run.unknown("item", item, at)
            return
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            content, failed = _output(block.get("content"))
            yield from self.run.returned(block.get("tool_use_id", ""), content, failed, at, extra)
        if not results:
            rest = dict(extra or {}) | ({"role": role} if role == "system" else {})
            yield from self.run.said(blocks, at, rest)

    def flush(self) -> Iterator[Record]:
        """The reply is whole."""
        if not self._blocks:
            return
        blocks, self._blocks = self._blocks, []
        usage, self.usage = self.usage, None
        at, self._at = self._at, None
        reply = ImportedReply(blocks, model=self.model, usage=usage)
        yield from self.run.replied(reply, at)

    def end(self) -> Iterator[Record]:
        """No more items."""
        yield from self.flush()
        yield from self.run.end()


def _output(content: Any) -> tuple[Any, bool]:
    """An output, and whether it tells of an error: shells give their exit code beside it."""
    if isinstance(content, str) and content.startswith("{"):
        try:
            found = loads(content)
        except (ValueError, RecursionError):
            return content, False
        match found:
            case {"metadata": {"exit_code": int(code)}}:
                return content, code != 0
            case {"error": error} if error:
                return content, True
    if isinstance(content, str) and (exited := _EXITED.match(content)):
        return content, int(exited[1]) != 0
    return content, isinstance(content, str) and content.startswith(("Error: ", "error: "))


def item_messages(items: object) -> list[Any]:
    """Items as messages: a row of the model's is one."""
    if isinstance(items, str):
        return [{"role": "user", "content": items}]
    found: list[dict[str, Any]] = []
    for item in items if isinstance(items, list) else ():
        role, blocks = read_item(item)
        role = role or "user"
        if found and found[-1]["role"] == role != "user":
            found[-1]["content"] += blocks
        else:
            found.append({"role": role, "content": blocks})
    return found
