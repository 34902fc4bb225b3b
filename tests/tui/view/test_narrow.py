"""What a narrow screen keeps: the room that is there is used, and what matters most goes last."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.view.build import REFUND, Given, flat, see, text_of, to_credit
from tooltrace.cli.open_readonly import opened
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.core.model.events import CallRef
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.stop import Stop
from tooltrace.tui.rows.branches.status import status_line
from tooltrace.tui.rows.conversation.conversation import ConversationRows
from tooltrace.tui.rows.conversation.entry import Entry, Place
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.workflow import WorkflowRows

RECORDED = sorted((Path(__file__).parents[3] / "sessions").glob("demo-*.jsonl"))
WHY = "policy (/home/ines/agents/refund.py:22) returned list; return say(…) or call(…)"


def at_width(width: int, stop: Stop | None = None) -> str:
    given = to_credit()
    view = see(given, head=6, tip=given.head, **({} if stop is None else {"stop": stop}))
    return text_of(status_line(view, Steps(), width, "refund-0142.jsonl")).rstrip()


def test_the_room_of_what_went_goes_to_what_was_cut_and_then_to_what_fits() -> None:
    why = "breakpoint: call if args.amount > 1"
    whole = f"PAUSED {why} · before the transition to validating"
    assert whole in at_width(200, Stop("breakpoint", why))
    shown = at_width(80, Stop("breakpoint", why))
    assert f"PAUSED {why} · before the tra" in shown
    assert shown.startswith("step 3/8 · main  ▌") and shown.endswith("…")
    assert len(shown) == 80


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
    marked = long("check_refund_policy", ("  ± edited", "edited"), ("  1 ms", "dim"))
    assert plain(marked.lines(40)[0]) == "  ✓ check_refund_policy  ± edited  #7"
    assert plain(marked.lines(32)[0]) == "  ✓ check_refund_policy  ± …  #7"
    assert plain(entry.starred("odd").lines(40)[0]) == "  ✓ check_refund_policy  1 ms  #7 * odd"


def test_a_sentence_goes_on_in_the_next_line_with_its_number() -> None:
    said = Entry(7, 7, (("you let it go on", "warn"), ("  1 ms", "dim"), ("  #7", "dim")))
    assert [plain(line) for line in said.lines(20)] == ["you let it go on  #7"]
    assert [plain(line) for line in said.lines(18)] == ["you let it go on", "  1 ms  #7"]


@pytest.mark.parametrize("place", ["past", "here", "ahead"])
@pytest.mark.parametrize("width", [12, 20, 33, 34, 46, 70])
def test_no_sentence_loses_a_word_or_its_number(width: int, place: Place) -> None:
    texts = ("the run is over: ", "completed", " after all that ", "払い戻し 返品 was asked for")
    said = Entry(7, 7, tuple((text, "warn") for text in (*texts, "  #7"))).at(place)
    lines = [plain(line) for line in said.lines(width)]
    assert said.height(width) == len(lines)
    assert all(cell_len(line) <= width for line in lines)
    assert lines[-1].endswith("  #7")
    if width >= 33:
        words = " ".join(("".join(texts) + "  #7").split())
        assert " ".join(" ".join(lines).removeprefix("► ").split()) == words
    stands = said.starred("a mark")
    assert stands.height(width) == len(stands.lines(width))


def test_what_is_waited_for_is_read_whole_at_33_cells() -> None:
    entries, _ = ConversationRows().update(see(Given(REFUND)))
    lines = [plain(line) for line in entries[-1].lines(33)]
    assert entries[-1].height(33) == len(lines) == 2
    assert " ".join(" ".join(lines).split()) == "‖ waiting for you: say something to begin"
    entries, _ = ConversationRows().update(see(to_credit(), running=True))
    shown = " ".join(plain(line) for line in entries[-1].lines(20))
    assert "…" not in shown
    assert "process_credit" in shown or "running" in shown


def test_a_height_is_measured_again_where_one_stands() -> None:
    said = Entry(7, 7, (("you let it go on", "warn"), ("  #7", "dim")))
    assert said.height(20) == 1
    assert said.at("here").height(20) == len(said.at("here").lines(20)) == 2
    assert said.at("here").at("past").height(20) == 1


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_record_keeps_its_number_at_33_cells(path: Path) -> None:
    with opened(path) as (session, _), closing(Debugger(session)) as debugger:
        items, _ = ConversationRows().update(debugger.view())
    numbered = [item for item in items if item.heading[-1][0].strip() == f"#{item.record}"]
    assert len(numbered) > 5
    for item in numbered:
        lines = [plain(line) for line in item.lines(33)]
        assert any(line.endswith(f"#{item.record}") for line in lines), lines


def test_a_replay_that_has_not_begun_waits_for_nobody() -> None:
    view = see(Given(REFUND), replaying=True)
    assert "▌PAUSED before what was said · replaying" in text_of(status_line(view, Steps(), 120))
    entries, _ = ConversationRows().update(view)
    assert plain(entries[-1].lines(40)[0]) == "‖ before what was said"
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
