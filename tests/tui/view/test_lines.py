"""The status line, the timeline, differences and values; and that nothing is wider than asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.tui.view.build import HOSTILE, REFUND, any_session, see, text_of, to_credit, widest
from tooltrace.core.decide.breakpoints import parse
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session.repeat_warning import RepeatWarning
from tooltrace.debugger.stop import Stop
from tooltrace.tui.rows.branches import status
from tooltrace.tui.rows.branches.status import mode, status_line
from tooltrace.tui.rows.branches.step_marks import StepMarks
from tooltrace.tui.rows.branches.timeline import scaled_timeline, timeline
from tooltrace.tui.rows.branches.timeline_scale import timeline_scale
from tooltrace.tui.rows.calls.call_facts import calls_of
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.calls.time_view import TimeView
from tooltrace.tui.rows.caption_lines import caption_lines
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.inspector.inspector import InspectorRows
from tooltrace.tui.rows.labels import duration
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.selected import Selected
from tooltrace.tui.rows.value_diff import diff_lines
from tooltrace.tui.rows.values import brief, indented, readable, value_lines
from tooltrace.tui.rows.workflow.workflow import WorkflowRows, one_line_state
from tooltrace.tui.theme import NAMES


def line(given: Given, width: int = 110, **rest: Any) -> str:
    view = see(given, **rest)
    return text_of(status_line(view, Steps(), width, "refund-0142.jsonl", 4.2)).rstrip()


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_paused_before_a_call() -> None:
    assert squeezed(line(to_credit())) == ("refund · step 8 · main ▌PAUSED before process_credit")
    assert "step 3/8" in line(to_credit(), head=6)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ({"running": True}, "▌RUNNING 4.2 s"),
        ({"running": True, "pausing": True}, "▌PAUSING 4.2 s"),
        ({"running": True, "replaying": True}, "▌REPLAYING"),
        ({"replaying": True}, "· replaying"),
        ({"read_only": "open in process 4242"}, "read-only: open in process 4242"),
        ({"stop": Stop("stuck", "a was called 4 times")}, "▌STUCK a was called 4 times"),
        ({"stop": Stop("stuck", "so")}, "G goes past · e edits"),
        ({"stop": Stop("limit", "50 model turns")}, "▌LIMIT 50 model turns"),
        ({"stop": Stop("end", "the end")}, "n goes on live"),
        ({"stop": Stop("error", "disk full")}, "▌ERROR disk full"),
        ({"stop": Stop("divergence", "at step 3")}, "▌DIVERGED at step 3"),
        ({"stop": Stop("confirm", "x", world="abc")}, "put it back?"),
        ({"stop": Stop("breakpoint", "breakpoint: call")}, "PAUSED breakpoint: call · before"),
    ],
)
def test_what_is_going_on_in_words(rest: dict[str, Any], expected: str) -> None:
    assert expected in line(to_credit(), 200, **rest)


def test_a_call_that_ran_already_is_asked_about() -> None:
    given = to_credit()
    warning = RepeatWarning(given.snapshot.calls[0], 1, ())
    shown = line(given, 200, stop=Stop("confirm", "", (warning,)))
    assert "▌CONFIRM process_credit ran already (1×)" in shown
    assert "n asks again" in shown


def test_the_end_of_a_run() -> None:
    given = Given(REFUND).user("x")
    assert "▌DONE" in line(Given(REFUND).user("x").finishes(), 200)
    assert "▌FAILED no luck" in line(given.finishes("failed", "no luck"), 200)
    failed = Given(REFUND).user("x").request_fails("overloaded")
    assert "overloaded n asks again · e" in squeezed(line(failed, 200))


def test_the_mode_is_never_cut() -> None:
    for width in range(8, 120):
        assert "▌PAUSED" in line(to_credit(), width), width
    assert line(to_credit(), 40).strip() == "step 8    ▌PAUSED before process_credit"


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160, 200])
def test_what_is_going_on_begins_in_the_same_column_at_every_step(width: int) -> None:
    given = to_credit()
    tip, columns = given.at, set()
    for head in (record.id for record in given.tree.path(tip)):
        for rest in ({}, {"running": True}, {"stop": Stop("breakpoint", "breakpoint: " * 9)}):
            shown = line(given, width, head=head, tip=tip, **rest)
            columns.add((shown.index("▌"), shown.index("step ")))
    for _ in range(20):
        given.append(e.WentOn("stuck"))
    grown = line(given, width)
    columns.add((grown.index("▌"), grown.index("step ")))
    assert len(columns) == 1


def test_keys_in_the_status_line_are_keys_of_the_app_or_of_a_dialog() -> None:
    from tooltrace.tui.keys.keymap import ACTIONS

    known = {key for action in ACTIONS for key in action.keys} | {"esc"}
    named = {key.key for keys in status._KEYS.values() for key in keys}
    assert named <= known


def test_the_timeline() -> None:
    given = to_credit()
    tip = given.head
    given.back_to(10).append(e.ToolReturned(e.CallRef(9, 0), {"eligible": False}), "edited")
    given.moves("failed")
    first, second = timeline(see(given, tip=tip), Steps(), 70)
    assert text_of(first) == " ●──●──●──●──→──●──●──→──‖ main"
    assert squeezed(text_of(second)) == "└─◆──● edit at #10 30 in · 30 out · 0 ms"
    first, second = timeline(see(given, head=12, tip=tip, saved=13), Steps(), 70)
    assert text_of(first) == " ●──●──●──●──→──●──●──‖──○ main"
    assert text_of(second).endswith("· ▲ unsaved ")
    first, second = timeline(see(given), Steps(), 70)
    assert text_of(first) == " ●──●──●──●──→──●──◆──‖ edit"
    assert squeezed(text_of(second)) == "└─●──● main 20 in · 20 out · 0 ms · session 60 tokens"


def test_a_long_timeline_is_scaled_and_the_head_is_in_it() -> None:
    given = Given(WorkflowSpec("free"))
    for n in range(200):
        given.append(e.WentOn("stuck", n))
    for head in (1, 40, 150, 201):
        for zoom in range(14):
            view = see(given, head)
            found = scaled_timeline(view, Steps(), 60, StepMarks(), zoom=zoom)
            shown = text_of(found.lines[0])
            assert "‖" in shown and len(shown) <= 60 and shown.endswith("main")
            at = shown.index("‖")
            steps = Steps.to(given.tree, 201)
            assert steps.step(head) in found.scale.steps((at - found.begin) // found.scale.cells)
    assert "…" not in text_of(timeline(see(given, 100), Steps(), 60)[0])


@holds(st.integers(0, 3000), st.integers(1, 200), st.integers(0, 14), st.data())
def test_a_scale_has_each_step_once_and_a_cell_for_each(
    total: int, room: int, zoom: int, data: st.DataObject
) -> None:
    head = data.draw(st.integers(0, total))
    scale = timeline_scale(total, head, room, zoom)
    steps = [step for mark in range(scale.count) for step in scale.steps(mark)]
    assert steps == list(range(steps[0], steps[-1] + 1)) and head in steps
    if zoom == 0:
        assert steps == list(range(total + 1))
    for mark in range(scale.count):
        assert scale.step_at(mark * scale.cells) == scale.steps(mark)[-1]
    width = (scale.count - 1) * scale.cells + 1
    assert width + 2 * sum(scale.more) <= max(room, 5)
    assert scale.step_at(-5) == scale.steps(0)[-1] and scale.step_at(10_000) == steps[-1]


def test_several_steps_in_a_cell_show_what_tells_most() -> None:
    given = Given(WorkflowSpec("free")).user("x")
    for n in range(40):
        given.replies(call("read", n=n))
        given.append(e.ToolReturned(e.CallRef(given.at, 0), n, is_error=n == 20))
    shown = text_of(timeline(see(given), Steps(), 30)[0])
    assert shown.count("×") == 1 and "■" in shown
    bare = text_of(timeline(see(given, points=(parse("tool:read"),)), Steps(), 30)[0])
    assert "◉" in bare and "×" not in bare


def test_differences_by_path() -> None:
    old = {"a": 1, "same": [1], "deep": {"list": [1, {"x": True}]}, "gone": 1}
    new = {"a": 2, "same": [1], "deep": {"list": [1, {"x": 1}]}, "come": "x"}
    assert [plain(shown) for shown in diff_lines(old, new, 60)] == [
        "− a: 1",
        "+ a: 2",
        "− deep.list[1].x: true",
        "+ deep.list[1].x: 1",
        "− gone: 1",
        '+ come: "x"',
    ]
    assert [plain(shown) for shown in diff_lines(old, old, 60)] == ["no difference"]
    assert plain(diff_lines([*range(99)], [*range(1, 100)], 60, 10)[-1]) == "… and more"
    assert len(diff_lines([*range(99)], [*range(1, 100)], 60, 10)) == 11


def test_differences_in_text_line_by_line_and_far_along_a_line() -> None:
    assert [plain(shown) for shown in diff_lines("a\nb\nc\nd", "a\nX\nd", 60)] == [
        "text:",
        "  1 equal line",
        "− b",
        "− c",
        "+ X",
        "  1 equal line",
    ]
    old, new = "x" * 500 + "old", "x" * 500 + "new"
    assert [plain(shown)[-5:] for shown in diff_lines(old, new, 60)] == ['xold"', 'xnew"']


def test_values_as_people_read_them() -> None:
    value = {"id": "1001", "items": [1, 2], "note": "é漢", "none": None, "ok": True}
    assert (
        brief(value) == '{"id": "1001", "items": [1, 2], "note": "é漢", "none": null, "ok": true}'
    )
    assert brief(value, 12) == '{"id": "1001…'
    assert list(indented(value, 30)) == [
        "{",
        '  "id": "1001",',
        '  "items": [1, 2],',
        '  "note": "é漢",',
        '  "none": null,',
        '  "ok": true',
        "}",
    ]
    assert value_lines("", 20, 6) == (["(empty)"], False)
    assert value_lines(10**5000, 60, 6)[0] == ["(a number too long to show)"]
    assert readable([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]) == "a\nb"
    assert readable([{"type": "image"}]) == [{"type": "image"}]


def test_a_very_deep_value_and_a_very_long_one_cost_no_more_than_is_shown() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert brief(deep, 20) == "[" * 20 + "…"
    assert len(value_lines(deep, 40, 6)[0]) == 6
    assert value_lines("x" * 50_000_000, 40, 6)[1]
    assert value_lines(["y" * 100] * 1_000_000, 40, 6) == (["[", *[f'  "{"y" * 100}",'] * 5], True)


def test_durations() -> None:
    times = [0, 3.4, 999.4, 999.6, 2100, 59_949, 59_950, 245_000, 7_260_000, -1, float("nan"), None]
    assert [duration(ms) for ms in times] == [
        *("0 ms", "3 ms", "999 ms", "1.0 s", "2.1 s", "59.9 s", "1 min 00 s", "4 min 05 s"),
        *("2 h 01 min", "–", "–", "–"),
    ]


@holds(any_session(), st.integers(20, 200), st.data())
def test_no_line_of_anything_is_wider_than_asked(
    given: Given, width: int, data: st.DataObject
) -> None:
    tip = data.draw(st.integers(1, given.tree.last_id))
    head = data.draw(st.sampled_from([record.id for record in given.tree.path(tip)]))
    steps, conversation = Steps(), ConversationRows()
    problems = (HOSTILE,)
    stop = Stop(data.draw(st.sampled_from(["step", "error", "stuck", "confirm"])), HOSTILE)
    running = data.draw(st.booleans())
    view = see(given, head, tip, problems=problems, stop=stop, running=running, read_only=HOSTILE)
    conversation.update(view)
    for item in list(conversation.items):
        if data.draw(st.booleans()):
            conversation.toggle(item.key)
    inspector = InspectorRows(steps)
    any_record = st.sampled_from(view.path)
    calls = [None, *(one.ref for one in calls_of(given.tree, tip))]
    name = data.draw(st.none() | st.sampled_from(["order", HOSTILE]))
    selected = Selected(data.draw(any_record), data.draw(st.sampled_from(calls)), name)
    inspector.update(view, selected)
    for row in [row for row in inspector.items if data.draw(st.booleans())]:
        inspector.toggle(row)
    items = [
        *conversation.items,
        *TraceRows(steps).update(view)[0],
        *TimeView(steps).update(view),
        *WorkflowRows().update(view),
        *inspector.items,
    ]
    lines = [
        status_line(view, steps, width, HOSTILE, 1.0),
        one_line_state(view, width),
        *timeline(view, steps, width),
        *caption_lines(view, width),
        *diff_lines(given.snapshot.context, {"order": HOSTILE, HOSTILE: "a\nb"}, width),
    ]
    for one in items:
        shown = one.lines(width)
        assert len(shown) == one.height(width)
        lines += shown
    clean = [span for one in lines for span in one]
    assert {style for _, style in clean} <= NAMES | {""}
    assert widest(one for one in lines) <= width
    assert mode(view).word


def test_calls_that_a_model_made_up_are_named_too() -> None:
    given = Given(REFUND).user("x").replies(call("no_such_tool", a=1))
    assert "before no_such_tool" in line(given, 200)
