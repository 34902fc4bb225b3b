"""A click on a state or an edge of the graph offers what can be done there, and does it."""

from __future__ import annotations

from pathlib import Path

from tests.tui.app.driven import Driven
from tests.tui.app.test_mouse import find
from tests.tui.tui_support import screen_text
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.model.events import Transitioned
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.rows.workflow.graph_rows import GraphRow


async def clicked(d: Driven, text: str) -> None:
    """Click on what the graph shows; a text that stands there and nowhere else."""
    x, y = find(d.app, text)
    await d.pilot.click(offset=(x + 3, y))
    await d.settled()


async def test_a_click_on_a_state_goes_to_its_last_visit(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        last = d.view.tip
        await clicked(d, "✓ validating_refund")
        assert d.dialog == "PickerScreen"
        assert "State validating_refund" in screen_text(d.app)
        await d.press("enter")
        event = d.view.tree[d.view.head].event
        assert isinstance(event, Transitioned) and event.to == "validating_refund"
        assert d.view.tip == last, "nothing ran"


async def test_a_click_on_an_edge_sets_and_clears_a_breakpoint(at_credit: Debugger) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await clicked(d, "├─ process_credit fails")
        assert "it was not taken" in screen_text(d.app)
        await d.press(*"stop", "enter")
        point = Breakpoint("transition", "processing_credit->failed")
        assert point in d.view.points
        await clicked(d, "├─ process_credit fails")
        await d.press(*"stop", "enter")
        assert point not in d.view.points


async def test_a_click_forces_a_transition_and_what_no_row_allows_asks_why(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (160, 45)) as d:
        await clicked(d, "□ complete (end)")
        await d.press(*"force", "enter")
        await d.press(*"lost", "enter")
        assert d.view.snapshot.state == "complete"
        assert d.view.snapshot.visits[-1].forced
        assert "╍ by force ×1 ╍" in screen_text(d.app)


async def test_zoom_shows_the_whole_graph(at_credit: Debugger, tmp_path: Path) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("2")
        pane = d.screen.panes.pane("workflow")

        def edges() -> int:
            graph = pane.items[0]
            assert isinstance(graph, GraphRow)
            return sum(row.kind == "edge" for row in graph.lines(pane.inner_width).drawing.rows)

        folded = edges()
        await d.press("z")
        assert folded < edges() == 11
        await d.press("z")
        assert edges() == folded
