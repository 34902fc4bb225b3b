"""The keys of a request's screen: rows of the registry, as in ``key_table``. Pure data."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section
from tooltrace.tui.keys.conditions import can_edit_request, can_redo, can_undo, idle

__all__ = ["REQUEST_ACTIONS"]

_REQUEST = Section("In a request", "request")

REQUEST_ACTIONS: tuple[Action, ...] = (
    Action("open_part", ("enter",), "open", "open a part or a section, or fold it", _REQUEST, True),
    Action(
        "open_parts", ("a",), "all", "open all parts of the section, or fold them", _REQUEST, True
    ),
    Action(
        "next_change", ("n",), "next", "to the next part that is new or changed", _REQUEST, True
    ),
    Action("previous_change", ("p",), "previous", "to the one before", _REQUEST),
    Action("request_before", ("left",), "before", "the request before this one", _REQUEST, True),
    Action("request_after", ("right",), "after", "the request after this one", _REQUEST, True),
    Action(
        "edit_part",
        ("e",),
        "edit",
        "edit the part: what is asked from here on",
        _REQUEST,
        True,
        when=can_edit_request,
    ),
    Action(
        "add_part",
        ("+", "insert"),
        "add",
        "add a setting, or a message before or behind this one",
        _REQUEST,
        True,
        when=can_edit_request,
    ),
    Action(
        "remove_part",
        ("x", "delete"),
        "take out",
        "take the message, result or setting out, or an edit back",
        _REQUEST,
        True,
        when=can_edit_request,
    ),
    Action(
        "choose_model",
        ("m",),
        "model",
        "ask another model from here on",
        _REQUEST,
        True,
        when=can_edit_request,
    ),
    Action("undo_part", ("u",), "undo", "undo an edit", _REQUEST, True, when=can_undo),
    Action("redo_part", ("U",), "redo", "do again what was undone", _REQUEST, when=can_redo),
    Action(
        "stand_before",
        ("g",),
        "go there",
        "stand before this request, so that it can be changed",
        _REQUEST,
        when=idle,
    ),
    Action("find_part", ("/", "f3"), "find", "find text in the parts", _REQUEST, True),
    Action("next_match", ("]",), "next match", "the next match", _REQUEST),
    Action("previous_match", ("[",), "previous match", "the previous match", _REQUEST),
    Action("copy_part", ("y",), "copy", "copy the part", _REQUEST, True),
    Action("copy_json", ("J",), "JSON", "copy the request as JSON", _REQUEST, True),
    Action("copy_curl", ("c",), "curl", "copy it as a curl command, without a key", _REQUEST, True),
    Action("copy_python", ("s",), "Python", "copy it as a Python program", _REQUEST, True),
    Action("request_help", ("?", "f1"), "help", "these keys", _REQUEST, True),
    Action("leave_request", ("escape", "q", "w"), "back", "to the session", _REQUEST, True),
)
