"""A policy sees the conversation, decides, and is told on when it does not."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from tests.models.build import REFUND
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.model.ports import ModelAnswer, PortAnswer
from tooltrace.core.text.exact_json import dumps
from tooltrace.models.scripted import Move, Policy, ScriptedModel, Seen, call, say

HERE = __file__


def request(
    *messages: Message, state: str | None = None, context: dict[str, Any] | None = None
) -> Request:
    turn = sum(isinstance(message, Assistant) for message in messages)
    return Request(REFUND, AppendList(list(messages)), turn, state, context or {}, "")


def user(text: str) -> UserText:
    return UserText(1, text)


def returned(*results: tuple[str, Any] | tuple[str, Any, bool]) -> Results:
    return Results(tuple(Result(1, r[0], "id", r[1], len(r) > 2) for r in results))


def assistant(text: str = "hm") -> Assistant:
    return Assistant(1, [{"type": "text", "text": text}])


def answered(policy: Policy, *messages: Message) -> PortAnswer[ModelAnswer]:
    return asyncio.run(ScriptedModel(policy).ask(request(*messages)))


def asked(policy: Policy, *messages: Message) -> ModelAnswer:
    return answered(policy, *messages).event


def seen(*messages: Message, **options: Any) -> Seen:
    found: list[Seen] = []

    def policy(what: Seen) -> Move:
        found.append(what)
        return say("ok")

    asyncio.run(ScriptedModel(policy).ask(request(*messages, **options)))
    return found[0]


LONG = (
    user("first"),
    StatePrompt(2, "[workflow]"),
    assistant(),
    returned(("a", {"n": 0}), ("b", "old")),
    user("second"),
    assistant(),
    returned(("a", {"n": 1}), ("a", {"n": 2})),
    assistant(),
    returned(("b", "no", True)),
    assistant(),
    returned(("a", {"n": 3, "deep": {"x": [1]}}), ("c", None)),
)


def test_a_policy_sees_what_came_since_the_person_last_spoke() -> None:
    s = seen(*LONG, state="here", context={"k": 1})
    assert (s.input, s.state, s.context, s.turn) == ("second", "here", {"k": 1}, 4)
    assert s.result("a") == {"n": 3, "deep": {"x": [1]}}
    assert s.results("a", last=2) == [{"n": 2}, {"n": 3, "deep": {"x": [1]}}]
    assert s.results("a", last=9) == [{"n": 1}, {"n": 2}, {"n": 3, "deep": {"x": [1]}}]
    assert s.results("a", last=0) == s.results("b", last=3) == []
    assert (s.result("b"), s.failed("b")) == (None, "no")
    assert s.failed("a") is None
    assert s.value("a", "deep", "x") == [1]
    assert s.value("a", "deep", "x", "y") is s.value("c", "z") is s.value("nope") is None
    assert s.last is not None and (s.last.tool, s.last.content) == ("c", None)


def test_before_anything_was_said_there_is_nothing_to_see() -> None:
    s = seen()
    assert (s.input, s.last, s.result("a"), s.turn, s.context) == ("", None, None, 0, {})


def test_what_a_policy_changes_in_what_it_reads_stays_its_own() -> None:
    content, context = {"list": [1]}, {"list": [1]}
    s = seen(user("x"), returned(("a", content)), context=context)
    s.result("a")["list"].append(2)
    s.results("a", 1)[0]["list"].append(2)
    assert s.last is not None
    s.last.content["list"].append(2)
    s.context["list"].append(2)
    assert content == context == {"list": [1]}


def test_a_move_becomes_a_reply_in_the_shape_of_the_messages_api() -> None:
    arguments = {"order_id": "1001", "tool": "x"}
    answer = answered(
        lambda _: say("Both.", call("a", **arguments), call("b")), user("hello"), assistant()
    )
    assert isinstance(answer.event, ModelReplied)
    assert (answer.source, answer.event.ms) == ("scripted", 0.0)
    assert answer.event.reply == {
        "id": "msg_scripted_1",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": [
            {"type": "text", "text": "Both."},
            {"type": "tool_use", "id": "call_1_0", "name": "a", "input": arguments},
            {"type": "tool_use", "id": "call_1_1", "name": "b", "input": {}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 8, "output_tokens": 10},
    }


def test_saying_ends_the_turn_and_a_call_alone_says_nothing() -> None:
    ended = asked(lambda _: say("Done."), user("x"))
    assert isinstance(ended, ModelReplied) and ended.reply["stop_reason"] == "end_turn"
    called = asked(lambda _: call("a"), user("x"))
    assert isinstance(called, ModelReplied)
    assert [block["type"] for block in called.reply["content"]] == ["tool_use"]


def test_tokens_are_counted_over_what_is_new() -> None:
    def count(*messages: Message) -> int:
        answer = asked(lambda _: say("ok"), *messages)
        assert isinstance(answer, ModelReplied)
        return int(answer.reply["usage"]["input_tokens"])

    first = count(user("x" * 400))
    assert first > 100 + len(REFUND.system) // 4
    reply = assistant("y" * 40)
    later = count(user("x" * 400), reply, returned(("a", "z" * 4000)))
    assert later == -(-(len(dumps(reply.content)) + 4000) // 4)


def raises(_: Seen) -> Move:
    wrong: dict[str, Move] = {}
    return wrong["no\x1b\nmove"]


def helper_raises(_: Seen) -> Move:
    return int("x")  # type: ignore[return-value]


async def coroutine(_: Seen) -> Move:
    return say("x")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError


def unprintable(_: Seen) -> Move:
    raise Unprintable


def leaves(_: Seen) -> Move:
    raise SystemExit(3)


def line(of: Any, plus: int = 0) -> str:
    who = "policy" if of.__name__ == "policy" else f"policy {of.__name__}"
    return f"{who} ({HERE}:{of.__code__.co_firstlineno + plus})"


BAD: list[tuple[Any, str]] = [
    (raises, f"{line(raises, 2)} raised KeyError: 'no\\x1b\\nmove'"),
    (
        helper_raises,
        f"{line(helper_raises, 1)} raised ValueError: invalid literal for int() with base 10: 'x'",
    ),
    (unprintable, f"{line(unprintable, 1)} raised Unprintable: (its text cannot be read)"),
    (leaves, f"{line(leaves, 1)} raised SystemExit: 3"),
    (coroutine, f"{line(coroutine)} returned coroutine; return say(…) or call(…)"),
]
RETURNED: list[tuple[Any, str]] = [
    (None, "returned NoneType; return say(…) or call(…)"),
    ("fetch_order", "returned str; return say(…) or call(…)"),
    ([call("a"), call("b")], 'returned list; return say("…", call(…), call(…))'),
    ([], "returned list; return say(…) or call(…)"),
    (say(""), "neither said nor called anything"),
    (say(7), "said int; say(…) takes text"),  # type: ignore[arg-type]
    (call(7), "called int; call(…) takes a tool's name"),  # type: ignore[arg-type]
    (call("a", n=float("nan")), "called a with arguments that are not JSON: NaN"),
    (call("a", n={1, 2}), "called a with arguments that are not JSON: a value of type set"),
]


@pytest.mark.parametrize(("policy", "error"), BAD)
def test_a_policy_that_fails_is_named_with_its_line(policy: Any, error: str) -> None:
    answer = answered(policy, user("x"))
    assert isinstance(answer.event, ModelFailed)
    assert (answer.event.error, answer.source) == (error, "scripted")


@pytest.mark.parametrize(("move", "error"), RETURNED)
def test_a_move_that_is_none_is_refused(move: Any, error: str) -> None:
    def policy(_: Seen) -> Any:
        return move

    answer = asked(policy, user("x"))
    assert isinstance(answer, ModelFailed)
    assert answer.error == f"{line(policy)} {error}"


def test_ctrl_c_in_a_policy_is_not_its_failure() -> None:
    def policy(_: Seen) -> Move:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(ScriptedModel(policy).ask(request(user("x"))))


def test_a_callable_object_is_a_policy_too() -> None:
    class Echo:
        def __call__(self, what: Seen) -> Move:
            return say(what.input)

    answer = asked(Echo(), user("hello"))
    assert isinstance(answer, ModelReplied) and answer.reply["content"][0]["text"] == "hello"


def echo(what: Seen) -> Move:
    return say(f"{what.input}/{what.last.text if what.last else ''}")


def test_one_model_asked_about_several_branches_mixes_nothing_up() -> None:
    model = ScriptedModel(echo)
    base: list[Message] = [user("one"), assistant(), returned(("a", "1"))]
    branches: list[list[Message]] = [
        [*base],
        [*base, user("two")],
        [*base],
        [user("other"), *base[1:]],
        [user("other")],
        [],
        [*base, user("two"), assistant(), returned(("a", "2"))],
        [*base, user("three"), assistant(), returned(("a", "2"))],
        [assistant(), returned(("a", "9"))],
        [*base],
    ]
    for messages in branches:
        fresh = asyncio.run(ScriptedModel(echo).ask(request(*messages)))
        assert asyncio.run(model.ask(request(*messages))) == fresh


class Counted(AppendList[Message]):
    """Counts how often a message is looked at."""

    looks = 0

    def __getitem__(self, index: Any) -> Any:
        Counted.looks += 1
        return super().__getitem__(index)


async def test_a_turn_of_a_long_run_costs_as_much_as_one_of_a_short() -> None:
    model = ScriptedModel(echo)
    messages: list[Message] = [user("go")]
    looks = []
    for _ in range(2000):
        messages += [assistant(), returned(("a", "1"))]
        before = Counted.looks
        answer = (await model.ask(Request(REFUND, Counted(messages), 1, None, {}, ""))).event
        assert isinstance(answer, ModelReplied)
        assert answer.reply["content"][0]["text"] == "go/1"
        looks.append(Counted.looks - before)
    assert all(later <= earlier for earlier, later in pairwise(looks[1:]))
    assert looks[-1] < 20
