"""tooltrace: the debugger for tool-calling agents.

What a workflow file imports. Importing the package costs nothing: each name is loaded when it is
first used, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tooltrace.authoring.load import load, shipped
    from tooltrace.authoring.states import On, State
    from tooltrace.authoring.tool import Tool, tool
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.core.model.errors import BadWorkflow, ToolTraceError
    from tooltrace.core.model.workflow import StuckSpec
    from tooltrace.models.scripted import Move, Seen, call, say
    from tooltrace.tools.functions.tool_context import ToolContext
    from tooltrace.tools.world.world import FolderWorld, SqliteWorld, World

__all__ = [
    "BadWorkflow",
    "FolderWorld",
    "Move",
    "On",
    "Seen",
    "SqliteWorld",
    "State",
    "StuckSpec",
    "Tool",
    "ToolContext",
    "ToolTraceError",
    "Workflow",
    "World",
    "__version__",
    "call",
    "load",
    "say",
    "shipped",
    "tool",
]

__version__ = "0.1.0"

_HOMES = {
    "authoring.states": ("On", "State"),
    "authoring.load": ("load", "shipped"),
    "authoring.tool": ("Tool", "tool"),
    "authoring.workflow": ("Workflow",),
    "core.model.errors": ("BadWorkflow", "ToolTraceError"),
    "core.model.workflow": ("StuckSpec",),
    "models.scripted": ("Move", "Seen", "call", "say"),
    "tools.functions.tool_context": ("ToolContext",),
    "tools.world.world": ("FolderWorld", "SqliteWorld", "World"),
}
_HOME = {name: f"tooltrace.{home}" for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'tooltrace' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
