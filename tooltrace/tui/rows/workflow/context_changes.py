"""What changed in the context from one request to the next, to read; and the same in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tooltrace.core.compare.request_diff import (
    RequestBlock,
    RequestDiff,
    compare,
    requests_before,
    usage_of,
)
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.entry import Entry, Part
from tooltrace.tui.rows.lines import Line

__all__ = ["RequestRow", "change_words", "context_detail", "request_rows", "request_table"]

Section = tuple[Line, tuple[Part, ...]]

_MOST_BLOCKS = 50
_FOLDED = 3


class RequestRow(Struct, frozen=True):
    """A model call of a path: what its answer used, and how it differs from the one before it."""

    called: int
    usage: Usage | None
    diff: RequestDiff | None

    def as_json(self) -> dict[str, JsonValue]:
        """For ``--json``."""
        told: dict[str, JsonValue] = {"type": "request", "record": self.called}
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
            "cached_tokens_lost": diff.lost,
        }


def request_rows(tree: Tree, tip: int) -> list[RequestRow]:
    """Every model call on the path to a tip, in order. KeyError when there is no such record."""
    rows: list[RequestRow] = []
    for record in tree.path(tip):
        if isinstance(record.event, ModelCalled):
            diff = compare(tree, record.id, rows[-1].called, tip) if rows else None
            rows.append(RequestRow(record.id, usage_of(tree, record.id, tip), diff))
    return rows


def request_table(rows: Sequence[RequestRow]) -> list[list[str]]:
    """The same as a table of plain text, its heading first, for ``show``."""
    table = [["request", "in", "out", "read", "written", "cost", "time", "change"]]
    for row in rows:
        used = row.usage
        cells = ["–"] * 6
        if used is not None:
            least = labels.at_least(used)
            counts = [f"{least}{used.input:,}", f"{least}{used.output:,}"]
            counts += [f"{count:,}" for count in (used.cache_read, used.cache_written)]
            cost = labels.cost_words(used) if used.priced else "–"
            cells = [*counts, cost, labels.duration(used.ms)]
        change = "the first" if row.diff is None else change_words(row.diff)
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


def cache_words(diff: RequestDiff) -> str:
    """What was read from the cache and written to it, and what of it was lost; "" if nothing."""
    now = diff.now
    if now is None or not (now.cache_read or now.cache_written or diff.lost):
        return ""
    text = _cache_words(now) or "0 tokens read from the cache, 0 written to it"
    if diff.lost and diff.grew:
        return f"{text}; {diff.lost:,} cached before were not read, though nothing changed"
    return f"{text}; {diff.lost:,} cached before were lost" if diff.lost else text


def _cache_words(used: Usage) -> str:
    if not (used.cache_read or used.cache_written):
        return ""
    return f"{used.cache_read:,} tokens read from the cache, {used.cache_written:,} written to it"


def _block_json(block: RequestBlock | None) -> JsonValue:
    if block is None:
        return None
    told: dict[str, JsonValue] = {"in": block.where, "message": block.message}
    return told | {"block": block.index, "kind": block.kind, "record": block.record}


def _blocks(count: int) -> str:
    return f"{count:,} block{'' if count == 1 else 's'}"


def context_detail(tree: Tree, called: int) -> list[Entry]:
    """The request of a model call beside the one before it, section by section."""
    return [
        Entry(index, called, heading, parts)
        for index, (heading, parts) in enumerate(_sections(tree, called))
    ]


def _sections(tree: Tree, called: int) -> Iterator[Section]:
    s = tree.snapshot_at(called)
    yield (
        (("request ", "dim"), (f"#{called}", "strong")),
        (Part(f"{len(s.messages):,} messages, for reply {s.turn + 1}", "dim"),),
    )
    on_path, elsewhere = requests_before(tree, called)
    if on_path is None:
        yield (("the first request on this branch: there is none before it", "text"),), ()
        usage = usage_of(tree, called)
        yield from _used("this", usage)
        if usage is not None and (cache := _cache_words(usage)):
            yield ((cache, "text"),), ()
    else:
        yield from _compared(compare(tree, called, on_path), "the request before it here")
    if elsewhere is not None:
        what = "on another branch, the last one that was made before it"
        yield from _compared(compare(tree, called, elsewhere), what)


def _compared(diff: RequestDiff, what: str) -> Iterator[Section]:
    yield (("against ", "dim"), (f"#{diff.other}", "strong"), (f", {what}", "dim")), ()
    if diff.grew:
        yield ((change_words(diff), "ok"),), ()
    else:
        yield ((_first_words(diff), "warn"),), _first(diff)
        yield ((_rest_words(diff), "text"),), ()
    for name, usage in (("that", diff.before), ("this", diff.now)):
        yield from _used(name, usage)
    cache = cache_words(diff)
    if cache:
        yield ((cache, "warn" if diff.lost else "text"),), ()
    shown = () if diff.grew else diff.first
    for sign, blocks, style, total in (
        ("−", diff.old, "old", diff.gone),
        ("+", diff.new, "new", diff.added),
    ):
        for block in blocks[:_MOST_BLOCKS]:
            if any(block is one for one in shown):
                continue
            number = "" if block.record is None else f"  #{block.record}"
            heading: Line = ((f"{sign} {block}", style), (number, "dim"))
            yield heading, (Part(_content(block), "text", _FOLDED),)
        if total > _MOST_BLOCKS:
            yield ((f"{sign} and {total - _MOST_BLOCKS:,} blocks more", "dim"),), ()


def _used(name: str, usage: Usage | None) -> Iterator[Section]:
    told = "no tokens known" if usage is None else labels.usage_words(usage)
    yield ((f"{name} request  ", "dim"), (told, "text")), ()


def _first(diff: RequestDiff) -> tuple[Part, ...]:
    old, new = diff.first
    parts = [(old, "old"), (new, "new")]
    return tuple(Part(_content(block), style, _FOLDED) for block, style in parts if block)


def _content(block: RequestBlock) -> JsonValue:
    """What of a block is worth reading: the text of one that is nothing but text."""
    content = block.content
    if isinstance(content, dict) and content.keys() == {"type", "text"}:
        return content["text"]
    return content
