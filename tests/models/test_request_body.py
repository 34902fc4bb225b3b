"""Given a request, expect its body."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loopback.rules import complaint
from tests.models.build import (
    CREDIT,
    FETCH,
    REFUND,
    call,
    calls,
    request,
    results,
    said,
    state,
    user,
)
from tooltrace.core.model.messages import Assistant, Message, Results
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.models.anthropic.body_settings import BINDING_BETA
from tooltrace.models.anthropic.request_body import body, capabilities, placed
from tooltrace.models.anthropic.request_check import problems
from tooltrace.models.request.turns import RESULT_LIMIT, Placed


def made(*messages: Message, placement: Placed = "beside", **more: Any) -> dict[str, Any]:
    sent = request(*messages, max_tokens=100, **more)
    return body(sent, model="claude-sonnet-5-5", placement=placement)


def turns(*messages: Message, placement: Placed = "beside") -> list[tuple[str, Any]]:
    """The conversation with one letter per role, and text blocks as their text."""
    short = []
    for message in made(*messages, placement=placement)["messages"]:
        content = message["content"]
        if not isinstance(content, str):
            content = [b.get("text") or b.get("id") or f"={b['tool_use_id']}" for b in content]
        short.append((message["role"][0], content))
    return short


def test_a_whole_body() -> None:
    thinking = {"type": "thinking", "thinking": "", "signature": "EqQB"}
    unknown = {"type": "hologram", "depth": [2**70, None], "text": ""}
    wanted = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "system": "You handle refunds.",
        "tools": [
            {
                "name": "fetch_order",
                "description": "Look up an order.",
                "input_schema": dict(FETCH.schema),
            },
            {
                "name": "credit",
                "input_schema": {
                    "type": "object",
                    "properties": {"amount": {"type": "number"}},
                },
            },
        ],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Refund 1001."}]},
            {
                "role": "assistant",
                "content": [thinking, unknown, call("a", order_id="1001"), call("b")],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "a", "content": '{"total":59.9}'},
                    {"type": "tool_result", "tool_use_id": "b", "content": "as it is \n"},
                ],
            },
        ],
        "stream": True,
    }
    conversation = (
        user("Refund 1001."),
        Assistant(2, [thinking, unknown, call("a", order_id="1001"), call("b")]),
        results(("a", {"total": 59.9}), ("b", "as it is \n")),
    )
    assert made(*conversation) == wanted
    # Key order is part of what a cached prompt is compared by.
    assert json.dumps(made(*conversation)) == json.dumps(wanted)
    assert REFUND.tools == (FETCH, CREDIT)


def test_what_only_the_official_api_is_asked_for() -> None:
    plain = body(request(user("go")), model="m")
    assert body(request(user("go")), model="m", official=True) == {
        **plain,
        "cache_control": {"type": "ephemeral"},
    }
    # No message is marked, so that each goes back as it went out before.
    assert "cache_control" not in json.dumps(plain["messages"])


def test_thinking_that_is_bound_elsewhere_may_be_dropped() -> None:
    sent = body(request(user("go"), drop_bound_thinking=True), model="m")
    assert sent["thinking"] == {
        "type": "adaptive",
        "block_binding": {"prefix_mismatch_behavior": "drop_block"},
    }
    assert complaint(sent, system_turns=True, betas=(BINDING_BETA,)) is None
    assert complaint(sent, system_turns=True) is not None


def test_what_is_empty_is_left_out() -> None:
    assert made(user("hi"), workflow=WorkflowSpec("free", system=" \n")) == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        "stream": True,
    }


CALL: list[Message] = [user("go"), state("S1"), calls("a"), results(("a", 1)), state("S2")]


@pytest.mark.parametrize(
    ("placement", "messages", "expected"),
    [
        ("beside", CALL, [("u", ["go", "S1"]), ("a", ["a"]), ("u", ["=a", "S2"])]),
        (
            "message",
            CALL,
            [("u", ["go"]), ("s", "S1"), ("a", ["a"]), ("u", ["=a"]), ("s", "S2")],
        ),
        ("system", CALL, [("u", ["go"]), ("a", ["a"]), ("u", ["=a"])]),
        # Nothing was said yet.
        ("beside", [state("S1")], [("u", ["S1"])]),
        ("message", [state("S1")], [("u", ["S1"])]),
        ("system", [state("S1")], []),
        ("beside", [state(" \n")], []),
        # The first request failed and was made again: one prompt, and it is last.
        (
            "beside",
            [user("go"), state("S1"), user("now"), state("S2")],
            [("u", ["go", "now", "S2"])],
        ),
        (
            "message",
            [user("go"), state("S1"), user("now"), state("S2")],
            [("u", ["go", "now"]), ("s", "S2")],
        ),
        # The model stopped, and is asked to go on: a system turn may not follow its own.
        (
            "message",
            [user("go"), said("done"), state("S1")],
            [("u", ["go"]), ("a", ["done"]), ("u", ["S1"])],
        ),
        (
            "system",
            [user("go"), state("S1"), said("done"), state("S2")],
            [("u", ["go"]), ("a", ["done"]), ("u", ["S2"])],
        ),
        # Users' turns merge, and results come before what was said with them.
        (
            "beside",
            [user("go"), calls("a"), user("wait"), results(("a", 1)), user("ok")],
            [("u", ["go"]), ("a", ["a"]), ("u", ["=a", "wait", "ok"])],
        ),
        # Nothing empty is sent: neither text nor a whole reply.
        ("beside", [user("go"), user("  "), said(""), user("on")], [("u", ["go", "on"])]),
        ("beside", [user("go"), Assistant(2, []), user("on")], [("u", ["go", "on"])]),
        (
            "beside",
            [user("go"), Assistant(2, [{"type": "text", "text": ""}, call("a")])],
            [("u", ["go"]), ("a", ["a"])],
        ),
    ],
)
def test_conversations(
    placement: Placed, messages: list[Message], expected: list[tuple[str, Any]]
) -> None:
    assert turns(*messages, placement=placement) == expected


@pytest.mark.parametrize("placement", ["beside", "message"])
def test_a_paused_reply_is_sent_back_as_it_is(placement: Placed) -> None:
    search = {"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srv", "content": []}
    paused = (user("go"), Assistant(2, [search]), state("S1"))
    assert [role for role, _ in turns(*paused, placement=placement)] == ["u", "a"]
    resumed = made(*paused, Assistant(3, [found]), said("so"), placement=placement)
    assert resumed["messages"][1]["content"] == [search, found, {"type": "text", "text": "so"}]


def test_only_the_last_state_is_in_the_system_prompt() -> None:
    assert made(*CALL, placement="system")["system"] == "You handle refunds.\n\nS2"
    assert made(user("go"), placement="system")["system"] == "You handle refunds."


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("claude-sonnet-5-5", True),
        ("claude-opus-5-5-20261101", True),
        ("claude-fable-5-2", True),
        ("claude-opus-4-8", True),
        ("claude-sonnet-5", False),
        ("claude-opus-4-6", False),
        ("claude-haiku-4-5-20251001", False),
        ("qwen3:8b", False),
        ("", False),
    ],
)
def test_auto_follows_the_model(model: str, takes: bool) -> None:
    assert capabilities(model).system_messages is takes
    assert placed("auto", model, official=True) == ("message" if takes else "beside")
    assert placed("auto", model, official=False) == "beside"
    for asked in ("message", "beside", "system"):
        assert placed(asked, model, official=False) == asked


@pytest.mark.parametrize(
    ("content", "is_error", "sent"),
    [
        ("", False, {"content": ""}),
        (None, False, {"content": "null"}),
        ([1, "é\ud800"], False, {"content": '[1,"é\\ud800"]'}),
        ("no such order", True, {"content": "no such order", "is_error": True}),
        ("", True, {"content": "The tool failed without a message.", "is_error": True}),
        ("\ud800x", False, {"content": "\ufffdx"}),
    ],
)
def test_results(content: Any, is_error: bool, sent: dict[str, Any]) -> None:
    conversation = (user("go"), calls("a"), results(("a", content), is_error=is_error))
    assert made(*conversation)["messages"][-1]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", **sent}
    ]


@pytest.mark.parametrize(
    ("content", "kept", "note"),
    [
        ("x" * RESULT_LIMIT, RESULT_LIMIT, ""),
        ("x" * (RESULT_LIMIT + 1), RESULT_LIMIT, "\n[tooltrace cut 1 of 65,537 bytes here]"),
        # A character of three bytes is not cut in two.
        ("€" * 30_000, 65_535, "\n[tooltrace cut 24,465 of 90,000 bytes here]"),
        ("\ud800" * 30_000, 65_535, "\n[tooltrace cut 24,465 of 90,000 bytes here]"),
    ],
)
def test_a_long_result_is_cut_and_says_so(content: str, kept: int, note: str) -> None:
    given_ = request(user("go"), calls("a"), results(("a", content)))
    sent = body(given_, model="m")["messages"][-1]["content"][0]["content"]
    assert (len(sent.encode()), sent.endswith(note)) == (kept + len(note), True)
    # What the session keeps is whole.
    last = given_.messages[-1]
    assert isinstance(last, Results) and last.results[0].content == content


def test_lone_surrogates_stay_out_of_the_copy_only() -> None:
    reply = [{"type": "thinking", "thinking": "a\udc80b", "x\ud800": ["\udfff", {"k": 1}]}]
    sent = made(user("\ud83dhi"), Assistant(2, reply))
    assert sent["messages"][0]["content"][0]["text"] == "\ufffdhi"
    assert sent["messages"][1]["content"] == [
        {"type": "thinking", "thinking": "a\ufffdb", "x\ufffd": ["\ufffd", {"k": 1}]}
    ]
    assert reply[0]["thinking"] == "a\udc80b"
    json.dumps(sent, ensure_ascii=False).encode()


TEXT = st.text(max_size=4)
SAID = TEXT.filter(str.strip)


@st.composite
def conversations(draw: st.DrawFn) -> list[list[Message]]:
    """Valid conversations in the pieces they grow by: each piece ends where a request is made."""
    pieces: list[list[Message]] = []
    opening: list[Message] = [user(draw(SAID))]
    for _ in range(draw(st.integers(1, 4))):
        opening += map(user, draw(st.lists(TEXT, max_size=2)))
        opening += map(state, draw(st.lists(TEXT, max_size=2)))
        pieces.append(opening)
        # Ids repeat from turn to turn, as they do in recorded conversations.
        ids = draw(st.lists(st.sampled_from("abc"), unique=True))
        said_ = [{"type": "text", "text": text} for text in draw(st.lists(TEXT, max_size=2))]
        thought = {"type": "thinking", "thinking": draw(TEXT), "signature": "s"}
        opening = [Assistant(1, [thought, *said_, *map(call, ids)])]
        if ids:
            returned = [(name, draw(st.none() | st.integers() | TEXT)) for name in ids]
            opening.append(results(*returned, is_error=draw(st.booleans())))
        else:
            opening.append(user(draw(SAID)))
    return pieces


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(conversations(), st.sampled_from(["message", "beside", "system"]))
def test_valid_conversations_make_valid_bodies(
    pieces: list[list[Message]], placement: Placed
) -> None:
    earlier: list[Any] = []
    messages: list[Message] = []
    for piece in pieces:
        messages += piece
        sent = made(*messages, placement=placement)
        assert problems(sent) == []
        # The rules of the test server are a second opinion.
        assert complaint(sent, system_turns=True) is None
        # What a model has thought about is never changed behind it.
        assert sent["messages"][: len(earlier)] == earlier
        earlier = sent["messages"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(TEXT.map(user), TEXT.map(state), TEXT.map(said)), max_size=6))
def test_without_calls_anything_goes_but_silence(messages: list[Message]) -> None:
    for placement in ("message", "beside"):
        found = problems(made(*messages, placement=placement))
        assert set(found) <= {
            "message 0: there is nothing to send",
            "message 0: the conversation has to begin with the user",
        }
