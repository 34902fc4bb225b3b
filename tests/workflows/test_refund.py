from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workflows.drive import Start
from tooltrace import ToolContext
from tooltrace.workflows import refund as module

HAPPY = [
    "pending",
    "fetching_order",
    "validating_refund",
    "processing_credit",
    "sending_email",
    "complete",
]


async def test_an_eligible_order_is_credited_and_the_customer_told(start: Start) -> None:
    run = start("refund")
    await run.say()
    assert (run.outcome, run.states) == ("completed", HAPPY)
    assert run.calls[2] == ("process_credit", {"order_id": "1001", "amount": 59.9})
    assert run.rows("SELECT order_id, cents FROM credits") == [("1001", 5990)]
    assert run.rows("SELECT recipient FROM outbox") == [("ines@example.com",)]
    assert run.snapshot.context["order"]["item"] == "stoneware mug"
    assert run.snapshot.context["credit_id"] == 1


@pytest.mark.parametrize(
    ("number", "states", "reason"),
    [
        ("1002", HAPPY[:3], "it was delivered 115 days ago, and refunds are possible for 30"),
        ("1003", HAPPY[:3], "its status is refunded"),
        ("1004", HAPPY[:2], "LookupError: there is no order 1004"),
    ],
)
async def test_what_is_not_eligible_ends_failed_and_says_why(
    start: Start, number: str, states: list[str], reason: str
) -> None:
    run = start("refund")
    await run.say(f"Refund order {number}, please.")
    assert (run.outcome, run.states) == ("failed", [*states, "failed"])
    assert reason in run.said
    assert run.rows("SELECT * FROM credits UNION ALL SELECT 0, 0, 0, 0 FROM outbox") == []


async def test_without_an_order_number_the_model_asks_and_goes_on_with_the_answer(
    start: Start,
) -> None:
    run = start("refund")
    waiting = await run.say("I want my money back.")
    assert (waiting.why, run.states, run.calls) == ("input", HAPPY[:2], [])
    await run.say("It is 1001.")
    assert run.states == HAPPY


async def test_an_edited_verdict_makes_it_go_the_other_way(start: Start) -> None:
    def refuse(result: dict[str, Any]) -> dict[str, Any]:
        return {**result, "eligible": False, "reason": "a person said no"}

    run = start("refund", edits={"check_refund_policy": refuse})
    await run.say()
    assert run.states == [*HAPPY[:3], "failed"]
    assert run.said == "I am sorry, I cannot refund this: a person said no."
    assert run.rows("SELECT * FROM credits") == []


async def test_an_edited_verdict_cannot_make_the_shop_credit_twice(start: Start) -> None:
    run = start(
        "refund", edits={"check_refund_policy": lambda result: {**result, "eligible": True}}
    )
    await run.say("Refund order 1003, please.")
    assert run.states == [*HAPPY[:4], "failed"]
    assert run.said.startswith("I am sorry, the credit did not go through: ValueError: order 1003")
    error = run.snapshot.error
    assert error is not None and error.startswith("process_credit failed")


@pytest.mark.parametrize(
    ("total", "end", "cents"), [(20, "complete", [(2000,)]), (9999.0, "failed", [])]
)
async def test_an_edited_order_changes_the_amount_that_is_asked_for(
    start: Start, total: float, end: str, cents: list[tuple[int]]
) -> None:
    run = start("refund", edits={"fetch_order": lambda order: {**order, "total": total}})
    await run.say()
    assert run.calls[2] == ("process_credit", {"order_id": "1001", "amount": total})
    assert run.states[-1] == end
    assert run.rows("SELECT cents FROM credits") == cents


@pytest.mark.parametrize("garbage", [None, [], "", 7, {"order": {}}])
async def test_garbage_instead_of_an_order_never_reaches_the_money(
    start: Start, garbage: object
) -> None:
    run = start("refund", edits={"fetch_order": lambda order: garbage})
    waiting = await run.say()
    assert waiting.why in ("input", "finished")
    assert "processing_credit" not in run.states
    assert run.rows("SELECT * FROM credits") == []


@pytest.mark.parametrize(
    ("failures", "end", "mails"), [(1, "complete", 1), (2, "failed", 0)], ids=["once", "twice"]
)
async def test_a_mail_that_fails_is_tried_once_more(
    start: Start, failures: int, end: str, mails: int
) -> None:
    run = start("refund", fail={"send_email": failures})
    await run.say()
    assert [name for name, _ in run.calls].count("send_email") == 2
    assert run.states[-1] == end
    assert run.snapshot.context["email_failures"] == 1
    assert len(run.rows("SELECT * FROM outbox")) == mails
    assert len(run.rows("SELECT * FROM credits")) == 1


def test_the_same_key_credits_once_and_another_key_is_refused(tmp_path: Path) -> None:
    world = module.shop(tmp_path)

    def ctx(key: str) -> ToolContext:
        return ToolContext(world, key, None, {}, {})

    first = module.process_credit(ctx("k1"), order_id="1001", amount=10.0)
    again = module.process_credit(ctx("k1"), order_id="1001", amount=10.0)
    assert first == again == {"credit_id": 1, "order_id": "1001", "amount": 10.0}
    with pytest.raises(ValueError, match="order 1001 is refunded, so nothing was credited"):
        module.process_credit(ctx("k2"), order_id="1001", amount=10.0)
    with pytest.raises(ValueError, match="is not there"):
        module.process_credit(ctx("k3"), order_id="9", amount=10.0)
    order = module.fetch_order(ctx("k4"), order_id="1001")
    assert order["status"] == "refunded"
