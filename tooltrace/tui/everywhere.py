"""What can be done wherever one is: ask what can be done, and go somewhere by a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tooltrace.tui.dialog.picker import Choice, Picked, PickerScreen
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.keys.menu import MenuEntry
from tooltrace.tui.screens.jump_labels import JumpLabels, jump_targets

if TYPE_CHECKING:
    from textual.app import App

    Base = App[Any]
else:
    Base = object

__all__ = ["Everywhere", "MenuScreen"]

_KEY = 5
"""Cells for a key in the menu."""


class MenuScreen(PickerScreen[str]):
    """What can be done here; gives the id of an action."""


class Everywhere(Base):
    """Goes before ``App`` among the bases of the app."""

    def action_menu(self) -> None:
        """What can be done here, each with its key; what cannot says why."""
        below = self.screen
        if isinstance(below, MenuScreen) or not isinstance(below, OffersKeys):
            return

        def picked(choice: Picked[str] | None) -> None:
            if choice is not None:
                below.call_next(below.do, choice.value)

        choices = [_choice(entry) for entry in below.keys_here()]
        self.push_screen(MenuScreen("What can be done here", choices), picked)

    def action_labels(self) -> None:
        """A letter beside each place on the screen; the letter goes there."""
        if isinstance(self.screen, JumpLabels):
            return
        targets = jump_targets(self.screen)
        if targets:
            self.push_screen(JumpLabels(targets))
        else:
            self.bell()


def _choice(entry: MenuEntry) -> Choice[str]:
    return Choice(
        entry.action.id,
        f"{entry.key:<{_KEY}} {entry.action.label}",
        entry.action.help,
        enabled=entry.why is None,
        why=entry.why or "",
        group=entry.group,
    )
