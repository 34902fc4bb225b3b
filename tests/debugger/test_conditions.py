"""Breakpoints that could never be reached are refused, and conditions without a value stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.debugger.conftest import Sit
from tests.debugger.flows import Ran, bill
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.model.errors import BadExpression

NEVER = ["tool:nosuch", "state:nosuch", "transition:paying->nosuch", "tool:pay if args.amout > 10"]


@pytest.mark.parametrize("text", NEVER)
def test_python_refuses_what_the_command_line_refuses(sit: Sit, tmp_path: Path, text: str) -> None:
    s = sit(bill(tmp_path))
    for set_ in (s.debugger.breakpoints.set, s.debugger.breakpoints.add):
        with pytest.raises(BadExpression, match=r"no (tool|state|args)") as caught:
            set_((parse(text),))
        assert str(caught.value).startswith(text) and "\n" not in str(caught.value)
    assert s.view.points == ()


def test_a_kept_breakpoint_that_no_longer_fits_is_told_and_stops_before_money_moves(
    sit: Sit, tmp_path: Path
) -> None:
    kept = tmp_path / ".tooltrace" / "breakpoints.json"
    kept.parent.mkdir()
    text = "tool:pay if args.amout > 10"
    kept.write_text(json.dumps({bill(tmp_path).name: [text]}))
    s = sit(bill(tmp_path), points=True)
    assert any("there is no args.amout in pay" in problem for problem in s.view.problems)
    stop = s.do("go")
    assert stop.kind == "breakpoint"
    assert "cannot be evaluated: 'args.amout > 10' has no value here: null" in stop.text
    assert [name for name, *_ in Ran(tmp_path).all] == ["look"]
    s.debugger.breakpoints.set((Breakpoint("error"), *s.view.points))
    s.debugger.breakpoints.set(())
