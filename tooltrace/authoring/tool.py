"""``@tool``: a Python function that a model may call, and that is still that function.

The function's signature and docstring are read when a workflow takes the tool in, not when it is
decorated, so that annotations may name types that are defined further down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from tooltrace.authoring.define import tool_names
from tooltrace.authoring.places import Place, caller
from tooltrace.core.spec import ToolSpec
from tooltrace.tools.function import FunctionTool

__all__ = ["Tool", "tool"]

P = ParamSpec("P")
R = TypeVar("R")


class Tool(Generic[P, R]):
    """A function and what it does to the world; calling it calls the function."""

    def __init__(self, function: Callable[P, R], place: Place, options: dict[str, Any]) -> None:
        self.function = function
        self.place = place
        self.name: str = options.get("name") or function.__name__
        self._options = options
        update_wrapper(cast(Any, self), function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @cached_property
    def function_tool(self) -> FunctionTool:
        """What the tool port calls. Raises BadWorkflow for a signature no model can call."""
        return FunctionTool.build(self.function, **self._options)

    @property
    def spec(self) -> ToolSpec:
        """The tool as the model sees it. Raises BadWorkflow like ``function_tool``."""
        return self.function_tool.spec

    def __repr__(self) -> str:
        return f"<tool {self.name}>"


@overload
def tool(function: Callable[P, R], /) -> Tool[P, R]: ...
@overload
def tool(
    *,
    read_only: bool = False,
    idempotent: bool = False,
    destructive: bool = True,
    open_world: bool = True,
    timeout: float | None = None,
    critical: bool = False,
    after: Sequence[str | Tool[..., Any]] = (),
    name: str | None = None,
) -> Callable[[Callable[P, R]], Tool[P, R]]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    read_only: bool = False,
    idempotent: bool = False,
    destructive: bool = True,
    open_world: bool = True,
    timeout: float | None = None,
    critical: bool = False,
    after: Sequence[str | Tool[..., Any]] = (),
    name: str | None = None,
) -> Any:
    """Make a function a tool; one that says nothing about itself is taken to write.

    ``timeout`` is in seconds; a failure of a ``critical`` tool fails the workflow; ``after`` names
    tools whose calls in the same turn must have returned first.
    """
    place = caller()
    options = {
        "read_only": read_only,
        "idempotent": idempotent,
        "destructive": destructive,
        "open_world": open_world,
        "timeout": timeout,
        "critical": critical,
        "after": tool_names(after),
        "name": name,
    }
    if function is not None:
        return Tool(function, place, options)
    return lambda decorated: Tool(decorated, place, options)
