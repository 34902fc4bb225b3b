"""What the command line says of requests: ``--set NAME=VALUE`` and ``--file FILE``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.request_settings import RequestSettings, parse_setting, with_setting
from tooltrace.core.text.sanitize import one_line

__all__ = ["attachments", "request_settings"]


def request_settings(chosen: Iterable[str]) -> RequestSettings | None:
    """The settings that ``--set`` names, a later word over an earlier one. Raises BadCommand."""
    made: RequestSettings | None = None
    for text in chosen:
        try:
            made = with_setting(made, *parse_setting(text))
        except ValueError as error:
            raise BadCommand(f"--set: {error}") from error
    return made


def attachments(files: Iterable[Path]) -> list[Block]:
    """The blocks of the files that ``--file`` names. Raises BadCommand."""
    from tooltrace.tools.functions.media import attached

    found = []
    for path in files:
        try:
            found.append(attached(path))
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise BadCommand(f"--file {one_line(str(path))}: {why}") from error
        except ValueError as error:
            raise BadCommand(f"--file: {error}") from error
    return found
