"""Keys for an audience: from beat to beat, by itself, and the stage."""

from __future__ import annotations

from concurrent.futures import Future

from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.actions.group import ActionGroup, Controller
from tooltrace.tui.keys.conditions import can_step
from tooltrace.tui.present.autoplay import Autoplay
from tooltrace.tui.present.presenter import Presenter
from tooltrace.tui.rows.last_move import LastMove

__all__ = ["PresentActions"]


class PresentActions(ActionGroup):
    """Beats act in any layout; the stage is one of them."""

    asks_itself = frozenset({"next_beat", "beat_back"})

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self.presenter = Presenter(controller.screen, controller.panes)
        self.play = Autoplay(controller.screen, self._beat, self._stands, self._played)

    def next_beat(self) -> None:
        """To the next beat."""
        if not self.controller.about_outcome():
            self.controller.in_turn("next_beat", self.debugger.submit.beat)

    def beat_back(self) -> None:
        """One beat back; nothing runs."""
        self.controller.in_turn("beat_back", lambda: self.debugger.submit.back("beat"))

    def autoplay(self) -> None:
        """Go from beat to beat by itself."""
        why = can_step(self.debugger.view())
        if why is not None:
            self.tell(why, "warning")
            return
        self.play.start()
        if not self.presenter.on:
            self.tell(self.play.words)

    def present(self) -> None:
        """The stage, or the panes again."""
        self.presenter.turn(not self.presenter.is_up)
        self.controller.repaint()

    def show_keys(self) -> None:
        """Show on the stage which keys are pressed, or no longer."""
        self.presenter.shows_keys = not self.presenter.shows_keys
        self.controller.repaint()

    def look_behind(self, pane: str) -> bool:
        """Show a pane in place of the stage, or with "" the stage again; whether that changed."""
        presenter = self.presenter
        if not presenter.on or presenter.pane == pane:
            return False
        presenter.look_behind(pane)
        self.controller.repaint()
        return True

    def saw(self, key: str) -> bool:
        """Take note of a key, before it acts; whether it is for autoplay alone."""
        if self.play.saw(key):
            return True
        self.presenter.saw(key)
        return False

    def draw(self, view: View, move: LastMove | None) -> None:
        """The stage as of this view."""
        self.presenter.draw(view, move)

    def _beat(self) -> Future[Stop] | None:
        if can_step(self.debugger.view()) is not None:
            return None
        return self.debugger.submit.beat(writes=False)

    def _stands(self, pace: float) -> float:
        return pace

    def _played(self) -> None:
        self.presenter.playing = self.play.words
        self.controller.repaint()
