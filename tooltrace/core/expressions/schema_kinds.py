"""Read what a JSON schema says about a place in a value, as far as a condition needs it.

Total: a schema from a file may say anything, and what is not understood is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["Kinds", "kinds_at", "kinds_of", "names_at", "place"]

Kinds = frozenset[str]

_WORDS = {
    "string": "text",
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_MOST = 50


def kinds_of(value: object) -> Kinds:
    """The kind of a JSON value, in words."""
    match value:
        case None:
            return frozenset({"null"})
        case bool():
            return frozenset({"true or false"})
        case int() | float():
            return frozenset({"a number"})
        case str():
            return frozenset({"text"})
        case list() | tuple():
            return frozenset({"a list"})
        case _:
            return frozenset({"an object"})


def place(whole: Any, path: list[str]) -> list[Any] | None:
    """The schemas of what stands at a path; empty if nothing can, None if that is not known."""
    here: list[Any] = [whole]
    for name in path:
        found: list[Any] = []
        for schema in here:
            inside = _inside(list(_options(schema, whole)), name)
            if inside is None:
                return None
            found += inside
        here = found
    return here


def kinds_at(whole: Any, path: list[str]) -> Kinds | None:
    """What kinds of values can stand at a path; None if that is not known."""
    found = place(whole, path)
    if not found:
        return None
    kinds: set[str] = set()
    for schema in found:
        for option in _options(schema, whole):
            some = _kinds(option)
            if some is None:
                return None
            kinds |= some
    return frozenset(kinds)


def names_at(whole: Any, path: list[str]) -> list[str]:
    """The names that an object at a path has."""
    options = [o for schema in place(whole, path) or () for o in _options(schema, whole)]
    return list(dict.fromkeys(name for option in options for name in _properties(option)))


def _options(schema: Any, whole: Any, left: int = _MOST) -> Iterator[Any]:
    """The schema without references, one for each of its alternatives."""
    if left <= 0 or not isinstance(schema, dict):
        yield {}
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        definitions = whole.get("$defs") if isinstance(whole, dict) else None
        name = reference.removeprefix("#/$defs/")
        found = definitions.get(name, {}) if isinstance(definitions, dict) else {}
        yield from _options(found, whole, left - 1)
        return
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            for option in schema[word]:
                yield from _options(option, whole, left - 1)
            return
    yield schema


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _inside(options: list[dict[str, Any]], name: str) -> list[Any] | None:
    found: list[Any] = []
    for option in options:
        kinds = _kinds(option)
        if kinds is None:
            return None
        if "an object" not in kinds:
            continue
        known, more = _properties(option), option.get("additionalProperties")
        if name in known:
            found.append(known[name])
        elif isinstance(more, dict):
            found.append(more)
        elif more is True or (not known and more is not False):
            return None
    return found


def _kinds(schema: dict[str, Any]) -> Kinds | None:
    if isinstance(schema.get("enum"), list):
        return frozenset[str]().union(*map(kinds_of, schema["enum"]))
    if "const" in schema:
        return kinds_of(schema["const"])
    said = schema.get("type")
    names = said if isinstance(said, list) else [said]
    words = [_WORDS.get(name) if isinstance(name, str) else None for name in names]
    known = [word for word in words if word is not None]
    return frozenset(known) if known and len(known) == len(words) else None
