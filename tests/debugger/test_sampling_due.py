"""The side without an edit that was never gone on along: its transition is due, and is made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import bill
from tests.debugger.sitting import Sitting
from tests.debugger.test_sampling import check, counts, edited, sampled
from tests.events import events_of
from tooltrace.core.model import events as e
from tooltrace.debugger.sampling.baseline import pending
from tooltrace.tui.rows.branches.samples import about
from tooltrace.workflows.refund import refund

Sit = Callable[..., Sitting]


def just_returned(s: Sitting, tool: str) -> None:
    """Up to the result of a tool, before the transition that it causes."""
    s.to_call(tool)
    s.done("step")
    assert s.names[-1] == "tool_returned"


def test_a_result_edited_before_its_transition_is_asked_without_it_too(
    sit: Sit, tmp_path: Path
) -> None:
    s = sit(refund)
    just_returned(s, "check_refund_policy")
    result, runs = s.head, s.session.executions.runs
    edit = edited(s, e.ToolReturned, "check_refund_policy", eligible=False, reason="no")
    s.done("step")
    head, way = s.head, s.view.path
    found = sampled(s, 3)
    assert (found.edit, found.without, found.why) == (edit, result, "")
    assert [t.to for t in found.due] == ["processing_credit"]
    assert f"without it at #{result}, after processing_credit" in about(found)[0]
    assert counts(found) == {"ends its turn": (3, 0), "process_credit": (0, 3)}
    assert (s.head, s.view.path) == (head, way) and runs("process_credit") == 0
    assert asyncio.run(check(tmp_path, s)) == []
    s.done("samples.take", next(x.number for x in found.samples if x.side == "without"))
    assert s.snapshot.state == "processing_credit"
    assert s.snapshot.calls[0].tool == "process_credit"
    moved = events_of(s.path, e.Transitioned)[-1]
    assert moved.cause == result and moved.row is not None


def test_a_shorter_limit_of_a_reply_comes_after_the_transition(sit: Sit, tmp_path: Path) -> None:
    s = sit(refund)
    just_returned(s, "check_refund_policy")
    edited(s, e.ToolReturned, "check_refund_policy", eligible=False, reason="no")
    s.done("step")
    found = sampled(s, 1, reply_tokens=100)
    s.done("samples.take", next(x.number for x in found.samples if x.side == "without"))
    assert s.snapshot.state == "processing_credit" and s.snapshot.settings.max_tokens == 100


@pytest.mark.parametrize("change", ["edit.context", "edit.force"])
def test_what_replaced_nothing_before_a_transition(sit: Sit, tmp_path: Path, change: str) -> None:
    s = sit(bill(tmp_path))
    just_returned(s, "look")
    before = s.head
    arguments: tuple[Any, ...] = ("note", "x") if change == "edit.context" else ("failed", "why")
    s.done(change, *arguments)
    while s.names[-1] != "transitioned":
        s.done("step")
    other = pending(s.session.tree, s.head)
    assert other.without == before and [t.to for t in other.due] == ["paying"]
    assert sampled(s, 1).of("without") == 1


def test_what_was_recorded_counts_more_than_what_would_follow(sit: Sit, tmp_path: Path) -> None:
    s = sit(bill(tmp_path))
    just_returned(s, "look")
    result = s.head
    s.done("step")
    moved = s.head
    s.done("goto", result)
    edited(s, e.ToolReturned, "look", good=False)
    s.done("step")
    other = pending(s.session.tree, s.head)
    assert (other.without, other.due) == (moved, ())
