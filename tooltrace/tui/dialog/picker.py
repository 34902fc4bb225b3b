"""Picking one of many: typing narrows, enter picks, and what cannot be picked says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from rich.cells import cell_len
from textual.events import Key, Resize
from textual.widget import Widget

from tooltrace.core.text.sanitize import visible
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import textual_bindings
from tooltrace.tui.rows.lines import Line, Span, fit, wrap
from tooltrace.tui.widgets.inputs import Choices, LineInput

__all__ = ["Choice", "Picked", "PickerScreen"]

T = TypeVar("T")

_MOST_SHOWN = 500
_AROUND = 9
"""Lines of the box around the list: its frame, what is typed, three of words, the keys."""
_LABEL = 32
_MOVES = {"up": "cursor_up", "down": "cursor_down", "pageup": "page_up", "pagedown": "page_down"}


class Choice(Struct, Generic[T], frozen=True):
    """Something to pick. ``why`` says why not, where it is not enabled.

    ``ask`` is a question that must be answered in words before it counts as picked; ``check`` says
    what is wrong with an answer.
    """

    value: T
    label: str
    detail: str = ""
    enabled: bool = True
    why: str = ""
    group: str = ""
    ask: str = ""
    check: Callable[[str], str | None] | None = None


class Picked(Struct, Generic[T], frozen=True):
    """What was picked, and the answer if it asked a question."""

    value: T
    reason: str = ""


class PickerScreen(Dialog[Picked[T] | None], Generic[T]):
    """Pick one of the choices; gives ``Picked``, or None when it was left."""

    BINDINGS = textual_bindings("dialog")
    DEFAULT_CSS = """
    PickerScreen LineInput {
        background: $surface; margin-bottom: 1;
        &:focus { background-tint: $foreground 0%; }
    }
    PickerScreen Choices { height: auto; }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice[T]], *, hint: str = "type to narrow"
    ) -> None:
        super().__init__(title)
        self._choices = choices
        self._hint = hint
        self._shown: list[Choice[T] | None] = []
        self._asking: Choice[T] | None = None

    def body(self) -> Iterable[Widget]:
        """A line to type into, and the list."""
        yield LineInput(hint=self._hint, id="filter")
        yield Choices(id="list")

    def ready(self) -> None:
        """Everything is offered at first."""
        self._list.can_focus = False
        self.query_one("#filter", LineInput).focus()
        self._narrow("")

    def on_resize(self, event: Resize) -> None:
        """As many lines as leave the keys, and what is wrong, in sight."""
        self._list.styles.max_height = max(3, int(event.size.height * 0.94) - _AROUND)

    @property
    def _list(self) -> Choices:
        return self.query_one("#list", Choices)

    @property
    def marked(self) -> Choice[T] | None:
        """The choice that enter would pick."""
        index = self._list.highlighted
        return None if index is None else self._shown[index]

    # narrowing

    def on_input_changed(self) -> None:
        """Typing narrows the list, unless it answers a question."""
        if self._asking is None:
            self._narrow(self.query_one("#filter", LineInput).value)

    def _narrow(self, typed: str) -> None:
        words = visible(typed).casefold().split()
        found = [
            choice for choice in self._choices if all(word in _haystack(choice) for word in words)
        ]
        width = max((cell_len(fit(c.label, _LABEL)) for c in found[:_MOST_SHOWN]), default=0)
        lines: list[tuple[Line, bool]] = []
        self._shown = []
        group = ""
        for choice in found[:_MOST_SHOWN]:
            if choice.group and choice.group != group:
                group = choice.group
                self._shown.append(None)
                lines.append((((group, "title"),), False))
            self._shown.append(choice)
            lines.append((_line(choice, width), True))
        self._list.offer(lines, self.inner_width - 1)
        more = len(found) - _MOST_SHOWN
        if not found:
            self.status((("nothing matches", "warn"),))
        elif more > 0:
            self.status(((f"{more:,} more: type to narrow", "dim"),))
        else:
            self.status()

    # picking

    def on_key(self, event: Key) -> None:
        """The arrows move in the list while the letters go to the filter."""
        move = _MOVES.get(event.key)
        if move is not None and self._asking is None:
            event.stop()
            event.prevent_default()
            getattr(self._list, f"action_{move}")()

    def on_input_submitted(self) -> None:
        """Enter in the filter picks; enter in the answer ends it."""
        if self._asking is None:
            self.action_pick()
        else:
            self._answer(self._asking)

    def on_option_list_option_selected(self) -> None:
        """A click picks."""
        if self._asking is None:
            self.action_pick()

    def action_pick(self) -> None:
        """Pick what is marked, ask its question, or say why it cannot be picked."""
        choice = self.marked
        if choice is None:
            self.app.bell()
        elif not choice.enabled:
            text = f"× {choice.why or 'not possible now'}"
            self.status(*(((line, "warn"),) for line in wrap(text, self.inner_width)[:3]))
        elif choice.ask:
            self._begin_to_ask(choice)
        else:
            self.dismiss(Picked(choice.value))

    def _begin_to_ask(self, choice: Choice[T]) -> None:
        self._asking = choice
        self._list.display = False
        field = self.query_one("#filter", LineInput)
        with self.prevent(LineInput.Changed):
            field.value = ""
        field.hint(choice.ask)
        self.status(_line(choice), ((choice.ask, "strong"),))

    def _answer(self, choice: Choice[T]) -> None:
        reason = self.query_one("#filter", LineInput).value.strip()
        problem = choice.check(reason) if reason and choice.check else None
        if reason and problem is None:
            self.dismiss(Picked(choice.value, reason))
        else:
            text = f"× {problem or choice.ask}"
            lines = (((line, "warn"),) for line in wrap(text, self.inner_width)[:3])
            self.status(_line(choice), *lines)

    def action_close(self) -> None:
        """Leave the question, or else the picker."""
        if self._asking is None:
            self.dismiss(None)
            return
        self._asking = None
        self._list.display = True
        field = self.query_one("#filter", LineInput)
        field.hint(self._hint)
        with self.prevent(LineInput.Changed):
            field.value = ""
        self._narrow("")


def _haystack(choice: Choice[T]) -> str:
    return visible(f"{choice.label[:500]} {choice.detail[:500]} {choice.group[:100]}").casefold()


def _line(choice: Choice[T], width: int = 0) -> Line:
    label = fit(choice.label, _LABEL)
    label += " " * (width - cell_len(label))
    sign: Span = ("  ", "text") if choice.enabled else ("× ", "dim")
    note = choice.detail if choice.enabled else (choice.why or choice.detail)
    gap = "  " if note else ""
    return (sign, (label, "strong" if choice.enabled else "dim"), (gap + note, "dim"))
