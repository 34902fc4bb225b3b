"""The tools of a workflow as they are today, for the replay of one of its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.debugger.replay.branch_replay import ToolsFor
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.session.secrets import hider
from tooltrace.debugger.world.world_owner import snapshots_for
from tooltrace.tools.functions.function_port import FunctionPort
from tooltrace.tools.recorded.compared import Named
from tooltrace.tools.registry import tool_port

if TYPE_CHECKING:
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["today_tools"]


def today_tools(
    flow: Workflow,
    file: Path,
    ident: str,
    allowed: Named,
    ignore: Sequence[str] = (),
    scratch: Path | None = None,
    capture: OutputCapture | None = None,
) -> ToolsFor:
    """What makes the tools for each branch of the session in ``file``, whose id is ``ident``.

    They act on a copy of the world, made in ``scratch``; ``allowed`` says which calls may act
    outside it. ``ignore`` names fields of results that may differ.
    """
    today = LiveTools(
        lambda copy: tool_port(
            flow.tool_port, lambda: FunctionPort(flow.tools, copy, capture), copied=True
        ),
        flow.world,
        lambda digest: snapshots_for(file, ident, digest),
        ignore=tuple(ignore),
        scratch=scratch,
    )
    return lambda root: today.tools(flow.spec, root.world, allowed, hider())
