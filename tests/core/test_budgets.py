"""Tokens and money over a path, and the budgets that they are held against."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tooltrace.core.decide.breakpoint_hits import hit
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.decide.budgets import dollars, grant_words, granted, over_budget
from tooltrace.core.decide.next_action import CallModel, Finish
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage

COUNTS = st.sampled_from([0, 1, 7, 1000])
COSTS = st.sampled_from([None, 0.0, 0.0001, 0.25])
ANSWERS = st.lists(st.tuples(st.booleans(), COUNTS, COUNTS, COUNTS, COUNTS, COSTS), max_size=6)


def usage(fresh: int, out: int, read: int = 0, written: int = 0) -> dict[str, int]:
    return {
        "input_tokens": fresh,
        "output_tokens": out,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }


def answers(given: Given, used: dict[str, int], cost: float | None, failed: bool = False) -> Given:
    given.asks()
    if failed:
        return given.append(e.ModelFailed("cut", reply={"content": [], "usage": used}, cost=cost))
    return given.append(e.ModelReplied({**reply("Go on."), "usage": used}, cost=cost))


@settings(max_examples=60)
@given_any(ANSWERS, ANSWERS)
def test_each_branch_has_the_sums_of_its_own_path(trunk: list[Any], twig: list[Any]) -> None:
    given = Given(FREE).user("Go.")
    for failed, *counts, cost in trunk:
        answers(given.user("More."), usage(*counts), cost, failed)
    fork, whole = given.head, given.snapshot
    for failed, *counts, cost in twig:
        answers(given.user("More."), usage(*counts), cost, failed)
    for path, used in ((trunk, whole.usage), (trunk + twig, given.snapshot.usage)):
        assert used.input == sum(counts[1] for counts in path)
        assert used.output == sum(counts[2] for counts in path)
        assert used.cache_read == sum(counts[3] for counts in path)
        assert used.cache_written == sum(counts[4] for counts in path)
        known = [counts[5] for counts in path if counts[5] is not None]
        assert used.cost == pytest.approx(sum(known), abs=1e-9)
        assert used.priced == len(known)
        assert used.unpriced == sum(c[5] is None and any(c[1:5]) for c in path)
    assert fork is not None
    assert given.tree.snapshot_at(fork) == whole


def test_what_is_not_known_is_not_said() -> None:
    assert "cost" not in Usage().plus(usage(5, 5), 1.0).as_json()
    known = Usage().plus(usage(5, 5), 1.0, 0.5)
    assert known.as_json()["cost"] == 0.5
    least = known.plus(usage(5, 5), 1.0)
    assert least.as_json()["cost_at_least"] == 0.5
    assert "cost" not in least.as_json()
    assert Usage().plus(None, 1.0).unpriced == 0


@pytest.mark.parametrize("cost", [-1.0, float("nan"), float("inf"), 1e300])
def test_a_cost_that_none_is_counts_as_unknown(cost: float) -> None:
    used = Usage().plus(usage(1, 1), 0.0, cost)
    assert (used.cost, used.priced, used.unpriced) == (0.0, 0, 1)


def test_tokens_are_counted_in_and_out_and_stop_the_next_request() -> None:
    given = Given(FREE, e.Settings(token_budget=100)).user("Go.")
    answers(given, usage(20, 10, 40, 20), None).user("More.")
    assert given.action == CallModel()
    given = answers(given, usage(10, 0), None).user("More.")
    why = "100 tokens (30 in, 10 out, 60 cached, 20 of them written), and 100 are allowed"
    assert given.action == Finish("limit", why)


def test_going_past_grants_a_budget_from_what_is_used_now() -> None:
    given = Given(FREE, e.Settings(token_budget=100, cost_budget=0.5)).user("Go.")
    answers(given, usage(330, 20), 0.25).user("More.")
    assert granted(given.snapshot) == e.WentOn("limit", 0, 350)
    given.append(granted(given.snapshot))
    assert given.action == CallModel()
    given = answers(given, usage(99, 0), 0.5).user("More.")
    assert given.action == Finish("limit", "$0.75 spent, and $0.50 are allowed")
    given = given.append(granted(given.snapshot))
    assert given.action == CallModel()
    assert (given.snapshot.max_tokens, given.snapshot.max_cost) == (450, 1.25)
    answers(given, usage(1, 0), 0.1).user("More.")
    assert "450 tokens" in str(given.action)


def test_a_turn_limit_is_still_gone_past_by_turns() -> None:
    given = Given(FREE, e.Settings(max_turns=1, token_budget=10)).user("Go.")
    answers(given, usage(1, 1), None).user("More.")
    assert granted(given.snapshot) == e.WentOn("limit", 1)
    assert granted(given.snapshot, 20) == e.WentOn("limit", 20)
    answers(given.append(e.WentOn("limit", 1)), usage(9, 9), None).user("More.")
    assert granted(given.snapshot) == e.WentOn("limit", 1, 20)
    assert grant_words(given.snapshot, granted(given.snapshot)) == [
        "1 turn more, up to 3",
        "10 tokens more, up to 30",
    ]


@pytest.mark.parametrize("most", [1, 2, 40])
def test_as_much_again_is_what_the_run_was_allowed(most: int) -> None:
    given = Given(FREE, e.Settings(max_turns=most)).user("Go.")
    for round_ in (1, 2, 3):
        while given.action == CallModel():
            answers(given, usage(1, 1), None).user("More.")
        assert given.snapshot.turn == most * round_
        given.append(granted(given.snapshot))


def test_a_grant_says_what_can_be_spent_from_here() -> None:
    given = Given(FREE, e.Settings(cost_budget=0.5)).user("Go.")
    answers(given, usage(1, 1), 0.75).user("More.")
    grant = granted(given.snapshot)
    assert grant_words(given.snapshot, grant) == ["$0.50 more, up to $1.25"]
    answers(given.append(grant), usage(1, 1), 0.49).user("More.")
    assert given.action == CallModel()
    answers(given, usage(1, 1), None).user("More.")
    assert grant_words(given.snapshot, granted(given.snapshot)) == [
        "until the next reply without a price"
    ]


def test_a_reply_without_a_price_stops_a_budget_in_dollars_each_time() -> None:
    given = Given(FREE, e.Settings(cost_budget=1.0)).user("Go.")
    for _ in range(2):
        answers(given, usage(5, 5), None).user("More.")
        assert given.action == Finish("limit", "a reply had no known price, and $1.00 are allowed")
        assert given.append(granted(given.snapshot)).action == CallModel()
    assert given.snapshot.turns_granted == 0


def test_asking_again_after_a_failure_costs_as_well() -> None:
    given = Given(FREE, e.Settings(token_budget=10)).user("Go.")
    answers(given, usage(8, 3), None, failed=True)
    assert over_budget(given.snapshot) == "11 tokens (8 in, 3 out), and 10 are allowed"


@pytest.mark.parametrize("point", ["call if cost > 0.2", "if tokens >= 30", "if usage.input == 10"])
def test_breakpoints_on_cost_and_tokens(point: str) -> None:
    given = Given(FREE).user("Go.").asks()
    assert hit((parse(point),), given.moment) is None
    body = {**reply(call(FREE.tools[0].name)), "usage": usage(10, 20)}
    given.append(e.ModelReplied(body, cost=0.25))
    assert hit((parse(point),), given.moment) == parse(point)


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (0.0, "$0.00"),
        (0.00041, "$0.00041"),
        (0.0084, "$0.0084"),
        (0.1, "$0.10"),
        (0.996, "$1.00"),
        (1234.5, "$1,234.50"),
        (1e-9, "under $0.000001"),
    ],
)
def test_money_in_words(cost: float, shown: str) -> None:
    assert dollars(cost) == shown
