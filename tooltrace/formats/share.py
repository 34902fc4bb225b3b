"""A session for others: the same tree without its secrets, and which were found where.

What tooltrace recorded itself has none of the secrets that were known then; what others recorded,
and secrets that are known only now, are found here. Ids and signatures stay as they are where the
API put them: they look like keys, are none, and a request without them is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadExport
from tooltrace.core.model.events import (
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Record,
    RunStarted,
    ToolStarted,
)
from tooltrace.core.model.reply import blocks
from tooltrace.core.text.redact import Hide
from tooltrace.store.event_codec import payload_text
from tooltrace.store.redacted import without_secrets

__all__ = ["FoundSecret", "shared"]

_MARK = re.compile(r"\[secret(?: \w{1,40})?(?: #\d{1,9})?\]", re.ASCII)
_KEPT_FIELDS: dict[type, tuple[str, ...]] = {
    RunStarted: ("session", "world"),
    ModelCalled: ("digest",),
    ModelReplied: ("request_id",),
    ModelFailed: ("request_id",),
    ToolStarted: ("key",),
}
_KEPT_OF_A_BLOCK = ("id", "tool_use_id", "signature", "encrypted_content", "encrypted_index")


class FoundSecret(Struct, frozen=True):
    """What stands in place of a secret, and the records that it was taken out of."""

    mark: str
    records: tuple[int, ...]


def shared(tree: Tree, hide: Hide) -> tuple[Tree, tuple[FoundSecret, ...]]:
    """A tree with the same records and branches, without what ``hide`` hides.

    Raises BadExport for a record that is no JSON.
    """
    made, found = Tree(), dict[str, list[int]]()
    for record in (*tree.records.values(), *tree.notes):
        try:
            safe, _ = without_secrets(record, hide)
            if safe is not record:
                safe = _as_it_was(record, safe)
                for mark in _marks(safe) - _marks(record):
                    found.setdefault(mark, []).append(record.id)
        except ValueError as error:
            raise BadExport(
                f"#{record.id} cannot be looked through for secrets: {error}"
            ) from error
        made.add(safe)
    return made, tuple(FoundSecret(mark, tuple(ids)) for mark, ids in found.items())


def _marks(record: Record) -> Counter[str]:
    return Counter(_MARK.findall(payload_text(record)))


def _as_it_was(record: Record, safe: Record) -> Record:
    """The record without secrets, with the ids and signatures of the other."""
    was, now = record.event, safe.event
    if type(was) is not type(now):
        return safe
    kept: dict[str, Any] = {name: getattr(was, name) for name in _KEPT_FIELDS.get(type(was), ())}
    if isinstance(was, ModelReplied | ModelFailed) and isinstance(now, ModelReplied | ModelFailed):
        kept["reply"] = _reply(was.reply, now.reply)
    return replace(safe, event=replace(now, **kept)) if kept else safe


def _reply(was: dict[str, Any] | None, now: dict[str, Any] | None) -> dict[str, Any] | None:
    if was is None or now is None:
        return now
    whole = {**now, "id": was["id"]} if "id" in was and "id" in now else dict(now)
    content, old = whole.get("content"), blocks(was)
    if isinstance(content, list) and len(content) == len(old) == len(blocks(now)):
        whole["content"] = [_block(a, b) for a, b in zip(old, content, strict=True)]
    return whole


def _block(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in _KEPT_OF_A_BLOCK if name in was and name in now]
    if was.get("type") == "redacted_thinking" and "data" in now:
        names.append("data")
    return {**now, **{name: was[name] for name in names}}
