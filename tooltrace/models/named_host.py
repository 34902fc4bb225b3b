"""Whether a session may go on where it went: a file must not decide where a key is sent."""

from __future__ import annotations

from pathlib import Path

from tooltrace.core.compare.json_diff import alike
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Settings
from tooltrace.core.text.redact import Hide
from tooltrace.core.text.sanitize import one_line

__all__ = ["check_named"]


def check_named(
    path: Path, settings: Settings, base_url: str | None, key_env: str | None, hide: Hide
) -> None:
    """Raise BadCommand unless a person named the host that a session went to, and its key.

    ``hide`` takes passwords out of an address, as was done in the file.
    """
    if not alike(settings.base_url or "", hide(base_url or "")):
        raise BadCommand(_other_host(path, settings.base_url))
    if settings.key_env != key_env:
        raise BadCommand(_other_key(path, settings.key_env))


def _other_host(path: Path, url: str | None) -> str:
    if url is None:
        return f"{path} did not use another host: leave out --base-url"
    return f"{path} went to {url}: give --base-url {url} to go on there, if you trust it"


def _other_key(path: Path, variable: str | None) -> str:
    if variable is None:
        return f"{path} named no variable for a key: leave out --key-env"
    named = one_line(variable)
    return f"{path} sent the key in {named}: give --key-env {named} to go on so, if you trust it"
