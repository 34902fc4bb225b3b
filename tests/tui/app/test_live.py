"""A live model in the app: a reply as it arrives, and what is offered when none does.

The real SDK asks a server in the test that speaks the Messages API; a gate in its stream is opened
by the test, so that nothing here sleeps.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.loopback import Loopback, Step, events, fault, reply, sse, text, tool_use
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.tui.app.driven import Driven, begin, until
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger

LOOK = tool_use("toolu_1", "fetch_order", order_id="1001")
Run = Callable[[Loopback], Debugger]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return lambda server: begin(tmp_path, model=MODEL, base_url=server.url)


def gated(gate: threading.Event, *content: dict[str, object]) -> Step:
    """A stream that stops before its last three events until the gate is opened."""
    message = reply(*content).message
    assert message is not None
    made = events(message)
    return sse([*made[:-3], gate, *made[-3:]], message=message)


async def asked(d: Driven) -> None:
    """Up to where a reply is being waited for."""
    while d.view.action.__class__.__name__ != "CallModel":
        await d.press("n")
    d.send("n")


async def test_a_reply_is_seen_as_it_arrives(run: Run) -> None:
    gate = threading.Event()
    with Loopback(gated(gate, text("I shall look that up."), LOOK)) as server:
        async with Driven(run(server), (120, 36)) as d:
            await asked(d)
            await until(lambda: "look that up" in d.text and "calling fetch_order" in d.text)
            assert "RUNNING" in d.lines[0] and "p pause after it" in d.lines[0]
            assert "esc cut it off" in d.lines[0]
            assert not d.view.snapshot.calls
            gate.set()
            await d.settled()
            assert [call.tool for call in d.view.snapshot.calls] == ["fetch_order"]
            assert d.text.count("look that up") == 1


async def test_pausing_lets_it_finish(run: Run) -> None:
    gate = threading.Event()
    with Loopback(gated(gate, text("One moment."), LOOK)) as server:
        async with Driven(run(server), (120, 36)) as d:
            await asked(d)
            await until(lambda: "One moment" in d.text)
            d.send("p")
            await until(lambda: "PAUSING after this reply" in d.lines[0])
            gate.set()
            await d.settled()
            assert isinstance(d.view.tree[d.view.head].event, e.ModelReplied)
            assert d.view.snapshot.tool_calls == 0


async def test_cutting_it_off_keeps_what_came_and_runs_nothing(run: Run) -> None:
    gate = threading.Event()
    with Loopback(gated(gate, text("One moment."), LOOK), reply(text("Again."))) as server:
        async with Driven(run(server), (120, 36)) as d:
            await asked(d)
            await until(lambda: "One moment" in d.text)
            d.send("escape")
            await d.press("escape")
            failed = d.view.tree[d.view.head].event
            assert isinstance(failed, e.ModelFailed) and failed.kind == "cancelled"
            assert failed.raw is not None and "One mo" in failed.raw
            assert "was cut off" in d.text
            assert d.view.snapshot.tool_calls == 0 and not d.view.snapshot.calls
            gate.set()
            await d.press("n")
            assert d.view.snapshot.turn == 1


def cut() -> Step:
    message = reply(text("So far"), LOOK).message
    assert message is not None
    return sse(events(message)[:-2], message=message)


@pytest.mark.parametrize("answer", ["n", "m", "e", "s"])
async def test_a_reply_that_is_not_complete_is_named_and_offers_the_ways_on(
    run: Run, answer: str
) -> None:
    with Loopback(cut(), reply(text("Well then."), LOOK)) as server:
        async with Driven(run(server), (120, 36)) as d:
            await asked(d)
            await d.settled()
            assert d.dialog == "ConfirmScreen"
            assert "The reply is not complete" in d.text and "no tool of it will run" in d.text
            assert d.view.snapshot.tool_calls == 0
            await d.press(answer)
            match answer:
                case "n" | "m":
                    assert d.view.snapshot.turn == 1
                    limits = [body["max_tokens"] for body in server.bodies]
                    assert limits == [4096, 8192 if answer == "m" else 4096]
                    assert [r.event.attempt for r in map(d.view.tree.__getitem__, d.view.path)
                            if isinstance(r.event, e.ModelCalled)] == [1, 2]  # fmt: skip
                case "e":
                    assert d.dialog == "EditorScreen" and "So far" in d.text
                case _:
                    assert d.dialogs == [] and "So far" in d.text


async def test_what_may_pass_is_counted_down_and_asked_at_once_if_told(run: Run) -> None:
    busy = fault(529, "overloaded_error", "Overloaded", headers={"retry-after": "40"})
    with Loopback(busy, busy, reply(text("Here."), LOOK)) as server:
        async with Driven(run(server), (120, 36)) as d:
            await asked(d)
            await until(lambda: "RETRYING" in d.lines[0])
            assert "attempt 2/5 in 40 s" in d.lines[0]
            assert "n now" in d.lines[0] and "p stop" in d.lines[0]
            d.send("n")
            await until(lambda: "attempt 3/5" in d.lines[0])
            d.send("n")
            await d.settled()
            assert d.view.snapshot.turn == 1 and len(server.requests) == 3


async def test_waiting_for_another_attempt_is_stopped(run: Run) -> None:
    busy = fault(429, "rate_limit_error", "Slow down", headers={"retry-after": "40"})
    with Loopback(busy, reply(text("Here."))) as server:
        async with Driven(run(server), (80, 24)) as d:
            await asked(d)
            await until(lambda: "RETRYING" in d.lines[0])
            await d.press("p")
            assert d.view.retry is None and len(server.requests) == 1
            assert "PAUSED" in d.lines[0] and "Too many requests" in d.text
