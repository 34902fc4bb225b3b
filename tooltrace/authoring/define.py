"""The pieces of a workflow definition, as a person writes them: states and transitions.

They only hold what was written, and where; ``Workflow`` turns them into data and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tooltrace.authoring.places import Place, caller
from tooltrace.core.spec import Row, StateSpec

if TYPE_CHECKING:
    from tooltrace.authoring.tool import Tool

__all__ = ["On", "State", "tool_name", "tool_names"]


def tool_name(tool: object) -> str:
    """The name of a tool given by name, as a ``@tool`` object or as a plain function."""
    if isinstance(tool, str):
        return tool
    name = getattr(tool, "name", None) or getattr(tool, "__name__", None)
    return name if isinstance(name, str) else repr(tool)


def tool_names(tools: object) -> tuple[str, ...]:
    """The names of one tool, several, or none."""
    if tools is None:
        return ()
    if isinstance(tools, list | tuple | set | frozenset):
        return tuple(tool_name(tool) for tool in tools)
    return (tool_name(tools),)


@dataclass(frozen=True)
class State:
    """A workflow state and the tools that may be called in it.

    ``hint`` tells the model what to do next here. A ``terminal`` state ends the run; with
    ``failure`` it ends badly.
    """

    name: str
    tools: Sequence[str | Tool[..., Any]] = ()
    hint: str = ""
    terminal: bool = False
    failure: bool = False
    place: Place = field(default_factory=caller, init=False, compare=False, repr=False)

    def spec(self) -> StateSpec:
        """The state as data."""
        return StateSpec(self.name, tool_names(self.tools), self.hint, self.terminal, self.failure)


@dataclass(frozen=True)
class On:
    """A line of the transition table: on a result of ``tool``, go from ``source`` to ``target``.

    A list of tools means "when all of them have returned in this state", None means at once.
    ``when`` is a guard, ``save`` maps context names to expressions; both may speak of ``result``,
    ``results``, ``args``, ``context``, ``state``, ``error``. With ``error`` the row matches failed
    results instead of successful ones. The first row that matches is taken.
    """

    tool: str | Tool[..., Any] | Sequence[str | Tool[..., Any]] | None
    source: str
    target: str
    when: str | None = None
    save: Mapping[str, str] | None = None
    error: bool = False
    place: Place = field(default_factory=caller, init=False, compare=False, repr=False)

    def row(self) -> Row:
        """The line as data."""
        on = tool_names(self.tool)
        return Row(on, self.source, self.target, self.when, dict(self.save or {}), self.error)
