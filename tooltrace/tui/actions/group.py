"""What deals with the keys of a session is given: the debugger, the panes, who asks and tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tooltrace.tui.actions.controller import SessionController

__all__ = ["ActionGroup", "OnSession"]


class OnSession:
    """Has the parts of the session's screen that it needs, and no part of it is the screen's."""

    def __init__(self, controller: SessionController) -> None:
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
