"""A view that scrolls at once, and is laid out anew only when its scrollbar comes or goes."""

from __future__ import annotations

from textual.geometry import Size
from textual.scroll_view import ScrollView

__all__ = ["SteadyScroll"]


class SteadyScroll(ScrollView):
    """What ``ScrollView`` does, without animation and without more painting than is needed."""

    def resize_content(self, size: Size) -> None:
        """Set the size to scroll over, with a layout (it repaints all) only if the bar changes."""
        before, page = self.virtual_size, self.size.height
        if size == before:
            return
        if size.width == before.width and (size.height > page) == (before.height > page):
            self.set_reactive(SteadyScroll.virtual_size, size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def scroll_to_line(self, y: int, total: int) -> None:
        """Bring a line to the top, as far as there are lines below it."""
        self.scroll_to(y=max(0, min(y, total - self.size.height)), animate=False, force=True)

    def watch_show_vertical_scrollbar(self, shown: bool) -> None:
        """A scrollbar that has just come begins where the content is."""
        if shown:
            self.vertical_scrollbar.position = self.scroll_y
