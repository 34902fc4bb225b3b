"""What changed from one request of a path to the next, each in one line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tooltrace.core.compare.change_cause import ChangeCause, ChangedPart, change_cause
from tooltrace.core.compare.request_diff import (
    RequestBlock,
    RequestDiff,
    compare,
    placement_of,
    usage_of,
)
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.context_windows import window_of
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.request.part_rows import share_words

__all__ = ["RequestRow", "change_words", "request_rows", "request_table"]


class RequestRow(Struct, frozen=True):
    """A model call of a path: what its answer used, and how it differs from the one before it.

    ``cause`` is who changed what differs first, ``window`` how many tokens the model takes.
    """

    called: int
    model: str
    usage: Usage | None
    diff: RequestDiff | None
    cause: ChangeCause | None
    window: int | None

    @property
    def tokens(self) -> int:
        """What went in."""
        used = self.usage
        return 0 if used is None else used.input + used.cache_read + used.cache_written

    def as_json(self) -> dict[str, JsonValue]:
        """For ``--json``."""
        told: dict[str, JsonValue] = {"type": "request", "record": self.called}
        told |= {"model": self.model, "context_window": self.window}
        told["usage"] = None if self.usage is None else self.usage.as_json()
        diff = self.diff
        if diff is None:
            return told | {"previous": None}
        old, new = diff.first
        return told | {
            "previous": diff.other,
            "change": change_words(diff),
            "grew": diff.grew,
            "blocks_gone": diff.gone,
            "blocks_new": diff.added,
            "first": None if diff.grew else _block_json(new if old is None else old),
            "cause": None if self.cause is None else str(self.cause),
            "cached_tokens_lost": diff.lost,
        }


def request_rows(tree: Tree, tip: int) -> list[RequestRow]:
    """Every model call on the path to a tip, in order. KeyError when there is no such record."""
    rows: list[RequestRow] = []
    for record in tree.path(tip):
        if isinstance(record.event, ModelCalled):
            settings = tree.snapshot_at(record.id).settings
            diff = compare(tree, record.id, rows[-1].called, tip) if rows else None
            cause = None if diff is None or diff.grew else _cause(tree, diff)
            usage, window = usage_of(tree, record.id, tip), window_of(settings)
            rows.append(RequestRow(record.id, settings.model, usage, diff, cause, window))
    return rows


def _cause(tree: Tree, diff: RequestDiff) -> ChangeCause | None:
    old, new = diff.first
    block = old if new is None else new
    if block is None:
        return None
    placed = {placement_of(tree, diff.called), placement_of(tree, diff.other)}
    moves = block.where == "system" and "system" in placed
    now, before = (None if each is None else each.record for each in (new, old))
    part = ChangedPart(block.where, now, before, moves)
    return change_cause(tree, diff.called, diff.other, part)


def request_table(rows: Sequence[RequestRow]) -> list[list[str]]:
    """The same as a table of plain text, its heading first, for ``show``."""
    windows = any(row.window for row in rows)
    context = ["context"] if windows else []
    table = [["request", "in", "out", "read", "written", *context, "cost", "time", "change"]]
    for row in rows:
        used = row.usage
        cells = ["–"] * (7 if windows else 6)
        if used is not None:
            least = labels.at_least(used)
            counts = [f"{least}{used.input:,}", f"{least}{used.output:,}"]
            counts += [f"{count:,}" for count in (used.cache_read, used.cache_written)]
            counts += [share_words(row.tokens, row.window) or "–"] if windows else []
            cost = labels.cost_words(used) if used.priced else "–"
            cells = [*counts, cost, labels.duration(used.ms)]
        change = "the first" if row.diff is None else change_words(row.diff)
        if row.cause is not None:
            change += f": {row.cause}"
        if row.diff is not None and row.diff.lost:
            change += f"; {row.diff.lost:,} cached tokens not read"
        table.append([f"#{row.called}", *cells, change])
    return table


def change_words(diff: RequestDiff) -> str:
    """The change in a sentence: how it grew, or where it differs first."""
    if diff.grew:
        if not diff.added:
            return "the same request again"
        return f"grew by {_blocks(diff.added)}, nothing before changed"
    return f"{_first_words(diff)}: {_rest_words(diff)}"


def _first_words(diff: RequestDiff) -> str:
    old, new = diff.first
    what = "changed" if old and new else "was taken out" if old else "came in"
    return f"first difference at {new if old is None else old}, which {what}"


def _rest_words(diff: RequestDiff) -> str:
    return f"{_blocks(diff.gone)} gone, {diff.added:,} new from there on"


def _block_json(block: RequestBlock | None) -> JsonValue:
    if block is None:
        return None
    told: dict[str, JsonValue] = {"in": block.where, "message": block.message}
    return told | {"block": block.index, "kind": block.kind, "record": block.record}


def _blocks(count: int) -> str:
    return f"{count:,} block{'' if count == 1 else 's'}"
