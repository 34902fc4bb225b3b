"""The rows before an audience: labels that can be told apart, branches, and what stood then."""

from __future__ import annotations

from msgspec.structs import replace

from tests.formats.branches import ROOT, branches_of
from tests.tui.view.build import REFUND as SPEC
from tests.tui.view.build import Given, call, see
from tooltrace.core.decide.next_action import next_action
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ToolReturned, Transitioned
from tooltrace.debugger.view import View, recorded_view
from tooltrace.tui.rows.last_move import LastMoves
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.present.stage import Cue, StageRows, top_line

DEMO = next(branches_of(ROOT / "sessions/demo-refund.jsonl"))


def rows(view: View, moves: LastMoves | None = None) -> list[str]:
    move = None if moves is None else moves.update(view)
    return [plain(line) for line in StageRows().lines(view, move, Cue(), 80, 24)]


def standing(tree: Tree, tip: int, record: int) -> View:
    s = tree.snapshot_at(record)
    view = recorded_view(tree, tip, tip)
    return replace(view, head=record, snapshot=s, action=next_action(s))


def record_of(tool: str) -> int:
    for record in DEMO._tree.path(DEMO.tip):
        if isinstance(record.event, ToolReturned):
            made = DEMO._tree.snapshot_at(record.id).call(record.event.call)
            if made is not None and made.tool == tool:
                return record.id
    raise AssertionError(tool)


def test_edges_of_a_state_that_are_cut_can_be_told_apart() -> None:
    shown = "\n".join(rows(recorded_view(DEMO._tree, DEMO.tip, DEMO.tip)))
    assert "─ fails, email_failures<1 ─" in shown
    assert "─ fails, email_failures>=1 ─" in shown
    assert "context." not in shown


def test_no_row_is_added_to_the_machine_as_it_is_run() -> None:
    for file in sorted(ROOT.glob("sessions/demo-loan*.jsonl")):
        for branch in branches_of(file):
            ids = [record.id for record in branch._tree.path(branch.tip)]
            shown = [rows(standing(branch._tree, branch.tip, record)) for record in ids]
            places = {tuple("end)" in row for row in screen) for screen in shown}
            assert len(places) == 1, file.name


def test_guards_that_are_too_wide_keep_what_they_end_with() -> None:
    branch = next(branches_of(ROOT / "sessions/demo-release.jsonl"))
    shown = "\n".join(rows(recorded_view(branch._tree, branch.tip, branch.tip)))
    assert "_test_report.failed > 0" in shown
    assert "_test_report.failed == 0" in shown


def test_a_taken_edge_is_counted_and_the_marks_are_explained() -> None:
    shown = "\n".join(rows(recorded_view(DEMO._tree, DEMO.tip, DEMO.tip)))
    assert "send_email ×1" in shown
    assert "●■◆━ now ✓ past ○□◇ ahead ×1 taken" in shown


def test_all_that_an_email_is_given_can_be_read_before_its_result() -> None:
    shown = rows(standing(DEMO._tree, DEMO.tip, record_of("send_email")))
    told = " ".join(row[38:].strip() for row in shown[3:8])
    assert '"ines@example.com" · subject "Your refund for order 1001"' in told
    assert "result  message_id 1" in told


def test_a_step_says_what_a_value_was_and_going_back_only_what_stood_then() -> None:
    paid = next(
        record.id
        for record in DEMO._tree.path(DEMO.tip)
        if isinstance(record.event, Transitioned) and record.event.to == "sending_email"
    )
    moves, before = LastMoves(), record_of("process_credit")
    rows(standing(DEMO._tree, DEMO.tip, before), moves)
    onward = "\n".join(rows(standing(DEMO._tree, DEMO.tip, paid), moves))
    assert "credit_id      – → 1" in onward
    back = "\n".join(rows(standing(DEMO._tree, DEMO.tip, before), moves))
    assert "credit_id      –  as it stood then" in back


def test_the_top_names_the_other_branches_at_a_fixed_place() -> None:
    alone = Given(SPEC).user("Refund 1").replies("", call("fetch_order", order_id="1"))
    assert "others" not in plain(top_line(see(alone), 80))
    file = ROOT / "sessions/demo-refund-edited.jsonl"
    tree = next(branches_of(file))._tree
    shown = {
        plain(top_line(recorded_view(tree, one.tip, one.tip), 80)).index("others: ")
        for one in branches_of(file)
    }
    assert shown == {29}


def test_what_goes_on_is_said_at_the_right_at_any_width() -> None:
    view = recorded_view(DEMO._tree, DEMO.tip, DEMO.tip)
    for width in (30, 40, 80, 200):
        line = plain(top_line(view, width, "WAITS FOR SPACE"))
        assert len(line) == width and line.rstrip().endswith("WAITS FOR SPACE")
