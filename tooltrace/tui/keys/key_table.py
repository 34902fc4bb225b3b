"""Every key of the app, once, what it does, and when it can: nothing is bound anywhere else.

Lower case moves, capitals reverse or change history. A row and a method make a key: ``when`` is one
of ``keys/conditions.py``, and bindings, key bar, help, palette and the README follow. Pure data.
"""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section
from tooltrace.tui.keys.conditions import (
    busy,
    can_change,
    can_compare,
    can_force,
    can_fork,
    can_go_back,
    can_go_on,
    can_go_past,
    can_inject,
    can_redo,
    can_resample,
    can_retry,
    can_say,
    can_step,
    can_step_in,
    can_stub,
    can_undo,
    has_bookmarks,
    idle,
)

__all__ = ["ACTIONS"]

_GO, _BACK, _CHANGE = Section("Go on"), Section("Go back"), Section("Change")
_LOOK, _APP = Section("Look"), Section("The app")
_PANE, _EDITOR = Section("In a pane", "pane"), Section("In the editor", "editor")
_DIALOG, _HELP = Section("In a dialog", "dialog"), Section("In the help", "help")
_COMPARE = Section("Side by side", "compare")
_TREE = Section("In the list of branches", "branches")
_EFFECTS = Section("Before calls are made again", "effects")
_SAMPLES = Section("In the answers", "samples")
_CALLS = ("conversation", "calls")

ACTIONS: tuple[Action, ...] = (
    Action(
        "step", ("n", "f10"), "step", "to the next tool call or event", _GO, True, when=can_step
    ),
    Action("next_reply", ("t",), "turn", "to the next model reply", _GO, True, when=can_go_on),
    Action(
        "resume",
        ("c", "f5"),
        "continue",
        "go on until something stops the run",
        _GO,
        True,
        when=can_go_on,
    ),
    Action("pause", ("p", "f6"), "pause", "stop at the next safe point", _GO, True, when=busy),
    Action("step_in", ("s",), "step in", "step into a nested agent", _GO, when=can_step_in),
    Action("run_to_cursor", ("g",), "go here", "run to the cursor", _GO, when=idle),
    Action(
        "step_back", ("N",), "back", "one step back; nothing runs", _BACK, True, when=can_go_back
    ),
    Action(
        "resume_back",
        ("C",),
        "back to break",
        "continue backwards; nothing runs",
        _BACK,
        when=can_go_back,
    ),
    Action("edit", ("e",), "edit", "edit the selected value", _CHANGE, True, when=can_change),
    Action(
        "edit_external",
        ("E",),
        "$EDITOR",
        "edit the selected value in $EDITOR",
        _CHANGE,
        when=can_change,
    ),
    Action("force", ("T",), "force", "force a transition", _CHANGE, True, when=can_force),
    Action("fork", ("F",), "fork", "begin a branch here", _CHANGE, True, when=can_fork),
    Action("replay", ("r",), "replay", "replay from here", _CHANGE, True, when=can_change),
    Action(
        "stub",
        ("S",),
        "stub",
        "type the result of a pending call",
        _CHANGE,
        panes=_CALLS,
        when=can_stub,
    ),
    Action("inject", ("x",), "fault", "make the paused call go wrong", _CHANGE, when=can_inject),
    Action("scenario", ("X",), "scenario", "write the faults as a file for CI", _CHANGE),
    Action("retry", ("R",), "retry", "make a call again", _CHANGE, panes=_CALLS, when=can_retry),
    Action(
        "resample",
        ("M",),
        "ask k times",
        "ask the model k times, with and without an edit",
        _CHANGE,
        when=can_resample,
    ),
    Action("say", ("i",), "say", "say something to the model", _CHANGE, when=can_say),
    Action(
        "go_past",
        ("G",),
        "go past",
        "go on past a limit or a stuck verdict",
        _CHANGE,
        when=can_go_past,
    ),
    Action(
        "undo",
        ("u",),
        "undo",
        "undo an edit, a fork, a force, a switch",
        _CHANGE,
        True,
        when=can_undo,
    ),
    Action("redo", ("U",), "redo", "do again what was undone", _CHANGE, when=can_redo),
    Action("breakpoint", ("b", "f9"), "break", "set or clear a breakpoint", _LOOK, True),
    Action("breakpoint_when", ("B",), "break if", "a breakpoint with a condition", _LOOK),
    Action(
        "branches",
        ("v",),
        "branches",
        "the tree: switch, name, describe, prune",
        _LOOK,
        True,
        when=idle,
    ),
    Action(
        "bookmark",
        ("m",),
        "bookmark",
        "bookmark the selected record, or take it off",
        _LOOK,
        when=can_change,
    ),
    Action(
        "bookmarks",
        ("'",),
        "bookmarks",
        "list the bookmarks, jump to one",
        _LOOK,
        when=has_bookmarks,
    ),
    Action(
        "next_bookmark", ("}",), "next bookmark", "to the next bookmark", _LOOK, when=has_bookmarks
    ),
    Action(
        "previous_bookmark",
        ("{",),
        "previous bookmark",
        "to the bookmark before",
        _LOOK,
        when=has_bookmarks,
    ),
    Action(
        "compare",
        ("d",),
        "compare",
        "compare this branch with another one",
        _LOOK,
        when=can_compare,
    ),
    Action(
        "context", ("w",), "context", "what changed in the context since the last request", _LOOK
    ),
    Action("copy", ("y",), "copy", "copy the selected value", _LOOK),
    Action("find", ("/", "f3"), "find", "find text in the pane", _LOOK, True),
    Action("find_next", ("]",), "next match", "the next match", _LOOK),
    Action("find_previous", ("[",), "previous match", "the previous match", _LOOK),
    Action("pane_1", ("1",), "conversation", "go to the conversation", _LOOK),
    Action("pane_2", ("2",), "workflow", "go to the workflow", _LOOK),
    Action("pane_3", ("3",), "tool calls", "go to the tool calls", _LOOK),
    Action("next_pane", ("tab",), "next pane", "go to the next pane", _LOOK),
    Action("zoom", ("z",), "zoom", "one pane over the whole screen, and back", _LOOK),
    Action(
        "jump",
        ("ctrl+o", ":"),
        "jump",
        "jump to any record or step by its number",
        _LOOK,
        when=idle,
    ),
    Action("leave", ("escape",), "up", "one level up: close, leave, let go", _APP),
    Action("help", ("?", "f1"), "help", "the keys and words, for this pane", _APP, True),
    Action("command_palette", ("ctrl+p",), "palette", "every action by name", _APP, True),
    Action("quit", ("q",), "quit", "save and leave", _APP, True),
    Action("cursor_up", ("up",), "up", "up", _PANE),
    Action("cursor_down", ("down",), "down", "down", _PANE),
    Action("page_up", ("pageup",), "page up", "a page up", _PANE),
    Action("page_down", ("pagedown",), "page down", "a page down", _PANE),
    Action("cursor_first", ("home",), "first", "to the first", _PANE),
    Action("cursor_last", ("end",), "last", "to the last, and follow", _PANE),
    Action("choose", ("enter",), "open", "open or close what is selected", _PANE),
    Action("accept", ("ctrl+s", "f2"), "accept", "take the value", _EDITOR, True),
    Action("as_text", ("ctrl+t",), "text", "JSON or plain text", _EDITOR, True),
    Action("external", ("f4",), "$EDITOR", "go on in $EDITOR", _EDITOR, True),
    Action("cancel", ("escape",), "cancel", "leave; twice if changed", _EDITOR, True),
    Action("pick", ("enter",), "pick", "take what is marked", _DIALOG, True),
    Action("close", ("escape",), "cancel", "leave, nothing happens", _DIALOG, True),
    Action("next_difference", ("n", "]"), "next", "to the next difference", _COMPARE, True),
    Action("previous_difference", ("p", "["), "previous", "to the one before", _COMPARE, True),
    Action(
        "open_both",
        ("enter",),
        "open or go",
        "read both sides whole where they were cut, else stand on the record",
        _COMPARE,
        True,
    ),
    Action("go_there", ("g",), "go there", "stand on the record", _COMPARE, True),
    Action(
        "other_side",
        ("tab", "left", "right"),
        "side",
        "go to the other side's record",
        _COMPARE,
        True,
    ),
    Action("show_same", ("a",), "all", "show what is the same, or fold it", _COMPARE, True),
    Action("leave_compare", ("escape", "q"), "back", "back", _COMPARE, True),
    Action("switch", ("enter",), "switch", "go to the end of it", _TREE, True),
    Action("rename", ("e", "r"), "rename", "give it another name", _TREE, True),
    Action("describe", ("d",), "describe", "say what it is for", _TREE, True),
    Action("prune", ("x",), "prune", "out of view, or back", _TREE, True),
    Action("show_all", ("a",), "all", "pruned ones too, or not", _TREE, True),
    Action("compare_branch", ("D", "="), "compare", "with where you are", _TREE),
    Action("filter", ("/",), "filter", "only those with these words", _TREE, True),
    Action("tree_help", ("?", "f1"), "help", "these keys", _TREE, True),
    Action("leave_tree", ("escape", "v"), "back", "to the session", _TREE, True),
    Action("allow_one", ("space",), "allow", "let it run", _EFFECTS, True),
    Action("allow_all", ("a",), "all", "let all of them run", _EFFECTS, True),
    Action("go_on", ("enter",), "go on", "with what is allowed", _EFFECTS, True),
    Action("leave_effects", ("escape",), "stay", "do nothing", _EFFECTS, True),
    Action("open_sample", ("enter",), "open", "open or read", _SAMPLES, True),
    Action("take_sample", ("t",), "take", "go on from it", _SAMPLES, True),
    Action("ask_again", ("a",), "ask again", "ask again", _SAMPLES, True),
    Action("leave_samples", ("escape", "q"), "back", "back", _SAMPLES, True),
    Action("leave_help", ("escape", "?", "q", "f1"), "close", "back", _HELP, True),
)
