"""The tree: branches, ancestors and tips, by a plain look at the parents."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.core.given import AT, Given
from tests.core.nasty import SEEDS, Nasty
from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import BranchNamed, HeadSet
from tooltrace.core.model.workflow import WorkflowSpec

FREE = WorkflowSpec("free")


def shaped(*parents: int | None) -> Tree:
    """A tree whose records 1, 2, 3… have these parents."""
    tree = Tree()
    for record_id, parent in enumerate(parents, 1):
        event = e.RunStarted(FREE) if parent is None else e.UserSaid(str(record_id))
        tree.add(e.Record(record_id, parent, AT, "live", event))
    return tree


def ancestors(tree: Tree, record_id: int) -> list[int]:
    found = [record_id]
    while (parent := tree[found[-1]].parent) is not None:
        found.append(parent)
    return found[::-1]


def newest_tip(tree: Tree, record_id: int) -> int:
    children = [r.id for r in tree.records.values() if r.parent == record_id]
    return newest_tip(tree, max(children)) if children else record_id


@settings(max_examples=60)
@given(SEEDS)
def test_every_answer_is_that_of_a_plain_look(seed: int) -> None:
    nasty = Nasty(seed)
    tree = nasty.tree(most=25)
    for root in range(nasty.random.randrange(3)):
        tree.add(e.Record(tree.last_id + 1, None, AT, "live", e.RunStarted(FREE)))
        nasty.grow(tree, root + 3)
    ids = list(tree.records)
    for younger in ids:
        way = ancestors(tree, younger)
        assert [record.id for record in tree.path(younger)] == way
        assert [record.id for record in tree.up(younger)] == way[::-1]
        assert tree.depth(younger) == len(way) - 1
        assert tree.tip_from(younger) == newest_tip(tree, younger)
        for elder in ids:
            assert tree.is_ancestor(elder, younger) == (elder in way)
    branches = tree.branches()
    assert [branch.begin for branch in branches] == sorted(branch.begin for branch in branches)
    assert len({branch.name for branch in branches}) == len(branches)
    # A fork goes off on its own, so that what it leaves behind is the end of a branch all the same.
    tips = [r for r in ids if all(isinstance(tree[c].event, e.Forked) for c in tree.children(r))]
    assert sorted(branch.tip for branch in branches) == tips
    for branch in branches:
        assert branch.parent == tree[branch.begin].parent
        assert branch.run == ancestors(tree, branch.tip)[0]
    for record_id in ids:
        own = tree.branch_of(record_id)
        assert own is not None and own in branches
        way = ancestors(tree, own.tip)
        assert record_id in way[way.index(own.begin) :]


def test_a_branch_is_what_left_its_elder_sibling() -> None:
    tree = shaped(None, 1, 2, 3, 2, 5, 3)
    assert tree.branches() == (
        Branch("main", 1, None, 4, 1),
        Branch("fork", 5, 2, 6, 1, elder=1),
        Branch("fork-2", 7, 3, 7, 1, elder=1),
    )
    assert [tree.branch_of(n).begin for n in range(1, 8)] == [1, 1, 1, 1, 5, 5, 7]  # type: ignore[union-attr]
    assert tree.branch_of(8) is None
    assert (tree.tip_from(1), tree.tip_from(3), tree.tip_from(5)) == (6, 7, 6)
    assert tree.roots == [1]


def test_branches_follow_what_is_added() -> None:
    given = Given(FREE).user("Go.").replies("Yes.")
    fork, tip = 2, given.head
    assert [b.tip for b in given.tree.branches()] == [tip]
    given.back_to(fork).append(e.Forked("what-if")).user("No?")
    assert [(b.name, b.tip) for b in given.tree.branches()] == [
        ("main", tip),
        ("what-if", given.head),
    ]
    given.append(BranchNamed(5, "better"))
    assert [b.name for b in given.tree.branches()] == ["main", "better"]


def test_a_fork_begins_a_branch_also_where_nothing_follows_yet() -> None:
    given = Given(FREE).user("Go.")
    at = given.at
    given.append(e.Forked("aside")).user("Or?")
    aside = given.at
    given.back_to(at).user("On.")
    assert [(b.name, b.tip) for b in given.tree.branches()] == [
        ("main", given.head),
        ("aside", aside),
    ]
    assert given.tree.tip_from(at) == given.at
    assert given.tree.is_ancestor(at, aside) and not given.tree.is_ancestor(aside, given.at)
    assert not given.tree.is_ancestor(given.at, aside)


@pytest.mark.parametrize(
    ("source", "name"),
    [("edited", "edit"), ("forced", "force"), ("recorded", "replay"), ("live", "fork")],
)
def test_a_branch_without_a_name_is_called_after_how_it_began(source: e.Source, name: str) -> None:
    given = Given(FREE).user("Go.")
    given.back_to(1).append(e.UserSaid("Else."), source)
    assert [b.name for b in given.tree.branches()] == ["main", name]


def test_names_are_unique_whatever_people_call_their_branches() -> None:
    tree = shaped(None, 1, 1, 1, 1)
    for record_id, name in ((3, "fork-2"), (5, "main")):
        tree.add(e.Record(tree.last_id + 1, None, AT, "live", BranchNamed(record_id, name)))
    assert [b.name for b in tree.branches()] == ["main", "fork-2", "fork", "main-2"]


def test_a_second_root_is_another_run() -> None:
    tree = shaped(None, 1, None, 3)
    assert [(b.name, b.run) for b in tree.branches()] == [("main", 1), ("replay", 3)]
    assert tree.roots == [1, 3]


@pytest.mark.parametrize(
    ("record_id", "parent", "problem"),
    [(2, 1, "is there already"), (9, 7, "not there"), (9, 9, "not there"), (0, 1, "younger")],
)
def test_a_record_that_has_no_place_is_refused(record_id: int, parent: int, problem: str) -> None:
    tree = shaped(None, 1)
    with pytest.raises(ValueError, match=problem):
        tree.add(e.Record(record_id, parent, AT, "live", e.UserSaid("?")))
    assert list(tree.records) == [1, 2]
    assert tree.tip_from(1) == 2


def test_notes_stand_on_no_path() -> None:
    tree = shaped(None, 1)
    tree.add(e.Record(3, 2, AT, "live", HeadSet(2, 2)))
    assert (len(tree), tree.last_id, 3 in tree) == (2, 3, False)
    assert tree.place == HeadSet(2, 2)
    tree.add(e.Record(4, 2, AT, "live", HeadSet(2, 99)))
    assert tree.place is None


def test_there_is_no_snapshot_of_what_is_not_there() -> None:
    with pytest.raises(KeyError):
        shaped(None).snapshot_at(2)
    assert not shaped(None).is_ancestor(1, 2)
