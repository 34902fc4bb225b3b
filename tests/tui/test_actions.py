"""A key is one row of the registry and one method: what holds of every row, and of every group."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.tui.app.driven import begin
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.keys import keymap
from tooltrace.tui.keys.keymap import ACTIONS, action, available
from tooltrace.tui.screens.session import SessionScreen


@pytest.fixture
def debugger(tmp_path: Path) -> Debugger:
    return begin(tmp_path)


def test_each_action_of_a_session_is_one_method_of_one_group(debugger: Debugger) -> None:
    screen = SessionScreen(debugger)
    public = Counter(
        name
        for group in screen.controller.groups
        for name in vars(type(group))
        if not name.startswith("_")
    )
    for entry in keymap.in_scope("app"):
        assert public[entry.id] == 1, entry.id
        assert callable(getattr(screen, f"action_{entry.id}")), entry.id
    debugger.close()


def test_what_asks_for_itself_is_a_method_of_that_group(debugger: Debugger) -> None:
    for group in SessionScreen(debugger).controller.groups:
        assert group.asks_itself <= vars(type(group)).keys()
        assert all(action(ident).scope == "app" for ident in group.asks_itself)
    debugger.close()


def test_what_is_not_possible_says_why_in_one_line(debugger: Debugger) -> None:
    views = [debugger.view()]
    while views[-1].snapshot.outcome is None:
        debugger.submit.step().result(10)
        views.append(debugger.view())
    while debugger.view().head != debugger.view().path[0]:
        debugger.submit.back().result(10)
        views.append(debugger.view())
    said = {entry.id: {entry.when(view) for view in views} for entry in ACTIONS}
    for view in views:
        entries = (*keymap.in_scope("app"), *keymap.in_scope("pane"))
        assert available(view) == {e.id for e in entries if e.when(view) is None}
    assert all(why is None or (why and "\n" not in why) for whys in said.values() for why in whys)
    assert said["find"] == said["quit"] == {None}
    for ident in ("step", "step_back", "stub", "inject", "say", "resample"):
        assert None in said[ident] and len(said[ident]) > 1, ident
    debugger.close()
