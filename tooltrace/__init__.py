"""tooltrace: the debugger for tool-calling agents.

What a workflow file imports, and what a program drives it with (``docs/python.md``). All of it is
stable. Importing the package costs nothing: each name is loaded when it is first used, so that the
command line starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tooltrace.api import debug, replay
    from tooltrace.api import open_session as open  # noqa: A004 - tooltrace.open(path)
    from tooltrace.authoring.load import load, shipped
    from tooltrace.authoring.states import On, State
    from tooltrace.authoring.tool import Tool, tool
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.client_recording.record import record
    from tooltrace.core.decide.breakpoints import Breakpoint
    from tooltrace.core.model import events, ports
    from tooltrace.core.model.errors import (
        BadCommand,
        BadExpression,
        BadPort,
        BadScenario,
        BadSession,
        BadWorkflow,
        BadWorld,
        NotSaved,
        ReadOnly,
        ToolTraceError,
    )
    from tooltrace.core.model.events import CallRef, Settings
    from tooltrace.core.model.request_settings import RequestSettings
    from tooltrace.core.model.workflow import StuckSpec
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.debugger.faults.scenario import ModelFault, Scenario, ToolFault
    from tooltrace.debugger.faults.scenario_file import read_scenario
    from tooltrace.debugger.replay.replayed import Replayed, ReplayedCall
    from tooltrace.debugger.stop import Stop
    from tooltrace.models.scripted import Move, Seen, call, say
    from tooltrace.tools.functions.media import Blocks, Media, document, image
    from tooltrace.tools.functions.tool_context import ToolContext
    from tooltrace.tools.world.world import FolderWorld, SqliteWorld, World

__all__ = [
    "BadCommand",
    "BadExpression",
    "BadPort",
    "BadScenario",
    "BadSession",
    "BadWorkflow",
    "BadWorld",
    "Blocks",
    "Breakpoint",
    "CallRef",
    "Debugger",
    "FolderWorld",
    "Media",
    "ModelFault",
    "Move",
    "NotSaved",
    "On",
    "ReadOnly",
    "Replayed",
    "ReplayedCall",
    "RequestSettings",
    "Scenario",
    "Seen",
    "Settings",
    "SqliteWorld",
    "State",
    "Stop",
    "StuckSpec",
    "Tool",
    "ToolContext",
    "ToolFault",
    "ToolTraceError",
    "Workflow",
    "World",
    "__version__",
    "call",
    "debug",
    "document",
    "events",
    "image",
    "load",
    "open",
    "ports",
    "read_scenario",
    "record",
    "replay",
    "say",
    "shipped",
    "tool",
]

__version__ = "0.1.0"

_HOMES = {
    "api": ("debug", "open_session", "replay"),
    "authoring.states": ("On", "State"),
    "authoring.load": ("load", "shipped"),
    "authoring.tool": ("Tool", "tool"),
    "authoring.workflow": ("Workflow",),
    "client_recording.record": ("record",),
    "core.decide.breakpoints": ("Breakpoint",),
    "core.model": ("events", "ports"),
    "core.model.errors": (
        "BadCommand",
        "BadExpression",
        "BadPort",
        "BadScenario",
        "BadSession",
        "BadWorkflow",
        "BadWorld",
        "NotSaved",
        "ReadOnly",
        "ToolTraceError",
    ),
    "core.model.events": ("CallRef", "Settings"),
    "core.model.request_settings": ("RequestSettings",),
    "core.model.workflow": ("StuckSpec",),
    "debugger.debugger": ("Debugger",),
    "debugger.faults.scenario": ("ModelFault", "Scenario", "ToolFault"),
    "debugger.replay.replayed": ("Replayed", "ReplayedCall"),
    "debugger.faults.scenario_file": ("read_scenario",),
    "debugger.stop": ("Stop",),
    "models.scripted": ("Move", "Seen", "call", "say"),
    "tools.functions.media": ("Blocks", "Media", "document", "image"),
    "tools.functions.tool_context": ("ToolContext",),
    "tools.world.world": ("FolderWorld", "SqliteWorld", "World"),
}
_HOME = {name: f"tooltrace.{home}" for home, names in _HOMES.items() for name in names}
_CALLED = {"open": "open_session"}
"""Names that are others at home, where they would hide Python's own."""


def __getattr__(name: str) -> Any:
    called = _CALLED.get(name, name)
    home = _HOME.get(called) if name in __all__ else None
    if home is None:
        raise AttributeError(f"module 'tooltrace' has no attribute {name!r}")
    module = import_module(home)
    value = getattr(module, called, None) or import_module(f"{home}.{called}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
