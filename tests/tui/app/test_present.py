"""Before an audience: the stage at 80×24, beats, and going on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tui.app.driven import Driven, doors, until
from tests.tui.app.keys import presses
from tests.tui.tui_support import screen_lines
from tooltrace.cli.present_options import shipped_script
from tooltrace.core.caption.beats import beats
from tooltrace.core.model.events import Event, ToolReturned
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.script.perform import perform
from tooltrace.debugger.script.script import Script, ScriptBeat
from tooltrace.tui.present.autoplay import Autoplay
from tooltrace.tui.present.stage import Stage
from tooltrace.tui.screens.session import SessionScreen
from tooltrace.tui.services import AppServices, Show

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


async def test_neither_does_the_other_way_after_an_edit(at_start: Debugger) -> None:
    async with Driven(at_start, STAGE) as d:
        await d.press("P", "space", "space", "space")
        assert "eligible true" in d.text
        result = d.view.tree[d.view.head].event
        assert isinstance(result, ToolReturned) and isinstance(result.content, dict)
        d.debugger.edit.result(d.view.head, {**result.content, "eligible": False})
        await d.settled()
        last = rows(d)
        for word in ("because not eligible: eligible = false", "the run ended: failed"):
            await d.press("space")
            assert word in d.text
            now = rows(d)
            assert sum(one != other for one, other in zip(last, now, strict=True)) <= 12
            last = now


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
        assert "waits for the presenter: space runs it" in d.text
        assert "WAITS FOR SPACE" in d.text
        assert "given   order_id" in d.text
        assert not [c for c in d.view.snapshot.calls if c.started is not None]
        await d.press("space")
        await until(lambda: not play.playing and d.view.snapshot.state == "sending_email")
        await d.settled()
        assert "WAITS FOR SPACE" in d.text and "send_email  WRITES  not run here" in d.text
        await d.press("backspace", "space")
        assert not play.playing


async def test_any_key_but_plus_and_minus_stops_autoplay_and_does_nothing_else(
    at_start: Debugger,
) -> None:
    async with Driven(at_start, STAGE) as d:
        play, head = autoplay(d), d.view.head
        await d.press("P", "a")
        assert "pace 4 s" in d.text
        await d.press("plus", "plus", "plus", "plus", "plus")
        assert "pace 1 s" in d.text
        await d.press("minus")
        assert "pace 2 s" in d.text
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


async def test_a_script_plays_until_a_key_and_goes_on_where_one_left_it(
    at_start: Debugger, tmp_path: Path
) -> None:
    script = shipped_script(at_start.view().snapshot.workflow)
    async with Driven(at_start, STAGE, replace(doors(tmp_path), show=Show(script))) as d:
        play = autoplay(d)
        await until(lambda: play.playing)
        assert "PLAYING" in d.text
        assert "Its tools really run" in d.text
        await d.press("x")
        assert not play.playing
        await d.press("space", "space")
        assert "The order is kept in the context" in d.text
        assert "key for this: space next" in d.text
        await d.press("backspace")
        assert "fetch_order read it from the database" in d.text
        await d.press("space", "space", "space")
        assert "eligible true → false" in d.text
        assert "key for this: e edit" in d.text
        assert d.view.branch.name == "edit"


def quick(tmp_path: Path, at_start: Debugger) -> AppServices:
    """The tour, without pauses of its own."""
    script = shipped_script(at_start.view().snapshot.workflow)
    assert script is not None
    script = replace(script, cues=tuple(replace(cue, pause=None) for cue in script.cues))
    return replace(doors(tmp_path), show=Show(script))


async def test_a_script_plays_to_its_end_stands_before_what_writes_and_says_no_itself(
    at_start: Debugger, tmp_path: Path
) -> None:
    async with Driven(at_start, STAGE, quick(tmp_path, at_start)) as d:
        play = autoplay(d)
        play.pace = 0.01
        play.start()
        for _ in range(2):
            await until(lambda: not play.playing)
            assert d.view.stop.kind == "paused"
            assert "WAITS FOR SPACE" in d.text
            assert "waits for the presenter's space." in d.text
            await d.press("space")
            await until(lambda: play.playing or d.view.stop.kind == "paused")
        await until(lambda: not play.playing)
        await d.settled()
        assert "THE END" in d.text
        assert "The presenter said no: nothing ran." in d.text
        assert "branch second try others: main, edit" in d.text.replace("  ", " ")
        paid = [c for c in d.view.snapshot.calls if c.tool == "process_credit"]
        assert [c.started for c in paid] == [None]


@pytest.mark.parametrize(
    ("key", "runs"), [("y", True), ("n", False), ("escape", False), ("backspace y", False)]
)
async def test_what_a_script_asks_is_answered_on_the_stage(
    at_start: Debugger, tmp_path: Path, key: str, runs: bool
) -> None:
    script = shipped_script(at_start.view().snapshot.workflow)
    assert script is not None
    for cue in script.cues[1:-1]:
        perform(at_start, at_start.view(), cue)
    assert at_start.view().stop.kind == "confirm"
    count = len(at_start.view().tree)
    last = Script("refund", (ScriptBeat(1, "start"), ScriptBeat(2, "beat")))
    services = replace(doors(tmp_path), show=Show(last))
    async with Driven(at_start, STAGE, services) as d:
        autoplay(d).stop()
        await d.press("space")
        assert "CONFIRM" in d.text and "y yes, run it again   n or esc no" in d.text
        await d.press(*key.split())
        await until(lambda: d.view.stop.kind != "confirm")
        assert d.screen.query_one("#stage", Stage).display
        ran = [r for r in list(d.view.tree.records)[count:] if _returned(d.view.tree[r].event)]
        assert bool(ran) is runs


def _returned(event: Event) -> bool:
    return isinstance(event, ToolReturned)


async def test_a_script_whose_last_beat_waits_for_space_is_at_its_end_then(
    at_start: Debugger, tmp_path: Path
) -> None:
    beats_to_payment = tuple(ScriptBeat(line, "beat", pause=0.01) for line in range(2, 7))
    script = Script("refund", (ScriptBeat(1, "start", pause=0.01), *beats_to_payment))
    async with Driven(at_start, STAGE, replace(doors(tmp_path), show=Show(script))) as d:
        play = autoplay(d)
        await until(lambda: d.view.stop.kind == "paused" and not play.playing)
        await d.press("space")
        await d.settled()
        assert not play.playing
        assert "process_credit  WRITES  really ran" in d.text and "THE END" in d.text


async def test_no_beat_of_the_tour_changes_more_than_half_of_the_rows(
    at_start: Debugger, tmp_path: Path
) -> None:
    script = shipped_script(at_start.view().snapshot.workflow)
    assert script is not None
    async with Driven(at_start, STAGE, replace(doors(tmp_path), show=Show(script))) as d:
        autoplay(d).stop()
        counts = list[int]()
        for cue in script.cues[1:]:
            last = rows(d)
            await d.press("space")
            assert cue.caption.split("\n")[0] in d.text
            counts.append(sum(one != other for one, other in zip(last, rows(d), strict=True)))
        assert max(counts) <= 12, counts
