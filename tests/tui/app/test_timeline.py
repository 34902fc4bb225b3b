"""The timeline under the mouse: a click and a drag go to steps, the wheel brings them nearer."""

from __future__ import annotations

from textual.events import MouseScrollDown, MouseScrollUp

from tests.tui.app.driven import Driven
from tests.tui.app.of_given import debugger_of
from tests.tui.view.build import Given
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.widgets.timeline_bar import TimelineBar


async def test_a_click_goes_to_a_step_and_a_drag_through_them(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        bar = d.screen.query_one(TimelineBar)
        y, begin = bar.content_region.y, bar.content_region.x + 1
        await d.pilot.click(offset=(begin + 3 * 3, y))
        await d.settled()
        steps = d.screen.rows.steps
        assert steps.step(d.view.head) == 3
        assert d.lines[y][begin + 9] == "‖"
        await d.pilot.mouse_down(offset=(begin + 9, y))
        await d.pilot.hover(offset=(begin + 6 * 3, y))
        await d.pilot.mouse_up(offset=(begin + 6 * 3, y))
        await d.settled()
        assert steps.step(d.view.head) == 6 and len(d.view.branches) == 1


async def test_the_wheel_brings_fewer_steps_nearer_and_all_of_them_back() -> None:
    given = Given(WorkflowSpec("free"))
    for n in range(400):
        given.append(e.WentOn("stuck", n))
    async with Driven(debugger_of(given), (120, 36)) as d:
        bar = d.screen.query_one(TimelineBar)
        x, y = bar.content_region.offset
        assert "…" not in d.lines[y] and "──" not in d.lines[y]

        async def wheel(kind: type[MouseScrollUp | MouseScrollDown], times: int) -> None:
            for _ in range(times):
                bar.post_message(kind(bar, x, y, 0, 0, 0, False, False, False, x, y))
            await d.settled()

        await wheel(MouseScrollUp, 4)
        assert "… " in d.lines[y] and "──" in d.lines[y]
        await wheel(MouseScrollDown, 9)
        assert "…" not in d.lines[y]
