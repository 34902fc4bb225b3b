"""A screen says what its keys are, why one does nothing now, and does what one of them does.

So the key bar, the menu of the right mouse button and the palette need not know which screen it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.events import Click

from tooltrace.tui.keys.action import Action, Scope
from tooltrace.tui.keys.keymap import action
from tooltrace.tui.keys.menu import MenuEntry, menu_entries
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.widgets.key_lines import KeyLines

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object

__all__ = ["OffersKeys"]


class OffersKeys(Base):
    """Goes before ``Screen`` among the bases of a screen whose keys are rows of the registry."""

    SCOPE: Scope = "app"
    ALSO: ClassVar[tuple[Scope, ...]] = ()
    """Further scopes whose keys act here."""

    def why_not(self, entry: Action) -> str | None:
        """Why an action is not possible now, in one sentence; None when it is."""
        return None

    def pane_name(self) -> str | None:
        """The pane that has the focus, where panes have keys of their own."""
        return None

    def keys_here(self) -> list[MenuEntry]:
        """All that can be done here, and what cannot be now."""
        in_rows = isinstance(self.focused, RowsPane)
        scopes = (self.SCOPE, *self.ALSO)
        return menu_entries(scopes, self.pane_name(), in_rows, self._why_not)

    def told(self, ident: str) -> str:
        """What an action does, and why not now, if so."""
        entry = action(ident)
        why = self._why_not(entry)
        return entry.help if why is None else f"{entry.help} · not now: {why}"

    def _why_not(self, entry: Action) -> str | None:
        why = self.why_not(entry)
        return why and with_keys(why, self.SCOPE)

    async def do(self, ident: str) -> None:
        """Do what the action's key does."""
        scope = action(ident).scope
        taker = {"anywhere": self.app, "pane": self.focused}.get(scope, self)
        if taker is not None:
            await taker.run_action(ident)

    async def on_key_lines_pressed(self, event: KeyLines.Pressed) -> None:
        """A key was clicked where it is said."""
        event.stop()
        await self.do(event.ident)

    async def on_click(self, event: Click) -> None:
        """The right button asks what can be done here."""
        if event.button == 3:
            event.stop()
            await self.do("menu")
