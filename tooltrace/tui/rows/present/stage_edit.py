"""A result that a person changed, before an audience: what it was, and what it is now."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.compare.json_diff import same
from tooltrace.core.fold.replaced import replaced
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.rows.values import brief

__all__ = ["edited_lines"]

_MOST = 400


def edited_lines(
    tree: Tree, s: Snapshot, record: e.Record, event: e.ToolReturned, width: int
) -> Iterator[Line]:
    """The tool, and each value that is another now."""
    call = s.call(event.call)
    tool = "a call" if call is None else call.tool
    yield ((tool, "tool"), ("  changed by a person", "edited"))
    before = replaced(tree, record)
    old = before.event.content if before and isinstance(before.event, e.ToolReturned) else None
    yield from _changes(old, event.content, width)


def _changes(old: JsonValue, new: JsonValue, width: int) -> Iterator[Line]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield _change("result", old, new)
        return
    keys = [key for key in {**old, **new} if not same(old.get(key), new.get(key))]
    for key in keys[:3]:
        line = _change(key, old.get(key), new.get(key))
        if cells_of(line) <= width:
            yield line
            continue
        yield ((f"{key} ", "arg"), (brief(old.get(key), _MOST), "old"))
        yield (("  → ", "dim"), (brief(new.get(key), _MOST), "new"))


def _change(key: str, old: JsonValue, new: JsonValue) -> Line:
    return (
        (f"{key} ", "arg"),
        (brief(old, _MOST), "old"),
        (" → ", "dim"),
        (brief(new, _MOST), "new"),
    )
