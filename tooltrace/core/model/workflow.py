"""A workflow as data: what a session file carries so that no code is needed to explain it.

States, transitions with guards, tool schemas and annotations, limits. Pure values; ``validate``
says what is wrong with one, ``tooltrace.authoring`` builds them from Python.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "AT_ONCE",
    "NO_LIMIT",
    "ContextField",
    "Effect",
    "StateSpec",
    "StuckSpec",
    "ToolSpec",
    "Transition",
    "WorkflowSpec",
    "acts_outside",
]

NO_LIMIT = 1_000_000_000
"""The ``max_turns`` of a run that another program made: nobody counted its turns here."""

AT_ONCE = ""
"""The ``on`` of a row that needs no tool result: taken as soon as its guard holds."""

Effect = Literal["reads", "idempotent", "writes"]


class ToolSpec(Struct, frozen=True, omit_defaults=True):
    """A tool as the model sees it, with MCP's annotations; one that says nothing writes.

    ``schema`` is the JSON schema of its arguments; ``timeout`` is in seconds; ``after`` names tools
    whose calls in the same turn must have returned first; ``polling`` says that the same answer
    again is what its caller waits through.
    """

    name: str
    description: str = ""
    schema: dict[str, Any] = field(default_factory=dict)
    read_only: bool = False
    idempotent: bool = False
    destructive: bool = True
    open_world: bool = True
    timeout: float | None = None
    critical: bool = False
    after: tuple[str, ...] = ()
    polling: bool = False

    @property
    def effect(self) -> Effect:
        """What calling it does: ``reads``, is ``idempotent``, or ``writes``."""
        if self.read_only:
            return "reads"
        return "idempotent" if self.idempotent else "writes"


def acts_outside(spec: ToolSpec | None, world: bool) -> bool:
    """Whether a call may change what no copy of the world holds.

    ``world`` says that there is one to copy. A tool that nobody declared may do anything.
    """
    if spec is None:
        return True
    return spec.effect != "reads" and (spec.open_world or not world)


class StateSpec(Struct, frozen=True, omit_defaults=True):
    """A workflow state: the tools allowed in it, a hint for the model, and whether the run ends.

    ``request`` are settings of the requests that are made in it.
    """

    name: str
    tools: tuple[str, ...] = ()
    hint: str = ""
    terminal: bool = False
    failure: bool = False
    request: RequestSettings | None = None


class Transition(Struct, frozen=True, omit_defaults=True):
    """A line of the transition table.

    ``on`` names a tool; several names mean "when all of these have returned in this state"; empty
    means at once. ``when`` is a guard, ``save`` maps context names to expressions over the result.
    ``error`` rows match failed results, the others successful ones.
    """

    on: tuple[str, ...]
    source: str
    target: str
    when: str | None = None
    save: dict[str, str] = field(default_factory=dict)
    error: bool = False


class ContextField(Struct, frozen=True, omit_defaults=True):
    """A named place for an intermediate result; ``type`` is for people."""

    name: str
    type: str = "any"
    default: JsonValue = None


class StuckSpec(Struct, frozen=True, omit_defaults=True):
    """When a run counts as stuck: each a number of turns in a row, 0 turns the check off.

    ``same_call`` the same calls with the same results, ``same_error`` nothing but the same error,
    ``ping_pong`` two such turns one after the other, ``cycle`` how often a longer round of turns
    comes again, ``idle`` no change of state or context, which is off unless it is set.

    ``counts`` is ``calls`` in files from when each call counted by itself, there was no ``cycle``
    and ``idle`` was 12; what a person defines counts turns.
    """

    same_call: int = 4
    same_error: int = 3
    ping_pong: int = 6
    idle: int | None = None
    cycle: int = 3
    counts: Literal["calls", "turns"] = "calls"

    @property
    def most_idle(self) -> int:
        """For how long state and context may stay as they are; 0 without a limit."""
        if self.idle is None:
            return 12 if self.counts == "calls" else 0
        return self.idle


class WorkflowSpec(Struct, frozen=True, omit_defaults=True):
    """Everything about a workflow but its code. Without states it is free: the model decides.

    ``system_blocks`` stand for the system prompt where it is more than text; ``system_from`` names
    the function that gives it anew for each request, and ``request`` are settings of all requests.
    """

    name: str
    description: str = ""
    system: str = ""
    tools: tuple[ToolSpec, ...] = ()
    states: tuple[StateSpec, ...] = ()
    initial: str | None = None
    rows: tuple[Transition, ...] = ()
    context: tuple[ContextField, ...] = ()
    max_turns: int = 50
    stuck: StuckSpec = field(default_factory=StuckSpec)
    critical_to: str | None = None
    input: str = ""
    world: bool = False
    system_blocks: tuple[dict[str, Any], ...] = ()
    system_from: str = ""
    request: RequestSettings | None = None

    @property
    def system_content(self) -> str | list[dict[str, Any]]:
        """The system prompt as it is sent: its blocks, or else its text."""
        return list(self.system_blocks) or self.system

    def state(self, name: str | None) -> StateSpec | None:
        """The state of that name, if there is one."""
        return next((state for state in self.states if state.name == name), None)

    def tool(self, name: str) -> ToolSpec | None:
        """The tool of that name, if there is one."""
        return next((tool for tool in self.tools if tool.name == name), None)

    def effect(self, name: str) -> Effect:
        """What calling a tool does; one that nobody declared may do anything, so it writes."""
        spec = self.tool(name)
        return "writes" if spec is None else spec.effect
