"""Building rows costs what is new: measured against bare loops in the same process."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

from msgspec.structs import replace

from tests.core.given import AT, Given
from tests.tui.view.build import long_session, see
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.debugger.view import View
from tooltrace.tui.panes.layout import Layout
from tooltrace.tui.rows.branches.step_marks import StepMarks
from tooltrace.tui.rows.branches.timeline import scaled_timeline
from tooltrace.tui.rows.calls.calls import TraceRows
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.workflow.workflow import WorkflowRows


def seconds(work: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        begin = process_time()
        work()
        best = min(best, process_time() - begin)
    return best


class Screen:
    """All builders, and the layout that asks each conversation item for its height."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.marks = StepMarks()
        self.conversation = ConversationRows()
        self.trace = TraceRows(self.steps)
        self.workflow = WorkflowRows()
        self.layout = Layout()
        self.layout.set_width(60)

    def update(self, view: View) -> int:
        items, keep = self.conversation.update(view)
        self.layout.set_items(items, keep)
        self.trace.update(view)
        self.workflow.update(view)
        scaled_timeline(view, self.steps, 120, self.marks)
        return keep


def grown(given: Given, view: View) -> View:
    """The view one record later."""
    tree, at = given.tree, given.tree.last_id + 1
    tree.add(e.Record(at, view.tip, AT, "live", e.UserSaid(f"message {at}")))
    return replace(view, path=(*view.path, at), head=at, snapshot=view.snapshot, saved=at)


def test_a_long_session_is_shown_in_little_more_than_its_fold() -> None:
    given = long_session(1000)
    view = see(given)
    records = [given.tree[at] for at in view.path]
    folding = seconds(lambda: fold_path(records))
    building = seconds(lambda: Screen().update(view))
    assert building < 5 * folding, f"{building * 1000:.0f} ms against {folding * 1000:.0f} ms"


def test_a_step_costs_the_same_however_long_the_session_is() -> None:
    costs = []
    for turns in (200, 2000):
        given = long_session(turns)
        view, screen = see(given), Screen()
        screen.update(view)
        views = []
        for _ in range(60):
            view = grown(given, view)
            views.append(view)
        begin = process_time()
        for one in views:
            screen.update(one)
        costs.append((process_time() - begin) / len(views))
    assert costs[1] < 3 * costs[0], f"{costs[1] * 1e6:.0f} µs against {costs[0] * 1e6:.0f} µs"


def test_a_step_back_lays_out_only_what_is_ahead() -> None:
    given = long_session(400)
    view, screen = see(given), Screen()
    screen.update(view)
    keep = screen.update(see(given, head=view.path[-2]))
    assert keep >= len(screen.conversation.items) - 3


def test_a_huge_result_costs_what_is_shown_of_it() -> None:
    def shown(size: int) -> float:
        given = Given(long_session(0).snapshot.workflow)
        given.append(e.Unknown("big", {"rows": ["x" * 50] * size, "text": "y" * size}))
        view = see(given)
        return seconds(lambda: Screen().update(view), 5)

    assert shown(400_000) < 5 * shown(400)
