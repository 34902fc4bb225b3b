"""Keys are given one after the other, each when all that the one before it asked for was done.

Textual hands a key to what has the focus at the time at which it comes. Keys typed faster than the
screen changes then go to a dialog that is closing, and vanish with it, or to one that is empty yet.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.widget import Widget

from tooltrace.tui.widgets.inputs import LineInput, ValueArea

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen

    Base = App[Any]
else:
    Base = object

__all__ = ["KeysInOrder"]

PATIENCE = 1.0
"""Seconds after which the next key no longer waits for what is not done with the one before."""

MOMENT = 0.2
"""Seconds that Ctrl-C waits at most."""

_ROUNDS = 2
"""A key is often one message, and what it asks for a second one behind it."""

_INTERRUPT = "ctrl+c"


class KeysInOrder(Base):
    """Goes before ``App`` among the bases of an app."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._waiting: deque[Key | Paste] = deque()
        self._given: float | None = None

    async def on_event(self, event: Event) -> None:
        """Keys and pastes wait for those before them; Ctrl-C no more than a moment.

        While the app ends they mean nothing more: its screens are there, and their parts are not.
        """
        if not isinstance(event, Key | Paste):
            await super().on_event(event)
            return
        if not self.is_running:
            return
        if event.is_forwarded:
            await super().on_event(event)
            return
        self._waiting.append(event)
        if self._given is not None and time.monotonic() - self._given > PATIENCE:
            self._given = None
        await self.next_key()
        if event in self._waiting and _interrupts(event):
            self.set_timer(MOMENT, partial(self._interrupt, event))

    async def _interrupt(self, event: Key | Paste) -> None:
        """What has the focus may be stuck, and Ctrl-C is for that as well."""
        if event in self._waiting:
            self._waiting.remove(event)
            await super().on_event(event)

    async def next_key(self) -> None:
        """Give what waits to the screen on top, if there is one that takes keys."""
        while self._waiting and self._given is None and self._screen_takes_keys():
            event = self._waiting.popleft()
            taker = self.focused or self.screen
            self._given = time.monotonic()
            await super().on_event(event)
            if _only_typed(event, taker):
                self._given = None
            else:
                await self._pass_by(_upwards(taker), self.screen, self._given, _ROUNDS)

    def _screen_takes_keys(self) -> bool:
        stack = self.screen_stack
        return self.is_running and bool(stack) and getattr(stack[-1], "takes_keys", True)

    async def _pass_by(
        self, nodes: Iterator[DOMNode], top: Screen[Any], given: float | None, rounds: int
    ) -> None:
        """Come to each node behind all that it has to do, as a key does that nobody takes."""
        for node in nodes:
            if node.call_later(self._pass_by, nodes, top, given, rounds):
                return
        if given is None or given != self._given or not self.screen_stack:
            return
        if self.screen is not top:
            rounds = _ROUNDS
        elif rounds == 1:
            self._given = None
            await self.next_key()
            return
        else:
            rounds -= 1
        await self._pass_by(_upwards(self.focused or self.screen), self.screen, given, rounds)


def _upwards(taker: Widget) -> Iterator[DOMNode]:
    return iter(taker.ancestors_with_self)


def _interrupts(event: Key | Paste) -> bool:
    return isinstance(event, Key) and event.key == _INTERRUPT


def _only_typed(event: Key | Paste, taker: Widget) -> bool:
    """Whether it is text in a text, after which nothing is elsewhere: long ones come quickly."""
    typed = isinstance(event, Paste) or event.is_printable
    return typed and isinstance(taker, LineInput | ValueArea)
