"""What a group of commands is: verbs over the parts of a debugger, and how each is waited for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar

from tooltrace.debugger.parts import Parts
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = ["Run", "T", "Verbs"]

T = TypeVar("T")
"""What a verb gives: a Stop to who waits for it, a future of one to who does not."""

T_co = TypeVar("T_co", covariant=True)


class Run(Protocol[T_co]):
    """Begins a command, and gives what its verb gives."""

    def __call__(self, command: Coroutine[Any, Any, Stop], /, *, quiet: bool = False) -> T_co:
        """``quiet`` is what nobody asked for: it does not try to become the file's writer."""
        ...


class Verbs(Generic[T]):
    """Commands over ``parts``; ``run`` begins one. Each verb says what it raises when it is waited
    for; a future never raises, and says it in its Stop.
    """

    def __init__(self, parts: Parts, run: Run[T]) -> None:
        self._parts = parts
        self._run = run

    def _change(self, change: Callable[[Session], object]) -> T:
        """A change of history: it only appends, is saved, and can be undone."""
        return self._run(self._parts.change(change))
