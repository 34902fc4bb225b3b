"""Sessions written as conversations, for tests: each line appends the facts it speaks of.

    given = Given(REFUND).user("Refund order 1001.")
    given.replies(call("fetch_order", order_id="1001")).returns("fetch_order", {"total": 5})
    assert given.action == Transition("validating", 0, given.head)

Nothing is made up: the records go into a real ``Tree`` and the snapshot is its fold.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.decide.breakpoint_hits import Moment, moment_at
from tooltrace.core.decide.next_action import Action, ChangeState, model_called, next_action
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Message
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec

__all__ = ["AT", "Given", "call", "reply", "workflow"]

AT = "2026-11-23T09:00:00.000Z"


def call(tool: str, tool_use_id: str = "", **arguments: Any) -> dict[str, Any]:
    """A tool_use block; without an id it gets one of its name."""
    return {
        "type": "tool_use",
        "id": tool_use_id or f"toolu_{tool}",
        "name": tool,
        "input": arguments,
    }


def reply(*blocks: str | dict[str, Any], stop: Any = ..., tokens: int = 10) -> dict[str, Any]:
    """A reply's body: strings are text blocks; ``stop`` follows from the blocks if not given."""
    content = [{"type": "text", "text": b} if isinstance(b, str) else b for b in blocks]
    if stop is ...:
        calls = any(block["type"] == "tool_use" for block in content)
        stop = "tool_use" if calls else "end_turn"
    usage = {"input_tokens": tokens, "output_tokens": tokens}
    return {"role": "assistant", "content": content, "stop_reason": stop, "usage": usage}


def workflow(
    *rows: Transition, end: str = "done", tools: tuple[ToolSpec, ...] = (), **rest: Any
) -> WorkflowSpec:
    """A workflow from its table alone: states and tools are those that the rows name.

    A state allows the tools of the rows that leave it; ``end`` and ``failed`` are terminal.
    """
    names = list(dict.fromkeys(name for row in rows for name in (row.source, row.target)))
    states = []
    for name in [*names, *({end} - set(names))]:
        allowed = dict.fromkeys(tool for row in rows if row.source == name for tool in row.on)
        terminal = name in (end, "failed")
        states.append(
            StateSpec(name, tuple(t for t in allowed if t), "", terminal, name == "failed")
        )
    known = {tool.name for tool in tools}
    missing = dict.fromkeys(t for row in rows for t in row.on if t and t not in known)
    return WorkflowSpec(
        "given",
        tools=(*tools, *(ToolSpec(name) for name in missing)),
        states=tuple(states),
        initial=rows[0].source if rows else None,
        rows=rows,
        **rest,
    )


class Given:
    """A session under construction; ``head`` is where the next fact is appended."""

    def __init__(
        self, spec: WorkflowSpec, settings: e.Settings | None = None, form: int = 1
    ) -> None:
        self.tree = Tree()
        self.head: int | None = None
        self.append(e.RunStarted(spec, settings or e.Settings(), form=form))

    def append(self, event: e.Event, source: e.Source = "live") -> Given:
        """One more fact at the head, whatever it is."""
        record = e.Record(self.tree.last_id + 1, self.head, AT, source, event)
        self.tree.add(record)
        self.head = record.id
        return self

    def back_to(self, record_id: int) -> Given:
        """Stand at an earlier record; what comes next begins a branch there."""
        self.head = record_id
        return self

    @property
    def at(self) -> int:
        """The head, which is None only before the first fact."""
        assert self.head is not None
        return self.head

    @property
    def snapshot(self) -> Snapshot:
        """The fold of the path to the head."""
        return self.tree.snapshot_at(self.at)

    @property
    def action(self) -> Action:
        """What happens next."""
        return next_action(self.snapshot)

    @property
    def moment(self) -> Moment:
        """The head as breakpoints see it."""
        return moment_at(self.tree, self.snapshot)

    @property
    def state(self) -> str | None:
        """The workflow's state."""
        return self.snapshot.state

    @property
    def request(self) -> list[Message]:
        """What the model is asked if it is asked now, state prompt included."""
        s = self.snapshot
        record = e.Record(self.tree.last_id + 1, self.head, AT, "live", model_called(s))
        return list(fold(s, record).messages)

    @property
    def digest(self) -> str:
        """The digest of the request that would be made now."""
        return model_called(self.snapshot).digest

    def user(self, text: str) -> Given:
        """The person says something."""
        return self.append(e.UserSaid(text))

    def asks(self) -> Given:
        """A request goes out, and nothing has come back yet."""
        return self.append(model_called(self.snapshot))

    def replies(self, *blocks: str | dict[str, Any], stop: Any = ..., tokens: int = 10) -> Given:
        """The model is asked, unless a request is out already, and replies."""
        if not self.snapshot.awaiting_model:
            self.asks()
        return self.append(e.ModelReplied(reply(*blocks, stop=stop, tokens=tokens)))

    def request_fails(self, error: str = "overloaded", status: int | None = 529) -> Given:
        """The model is asked and no usable reply comes."""
        return self.asks().append(e.ModelFailed(error, status))

    def starts(self, tool: str) -> Given:
        """The first waiting call of that tool goes out."""
        return self.append(e.ToolStarted(self._open(tool).ref, tool))

    def returns(self, tool: str, content: Any = None, is_error: bool = False) -> Given:
        """The first open call of that tool goes out, unless it is out already, and returns."""
        if self._open(tool).status == "waiting":
            self.starts(tool)
        return self.append(e.ToolReturned(self._open(tool).ref, content, is_error))

    def fails(self, tool: str, message: str = "it broke") -> Given:
        """As ``returns``, with an error."""
        return self.returns(tool, message, is_error=True)

    def step(self, tool: str, content: Any = None, **arguments: Any) -> Given:
        """A whole turn with one call."""
        return self.replies(call(tool, **arguments)).returns(tool, content)

    def moves(self, to: str) -> Given:
        """The due transition is taken; it must lead there."""
        action = self.action
        assert isinstance(action, ChangeState), f"no transition is due, but {action}"
        assert action.to == to, f"the due transition leads to {action.to}"
        return self.append(e.Transitioned(action.to, action.row, action.cause, action.reason))

    def forces(self, to: str) -> Given:
        """A person forces a transition."""
        return self.append(e.Transitioned(to, reason="because"), "forced")

    def finishes(self, outcome: e.Outcome = "completed", why: str = "") -> Given:
        """The run is recorded as over."""
        return self.append(e.RunFinished(outcome, why))

    def _open(self, tool: str) -> Call:
        for call in self.snapshot.calls:
            if call.tool == tool and call.status != "returned":
                return call
        raise AssertionError(f"no call of {tool} is open in {self.snapshot.calls}")
