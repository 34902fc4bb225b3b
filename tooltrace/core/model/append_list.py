"""An immutable list that is cheap to extend: what a snapshot has in place of a tuple.

A view is a shared list and a length. Extending the newest view appends in place, O(1); extending an
older one (after going back) copies once. Items seen through a view never change, so a snapshot per
record costs a pointer, not a copy of history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Generic, TypeVar, overload

__all__ = ["AppendList"]

T = TypeVar("T")


class AppendList(Sequence[T], Generic[T]):
    """An immutable view of the first ``len`` items of a list that only grows."""

    __slots__ = ("_items", "_len")

    def __init__(self, items: list[T] | None = None, length: int | None = None) -> None:
        self._items: list[T] = [] if items is None else items
        self._len = len(self._items) if length is None else length

    def push(self, item: T) -> AppendList[T]:
        """A view with one item more."""
        items, length = self._items, self._len
        if len(items) == length:
            items.append(item)
            # Another thread may have extended the same view in between; who came second copies.
            if items[length] is item:
                return AppendList(items, length + 1)
        return AppendList([*items[:length], item])

    def head(self, length: int) -> AppendList[T]:
        """A view of the first items only."""
        return AppendList(self._items, max(0, min(length, self._len)))

    def shared(self, other: AppendList[T]) -> int:
        """How many items at the front of both are one and the same; none is looked at."""
        most = min(self._len, other._len)
        if self._items is other._items:
            return most
        pairs = enumerate(zip(self, other, strict=False))
        return next((at for at, (mine, theirs) in pairs if mine is not theirs), most)

    def __len__(self) -> int:
        return self._len

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._len)
            if step > 0:
                return self._items[start:stop:step]
            return [self._items[at] for at in range(start, stop, step)]
        if not -self._len <= index < self._len:
            raise IndexError(index)
        return self._items[index if index >= 0 else self._len + index]

    def __iter__(self) -> Iterator[T]:
        return islice(self._items, self._len)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AppendList):
            return NotImplemented
        if self._len != other._len:
            return False
        return self._items is other._items or all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(self._len)

    def __repr__(self) -> str:
        return f"Vec({list(self)!r})"
