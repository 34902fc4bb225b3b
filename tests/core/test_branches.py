"""Branches as people see them: forks at a tip, names, pruning, bookmarks, damaged notes."""

from __future__ import annotations

from tests.core.given import AT, Given
from tests.core.test_tree import FREE, shaped
from tests.timing import within
from tooltrace.core.fold.branches import elder_in, in_view
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import (
    Bookmarked,
    BranchDescribed,
    BranchNamed,
    BranchPruned,
    HeadSet,
)


def noted(tree: Tree, *notes: e.Event) -> Tree:
    for note in notes:
        tree.add(e.Record(tree.last_id + 1, None, AT, "live", note))
    return tree


def names(tree: Tree, current: int = 1) -> list[str]:
    return [branch.name for branch in in_view(tree.branches(), current)]


def deep(depth: int) -> Tree:
    """Forks of forks: each branch has three records, and the next one leaves at the second."""
    tree, leaves = shaped(None, 1, 2), 2
    for _ in range(depth):
        first = tree.last_id + 1
        for record_id, parent in ((first, leaves), (first + 1, first), (first + 2, first + 1)):
            tree.add(e.Record(record_id, parent, AT, "live", e.UserSaid("?")))
        leaves = first + 1
    return tree


def test_a_fork_at_a_tip_begins_a_branch_and_the_elder_one_goes_on_without_it() -> None:
    given = Given(FREE).user("Go.")
    tip = given.at
    given.append(e.Forked("mine")).user("Mine.")
    mine = given.at
    tree = given.tree
    assert [(b.name, b.tip) for b in tree.branches()] == [("main", tip), ("mine", mine)]
    assert tree.tip_from(1) == mine
    given.back_to(tip).user("Main again.")
    assert [(b.name, b.tip) for b in tree.branches()] == [("main", given.head), ("mine", mine)]
    assert tree.is_ancestor(tip, mine) and not tree.is_ancestor(given.at, mine)
    given.back_to(mine).append(e.Forked("deeper"))
    assert [(b.name, b.elder) for b in tree.branches()] == [
        ("main", None),
        ("mine", 1),
        ("deeper", 3),
    ]


def test_pruning_hides_a_branch_and_what_left_it_but_never_where_one_stands() -> None:
    # 1-2-3-4 main; 5-6 leaves it at 2; 7 leaves 5; 8 leaves main at 3.
    tree = shaped(None, 1, 2, 3, 2, 5, 5, 3)
    assert names(tree) == ["main", "fork", "fork-2", "fork-3"]
    noted(tree, BranchPruned(5))
    assert names(tree) == ["main", "fork-3"]
    assert names(tree, current=5) == ["main", "fork", "fork-2", "fork-3"]
    assert names(tree, current=7) == ["main", "fork-2", "fork-3"]
    noted(tree, BranchPruned(1))
    assert names(tree, current=7) == ["fork-2"]
    noted(tree, BranchPruned(1, pruned=False), BranchPruned(5, pruned=False))
    assert names(tree) == ["main", "fork", "fork-2", "fork-3"]
    assert len(tree.branches()) == 4


def test_what_is_not_shown_is_left_out_of_the_way_up() -> None:
    tree = deep(3)
    every = {b.begin: b for b in tree.branches()}
    first, *_, last = every.values()
    assert elder_in(last, {first.begin: first, last.begin: last}, every) == first.begin
    assert elder_in(last, {last.begin: last}, every) is None


def test_descriptions_and_bookmarks_are_the_last_ones_given() -> None:
    tree = shaped(None, 1, 1)
    before = tree.bookmarks
    assert before is tree.bookmarks
    noted(tree, Bookmarked(3, "here"), Bookmarked(2), BranchDescribed(3, "one"))
    assert dict(tree.bookmarks) == {2: "", 3: "here"}
    assert list(tree.bookmarks) == [2, 3]
    noted(tree, Bookmarked(3, "there"), Bookmarked(2, marked=False), BranchDescribed(3, "two"))
    assert dict(tree.bookmarks) == {3: "there"}
    assert [b.description for b in tree.branches()] == ["", "two"]
    assert dict(before) == {}
    assert tree.stray_notes() == []


def test_notes_about_what_is_not_there_do_nothing_and_are_named() -> None:
    tree = shaped(None, 1, 1)
    whole = tree.branches()
    noted(
        tree,
        BranchNamed(10**15, "x" * 100_000),
        BranchDescribed(2, "\x1b[2J"),
        BranchPruned(-1),
        Bookmarked(99, "[@click=app.quit]"),
        Bookmarked(0, marked=False),
        HeadSet(10**15, 10**15),
        HeadSet(3, 2),
    )
    assert tree.branches() == whole
    assert tree.bookmarks == {}
    assert tree.place == HeadSet(3, 2)
    assert tree.stray_notes() == [
        "note #4 (branch_named): no branch begins at #1000000000000000",
        "note #5 (branch_described): no branch begins at #2",
        "note #6 (branch_pruned): no branch begins at #-1",
        "note #7 (bookmarked): there is no record #99",
        "note #8 (bookmarked): there is no record #0",
        "note #10 (head_set): there is no way from #3 to #2",
    ]
    assert len(tree.notes) == 7


def test_one_more_record_costs_one_branch_however_many_there_are() -> None:
    tree = shaped(None, *([1] * 2_000))
    assert len(tree.branches()) == 2_000
    # Making all two thousand afresh each time would take some seconds.
    with within(0.5):
        for _ in range(300):
            tree.add(e.Record(tree.last_id + 1, tree.last_id, AT, "live", e.UserSaid("?")))
            assert tree.branches()[-1].tip == tree.last_id


def test_forks_of_forks_to_any_depth() -> None:
    tree = deep(2_000)
    assert tree.branches()[-1].elder == tree.branches()[-2].begin
    assert in_view(tree.branches(), 1) == tree.branches()
    noted(tree, BranchPruned(tree.branches()[1].begin))
    assert names(tree) == ["main"]
