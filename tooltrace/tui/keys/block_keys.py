"""The part of the registry of keys that is about content blocks: saying them, looking at one."""

from __future__ import annotations

from tooltrace.tui.keys.action import Action, Section

__all__ = ["BLOCK_ACTIONS"]

_SAY = Section("While you say something", "say")
_FILES = Section("In the list of files", "files")
_BLOCK = Section("On a picture or document", "block")

BLOCK_ACTIONS: tuple[Action, ...] = (
    Action("send", ("enter", "ctrl+s", "f2"), "say", "say it", _SAY, True),
    Action("new_line", ("ctrl+j",), "line", "begin a line", _SAY),
    Action("attach", ("ctrl+o",), "attach", "attach a picture, a PDF or a text", _SAY, True),
    Action("to_attached", ("tab",), "list", "to what is attached, and back", _SAY, True),
    Action("take_out", ("ctrl+r",), "take out", "take the marked file out", _SAY, True),
    Action("path_as_text", ("ctrl+t",), "as text", "the pasted path is text again", _SAY, True),
    Action("leave_say", ("escape",), "cancel", "leave; twice if changed", _SAY, True),
    Action(
        "pick_file", ("enter",), "attach or open", "attach the file, open the folder", _FILES, True
    ),
    Action("folder_above", ("backspace",), "above", "the folder above", _FILES, True),
    Action("leave_files", ("escape",), "cancel", "attach nothing", _FILES, True),
    Action("copy_block", ("y",), "copy", "copy the picture, document or text", _BLOCK, True),
    Action("open_block", ("o",), "open outside", "open it outside", _BLOCK, True),
)
