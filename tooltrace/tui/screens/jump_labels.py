"""A letter beside everything that one can go to: the next key goes there, any other lets go.

Panes have their numbers, the rows on the screen letters; so have the fields and lists of a dialog.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from msgspec import Struct
from textual.app import ComposeResult
from textual.events import Click, Key
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tooltrace.tui.input.key_buffer import KeyBuffer
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.panes.session_panes import PANES
from tooltrace.tui.widgets.inputs import Choices
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["JumpLabels", "JumpTarget", "jump_targets"]

_TITLE = 3
"""Cells from the corner of a pane to its number."""

_LETTERS = ascii_lowercase + ascii_uppercase


class JumpTarget(Struct, frozen=True):
    """A place on the screen with the key that goes there."""

    key: str
    at: Offset
    go: Callable[[], object]


def jump_targets(screen: Screen[Any]) -> list[JumpTarget]:
    """All that one can go to on a screen, with its key, from the top left on."""
    places = [place for widget in _takers(screen) for place in _places(widget)]
    numbers = {name: str(number) for number, name in enumerate(PANES, 1)}
    letters = iter(_LETTERS)
    targets = []
    for name, at, go in sorted(places, key=lambda place: place[1].transpose):
        key = numbers.get(name) or next(letters, None)
        if key is not None:
            targets.append(JumpTarget(key, at, go))
    return targets


def _takers(screen: Screen[Any]) -> list[Widget]:
    """What takes the focus and is seen."""
    return [widget for widget in screen.focus_chain if widget.region.area]


def _places(widget: Widget) -> Iterator[tuple[str, Offset, Callable[[], object]]]:
    """The widget itself, and the lines in it that its cursor can stand on."""
    content = widget.scrollable_content_region
    framed = content.y > widget.region.y
    if isinstance(widget, RowsPane):
        if framed:
            yield widget.id or "", widget.region.offset + Offset(_TITLE, 0), widget.focus
        for index, y in widget.seen():
            at = Offset(content.x, content.y + y)
            yield "", at, partial(_stand_on, widget, index)
    elif isinstance(widget, Choices):
        for y in range(content.height):
            option = _option_at(widget, y)
            if option is not None:
                yield "", Offset(content.x, content.y + y), partial(_mark, widget, option)
    else:
        yield widget.id or "", content.offset, widget.focus


def _stand_on(pane: RowsPane, index: int) -> None:
    pane.focus()
    pane.cursor_to(index)


def _option_at(options: Choices, y: int) -> int | None:
    """The option whose one line is at a line of what is seen, if it can be marked."""
    index = y + int(options.scroll_offset.y)
    if index >= options.option_count or options.get_option_at_index(index).disabled:
        return None
    return index


def _mark(options: Choices, index: int) -> None:
    options.focus()
    options.highlighted = index


class JumpLabels(KeyBuffer, ModalScreen[None]):
    """The letters over the screen below, which stays as it is."""

    DEFAULT_CSS = """
    JumpLabels { background: transparent; }
    JumpLabels LinesLabel { position: absolute; width: 1; height: 1; }
    """

    def __init__(self, targets: Sequence[JumpTarget]) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        """A label at each place."""
        for target in self._targets:
            label = LinesLabel([((target.key, "head"),)])
            label.styles.offset = target.at
            yield label

    def on_key(self, event: Key) -> None:
        """Go where the letter stands; any other key lets go."""
        event.stop()
        event.prevent_default()
        self._go(next((one for one in self._targets if one.key == event.character), None))

    def on_click(self, event: Click) -> None:
        """A click on a letter goes there, too."""
        event.stop()
        at = event.screen_offset
        self._go(next((one for one in self._targets if one.at == at), None))

    def _go(self, target: JumpTarget | None) -> None:
        self.dismiss(None)
        if target is not None:
            self.app.call_later(target.go)
