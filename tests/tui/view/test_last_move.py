"""What is marked as changed: by the last move, in either direction, and until the next one."""

from __future__ import annotations

from typing import Any

from hypothesis import given as holds

from tests.core.given import Given, call
from tests.tui.view.build import any_session, flat, see, text_of, to_credit
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.tui.rows.branches.timeline import timeline
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.last_move import LastMove, LastMoves
from tooltrace.tui.rows.lines import Item, Line
from tooltrace.tui.rows.signs import sign_of
from tooltrace.tui.rows.workflow.workflow import ContextRow, WorkflowRows, one_line_state

MOVED = 8
"""The record by which the order is saved; the one before it is the result."""


def moved(given: Given, *heads: int, **last: Any) -> LastMove:
    """The last move of somebody who stood at these places, one after the other."""
    moves = LastMoves()
    for number, head in enumerate(heads, 1):
        rest = last if number == len(heads) else {}
        moves.update(see(given, head, tip=given.head, **rest))
    assert moves.last is not None
    return moves.last


def context(given: Given, head: int, move: LastMove, width: int = 80) -> list[str]:
    items = WorkflowRows().update(see(given, head, tip=given.head), move)
    return flat([item for item in items if isinstance(item, ContextRow)], width)


def transition(given: Given) -> int:
    """The first record that saved something."""
    return next(
        record.id
        for record in given.tree.records.values()
        if isinstance(record.event, e.Transitioned) and record.event.cause is not None
    )


def test_nothing_is_marked_before_the_first_move() -> None:
    moves, given = LastMoves(), to_credit()
    assert moves.update(see(given)) is None
    assert moves.update(see(given)) is None


def test_a_value_stands_behind_what_it_was_and_going_back_the_other_way_round() -> None:
    given = to_credit()
    at = transition(given)
    on = context(given, at, moved(given, at - 1, at))
    assert 'null → {"id": "1001"' in on[0]
    back = context(given, at - 1, moved(given, at - 1, at, at - 1))
    assert '{"id": "1001"' in back[0]
    assert "→ null" in back[0]


def test_a_value_that_stayed_is_not_marked() -> None:
    given = to_credit()
    at = transition(given)
    assert not any("→" in line for line in context(given, at + 1, moved(given, at, at + 1)))


def test_what_changed_has_the_room_of_what_it_came_from() -> None:
    row = ContextRow(0, "reason", "delivered 13 days ago", "check_refund_policy", True, was=None)
    assert flat([row], 58)[0].endswith('null → "delivered 13 days ago"')
    assert flat([row], 100)[0].endswith('null → "delivered 13 days ago"  ← check_refund_policy')


def signs(items: list[Item], move: LastMove) -> list[str]:
    return [f"{sign_of(move, item)}{flat([item], 60)[0].strip()[:20]}" for item in items]


def test_new_rows_have_a_plus_and_rows_that_are_ahead_again_a_minus() -> None:
    given = to_credit()
    head = given.at
    before = head - 2
    on = ConversationRows()
    items, _ = on.update(see(given))
    shown = signs(list(items), moved(given, before, head))
    assert [sign for sign in shown if sign.startswith("+")] == shown[-3:-1]
    assert not shown[-1].startswith("+")
    items, _ = ConversationRows().update(see(given, before, tip=head))
    shown = signs(list(items), moved(given, head, before))
    assert {sign[0] for sign in shown[-2:]} == {"-"}
    calls, _ = TraceRows(Steps()).update(see(given))
    assert sign_of(moved(given, before, head), calls[-1]) == "+"


def test_what_another_branch_has_beyond_the_fork_is_new() -> None:
    given = to_credit()
    end = given.at
    given.back_to(6).append(e.Forked("what-if"))
    tree, moves = given.tree, LastMoves()
    moves.update(see(given, end, tip=end))
    moves.update(see(given))
    assert moves.last is not None
    assert (moves.last.begin, moves.last.end, moves.last.sign) == (6, tree.last_id, "+")
    assert moves.last.marks(6) == ""
    assert moves.last.marks(tree.last_id) == "+"


def test_a_run_is_one_move_from_where_it_began() -> None:
    given = to_credit()
    moves = LastMoves()
    moves.update(see(given, 2, tip=given.head))
    for head in (4, 6, 8):
        moves.update(see(given, head, tip=given.head, running=True))
    last = moves.update(see(given, 8, tip=given.head))
    assert last is not None
    assert (last.before.at, last.begin, last.end) == (2, 2, 8)


def test_what_does_not_move_leaves_the_marks_where_they_are() -> None:
    given = to_credit()
    moves = LastMoves()
    for head in (2, 3, 3):
        moves.update(see(given, head, tip=given.head))
    assert moves.last is not None
    assert moves.last.before.at == 2


def test_another_session_begins_without_marks() -> None:
    moves = LastMoves()
    given = to_credit()
    moves.update(see(given, 2, tip=given.head))
    moves.update(see(given, 12, tip=given.head))
    assert moves.last is not None
    other = Given(WorkflowSpec("free"))
    assert moves.update(see(other)) is None


def styles(line: Line, text: str) -> list[str]:
    return [style for part, style in line if part == text]


def test_the_arrow_that_was_taken_is_strong_until_the_next_step_and_when_taken_back() -> None:
    given = to_credit()
    at = transition(given)
    line = one_line_state(see(given, at, tip=given.head), 80, moved(given, at - 1, at))
    assert styles(line, " → ")[0] == "new"
    later = one_line_state(see(given, at + 1, tip=given.head), 80, moved(given, at, at + 1))
    assert "new" not in styles(later, " → ")
    back = moved(given, at, at - 1)
    line = one_line_state(see(given, at - 1, tip=given.head), 80, back)
    arrows = {text: style for (text, style) in line if style == "new"}
    assert len(arrows) == 1


def test_usage_that_grew_says_by_how_much_and_what_was_taken_back() -> None:
    given = Given(WorkflowSpec("free")).user("x").replies(call("a"))
    head = given.at

    def below(at: int, move: LastMove) -> str:
        return text_of(timeline(see(given, at, tip=head), Steps(), 90, move=move)[1])

    assert "+20 tokens  10 in" in below(head, moved(given, head - 1, head))
    assert "-20 tokens  0 in" in below(head - 1, moved(given, head, head - 1))
    assert "tokens  " not in below(head - 1, moved(given, 1, head - 1))


@holds(any_session())
def test_going_there_and_back_marks_the_same_records(given: Given) -> None:
    heads = [record.id for record in given.tree.path(given.at)]
    one, other = heads[len(heads) // 3], heads[-1]
    if one == other:
        return
    on, back = moved(given, one, other), moved(given, one, other, one)
    assert {h for h in heads if on.marks(h)} == {h for h in heads if back.marks(h)}
    assert (on.sign, back.sign) == ("+", "-")
    s = given.tree.snapshot_at(other)
    was = given.tree.snapshot_at(one)
    for name in s.context:
        changed = on.was(s, name)
        assert changed is MISSING or changed == was.context.get(name)
        assert (back.was(was, name) is MISSING) == (changed is MISSING)
    assert on.edge(s) == back.edge(was)
