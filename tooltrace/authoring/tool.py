"""``@tool``: a Python function that a model may call, and that is still that function.

The function's signature and docstring are read when a workflow takes the tool in, not when it is
decorated, so that annotations may name types that are defined further down.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from tooltrace.authoring.definition_check import Wanted, refuse_wrong, shown
from tooltrace.authoring.source_lines import SourceLine, caller
from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.signature.annotations import field_defaults
from tooltrace.tools.signature.signature import name_of

__all__ = ["Tool", "ToolRef", "taken", "tool", "tool_names"]

_FLAG: Wanted = (bool, "True or False")
_SECONDS: Wanted = ((int, float, type(None)), "seconds, or None for no limit")
_NAME: Wanted = ((str, type(None)), "the name as text")
_DEEPEST = 100

P = ParamSpec("P")
R = TypeVar("R")


ToolRef = str | Callable[..., Any]
"""A tool where it is only named: its name, a ``@tool`` object or a plain function."""


class Tool(Generic[P, R]):
    """A function and what it does to the world; calling it calls the function.

    As an attribute of a class it is a method: through an instance it is bound to that.
    """

    def __init__(
        self, function: Callable[P, R], place: SourceLine, options: dict[str, Any]
    ) -> None:
        usable = callable(cast(object, function)) or isinstance(function, classmethod)
        if not usable or isinstance(function, type):
            what = f"it is put over {shown(function)}"
            raise BadWorkflow(f"{place}: tool: {what}; write @tool or @tool(...) over a function")
        self.function = function
        self.place = place
        self.name: str = options.get("name") or name_of(function)
        self.options = options
        self._fields = field_defaults(function)
        update_wrapper(cast(Any, self), function, updated=())

    def __get__(self, instance: object, owner: type | None = None) -> Tool[..., Any]:
        bind = getattr(type(self.function), "__get__", None)
        if bind is None:
            return self
        bound = bind(self.function, instance, owner)
        return self if bound is self.function else Tool(bound, self.place, self.options)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **(self._filled(args, kwargs) if self._fields else kwargs))

    def _filled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The keywords with what each ``Field(…)`` stands for: the function must not see one."""
        given = inspect.signature(self.function).bind_partial(*args, **kwargs).arguments
        left = {name: make for name, make in self._fields.items() if name not in given}
        return {**kwargs, **{name: make() for name, make in left.items()}}

    @cached_property
    def function_tool(self) -> FunctionTool:
        """What the tool port calls. Raises BadWorkflow for a signature no model can call."""
        return FunctionTool.build(self.function, **self.options)

    @property
    def spec(self) -> ToolSpec:
        """The tool as the model sees it. Raises BadWorkflow like ``function_tool``."""
        return self.function_tool.spec

    def __repr__(self) -> str:
        return f"<tool {self.name}>"


def taken(given: Callable[..., Any]) -> Tool[..., Any] | None:
    """What was given as the tool that it is, or that it was put over, with all that one says.

    None where there is none: ``functools.partial`` and decorators may be put over any function.
    """
    inner = next((one for one in _beneath(given) if isinstance(one, Tool)), None)
    return inner if inner is None or inner is given else Tool(given, inner.place, inner.options)


def _beneath(given: object) -> Iterator[object]:
    """What was given, and what it was put over: partials and decorators, from the outside in."""
    for _ in range(_DEEPEST):
        yield given
        inner = given.func if isinstance(given, partial) else getattr(given, "__wrapped__", None)
        if inner is None:
            return
        given = inner


def _tool_name(tool: object) -> str:
    """The name of a tool given by name, as a ``@tool`` object or as a plain function."""
    if isinstance(tool, str):
        return tool
    for one in _beneath(tool):
        name = getattr(one, "name", None)
        if isinstance(name, str):
            return name
    return name_of(tool) if callable(tool) else repr(tool)


def tool_names(tools: object) -> tuple[str, ...]:
    """The names of one tool, several, or none."""
    if tools is None:
        return ()
    if isinstance(tools, list | tuple | set | frozenset):
        return tuple(_tool_name(tool) for tool in tools)
    return (_tool_name(tools),)


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
    after: Sequence[ToolRef] = (),
    name: str | None = None,
    polling: bool = False,
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
    after: Sequence[ToolRef] = (),
    name: str | None = None,
    polling: bool = False,
) -> Any:
    """Make a function a tool; one that says nothing about itself is taken to write.

    read_only: it changes nothing, and may be called again unasked.
    idempotent: calling it again with the same arguments changes nothing more.
    destructive: it may remove or overwrite.
    open_world: it may act on what no copy of the workflow's world holds.
    timeout: seconds a call may take; no limit unless set.
    critical: its failure fails the workflow.
    after: tools whose calls in the same turn must have returned first.
    name: another name than the function's.
    polling: it is called to wait, so that the same answer again is not being stuck.
    """
    place = caller()
    flags = {"read_only": read_only, "idempotent": idempotent, "destructive": destructive}
    flags |= {"open_world": open_world, "critical": critical, "polling": polling}
    refuse_wrong(place, "tool", {name_: (flag, _FLAG) for name_, flag in flags.items()})
    refuse_wrong(place, "tool", {"timeout": (timeout, _SECONDS), "name": (name, _NAME)})
    options = {**flags, "timeout": timeout, "after": tool_names(after), "name": name}
    if function is not None:
        return Tool(function, place, options)
    return lambda decorated: Tool(decorated, place, options)
