"""What became of a session's file while it is open: what is here can be saved at once."""

from __future__ import annotations

from tooltrace.debugger.session.move import free_beside, named_beside, wrong_name
from tooltrace.debugger.stop import Stop
from tooltrace.tui.actions.group import OnSession
from tooltrace.tui.screens import dialogs

__all__ = ["LostFile"]


class LostFile(OnSession):
    """Asks when the file is gone, and again when something could not be saved because of that."""

    _asked: tuple[str, Stop] | None = None

    def look(self) -> None:
        """Look whether the file is still there; ask as soon as nothing else is asked."""
        gone, path = self.debugger.gone, self.debugger.session.file
        stop = self.debugger.view().stop
        if gone is None or path is None or not self.controller.screen.is_current:
            return
        before, at = self._asked or (None, stop)
        if gone == before and (stop is at or stop.kind != "error"):
            return
        self._asked = gone, stop

        def answered(name: str | None) -> None:
            if name is not None:
                self.ask(self.debugger.submit.save_as(named_beside(path, name)))

        self.show(
            dialogs.PromptScreen(
                gone,
                free_beside(path).stem,
                "All that is here can be saved under another name, and goes on there. "
                "Left as it is, it is in no file.",
                lambda name: wrong_name(path, name),
            ),
            answered,
        )
