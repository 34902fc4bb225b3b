"""Figures that a server did not give, or not to their end: estimated, said, and held to budgets."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import lines_of, spawn
from tests.cli.test_live import MODEL, ORDER, outcome_of, run
from tests.loopback import Loopback, Step, plain, reply, streamed, text, tool_use
from tests.models.live import GO, alone, ask, asking, event_in
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.snapshot import Usage
from tooltrace.models.priced import Priced
from tooltrace.models.usage_estimates import estimate
from tooltrace.tui.rows.labels import reply_usage

__all__ = ["alone"]

WORDS = "The order was found and it can be refunded within thirty days. " * 5
BAD: list[Any] = [None, "12", -3, 1.5, True, [], 10**40]


def said(usage: Any, *content: dict[str, Any], stop_reason: str = "end_turn") -> Step:
    """A whole reply with that usage block, streamed."""
    step = reply(*(content or (text(WORDS),)), stop_reason=stop_reason)
    assert step.message is not None
    return changed(step, message={**step.message, "usage": usage})


def unstreamed(usage: Any) -> Step:
    """The same as plain JSON, as servers answer that know no streams."""
    import json

    body = {"type": "message", "model": MODEL, "content": [text(WORDS)], "stop_reason": "end_turn"}
    return plain(raw=json.dumps({**body, "usage": usage} if usage else body).encode())


def used(answer: ModelReplied | ModelFailed) -> Usage:
    if isinstance(answer, ModelReplied):
        return Usage().answered(ModelReplied(answer.reply, estimate=answer.estimate))
    return Usage().answered(ModelFailed("cut", reply=answer.reply, estimate=answer.estimate))


async def test_a_cut_reply_counts_what_came_and_says_at_least() -> None:
    whole = streamed(text(WORDS))
    body = whole.body
    end = body.index(b"content_block_stop")
    answer = await ask(changed(whole, cut=end))
    assert isinstance(answer, ModelFailed)
    assert answer.kind == "incomplete"
    assert answer.reply is not None
    assert answer.reply["usage"]["output_tokens"] == 1
    counted = used(answer)
    came = answer.reply["content"][0]["text"]
    assert len(came) > 250
    assert len(came) // 6 < counted.output <= len(came) // 3
    assert (counted.input, counted.estimated) == (100, 1)
    event = ModelFailed("cut", reply=answer.reply, estimate=answer.estimate, ms=5)
    assert reply_usage(event).startswith(f"≥ 100 in · {counted.output} out")


async def test_a_reply_cut_after_its_last_figures_is_counted_by_them() -> None:
    whole = streamed(text(WORDS))
    answer = await ask(changed(whole, cut=whole.body.index(b"event: message_stop")))
    assert isinstance(answer, ModelFailed)
    assert answer.estimate is None
    assert used(answer).output == 10


async def test_a_reply_that_a_person_cut_is_estimated() -> None:
    hold = threading.Event()
    whole = streamed(text(WORDS))
    at = next(i for i, c in enumerate(whole.chunks) if b"content_block_stop" in bytes(c))  # type: ignore[arg-type]
    step = changed(whole, chunks=(*whole.chunks[:at], hold, *whole.chunks[at:]))
    heard = asyncio.Event()
    with Loopback(step) as server:
        async with asking(server) as model:
            task = asyncio.create_task(model.ask(GO, lambda _: heard.set()))
            await heard.wait()
            model.cancel()
            answer = (await task).event
        hold.set()
    assert isinstance(answer, ModelFailed)
    assert answer.kind == "cancelled"
    assert used(answer).estimated == 1


async def test_half_of_a_body_that_is_json_counts_too() -> None:
    whole = unstreamed({"input_tokens": 100, "output_tokens": 90})
    answer = await ask(changed(whole, cut=len(whole.body) - 60, ends="close"))
    assert isinstance(answer, ModelFailed)
    assert answer.reply is None
    assert used(answer).output > 50
    assert used(answer).input > 0


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("form", [said, unstreamed])
async def test_figures_that_are_none_are_estimated(form: Any, bad: Any) -> None:
    for usage in (
        {"input_tokens": bad, "output_tokens": 90},
        {"input_tokens": 100, "output_tokens": bad},
        {"input_tokens": bad, "output_tokens": bad, "cache_read_input_tokens": bad},
    ):
        answer = await ask(form(usage))
        assert isinstance(answer, ModelReplied), answer
        counted = used(answer)
        assert counted.estimated == 1
        assert 0 < counted.input < 10**6
        assert 60 < counted.output < 120
        assert counted.cache_read == 0


@pytest.mark.parametrize("usage", [None, {}, {"input_tokens": 0, "output_tokens": 0}])
async def test_no_figures_at_all_are_estimated(usage: Any) -> None:
    answer = await ask(unstreamed(usage))
    assert isinstance(answer, ModelReplied)
    assert used(answer).estimated == 1
    assert used(answer).tokens > 80


async def test_figures_of_a_whole_reply_are_taken_as_they_are() -> None:
    for usage in (
        {"input_tokens": 7, "output_tokens": 1},
        {"input_tokens": 0, "cache_read_input_tokens": 5, "output_tokens": 90},
        {"input_tokens": 7, "output_tokens": 1, "cache_read_input_tokens": None},
    ):
        answer = await ask(unstreamed(usage))
        assert answer.estimate is None


async def test_what_cost_nothing_is_not_estimated() -> None:
    page = plain(raw=b"<html>Welcome</html>", headers={"content-type": "text/html"})
    for step in (page, changed(reply(text("x")), cut=0), plain(status=529, raw=b"{}")):
        answer = await ask(step)
        assert isinstance(answer, ModelFailed)
        assert answer.estimate is None


async def test_an_estimate_has_a_price() -> None:
    whole = streamed(text(WORDS))
    with Loopback(changed(whole, cut=whole.body.index(b"content_block_stop"))) as server:
        async with asking(server) as model:
            answer = event_in(await Priced(model, MODEL, MODEL).ask(GO))
    assert isinstance(answer, ModelFailed)
    assert answer.estimate is not None
    # 100 in at $2 and what came at $10 a million.
    assert answer.cost == pytest.approx((200 + 10 * answer.estimate["output_tokens"]) / 1e6)


def test_an_estimate_counts_text_in_any_script_and_ends_with_deep_values() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    message = {"content": [{"type": "text", "text": "退款" * 40 + "\ud800"}, deep]}
    found = estimate({"messages": deep}, message, b"", final=True)
    assert found is not None
    assert found["output_tokens"] >= 60


SILENT = (
    said({}, tool_use("t1", "fetch_order", order_id="1001"), stop_reason="tool_use"),
    said({}, tool_use("t2", "check_refund_policy", **ORDER), stop_reason="tool_use"),
    reply(text("Never asked for.")),
)


@pytest.mark.parametrize("budget", [("--max-tokens", "900"), ("--max-cost", "0.0001")])
def test_a_server_without_figures_does_not_run_past_a_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: tuple[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Loopback(*SILENT) as server:
        done = run(tmp_path, server.url, "--priced-as", MODEL, *budget)
        assert 1 <= len(server.requests) <= 2
    last = outcome_of(done)
    assert (done.code, last["outcome"]) == (1, "limit")
    assert "at least " in last["why"]
    assert "estimated" in last["why"]
    assert last["usage"]["estimated"] == len(server.requests)
    assert "cost" not in last["usage"]
    replies = [r for r in lines_of(tmp_path / "s.jsonl") if r["type"] == "model_replied"]
    assert all(r["event"]["estimate"]["input_tokens"] > 0 for r in replies)
    # A replay counts what was counted then.
    assert spawn("check", "s.jsonl", cwd=tmp_path).code == 0
    assert "≥ " in spawn("show", "s.jsonl", cwd=tmp_path).out.splitlines()[0]
