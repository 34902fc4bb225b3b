"""Before an audience: the stage at 80×24, beats, and going on by itself."""

from __future__ import annotations

from tests.tui.app.driven import Driven, until
from tests.tui.app.keys import presses
from tests.tui.tui_support import screen_lines
from tooltrace.core.caption.beats import beats
from tooltrace.core.model.events import ToolReturned
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.present.autoplay import Autoplay
from tooltrace.tui.present.stage import Stage
from tooltrace.tui.screens.session import SessionScreen

STAGE = (80, 24)


def rows(d: Driven) -> list[str]:
    return [line.ljust(80) for line in screen_lines(d.app)]


def autoplay(d: Driven) -> Autoplay:
    assert isinstance(d.screen, SessionScreen)
    return d.screen.controller.presenting.play


@presses("present")
async def test_the_stage_takes_the_place_of_the_panes_and_gives_it_back(at_start: Debugger) -> None:
    async with Driven(at_start, STAGE) as d:
        before = d.text
        await d.press("P")
        assert d.screen.query_one("#stage", Stage).size == STAGE
        await d.press("1")
        assert "Conversation" in d.text
        await d.press("escape")
        assert d.screen.query_one("#stage", Stage).display
        await d.press("P")
        assert d.text == before


@presses("next_beat")
async def test_a_beat_of_the_refund_changes_at_most_half_of_the_rows(at_start: Debugger) -> None:
    async with Driven(at_start, STAGE) as d:
        await d.press("P")
        counts, last = [], rows(d)
        while d.view.snapshot.outcome is None:
            await d.press("space")
            now = rows(d)
            counts.append(sum(one != other for one, other in zip(last, now, strict=True)))
            last = now
        assert len(counts) == 9
        assert max(counts) <= 12, counts


@presses("beat_back")
async def test_backspace_goes_back_by_beats_and_runs_nothing(at_credit: Debugger) -> None:
    async with Driven(at_credit, STAGE) as d:
        ends = [beat.record for beat in beats(d.view.tree, d.view.head)]
        count = len(d.view.tree)
        for end in reversed(ends[:-1]):
            await d.press("backspace")
            assert d.view.head == end
        assert len(d.view.tree) == count
        await d.press("P", "space")
        assert d.view.head == ends[1]


@presses("autoplay")
async def test_autoplay_stands_before_what_writes_and_goes_on_once_a_person_said_so(
    at_start: Debugger,
) -> None:
    async with Driven(at_start, STAGE) as d:
        play = autoplay(d)
        play.pace = 0.02
        await d.press("P", "a")
        await until(lambda: not play.playing)
        assert d.view.stop.kind == "paused"
        assert "waits for a person" in d.text
        assert "process_credit writes" in d.text
        assert not [c for c in d.view.snapshot.calls if c.started is not None]
        await d.press("space")
        assert isinstance(d.view.tree[d.view.head].event, ToolReturned)
        assert "WRITES" in d.text


async def test_any_key_but_plus_and_minus_stops_autoplay_and_does_nothing_else(
    at_start: Debugger,
) -> None:
    async with Driven(at_start, STAGE) as d:
        play, head = autoplay(d), d.view.head
        await d.press("P", "a")
        assert "playing, 4 s a beat" in d.text
        await d.press("plus", "plus", "plus", "plus", "plus")
        assert "playing, 1 s a beat" in d.text
        await d.press("minus")
        assert "playing, 2 s a beat" in d.text
        await d.press("n")
        assert not play.playing
        assert d.view.head == head


@presses("show_keys")
async def test_keys_are_shown_only_if_they_are_wanted(at_start: Debugger) -> None:
    async with Driven(at_start, STAGE) as d:
        await d.press("P", "space")
        assert "pressed" not in d.text
        await d.press("K", "space")
        assert "pressed: space next · K show keys · space next" in d.text


async def test_a_bookmark_is_a_titled_stop(at_credit: Debugger) -> None:
    async with Driven(at_credit, STAGE) as d:
        here = d.view.head
        d.debugger.notes.bookmark(here, "Here the money moves")
        await d.press("P", "backspace", "space")
        assert d.view.head == here
        assert "this step: Here the money moves" in d.text
