"""``Workflow``: a definition as a person writes it, checked as a whole when it is built.

What it holds afterwards is data (``spec``) and the few things that cannot be data: the functions,
the policy and the way to make a world. A workflow that exists has no problems.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec.structs import asdict, replace

from tooltrace.authoring.context_spec import ContextTypes
from tooltrace.authoring.definition_check import (
    TEXT,
    Values,
    Wanted,
    refuse_settings,
    refuse_wrong,
    shown,
)
from tooltrace.authoring.source_lines import SourceLine, caller
from tooltrace.authoring.states import On, State
from tooltrace.authoring.system_prompt import SystemPrompt, prompt_parts
from tooltrace.authoring.tool import Tool, taken
from tooltrace.core.decide.validate import Mistake, problems
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.ports import ModelPort, ToolPort
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.model.workflow import StuckSpec, WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.scripted import Policy
from tooltrace.plugins.entry_points import plugin_named
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.registry import ToolPortChoice
from tooltrace.tools.signature.signature import place_of
from tooltrace.tools.world.world import World

__all__ = ["Workflow"]

T = TypeVar("T")

_REQUEST: Wanted = ((RequestSettings, type(None)), "RequestSettings(…)")
_STATE: Wanted = ((str, type(None)), "the name of a state")
_TURNS: Wanted = (int, "a number of turns")
_STUCK: Wanted = ((StuckSpec, type(None)), "StuckSpec(…)")
_LIMIT: Wanted = (int, "a number of turns, or 0 for no limit")
_POLICY: Wanted = ((Callable, type(None)), "a function that plays the model")
_WORLD: Wanted = ((Callable, type(None)), "a function that makes a world in a folder")
_MODEL: Wanted = (ModelPort, "a model port, with ask(request, heard) and cancel()")
_TOOL_PORT: Wanted = (
    (ToolPort, Callable),
    "a tool port, a function that makes one from that of the functions, or plugin:NAME",
)
_TOOLS: Wanted = ((list, tuple), "a list of functions")

MOST_TOLD = 5
_INDEXED = re.compile(r"(tools|states|rows)\[(\d+)\]")
_KINDS = {"tools": "tool", "states": "State", "rows": "On"}


class Workflow:
    """Tools, and optionally states and transitions; without states the model decides.

    name: what it is called, in sessions, breakpoints and the names of new files.
    tools: functions, with or without ``@tool`` over them.
    states: ``State(...)`` each; none makes a free workflow.
    transitions: ``On(...)`` each; the first one that fits a result is taken.
    context: a dataclass type whose fields results are saved into.
    system: the system prompt, the same in every state: text, content blocks, or a function that
        gets a ``Seen`` and gives either, anew for each request.
    request: settings of every request, a ``RequestSettings``.
    description: one line for people, shown in lists.
    input: what is said to the model when a person says nothing else.
    initial: the first state; the first of ``states`` unless named.
    max_turns: replies after which a run pauses.
    stuck: when a run counts as stuck, a ``StuckSpec``.
    critical_to: the state that the failure of a critical tool leads to.
    policy: plays the model offline: gets a ``Seen``, returns ``say(...)`` or ``call(...)``.
    world: makes what the tools act on in the folder it is given, or opens what is there.
    model: a model port that answers where there is no policy, or a person says ``--model given``.
    tool_port: makes the calls instead of the functions: a tool port, a function that makes one from
        that of the functions, or ``plugin:NAME`` (an entry point of the group ``tooltrace.tools``).

    Raises BadWorkflow, which names every mistake (up to five) with the file and line it is in.
    """

    def __init__(
        self,
        name: str,
        *,
        tools: Sequence[Tool[..., Any] | FunctionTool | Callable[..., Any]],
        states: Iterable[State] = (),
        transitions: Iterable[On] = (),
        context: type | None = None,
        system: SystemPrompt = "",
        description: str = "",
        input: str = "",  # noqa: A002 - the word a person uses for it
        initial: str | None = None,
        max_turns: int = 50,
        stuck: StuckSpec | None = None,
        critical_to: str | None = None,
        policy: Policy | None = None,
        world: Callable[[Path], World] | None = None,
        model: ModelPort | None = None,
        tool_port: ToolPortChoice | None = None,
        request: RequestSettings | None = None,
    ) -> None:
        self.place = caller()
        texts = {"name": (name, TEXT), "description": (description, TEXT), "input": (input, TEXT)}
        refuse_wrong(self.place, "Workflow", {**texts, "request": (request, _REQUEST)})
        refuse_settings(self.place, "Workflow", request)
        text, blocks, self.system_function = prompt_parts(self.place, system)
        names = {"initial": (initial, _STATE), "critical_to": (critical_to, _STATE)}
        made = {"policy": (policy, _POLICY), "world": (world, _WORLD)}
        rest = {
            "max_turns": (max_turns, _TURNS),
            "stuck": (stuck, _STUCK),
            "tools": (tools, _TOOLS),
        }
        refuse_wrong(self.place, "Workflow", {**names, **made, **rest})
        refuse_wrong(self.place, "StuckSpec", _limits_of(stuck or StuckSpec()))
        refuse_wrong(self.place, "Workflow", _ports(model, tool_port))
        states = _all_of(self.place, "states", states, State)
        transitions = _all_of(self.place, "transitions", transitions, On)
        built = [_function_tool(tool, f"{self.place}: tools[{i}]") for i, tool in enumerate(tools)]
        self._context = ContextTypes(context)
        self.spec = WorkflowSpec(
            name=name,
            description=description,
            system=text or content_text(list(blocks)),
            system_blocks=blocks,
            system_from=self.system_function.name if self.system_function else "",
            request=request,
            tools=tuple(tool.spec for tool in built),
            states=tuple(state.spec() for state in states),
            initial=initial or (states[0].name if states else None),
            rows=tuple(transition.row() for transition in transitions),
            context=self._context.fields,
            max_turns=max_turns,
            stuck=replace(stuck or StuckSpec(), counts="turns"),
            critical_to=critical_to,
            input=input,
            world=world is not None,
        )
        self.tools: Mapping[str, FunctionTool] = MappingProxyType(
            {tool.spec.name: tool for tool in built}
        )
        self.policy = policy
        self.world = world
        self.model = model
        self.tool_port = tool_port
        places = {
            "tools": [_place_of(tool, self.place) for tool in tools],
            "states": [state.place for state in states],
            "rows": [transition.place for transition in transitions],
        }
        wrong = [*self._context.problems, *problems(self.spec)]
        if wrong:
            raise BadWorkflow(_told(wrong, places, self.place))

    @property
    def name(self) -> str:
        """What it is called."""
        return self.spec.name

    def check_context(self, name: str, value: JsonValue) -> str | None:
        """Why a person may not put this JSON value under that name; None when they may."""
        return self._context.check(name, value)

    def __repr__(self) -> str:
        return f"<workflow {self.name} from {self.place}>"


def _ports(model: object, tool_port: object) -> Values:
    """The ports that came along; a class of one is none yet."""
    found: Values = {}
    if model is not None and isinstance(model, type):
        found["model"] = (model, ((), f"{_MODEL[1]}, made of that class"))
    elif model is not None:
        found["model"] = (model, _MODEL)
    named = isinstance(tool_port, str) and plugin_named(tool_port) is not None
    if tool_port is not None and not named:
        found["tool_port"] = (tool_port, _TOOL_PORT)
    return found


def _limits_of(stuck: StuckSpec) -> Values:
    limits = asdict(stuck)
    del limits["counts"]
    if stuck.idle is None:
        del limits["idle"]
    return {name: (count, _LIMIT) for name, count in limits.items()}


def _all_of(place: SourceLine, name: str, items: Any, kind: type[T]) -> tuple[T, ...]:
    """The items, all of that kind. Raises BadWorkflow."""
    refuse_wrong(place, "Workflow", {name: (items, (Iterable, f"a list of {kind.__name__}(…)"))})
    found = tuple(items)
    wanted: Wanted = (kind, f"{kind.__name__}(…)")
    for index, item in enumerate(found):
        refuse_wrong(place, "Workflow", {f"{name}[{index}]": (item, wanted)})
    return found


def _function_tool(tool: Any, part: str) -> FunctionTool:
    if isinstance(tool, FunctionTool):
        return tool
    if inspect.ismethod(tool) and isinstance(tool.__func__, Tool):
        tool = tool.__func__.__get__(tool.__self__, type(tool.__self__))
    made = taken(tool)
    if made is not None:
        return made.function_tool
    if isinstance(tool, Mapping):
        raise BadWorkflow(
            f"{part}: is a description of a tool, {shown(tool)}: tooltrace runs functions, not the "
            "API's own tools; write a function that does it and pass that"
        )
    if not callable(tool) or isinstance(tool, type):
        raise BadWorkflow(f"{part}: is {shown(tool)}; pass a function, or one with @tool over it")
    return FunctionTool.build(tool)


def _place_of(tool: Any, otherwise: SourceLine) -> SourceLine:
    if isinstance(tool, Tool):
        return tool.place
    found = place_of(tool.function if isinstance(tool, FunctionTool) else tool)
    return otherwise if found is None else SourceLine(*found)


def _told(wrong: list[Mistake], places: Mapping[str, list[SourceLine]], whole: SourceLine) -> str:
    """All mistakes on one line, each in the words of the file it is in."""

    def place_of(found: re.Match[str]) -> SourceLine:
        return places[found[1]][int(found[2])]

    told = []
    for problem in wrong[:MOST_TOLD]:
        found = _INDEXED.match(problem.part)
        place = place_of(found) if found else whole
        part = _INDEXED.sub(lambda match: _KINDS[match[1]], problem.part)
        text = _INDEXED.sub(lambda match: f"the one at {place_of(match)}", problem.text)
        told.append(f"{place}: {part}: {text}")
    if len(wrong) > MOST_TOLD:
        told.append(f"and {len(wrong) - MOST_TOLD} more")
    return "; ".join(told)
