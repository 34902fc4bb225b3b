"""Choose which parts of a large value a caption names: those that something was decided by.

Of a result those that the guard reads which led on, else those that were saved from it, else its
first fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from tooltrace.core.caption.words import Word, Words, listed, pair, quoted_text, sentence, value
from tooltrace.core.decide.transitions import tried_rows
from tooltrace.core.expressions.condition_check import paths_in
from tooltrace.core.expressions.expression_names import names_for
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import Transition
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["answer_words", "fields_words", "guard_words", "value_at"]

_MOST_GUARD, _MOST_FIELDS = 3, 3

Path = tuple[str, ...]


def answer_words(s: Snapshot, call: Call) -> Words:
    """What a call gave, at the snapshot after it: its decisive fields, or all of what is short."""
    content = content_text(call.content) if call.blocks else call.content
    match content:
        case None:
            return sentence("nothing (", value(None), ")")
        case str():
            return sentence(quoted_text(content) if content.strip() else "an empty text")
        case dict() if content:
            found = _decisive(s, call, content)
            return listed(found, len(found)) if found else sentence("an object, ", value(content))
        case list() if content:
            return sentence("a list, ", value(content))
        case dict() | list():
            return sentence(f"an empty {'object' if isinstance(content, dict) else 'list'}")
        case _:
            return sentence(value(content))


def fields_words(content: JsonValue, most: int = _MOST_FIELDS) -> Words:
    """The first fields of an object that are no objects or lists; "" where there are none."""
    if not isinstance(content, dict):
        return ()
    found = list(islice(_scalars(content), most))
    return listed([pair(key, content[key]) for key in found], most)


def guard_words(s: Snapshot, guard: str, call: Call | None) -> Words:
    """What a guard read beside the result of the call, each with its value."""
    names = names_for(s, call)
    found = [
        pair(path[-1], value_at(names, path))
        for path in paths_in(guard)
        if path[0] != "result" and path[:2] != _results_of(call)
    ]
    return listed(found, _MOST_GUARD)


def value_at(names: Mapping[str, JsonValue], path: Path) -> JsonValue:
    """What a path of names leads to; None where it leads nowhere."""
    found: JsonValue = dict(names)
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _decisive(s: Snapshot, call: Call, content: dict[str, JsonValue]) -> list[Word]:
    rows = _rows(s, call)
    guards = [row.when for row in rows if row.when is not None]
    paths = list(dict.fromkeys(_of_result(call, guards[:1])))
    if not paths:
        saves = [source for row in rows[:1] for source in row.save.values()]
        paths = list(dict.fromkeys(_of_result(call, saves)))
    named = [path for path in paths if path]
    if guards and named:
        return _pairs(content, named)
    if not named or () in paths:
        named += [(key,) for key in islice(_scalars(content), 2 * _MOST_FIELDS)]
    # What a call was asked about is no news in its answer.
    given = call.arguments if isinstance(call.arguments, dict) else {}
    fresh = [path for path in named if path[0] not in given or given[path[0]] != content[path[0]]]
    return _pairs(content, fresh or named)


def _pairs(content: dict[str, JsonValue], named: list[Path]) -> list[Word]:
    shown = list(dict.fromkeys(named))[:_MOST_FIELDS]
    return [pair(".".join(path), value_at(content, path)) for path in shown]


def _rows(s: Snapshot, call: Call) -> list[Transition]:
    """The rows that this result may lead on by, first the one by which it does."""
    held = [row for row, holds, _ in tried_rows(s) if holds and call.tool in row.on]
    others = (
        row
        for row in s.workflow.rows
        if row.source == s.state and call.tool in row.on and row.error == call.is_error
    )
    return [*held, *others]


def _results_of(call: Call | None) -> Path | None:
    return None if call is None else ("results", call.tool)


def _of_result(call: Call, expressions: Iterable[str]) -> Iterator[Path]:
    """What expressions read of a call's result: the path in it, empty for all of it."""
    for text in expressions:
        for path in paths_in(text):
            if path[0] == "result":
                yield path[1:]
            elif path[:2] == _results_of(call):
                yield path[2:]


def _scalars(content: dict[str, JsonValue]) -> Iterator[str]:
    return (key for key, item in content.items() if not isinstance(item, dict | list))
