"""The keys that change history, pressed: what changed in the session and on the screen."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.tui.app.driven import Driven, begin, facts, reach
from tests.tui.app.keys import presses
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.widgets.inputs import ValueArea

# changing


@presses("edit")
async def test_editing_the_policy_result_takes_the_other_branch(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("3", "up")
        assert d.screen.panes.selected().record == 12
        await d.press("e")
        assert d.dialog == "EditorScreen"
        assert '"eligible": true' in d.text
        area = d.app.screen.query_one(ValueArea)
        area.load_text(area.text.replace("true", "false"))
        await d.settled()
        assert "eligible  true → false" in d.text
        await d.press("ctrl+s")
        assert d.dialogs == []
        assert d.view.tree[d.view.head].source == "edited"
        assert d.view.snapshot.calls[0].content["eligible"] is False
        assert len(d.view.branches) == 2
        await d.press("n")
        assert d.view.snapshot.state == "failed"
        assert "◆ failed" in d.text
        await d.press("u")
        assert "PAUSED before process_credit" in d.status
        assert d.view.snapshot.state == "processing_credit"
        await d.press("U")
        assert d.view.snapshot.state == "failed"


@presses("edit")
async def test_editing_what_has_no_value_says_what_has_one(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("home", "e")
        assert d.dialog is None
        assert d.note == "▲ #1 is no result, reply or message: there is nothing to edit"


@presses("edit")
async def test_editing_the_context_and_pending_arguments(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("2", "home", "enter")
        assert "Edit context order_id" in d.text
        await d.press("escape", "3", "end", "e")
        assert "Edit arguments of process_credit" in d.text
        area = d.app.screen.query_one(ValueArea)
        area.load_text('{"order_id": "1001", "amount": 5}')
        await d.press("f2")
        assert d.view.snapshot.calls[0].arguments == {"order_id": "1001", "amount": 5}
        assert len(d.view.branches) == 2


@presses("edit_external")
async def test_edit_in_the_persons_own_editor(
    at_credit: Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\nsed -i s/true/false/ "$1"\n')
    script.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(script))
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "up", "E")
        assert d.note == "▲ this terminal cannot be handed to an editor"
        # There is no terminal here to step back from; test_external.py does it with a real one.
        monkeypatch.setattr(d.app, "suspend", nullcontext)
        await d.press("E")
        assert d.dialog == "EditorScreen"
        assert "true → false" in d.text
        await d.press("f2")
        assert d.view.snapshot.calls[0].content["eligible"] is False


@presses("edit_external")
async def test_without_an_editor_it_says_what_to_set(
    at_credit: Debugger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "up", "E")
        assert d.note == "▲ no editor: set $VISUAL or $EDITOR, for example EDITOR=nano"
        assert d.view.tree.last_id == 15


@presses("force")
async def test_force_a_legal_transition(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("T")
        assert "Force a transition from processing_credit" in d.text
        await d.press("enter")
        assert d.view.snapshot.state == "sending_email"
        assert d.view.tree[d.view.head].source == "forced"
        await d.press("u")
        assert d.view.snapshot.state == "processing_credit"


@presses("force")
async def test_a_forced_transition_against_the_table_needs_a_reason(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("T")
        await d.type("complete")
        await d.press("enter")
        assert "why?" in d.text
        await d.press("enter")
        assert d.dialog == "PickerScreen"
        assert d.view.tree.last_id == 15
        await d.type("the shop said so")
        await d.press("enter")
        assert d.dialogs == []
        event = d.view.tree[d.view.head].event
        assert isinstance(event, e.Transitioned)
        assert (event.to, event.reason) == ("complete", "the shop said so")
        assert "● complete" in d.lines[1]


@presses("fork")
async def test_fork_with_a_name(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("N", "F", "down", "enter")
        await d.type("kind")
        await d.press("enter")
        assert d.view.branch.name == "kind"
        assert d.view.at_tip
        assert len(d.view.branches) == 2
        assert "kind" in d.status


@presses("replay")
async def test_replay_from_the_start_runs_nothing(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("r")
        assert "Replay" in d.text
        await d.press("enter", "c")
        assert "no divergence" in d.text
        assert d.view.snapshot.state == "processing_credit"
        new = [r for r in d.view.tree.records.values() if r.id > 15]
        calls = [r for r in new if isinstance(r.event, e.ToolStarted | e.ToolReturned)]
        assert len(calls) == 4
        assert {r.source for r in calls} == {"recorded"}
        assert d.debugger.session.executions.runs("fetch_order") == 1


@presses("stub")
async def test_stub_answers_a_pending_call_without_the_tool(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await d.press("3", "S")
        assert "Edit result of process_credit" in d.text
        d.app.screen.query_one(ValueArea).load_text('{"credit_id": 7}')
        await d.press("ctrl+s", "n")
        assert d.view.snapshot.context["credit_id"] == 7
        assert d.view.snapshot.state == "sending_email"
        assert not any(
            isinstance(r.event, e.ToolStarted) and r.event.tool == "process_credit"
            for r in d.view.tree.records.values()
        )


@presses("retry")
async def test_making_a_writing_call_again_asks_and_no_does_not_run_it(tmp_path: Path) -> None:
    # An e-mail that went out comes back with no world.
    sent = reach(begin(tmp_path), lambda view: view.snapshot.state == "complete")
    runs = sent.session.executions.runs("send_email")
    async with Driven(sent, (80, 24)) as d:
        await d.press("3", "end", "R")
        assert d.dialog == "PreviewScreen"
        assert "send_email" in d.text and "blocked until yes" in d.text and "ran 1×" in d.text
        await d.press("escape")
        assert d.dialogs == [] and len(d.view.branches) == 1
        await d.press("R", "enter")  # Going on without a yes asks for it when the call comes.
        assert d.dialog == "ConfirmScreen"
        assert "It writes. Run it again?" in d.text
        for key in ("n", "escape", "enter"):
            if not d.dialogs:
                await d.press("n")
            assert d.dialogs == ["ConfirmScreen"], key
            await d.press(key)
            assert d.dialogs == []
            assert d.debugger.session.executions.runs("send_email") == runs
        await d.press("n", "y")
        assert d.debugger.session.executions.runs("send_email") == runs + 1


async def test_keys_typed_in_one_go_take_effect_in_their_order(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("/")
        for key in "abX":
            d.send(key)
        d.send("backspace")
        d.send("c")
        d.send("left")
        d.send("-")
        await d.settled()
        assert "ab-c" in d.text
        await d.press("escape", "1", "end", "up", "e")
        assert d.dialog == "EditorScreen"
        for key in ("down", "end", "X", "backspace", "Y", "backspace", "Z", "left", "Q"):
            d.send(key)
        await d.settled()
        assert "QZ" in d.text and "X" not in d.text and "Y" not in d.text


@presses("retry")
async def test_a_yes_in_the_table_is_a_yes_for_one_run(tmp_path: Path) -> None:
    sent = reach(begin(tmp_path), lambda view: view.snapshot.state == "complete")
    runs = sent.session.executions.runs("send_email")
    async with Driven(sent, (80, 24)) as d:
        await d.press("3", "end", "R", "space")
        assert "will run: allowed" in d.text and "1 would run, 0 blocked" in d.text
        await d.press("a", "a", "enter")
        assert d.dialog is None
        assert d.debugger.session.executions.runs("send_email") == runs + 1
        await d.press("R", "enter")
        assert d.dialog == "ConfirmScreen"


@presses("retry")
async def test_making_a_reading_call_again_says_so_first(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("3", "home", "R")
        assert d.dialog == "PreviewScreen"
        assert "reads" in d.text and "will run" in d.text
        assert "1 call ahead: 1 would run" in d.text
        await d.press("enter")
        assert d.view.stop.kind == "step", d.view.stop
        assert d.debugger.session.executions.runs("fetch_order") == 2
        assert len(d.view.branches) == 2


@presses("fork")
async def test_a_fork_shows_what_may_be_done_again(tmp_path: Path) -> None:
    sent = reach(begin(tmp_path), lambda view: view.snapshot.state == "complete")
    async with Driven(sent, (120, 36)) as d:
        await d.press("C", "n", "F", "enter")
        assert d.dialog == "PreviewScreen"
        assert "4 calls ahead" in d.text
        assert "process_credit" in d.text and "blocked until yes" in d.text
        await d.press("escape")
        unforked = d.view
        assert len(unforked.branches) == 1
        await d.press("F", "enter", "a", "enter")
        assert len(d.view.branches) == 2 and d.dialogs == []
        runs = d.debugger.session.executions.runs
        before = runs("process_credit")
        await d.press("c")
        assert d.dialogs == []
        assert runs("process_credit") == before + 1


@presses("say")
async def test_say_something(tmp_path: Path) -> None:
    asks = reach(
        begin(tmp_path, text="I want my money back."), lambda v: v.snapshot.stop_reason is not None
    )
    async with Driven(asks, (80, 24)) as d:
        await d.press("i")
        await d.type("It is 1001.")
        await d.press("enter")
        assert facts(d.view)[-1] == e.UserSaid("It is 1001.")
        assert "It is 1001." in d.text
        await d.to_call("fetch_order")


@presses("say")
async def test_say_while_a_call_is_open_says_what_to_do_first(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("i")
        assert d.dialog is None
        assert d.note == "▲ a call is still open here: step, or type its result (S)"


@presses("go_past")
async def test_going_past_a_stuck_verdict(tmp_path: Path) -> None:
    frozen = begin(tmp_path, "backfill", "Backfill the frozen shard.")
    async with Driven(frozen, (80, 24)) as d:
        await d.press("c")
        assert d.dialog == "ConfirmScreen"
        assert "The run is stuck" in d.text
        head = d.view.head
        await d.press("escape")
        assert d.view.head == head
        assert "STUCK" in d.status.upper()
        await d.press("G")
        assert isinstance(d.view.tree[d.view.head].event, e.WentOn)
        await d.press("n")
        assert d.view.snapshot.outcome is None


@presses("undo")
@presses("redo")
async def test_nothing_to_undo_or_redo_says_so(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        for key, what in (("u", "undo"), ("U", "redo")):
            await d.press(key)
            assert d.note.startswith(f"▲ there is nothing to {what}")
        assert d.view.head == 15
