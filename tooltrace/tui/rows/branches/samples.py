"""Samples in words: how often each next action came, with and without the edit, and each answer.

Pure: the table of the app, the table of the command line and its JSON are all made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from tooltrace.core.model import events as e
from tooltrace.core.model.reply import arguments, blocks, is_call, stop
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.sampling.samples import Group, Sample, Samples, Side, said_in
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.lines import Item, Line, Row, fit, tidy
from tooltrace.tui.rows.values import brief, readable

__all__ = [
    "GroupRow",
    "SampleRow",
    "about",
    "answer_detail",
    "samples_json",
    "samples_rows",
    "samples_table",
]

_BAR, _NARROW_BAR = 8, 4
_COUNT = 7
_GROUPS = 1_000_000


def bar(count: int, total: int, width: int) -> str:
    """So much of ``width`` cells as ``count`` is of ``total``; never empty for one, nor full."""
    if not count or not total:
        return "·" * width
    full = min(width, max(1, round(width * count / total)))
    if count < total:
        full = min(full, width - 1)
    return "█" * full + "·" * (width - full)


def shown_action(group: Group, most: int = 400) -> str:
    """A next action in a line: its tools with their arguments, or the first words it ends with."""
    if group.arguments:
        names = group.verb.split(" + ")
        if len(names) == len(group.arguments):
            pairs = zip(names, group.arguments, strict=True)
            return " + ".join(f"{name} {brief(value, most)}" for name, value in pairs)
        return f"{group.verb} {brief(list(group.arguments), most)}"
    said = said_in(group.samples[0].answer) if group.replied else ""
    return f"{group.verb}: {said[:most]}" if said else group.verb


def about(found: Samples) -> list[str]:
    """What was asked, what came out of it, and what there is to know about it; a sentence each."""
    lines = [_asked(found)]
    for side in found.sides:
        counted = ", ".join(f"{verb} {count}/{found.of(side)}" for verb, count in found.verbs(side))
        name = f"{side}: " if found.without is not None else ""
        lines.append(f"{name}{counted or 'no answer'}")
    if found.edit is not None and found.without is None:
        lines.append(f"not asked without the edit: {found.why}")
    elif found.why and found.without is not None:
        lines.append(found.why)
    if found.alike:
        lines.append("a scripted model: it answers the same request alike each time")
    if found.stopped:
        lines.append(found.stopped)
    return lines


def _asked(found: Samples) -> str:
    answers = len(found.samples)
    parts = [f"{answers} answer{'' if answers == 1 else 's'} at #{found.head}"]
    if found.without is not None:
        due = f", after {' and '.join(move.to for move in found.due)}" if found.due else ""
        them = "them" if len(found.edits) > 1 else "it"
        parts.append(f"with {found.edited}, and without {them} at #{found.without}{due}")
    used = found.usage
    paid = [labels.cost_words(used)] if used.priced else []
    return " · ".join([*parts, f"{labels.at_least(used)}{used.tokens:,} tokens", *paid])


def _title(side: Side, found: Samples) -> str:
    return side if found.without is not None else "count"


# -- for the app ----------------------------------------------------------------------------


class GroupRow(Struct, frozen=True):
    """A next action with its counts; open, its samples stand below it."""

    key: int
    group: Group
    found: Samples
    is_open: bool = False
    selectable: bool = True

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """Sign, action, and a bar for each side."""
        sign = "⌄ " if self.is_open else "› "
        style = "tool" if self.group.arguments else "text" if self.group.replied else "error"
        ends: list[tuple[str, str]] = []
        for side in self.found.sides:
            count, total = self.group.count(side), self.found.of(side)
            ends += [
                (bar(count, total, _bar(width)), "ok" if side == "with" else "recorded"),
                cell(f" {count}/{total}", _COUNT, "strong" if count else "dim"),
            ]
        room = max(8, width - 2 - cells_of(tuple(ends)))
        line = ((sign, "key"), cell(shown_action(self.group, room), room, style), *ends)
        return [tidy(line, width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return shown_action(self.group)


class SampleRow(Struct, frozen=True):
    """One sample, below its next action."""

    key: int
    sample: Sample
    sides: int
    selectable: bool = True

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """Its branch, its side, what it cost, and how it begins."""
        sample = self.sample
        side = f" {sample.side}" if self.sides > 1 else ""
        line = (
            ("    ", ""),
            (fit(sample.name, 24), "branch"),
            (side, "dim"),
            (f"  {_cost(sample)}", "dim"),
            (f"  {said_in(sample.answer)[:400]}", "text"),
        )
        return [tidy(line, width)[0]]

    def text(self) -> str:
        """What a search looks at."""
        return f"{self.sample.name} {said_in(self.sample.answer)}"


def _bar(width: int) -> int:
    return _BAR if width >= 66 else _NARROW_BAR


class _Titles(Struct, frozen=True):
    """What the columns are called."""

    key: int
    found: Samples
    selectable: bool = False

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """Above the rows, each over its column."""
        column = _bar(width) + _COUNT
        sides = self.found.sides
        room = max(8, width - column * len(sides))
        ends = [cell(_title(side, self.found), column, "title") for side in sides]
        return [tidy((cell("next action", room, "title"), *ends), width)[0]]

    def text(self) -> str:
        """Nothing to find."""
        return ""


def samples_rows(found: Samples, is_open: frozenset[int] = frozenset()) -> list[Item]:
    """The table: a row for each next action, and below those that are open their samples."""
    rows: list[Item] = [_Titles(-1, found)]
    for index, group in enumerate(found.groups()):
        key = _GROUPS + index
        rows.append(GroupRow(key, group, found, key in is_open))
        if key in is_open:
            rows += [SampleRow(one.number, one, len(found.sides)) for one in group.samples]
    if len(rows) == 1:
        rows.append(Row(-2, (("no answer came", "dim"),), selectable=False))
    return rows


def _cost(sample: Sample) -> str:
    return labels.reply_usage(sample.answer)


def answer_detail(sample: Sample) -> list[Entry]:
    """All of an answer, to read: words, thinking, calls with their arguments, what it cost."""
    record = sample.record or sample.branch
    return [
        Entry(index, record, heading, parts)
        for index, (heading, parts) in enumerate(_sections(sample))
    ]


def _sections(sample: Sample) -> Iterable[tuple[Line, tuple[Part, ...]]]:
    answer = sample.answer
    place = f"  {sample.side} the edit" if sample.side == "without" else ""
    saved = f"  #{sample.record}" if sample.record is not None else "  not saved"
    yield (
        ((sample.name, "branch"), (place, "dim"), (saved, "dim"), (f"  {sample.source}", "dim")),
        (),
    )
    if isinstance(answer, e.ModelFailed):
        parts = (Part(answer.raw, "dim", 20),) if answer.raw else ()
        yield (("failed", "error"), (f"  {answer.error}", "error")), parts
    reply = answer.reply or {}
    for block in blocks(reply):
        yield _block(block)
    if reply:
        yield (("stop_reason ", "dim"), (str(stop(reply)), "text")), ()
    yield ((_cost(sample), "dim"),), ()


def _block(block: dict[str, JsonValue]) -> tuple[Line, tuple[Part, ...]]:
    kind = str(block.get("type"))
    if is_call(block):
        name = str(block.get("name"))
        return (("ƒ ", "tool"), (name, "tool")), (Part(arguments(block), "arg", 20),)
    if kind in ("text", "thinking"):
        return ((kind, "title"),), (Part(readable(block.get(kind)), "text", 20),)
    return ((kind, "title"),), (Part(block, "dim", 20),)


# -- for the command line -------------------------------------------------------------------


def samples_table(found: Samples) -> list[list[str]]:
    """The same table as cells of text, with a heading."""
    sides = found.sides
    rows = [[*(_title(side, found) for side in sides), "next action", "samples"]]
    for group in found.groups():
        counted = [
            f"{bar(group.count(side), found.of(side), _BAR)} {group.count(side)}/{found.of(side)}"
            for side in sides
        ]
        rows.append([*counted, shown_action(group), _names(group)])
    return rows


def _names(group: Group) -> str:
    names = [sample.name for sample in group.samples]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if names[6:] else "")


def samples_json(found: Samples) -> list[dict[str, JsonValue]]:
    """A line for each next action; then what was asked, and how it ended."""
    lines: list[dict[str, JsonValue]] = []
    for group in found.groups():
        counts: dict[str, JsonValue] = {side: group.count(side) for side in found.sides}
        lines.append(
            {
                "type": "next_action",
                "action": group.verb,
                "arguments": list(group.arguments),
                "replied": group.replied,
                **counts,
                "samples": [
                    {"branch": one.name, "side": one.side, "record": one.record}
                    for one in group.samples
                ],
            }
        )
    return lines
