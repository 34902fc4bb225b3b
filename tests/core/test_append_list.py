"""Vec is a tuple that is cheap to extend, whichever of its views is extended when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tooltrace.core.model.append_list import AppendList

MOVES = st.lists(
    st.tuples(st.sampled_from(["push", "head"]), st.integers(0, 30), st.integers(-1, 9)),
    max_size=40,
)


@given(MOVES, st.integers(-12, 12), st.integers(-12, 12), st.sampled_from([None, 1, 2, -1, -3]))
def test_every_view_stays_the_tuple_it_was(
    moves: list[tuple[str, int, int]], start: int, stop: int, step: int | None
) -> None:
    pairs: list[tuple[AppendList[int], tuple[int, ...]]] = [(AppendList(), ())]
    for kind, which, number in moves:
        vec, items = pairs[which % len(pairs)]
        if kind == "push":
            pairs.append((vec.push(number), (*items, number)))
        else:
            pairs.append((vec.head(number), items[: max(0, number)]))
    for vec, items in pairs:
        assert tuple(vec) == items
        assert len(vec) == len(items)
        assert bool(vec) == bool(items)
        assert vec[start:stop:step] == list(items[start:stop:step])
        assert list(reversed(vec)) == list(reversed(items))
        assert (3 in vec) == (3 in items)
        assert repr(vec) == f"Vec({list(items)!r})"
        for at in range(-len(items), len(items)):
            assert vec[at] == items[at]
        for at in (len(items), -len(items) - 1):
            with pytest.raises(IndexError):
                vec[at]
    for vec, items in pairs:
        for other, others in pairs:
            assert (vec == other) == (items == others)
            assert vec != other or hash(vec) == hash(other)


def test_a_view_is_not_a_tuple_and_is_not_changed_while_it_is_read() -> None:
    vec = AppendList([1, 2])
    assert vec != (1, 2)
    seen = []
    for item in vec:
        seen.append(item)
        vec.push(9)
    assert seen == [1, 2]


def test_extending_the_newest_view_copies_nothing() -> None:
    vec: AppendList[int] = AppendList()
    for number in range(1000):
        longer = vec.push(number)
        assert longer._items is vec._items
        vec = longer
    assert vec.head(10).push(7)._items is not vec._items


def test_a_view_that_is_extended_twice_at_once_gives_each_what_it_pushed() -> None:
    made: list[AppendList[str]] = []

    class Crowded(list[str]):
        """A list whose first append is overtaken by another, as by a second thread."""

        def append(self, item: str) -> None:
            if not made:
                made.append(AppendList(["made first"]))
                made.append(base.push("second"))
            super().append(item)

    base = AppendList(Crowded(["a", "b"]))
    made.append(base.push("first"))
    assert [tuple(vec) for vec in made[1:]] == [("a", "b", "second"), ("a", "b", "first")]
    assert tuple(made[1].push("third")) == ("a", "b", "second", "third")
    assert tuple(base) == ("a", "b")
