"""Today's tools inside a replay: they act on a copy of the world, and their results are compared.

The session's own world is only read. What may act outside it does not run unless a person named it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tooltrace.core.model.ports import ToolPort
from tooltrace.core.model.workflow import WorkflowSpec, acts_outside
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.session.repeated_calls import call_name
from tooltrace.debugger.world.scratch_copy import world_copy
from tooltrace.tools.recorded.compared import ComparedTools

if TYPE_CHECKING:
    from tooltrace.tools.world.world import World

__all__ = ["CloseableToolPort", "LiveTools"]


class CloseableToolPort(ToolPort, Protocol):
    """A tool port that holds threads, which ``close`` lets go of."""

    def close(self) -> None:
        """Let go of them."""
        ...


class LiveTools:
    """Makes the tools of a replay: ``make`` gives a port over a world, or over none.

    ``factory`` makes the world of the workflow, if it has one, and ``where`` tells the folder that
    a snapshot of the session is in.
    """

    def __init__(
        self,
        make: Callable[[World | None], CloseableToolPort],
        factory: Callable[[Path], World] | None,
        where: Callable[[str], Path],
    ) -> None:
        self._make = make
        self._factory = factory
        self._where = where

    def tools(
        self,
        workflow: WorkflowSpec,
        digest: str | None,
        allowed: frozenset[str],
        closing: ExitStack,
        hide: Hide = nothing_hidden,
    ) -> ComparedTools:
        """Tools over a copy of the world as it was at ``digest``, until ``closing`` is closed.

        ``allowed`` names calls (see ``call_name``) that may act outside it, ``hide`` takes secrets
        out of what they give. Raises BadWorld.
        """
        world = None
        if self._factory is not None:
            snapshots = self._where(digest) if digest is not None else Path()
            world = closing.enter_context(world_copy(self._factory, snapshots, digest, None))
        port = self._make(world)
        closing.callback(port.close)

        def outside(tool: str, arguments: JsonValue) -> bool:
            return acts_outside(workflow.tool(tool), world is not None)

        def blocked(tool: str, arguments: JsonValue) -> bool:
            return outside(tool, arguments) and call_name(tool, arguments) not in allowed

        return ComparedTools(port, blocked=blocked, outside=outside, hide=hide)
