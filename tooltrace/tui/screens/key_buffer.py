"""Keys that come before a screen is there are kept for it, and none finds it empty.

A screen is pushed at once and composed a little later. Whoever knows the keys types faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.events import Event, Key

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object

__all__ = ["KeyBuffer"]


class KeyBuffer(Base):
    """Goes before ``Screen`` among the bases of a screen."""

    _early: list[Key] | None = None
    _composed = False

    def _forward_event(self, event: Event) -> None:
        if self._composed or not isinstance(event, Key):
            super()._forward_event(event)
        else:
            self._early = [*(self._early or ()), event]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is possible yet while it is empty.

        A key on its way through the screen below looks for its binding here, once this is on top.
        """
        return self._composed and super().check_action(action, parameters)

    def on_mount(self) -> None:
        """Its parts are there; what it gives the focus to has it one message later."""
        self.app.call_later(self._take_early)

    def _take_early(self) -> None:
        self._composed = True
        early, self._early = self._early or [], None
        for event in early:
            (self.focused or self)._forward_event(Key(event.key, event.character))
