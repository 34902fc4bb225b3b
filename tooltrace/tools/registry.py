"""Which tool port makes a run's calls: that of the workflow's functions, or what stands for it.

A workflow may bring a port of its own along, or what makes one from the functions' port, to put
something before it or beside it. ``plugin:NAME`` is such a maker, which an installed package adds
as an entry point of the group ``tooltrace.tools``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeGuard

from tooltrace.core.model.errors import BadCommand, BadPlugin
from tooltrace.core.model.events import CallRef, ToolReturned
from tooltrace.core.model.port_check import awaited, check_tool_port, tool_answer
from tooltrace.core.model.ports import Beside, Closeable, Divergence, PortAnswer, ToolCall, ToolPort
from tooltrace.core.text.sanitize import one_line
from tooltrace.plugins.entry_points import made, made_by, plugin_named

__all__ = ["HeldTools", "ToolPortChoice", "WrappedTools", "tool_port"]

MakeTools: TypeAlias = Callable[[ToolPort], ToolPort]
"""Given the port of the workflow's functions it makes the one that is asked."""

ToolPortChoice: TypeAlias = ToolPort | MakeTools | str
"""A port, what makes one from the functions' port, or ``plugin:NAME``."""


class HeldTools(ToolPort, Protocol):
    """A tool port that is told when nobody asks any more."""

    def close(self) -> None:
        """Let go of threads and connections."""
        ...


def tool_port(
    chosen: ToolPortChoice | None, functions: Callable[[], HeldTools], copied: bool = False
) -> HeldTools:
    """The port of a run; ``functions`` makes the one that calls the workflow's functions.

    ``copied`` says that they are to act on a copy of the world, which a port that is there already
    knows nothing of. Raises BadPlugin or BadPort, and BadCommand for such a port.
    """
    if chosen is None:
        return functions()
    if not isinstance(chosen, str) and is_port(chosen):
        if copied:
            raise BadCommand(
                "this workflow's calls go to a tool port of its own, which cannot act on a copy "
                "of the world: pass tool_port=a function that makes it of the functions' port"
            )
        return WrappedTools(chosen)
    inner = functions()
    try:
        port = _made(chosen, inner)
        return WrappedTools(port, port, inner)
    except BaseException:
        inner.close()
        raise


def is_port(value: object) -> TypeGuard[ToolPort]:
    """Whether it is a tool port itself, and no class that makes one."""
    return isinstance(value, ToolPort) and not isinstance(value, type)


def _made(chosen: ToolPort | MakeTools | str, functions: ToolPort) -> ToolPort:
    if isinstance(chosen, str):
        name = plugin_named(chosen) or ""
        port: object = made_by("tooltrace.tools", name, functions)
        who = f"{name} of tooltrace.tools"
    else:
        assert callable(chosen)
        who = one_line(f"tool_port={getattr(chosen, '__name__', 'a function')}")
        port = made(chosen, functions, who)
    if not is_port(port):
        raise BadPlugin(
            f"{one_line(who)} made {type(port).__name__}; it has to make a tool port, with "
            "call(call, beside) and cancel(ref)"
        )
    return port


class WrappedTools:
    """Asks a port; when nobody asks any more, those that were made for this run are told."""

    def __init__(self, port: ToolPort, *owned: object) -> None:
        check_tool_port(port)
        self.port = port
        self._owned = owned

    async def call(
        self, call: ToolCall, beside: Beside | None = None
    ) -> PortAnswer[ToolReturned] | Divergence:
        """As the port does. Raises BadPort where that gives no answer of a tool."""
        found = await awaited("tool", self.port, self.port.call(call, beside))
        return tool_answer(self.port, call.ref, found)

    def cancel(self, ref: CallRef) -> bool:
        """As the port does."""
        return self.port.cancel(ref)

    def close(self) -> None:
        """Close what was made for this run: a port that was there before may serve others."""
        for port in self._owned:
            if isinstance(port, Closeable):
                port.close()
