"""tooltrace: the debugger for tool-calling agents.

What a workflow file imports. Importing the package costs nothing: each name is loaded when it is
first used, so that the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tooltrace.authoring.define import On, State
    from tooltrace.authoring.loading import load, shipped
    from tooltrace.authoring.tool import Tool, tool
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.core.errors import BadWorkflow, ToolTraceError
    from tooltrace.core.spec import StuckSpec
    from tooltrace.models.scripted import Move, Seen, call, say
    from tooltrace.tools.context import ToolContext
    from tooltrace.tools.world import FolderWorld, SqliteWorld, World

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
    "authoring.define": ("On", "State"),
    "authoring.loading": ("load", "shipped"),
    "authoring.tool": ("Tool", "tool"),
    "authoring.workflow": ("Workflow",),
    "core.errors": ("BadWorkflow", "ToolTraceError"),
    "core.spec": ("StuckSpec",),
    "models.scripted": ("Move", "Seen", "call", "say"),
    "tools.context": ("ToolContext",),
    "tools.world": ("FolderWorld", "SqliteWorld", "World"),
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
