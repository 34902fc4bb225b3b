"""A pane of items that draws only what is on the screen, however many items there are.

The pane holds view state only: cursor, scroll position, what is searched for. Where items are is
``Layout``'s business, how text becomes safe is the edge's. Nothing here scrolls with an animation.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Click, Resize
from textual.geometry import Offset, Region, Size
from textual.selection import Selection
from textual.strip import Strip

from tooltrace.tui import safe_text
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.panes.cursor import CursorPlace, Where, reveal
from tooltrace.tui.panes.cursor_keys import CursorKeys
from tooltrace.tui.panes.dragged import Dragged, place
from tooltrace.tui.panes.found_rows import FoundRows
from tooltrace.tui.panes.layout import Layout
from tooltrace.tui.panes.painter import GUTTER, Painter
from tooltrace.tui.panes.pane_message import LineClicked, PaneMessage
from tooltrace.tui.rows.lines import Item

__all__ = ["RowsPane"]


class RowsPane(CursorKeys, FoundRows, can_focus=True):
    """Items one below the other, with a cursor that stands on an item, not on a line."""

    BINDINGS = textual_bindings("pane")
    DEFAULT_CSS = """
    RowsPane {
        background: $surface;
        border: solid $border-blurred;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        &:focus { border: heavy $border; }
    }
    RowsPane.bare, RowsPane.bare:focus { border: none; background: transparent; }
    """

    class Highlighted(PaneMessage["RowsPane"]):
        """The cursor moved to another item, or away from all of them."""

    class Chosen(PaneMessage["RowsPane"]):
        """Enter or a double click on an item."""

        item: Item

    def __init__(
        self,
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.follow = True
        """Whether the cursor stays on the last item as items come."""
        self.cursor: int | None = None
        """The index of the selected item. Move it with ``cursor_to``."""
        self.changes = 0
        """How often other items were given."""
        self._empty = empty
        self._cursor_key: int | None = None
        self._layout_of = Layout()
        self._painter = Painter(self, self._layout_of)
        self._dragged: Dragged | None = None

    # what it shows

    @property
    def items(self) -> Sequence[Item]:
        """What was given to ``set_items``."""
        return self._layout_of.items

    @property
    def selected(self) -> Item | None:
        """The item the cursor is on."""
        return None if self.cursor is None else self.items[self.cursor]

    @property
    def inner_width(self) -> int:
        """How many cells an item has; 0 before there is a layout."""
        return self._layout_of.width

    @property
    def total(self) -> int:
        """How many lines there are."""
        return self._layout_of.total

    def set_items(self, items: Sequence[Item], keep: int = 0) -> None:
        """Show these items, of which the first ``keep`` are the same as before.

        ``items`` may be the same list, grown. Costs what is not kept. The cursor stays on its item,
        found again by its key, or goes to the last one when it follows.
        """
        self.changes += 1
        dragged = self._dragged
        if dragged is not None and dragged.before(self._layout_of.top(keep)):
            dragged = None
        before = dragged.text() if dragged is not None else ""
        keep = self._layout_of.set_items(items, keep)
        self._painter.forget()
        if dragged is not None and dragged.text() != before:
            self.screen.clear_selection()
        self._keep_cursor(keep)
        if self._layout_of.width:
            self._settle(keep)

    def heading(self, number: int | None, title: str, detail: str = "") -> None:
        """Set the border: the pane's number and title above, a detail below."""
        safe_text.border_title(self, title if number is None else f"{number} {title}", detail)

    def instead(self, text: str) -> None:
        """Say this where there are no items."""
        if text != self._empty:
            self._empty = text
            if not self.items:
                self.refresh()

    def _keep_cursor(self, keep: int) -> None:
        layout, last = self._layout_of, len(self.items) - 1
        index = self.cursor
        if self.follow:
            index = layout.selectable(last, -1)
        elif index is not None and index >= keep:
            same = layout.find_key(self._cursor_key, keep)
            index = layout.selectable(min(index, last), -1) if same is None else same
        self._stand_on(index)

    def _settle(self, keep: int) -> None:
        self.resize_content(Size(self._layout_of.width + GUTTER, self.total))
        if self.follow and self.items:
            self.scroll_to_line(self.total, self.total)
        top = self._layout_of.top(keep) - self.scroll_offset.y
        if top < self.size.height:
            self.refresh(Region(0, max(0, top), self.size.width, self.size.height))

    def on_resize(self, event: Resize) -> None:
        """Lay everything out again when the width has changed; what stood on top stays there."""
        layout = self._layout_of
        width = max(1, self.scrollable_content_region.width - GUTTER)
        first = layout.width == 0
        if width != layout.width:
            top = layout.near(self.scroll_offset.y)
            layout.set_width(width)
            self._painter.forget()
            if self._dragged is not None:
                self.screen.clear_selection()
            self._settle(0)
            if first and self.cursor is not None:
                self._go(self.cursor)
            elif not self.follow and top is not None:
                self.scroll_to_line(layout.top(top), self.total)
        elif self.follow:
            self.scroll_to_line(self.total, self.total)

    def seen(self) -> list[tuple[int, int]]:
        """The selectable items whose first line is on the screen, each with that line there."""
        return self._layout_of.seen(*self._view)

    def cursor_to(self, index: int) -> None:
        """Put the cursor on the nearest selectable item at or before ``index``, else after it."""
        index = max(0, min(index, len(self.items) - 1))
        found = self._layout_of.selectable(index, -1)
        self._go(self._layout_of.selectable(index, 1) if found is None else found)

    def _go(self, index: int | None) -> None:
        if index is not None:
            self._to(CursorPlace(index, reveal(self._layout_of, index, *self._view)))

    @property
    def _view(self) -> tuple[int, int]:
        return self.scroll_offset.y, self.size.height

    def _to(self, place: CursorPlace) -> None:
        """Go there. At the last item and the bottom, the cursor begins to follow."""
        self._stand_on(place.cursor)
        self.scroll_to_line(place.y, self.total)
        self.follow = self._at_last()

    def _at_last(self) -> bool:
        cursor = self.cursor
        return cursor is not None and self._layout_of.selectable(cursor + 1, 1) is None

    def _stand_on(self, index: int | None) -> None:
        before, key = self.cursor, None if index is None else self.items[index].key
        if index == before and key == self._cursor_key:
            return
        self.cursor, self._cursor_key = index, key
        for changed in (before, index):
            if changed is not None:
                self.refresh_lines(self._layout_of.top(changed), self._layout_of.height(changed))
        self.post_message(self.Highlighted(self, self.selected))

    def action_choose(self) -> None:
        """Say that the selected item was chosen."""
        if (item := self.selected) is not None:
            self.post_message(self.Chosen(self, item))

    def on_click(self, event: Click) -> None:
        """Put the cursor on the item under the mouse; a double click chooses it."""
        event.prevent_default()  # Textual would mark all text of the pane at a double click.
        if self._dragged is not None:
            return
        offset = event.get_content_offset(self)
        y = -1 if offset is None else offset.y + self.scroll_offset.y
        index = self._layout_of.at(y)
        if index is not None and self.items[index].selectable:
            self._stand_on(index)
            self.follow = self._at_last()
            if event.chain == 2 and event.button == 1:
                self.action_choose()
        elif index is not None and event.chain == 1:
            event.stop()
            self.post_message(LineClicked(self, self.items[index], y - self._layout_of.top(index)))

    def on_frame(self, x: int, y: int) -> bool:
        """Whether a place of the screen is on the frame around the pane, its title included."""
        frame = self.region
        inside = frame.shrink(self.styles.border.spacing)
        return self.display and frame.contains(x, y) and not inside.contains(x, y)

    # text marked with the mouse

    def place_at(self, x: int, y: int) -> Offset | None:
        """The character of a line at a place of the screen, or the nearest; None without lines."""
        region = self.scrollable_content_region
        return place(self._layout_of, self._view, Offset(x - region.x - GUTTER, y - region.y))

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is marked now."""
        self._dragged = None if selection is None else self._dragged_in(selection)
        self.refresh()

    def _dragged_in(self, selection: Selection) -> Dragged | None:
        """None where Textual means all from or to somewhere outside: lines that nobody saw."""
        begin, end = selection
        return None if begin is None or end is None else Dragged(self._layout_of, begin, end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text that is marked, as it stands on the screen."""
        dragged = self._dragged_in(selection)
        return None if dragged is None else (dragged.text(), "\n")

    @property
    def where(self) -> Where:
        """The cursor, the first line that is seen, and whether new items are followed."""
        return Where(self._cursor_key, self.scroll_offset.y, self.follow)

    def back_to(self, where: Where) -> None:
        """Stand where one stood before."""
        index = self._layout_of.find_key(where.key)
        if index is not None:
            self._stand_on(index)
            self.scroll_to_line(where.y, self.total)
            self.follow = where.follow

    # drawing

    def notify_style_update(self) -> None:
        """Draw afresh; Textual calls this when the theme or the focus changes."""
        super().notify_style_update()
        self._painter.forget(looks=True)

    def render_line(self, y: int) -> Strip:
        """The line ``y`` of what is on the screen."""
        layout, content_y = self._layout_of, y + self.scroll_offset.y
        index = layout.at(content_y)
        if index is None:
            return self._painter.blank("" if self.items else self._empty, y)
        number = content_y - layout.top(index)
        line = self._painter.line(index, number, index == self.cursor, self.has_focus)
        if self._dragged is None or (span := self._dragged.span(content_y)) is None:
            return line
        return self._painter.dragged(line, span)
