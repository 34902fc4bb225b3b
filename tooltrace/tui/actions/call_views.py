"""Keys of the tool calls pane: which calls are shown, in which order, and as bars over time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from msgspec.structs import replace

from tooltrace.core.decide.budgets import dollars
from tooltrace.core.model.errors import BadCommand
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_filter import (
    DEAR,
    EVERYTHING,
    FLAGS,
    NAMED,
    ORDERS,
    SLOW,
    CallFilter,
    counts_of,
    money,
    time_of,
)
from tooltrace.tui.rows.calls.call_row import CallRow
from tooltrace.tui.rows.calls.time_row import MoreRow, TimeRow
from tooltrace.tui.rows.lines import Item
from tooltrace.tui.screens import dialogs

__all__ = ["CallViewActions"]

Change = Callable[[str], CallFilter]
"""The filter with one more choice; of what a person typed, where something was asked."""


class CallViewActions(ActionGroup):
    """Filter, order, time view."""

    def filter_calls(self) -> None:
        """Pick what to show, or take a choice back; each pick is one choice more."""
        shown = self.controller.rows.shown
        rows = (row for row in self.controller.rows.calls.items if isinstance(row, CallRow))
        choices = list(_choices(shown.chosen, counts_of(rows)))

        def picked(choice: dialogs.Picked[Change] | None) -> None:
            if choice is not None:
                shown.choose(choice.value(choice.reason))
                self.panes.go_to("calls")
                self.controller.repaint()

        told = shown.chosen.told()
        title = f"Show calls: {told}" if told else "Show which calls"
        self.show(dialogs.PickerScreen(title, choices), picked)

    def time_view(self) -> None:
        """Bars over time, or rows again."""
        self.controller.rows.shown.toggle_time()
        self.panes.go_to("calls")
        self.controller.repaint()

    def closer(self) -> None:
        """Fewer turns on one axis."""
        self._zoom(1)

    def farther(self) -> None:
        """More turns on one axis."""
        self._zoom(-1)

    def _zoom(self, by: Literal[-1, 1]) -> None:
        shown = self.controller.rows.shown
        if not shown.in_time:
            self.tell("this is for the time view: W shows it")
        elif shown.zoom(by):
            self.controller.repaint()
        else:
            self.tell("no further")

    def reach(self, pane: RowsPane, item: Item | None) -> None:
        """Bring more of the recording into the time view where the cursor is at its end."""
        if not isinstance(item, MoreRow) or pane.selected is not item:
            return
        rows = [row for row in pane.items if isinstance(row, TimeRow) and row.selectable]
        self.controller.rows.shown.shift(item.way)
        self.controller.repaint()
        if rows:
            key = rows[0 if item.way < 0 else -1].key
            places = [index for index, row in enumerate(pane.items) if row.key == key]
            pane.cursor_to(places[0] if places else len(pane.items) // 2)


def _choices(
    chosen: CallFilter, counts: dict[tuple[str, str], int]
) -> Iterator[dialogs.Choice[Change]]:
    if chosen != EVERYTHING:
        yield _choice("all calls, as they came", "what esc does", EVERYTHING, False)
    for flag, words in FLAGS.items():
        yield _choice(
            flag, f"{words} · {counts['flag', flag]:,}", chosen.toggled(flag), flag in chosen.flags
        )
    yield _typed(
        "with words…",
        "in call, arguments or result",
        lambda text: replace(chosen, words=text),
    )
    for ms in SLOW:
        if count := counts["slow", str(ms)]:
            on = chosen.slow == ms
            changed = replace(chosen, slow=None if on else ms)
            yield _choice(f"slow: {labels.duration(ms)} and more", f"{count:,}", changed, on)
    yield _typed(
        "slow: another time…",
        "so long, or longer",
        lambda text: replace(chosen, slow=time_of(text)),
        "how long at least: 500 ms, 2 s, 1 min",
    )
    for cost in DEAR:
        if count := counts["dear", str(cost)]:
            on = chosen.dear == cost
            changed = replace(chosen, dear=None if on else cost)
            yield _choice(f"expensive: {dollars(cost)} and more", f"{count:,}", changed, on)
    yield _typed(
        "expensive: another amount…",
        "of the reply that asked",
        lambda text: replace(chosen, dear=money(text)),
        "how many dollars at least: 0.01, 2",
    )
    for kind in NAMED:
        names = sorted(name for of, name in counts if of == kind)
        for name in names:
            on = (kind, name) in chosen.named
            detail = f"{counts[kind, name]:,}"
            yield _choice(f"{kind}: {name}", detail, chosen.with_named(kind, name), on)
    for order, words in ORDERS.items():
        on = chosen.order == order
        changed = replace(chosen, order="" if on else order)
        yield _choice(f"order: {words}", "", changed, on)


def _choice(label: str, detail: str, then: CallFilter, on: bool) -> dialogs.Choice[Change]:
    detail = f"{labels.DONE} chosen: enter takes it back · {detail}".rstrip(" ·") if on else detail
    return dialogs.Choice(lambda _: then, label, detail)


def _typed(
    label: str, detail: str, then: Change, ask: str = "words, each of which must be there"
) -> dialogs.Choice[Change]:
    def check(text: str) -> str | None:
        try:
            then(text)
        except BadCommand as error:
            return str(error)
        return None

    return dialogs.Choice(then, label, detail, ask=ask, check=check)
