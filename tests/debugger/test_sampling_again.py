"""Asking once more at the same place: the answers that were paid first still count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.debugger.sitting import Sitting
from tests.debugger.test_sampling import PAY, answer, before_paying, sampled, words
from tooltrace.core.model.events import ModelFailed

Sit = Callable[..., Sitting]


def test_answers_add_up_and_so_does_what_they_cost(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    assert len(sampled(s, 3).samples) == 3
    found = sampled(s, 2)
    assert [one.number for one in found.samples] == [1, 2, 3, 4, 5]
    assert (found.k, found.of("with"), found.usage.tokens) == (5, 5, 50)
    assert len({one.name for one in found.samples}) == 5
    s.done("samples.take", 1)


def test_a_budget_is_for_what_is_asked_now(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY))
    sampled(s, 4)
    found = sampled(s, 9, tokens=20)
    assert len(found.samples) == 6 and "of 20 tokens" in found.stopped


def test_after_failures_one_can_ask_again(sit: Sit, tmp_path: Path) -> None:
    failure = ModelFailed("no", status=400)
    s = before_paying(sit, tmp_path, failure, answer(PAY))
    assert sampled(s, 3).stopped.startswith("stopped: the first requests failed")
    found = sampled(s, 2)
    assert found.stopped == "" and len(found.samples) == 3


def test_another_question_begins_from_nothing(sit: Sit, tmp_path: Path) -> None:
    s = before_paying(sit, tmp_path, answer(PAY), answer(words("Done.")))
    sampled(s, 2)
    assert len(sampled(s, 1, reply_tokens=50).samples) == 1
    s.done("edit.context", "amount", 7)
    found = sampled(s, 1)
    assert len(found.samples) == 2 and found.sides == ("with", "without")
