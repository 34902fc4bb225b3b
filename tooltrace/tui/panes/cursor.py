"""Where a key takes the cursor and the scroll position of a pane: pure, given where they are.

The cursor stands on an item; ``y`` is the first line on the screen and ``page`` how many fit. An
item taller than the page is scrolled through before the cursor leaves it.
"""

from __future__ import annotations

from typing import NamedTuple

from tooltrace.tui.panes.layout import Layout, Way

__all__ = ["CursorPlace", "Where", "end", "reveal", "step", "turn"]


class CursorPlace(NamedTuple):
    """A cursor (None for none) and the first line on the screen."""

    cursor: int | None
    y: int


def reveal(layout: Layout, index: int, y: int, page: int) -> int:
    """The scroll position nearest to ``y`` that shows the item, or its beginning.

    An item more than a page away comes to the middle, with what is around it.
    """
    top, below = layout.top(index), layout.end(index)
    if below - top > page:
        return top
    far = below < y - page or top > y + 2 * page
    if far and layout.selectable(index + 1, 1) is not None:
        return max(0, top - (page - (below - top)) // 2)
    if top < y:
        return top
    if below <= y + page:
        return y
    # Headings and the like after the last item a cursor can reach are shown with it.
    return layout.total - page if layout.selectable(index + 1, 1) is None else below - page


def step(layout: Layout, at: CursorPlace, page: int, direction: Way) -> CursorPlace:
    """One item on or back; one line where there is no item, or inside one taller than the page."""
    cursor, y = at
    if cursor is not None and layout.height(cursor) > page:
        top, below = layout.top(cursor), layout.end(cursor)
        inside = top < y + page < below if direction > 0 else top < y < below
        if inside:
            return CursorPlace(cursor, y + direction)
    start = (
        (0 if direction > 0 else len(layout.items) - 1) if cursor is None else cursor + direction
    )
    found = layout.selectable(start, direction)
    if found is None:
        return CursorPlace(cursor, y + direction)
    if direction < 0 and layout.height(found) > page:
        return CursorPlace(found, layout.end(found) - page)
    return CursorPlace(found, reveal(layout, found, y, page))


def turn(layout: Layout, at: CursorPlace, page: int, direction: Way) -> CursorPlace:
    """One page on or back, less a line; the cursor goes to the first item that begins there.

    Where there is no further page, it goes to the last or the first item.
    """
    last = max(0, layout.total - page)
    y = max(0, min(at.y + direction * max(1, page - 1), last))
    if y == max(0, min(at.y, last)):
        return end(layout, page, direction)
    top = layout.near(y)
    if top is None:
        return CursorPlace(at.cursor, y)
    found = layout.selectable(top if layout.top(top) == y else top + 1, 1)
    if found is None or layout.top(found) >= y + page:
        found = layout.selectable(top, -1)
    return CursorPlace(at.cursor if found is None else found, y)


def end(layout: Layout, page: int, direction: Way) -> CursorPlace:
    """The last item and the bottom, or the first item and the top."""
    if direction > 0:
        return CursorPlace(
            layout.selectable(len(layout.items) - 1, -1), max(0, layout.total - page)
        )
    return CursorPlace(layout.selectable(0, 1), 0)


class Where(NamedTuple):
    """Where one stands in a pane: the key of the item, the first line seen, whether it follows."""

    key: int | None
    y: int
    follow: bool
