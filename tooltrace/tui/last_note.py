"""Notes: one at a time, over the screen on top alone, and gone at the next key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from textual.events import Event, Key

if TYPE_CHECKING:
    from textual.app import App

    Base = App[Any]
else:
    Base = object

__all__ = ["SEEN", "LastNote"]

SEEN = 0.5
"""Seconds that a note stays whatever is pressed: a key held down would take it at once."""


class LastNote(Base):
    """Goes before ``App`` among the bases of the app."""

    async def on_event(self, event: Event) -> None:
        """A key is an answer to what stands there: it need not stand there any longer."""
        if isinstance(event, Key) and not event.is_forwarded and self._notifications:
            newest = max(note.raised_at for note in self._notifications)
            if time.time() - newest >= SEEN:
                self.clear_notifications()
        await super().on_event(event)

    def _refresh_notifications(self) -> None:
        super()._refresh_notifications()
        self.call_later(self._note_on_top_alone)

    def _note_on_top_alone(self) -> None:
        """Textual leaves a note where it stood when a dialog opens, which shows it as well."""
        for screen in self.screen_stack[:-1]:
            for rack in screen.query("ToastRack"):
                if rack.display:
                    rack.display = False
                    screen.refresh(layout=True)
