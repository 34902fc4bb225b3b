"""A screen takes keys when it is composed, so that none finds it empty.

A screen is pushed at once and composed a little later. Whoever knows the keys types faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tooltrace.tui.input.keys_in_order import KeysInOrder

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object

__all__ = ["KeyBuffer"]


class KeyBuffer(Base):
    """Goes before ``Screen`` among the bases of a screen of an app with ``KeysInOrder``."""

    takes_keys = False
    """Whether it is composed, and what has the focus has it; until then keys wait."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is possible yet while it is empty.

        A key on its way through the screen below looks for its binding here, once this is on top.
        """
        return self.takes_keys and super().check_action(action, parameters)

    def on_mount(self) -> None:
        """Its parts are there; what it gives the focus to has it one message later."""
        self.app.call_later(self._take_keys)

    async def _take_keys(self) -> None:
        self.takes_keys = True
        if isinstance(self.app, KeysInOrder):
            await self.app.next_key()
