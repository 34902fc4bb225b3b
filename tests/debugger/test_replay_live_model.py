"""A replay with a live model is an ordinary run, so what an ordinary run can do, it can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.debugger.flows import Ran, bill
from tests.debugger.sitting import Sitting
from tests.debugger.test_retry import Rehearsed
from tooltrace.core.model import events as e

Sit = Callable[..., Sitting]


def test_a_request_that_failed_is_sent_again_when_a_person_steps(sit: Sit, tmp_path: Path) -> None:
    flow = bill(tmp_path)
    assert flow.policy is not None
    model = Rehearsed(flow.policy)
    s = sit(flow, model=model)
    assert s.do("go").kind == "finished"
    ran = Ran(tmp_path).all
    model.failures = [e.ModelFailed("The API key was refused", status=401)]
    s.done("replay.start", from_start=True, answers="live model")
    assert s.do("go").kind == "await"
    assert s.do("go").kind == "await"  # Going on is no word for it.
    assert s.do("step").kind == "step"
    assert s.names[-1] == "model_replied"
    assert s.do("go").kind == "end"
    assert Ran(tmp_path).all == ran
    results = [r.source for r in s.path if isinstance(r.event, e.ToolReturned)]
    assert results and set(results) == {"recorded"}
