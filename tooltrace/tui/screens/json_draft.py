"""The text of a value while a person edits it: what it parses to, or what is wrong and where.

The text is JSON in which what is hidden is an escape, so that none of it is lost. A string may be
edited as plain text instead, if nothing in it is hidden.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from msgspec import Struct

from tooltrace.core.text.exact_json import JsonValue, loads, pretty
from tooltrace.core.text.sanitize import visible

__all__ = ["Check", "Draft", "DraftProblem", "can_be_text", "fits", "read", "write"]

Check = Callable[[JsonValue], str | None]
"""What is wrong with a value for the one who asked for it, in a sentence; None if nothing."""

MOST_CHARS, MOST_IN_LINE = 200_000, 32_000
"""What the built-in editor takes: beyond, a key would take longer than a tenth of a second."""


class Draft(Struct, frozen=True):
    """Text that stands for a value."""

    value: JsonValue


class DraftProblem(Struct, frozen=True):
    """Why text cannot be accepted. ``line`` and ``column`` count from 1; 0 where there is none."""

    what: str
    line: int = 0
    column: int = 0

    @property
    def place(self) -> tuple[int, int] | None:
        """The line and the column from 0, as an editor counts; None where there is none."""
        return (self.line - 1, max(0, self.column - 1)) if self.line else None

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.what}" if self.line else self.what


def write(value: JsonValue, as_text: bool = False) -> str:
    """The text to edit a value in."""
    return value if as_text and isinstance(value, str) else pretty(value)


def read(text: str, check: Check | None = None, as_text: bool = False) -> Draft | DraftProblem:
    """The value that a text stands for, or the first problem with it."""
    value: JsonValue = text
    if not as_text:
        try:
            value = loads(text)
        except json.JSONDecodeError as error:
            what = error.msg[:1].lower() + error.msg[1:]
            return DraftProblem(f"not JSON: {what}", error.lineno, error.colno)
        except ValueError as error:
            return DraftProblem(str(error).partition(";")[0])
    problem = check(value) if check is not None else None
    return Draft(value) if problem is None else DraftProblem(problem)


def can_be_text(value: JsonValue) -> bool:
    """Whether a value can be edited as plain text: a string with nothing hidden in it."""
    return isinstance(value, str) and visible(value) == value


def fits(text: str) -> bool:
    """Whether the built-in editor takes a text of that size."""
    if len(text) > MOST_CHARS:
        return False
    return len(text) <= MOST_IN_LINE or max(map(len, text.split("\n"))) <= MOST_IN_LINE
