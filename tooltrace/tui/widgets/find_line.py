"""The line in which one finds: what is looked for, how much of it there is, and how it is meant."""

from __future__ import annotations

from typing import Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal

from tooltrace.tui.keys.key_bar import KeyPlace
from tooltrace.tui.keys.keymap import action, key_label, textual_bindings
from tooltrace.tui.panes.layout import Way
from tooltrace.tui.panes.needle import Needle
from tooltrace.tui.rows.lines import Line, Span, fit
from tooltrace.tui.widgets.inputs import LineInput
from tooltrace.tui.widgets.key_lines import KeyLines
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["TOO_SLOW", "FindLine", "Finder"]

TOO_SLOW = "it takes too long: make it simpler"

_WIDE = 100


class Finder(Protocol):
    """Who looks for what is typed here."""

    def sought(self) -> None:
        """Something else is looked for, or it is meant otherwise."""

    def take(self) -> None:
        """Stay at what was found."""

    def on(self, direction: Way) -> None:
        """To the next match, or the one before."""

    def give_up(self) -> None:
        """Leave it, and go back to where one was."""


class FindLine(Horizontal):
    """An input, and beside it the count and what can be switched; ``panes`` says whether there are
    several to look in."""

    BINDINGS = textual_bindings("find")
    DEFAULT_CSS = """
    FindLine { height: 1; padding: 0 1; display: none; }
    FindLine #find-name { width: 6; }
    FindLine LineInput { width: 1fr; background: $surface; }
    FindLine #find-told { width: auto; }
    """

    def __init__(
        self,
        finder: Finder,
        *,
        id: str | None = None,  # noqa: A002
        panes: bool = True,
    ) -> None:
        super().__init__(id=id)
        self._panes = panes
        self.everywhere = False
        self._finder = finder
        self._regex = self._case = False
        self._told: Line = ()

    def compose(self) -> ComposeResult:
        """From left to right."""
        yield LinesLabel([(("find", "key"),)], id="find-name")
        yield LineInput(id="find-text")
        yield KeyLines(id="find-told")

    @property
    def needle(self) -> Needle:
        """What is looked for, and how it is meant."""
        return Needle(self.query_one(LineInput).value, self._regex, self._case)

    def begin(self) -> None:
        """Type at once; what was looked for last goes with the first letter."""
        self.display = True
        field = self.query_one(LineInput)
        self.screen.set_focus(field)  # At once: the next key may be there already.
        field.select_all()

    def tell(self, count: str, style: str = "text") -> None:
        """Say how much there is, or why there is nothing; beside it what can be switched."""
        wide = self.app.size.width >= _WIDE
        spans: list[Span] = [("  ", ""), (fit(count, 40), style)]
        places: list[KeyPlace] = []
        switches = (
            ("find_regex", self._regex, "regex"),
            ("find_case", self._case, "case"),
            *((("find_everywhere", self.everywhere, "all panes"),) if self._panes else ()),
        )
        rest = (("find_take", True, "stay"), ("find_leave", True, "back")) if wide else ()
        at = sum(len(text) for text, _ in spans)
        for ident, is_on, word in (*switches, *rest):
            key = key_label(action(ident).keys[0])
            sign = "" if ident in ("find_take", "find_leave") else "● " if is_on else "○ "
            text = f"{sign}{word}"
            places.append(KeyPlace(ident, 0, at + 2, at + 3 + len(key) + len(text)))
            spans += [("  ", ""), (key, "key"), (f" {text}", "text" if is_on else "dim")]
            at += 3 + len(key) + len(text)
        label = self.query_one("#find-told", KeyLines)
        label.styles.width = at
        label.show_keys([tuple(spans)], places)

    async def on_key_lines_pressed(self, event: KeyLines.Pressed) -> None:
        """A click does what the key does."""
        event.stop()
        await self.run_action(event.ident)

    def on_input_changed(self, event: LineInput.Changed) -> None:
        """As one types."""
        event.stop()
        self._finder.sought()

    def on_input_submitted(self, event: LineInput.Submitted) -> None:
        """Enter takes it."""
        event.stop()
        self._finder.take()

    def action_find_take(self) -> None:
        """Stay at what was found."""
        self._finder.take()

    def action_find_on(self) -> None:
        """To the next match."""
        self._finder.on(1)

    def action_find_back(self) -> None:
        """To the match before."""
        self._finder.on(-1)

    def action_find_regex(self) -> None:
        """A regular expression, or plain text."""
        self._regex = not self._regex
        self._finder.sought()

    def action_find_case(self) -> None:
        """Mind capitals, or not."""
        self._case = not self._case
        self._finder.sought()

    def action_find_everywhere(self) -> None:
        """In all panes, or in this one."""
        self.everywhere = self._panes and not self.everywhere
        self._finder.sought()

    def action_find_leave(self) -> None:
        """Leave it."""
        self._finder.give_up()
