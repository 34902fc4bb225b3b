"""Text that is marked on a screen, with the mouse or in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tooltrace.tui import safe_text
from tooltrace.tui.widgets.inputs import ValueArea

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["copy_marked"]


def copy_marked(app: App[Any]) -> bool:
    """Copy the text that is marked, which it is no longer then; whether there was any."""
    text = app.screen.get_selected_text()
    if text:
        app.screen.clear_selection()
    elif isinstance(app.focused, ValueArea):
        text = app.focused.take_marked()
    if text:
        safe_text.copy(app, text)
    return bool(text)
