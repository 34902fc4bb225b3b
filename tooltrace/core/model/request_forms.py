"""The forms in which a run's requests are made: a run keeps the one that it began with.

What a request looks like may change from one version to the next. A recording is replayed, checked
and gone on with in its own form, or its requests would differ from those that it made.

1: JSON is ASCII, with escapes. 2: JSON is UTF-8 as it is, and a reply that cannot be sent back
counts as none.
"""

from __future__ import annotations

from tooltrace.core.text.exact_json import JsonValue, dumps, plain

__all__ = ["FORM", "as_json", "as_text", "form_problem"]

FORM = 2
"""The form in which new runs make their requests."""


def form_problem(form: int) -> str | None:
    """Why requests of that form cannot be made; None when they can."""
    if 1 <= form <= FORM:
        return None
    return f"its requests are in form {form}, which this version does not know: upgrade tooltrace"


def as_json(value: JsonValue, form: int) -> str:
    """A value as JSON for a model to read."""
    return dumps(value) if form < 2 else plain(value)


def as_text(value: JsonValue, form: int) -> str:
    """A value as the model reads it: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else as_json(value, form)
