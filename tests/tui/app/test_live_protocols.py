"""The shipped workflows in the app, asked of each protocol's server, with what is shown of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.debugger.served import PROTOCOLS, VARIABLES, begun
from tests.models.live import alone  # noqa: F401 - no key or profile of the machine's own
from tests.tui.app.driven import Driven, until
from tests.tui.tui_support import assert_clean
from tooltrace.core.text.exact_json import loads
from tooltrace.debugger.debugger import Debugger

ON = {"messages": ("refund", "loan"), "chat": ("release",), "responses": ("backfill",)}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, served in PROTOCOLS.items():
        monkeypatch.setenv(VARIABLES[name], served.key)


async def to_the_end(d: Driven, debugger: Debugger) -> None:
    """Go on, and say yes to what asks first."""
    for _ in range(30):
        await d.press("c")
        await until(lambda: not debugger.view().running)
        await d.settled()
        if d.view.snapshot.outcome is not None:
            return
        if d.dialog == "ConfirmScreen":
            await d.press("y")
            await until(lambda: not debugger.view().running)
    raise AssertionError(d.text)


@pytest.mark.parametrize(
    ("protocol", "workflow"),
    [(name, flow) for name, flows in ON.items() for flow in flows],
)
async def test_what_is_copied_before_is_what_goes_out_and_it_ends(
    protocol: str, workflow: str, tmp_path: Path
) -> None:
    with begun(workflow, PROTOCOLS[protocol], tmp_path / "s.jsonl") as (debugger, server):
        async with Driven(debugger, (120, 40)) as d:
            if workflow == "refund":
                await d.press("w")
                assert d.dialogs == []
                assert "the model is not asked before this" in d.note, (
                    "a transition comes before the first request"
                )
                await d.press("n")
            await d.press("w", "J")
            shown = loads(d.app.clipboard)
            await d.press("escape")
            await to_the_end(d, debugger)
            last = d.view.snapshot
            assert last.outcome == "completed"
            assert_clean(d.app)
    assert server.refused == []
    assert shown == server.bodies[0]
    assert len(server.requests) == last.turn
