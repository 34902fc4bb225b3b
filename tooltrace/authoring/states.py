"""The pieces of a workflow definition, as a person writes them: states and transitions.

They only hold what was written, and where; ``Workflow`` turns them into data and checks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tooltrace.authoring.definition_check import TEXT, Values, Wanted, refuse_settings, refuse_wrong
from tooltrace.authoring.source_lines import SourceLine, caller
from tooltrace.authoring.tool import ToolRef, tool_names
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.workflow import StateSpec, Transition

__all__ = ["On", "State"]

_NAME: Wanted = (str, "the name of a state")
_FLAG: Wanted = (bool, "True or False")
_REQUEST: Wanted = ((RequestSettings, type(None)), "RequestSettings(…)")
_GUARD: Wanted = ((str, type(None)), 'a guard as text, like "result.total > 0"')
_SAVE: Wanted = ((Mapping, type(None)), 'names and expressions, like {"order": "result"}')
_SAVED: Wanted = (str, 'an expression as text, like "result"')


@dataclass(frozen=True)
class State:
    """A workflow state and the tools that may be called in it.

    ``hint`` tells the model what to do next here. A ``terminal`` state ends the run; with
    ``failure`` it ends badly. ``request`` are settings of the requests made in it, beside the
    workflow's own.
    """

    name: str
    tools: Sequence[ToolRef] = ()
    hint: str = ""
    terminal: bool = False
    failure: bool = False
    request: RequestSettings | None = None
    place: SourceLine = field(default_factory=caller, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        wanted: Values = {"name": (self.name, TEXT), "hint": (self.hint, TEXT)}
        wanted |= {"terminal": (self.terminal, _FLAG), "failure": (self.failure, _FLAG)}
        refuse_wrong(self.place, "State", {**wanted, "request": (self.request, _REQUEST)})
        refuse_settings(self.place, "State", self.request)

    def spec(self) -> StateSpec:
        """The state as data."""
        tools = tool_names(self.tools)
        return StateSpec(
            self.name, tools, self.hint, self.terminal, self.failure, request=self.request
        )


@dataclass(frozen=True)
class On:
    """A line of the transition table: on a result of ``tool``, go from ``source`` to ``target``.

    A list of tools means "when all of them have returned in this state", None means at once.
    ``when`` is a guard, ``save`` maps context names to expressions; both may speak of ``result``,
    ``results``, ``args``, ``context``, ``state``, ``error``. With ``error`` the row matches failed
    results instead of successful ones. The first row that matches is taken.
    """

    tool: ToolRef | Sequence[ToolRef] | None
    source: str
    target: str
    when: str | None = None
    save: Mapping[str, str] | None = None
    error: bool = False
    place: SourceLine = field(default_factory=caller, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        wanted: Values = {"source": (self.source, _NAME), "target": (self.target, _NAME)}
        wanted |= {"when": (self.when, _GUARD), "save": (self.save, _SAVE)}
        refuse_wrong(self.place, "On", {**wanted, "error": (self.error, _FLAG)})
        for name, text in (self.save or {}).items():
            refuse_wrong(self.place, "On", {f"save[{name!r}]": (text, _SAVED)})

    def row(self) -> Transition:
        """The line as data."""
        on = tool_names(self.tool)
        return Transition(
            on, self.source, self.target, self.when, dict(self.save or {}), self.error
        )
