"""Given a conversation as it came, expect one that the API takes, and the same one again later."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.given import Given, workflow
from tests.loopback.rules import complaint
from tests.models.build import request
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.model.messages import Assistant, Message, Result, Results, UserText
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.sendable_messages import outgoing
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.models.anthropic.request_body import body
from tooltrace.models.anthropic.request_check import problems

LOOK = ToolSpec("look", read_only=True)


def turn(*ids: object, name: Any = "look", answers: int | None = None) -> list[Message]:
    """A reply with calls of these ids, and their results; each says which call it is of."""
    blocks = [
        {"type": "tool_use", "id": one, "name": name, "input": {"n": n}}
        for n, one in enumerate(ids)
    ]
    came = [one if isinstance(one, str) else "" for one in ids]
    results = [Result(2, "look", one, f"of {n}", False) for n, one in enumerate(came)][:answers]
    return [Assistant(1, blocks), Results(tuple(results))]


def ids_of(messages: list[Message]) -> list[list[str]]:
    """The ids of each reply and each set of results, as they are sent."""
    found = []
    for message in outgoing(messages):
        if isinstance(message, Assistant):
            found.append([b["id"] for b in message.content if b["type"] == "tool_use"])
        elif isinstance(message, Results):
            found.append([result.tool_use_id for result in message.results])
    return found


@pytest.mark.parametrize(
    ("turns", "sent"),
    [
        ([turn("a", "b"), turn("c")], [["a", "b"], ["c"]]),
        ([turn("1"), turn("1", "2"), turn("1")], [["1"], ["1_2", "2"], ["1_3"]]),
        ([turn("a", "a", "a")], [["a", "a_2", "a_3"]]),
        ([turn("", None, 7, ["x"])], [["call", "call_2", "call_3", "call_4"]]),
        ([turn("a", "a"), turn("a_2", "a")], [["a", "a_2"], ["a_2_2", "a_3"]]),
        ([turn("call"), turn("")], [["call"], ["call_2"]]),
        ([turn("größe 1", "gr__e_1")], [["gr__e_1", "gr__e_1_2"]]),
        ([turn("functions.look:0")], [["functions.look:0"]]),
        ([turn("\ud800", "\ud801")], [["_", "__2"]]),
    ],
)
def test_ids(turns: list[list[Message]], sent: list[list[str]]) -> None:
    messages = [message for each in turns for message in each]
    assert ids_of(messages) == [ids for ids in sent for _ in range(2)]


def test_the_api_itself_gets_no_letters_that_it_refuses() -> None:
    made = body(request(UserText(1, "Go."), *turn("functions.look:0")), model="m", official=True)
    assert made["messages"][1]["content"][0]["id"] == "functions_look_0"
    assert made["messages"][2]["content"][0]["tool_use_id"] == "functions_look_0"


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("look", "look"),
        ("no such tool", "no_such_tool"),
        ("", "unnamed"),
        (None, "unnamed"),
        ("Größe?", "Gr__e_"),
        ("x" * 500, "x" * 128),
        ("\x1b[2J", "__2J"),
    ],
)
def test_names(name: object, sent: str) -> None:
    first = next(iter(outgoing(turn("a", name=name))))
    assert isinstance(first, Assistant)
    assert first.content[0]["name"] == sent


def test_what_passes_is_not_copied() -> None:
    messages = [UserText(1, "Go."), *turn("a", "b"), *turn("c")]
    assert all(a is b for a, b in zip(outgoing(messages), messages, strict=True))


def test_what_came_stays_as_it_came() -> None:
    messages = turn("a", "a", name="no no")
    before = repr(messages)
    list(outgoing(messages))
    assert repr(messages) == before


def test_ids_of_the_servers_own_calls_are_nobody_elses() -> None:
    search = {"type": "server_tool_use", "id": "call", "name": "web_search", "input": {}}
    messages = [Assistant(1, [search]), *turn("")]
    assert ids_of(messages)[1:] == [["call_2"], ["call_2"]]


ODD = st.sampled_from(["1", "2", "a", "a_2", "", "call", "call_2", "x y", "ü", "\ud800", "_"])
IDS = st.one_of(ODD, st.none(), st.integers(), st.text(max_size=3))
TURNS = st.lists(st.tuples(st.lists(IDS, min_size=1, max_size=4), st.text(max_size=4)), max_size=6)


@given(TURNS, st.booleans())
def test_any_conversation_can_be_sent_and_only_grows(turns: Any, official: bool) -> None:
    messages: list[Message] = [UserText(1, "Go.")]
    bodies = []
    for ids, name in turns:
        messages += turn(*ids, name=name)
        made = body(request(*messages), model="m", official=official)
        assert problems(made) == []
        if official:
            assert complaint(made, system_turns=False) is None
        bodies.append(made["messages"])
        calls = [block["id"] for block in made["messages"][-2]["content"]]
        results = made["messages"][-1]["content"]
        # Each result stands with its own call, also where two came with one id.
        assert [r["tool_use_id"] for r in results] == calls
        assert [r["content"] for r in results] == [f"of {n}" for n in range(len(ids))]
    for shorter, longer in pairwise(bodies):
        assert longer[: len(shorter)] == shorter


@pytest.mark.parametrize("form", [1, FORM])
def test_the_digest_is_that_of_what_came(form: int) -> None:
    """So that it can be told from the facts alone, and old ones stay what they are."""
    one, other = (_asked(form, *ids) for ids in (("t", "t"), ("t", "t_2")))
    assert one.digest != other.digest
    sent = [body(each, model="m")["messages"] for each in (one, other)]
    assert sent[0] == sent[1]


def _asked(form: int, *ids: str) -> Any:
    given = Given(workflow(tools=(LOOK,)), form=form).user("Go.")
    given.replies(*({"type": "tool_use", "id": i, "name": "look", "input": {}} for i in ids))
    for _ in ids:
        given.returns("look", "seen")
    return request_at(given.asks().snapshot)


def test_five_thousand_equal_ids_cost_little() -> None:
    messages = [message for _ in range(5_000) for message in turn("call_1", "call_2")]
    begun = time.thread_time()
    sent = ids_of(messages)
    # A twentieth of a second here.
    assert time.thread_time() - begun < 0.6
    assert len({one for ids in sent[::2] for one in ids}) == 10_000
