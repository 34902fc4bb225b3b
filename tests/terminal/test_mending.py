"""A tool fails, its file is mended in an editor, and the same run goes on with it."""

from __future__ import annotations

from pathlib import Path

from tests.terminal.pty_app import PtyApp

BROKEN = """
from prices import PRICES
from tooltrace import Workflow, call, say, tool

@tool(read_only=True)
def price(item: str) -> float:
    return PRICES[item]

flow = Workflow("shop", tools=[price], input="What is a mug?",
    policy=lambda s: say("Done.") if s.result("price") else call("price", item="mug"))
"""


def test_fix_the_tool_and_go_on(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(BROKEN)
    prices = tmp_path / "prices.py"
    prices.write_text("PRICES = {'cup': 1.5}\n")
    with PtyApp("run", "shop.py", "--session", "s.jsonl", cwd=tmp_path, size=(80, 24)) as app:
        app.wait("step 1 ")
        app.press("n")
        app.wait("before price")
        app.press("n")
        app.wait("KeyError")
        prices.write_text("PRICES = {'mug': 2.5\n")
        app.wait("^r loads prices.py")
        app.press("\x12")
        app.wait("SyntaxError")
        prices.write_text("PRICES = {'mug': 2.5}\n")
        app.press("\x12")
        app.wait("make the failed call again (R)")
        app.press("R")
        app.wait("This call would be made again")
        app.press("enter")
        app.wait("2.5")
        app.press("c")
        app.wait("Done.")
        app.press("q")
        app.ended(0)
        app.assert_restored()
