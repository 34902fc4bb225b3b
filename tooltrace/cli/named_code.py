"""Remember the workflows that a person named, and load one of them again."""

from __future__ import annotations

from pathlib import Path

from tooltrace.assemble import Code, load_code
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.known_code import KnownCode

__all__ = ["known", "known_code", "remember"]


def remember(code: Code | None) -> None:
    """A person named this workflow, and something was begun or opened with it."""
    if code is not None:
        folders.known_codes().remember(as_given(Path()), code.ref, code.workflow.place.file)


def known(ref: str) -> KnownCode | None:
    """What this person ran under that name from this folder, if they did."""
    return folders.known_codes().find(as_given(Path()), ref)


def known_code(ref: str) -> Code:
    """Load it, if this person ran it from here. Raises BadCommand and BadWorkflow."""
    if known(ref) is None:
        raise BadCommand("it was not run from this folder before: name it with --workflow")
    return load_code(ref)
