"""Make a scenario: the faults of a branch as data, to give another run at the same places.

A fault is named by its place in a run, not by a record: the second call of a tool, the third
request to the model. What it gives stands there in full, so that nothing is left to find out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, field

from tooltrace.core.fold.stop_reasons import trouble_in
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadScenario
from tooltrace.core.model.events import (
    CallRef,
    FailureKind,
    ModelFailed,
    ModelReplied,
    Outcome,
    Record,
    RunStarted,
    Settings,
    ToolReturned,
    UserSaid,
)
from tooltrace.core.model.reply import calls
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.faults.model_faults import failed_with
from tooltrace.debugger.faults.tool_faults import OVERSIZED, oversized, tool_use

__all__ = [
    "Fault",
    "ModelFault",
    "Scenario",
    "ToolFault",
    "answers_before",
    "call_number",
    "missing_tool",
    "scenario_of",
]

Number = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1, le=16_000_000)]


class ToolFault(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the model reads instead of the result of call number ``call`` of ``tool`` in the run.

    With ``arguments`` only calls with these are counted. ``characters`` stands for a content: a
    text that long.
    """

    tool: str
    call: Number
    arguments: dict[str, Any] | UnsetType = UNSET
    content: Any = UNSET
    characters: Size | None = None
    is_error: bool = False

    @property
    def result(self) -> JsonValue:
        """What the call gives."""
        return self.content if self.characters is None else oversized(self.characters)

    def __str__(self) -> str:
        return f"{one_line(self.tool)}, call {self.call}"


class ModelFault(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of request number ``request`` of the run, counted as it is sent.

    A ``status`` alone is that HTTP error; ``error`` and the rest say it in full. A ``reply`` with
    neither is what the model answers.
    """

    request: Number
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    error: str | None = None
    kind: FailureKind = "failed"
    retryable: bool | None = field(name="again", default=None)
    retry_after: Seconds | None = None
    reply: dict[str, Any] | None = None

    def answer(self, settings: Settings) -> ModelFailed | ModelReplied:
        """The fact that it leaves."""
        if self.reply is not None and self.status is None and self.error is None:
            return ModelReplied(self.reply)
        plain = ModelFailed(self.error or "")
        if self.status is not None:
            plain = failed_with(self.status, settings, self.retry_after)
        return ModelFailed(
            self.error or plain.error,
            status=self.status,
            raw=plain.raw,
            kind=self.kind,
            reply=self.reply,
            retryable=plain.retryable if self.retryable is None else self.retryable,
            retry_after=plain.retry_after if self.retry_after is None else self.retry_after,
        )

    def __str__(self) -> str:
        return f"model request {self.request}"


Fault = ToolFault | ModelFault


class Scenario(Struct, frozen=True):
    """The faults of a run of ``workflow``, and what is said to the model first.

    ``outcome`` is how the run should end with these faults; None when any end will do.
    """

    workflow: str
    input: str
    faults: tuple[Fault, ...]
    outcome: Outcome | None = None


def call_number(
    path: Sequence[Record], ref: CallRef, tool: str, arguments: JsonValue | UnsetType = UNSET
) -> int:
    """Which call of the tool on a path this one is, from 1; calls that could not be made count not.

    0 when it is none. With ``arguments`` only calls with these are counted.
    """
    number, form = 0, 1
    for record in path:
        event = record.event
        if isinstance(event, RunStarted):
            form = event.form
        if not isinstance(event, ModelReplied) or trouble_in(event.reply, form):
            continue
        for index, use in enumerate(calls(event.reply)):
            counts = use.get("name") == tool and arguments in (UNSET, use.get("input"))
            number += counts
            if (record.id, index) == (ref.reply, ref.index):
                return number if counts else 0
    return 0


def answers_before(path: Sequence[Record], record_id: int | None = None) -> int:
    """How many requests of a path have their answer, before a record or at its end."""
    number = 0
    for record in path:
        if record.id == record_id:
            break
        number += isinstance(record.event, ModelReplied | ModelFailed)
    return number


def scenario_of(tree: Tree, tip: int) -> Scenario:
    """The faults on the path to a record. Raises BadScenario when there are none."""
    path = tree.path(tip)
    faults: list[Fault] = []
    for record in path:
        if record.source != "injected":
            continue
        match record.event:
            case ToolReturned() as returned:
                faults.append(_tool_fault(tree, path, returned))
            case ModelFailed() as failed:
                faults.append(
                    ModelFault(
                        answers_before(path, record.id) + 1,
                        failed.status if 400 <= (failed.status or 0) <= 599 else None,
                        failed.error,
                        failed.kind,
                        failed.retryable,
                        failed.retry_after,
                        failed.reply,
                    )
                )
            case ModelReplied(reply=reply):
                faults.append(ModelFault(answers_before(path, record.id) + 1, reply=reply))
            case _:
                pass
    if not faults:
        raise BadScenario("no fault was injected on this branch: press x at a paused call")
    s = tree.snapshot_at(tip)
    return Scenario(s.workflow.name, _said_first(path), tuple(faults), s.outcome)


def _tool_fault(tree: Tree, path: Sequence[Record], returned: ToolReturned) -> ToolFault:
    use = tool_use(tree, returned.call) or {}
    tool = str(use.get("name"))
    number = max(1, call_number(path, returned.call, tool))
    if returned.content == oversized(OVERSIZED):
        return ToolFault(tool, number, characters=OVERSIZED, is_error=returned.is_error)
    return ToolFault(tool, number, content=returned.content, is_error=returned.is_error)


def _said_first(path: Sequence[Record]) -> str:
    said = (record.event.text for record in path if isinstance(record.event, UserSaid))
    root = path[0].event
    return next(said, root.workflow.input if isinstance(root, RunStarted) else "")


def missing_tool(scenario: Scenario, spec: WorkflowSpec) -> str | None:
    """Why the scenario is none of that workflow; None when it may be."""
    if scenario.workflow != spec.name:
        return f"a scenario of {one_line(scenario.workflow)}, and WORKFLOW is {spec.name}"
    for number, fault in enumerate(scenario.faults, 1):
        if isinstance(fault, ToolFault) and spec.tool(fault.tool) is None:
            known = ", ".join(tool.name for tool in spec.tools) or "none"
            return f"fault {number}: {spec.name} has no tool {fault.tool!r}; there are: {known}"
    return None
