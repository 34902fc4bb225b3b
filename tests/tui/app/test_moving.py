"""The keys that go on and back, pressed: what changed in the session and on the screen."""

from __future__ import annotations

from tests.tui.app.driven import Driven, facts, until
from tests.tui.app.given import before
from tests.tui.app.keys import each, presses
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger

# going on


@each("step")
async def test_step(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        assert "PAUSED before process_credit" in d.status
        head = d.view.head
        await d.press(key)
        assert [type(x).__name__ for x in facts(d.view)][-2:] == ["ToolStarted", "ToolReturned"]
        assert d.view.path[-3] == head
        assert "PAUSED before the transition to sending_email" in d.text.replace("\n", " ")
        await d.press(key)
        assert d.view.snapshot.state == "sending_email"
        assert "● sending_email" in d.lines[1]


@presses("step", "n")
async def test_keys_pressed_in_one_go_all_count(at_start: Debugger) -> None:
    async with Driven(at_start, (80, 24)) as d:
        for key in "nnn":
            d.send(key)
        await until(lambda: d.view.head >= 7 and not d.view.running)
        await d.settled()
        assert isinstance(facts(d.view)[-1], e.ToolReturned)


@each("next_reply")
async def test_turn(at_start: Debugger, key: str) -> None:
    async with Driven(at_start, (80, 24)) as d:
        for turn in (1, 2):
            await d.press(key)
            assert isinstance(facts(d.view)[-1], e.ModelReplied)
            assert d.view.snapshot.turn == turn
        assert "check_refund_policy" in d.status


@each("resume")
async def test_continue_goes_to_the_end(at_start: Debugger, key: str) -> None:
    async with Driven(at_start, (80, 24)) as d:
        await d.press(key)
        assert d.view.snapshot.outcome == "completed"
        assert "DONE" in d.status
        assert "N back · F fork · r replay" in d.status
        quiet = d.view.head
        await d.press(key)
        assert d.view.head == quiet
        assert d.note == "▲ the run is over: completed · N goes back, F forks, r replays"


@presses("step_in")
async def test_step_in_says_that_there_is_nothing_to_step_into(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        changes = d.view.tree.last_id
        await d.press("s")
        assert d.note == "▲ there is no nested agent here"
        assert d.view.tree.last_id == changes


@presses("run_to_cursor")
async def test_go_to_the_cursor_back_and_ahead(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("home", "down", "g")
        assert d.view.head == 2
        assert d.view.tip == 15
        assert "step 1/9 · main  ▌PAUSED before the transition to fetching_order" in d.status
        await d.press("end", "g")
        assert d.view.head == 15
        assert d.view.tree.last_id == 15


@each("pause")
async def test_pause_without_anything_running_says_so(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press(key)
        assert d.note == "▲ nothing is running"
        assert not d.view.pausing


# going back


@presses("step_back")
async def test_step_back_and_on_again_runs_nothing(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        last, head = d.view.tree.last_id, d.view.head
        await d.press("N", "N")
        assert d.view.head < head
        assert "check_refund_policy" in d.text
        await d.press("n", "n")
        assert (d.view.tree.last_id, d.view.head) == (last, head)
        assert "PAUSED before process_credit" in d.status


@presses("step_back")
async def test_step_back_at_the_start_says_so(at_start: Debugger) -> None:
    async with Driven(at_start, (80, 24)) as d:
        await d.press("N")
        assert d.view.head == 1
        await d.press("N")
        assert d.view.head == 1
        assert d.note == "▲ this is the start"


@presses("resume_back")
async def test_continue_backwards_stops_at_a_breakpoint_then_the_start(at_credit: Debugger) -> None:
    at_credit.breakpoints.set((Breakpoint("tool", "fetch_order"),))
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("C")
        assert "breakpoint: tool:fetch_order" in d.status
        assert before("fetch_order")(d.view)
        await d.press("C")
        assert d.view.head == 1
        assert d.view.tree.last_id == 15


async def test_a_key_that_comes_while_a_step_is_made_waits_for_its_end(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        before = d.view.head
        d.screen.controller.press("step_back")
        d.screen.controller.press("fork")
        await until(lambda: d.dialog == "PickerScreen")
        await d.settled()  # It is composed a little after it is on top.
        assert d.view.head < before and not d.note.endswith("(esc esc)")
