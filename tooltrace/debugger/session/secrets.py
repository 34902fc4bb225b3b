"""Keep the secrets of this process's environment out of what it writes and says."""

from __future__ import annotations

import os
from collections.abc import Iterable

from tooltrace.core.text.redact import Hide, Redactor, SecretNumbers, secrets_of

__all__ = ["hide", "hider"]


def hider(more: Iterable[tuple[str, str]] = ()) -> Hide:
    """Hides what the environment holds now, and ``more`` by name, numbered for one file.

    Loading a workflow may have added to the environment.
    """
    return Redactor([*secrets_of(os.environ), *more], SecretNumbers())


def hide(text: str) -> str:
    """A text that is said once, without secrets."""
    return Redactor(secrets_of(os.environ))(text)
