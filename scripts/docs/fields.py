"""The fields of events, notes and what stands in them, from their classes.

A field's name, its JSON type and its default are read from the class; what a field means is written
in the page by hand, in the last column, and stays there.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct

from tooltrace.core.model.events import CallRef, ErrorDetail, Record, Settings, Source
from tooltrace.core.model.notes import NOTES
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.workflow import (
    ContextField,
    StateSpec,
    StuckSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.store.event_codec import EVENTS

__all__ = ["PARTS", "events", "meanings", "notes", "parts", "record"]

PARTS = (
    WorkflowSpec,
    ToolSpec,
    StateSpec,
    Transition,
    ContextField,
    StuckSpec,
    RequestSettings,
    Settings,
    ErrorDetail,
)
"""What stands in a field of an event and has fields of its own."""

_HEAD = "| field | type | if left out | meaning |\n| --- | --- | --- | --- |\n"
_ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", re.M)
_PLAIN = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    type(None): "null",
    CallRef: "[integer, integer]",
    dict: "object",
}
_ENVELOPE = {"extra", "envelope"}
"""What a Record has for this version's own use, and no line has."""


def events(before: str) -> str:
    """Each event that may stand on a path."""
    return _sections({k: v for k, v in sorted(EVENTS.items()) if k not in NOTES}, before)


def notes(before: str) -> str:
    """Each note."""
    return _sections({k: v for k, v in sorted(EVENTS.items()) if k in NOTES}, before)


def parts(before: str) -> str:
    """What stands in events and has fields of its own."""
    return _sections({part.__name__: part for part in PARTS}, before)


def record(before: str) -> str:
    """The fields of a line itself."""
    said = meanings(before).get("", {})
    rows = [
        _row("id", int, NODEFAULT, said),
        _row("parent", int | None, NODEFAULT, said),
        _row("at", str, NODEFAULT, said),
        _row("source", Source, NODEFAULT, said),
        _row("type", str, NODEFAULT, said),
        _row("of", int | None, None, said),
        _row("event", dict[str, Any], NODEFAULT, said),
        _row("crc", str, NODEFAULT, said),
    ]
    known = {field.encode_name for field in msgspec.structs.fields(Record)} - _ENVELOPE
    assert known < {row.split("`")[1] for row in rows}
    return _HEAD + "".join(rows)


def meanings(page: str) -> dict[str, dict[str, str]]:
    """By heading and field, what the last column says."""
    found: dict[str, dict[str, str]] = {}
    for section in re.split(r"^### ", page, flags=re.M):
        head, _, body = section.partition("\n")
        name = head.strip("`") if section is not page else ""
        found.setdefault(name if body else "", {}).update(_ROW.findall(section))
    return found


def _sections(classes: dict[str, type[Struct]], before: str) -> str:
    said = meanings(before)
    return "\n".join(
        f"### `{name}`\n\n{_first(cls)}\n\n{_fields(cls, said.get(name, {}))}"
        for name, cls in classes.items()
    )


def _first(cls: type[Struct]) -> str:
    """The first sentence of what a class says about itself, as Markdown."""
    text = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
    return text.replace("``", "`")


def _fields(cls: type[Struct], said: dict[str, str]) -> str:
    fields = msgspec.structs.fields(cls)
    if not fields:
        return "It has no fields.\n"
    rows = (
        _row(
            field.encode_name,
            field.type,
            field.default if field.default_factory is NODEFAULT else field.default_factory(),
            said,
        )
        for field in fields
    )
    return _HEAD + "".join(rows)


def _row(name: str, kind: Any, default: object, said: dict[str, str]) -> str:
    left_out = "never left out" if default is NODEFAULT else f"`{_json(default)}`"
    return f"| `{name}` | {_type(kind)} | {left_out} | {said.get(name, '').strip()} |\n"


def _json(value: object) -> str:
    if isinstance(value, Struct):
        return "{}"
    return msgspec.json.encode(value).decode()


def _type(kind: Any) -> str:
    """The type of a field's JSON, in words."""
    if kind in (Any, JsonValue):
        return "any JSON"
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(f'`"{each}"`' for each in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each) for each in _in_order(inside))
    if origin is tuple:
        if inside[-1] is Ellipsis:
            return f"list of {_type(inside[0])}"
        return f"[{', '.join(map(_type, inside))}]"
    if origin is list:
        return f"list of {_type(inside[0])}"
    if origin is dict:
        return "object" if inside[1] is Any else f"object of {_type(inside[1])}"
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Struct):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    raise TypeError(f"no words for {kind}")


def _in_order(kinds: Iterable[Any]) -> list[Any]:
    """Null last."""
    return sorted(kinds, key=lambda kind: kind is type(None))
