"""What deals with the keys of a session is given: the debugger, the panes, who asks and tells."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.stop import Stop
from tooltrace.tui.actions.escape import Escape
from tooltrace.tui.panes.session_panes import SessionPanes
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.session_rows import SessionRows
from tooltrace.tui.safe_text import Severity

if TYPE_CHECKING:
    from textual.screen import Screen

__all__ = ["ActionGroup", "Command", "Controller", "OnSession", "Then"]

Then = Callable[[Stop], None]
Command = Callable[[], Future[Stop]]
Result = TypeVar("Result")


class Finding(Protocol):
    """What marks in the panes what was found."""

    def let_go(self) -> bool:
        """Mark nothing any more; whether anything was."""
        ...


class Controller(Protocol):
    """Who gives the debugger its commands, as far as a group of actions knows it."""

    screen: Screen[Any]
    debugger: Debugger
    panes: SessionPanes
    rows: SessionRows
    stdio: tuple[int, int, int] | None
    escape: Escape

    @property
    def finding(self) -> Finding:
        """What was found, and is marked."""
        ...

    def press(self, ident: str) -> None:
        """Do what an action does, or say why it is not possible now."""

    def refused(self, ident: str) -> bool:
        """Whether an action is not possible now; if so, it has been said why."""
        ...

    def in_turn(self, ident: str, command: Command) -> None:
        """Give a command, or give it after one that was given just now and has not ended."""

    def ask(self, answer: Future[Stop], then: Callable[[Stop], None] | None = None) -> None:
        """Deal with a debugger command when it has ended."""

    def show(
        self, dialog: Screen[Result], then: Callable[[Result | None], None] | None = None
    ) -> None:
        """Put a dialog over the session, and deal with its answer."""

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Say something in a note."""

    def repaint(self) -> None:
        """Show at once what is shown otherwise now."""

    def look_behind(self, pane: str) -> bool:
        """Show a pane in place of the stage, or with "" the stage again; whether that changed."""
        ...

    def edit_what(self, what: Selected) -> None:
        """Edit what is selected."""

    def about_outcome(self) -> bool:
        """Whether going on means saying first what became of a call; if so, it has been asked."""
        ...


class OnSession:
    """Has the parts of the session's screen that it needs, and no part of it is the screen's."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.debugger = controller.debugger
        self.panes = controller.panes
        self.ask = controller.ask
        self.show = controller.show
        self.tell = controller.tell


class ActionGroup(OnSession):
    """Methods named by the ids of actions; one is called when its action is possible now.

    Those in ``asks_itself`` are called in any case: they have something to do or to ask before.
    """

    asks_itself: ClassVar[frozenset[str]] = frozenset()
