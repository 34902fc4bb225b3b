"""The tree from the keyboard: the list of branches, jumps and bookmarks, pressed and looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.timing import within
from tests.tui.app.driven import Driven, begin, reach, until
from tests.tui.app.keys import each, presses
from tests.tui.tui_support import BATCHES, assert_clean
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import BranchDescribed, BranchNamed
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.keys.key_bar import footer
from tooltrace.tui.screens.branches import BranchesScreen


def wide(count: int) -> Callable[[Debugger], None]:
    """So many branches that leave one after the other."""

    def grow(debugger: Debugger) -> None:
        session = debugger.session
        way = list(session.path)
        for number in range(count):
            session.append_after(way[2 + number % 10], e.Forked(f"try-{number}"), "live")
            session.append(e.UserSaid("?"), "live")
        session.select(way[-1], way[-1])

    return grow


def deep(debugger: Debugger, depth: int = 50) -> None:
    """Forks of forks."""
    session = debugger.session
    tip = session.tip
    for number in range(depth):
        leaves = session.append_after(session.head, e.UserSaid("on"), "live").id
        session.append(e.UserSaid("and on"), "live")
        session.append_after(leaves, e.Forked(f"level-{number + 1}"), "live")
    session.select(tip, tip)


def screen_of(d: Driven) -> BranchesScreen:
    assert isinstance(d.app.screen, BranchesScreen)
    return d.app.screen


def row(d: Driven, name: str) -> str:
    """The line of a branch on the screen."""
    return next(line for line in d.lines[2:] if f"{name} " in line)


async def mark(d: Driven, name: str) -> None:
    """Put the cursor on a branch."""
    await d.press("home")
    for _ in range(60):
        branch = screen_of(d).marked
        if branch is not None and branch.name == name:
            return
        await d.press("down")
    raise AssertionError(f"no branch {name}")


async def forked(d: Driven, *names: str) -> None:
    """Forks, each off the one before."""
    for name in names:
        await d.press("F", "down", "enter")
        await d.type(name)
        await d.press("enter")
        assert d.view.branch.name == name


# the list of branches


@presses("branches")
@presses("switch")
async def test_the_tree_is_listed_and_enter_switches(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("N")
        await forked(d, "one", "two")
        await d.press("v")
        assert d.dialog == "BranchesScreen"
        assert "main" in row(d, "main") and "step" not in row(d, "main").split("main")[1][:12]
        assert "└ one" in row(d, "one") and "└ two" in row(d, "two")
        assert row(d, "two").index("two") == row(d, "one").index("one") + 2
        assert "►" in row(d, "two") and "►" not in row(d, "main")
        assert "processing_credit" in row(d, "main")
        assert "esc back" in d.text
        assert screen_of(d).marked == d.view.branch
        await mark(d, "main")
        await d.press("enter")
        assert d.dialogs == []
        assert (d.view.branch.name, d.view.head) == ("main", 15)
        await d.press("u")
        assert d.view.branch.name == "two"
        await d.press("U")
        assert d.view.branch.name == "main"


@each("rename")
async def test_a_branch_is_renamed(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("v", key)
        await d.press("ctrl+u")
        await d.press("enter")
        assert "a branch needs a name" in d.text
        await d.type("first try")
        await d.press("enter")
        assert d.dialog == "BranchesScreen"
        assert "first try" in row(d, "first try")
        await d.press("escape")
        assert d.dialogs == []
        assert "first try" in d.status


@presses("describe")
async def test_a_branch_is_described(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("v", "d")
        await d.type("how it went")
        await d.press("enter")
        assert d.view.branch.description == "how it went"
        assert any("how it went" in line for line in d.lines)
        await d.press("d", "ctrl+u", "enter")
        assert d.view.branch.description == ""
        assert not any("how it went" in line for line in d.lines)


@presses("prune")
@presses("show_all")
@presses("undo")
async def test_a_branch_is_pruned_and_brought_back(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("N")
        await forked(d, "one", "two")
        await d.press("v")
        await d.press("x")
        assert "you stand on this branch" in d.note
        await mark(d, "main")
        await d.press("enter")
        assert "one" in d.text and "two" in d.text
        await d.press("v")
        await mark(d, "one")
        await d.press("x")
        assert "2 pruned, a shows them" in d.text
        assert [b.name for b in d.view.shown] == ["main"]
        assert "└ one" not in d.text and "└ two" not in d.text
        await d.press("a")
        assert "pruned" in row(d, "one") and "out of view" in row(d, "two")
        await d.press("escape")
        assert "└─" not in d.lines[-3]
        await d.press("v", "a")
        await mark(d, "one")
        await d.press("x", "escape")
        assert [b.name for b in d.view.shown] == ["main", "one", "two"]


@each("compare_branch")
async def test_a_branch_is_put_beside_the_current_one(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        wide(1)(d.debugger)
        await d.press("v", "up", key)
        assert d.dialog == "CompareScreen"
        await d.press("escape")
        assert d.dialog == "BranchesScreen"


@presses("filter")
@presses("leave_tree", "escape")
async def test_the_filter_narrows_and_escape_lets_go_of_it(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        wide(20)(d.debugger)
        await d.press("v", "/")
        await d.type("try-1")
        assert "11 with these words" in d.text
        assert "try-2" not in d.text
        await d.type("7")
        await d.press("down", "enter")
        assert d.view.branch.name == "try-17"
        await d.press("v", "/")
        await d.type("nothing like it")
        assert "no branch has these words" in d.text
        await d.press("enter")
        assert d.dialog == "BranchesScreen"
        await d.press("escape")
        assert "try-2" in d.text
        await d.press("/")
        await d.type("try-3")
        await d.press("tab", "d")
        assert d.dialog == "PromptScreen"
        await d.press("escape", "escape", "escape")
        assert d.dialog is None


@each("tree_help")
async def test_the_keys_of_the_tree_have_a_help(at_credit: Debugger, key: str) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("v", key)
        assert d.dialog == "HelpScreen"
        assert "say what it is for" in d.text
        await d.press("escape")
        assert d.dialog == "BranchesScreen"


@presses("leave_tree", "v")
@pytest.mark.parametrize("size", [(60, 20), (120, 36)])
async def test_forks_of_forks_say_how_deep_they_are(
    at_credit: Debugger, size: tuple[int, int]
) -> None:
    async with Driven(at_credit, size) as d:
        deep(d.debugger)
        await d.settled()
        assert "level-50 off level-49" in d.text
        await d.press("v", "end")
        assert screen_of(d).marked is not None
        assert "… 50 deep └ level-50" in d.text
        assert_clean(d.app)
        await d.press("enter")
        assert d.view.branch.name == "level-50"
        assert "level-50" in d.lines[-4] + d.lines[-5]
        await d.press("v", "v")
        assert d.dialog is None


async def test_two_hundred_branches_open_at_once(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        wide(200)(d.debugger)
        await d.settled()
        with within(0.6):  # Most of it is what the test itself waits for.
            await d.press("v")
        assert "try-19" in d.text
        assert "Branches · 201" in d.text


@pytest.mark.parametrize("batch", BATCHES)
async def test_names_and_words_from_outside_are_only_text(tmp_path: Path, batch: str) -> None:
    text = BATCHES[batch]
    debugger = begin(tmp_path)
    session = debugger.session
    session.note(BranchNamed(1, text))
    session.note(BranchDescribed(1, text))
    debugger.submit.notes.bookmark(2, text).result(10)
    async with Driven(debugger, (80, 24)) as d:
        assert_clean(d.app)
        await d.press("v")
        assert d.dialog == "BranchesScreen"
        assert_clean(d.app)
        await d.press("e")
        assert_clean(d.app)
        await d.press("escape", "escape", "'")
        assert d.dialog == "PickerScreen"
        assert_clean(d.app)
        await d.press("escape")
        assert d.app.return_code is None


# jumping


@presses("jump", "ctrl+o")
@presses("jump", ":")
async def test_jump_to_a_record_with_or_without_a_sign(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("ctrl+o")
        await d.type("#10")
        await d.press("enter")
        assert (d.view.head, d.view.tip) == (10, 15)
        await d.press(":")
        await d.type("2")
        await d.press("enter")
        assert d.view.head == 2
        for wrong in ("#99", "here", "#" + "9" * 30):
            await d.press(":", "ctrl+u")
            await d.type(wrong)
            await d.press("enter")
            assert d.dialog == "PromptScreen" and "×" in d.text
            await d.press("escape")
        assert d.view.head == 2


@presses("jump")
async def test_a_jump_to_another_branch_can_be_undone(at_credit: Debugger) -> None:
    async with Driven(at_credit, (80, 24)) as d:
        await d.press("N")
        await forked(d, "one")
        here, there = d.view.head, 15
        await d.press(":")
        await d.type(f"#{there}")
        await d.press("enter")
        assert (d.view.head, d.view.branch.name) == (there, "main")
        await d.press("u")
        assert (d.view.head, d.view.branch.name) == (here, "one")


# bookmarks


@presses("bookmark")
@presses("bookmarks")
@presses("next_bookmark")
@presses("previous_bookmark")
async def test_bookmarks_are_set_seen_listed_and_gone_to(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 38)) as d:
        await d.press("'")
        assert "no bookmark yet" in d.note
        await d.press("3", "home", "m")
        await d.type("the order")
        await d.press("enter")
        first = next(iter(d.view.bookmarks))
        assert d.view.bookmarks == {first: "the order"}
        assert f"#{first} * the order" in d.text
        assert "*" in d.lines[-4] or "*" in d.lines[-3]
        calls = d.pane("calls").region
        row = d.lines[calls.y + 1][calls.x : calls.right]
        assert "*" in row and "fetch_order" in row
        await d.press("1", "home", "m", "enter")
        assert list(d.view.bookmarks) == [1, first]
        await until(lambda: "#1 *" in d.text, "no star on the first record")
        await d.press("}")
        assert d.view.head == 1
        await d.press("}")
        assert d.view.head == first
        await d.press("{")
        assert d.view.head == 1
        await d.press("'")
        await d.type("order")
        await d.press("enter")
        assert d.view.head == first
        await d.press("1", "home", "m")
        assert list(d.view.bookmarks) == [first]
        assert "#1 *" not in d.text


@presses("next_error")
@presses("next_write")
@presses("next_state")
async def test_the_next_of_a_kind_is_gone_to_round_the_end(tmp_path: Path) -> None:
    debugger = reach(begin(tmp_path), lambda view: view.snapshot.outcome is not None)
    async with Driven(debugger) as d:
        await d.press("!")
        assert "nothing failed on this branch" in d.note
        written = []
        for _ in range(3):
            await d.press("*")
            written.append(d.view.head)
        events = {number: d.view.tree[number].event for number in d.view.path}
        results = [n for n, event in events.items() if isinstance(event, e.ToolReturned)]
        assert written == [*results[-2:], results[-2]], "fetching and checking only read"
        moves = [n for n, event in events.items() if isinstance(event, e.Transitioned)]
        await d.press("home", ">")
        first = next(n for n in moves if n > written[-1])
        assert d.view.head == first
        d.debugger.goto(1)
        for move in (*moves, moves[0]):
            await d.press(">")
            assert d.view.head == move
        assert d.view.path == debugger.view().path and len(d.view.branches) == 1


@presses("next_error")
async def test_what_failed_is_gone_to(at_credit: Debugger) -> None:
    at_credit.submit.faults.inject("timeout").result(20)
    failed = at_credit.view().head
    at_credit.submit.goto(1).result(20)
    async with Driven(at_credit) as d:
        await d.press("!")
        assert d.view.head == failed
        await d.press("!")
        assert "no other" in d.note


@presses("bookmarks")
@presses("bookmark")
async def test_a_read_only_session_takes_no_bookmark(at_credit: Debugger) -> None:
    path = at_credit.session.file
    assert path is not None
    at_credit.close()
    path.chmod(0o400)
    from tooltrace.assemble import reopen

    debugger = reopen(path)
    if not debugger.session.read_only:
        debugger.close()
        pytest.skip("this user may write to anything")
    async with Driven(debugger, (80, 24)) as d:
        await d.press("m")
        assert d.dialog is None
        assert d.view.bookmarks == {}


async def test_bookmarks_are_listed_in_words(at_credit: Debugger) -> None:
    records = [r.id for r in at_credit.session.tree.records.values()]
    for record in records:
        at_credit.submit.notes.bookmark(record).result(20)
    async with Driven(at_credit, (140, 45)) as d:
        names = {r.event.name for r in at_credit.session.tree.records.values()}
        await d.press("'")
        assert "call of fetch_order" in d.text and "a request to the model" in d.text
        assert "run of refund" in d.text and "→ fetching_order" in d.text
        assert not any(name in d.text for name in names if "_" in name)


def key_lines(width: int) -> list[str]:
    """The keys of the tree, as they stand in a box that is that wide inside."""
    rows = footer(width, (), "branches")
    return ["  ".join(f"{each.key} {each.label}" for each in row) for row in rows]


async def test_no_label_of_the_keys_is_cut_where_they_fill_the_line(tmp_path: Path) -> None:
    full = [width for width in range(64, 121) if width - 4 in map(len, key_lines(width - 4))]
    assert full
    async with Driven(begin(tmp_path), (full[0], 24)) as d:
        await d.press("v")
        assert screen_of(d).inner_width == full[0] - 4
        for line in key_lines(full[0] - 4):
            assert line in d.text


@presses("undo_said")
async def test_names_descriptions_and_pruning_are_undone_there(at_credit: Debugger) -> None:
    async with Driven(at_credit, (120, 36)) as d:
        await forked(d, "one", "two")
        await d.press("v", "u")
        assert "nothing was changed here" in d.note
        await mark(d, "one")
        marked = screen_of(d).marked
        assert marked is not None
        begin = marked.begin

        def now() -> tuple[str, str, bool]:
            found = next(b for b in d.view.branches if b.begin == begin)
            return found.name, found.description, found.pruned

        before = now()
        await d.press("e")
        await d.type(" two")
        await d.press("enter", "d")
        await d.type("what for")
        await d.press("enter", "x")
        assert now() == ("one two", "what for", True)
        await d.press("u")
        assert now() == ("one two", "what for", False)
        await d.press("u", "u")
        assert now() == before
