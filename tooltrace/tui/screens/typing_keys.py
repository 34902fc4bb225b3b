"""The keys of a text that is edited: take back, type again, mark all. Nothing of the session's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tooltrace.tui.widgets.inputs import ValueArea

if TYPE_CHECKING:
    from textual.screen import Screen

    Base = Screen[Any]
else:
    Base = object

__all__ = ["TypingKeys"]


class TypingKeys(Base):
    """Goes before ``Screen`` among the bases of a screen with a text to edit."""

    @property
    def _area(self) -> ValueArea | None:
        return next(iter(self.query(ValueArea)), None)

    def action_undo_typing(self) -> None:
        """Take back what was typed last; the editor's own, nothing of the session's."""
        if (area := self._area) is not None:
            area.undo()

    def action_redo_typing(self) -> None:
        """Type it again."""
        if (area := self._area) is not None:
            area.redo()

    def action_select_everything(self) -> None:
        """Mark all of the text."""
        if (area := self._area) is not None:
            area.select_all()
