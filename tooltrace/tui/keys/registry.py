"""Every key of the app, once, and what it does: nothing is bound anywhere else.

Lower case moves, capitals reverse or change history. An action's ``id`` is the name of the
``action_…`` method of its screen. Pure data.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

__all__ = ["ACTIONS", "Action", "Scope"]

Scope = Literal[
    "app", "pane", "editor", "dialog", "help", "compare", "branches", "effects", "samples"
]
"""Where a key acts: anywhere, in a pane of rows, the value editor, a dialog, or a screen."""


class Action(Struct, frozen=True):
    """Something a key does. ``keys`` are the key and its aliases; ``label`` stands in the key bar.

    ``panes`` names where it acts on what is selected; empty means that it does not matter.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    show: bool = False
    panes: tuple[str, ...] = ()
    scope: Scope = "app"


_GO, _BACK, _CHANGE, _LOOK, _APP = "Go on", "Go back", "Change", "Look", "The app"
_PANE, _EDITOR, _DIALOG = "In a pane", "In the editor", "In a dialog"
_COMPARE = "Side by side"
_TREE = "In the list of branches"
_EFFECTS = "Before calls are made again"
_SAMPLES = "In the answers"
_CALLS = ("conversation", "calls")

ACTIONS: tuple[Action, ...] = (
    Action("step", ("n", "f10"), "step", "to the next tool call or event", _GO, True),
    Action("next_reply", ("t",), "turn", "to the next model reply", _GO, True),
    Action("resume", ("c", "f5"), "continue", "go on until something stops the run", _GO, True),
    Action("pause", ("p", "f6"), "pause", "stop at the next safe point", _GO, True),
    Action("step_in", ("s",), "step in", "step into a nested agent", _GO),
    Action("run_to_cursor", ("g",), "go here", "run to the cursor", _GO),
    Action("step_back", ("N",), "back", "one step back; nothing runs", _BACK, True),
    Action("resume_back", ("C",), "back to break", "continue backwards; nothing runs", _BACK),
    Action("edit", ("e",), "edit", "edit the selected value", _CHANGE, True),
    Action("edit_external", ("E",), "$EDITOR", "edit the selected value in $EDITOR", _CHANGE),
    Action("force", ("T",), "force", "force a transition", _CHANGE, True),
    Action("fork", ("F",), "fork", "begin a branch here", _CHANGE, True),
    Action("replay", ("r",), "replay", "replay from here", _CHANGE, True),
    Action("stub", ("S",), "stub", "type the result of a pending call", _CHANGE, panes=_CALLS),
    Action("inject", ("x",), "fault", "make the paused call go wrong", _CHANGE),
    Action("scenario", ("X",), "scenario", "write the faults as a file for CI", _CHANGE),
    Action("retry", ("R",), "retry", "make a call again", _CHANGE, panes=_CALLS),
    Action(
        "resample",
        ("M",),
        "ask k times",
        "ask the model k times, with and without an edit",
        _CHANGE,
    ),
    Action("say", ("i",), "say", "say something to the model", _CHANGE),
    Action("go_past", ("G",), "go past", "go on past a limit or a stuck verdict", _CHANGE),
    Action("undo", ("u",), "undo", "undo an edit, a fork, a force, a switch", _CHANGE, True),
    Action("redo", ("U",), "redo", "do again what was undone", _CHANGE),
    Action("breakpoint", ("b", "f9"), "break", "set or clear a breakpoint", _LOOK, True),
    Action("breakpoint_when", ("B",), "break if", "a breakpoint with a condition", _LOOK),
    Action("branches", ("v",), "branches", "the tree: switch, name, describe, prune", _LOOK, True),
    Action("bookmark", ("m",), "bookmark", "bookmark the selected record, or take it off", _LOOK),
    Action("bookmarks", ("'",), "bookmarks", "list the bookmarks, jump to one", _LOOK),
    Action("next_bookmark", ("}",), "next bookmark", "to the next bookmark", _LOOK),
    Action("previous_bookmark", ("{",), "previous bookmark", "to the bookmark before", _LOOK),
    Action("compare", ("d",), "compare", "compare this branch with another one", _LOOK),
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
    Action("jump", ("ctrl+o", ":"), "jump", "jump to any record or step by its number", _LOOK),
    Action("leave", ("escape",), "up", "one level up: close, leave, let go", _APP),
    Action("help", ("?", "f1"), "help", "the keys and words, for this pane", _APP, True),
    Action("command_palette", ("ctrl+p",), "palette", "every action by name", _APP, True),
    Action("quit", ("q",), "quit", "save and leave", _APP, True),
    Action("cursor_up", ("up",), "up", "up", _PANE, scope="pane"),
    Action("cursor_down", ("down",), "down", "down", _PANE, scope="pane"),
    Action("page_up", ("pageup",), "page up", "a page up", _PANE, scope="pane"),
    Action("page_down", ("pagedown",), "page down", "a page down", _PANE, scope="pane"),
    Action("cursor_first", ("home",), "first", "to the first", _PANE, scope="pane"),
    Action("cursor_last", ("end",), "last", "to the last, and follow", _PANE, scope="pane"),
    Action("choose", ("enter",), "open", "open or close what is selected", _PANE, scope="pane"),
    Action("accept", ("ctrl+s", "f2"), "accept", "take the value", _EDITOR, True, scope="editor"),
    Action("as_text", ("ctrl+t",), "text", "JSON or plain text", _EDITOR, True, scope="editor"),
    Action("external", ("f4",), "$EDITOR", "go on in $EDITOR", _EDITOR, True, scope="editor"),
    Action(
        "cancel", ("escape",), "cancel", "leave; twice if changed", _EDITOR, True, scope="editor"
    ),
    Action("pick", ("enter",), "pick", "take what is marked", _DIALOG, True, scope="dialog"),
    Action("close", ("escape",), "cancel", "leave, nothing happens", _DIALOG, True, scope="dialog"),
    Action(
        "next_difference",
        ("n", "]"),
        "next",
        "to the next difference",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "previous_difference",
        ("p", "["),
        "previous",
        "to the one before",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "open_both",
        ("enter",),
        "open or go",
        "read both sides whole where they were cut, else stand on the record",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action("go_there", ("g",), "go there", "stand on the record", _COMPARE, True, scope="compare"),
    Action(
        "other_side",
        ("tab", "left", "right"),
        "side",
        "go to the other side's record",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action(
        "show_same",
        ("a",),
        "all",
        "show what is the same, or fold it",
        _COMPARE,
        True,
        scope="compare",
    ),
    Action("leave_compare", ("escape", "q"), "back", "back", _COMPARE, True, scope="compare"),
    Action("switch", ("enter",), "switch", "go to the end of it", _TREE, True, scope="branches"),
    Action("rename", ("e", "r"), "rename", "give it another name", _TREE, True, scope="branches"),
    Action("describe", ("d",), "describe", "say what it is for", _TREE, True, scope="branches"),
    Action("prune", ("x",), "prune", "out of view, or back", _TREE, True, scope="branches"),
    Action("show_all", ("a",), "all", "pruned ones too, or not", _TREE, True, scope="branches"),
    Action("compare_branch", ("D", "="), "compare", "with where you are", _TREE, scope="branches"),
    Action(
        "filter", ("/",), "filter", "only those with these words", _TREE, True, scope="branches"
    ),
    Action("tree_help", ("?", "f1"), "help", "these keys", _TREE, True, scope="branches"),
    Action("leave_tree", ("escape", "v"), "back", "to the session", _TREE, True, scope="branches"),
    Action("allow_one", ("space",), "allow", "let it run", _EFFECTS, True, scope="effects"),
    Action("allow_all", ("a",), "all", "let all of them run", _EFFECTS, True, scope="effects"),
    Action("go_on", ("enter",), "go on", "with what is allowed", _EFFECTS, True, scope="effects"),
    Action("leave_effects", ("escape",), "stay", "do nothing", _EFFECTS, True, scope="effects"),
    Action("open_sample", ("enter",), "open", "open or read", _SAMPLES, True, scope="samples"),
    Action("take_sample", ("t",), "take", "go on from it", _SAMPLES, True, scope="samples"),
    Action("ask_again", ("a",), "ask again", "ask again", _SAMPLES, True, scope="samples"),
    Action("leave_samples", ("escape", "q"), "back", "back", _SAMPLES, True, scope="samples"),
    Action("leave_help", ("escape", "?", "q", "f1"), "close", "back", _DIALOG, True, scope="help"),
)
