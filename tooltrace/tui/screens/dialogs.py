"""What is put up over a session, each imported when it first is: the session is there sooner."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tooltrace.tui.dialog.confirm import Answer, ConfirmScreen
    from tooltrace.tui.dialog.picker import Choice, Picked, PickerScreen
    from tooltrace.tui.dialog.prompt import PromptScreen
    from tooltrace.tui.screens.block import BlockScreen
    from tooltrace.tui.screens.branches import BranchesScreen
    from tooltrace.tui.screens.breakpoints import BreakpointsScreen
    from tooltrace.tui.screens.compare import CompareScreen, There
    from tooltrace.tui.screens.detail import DetailScreen
    from tooltrace.tui.screens.editor import Edited, EditorScreen
    from tooltrace.tui.screens.help import HelpScreen
    from tooltrace.tui.screens.pager import PagerScreen
    from tooltrace.tui.screens.preview import PreviewScreen
    from tooltrace.tui.screens.request import RequestScreen
    from tooltrace.tui.screens.samples import AGAIN, SamplesScreen
    from tooltrace.tui.screens.say import Said, SayScreen

__all__ = [
    "AGAIN",
    "Answer",
    "BlockScreen",
    "BranchesScreen",
    "BreakpointsScreen",
    "Choice",
    "CompareScreen",
    "ConfirmScreen",
    "DetailScreen",
    "Edited",
    "EditorScreen",
    "HelpScreen",
    "PagerScreen",
    "Picked",
    "PickerScreen",
    "PreviewScreen",
    "PromptScreen",
    "RequestScreen",
    "Said",
    "SamplesScreen",
    "SayScreen",
    "There",
]

_PARTS = ("confirm", "picker", "prompt")
"""Those that stand in ``tui/dialog``, as other dialogs are made of them."""

_MODULES = {
    "BlockScreen": "block",
    "BranchesScreen": "branches",
    "CompareScreen": "compare",
    "There": "compare",
    "Answer": "confirm",
    "ConfirmScreen": "confirm",
    "DetailScreen": "detail",
    "Edited": "editor",
    "EditorScreen": "editor",
    "PagerScreen": "pager",
    "PreviewScreen": "preview",
    "HelpScreen": "help",
    "BreakpointsScreen": "breakpoints",
    "PromptScreen": "prompt",
    "Choice": "picker",
    "Picked": "picker",
    "PickerScreen": "picker",
    "RequestScreen": "request",
    "AGAIN": "samples",
    "SamplesScreen": "samples",
    "Said": "say",
    "SayScreen": "say",
}


def __getattr__(name: str) -> object:
    """A screen, or what it takes or gives, by its name."""
    if name not in _MODULES:
        raise AttributeError(f"there is no dialog {name}")
    module = _MODULES[name]
    room = "dialog" if module in _PARTS else "screens"
    found: object = getattr(import_module(f"tooltrace.tui.{room}.{module}"), name)
    globals()[name] = found
    return found
