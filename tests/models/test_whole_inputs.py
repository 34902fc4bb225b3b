"""An input of which some part may be elsewhere, or that says two things: nothing of its reply runs.

Asked of the real SDK against a server on this machine.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.given import Given, workflow
from tests.loopback import event, events, plain, sse, streamed, text, tool_use
from tests.loopback.steps import Step
from tests.models.live import alone, ask
from tooltrace.core.model.events import ModelFailed, ModelReplied

__all__ = ["alone"]

PAY = tool_use("t1", "pay", amount=1500)
WHOLE = [text("Paying."), PAY]
MADE = events(streamed(*WHOLE).message or {})
SEARCH = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"q": "x"}}
AT = next(n for n, one in enumerate(MADE) if b"input_json_delta" in one)
GLOW: dict[str, Any] = {"type": "glow_delta", "light": 1}


def beside(*more: bytes, at: int = AT) -> Step:
    """The stream of the whole reply, with these events in the call's block."""
    return sse([*MADE[:at], *more, *MADE[at:]])


def delta(index: int = 1, **fields: Any) -> bytes:
    return event("content_block_delta", index=index, delta=fields)


def inputs(written: str, begun: str = "{}") -> Step:
    """A call whose input is written so, in one delta."""
    opened = event("content_block_start", index=1, content_block={**PAY, "input": 0})
    opened = opened.replace(b'"input": 0', f'"input": {begun}'.encode())
    given = [delta(type="input_json_delta", partial_json=written)] if written else []
    stop = event("content_block_stop", index=1)
    return sse([*MADE[:5], opened, *given, stop, *MADE[-2:]])


def body(call: str) -> Step:
    raw = f'{{"content":[{{"type":"tool_use","id":"t","name":"pay",{call}}}],'
    return plain(raw=f'{raw}"stop_reason":"tool_use"}}'.encode())


DOUBTFUL = [
    ("a delta nobody knows", beside(delta(**GLOW)), "a delta of unknown kind, glow_delta, came"),
    ("a delta of no kind", beside(delta(light=1)), "a delta of unknown kind, None, came"),
    ("a delta of a kind that is no text", beside(delta(type=["x"])), "of unknown kind, ['x']"),
    ("a hostile kind", beside(delta(type="\x1b[2J")), "of unknown kind, \\u{1b}[2J, came"),
    ("after the last piece", beside(delta(**GLOW), at=AT + 3), "of unknown kind, glow_delta"),
    ("an event nobody knows", beside(event("glow", index=1)), "an event of unknown kind, glow"),
    ("before its block", beside(event("glow", index=1), at=2), "unknown kind, glow"),
    ("after its block", beside(event("glow", index=1), at=len(MADE) - 1), "unknown kind, glow"),
    ("a server's own call", sse([*(made := events(streamed(SEARCH, PAY).message or {}))[:3],
                                 delta(0, **GLOW), *made[3:]]), "input of tool call web_search"),
    ("a key twice", inputs('{"amount":1,"amount":2}'), 'the key "amount" is given twice'),
    ("a key twice, deep", inputs('{"a":[{"b":1,"c":2,"b":1}]}'), 'the key "b" is given twice'),
    ("spelled in two ways", inputs('{"amount":1,"amoun\\u0074":2}'), "is given twice"),
    ("twice where it begins", inputs("", '{"amount":1,"amount":2}'), '"amount" is given twice'),
    ("begun and written unlike", inputs('{"amount":2}', '{"amount":1}'), "and not the same"),
    ("written 1 and 1.0", inputs('{"amount":1.0}', '{"amount":1}'), "and not the same"),
    ("a whole body", body('"input":{"amount":1,"amount":2}'), '"amount" is given twice'),
    ("two inputs", body('"input":{"amount":1},"input":{"amount":2}'), '"input" is given twice'),
    ("two names", body('"name":"refund","input":{}'), '"name" is given twice'),
    ("an input that is text", body('"input":"{}"'), "pay is not an object"),
    ("no input", body('"x":1'), "pay is not an object"),
    ("a name that is none", plain({**PAY, "name": None}), "(tool_use) has no name"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words"), [row[1:] for row in DOUBTFUL],
                         ids=[row[0] for row in DOUBTFUL])  # fmt: skip
async def test_an_input_that_is_not_surely_whole(step: Step, words: str) -> None:
    answer = await ask(step)
    assert isinstance(answer, ModelFailed), answer
    assert words in answer.error
    assert answer.error.isprintable()
    assert (answer.kind, answer.retryable) == ("incomplete", True)
    assert answer.raw is not None
    assert answer.raw.encode("utf-8", "surrogateescape") == step.sent
    event: ModelFailed = answer
    assert isinstance(event, ModelFailed)
    given = Given(workflow()).user("Go.").asks().append(event)
    assert given.snapshot.calls == ()
    assert given.action.why == "incomplete"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "step",
    [
        beside(delta(0, **GLOW), at=3),
        beside(event("glow", index=0)),
        beside(event("glow", x=1)),
        beside(event("glow", index=77)),
        beside(event("glow", index=[1])),
        inputs('{"amount":1500}', '{"amount":1500}'),
        inputs("", '{"amount":1500}'),
    ],
    ids=range(7),
)
async def test_what_is_not_about_the_input_does_not_matter(step: Step) -> None:
    answer = await ask(step)
    assert isinstance(answer, ModelReplied), answer
    assert answer.reply["content"][1]["input"] == {"amount": 1500}


async def test_a_key_twice_in_a_reply_without_calls_does_not_matter() -> None:
    raw = (
        b'{"content":[{"type":"text","text":"\\"tool_use\\"","text":"b"}],"stop_reason":"end_turn"}'
    )
    assert isinstance(await ask(plain(raw=raw)), ModelReplied)


@pytest.mark.parametrize("used", [None, 7, "", "t1"])
async def test_ids_are_no_reason_to_refuse_a_reply(used: object) -> None:
    answer = await ask(plain(PAY, {**PAY, "id": used}))
    assert isinstance(answer, ModelReplied)
    missing = {key: value for key, value in PAY.items() if key != "id"}
    assert isinstance(await ask(streamed(missing, missing)), ModelReplied)
