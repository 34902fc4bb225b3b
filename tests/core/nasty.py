"""Sessions as bad as they come, from a seed: JSON, events that fit nothing, whole trees.

Plain ``random`` with a seed that Hypothesis chooses: some hundred trees in the time in which
Hypothesis would draw one part by part. A failing seed is printed and reproduces its tree.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.core.given import AT
from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    model_called,
    next_action,
)
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import (
    AT_ONCE,
    ContextField,
    StateSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)

__all__ = ["SEEDS", "Nasty", "performed"]

SEEDS = st.integers(0, 2**32)

_SOURCES: list[e.Source] = [
    "live",
    "live",
    "live",
    "edited",
    "forced",
    "recorded",
    "injected",
    "client",
]

_TEXTS = ["", "a", "state", "\ud800", "\u2028", "\x1b[2J", "two\nlines", "x" * 300]
_SCALARS = [None, True, False, 0, 1, -3, 2**70, 0.5, 1e300, -0.0, *_TEXTS]
_NAMES = ["a", "b", "c", "unheard_of"]
_STATES = ["first", "second", "end"]
_GUARDS = [None, None, "result.ok", "not result.ok", "result > 1", "len(results) > 1", "context.n"]
_SAVES = ["result", "results", "args.n", "result.n + 1", "[context.x, context.x]", "error"]
_STOPS = ["tool_use", "tool_use", "end_turn", "pause_turn", "refusal", "max_tokens", None]


def performed(s: Snapshot, action: Action) -> e.Event | None:
    """The next fact of performing an action; None when there is nothing to do."""
    match action:
        case CallModel():
            return model_called(s)
        case RunTools():
            return e.ToolStarted(action.calls[0].ref, action.calls[0].tool)
        case ChangeState():
            return e.Transitioned(action.to, action.row, action.cause)
        case Finish():
            return e.RunFinished(action.outcome, action.why)
        case AwaitUser():
            return None


class Nasty:
    """Everything that one seed gives."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def json(self, depth: int = 3) -> Any:
        """Any JSON value."""
        kind = self.random.random()
        if depth == 0 or kind < 0.6:
            return self.random.choice(_SCALARS)
        size = self.random.randrange(4)
        if kind < 0.8:
            return [self.json(depth - 1) for _ in range(size)]
        keys = [*_TEXTS, "ok", "n", "type"]
        return {self.random.choice(keys): self.json(depth - 1) for _ in range(size)}

    def spec(self) -> WorkflowSpec:
        """A workflow whose table nobody has checked."""
        r = self.random
        if r.random() < 0.2:
            return WorkflowSpec("free", tools=(ToolSpec("a"), ToolSpec("b", critical=True)))
        return WorkflowSpec(
            "any",
            tools=(ToolSpec("a"), ToolSpec("b", critical=True), ToolSpec("c", after=("a",))),
            states=(
                StateSpec("first", ("a", "b")),
                StateSpec("second", ("c",)),
                StateSpec("end", terminal=True),
            ),
            initial=r.choice(["first", "first", "end", None]),
            rows=tuple(self._row() for _ in range(r.randrange(5))),
            context=(ContextField("n"), ContextField("x", default=[1])),
            max_turns=r.randrange(1, 6),
            critical_to=r.choice([None, "end"]),
        )

    def _row(self) -> Transition:
        r = self.random
        on = tuple(r.choices(_NAMES, k=r.randrange(1, 3))) if r.random() < 0.8 else (AT_ONCE,)
        save = {r.choice("nx"): r.choice(_SAVES) for _ in range(r.randrange(3))}
        source, target, guard = r.choice(_STATES), r.choice(_STATES), r.choice(_GUARDS)
        return Transition(on, source, target, guard, save, r.random() < 0.3)

    def _reply(self) -> dict[str, Any]:
        r = self.random
        if r.random() < 0.1:
            return {"content": self.json(), "stop_reason": self.json(), "usage": self.json()}
        blocks: list[Any] = []
        for _ in range(r.randrange(4)):
            kind = r.random()
            if kind < 0.7:
                name, args = r.choice(_NAMES), {"n": self.json(1)}
                blocks.append({"type": "tool_use", "name": name, "id": "same", "input": args})
            else:
                blocks.append({"type": "text", "text": "so"} if kind < 0.9 else self.json())
        usage = {"input_tokens": r.choice([5, -5, None, True, 2.5])}
        return {"content": blocks, "stop_reason": r.choice(_STOPS), "usage": usage}

    def event(self, s: Snapshot | None, last: int) -> e.Event:
        """Any event; mostly one that fits the snapshot, or nearly."""
        r = self.random
        open_refs = [call.ref for call in s.calls] if s is not None else []
        ref = e.CallRef(r.randint(-1, last + 1), r.randint(-1, 2))
        if open_refs and r.random() < 0.8:
            ref = r.choice(open_refs)
        if s is not None and r.random() < 0.5:
            if s.awaiting_model:
                return e.ModelReplied(self._reply(), r.random())
            if open_refs and r.random() < 0.7:
                return e.ToolReturned(ref, self.json(), r.random() < 0.3)
            event = performed(s, next_action(s))
            if event is not None:
                return event
        number = r.randint(-1, last + 1)
        makers: list[Callable[[], e.Event]] = [
            lambda: e.UserSaid(r.choice(_TEXTS)),
            lambda: e.ModelCalled(r.choice(_TEXTS), r.choice([None, *_TEXTS])),
            lambda: e.ModelReplied(self._reply()),
            lambda: e.ModelFailed(r.choice(_TEXTS)),
            lambda: e.ToolStarted(ref, r.choice(_NAMES)),
            lambda: e.ToolReturned(ref, self.json(), r.random() < 0.3, world=r.choice([None, "w"])),
            lambda: e.Transitioned(r.choice([*_STATES, "?"]), r.randint(-1, 4), number),
            lambda: e.Transitioned(r.choice(_STATES)),
            lambda: e.ContextEdited(r.choice(["n", "x", "new"]), self.json()),
            lambda: e.WentOn(r.choice(["limit", "stuck"]), r.randint(-2, 2)),
            lambda: e.WorkflowChanged(self.spec()),
            lambda: e.Forked(r.choice(_TEXTS)),
            lambda: e.WorldRestored("w"),
            lambda: e.RunFinished(r.choice(["completed", "failed"])),
            lambda: e.Unknown(r.choice(_TEXTS), self.json(), r.choice(_TEXTS)),
            lambda: e.RunStarted(self.spec()),
            lambda: c.ClientAttached([r.choice(_TEXTS)], r.choice(_TEXTS)),
            lambda: c.RequestCame("chat", r.choice(_TEXTS), r.choice(_TEXTS), number, -number),
            lambda: c.RequestSent(r.choice(_TEXTS), number, number),
            lambda: c.ReplyDelivered(number, {r.choice(_TEXTS): r.choice(_TEXTS)}),
            lambda: c.ClientLeft(r.choice(_TEXTS)),
            lambda: c.ClientEnded(number),
        ]
        return r.choice(makers)()

    def tree(self, most: int = 40) -> Tree:
        """A tree of records that more or less belong together."""
        tree = Tree()
        first = e.RunStarted(self.spec()) if self.random.random() < 0.95 else self.event(None, 1)
        tree.add(e.Record(1, None, AT, "live", first))
        self.grow(tree, self.random.randrange(most))
        return tree

    def grow(self, tree: Tree, records: int) -> None:
        """Add that many records, each at the newest tip or, less often, somewhere else."""
        for _ in range(records):
            last = tree.last_id
            elsewhere = self.random.random() < 0.15
            parent = self.random.choice(list(tree.records)) if elsewhere else last
            source = self.random.choice(_SOURCES)
            event = self.event(tree.snapshot_at(parent), last)
            tree.add(e.Record(last + 1, parent, AT, source, event))
