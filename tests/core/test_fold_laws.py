"""What holds for every session, however it came about: laws of fold, tree and digest."""

from __future__ import annotations

from typing import Any

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.given import AT, Given, call, reply
from tests.core.nasty import SEEDS, Nasty, performed
from tooltrace.core.decide.breakpoint_hits import hit, moment_at
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.decide.next_action import (
    CallModel,
    ChangeState,
    RunTools,
    model_called,
    next_action,
    request_at,
)
from tooltrace.core.decide.state_prompt import state_prompt
from tooltrace.core.fold.fold import fold, fold_path
from tooltrace.core.fold.fold_turn import MOST_PROBLEMS
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Assistant, Request, Results, StatePrompt, UserText
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.core.text.exact_json import dumps

FREE = WorkflowSpec("free", tools=(ToolSpec("a"),), max_turns=999)
POINTS = tuple(
    parse(text)
    for text in ("tool:a", "state:second", "transition:*->end", "error", "call", "if result.n > 1")
)


@settings(max_examples=200)
@given_any(SEEDS)
def test_folding_and_asking_what_is_next_never_fails(seed: int) -> None:
    tree = Nasty(seed).tree()
    for record_id in tree.records:
        s = tree.snapshot_at(record_id)
        assert s.at == record_id
        assert len(s.problems) <= MOST_PROBLEMS
        dumps(s.context)
        action = next_action(s)
        for point in POINTS:
            hit((point,), moment_at(tree, s))
        state_prompt(s)
        event = performed(s, action)
        if event is None:
            continue
        after = fold(s, e.Record(tree.last_id + 1, record_id, AT, "live", event))
        assert after != s
        assert after.problems == s.problems or isinstance(action, ChangeState)
        if isinstance(action, CallModel):
            assert request_at(after).digest == model_called(s).digest
        if isinstance(action, RunTools):
            assert all(action.levels)
            assert all(c.status == "waiting" for c in action.calls)


@settings(max_examples=100)
@given_any(SEEDS)
def test_doing_what_is_next_comes_to_an_end(seed: int) -> None:
    """However bad the workflow, only a person or the model can keep a run going."""
    nasty = Nasty(seed)
    given = Given(nasty.spec()).user("Go.")
    for _ in range(400):
        action = given.action
        event = performed(given.snapshot, action)
        if event is None:
            return
        given.append(event)
        if isinstance(action, CallModel):
            given.append(e.ModelReplied(reply(call("a"), call("b"), call("c"))))
        if isinstance(action, RunTools):
            given.append(e.ToolReturned(action.calls[0].ref, nasty.json()))
    raise AssertionError("the run never ends")


@settings(max_examples=100)
@given_any(SEEDS)
def test_a_cached_snapshot_is_a_cold_fold(seed: int) -> None:
    nasty = Nasty(seed)
    tree = nasty.tree()
    for _ in range(3):
        order = list(tree.records)
        nasty.random.shuffle(order)
        for record_id in order[:12]:
            assert tree.snapshot_at(record_id) == fold_path(tree.path(record_id))
        nasty.grow(tree, 5)
    cold = Tree()
    for record in tree.records.values():
        cold.add(record)
    for record_id in reversed(tree.records):
        assert tree.snapshot_at(record_id) == cold.snapshot_at(record_id)


def test_snapshots_of_a_long_path_stay_right_while_other_branches_grow() -> None:
    given = Given(FREE).user("Go.")
    for n in range(100):
        given.step("a", n)
    ids = list(given.tree.records)[::23]
    before = {record_id: given.tree.snapshot_at(record_id) for record_id in ids}
    copies = {record_id: list(s.messages) for record_id, s in before.items()}
    for record_id in ids:
        given.back_to(record_id).user("What if?").replies("Then this.").user("And now?")
    for record_id in ids:
        cold = fold_path(given.tree.path(record_id))
        assert before[record_id] == given.tree.snapshot_at(record_id) == cold
        assert list(before[record_id].messages) == copies[record_id]


@settings(max_examples=150)
@given_any(SEEDS)
def test_a_request_that_failed_is_as_if_it_had_not_been_made(seed: int) -> None:
    nasty = Nasty(seed)
    tree = nasty.tree()
    for record_id in tree.records:
        s = tree.snapshot_at(record_id)
        if not isinstance(next_action(s), CallModel):
            continue
        expected = model_called(s)
        attempts: list[list[e.Event]] = [
            [expected, e.ModelFailed("overloaded")],
            [expected],
            [expected, e.ModelReplied({"content": [], "stop_reason": None})],
            [expected, e.ModelReplied({"content": [call("a")], "stop_reason": "max_tokens"})],
        ]
        for attempt in nasty.random.choices(attempts, k=3):
            for event in attempt:
                s = fold(s, e.Record(s.at + 1, s.at, AT, "live", event))
        assert model_called(s).digest == expected.digest


# Digests

Said = tuple[str, Any]
CONVERSATIONS = st.lists(
    st.tuples(st.just("user"), st.sampled_from("ab"))
    | st.tuples(st.just("reply"), st.sampled_from("ab"))
    | st.tuples(st.just("call"), st.sampled_from([1, True, 1.0, "1", None, [], {}, [1], {"a": 1}])),
    max_size=4,
)


def said(turns: list[Said], spec: WorkflowSpec = FREE) -> Given:
    conversation = Given(spec).user("Go.")
    for kind, value in turns:
        match kind:
            case "user":
                conversation.user(value)
            case "reply":
                conversation.replies(value)
            case _:
                conversation.replies(call("a")).returns("a", value)
    return conversation


@given_any(CONVERSATIONS)
def test_equal_conversations_have_equal_digests(turns: list[Said]) -> None:
    assert said(turns).digest == said(turns).digest


@settings(max_examples=200)
@given_any(CONVERSATIONS, CONVERSATIONS)
def test_different_conversations_have_different_digests(a: list[Said], b: list[Said]) -> None:
    one, other = said(a), said(b)
    same = wire(one) == wire(other)
    assert (one.digest == other.digest) == same


def wire(conversation: Given) -> list[str]:
    """What goes to the model, written out; repr tells 1 from True and -0.0 from 0.0."""
    found = []
    for message in conversation.request:
        match message:
            case UserText() | StatePrompt():
                found.append(f"{type(message).__name__} {message.text!r}")
            case Assistant():
                found.append(f"assistant {message.content!r}")
            case Results():
                found.append(f"results {[sorted_repr(r.content) for r in message.results]}")
    return found


def sorted_repr(value: Any) -> str:
    if isinstance(value, dict):
        return f"object {sorted((key, sorted_repr(item)) for key, item in value.items())}"
    if isinstance(value, list):
        return str([sorted_repr(item) for item in value])
    return repr(value)


@given_any(SEEDS)
def test_the_opening_speaks_of_what_the_model_sees_of_the_workflow(seed: int) -> None:
    spec = Nasty(seed).spec()
    seen = Request.opening(spec)
    assert seen == Request.opening(replace(spec, rows=(), states=(), max_turns=7))
    assert seen != Request.opening(replace(spec, system="Be brief."))
    assert seen != Request.opening(replace(spec, tools=spec.tools[1:]))
    assert seen != Request.opening(replace(spec, tools=spec.tools[::-1]))
