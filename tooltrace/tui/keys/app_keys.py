"""The part of the registry of keys without a session: on the home screen, and wherever one is."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["APP_ACTIONS"]

_ANYWHERE, _HOME = Section("Anywhere", "anywhere"), Section("At home", "home")

APP_ACTIONS: tuple[Action, ...] = (
    Action("open_marked", ("enter",), "open", "open what is marked", _HOME, True),
    Action("filter_sessions", ("/", "f3"), "filter", "only sessions with some words", _HOME, True),
    Action("new_workflow", ("n",), "new", "a workflow of one's own, from a template", _HOME, True),
    Action("open_file", ("o",), "open file", "open a file by its path", _HOME, True),
    Action("rename_session", ("e",), "rename", "rename the session", _HOME, True),
    Action("remove_session", ("x", "delete"), "remove", "remove the session", _HOME, True),
    Action("look_again", ("r",), "look again", "look into the folder again", _HOME, True),
    Action("home_help", ("?", "f1"), "help", "the keys and words", _HOME, True),
    Action("stay", ("escape",), "up", "take the filter away", _HOME),
    Action("leave_home", ("q",), "quit", "leave", _HOME, True),
    Action("menu", (".", "f12"), "what can I do", "what can be done here, and why not", _ANYWHERE),
    Action("labels", (";", "f8"), "go to a letter", "a letter beside each place to go", _ANYWHERE),
    Action(
        "interrupt",
        ("ctrl+c",),
        "pause or quit",
        "copy marked text; else pause, and twice saves and quits",
        _ANYWHERE,
        first=True,
    ),
    Action("save_and_quit", ("ctrl+q",), "quit", "save and leave the app", _ANYWHERE, first=True),
    Action("ring", ("ctrl+g",), "ring", "ring when a long run stops, or no longer", _ANYWHERE),
    Action("redraw", ("ctrl+l",), "draw again", "draw the whole screen again", _ANYWHERE),
    Action(
        "suspend_process",
        ("ctrl+z",),
        "suspend",
        "stop as a job of the shell (fg goes on); in an editor, undo",
        _ANYWHERE,
    ),
)
