"""``tooltrace.record``: a session of what somebody's own loop asks its model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

from tooltrace.client_recording.http_client import overheard
from tooltrace.client_recording.request_writer import RequestWriter
from tooltrace.client_recording.requests import Requests
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.redact import Hide
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.secrets import hider

__all__ = ["record"]

_T = TypeVar("_T")
_SECRETS = ("api_key", "auth_token", "admin_api_key", "webhook_key", "webhook_secret")


def record(
    client: _T, *, session: str | os.PathLike[str] | None = None, name: str = "requests"
) -> _T:
    """Record a session while a loop of your own asks a model: use the client that this returns.

    ``client`` is an ``anthropic.Anthropic`` or ``openai.OpenAI``, or an async one. What is returned
    is one of the same kind over the same connections, and does what the given one does; that one
    stays as it is, and is not recorded. Requests to Messages, Chat Completions and the Responses
    API become runs, as if they had been imported; results of tools come with the next request.
    ``session`` is a new file, or one to go on with, else the next free name where sessions are
    written; ``name`` is that of the runs. The session is closed with the client, or when the
    program ends.

    Raises BadCommand for what is no such client, and nothing later: what cannot be recorded is one
    line on stderr.
    """
    http_client, copied = getattr(client, "_client", None), getattr(client, "with_options", None)
    if http_client is None or copied is None:
        shown = clip(one_line(type(client).__name__), 60)
        raise BadCommand(f"a client of the anthropic or openai package is needed, not {shown}")

    def hide() -> Hide:
        return hider(_secrets(client))

    path = None if session is None else as_given(Path(session))
    writer = RequestWriter(path, name, hide)
    try:
        view = overheard(http_client, Requests(writer.began, writer.over, writer.close))
        recorded: _T = copied(http_client=view)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadCommand(f"{type(client).__name__} cannot be recorded: {error}") from error
    return recorded


def _secrets(client: Any) -> list[tuple[str, str]]:
    """What a client was given to prove who it is, which may stand in no environment."""
    found = ((name, getattr(client, name, None)) for name in _SECRETS)
    return [(name, value) for name, value in found if isinstance(value, str) and value]
