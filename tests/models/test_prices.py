"""What a reply costs, by the list of prices that is installed; and who is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.loopback import Loopback, Step, fault, plain, text
from tests.models.live import GO, MODEL, alone, asking, event_in
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, OnDelta, PortAnswer
from tooltrace.models.priced import Priced, priced_as
from tooltrace.models.prices import known, price

__all__ = ["alone"]

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        ({"input_tokens": MILLION, "output_tokens": 0}, 2.0),
        ({"input_tokens": 0, "output_tokens": MILLION}, 10.0),
        ({"input_tokens": 0, "output_tokens": 0, "cache_read_input_tokens": MILLION}, 0.1),
        ({"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": MILLION}, 2.5),
        (
            {
                "input_tokens": 0,
                "output_tokens": 0,
                "cache_creation_input_tokens": MILLION,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 0,
                    "ephemeral_1h_input_tokens": MILLION,
                },
            },
            4.0,
        ),
    ],
    ids=["in", "out", "read", "written for 5 minutes", "written for an hour"],
)
def test_every_kind_of_token_has_its_price(usage: dict[str, Any], cost: float) -> None:
    assert price(MODEL, usage) == pytest.approx(cost)


USED = {"input_tokens": 100, "output_tokens": 10}


def test_releases_and_aliases_are_known() -> None:
    for model in ("claude-sonnet-4-5-20250929", "claude-sonnet-4-20250514", "claude-sonnet-4-0"):
        assert price(model, USED) == pytest.approx(0.00045)


@pytest.mark.parametrize(
    "model", ["", "scripted", "claude-sonnet-99", f"{MODEL}-turbo", "claude-opus-4-6-fast", "gpt-5"]
)
def test_a_model_that_nobody_knows_has_no_price(model: str) -> None:
    assert not known(model)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"input_tokens": 1},
        {"input_tokens": -1, "output_tokens": 1},
        {"input_tokens": "1", "output_tokens": 1},
        {"input_tokens": 10**400, "output_tokens": 1},
        {**USED, "service_tier": "priority"},
        {**USED, "service_tier": ["standard"]},
        {**USED, "speed": "fast"},
        {**USED, "inference_geo": "us"},
    ],
)
def test_what_is_charged_otherwise_or_makes_no_sense_has_no_price(usage: Any) -> None:
    assert price(MODEL, usage) is None


def used(**usage: Any) -> Step:
    body = {"type": "message", "content": [text("Done.")], "stop_reason": "end_turn"}
    return plain(raw=json.dumps({**body, "model": MODEL, "usage": usage}).encode())


async def test_a_reply_carries_its_cost_where_a_person_said_whose_prices_hold() -> None:
    step = used(**USED, cache_read_input_tokens=1000, cache_creation_input_tokens=100)
    for whose, cost in ((MODEL, 0.00065), ("claude-opus-5-5", 0.0013), (None, None)):
        with Loopback(step) as server:
            async with asking(server) as model:
                assert not model.official
                answer = event_in(await Priced(model, MODEL, whose).ask(GO))
        assert isinstance(answer, ModelReplied)
        # Another host than the API's own serves what it likes, whatever it calls it.
        assert answer.cost == (None if cost is None else pytest.approx(cost))


async def test_a_failure_without_a_reply_costs_nothing() -> None:
    with Loopback(fault(529, "overloaded_error", "Overloaded")) as server:
        async with asking(server) as model:
            answer = event_in(await Priced(model, MODEL, MODEL).ask(GO))
            assert not Priced(model, MODEL).cancel()
    assert isinstance(answer, ModelFailed)
    assert answer.cost is None


class Answering:
    """The API itself, which no test asks: it gives the answer it was made with."""

    official = True

    def __init__(self, answer: ModelAnswer) -> None:
        self._answer = answer

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        return PortAnswer(self._answer, "live")

    def cancel(self) -> bool:
        return True


async def test_a_reply_that_broke_off_costs_what_came_of_it() -> None:
    broken = ModelFailed("cut", kind="incomplete", reply={"content": [], "usage": USED})
    answer = await Priced(Answering(broken), MODEL).ask(GO)
    assert not isinstance(answer, Divergence)
    assert answer.event.cost == pytest.approx(0.0003)
    assert Priced(Answering(broken), MODEL).cancel()


async def test_the_model_that_answered_is_the_one_that_is_paid() -> None:
    other = ModelReplied({"model": "claude-opus-5-5", "content": [], "usage": USED})
    nameless = ModelReplied({"content": [], "usage": USED})
    for reply_, cost in ((other, 0.0006), (nameless, 0.0003)):
        answer = await Priced(Answering(reply_), MODEL).ask(GO)
        assert not isinstance(answer, Divergence)
        assert answer.event.cost == pytest.approx(cost)


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        ("gpt-5", {"input_tokens": MILLION, "output_tokens": 0}, 1.25),
        ("gpt-5-2025-08-07", {"input_tokens": 0, "output_tokens": MILLION}, 10.0),
        (
            "gpt-5",
            {"input_tokens": 0, "output_tokens": 0, "cache_read_input_tokens": MILLION},
            0.125,
        ),
        ("gpt-5-made-up", {"input_tokens": MILLION, "output_tokens": 0}, None),
        (MODEL, {"input_tokens": MILLION, "output_tokens": 0}, None),
    ],
)
def test_openais_models_have_the_prices_of_their_own_list(
    model: str, usage: dict[str, Any], cost: float | None
) -> None:
    assert price(model, usage, "openai") == (cost if cost is None else pytest.approx(cost))


def test_whose_prices_hold_may_be_said_with_or_without_a_provider() -> None:
    usage = {"input_tokens": MILLION, "output_tokens": 0}
    assert priced_as("gpt-5", usage) == pytest.approx(1.25)
    assert priced_as("openai:gpt-5", usage) == pytest.approx(1.25)
    assert priced_as(MODEL, usage) == pytest.approx(2.0)
    assert priced_as("anthropic:gpt-5", usage) is None


@pytest.mark.parametrize(("tier", "known"), [("default", True), ("flex", False), ([], False)])
async def test_another_tier_than_the_listed_one_has_no_price(tier: Any, known: bool) -> None:
    usage = {"input_tokens": MILLION, "output_tokens": 0}
    rest = {"chat": {"fields": {"service_tier": tier}}}
    reply = {"content": [], "stop_reason": "end_turn", "usage": usage, "model": "gpt-5"}
    port = Answering(ModelReplied({**reply, "rest": rest}))
    answer = event_in(await Priced(port, "gpt-5", provider="openai").ask(GO))
    assert isinstance(answer, ModelReplied)
    assert (answer.cost is not None) is known
