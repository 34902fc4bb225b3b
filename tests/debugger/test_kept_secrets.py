"""Nothing beside the session keeps a secret: no breakpoint, and no output that was cut in a key."""

from __future__ import annotations

from pathlib import Path

from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.text.redact import Redactor
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.models.anthropic.errors import refusal
from tooltrace.tools.output.call_output import CallOutput

KEY = "ghp_" + "a1B2" * 9


def test_a_breakpoint_keeps_no_secret_of_its_condition(tmp_path: Path) -> None:
    points = BreakpointFile(tmp_path, Redactor([("SHOP_KEY", "shop-0123456789")]))
    texts = (f"tool:pay if args.key == '{KEY}'", "tool:pay if args.note == 'shop-0123456789'")
    points.save("w", tuple(map(parse, texts)))
    kept = points.path.read_text()
    assert KEY not in kept and "shop-0123456789" not in kept and kept.count("[secret") == 2
    loaded, problem = points.load("w")
    assert problem is None and len(loaded) == 2


def test_an_output_that_is_cut_ends_before_half_a_key() -> None:
    for limit in range(12, 60):
        output = CallOutput(limit)
        output.add(f"the key {KEY} and more".encode())
        text = output.close()
        assert KEY[:6] not in text or Redactor()(text) != text


def test_a_refusal_that_is_cut_short_holds_no_half_of_a_key() -> None:
    for before in range(250, 310):
        said = f"{'x ' * (before // 2)}{KEY} is no key"
        told = refusal(401, {}, said, model="m", where="h", official=True)
        assert KEY[:6] not in told
