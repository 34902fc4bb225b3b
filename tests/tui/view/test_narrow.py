"""What a narrow screen keeps: the room that is there is used, and what matters most goes last."""

from __future__ import annotations

import pytest

from tests.tui.view.build import REFUND, Given, flat, see, text_of, to_credit
from tooltrace.core import events as e
from tooltrace.core.events import CallRef
from tooltrace.core.steps import Steps
from tooltrace.debugger.stops import Stop
from tooltrace.tui.lines import plain
from tooltrace.tui.view.conversation import ConversationRows
from tooltrace.tui.view.entry import Entry
from tooltrace.tui.view.status import status_line
from tooltrace.tui.view.workflow import WorkflowRows

WHY = "policy (/home/ines/agents/refund.py:22) returned list; return say(…) or call(…)"


def at_width(width: int, stop: Stop | None = None) -> str:
    given = to_credit()
    view = see(given, head=6, tip=given.head, **({} if stop is None else {"stop": stop}))
    return text_of(status_line(view, Steps(), width, "refund-0142.jsonl")).rstrip()


def test_the_room_of_what_went_goes_to_what_was_cut_and_then_to_what_fits() -> None:
    why = "breakpoint: call if args.amount > 1"
    whole = f"PAUSED {why} · before the transition to validating"
    assert whole in at_width(160, Stop("breakpoint", why))
    shown = at_width(80, Stop("breakpoint", why))
    assert f"PAUSED {why} · before the tra" in shown
    assert shown.endswith("… · step 3/8") and len(shown) == 80


def test_no_piece_of_the_status_line_that_would_fit_is_missing() -> None:
    for width in range(40, 170):
        shown = at_width(width)
        spare = width - len(shown.lstrip())
        for piece in (" · main", " · F fork", " · step 3/8"):
            assert piece in shown or spare < len(piece), (width, shown)


def long(name: str, *middle: tuple[str, str]) -> Entry:
    return Entry(
        7, 7, (("  ✓ ", "ok"), (name, "tool"), *middle, ("  #7", "dim")), ref=CallRef(6, 0)
    )


def test_the_number_of_a_record_stays_where_its_line_is_too_narrow() -> None:
    entry = long("check_refund_policy", ("  1 ms", "dim"))
    assert plain(entry.lines(40)[0]) == "  ✓ check_refund_policy  1 ms  #7"
    assert plain(entry.lines(30)[0]) == "  ✓ check_refund_policy  #7"
    assert plain(entry.lines(20)[0]) == "  ✓ check_refun…  #7"
    marked = long("check_refund_policy", ("  ✎ edited", "edited"), ("  1 ms", "dim"))
    assert plain(marked.lines(40)[0]) == "  ✓ check_refund_policy  ✎ edited  #7"
    assert plain(marked.lines(32)[0]) == "  ✓ check_refund_policy  ✎ …  #7"
    assert plain(entry.starred("odd").lines(40)[0]) == "  ✓ check_refund_policy  1 ms  #7 ★ odd"


def test_a_sentence_is_not_cut_for_its_number() -> None:
    said = Entry(7, 7, (("you let it go on", "warn"), ("  1 ms", "dim"), ("  #7", "dim")))
    assert plain(said.lines(20)[0]) == "you let it go on  #7"
    assert plain(said.lines(18)[0]) == "you let it go on …"


def test_a_replay_that_has_not_begun_waits_for_nobody() -> None:
    view = see(Given(REFUND), replaying=True)
    assert "▌PAUSED before what was said · replaying" in text_of(status_line(view, Steps(), 120))
    entries, _ = ConversationRows().update(view)
    assert plain(entries[-1].lines(40)[0]) == "⏸ before what was said"
    assert "next     what was said" in flat(WorkflowRows().update(view), 40)
    live = text_of(status_line(see(Given(REFUND)), Steps(), 120))
    assert "waiting for you: say something to begin" in live


@pytest.mark.parametrize(
    "given",
    [
        Given(REFUND).user("x").request_fails(WHY),
        Given(REFUND).user("x").finishes("failed", WHY),
        Given(REFUND).user("x").append(e.Diverged("tool result", "content", 1, WHY)),
    ],
    ids=["the model failed", "the run is over", "a divergence"],
)
def test_why_something_stopped_is_read_whole_on_a_narrow_screen(given: Given) -> None:
    entries, _ = ConversationRows().update(see(given))
    entry = next(entry for entry in entries if entry.record == given.head)
    shown = "".join(plain(line) for line in entry.lines(33))
    assert WHY.replace(" ", "") in shown.replace(" ", "")


def test_a_line_too_narrow_for_anything_is_no_wider_than_asked() -> None:
    entry = long("check_refund_policy", ("  1 ms", "dim")).at("here").starred("odd")
    for width in range(1, 60):
        assert len(plain(entry.lines(width)[0])) <= width
