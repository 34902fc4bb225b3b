"""Keep the secrets of this process's environment out of what it writes and says."""

from __future__ import annotations

import os

from tooltrace.core.text.redact import Hide, Redactor, SecretNumbers, secrets_of

__all__ = ["hide", "hider"]


def hider() -> Hide:
    """Hides what the environment holds now, numbered for one file.

    Loading a workflow may have added to the environment.
    """
    return Redactor(secrets_of(os.environ), SecretNumbers())


def hide(text: str) -> str:
    """A text that is said once, without secrets."""
    return Redactor(secrets_of(os.environ))(text)
