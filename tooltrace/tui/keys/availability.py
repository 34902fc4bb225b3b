"""Which actions are possible now, and why the others are not: one sentence each.

The key bar dims by this, a pressed key says it, and the palette shows it. Pure.
"""

from __future__ import annotations

from tooltrace.core.decide.next_action import AwaitUser, CallModel, RunTools, asks_model
from tooltrace.debugger.faults.faults import why_none
from tooltrace.debugger.session.recorded_ref import open_with
from tooltrace.debugger.view import View
from tooltrace.tui.keys.keymap import in_scope

__all__ = ["available", "why_not"]

_WRITES = frozenset(
    {
        "edit",
        "edit_external",
        "force",
        "fork",
        "replay",
        "stub",
        "retry",
        "say",
        "go_past",
        "bookmark",
        "inject",
        "resample",
    }
)
_NOT_WHILE_RUNNING = _WRITES | {
    "step",
    "next_reply",
    "resume",
    "step_back",
    "resume_back",
    "run_to_cursor",
    "undo",
    "redo",
    "branches",
    "compare",
    "jump",
    "bookmarks",
    "next_bookmark",
    "previous_bookmark",
    "scenario",
}
NOTHING_TO_UNDO = (
    "there is nothing to undo; names, pruning and bookmarks are changed back where they were made"
)
_GOES_ON = frozenset({"step", "next_reply", "resume"})


def why_not(ident: str, view: View) -> str | None:
    """Why an action is not possible now; None when it is."""
    if view.retry is not None and ident == "step":
        return None
    if view.running and ident in _NOT_WHILE_RUNNING:
        return "running: pause first (p), or give up the call (esc esc)"
    if ident == "pause":
        return None if view.running else "nothing is running"
    if view.read_only and (ident in _WRITES or (ident in _GOES_ON and view.at_tip)):
        return view.read_only
    if ident in _GOES_ON:
        return _cannot_go_on(ident, view)
    match ident:
        case "step_back" | "resume_back":
            return "this is the start" if view.head == view.path[0] else None
        case "force" if view.snapshot.state is None:
            return "this workflow has no states"
        case "force" | "fork" if not view.snapshot.settled:
            return "a call is still open here: step back before it, or answer it first (S)"
        case "compare" if len(view.branches) < 2:
            return "there is only one branch: F begins another, and so does an edit"
        case "undo":
            return None if view.can_undo else NOTHING_TO_UNDO
        case "redo":
            return None if view.can_redo else "there is nothing to redo"
        case "bookmarks" | "next_bookmark" | "previous_bookmark":
            return None if view.bookmarks else "there is no bookmark yet: m sets one"
        case "stub":
            open_calls = any(call.status != "returned" for call in view.snapshot.calls)
            return None if open_calls else "no call is waiting for a result here"
        case "inject":
            return why_none(view.action)
        case "retry":
            return None if view.live else f"nothing can run: {_open_with(view)}"
        case "resample" if not view.live:
            return f"nothing can be asked: {_open_with(view)}"
        case "resample":
            here = asks_model(view.action)
            return None if here else "the model is not asked next here: n or N to before a reply"
        case "say":
            open_calls = any(call.status != "returned" for call in view.snapshot.calls)
            return "a call is still open here: step, or type its result (S)" if open_calls else None
        case "go_past":
            return None if view.stop.kind in ("limit", "stuck") else "there is no limit to go past"
        case "step_in":
            return "there is no nested agent here"
        case _:
            return None


def _cannot_go_on(ident: str, view: View) -> str | None:
    if not view.at_tip or view.replaying:
        return None
    match view.action:
        case AwaitUser(why="model_failed" | "incomplete", text=text):
            return None if ident == "step" and view.live else f"{text} · n asks the model again"
        case AwaitUser(why="finished", text=text):
            return f"{text} · N goes back, F forks, r replays"
        case AwaitUser(text=text):
            return text
        case CallModel() | RunTools() if not view.live:
            return f"nothing can run: {_open_with(view)} (S types a result)"
        case _:
            return None


def _open_with(view: View) -> str:
    return open_with(view.tree, view.snapshot.run)


def available(view: View) -> frozenset[str]:
    """The ids of all actions that are possible now."""
    return frozenset(entry.id for entry in in_scope("app") if why_not(entry.id, view) is None)
