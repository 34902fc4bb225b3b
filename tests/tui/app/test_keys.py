"""Every key of the registry is pressed by a test; and keys in any order, at any speed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.tui.app import (
    test_borders,
    test_breakpoint_list,
    test_call_views,
    test_changing,
    test_compare,
    test_editor_keys,
    test_faults,
    test_handing_on,
    test_home_opening,
    test_inspector,
    test_looking,
    test_markdown,
    test_message_edits,
    test_money,
    test_moving,
    test_pictures,
    test_present,
    test_reload,
    test_request,
    test_request_edits,
    test_roaming,
    test_sampling,
)
from tests.tui.app.driven import SIZES, Driven, begin
from tests.tui.app.keys import PRESSED
from tests.tui.tui_support import assert_clean
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.keys.keymap import ACTIONS, Scope, in_scope


def test_every_key_of_the_registry_has_a_test() -> None:
    assert all(
        (
            test_borders,
            test_breakpoint_list,
            test_call_views,
            test_changing,
            test_compare,
            test_editor_keys,
            test_faults,
            test_handing_on,
            test_inspector,
            test_home_opening,
            test_looking,
            test_markdown,
            test_message_edits,
            test_money,
            test_moving,
            test_pictures,
            test_present,
            test_reload,
            test_request,
            test_request_edits,
            test_roaming,
            test_sampling,
        )
    )
    scopes: tuple[Scope, ...] = ("app", "pane", "branches", "request", "pager", "find")
    wanted = {(a.id, key) for scope in scopes for a in in_scope(scope) for key in a.keys}
    assert wanted - PRESSED == set()
    assert len(ACTIONS) == len({a.id for a in ACTIONS})


# keys that come faster than a screen does


async def test_what_is_typed_right_after_the_key_that_finds_is_kept(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        d.send("/")
        for key in (*"credit", "enter", "enter"):
            d.send(key)
        await d.settled()
        assert d.dialog is None
        assert d.screen.panes.sought == "credit"


async def test_keys_pressed_while_the_app_starts_are_kept(at_credit: Debugger) -> None:
    d = Driven(at_credit, (80, 24))
    async with d._running as d.pilot:
        for key in ("N", "3"):
            d.send(key)
        await d.settled()
        assert d.view.head < 15
        assert d.app.focused is d.pane("calls")
    d.app.close_debugger()


@pytest.mark.parametrize("seed", range(3))
async def test_keys_in_any_order_and_at_any_speed_never_break_it(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ends = {"quit", "save_and_quit", "interrupt", "suspend_process", "leave_home"}
    keys = [key for a in ACTIONS for key in a.keys if a.id not in ends]
    # In the palette and the menu, letters and enter may come to quitting by name.
    keys = sorted({*keys, *"yxk1 ", "backspace", "left"} - {"E", "f4", "q", "ctrl+p", ".", "f12"})
    async with Driven(begin(tmp_path), chance.choice(SIZES)) as d:
        for _ in range(30):
            for _ in range(chance.randint(1, 8)):
                d.send(chance.choice(keys))
            await d.pilot._wait_for_screen()
            assert d.app.return_code is None
        while d.dialog:
            await d.press("escape")
        await d.press("escape")
        assert d.view.head
        assert_clean(d.app)
