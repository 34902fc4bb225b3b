"""Replay with live tools: run them on a copy of the world, and compare their results.

The session's own world is only read. What may act outside it does not run unless a person named it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tooltrace.core.model.ports import Closeable, ToolPort
from tooltrace.core.model.workflow import WorkflowSpec, acts_outside
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.debugger.world.scratch_copy import world_copy
from tooltrace.tools.recorded.compared import ComparedTools, Named

if TYPE_CHECKING:
    from tooltrace.tools.world.world import World

__all__ = ["LiveTools"]


class LiveTools(Struct, frozen=True):
    """Makes the tools of a replay: ``make`` gives a port over a world, or over none.

    ``factory`` makes the world of the workflow, if it has one, and ``where`` tells the folder that
    a snapshot of the session is in. ``ignore`` names fields of results that may differ, and
    ``scratch`` is the folder for copies of the world.
    """

    make: Callable[[World | None], ToolPort]
    factory: Callable[[Path], World] | None
    where: Callable[[str], Path]
    ignore: tuple[str, ...] = ()
    scratch: Path | None = None

    @contextmanager
    def tools(
        self,
        workflow: WorkflowSpec,
        digest: str | None,
        allowed: Named,
        hide: Hide = nothing_hidden,
    ) -> Iterator[ComparedTools]:
        """Tools over a copy of the world as it was at ``digest``, until they are left.

        ``allowed`` says which calls may act outside it, ``hide`` takes secrets out of what they
        give. Raises BadWorld.
        """
        with ExitStack() as closing:
            world = None
            if self.factory is not None:
                snapshots = self.where(digest) if digest is not None else Path()
                copied = world_copy(self.factory, snapshots, digest, self.scratch)
                world = closing.enter_context(copied)
            port = self.make(world)
            if isinstance(port, Closeable):
                closing.callback(port.close)

            def outside(tool: str, arguments: JsonValue) -> bool:
                return acts_outside(workflow.tool(tool), world is not None)

            def blocked(tool: str, arguments: JsonValue) -> bool:
                return outside(tool, arguments) and not allowed(tool, arguments)

            yield ComparedTools(port, self.ignore, blocked, outside, hide)
