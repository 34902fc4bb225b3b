"""Every key of the app, once, what it does, and when it can: nothing is bound anywhere else
(the other files of this folder that end in ``_keys`` have some rows).

Lower case moves, capitals reverse, change history or write a file. A row and a method make a key:
``when`` is one of ``keys/conditions.py``; bindings, key bar, help, palette and the README follow.
"""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section
from tooltrace.tui.keys.app_keys import APP_ACTIONS
from tooltrace.tui.keys.block_keys import BLOCK_ACTIONS
from tooltrace.tui.keys.border_keys import BORDER_ACTIONS
from tooltrace.tui.keys.call_keys import CALL_ACTIONS
from tooltrace.tui.keys.conditions import (
    always,
    busy,
    can_change,
    can_compare,
    can_force,
    can_fork,
    can_go_back,
    can_go_on,
    can_go_past,
    can_inject,
    can_inspect,
    can_redo,
    can_resample,
    can_retry,
    can_say,
    can_step,
    can_step_in,
    can_stub,
    can_undo,
    idle,
    on_call,
    on_record,
)
from tooltrace.tui.keys.editor_keys import EDITOR_ACTIONS
from tooltrace.tui.keys.find_keys import FIND_ACTIONS
from tooltrace.tui.keys.pager_keys import PAGER_ACTIONS
from tooltrace.tui.keys.place_keys import PLACE_ACTIONS
from tooltrace.tui.keys.present_keys import PRESENT_ACTIONS
from tooltrace.tui.keys.request_keys import REQUEST_ACTIONS

__all__ = ["ACTIONS"]

_GO, _BACK, _CHANGE = Section("Go on"), Section("Go back"), Section("Change")
_LOOK, _APP = Section("Look"), Section("The app")
_PANE = Section("In a pane", "pane")
_DIALOG, _HELP = Section("In a dialog", "dialog"), Section("In the help", "help")
_COMPARE = Section("Side by side", "compare")
_TREE = Section("In the list of branches", "branches")
_EFFECTS = Section("Before calls are made again", "effects")
_SAMPLES = Section("In the answers", "samples")
_POINTS = Section("In the list of breakpoints", "breakpoints")
_CALLS = ("conversation", "calls", "inspector")

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
    Action("run_to_cursor", ("g",), "go here", "run to the cursor", _GO, when=idle, on=on_record),
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
    Action(
        "retry",
        ("R",),
        "retry",
        "make a call again",
        _CHANGE,
        panes=_CALLS,
        when=can_retry,
        on=on_call,
    ),
    Action(
        "reload",
        ("ctrl+r",),
        "load again",
        "load the workflow's files again, as they are now",
        _CHANGE,
        when=idle,
    ),
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
        "breakpoints",
        ("l",),
        "break list",
        "breakpoints, logpoints and watches: add, switch off, edit, delete",
        _LOOK,
        when=always,
    ),
    Action(
        "branches",
        ("v",),
        "branches",
        "the tree: switch, name, describe, prune",
        _LOOK,
        True,
        when=idle,
    ),
    *PLACE_ACTIONS,
    *CALL_ACTIONS,
    *PRESENT_ACTIONS,
    Action(
        "compare",
        ("d",),
        "compare",
        "compare this branch with another one",
        _LOOK,
        when=can_compare,
    ),
    Action(
        "context",
        ("w",),
        "request",
        "the whole request: its parts, what is new, the cache",
        _LOOK,
        when=can_inspect,
    ),
    Action("copy", ("y",), "copy", "copy the selected value, picture or document", _LOOK),
    Action(
        "open_outside",
        ("o",),
        "open outside",
        "open the selected picture or document outside",
        _LOOK,
        panes=_CALLS,
    ),
    Action(
        "export",
        ("O",),
        "hand on",
        "write the branch for others: a page, a test, a trace",
        _LOOK,
        when=idle,
    ),
    Action("find", ("/", "f3"), "find", "find text, in the pane or in all", _LOOK, True),
    Action("find_next", ("]",), "next match", "the next match", _LOOK),
    Action("find_previous", ("[",), "previous match", "the previous match", _LOOK),
    Action("pane_1", ("1",), "conversation", "go to the conversation", _LOOK),
    Action("pane_2", ("2",), "workflow", "go to the workflow", _LOOK),
    Action("pane_3", ("3",), "tool calls", "go to the tool calls", _LOOK),
    Action("pane_4", ("4",), "inspector", "go to the inspector, or put it away", _LOOK),
    Action("next_pane", ("tab",), "next pane", "go to the next pane", _LOOK),
    Action("markdown", ("#",), "Markdown", "lay Markdown out, or show it as it was written", _LOOK),
    Action("zoom", ("z",), "zoom", "one pane over the whole screen, and back", _LOOK),
    *BORDER_ACTIONS,
    Action(
        "jump",
        ("ctrl+o", ":"),
        "jump",
        "jump to any record by its number",
        _LOOK,
        when=idle,
    ),
    Action("leave", ("escape",), "up", "one level up: close, leave, let go", _APP),
    Action("help", ("?", "f1"), "help", "the keys and words, for this pane", _APP, True),
    Action("command_palette", ("ctrl+p",), "palette", "every action by name", _APP, True),
    Action("quit", ("q",), "quit", "save and leave", _APP, True),
    *APP_ACTIONS,
    Action("cursor_up", ("up", "k"), "up", "up", _PANE),
    Action("cursor_down", ("down", "j"), "down", "down", _PANE),
    Action("page_up", ("pageup",), "page up", "a page up", _PANE),
    Action("page_down", ("pagedown",), "page down", "a page down", _PANE),
    Action("cursor_first", ("home",), "first", "to the first", _PANE),
    Action("cursor_last", ("end",), "last", "to the last, and follow", _PANE),
    Action("choose", ("enter",), "open", "open or close what is selected", _PANE),
    *EDITOR_ACTIONS,
    Action("pick", ("enter",), "pick", "take what is marked", _DIALOG, True),
    Action("close", ("escape",), "cancel", "leave, nothing happens", _DIALOG, True),
    *BLOCK_ACTIONS,
    *PAGER_ACTIONS,
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
    *FIND_ACTIONS,
    *REQUEST_ACTIONS,
    Action("switch", ("enter",), "switch", "go to the end of it", _TREE, True),
    Action("rename", ("e", "r"), "rename", "give it another name", _TREE, True),
    Action("describe", ("d",), "describe", "say what it is for", _TREE, True),
    Action("prune", ("x",), "prune", "out of view, or back", _TREE, True),
    Action("show_all", ("a",), "all", "pruned ones too, or not", _TREE, True),
    Action("compare_branch", ("D", "="), "compare", "with where you are", _TREE),
    Action("filter", ("/",), "filter", "only those with these words", _TREE, True),
    Action("undo_said", ("u",), "undo", "undo the last change made here", _TREE, True),
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
    Action("add_point", ("a",), "add", "add a breakpoint or a logpoint", _POINTS, True),
    Action("add_watch", ("w",), "watch", "add a watch", _POINTS, True),
    Action("pick_point", ("b",), "pick", "pick a tool, a state or a kind", _POINTS, True),
    Action("switch_point", ("space",), "on/off", "switch it off, or on", _POINTS, True),
    Action("edit_point", ("enter", "e"), "edit", "write it anew", _POINTS, True),
    Action("delete_point", ("x", "delete"), "delete", "take it away", _POINTS, True),
    Action("filter_points", ("/",), "filter", "only those with these words", _POINTS, True),
    Action("undo_points", ("u",), "undo", "undo the last change made here", _POINTS, True),
    Action("points_help", ("?", "f1"), "help", "these keys", _POINTS, True),
    Action("leave_points", ("escape", "q", "l"), "back", "to the session", _POINTS, True),
    Action("leave_help", ("escape", "?", "q", "f1"), "close", "back", _HELP, True),
)
