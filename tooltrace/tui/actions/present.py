"""Keys for an audience: from beat to beat, by itself or along a script, and the stage."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.script.perform import perform
from tooltrace.debugger.script.script import ScriptAction, ScriptBeat
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.actions.group import ActionGroup, Controller
from tooltrace.tui.keys.conditions import can_step, idle
from tooltrace.tui.present.autoplay import PACE, Autoplay
from tooltrace.tui.present.presenter import Presenter
from tooltrace.tui.present.script_player import ScriptPlayer
from tooltrace.tui.rows.last_move import LastMove
from tooltrace.tui.services import Show

__all__ = ["PresentActions"]

_KEY_OF: dict[ScriptAction, str] = {
    "beat": "next_beat",
    "run": "resume",
    "back": "beat_back",
    "before": "jump",
    "edit": "edit",
    "context": "edit",
    "undo": "undo",
    "redo": "redo",
    "fork": "fork",
    "switch": "branches",
    "force": "force",
    "say": "say",
    "no": "close",
}
"""The action with which a person does what a beat of a script does."""


class PresentActions(ActionGroup):
    """Beats act in any layout; the stage is one of them."""

    asks_itself = frozenset({"next_beat", "beat_back"})

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self.presenter = Presenter(controller.screen, controller.panes)
        self.play = Autoplay(
            controller.screen, self._goes_on, self._stands, self._goes_past, self._played
        )
        self._script: ScriptPlayer | None = None
        self._asked = False
        """Whether the script came to a question, which stands on the stage and not in a dialog."""
        self._held = False
        """Whether autoplay stands only because a call that writes waits for a key."""

    def begin(self, show: Show | None) -> None:
        """Put up the stage, if that is wanted; a script plays until a person presses a key."""
        if show is None:
            return
        self.presenter.turn(True)
        if show.script is not None:
            self._script = ScriptPlayer(show.script, self.debugger.view())
            self.play.start()
        self.controller.repaint()

    def next_beat(self) -> None:
        """To the next beat, of the script where one is on it."""
        view = self.debugger.view()
        cue = None if view.running else self._due(view)
        if cue is not None:
            answer = self._performed(cue, view, writes=True)
            if answer is not None:
                answer.add_done_callback(self._then(self._said))
                if self._held:
                    answer.add_done_callback(self._then(self._resumes))
        elif not self.controller.about_outcome():
            self.controller.in_turn("next_beat", self._one_beat)

    def beat_back(self) -> None:
        """One beat back; nothing runs."""
        self.controller.in_turn("beat_back", lambda: self.debugger.submit.back("beat"))

    def autoplay(self) -> None:
        """Go from beat to beat by itself."""
        view = self.debugger.view()
        why = idle(view) or (None if self._due(view) is not None else can_step(view))
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
        self._held = self._held and key == "space"
        if key in ("y", "n", "escape") and self._asks():
            self._answered(yes=key == "y")
            return True
        self.presenter.saw(key)
        return False

    def draw(self, view: View, move: LastMove | None) -> None:
        """The stage as of this view."""
        if self._script is not None:
            self.presenter.caption = "" if view.running else self._script.caption(view)
            self.presenter.over = self._script.is_over(view)
        self.presenter.draw(view, move)

    def _one_beat(self) -> Future[Stop]:
        answer = self.debugger.submit.beat()
        if self._held:
            answer.add_done_callback(self._then(self._resumes))
        return answer

    def _due(self, view: View) -> ScriptBeat | None:
        return None if self._script is None else self._script.due(view)

    def _goes_on(self) -> Future[Stop] | None:
        """One beat by itself: no question is answered, nothing that writes is called."""
        view = self.debugger.view()
        cue = self._due(view)
        if cue is not None:
            return self._performed(cue, view, writes=False)
        return None if can_step(view) is not None else self.debugger.submit.beat(writes=False)

    def _performed(self, cue: ScriptBeat, view: View, *, writes: bool) -> Future[Stop] | None:
        try:
            answer = perform(self.debugger.submit, view, cue, writes)
        except BadCommand as error:
            self.tell(f"line {cue.line} of the script: {error}", "warning")
            return None
        if (ident := _KEY_OF.get(cue.kind)) is not None:
            self.presenter.stands_for(ident)
        answer.add_done_callback(self._then(self._went))
        return answer

    def _then(self, what: Callable[[Stop], None]) -> Callable[[Future[Stop]], None]:
        def ended(done: Future[Stop]) -> None:
            if not done.cancelled():
                self.controller.screen.call_later(what, done.result())

        return ended

    def _went(self, stop: Stop) -> None:
        if self._script is not None:
            self._script.done(self.debugger.view(), stop)
        self._asked = stop.kind == "confirm" and bool(stop.warnings)
        self.controller.repaint()

    def _asks(self) -> bool:
        """Whether the question of the script is what is seen now."""
        stop = self.debugger.view().stop
        return self._asked and self.presenter.is_up and stop.kind == "confirm"

    def _answered(self, *, yes: bool) -> None:
        """A person answers on the stage what is asked there: yes runs it again, no runs nothing."""
        view = self.debugger.view()
        cue = self._due(view)
        self._asked = False
        if yes:
            self.ask(self.debugger.submit.confirm())
        elif cue is not None and cue.kind == "no":
            self.next_beat()
        else:
            self.ask(self.debugger.submit.goto(view.head))

    def _resumes(self, stop: Stop) -> None:
        """A person let run what autoplay stood before: it goes on."""
        self._held = False
        over = self._script is not None and self._script.is_over(self.debugger.view())
        if stop.kind == "step" and not over:
            self.play.start()

    def _said(self, stop: Stop) -> None:
        if stop.kind == "error":
            self.tell(stop.text, "warning" if stop.refused else "error")

    def _stands(self, pace: float) -> float:
        pause = None if self._script is None else self._script.pause(self.debugger.view())
        return pace if pause is None else pause * pace / PACE

    def _goes_past(self, stop: Stop) -> bool:
        """A script may leave a question unanswered and go elsewhere; nothing else does.

        At its end it stands, whatever could come next.
        """
        if self._script is not None and self._script.is_over(self.debugger.view()):
            return False
        if stop.kind in ("step", "paused", "error"):
            self._held = stop.kind == "paused"
            return stop.kind == "step"
        cue = self._due(self.debugger.view())
        return cue is not None and cue.kind not in ("beat", "run")

    def _played(self) -> None:
        self.presenter.playing = self.play.words
        self.controller.repaint()
