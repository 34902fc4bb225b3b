"""The panes of a session in columns: what was said, the machine over its calls, the inspector.

``SessionPanes`` says which of them are there; the rules here say how wide and high they are.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.signed_pane import SignedPane

__all__ = ["SessionBox"]


class SessionBox(Horizontal):
    """The inspector is the third column where there is room, else it shares the second one."""

    DEFAULT_CSS = """
    SessionBox { height: 1fr; }
    SessionBox #conversation { width: 9fr; height: 1fr; }
    SessionBox #right { width: 11fr; height: 1fr; layout: vertical; }
    SessionBox #right.roomy { width: 20fr; layout: horizontal; }
    SessionBox #middle { width: 1fr; height: 1fr; }
    SessionBox #inspector { width: 1fr; height: 1fr; }
    SessionBox #right.shared #inspector { height: 3fr; }
    SessionBox #right.shared #middle { height: 2fr; }
    SessionBox #right.roomy #middle, SessionBox #right.roomy #inspector { height: 1fr; }
    SessionBox #workflow { height: 1fr; }
    SessionBox #calls { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """From left to right, and in the second column from top to bottom."""
        yield SignedPane(id="conversation", empty="nothing was said yet")
        with Container(id="right"):
            with Vertical(id="middle"):
                yield RowsPane(id="workflow")
                yield SignedPane(id="calls", empty="no tool was called yet: n steps")
            yield RowsPane(id="inspector")
