"""Asking before something is removed or renamed: on a terminal, or answered by ``--yes``."""

from __future__ import annotations

import sys

import click

from tooltrace.core.model.errors import BadCommand

__all__ = ["said_yes"]


def said_yes(question: str, given: bool) -> bool:
    """Whether the person says yes. Raises BadCommand where there is nobody to ask."""
    if given:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise BadCommand("nobody is there to say yes: give --yes to do it unasked")
    return click.confirm(question, default=False, err=True)
