"""Editing one value: the original, as JSON that hides nothing, and only accepted when valid."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from textual.containers import Horizontal
from textual.events import Key
from textual.widget import Widget

from tooltrace.core.compare.json_diff import same
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui import safe_text
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.external_editor import Stdio, edit_external
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.before_rows import before_rows, new_lines
from tooltrace.tui.rows.lines import Line, wrap
from tooltrace.tui.rows.value_summary import summary
from tooltrace.tui.screens.json_draft import (
    Check,
    Draft,
    DraftProblem,
    can_be_text,
    fits,
    read,
    write,
)
from tooltrace.tui.screens.typing_keys import TypingKeys
from tooltrace.tui.widgets.inputs import ValueArea
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["Edited", "EditorScreen"]

_PROBLEM_LINES = 3
_BESIDE, _WIDEST, _QUICK = 120, 180, 40_000
"""Side by side from so many columns on, in a box of at most so many, for so many characters."""
_ROOM = 14
_THROW_AWAY: Line = (
    ("esc", "key"),
    (" again throws your changes away, ", "warn"),
    ("^s", "key"),
    (" keeps them", "warn"),
)


class Edited(Struct, frozen=True):
    """The value a person accepted; a wrapper, because ``null`` is a value too."""

    value: JsonValue


class EditorScreen(TypingKeys, Dialog[Edited | None]):
    """Edit a value; gives ``Edited``, or None when it was left or is the same as before.

    ``check`` says what is wrong with a value that parses, ``final`` what is wrong with one that is
    to be taken: it may take a while. ``draft`` is text to begin with instead of the value's own,
    ``as_text`` begins with plain text where the value can be, ``allow_same`` accepts an unchanged
    value, ``stdio`` is for ``$EDITOR``.
    """

    SCOPE: Scope = "editor"
    BINDINGS = textual_bindings("editor")
    DEFAULT_CSS = """
    EditorScreen > #box { width: 100; max-height: 90%; }
    EditorScreen ValueArea {
        height: 1fr; border: none; padding: 0; background: $surface;
        &:focus { border: none; }
    }
    EditorScreen #sides { height: 1fr; }
    EditorScreen #sides > ValueArea { width: 1fr; }
    EditorScreen #before { width: 1fr; height: 1fr; margin-left: 1; }
    EditorScreen #hint { height: auto; }
    EditorScreen #diff { height: auto; margin-top: 1; }
    """

    def __init__(
        self,
        value: JsonValue,
        *,
        title: str,
        hint: str = "",
        check: Check | None = None,
        final: Check | None = None,
        draft: str | None = None,
        as_text: bool = False,
        allow_same: bool = False,
        stdio: Stdio | None = None,
    ) -> None:
        super().__init__(title)
        self._value = value
        self._hint = hint
        self._check = check
        self._final = final
        self._as_text = as_text and draft is None and can_be_text(value)
        self._text = write(value, self._as_text) if draft is None else draft
        self._allow_same = allow_same
        self._stdio = stdio
        self._leaving = False

    # what is there

    @property
    def text(self) -> str:
        """The text as it stands."""
        area = self._area
        return self._text if area is None else area.text

    @property
    def state(self) -> Draft | DraftProblem:
        """The value the text stands for, or what is wrong with it."""
        return read(self.text, self._check, self._as_text)

    @property
    def inner_width(self) -> int:
        """How many cells a line in the box has."""
        return max(20, min(_WIDEST if self._beside else 100, int(self.app.size.width * 0.96)) - 4)

    @property
    def _beside(self) -> bool:
        """Whether there is room to show what was beside what is, and something was."""
        small = self._value is not None and len(self._text) < _QUICK
        return small and self.app.size.width >= _BESIDE

    def body(self) -> Iterable[Widget]:
        """The hint, the text and what it changes."""
        if self._hint:
            lines = wrap(self._hint, self.inner_width)
            yield LinesLabel([((line, "dim"),) for line in lines], id="hint")
        if fits(self._text):
            area = ValueArea(self._text)
            area.as_json = not self._as_text
            area.left_out = self._say_left_out
            yield Horizontal(area, RowsPane(classes="bare", id="before"), id="sides")
        else:
            yield LinesLabel(self._too_big(), id="toobig")
        yield LinesLabel(id="diff")

    def _too_big(self) -> list[Line]:
        return [
            ((f"{len(self._text):,} characters are too many to edit here.", "warn"),),
            (("F4", "key"), (" opens them in your own editor, $EDITOR.", "text")),
        ]

    def ready(self) -> None:
        """Show whether the text is valid from the start, in a box with room to write more."""
        self.query_one("#box").styles.height = max(18, self._text.count("\n") + _ROOM)
        self._fit()
        if (area := self._area) is not None:
            area.focus()

    def on_resize(self) -> None:
        """As much beside each other as there is room for now."""
        self._fit()

    def _fit(self) -> None:
        """Lay out for the width there is."""
        self.query_one("#box").styles.width = self.inner_width + 4 if self._beside else 100
        for pane in self.query("#before"):
            pane.display = self._beside
        self.show_keys(without=() if isinstance(self._value, str) else ("as_text",))
        self._review()

    # while it is edited

    def on_text_area_changed(self) -> None:
        """Say at once whether the text is still valid, and what it changes."""
        self._leaving = False
        self._review()

    def on_text_area_selection_changed(self) -> None:
        """Whoever moves the cursor stays."""
        self._stay()

    def on_key(self, event: Key) -> None:
        """Any key but a second escape means that the person stays."""
        if event.key != "escape":
            self._stay()

    def _stay(self) -> None:
        if self._leaving:
            self._leaving = False
            self._review()

    def _review(self) -> Draft | DraftProblem:
        state = self.state
        if (area := self._area) is not None:
            area.mark_wrong(state.place if isinstance(state, DraftProblem) else None)
        match state:
            case DraftProblem():
                lines = wrap(f"× {state}", self.inner_width)[:_PROBLEM_LINES]
                self.status(*(((line, "error"),) for line in lines))
                self.query_one("#diff", LinesLabel).show()
            case Draft(value):
                kind = "text" if self._as_text else "JSON"
                self.status(((f"✓ valid {kind}", "ok"),))
                self._show_before()
                lines_of_diff = summary(self._value, value) or [(("nothing changed", "dim"),)]
                self.query_one("#diff", LinesLabel).show(*lines_of_diff)
        return state

    def _show_before(self) -> None:
        """What it was, beside what is typed, and what is new in that."""
        pane, area = next(iter(self.query(RowsPane)), None), self._area
        if pane is None or area is None or len(self.text) > _QUICK or self._value is None:
            return
        before, after = write(self._value, self._as_text).split("\n"), self.text.split("\n")
        area.mark_new(new_lines(before, after))
        if self._beside:
            pane.follow = False
            pane.set_items(before_rows(before, after, not self._as_text))

    def _say_left_out(self, count: int) -> None:
        safe_text.notify(
            self, f"{count} hidden characters left out; JSON can hold them (^t)", "warning"
        )

    # what its keys do

    def action_accept(self) -> None:
        """Give the value, if it is valid; None if it is the same and that is not asked for."""
        match self._review():
            case DraftProblem() as problem:
                self._refuse(problem)
            case Draft(value):
                if not self._allow_same and same(self._value, value):
                    self.dismiss(None)
                elif self._final is not None and (why := self._final(value)) is not None:
                    self._refuse(DraftProblem(why))
                else:
                    self.dismiss(Edited(value))

    def _refuse(self, problem: DraftProblem) -> None:
        """Say that nothing was kept and why, and go to the place that is wrong."""
        self.app.bell()
        lines = wrap(f"× not accepted: {problem}", self.inner_width)[:_PROBLEM_LINES]
        self.status(*(((line, "error"),) for line in lines))
        safe_text.notify(self, f"not accepted: {problem}", "error")
        if self._area is not None and problem.line:
            self._area.move_cursor((problem.line - 1, max(0, problem.column - 1)))

    def action_cancel(self) -> None:
        """Leave. What was changed needs a second press to be thrown away."""
        if self._leaving or not self._changed():
            self.dismiss(None)
            return
        self._leaving = True
        self.status(_THROW_AWAY)

    def _changed(self) -> bool:
        match read(self.text, None, self._as_text):
            case Draft(value):
                return not same(self._value, value)
            case DraftProblem():
                return True

    def action_as_text(self) -> None:
        """Go from JSON to plain text and back, where the value is a string."""
        area, state = self._area, read(self.text, None, self._as_text)
        value = state.value if isinstance(state, Draft) else None
        if area is None or not isinstance(value, str):
            safe_text.notify(self, "only a valid string can be edited as plain text", "warning")
        elif not self._as_text and not can_be_text(value):
            safe_text.notify(
                self, "this string holds hidden characters: JSON shows them", "warning"
            )
        else:
            self._as_text = not self._as_text
            area.as_json = not self._as_text
            area.load_text(write(value, self._as_text))
            self._review()

    def action_external(self) -> None:
        """Go on in the person's own editor; an invalid text comes back here."""
        try:
            suffix = ".txt" if self._as_text else ".json"
            text = edit_external(self.app, self.text, self._stdio, suffix)
        except BadCommand as error:
            safe_text.notify(self, str(error), "error")
            return
        if text is None:
            return
        area = self._area
        if area is not None and fits(text):
            area.load_text(text)
            return
        self._text = text
        if isinstance(self._review(), Draft):
            self.action_accept()
