"""JSON schemas put together from several makers, each with definitions of its own.

Two makers, or two modules, may give one name to different things: the later one is renamed, with
everything that speaks of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["Definitions", "resolved"]

_OURS = "#/$shared/"
_PUBLIC = "#/$defs/"
_NAMED = ("properties", "patternProperties", "$defs")
_UNSAID = re.compile(r"[^\w.-]")
_DATA = ("default", "enum", "const", "examples")


class Definitions:
    """The definitions that one schema needs, by name; what refers to them says ``$shared``
    until ``whole`` has seen all of them.
    """

    def __init__(self) -> None:
        self._shared: dict[str, Any] = {}
        self._names: dict[int, str] = {}

    def once(self, owner: object, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A reference to what defines ``owner``, which is made when it is first asked for."""
        if id(owner) not in self._names:
            key = self._names[id(owner)] = self._free(_UNSAID.sub("_", name), None)
            self._shared[key] = {}  # It may speak of itself.
            self._shared[key] = make()
        return {"$ref": f"{_OURS}{self._names[id(owner)]}"}

    def lift(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with its definitions moved here."""
        own = dict(schema)
        found = own.pop("$defs", None)
        if not found:
            return own
        names: dict[str, str] = {}
        for name, body in found.items():
            names[name] = self._free(name, body)
        for name, body in found.items():
            self._shared[names[name]] = _renamed(body, names)
        moved: dict[str, Any] = _renamed(own, names)
        return moved

    def _free(self, name: str, body: Any) -> str:
        free, count = name, 1
        while free in self._shared and self._shared[free] != _renamed(body, {name: free}):
            count += 1
            free = f"{name}{count}"
        return free

    def whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The finished schema, which speaks of ``$defs`` and has those that it needs."""
        out = self.lift(schema)
        if self._shared:
            out["$defs"] = self._shared
        finished: dict[str, Any] = _walk(out, lambda ref: ref.replace(_OURS, _PUBLIC, 1))
        return finished


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    def fresh(ref: str) -> str:
        name = ref.removeprefix(_PUBLIC)
        return f"{_OURS}{names.get(name, name)}" if ref.startswith(_PUBLIC) else ref

    return _walk(schema, fresh)


def _walk(schema: Any, fresh: Callable[[str], str]) -> Any:
    """The schema with each reference, and what a discriminator maps to, replaced."""
    if isinstance(schema, list):
        return [_walk(item, fresh) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref" and isinstance(value, str):
            out[key] = fresh(value)
        elif key == "mapping" and isinstance(value, dict):
            out[key] = {name: _walk({"$ref": ref}, fresh)["$ref"] for name, ref in value.items()}
        elif key in _NAMED and isinstance(value, dict):
            out[key] = {name: _walk(item, fresh) for name, item in value.items()}
        elif key in _DATA:
            out[key] = value
        else:
            out[key] = _walk(value, fresh)
    return out


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference at its top leads to, within its own definitions."""
    seen = set()
    while (ref := schema.get("$ref")) is not None and ref not in seen:
        seen.add(ref)
        found = schema.get("$defs", {}).get(str(ref).rpartition("/")[2], {})
        schema = {"$defs": schema.get("$defs", {}), **found}
    return schema
