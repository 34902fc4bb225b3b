"""A note goes at the next key, over whatever screen is on top, and covers nothing that is asked."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from tests.tui.app.driven import Driven
from tests.tui.app.keys import each
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui import last_note


async def test_a_note_goes_at_the_next_key(
    at_credit: Debugger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Driven(at_credit) as d:
        await d.press("p")
        assert d.note.endswith("nothing is running")
        await d.press("down")
        assert d.note.endswith("nothing is running")  # It was there for no time at all.
        monkeypatch.setattr(last_note, "SEEN", 0.0)
        await d.press("down")
        assert d.note == ""
        assert "nothing is running" not in d.text
        await d.press("p")
        assert d.note.endswith("nothing is running")  # Its own key does not take it.
        await d.press("?")
        assert d.note == ""


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("keys", [("3", "home", "e"), ("3", "home", "e", "enter"), ("m",)])
async def test_a_note_covers_nothing_that_is_asked(
    at_credit: Debugger, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with Driven(at_credit, size) as d:
        await d.press(*keys)
        assert d.dialog is not None
        d.app.tell("a note of several words that needs more than one line at this width", "warning")
        await d.settled()
        box = d.app.screen.query_one("#box").region
        notes = [rack.region for rack in d.app.screen.query("ToastRack Toast")]
        assert notes
        assert all(Region.intersection(box, note).area == 0 for note in notes)
        assert d.text.count("a note of several") == 1


@each("ring")
async def test_ringing_is_switched_on_and_off(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit) as d:
        rings = [d.app.signals.ring]
        for note in ("rings when it stops", "nothing rings any more"):
            await d.press(key)
            assert note in d.note
            rings.append(d.app.signals.ring)
        assert rings == [False, True, False]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 45)])
async def test_a_note_covers_nothing_of_the_caption(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        d.app.tell("a note of several words that needs more than one line at this width", "warning")
        await d.settled()
        caption = d.screen.query_one("#caption").region
        notes = list(d.screen.query("Toast"))
        assert notes
        for note in notes:
            assert not note.region.overlaps(caption)
