"""What the app asks before anything happens, and that leaving a question means nothing did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tui.app.driven import Driven, begin, reach
from tests.tui.app.given import before
from tooltrace import Workflow, call, say, tool
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import StuckSpec
from tooltrace.debugger.debugger import Debugger
from tooltrace.models.scripted import Move, Seen
from tooltrace.tui.widgets.inputs import ValueArea

OPENING = {
    "e": "EditorScreen",
    "S": "EditorScreen",
    "T": "PickerScreen",
    "F": "PickerScreen",
    "r": "PickerScreen",
    "v": "BranchesScreen",
    "m": "PromptScreen",
    "B": "PromptScreen",
    "ctrl+o": "PromptScreen",
    "?": "HelpScreen",
    "ctrl+p": "CommandPalette",
}


@pytest.mark.parametrize("size", [(60, 20)])
async def test_escape_leaves_every_dialog_and_nothing_happened(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        await d.press("3")
        was = d.view
        for key, name in OPENING.items():
            await d.press(key)
            assert d.dialog == name, key
            await d.press("escape")
            assert d.dialog is None, key
        now = d.view
        assert (now.head, now.tip, now.tree.last_id) == (was.head, was.tip, was.tree.last_id)
        assert (now.can_undo, now.points, now.branches) == (was.can_undo, was.points, was.branches)
        assert d.app.focused is d.pane("calls")


async def test_the_function_keys_of_the_editor_work_while_it_has_the_focus(
    at_credit: Debugger,
) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "up", "e")
        assert isinstance(d.app.focused, ValueArea)
        # The keys of the session do not reach through a dialog: what is edited stays what it is.
        for key in ("f10", "f5", "f9", "n", "N"):
            await d.press(key)
        assert d.dialog == "EditorScreen"
        assert (d.view.head, d.view.tree.last_id, d.view.points) == (15, 15, ())
        assert d.app.focused.text.startswith("nN{")
        await d.press("backspace", "backspace", "f2")
        assert d.dialogs == []
        assert d.view.tree.last_id == 15


async def test_a_changed_value_is_thrown_away_only_by_a_second_escape(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "up", "e", "x", "escape")
        assert d.dialog == "EditorScreen"
        assert "throws your changes away" in d.text
        await d.press("escape")
        assert d.dialogs == []
        assert d.view.tree.last_id == 15


# limits


def asking_again(stuck: StuckSpec, max_turns: int) -> Workflow:
    """A free workflow that asks the same question for ever."""

    @tool(read_only=True)
    def look(number: int) -> dict[str, Any]:
        """Look at a number."""
        return {"number": number}

    def policy(seen: Seen) -> Move:
        return call("look", number=seen.turn if stuck.same_call == 0 else 1)

    return Workflow(
        "asking", tools=[look], policy=policy, stuck=stuck, input="go", max_turns=max_turns
    )


@pytest.mark.parametrize(
    ("stuck", "turns", "title", "kind"),
    [
        (StuckSpec(0, 0, 0, 0), 5, "A limit is reached", "limit"),
        (StuckSpec(3, 0, 0, 0), 50, "The run is stuck", "stuck"),
    ],
)
async def test_a_limit_asks_and_each_answer_does_what_it_says(
    tmp_path: Path, stuck: StuckSpec, turns: int, title: str, kind: str
) -> None:
    async with Driven(begin(tmp_path, asking_again(stuck, max_turns=turns)), (80, 24)) as d:
        await d.press("c")
        head = d.view.head
        for leave in ("escape", "s", "enter"):
            assert d.dialog == "ConfirmScreen", leave
            assert title in d.text
            await d.press(leave)
            assert d.dialogs == []
            assert d.view.head == head
            assert kind.upper() in d.status
            await d.press("n")
        await d.press("g")
        assert isinstance(d.view.tree[d.view.head].event, e.WentOn)
        await d.press("c")
        assert d.dialog == "ConfirmScreen"
        await d.press("x")
        assert d.view.snapshot.outcome == kind
        assert kind.upper() in d.status


# an interrupted call


async def test_an_unknown_outcome_is_shown_and_resolved_by_the_person(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    path = debugger.session.file
    assert path is not None
    ref = debugger.view().snapshot.calls[0].ref
    debugger.session.append(e.ToolStarted(ref, "process_credit", "k"), "live")
    debugger.session.sync()
    async with Driven(debugger, (160, 45)) as d:
        assert "it may or may not have acted" in d.text
        assert "S: type its result · R: make it again" in d.text
        runs = d.debugger.session.executions.runs("process_credit")
        assert "process_credit was started and never" in d.status
        for key in ("n", "t", "c"):
            await d.press(key)
            assert d.dialog == "ConfirmScreen" and "Outcome unknown" in d.text
            await d.press("s")
            assert d.dialog is None
        assert d.debugger.session.executions.runs("process_credit") == runs
        await d.press("n", "f")
        failed = d.view.tree[d.view.head]
        assert isinstance(failed.event, e.ToolReturned) and failed.event.is_error
        assert failed.source == "edited"
        await d.press("u", "n", "d")
        assert d.dialog == "EditorScreen"
        d.app.screen.query_one(ValueArea).load_text('{"credit_id": 1}')
        await d.press("f2", "n")
        assert d.view.snapshot.state == "sending_email"
        assert d.debugger.session.executions.runs("process_credit") == runs


# a divergence


async def test_a_divergence_is_named_and_stops(tmp_path: Path) -> None:
    """The model of today asks for something else than the recorded one did."""
    choice = ["one"]

    @tool(read_only=True)
    def look(what: str) -> dict[str, Any]:
        """Look."""
        return {"what": what}

    def policy(seen: Seen) -> Move:
        return call("look", what=choice[0]) if seen.turn == 0 else say("done")

    flow = Workflow("looking", tools=[look], policy=policy, input="go")
    async with Driven(begin(tmp_path, flow), (120, 36)) as d:
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"
        choice[0] = "two"
        await d.press("r")
        await d.type("start")
        await d.press("enter", "c")
        assert d.view.stop.kind == "divergence"
        assert d.dialog == "ConfirmScreen"
        assert "divergence at step" in d.text
        assert "− " in d.text and "one" in d.text
        assert "+ " in d.text and "two" in d.text
        replay = d.view.branch.name
        await d.press("s")
        assert (d.dialogs, d.view.branch.name) == ([], replay)
        await d.press("u")
        assert d.view.branch.name == "main"
        assert d.debugger.session.executions.runs("look") == 1


# the world


async def test_a_world_that_was_changed_outside_asks_what_to_do(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), before("process_credit"))
    shop = next(tmp_path.rglob("shop.db"))
    import sqlite3

    with sqlite3.connect(shop) as db:
        db.execute("UPDATE orders SET cents = 1")
    db.close()
    async with Driven(debugger, (80, 24)) as d:
        await d.press("N", "n")
        for leave in ("escape", "n"):
            await d.press("n")
            assert d.dialog == "ConfirmScreen"
            assert "The world has changed" in d.text
            await d.press(leave)
            assert d.debugger.session.executions.runs("process_credit") == 0
        await d.press("n", "r")
        assert d.debugger.session.executions.runs("process_credit") == 1
        assert any(isinstance(r.event, e.WorldRestored) for r in d.view.tree.records.values())
        returned = d.view.tree[d.view.head].event
        assert isinstance(returned, e.ToolReturned)
        assert returned.content == {"credit_id": 1, "order_id": "1001", "amount": 59.9}
