"""The things that can come next in a run: what ``next_action`` gives, as data."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tooltrace.core.model.events import CallRef, Outcome, Transitioned
from tooltrace.core.model.snapshot import Call

__all__ = [
    "Action",
    "AwaitUser",
    "CallModel",
    "ChangeState",
    "Finish",
    "RunTools",
    "Why",
    "asks_model",
    "moved_by",
]

Why = Literal[
    "input",
    "finished",
    "diverged",
    "unknown_outcome",
    "model_failed",
    "incomplete",
    "guard",
    "odd",
]


class CallModel(Struct, frozen=True):
    """Ask the model for its next reply."""


class RunTools(Struct, frozen=True):
    """Make the open calls of this turn: a level at a time, the calls of a level side by side."""

    levels: tuple[tuple[Call, ...], ...]

    @property
    def calls(self) -> tuple[Call, ...]:
        """All open calls, in the order in which they would be made."""
        return tuple(call for level in self.levels for call in level)


class ChangeState(Struct, frozen=True):
    """Change the workflow's state: by a row of its table, else because a critical tool failed."""

    to: str
    row: int | None
    cause: int | None
    reason: str | None = None


class AwaitUser(Struct, frozen=True):
    """Only a person can go on: ``why`` is the kind, ``text`` the sentence."""

    why: Why
    text: str
    call: CallRef | None = None


class Finish(Struct, frozen=True):
    """End the run."""

    outcome: Outcome
    why: str = ""


Action = CallModel | RunTools | ChangeState | AwaitUser | Finish


def asks_model(action: Action) -> bool:
    """Whether this is to ask the model, if only because a person says: once more."""
    match action:
        case CallModel() | AwaitUser(why="model_failed" | "incomplete"):
            return True
        case _:
            return False


def moved_by(action: ChangeState) -> Transitioned:
    """The fact that a transition leaves."""
    return Transitioned(action.to, action.row, action.cause, action.reason)
