"""``responses``: items of OpenAI's Responses API.

A list of items, a response (``output``), a page of items (``data``), or the state of a run of the
Agents SDK (``$schemaVersion``; ``generated_items`` with a ``raw_item`` each).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.items import ItemTurns
from tooltrace.formats.imported.messages import tools_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedRun
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_SPLIT = ("output", "input", "data", "generated_items", "items")
_KINDS = (b'"function_call"', b'"function_call_output"', b'"reasoning"', b'"custom_tool_call"')


def sniff(source: SourceFile) -> bool:
    """Whether it begins as a response, as a list of items, or as a run's state."""
    keys = source.keys
    if "$schemaVersion" in keys or ("output" in keys and "object" in keys):
        return True
    if b"\n" in source.head.strip() and "payload" in keys:
        return False
    items = any(kind in source.head for kind in _KINDS)
    if source.is_array:
        return items and "type" in keys
    return items and bool({"input", "data"} & keys)


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run with all items."""
    run = ImportedRun(out, "responses")
    turns = ItemTurns(run)
    rest: dict[str, Any] = {}
    for part, value in decoded_parts(source, out, _SPLIT):
        if part.element or not part.key:
            inner = value.get("raw_item") if isinstance(value, dict) else None
            yield from turns.take(inner if isinstance(inner, dict) else value)
        elif part.key in ("input", "original_input") and isinstance(value, str):
            yield from turns.take({"role": "user", "content": value})
        else:
            rest[part.key] = value
            if part.key == "model" and isinstance(value, str):
                turns.model = value
            if part.key == "tools" and not run.tip:
                run.declare(tools_of(value))
            run.extra = rest
    yield from turns.end()


IMPORTER = Importer("responses", "items of the Responses API", sniff, read)
