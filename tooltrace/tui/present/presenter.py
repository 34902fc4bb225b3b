"""Presenting: the stage in place of the panes, and what the presenter's keys make of it.

A layout of the session's screen, and no state of the session: nothing here is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tooltrace.core.decide.next_action import RunTools
from tooltrace.debugger.view import View
from tooltrace.tui.keys.action import Action
from tooltrace.tui.keys.keymap import action, in_scope, key_label
from tooltrace.tui.panes.session_panes import SessionPanes
from tooltrace.tui.present.stage import Stage
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.rows.lines import Line, Span
from tooltrace.tui.rows.present.stage import Cue, StageRows

if TYPE_CHECKING:
    from textual.screen import Screen

__all__ = ["Presenter"]

_KEPT = 3
_BEHIND = ("status", "panes", "caption", "timeline", "keys")
_TOLD = {"next_beat": "next", "beat_back": "back", "autoplay": "play", "present": "panes"}


class Presenter:
    """Whether the stage is up, what is in front of it, and which keys were pressed last."""

    def __init__(self, screen: Screen[Any], panes: SessionPanes) -> None:
        self.on = False
        self.shows_keys = False
        self.caption = ""
        """What stands in place of the caption, as long as one stays where one is."""
        self.playing = ""
        """What autoplay does, in words; empty while it does not."""
        self.over = False
        """Whether a script is at its end, and one stands where it left one."""
        self._screen, self._panes = screen, panes
        self._rows = StageRows()
        self._pane = ""
        self._pressed: list[str] = []
        self._stands_for = ""

    @property
    def stage(self) -> Stage:
        """The widget."""
        return self._screen.query_one("#stage", Stage)

    @property
    def pane(self) -> str:
        """The pane that is in front of the stage; empty for the stage itself."""
        return self._pane

    def turn(self, on: bool) -> None:
        """Put the stage up, or take it away."""
        self.on, self._pane = on, ""
        self._put_up()

    def _put_up(self) -> None:
        self._panes.staged = self.is_up
        self.stage.display = self.is_up
        for name in _BEHIND:
            self._screen.query_one(f"#{name}").display = not self.is_up
        self._panes.lay_out()
        if not self.is_up:
            self._panes.pane(self._panes.focused()).focus()

    def look_behind(self, pane: str) -> None:
        """Show a pane in place of the stage; with none it is the stage."""
        self._pane = pane
        self._put_up()

    @property
    def is_up(self) -> bool:
        """Whether the stage is what is seen."""
        return self.on and not self._pane

    def saw(self, key: str) -> None:
        """Take note of a key that was pressed, for who wants to see them."""
        named = next((each for each in in_scope() if key in each.keys), None)
        if named is not None:
            self._pressed = [*self._pressed, _told(named)][-_KEPT:]

    def stands_for(self, ident: str) -> None:
        """Show with which key a person does what a script just did."""
        self._stands_for = _told(action(ident))

    def draw(self, view: View, move: LastMove | None) -> None:
        """The stage as of this view."""
        if not self.is_up:
            return
        size = self._screen.size
        cue = Cue(self.caption, self._keys(), self._last(), self._word(view))
        self.stage.show(self._rows.lines(view, move, cue, size.width, size.height))

    def _word(self, view: View) -> str:
        """What goes on, before an audience; empty where the status line has the word for it."""
        if view.running or view.stop.kind == "confirm":
            return ""
        if self.playing:
            return "PLAYING"
        if view.stop.kind == "paused" and isinstance(view.action, RunTools) and view.stop.text:
            return "WAITS FOR SPACE"
        return "THE END" if self.over else ""

    def _keys(self) -> Line:
        if self.playing:
            return ((self.playing, "dim"),)
        spans: list[Span] = []
        for ident, does in _TOLD.items():
            spans += [(key_label(action(ident).keys[0]), "key"), (f" {does}   ", "dim")]
        return tuple(spans)

    def _last(self) -> Line:
        if not self.shows_keys or not self._pressed:
            by = self._stands_for
            return (("key for this: ", "dim"), (by, "strong")) if by else ()
        *before, last = self._pressed
        told = "".join(f"{one} · " for one in before)
        return (("pressed: ", "dim"), (told, "dim"), (last, "strong"))


def _told(entry: Action) -> str:
    return f"{key_label(entry.keys[0])} {entry.label}"
