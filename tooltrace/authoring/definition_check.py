"""What a person wrote in a definition, held against what belongs there: one line for a wrong kind.

Python runs a definition whatever its values are; without this the mistake would come out later, as
a traceback of somebody else's.
"""

from __future__ import annotations

from typing import Any

from tooltrace.authoring.source_lines import SourceLine
from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.request_settings import RequestSettings, setting_problems
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["TEXT", "Values", "Wanted", "refuse_settings", "refuse_wrong"]

Wanted = tuple[Any, str]
"""The type that fits, or several, and what to write, in words."""

Values = dict[str, tuple[Any, Wanted]]
"""What was written, by name, and what belongs there."""

TEXT: Wanted = (str, "text")

_MOST_SHOWN = 60


def refuse_wrong(place: SourceLine, what: str, values: Values) -> None:
    """Raises BadWorkflow with the line for the first value that is of another kind."""
    for name, (value, (kinds, words)) in values.items():
        right = kinds if isinstance(kinds, tuple) else (kinds,)
        # In Python a bool is an int, in a definition it is a slip.
        fits = isinstance(value, right) and (not isinstance(value, bool) or bool in right)
        if not fits:
            raise BadWorkflow(f"{place}: {what}: {name} is {shown(value)}; write {words}")


def refuse_settings(place: SourceLine, what: str, settings: RequestSettings | None) -> None:
    """Raises BadWorkflow with the line for settings of requests that no provider takes."""
    if settings is not None and (wrong := setting_problems(settings)):
        raise BadWorkflow(f"{place}: {what}: request: {wrong[0]}")


def shown(value: Any) -> str:
    """A value in a few words: what it is, and its name if it has one."""
    name = getattr(value, "__name__", None)
    if isinstance(name, str):
        return one_line(f"the {'class' if isinstance(value, type) else 'function'} {name}")
    if value is None:
        return "None"
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a repr is the person's own code
        text = "…"
    return clip(one_line(f"{type(value).__name__} {text}"), _MOST_SHOWN)
