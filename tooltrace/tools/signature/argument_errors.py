"""Why arguments do not fit a signature, in words a model and a person can act on.

One line that begins with the field; the checker's own wording is the last resort.
"""

from __future__ import annotations

import re
from typing import Any

from tooltrace.core.model.request_forms import FORM, as_json
from tooltrace.core.text.exact_json import JsonValue

__all__ = ["HALF", "BadArguments", "misfit", "reason"]

HALF = "a name holds half of a character (a lone surrogate)"

_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "bytes": "base64 text",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
    "uuid": "a UUID",
    "decimal": "a decimal number",
}
_EXPECTED = re.compile(
    r"Expected `([^`]*)`( (?:[<>]=?|of|that|matching) [^`]*)?(?:, got `([^`]*)`)?(.*)"
)
_AT = re.compile(r"(.*) - at `([^`]*)`(?: in `([^`]*)`)?", re.DOTALL)
_FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)


class BadArguments(Exception):
    """The arguments do not fit the tool's signature; the text names the field."""


def misfit(error: Exception, arguments: JsonValue, schema: dict[str, Any], form: int = FORM) -> str:
    """``field: what was expected, what came``, from the checker's error; values in that form."""
    if isinstance(error, UnicodeError):
        return f"arguments: {HALF}"
    text, path = _placed(str(error))
    if (named := _FIELD.fullmatch(text)) is not None:
        return _about_field(named[2], named[1] == "missing required", path, schema)
    field = path.removeprefix("$").removeprefix(".") or "arguments"
    allowed = schema["properties"].get(field, {}).get("enum")
    if text.startswith("Invalid enum value") and allowed and isinstance(arguments, dict):
        return (
            f"{field}: {as_json(arguments.get(field), form)} is not one of {_listed(allowed, form)}"
        )
    if (expected := _EXPECTED.fullmatch(text)) is not None:
        return f"{field}: {_expectation(expected)}"
    return f"{field}: {text[:1].lower()}{text[1:]}"


def reason(error: Exception) -> str:
    """Why one value does not fit one type, from the checker's error."""
    return misfit(error, None, {"properties": {}}).removeprefix("arguments: ")


def _placed(text: str) -> tuple[str, str]:
    """The checker's words, and where: a place within a value that was read by itself comes last."""
    path = "$"
    while (at := _AT.fullmatch(text)) is not None:
        text, path = at[1], path + (at[3] or at[2]).removeprefix("$")
    return text, path


def _about_field(name: str, missing: bool, path: str, schema: dict[str, Any]) -> str:
    inside = path.removeprefix("$").removeprefix(".")
    field = f"{inside}.{name}" if inside else name
    if missing:
        return f"{field}: missing, it is required"
    if inside or not schema["properties"]:
        return f"{field}: there is no such argument"
    return f"{field}: there is no such argument; there is {', '.join(schema['properties'])}"


def _expectation(found: re.Match[str]) -> str:
    kinds, limit, got, rest = found.groups()
    words = " or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | "))
    text = f"expected {words}{limit or ''}{rest}"
    return text if got is None else f"{text}, got {_WORDS.get(got, got)}"


def _listed(values: list[Any], form: int) -> str:
    return ", ".join(as_json(value, form) for value in values)
