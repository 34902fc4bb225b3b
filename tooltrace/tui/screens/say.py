"""Say something to the model, or say it otherwise: a text, and files beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct
from textual.events import Key
from textual.widget import Widget

from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand
from tooltrace.tui import safe_text
from tooltrace.tui.attachments import Attachment, pasted_files, read_attachment
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.keys.keymap import Scope, textual_bindings
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Row, wrap
from tooltrace.tui.screens.file_picker import FilePickerScreen
from tooltrace.tui.widgets.inputs import SayArea
from tooltrace.tui.widgets.lines_label import LinesLabel

__all__ = ["Said", "SayScreen"]

_MOST_SHOWN = 5


class Said(Struct, frozen=True):
    """What a person said: a text, and content blocks beside it."""

    text: str
    blocks: list[Block]


class SayScreen(Dialog[Said | None]):
    """A text to write and files to attach; gives ``Said``, or None when it was left."""

    SCOPE: Scope = "say"
    BINDINGS = textual_bindings("say")
    DEFAULT_CSS = """
    SayScreen SayArea {
        height: 6; border: none; padding: 0; margin: 1 0; background: $surface;
        &:focus { border: none; }
    }
    SayScreen #hint { height: auto; }
    SayScreen #attached { height: auto; background: transparent; }
    """

    def __init__(self, title: str, hint: str, text: str = "", blocks: Sequence[Block] = ()) -> None:
        super().__init__(title)
        self._hint = hint
        self._text = text
        self._attached = [Attachment(block) for block in blocks]
        self._before = list(self._attached)
        self._leaving = False
        self._stays = False

    def body(self) -> Iterable[Widget]:
        """The hint, the text, what is attached."""
        yield LinesLabel(
            [((line, "dim"),) for line in wrap(self._hint, self.inner_width)], id="hint"
        )
        area = SayArea(self._text, id="said")
        area.take = self._pasted
        area.left_out = self._say_left_out
        yield area
        pane = RowsPane(classes="bare", id="attached")
        pane.follow = False
        yield pane

    @property
    def _area(self) -> SayArea:
        return self.query_one(SayArea)

    @property
    def _list(self) -> RowsPane:
        return self.query_one("#attached", RowsPane)

    @property
    def attached(self) -> list[Attachment]:
        """What is attached, in order."""
        return list(self._attached)

    def ready(self) -> None:
        """Write at once, after what is there."""
        self._area.focus()
        self._area.move_cursor(self._area.document.end)
        self._show()

    def _show(self) -> None:
        pane, count = self._list, len(self._attached)
        pane.display = bool(count)
        pane.styles.height = min(count, _MOST_SHOWN)
        pane.set_items([Row(index, ((str(a), "block"),)) for index, a in enumerate(self._attached)])
        if count:
            pane.cursor_to(count - 1 if pane.cursor is None else pane.cursor)
        without = [] if count else ["take_out", "to_attached"]
        if not any(a.pasted for a in self._attached):
            without.append("path_as_text")
        self.show_keys(without)

    def _tell(self, text: str, style: str = "text") -> None:
        self.status(*(((line, style),) for line in wrap(text, self.inner_width)[:3]))

    # attaching

    def _read(self, paths: Sequence[Path], pasted: str = "") -> bool:
        """Attach these files, all or none; whether they are."""
        try:
            found = [read_attachment(path, pasted and _of(paths, path, pasted)) for path in paths]
        except BadCommand as error:
            self._tell(f"× {error}", "error")
            self._stays = bool(pasted)
            return False
        self._attached += found
        self._show()
        self._list.cursor_to(len(self._attached) - 1)
        what = "it" if len(found) == 1 else f"{len(found)} files"
        back = with_keys("^t makes it a text again" if pasted else "^r takes it out", "say")
        self._tell(f"attached {what} · {back}", "ok")
        return True

    def _pasted(self, text: str) -> bool:
        """Whether a paste was the paths of files that are attached now; else it is text."""
        paths = pasted_files(text)
        return bool(paths) and self._read(paths, text)

    def action_attach(self) -> None:
        """Pick a file."""

        def picked(path: Path | None) -> None:
            if path is not None:
                self._read([path])

        self.app.push_screen(FilePickerScreen(Path.cwd()), picked)

    def action_take_out(self) -> None:
        """Take the marked attachment out."""
        at = self._list.cursor
        if self._attached and at is not None:
            gone = self._attached.pop(at)
            self._show()
            if not self._attached:
                self._area.focus()
            self._tell(f"taken out: {gone}")

    def action_path_as_text(self) -> None:
        """The path that was pasted last is text, after all."""
        pasted = [index for index, a in enumerate(self._attached) if a.pasted]
        if not pasted:
            self._tell("no path was pasted", "warn")
            return
        gone = self._attached.pop(pasted[-1])
        self._show()
        self._area.focus()
        self._stays = True
        self._area.insert(gone.pasted)
        self._tell("the path is text now")

    def action_to_attached(self) -> None:
        """From the text to what is attached, and back."""
        there = self._attached and self._area.has_focus
        (self._list if there else self._area).focus()

    # leaving

    def on_text_area_changed(self) -> None:
        """What was said of the text before is old."""
        self._leaving = False
        if not self._stays:  # It was said of the very text that came in now.
            self.status()
        self._stays = False

    def on_key(self, event: Key) -> None:
        """Any key but a second escape means that the person stays."""
        if event.key != "escape":
            self._leaving = False

    def _say_left_out(self, count: int) -> None:
        safe_text.notify(self, f"{count} hidden characters left out", "warning")

    def action_send(self) -> None:
        """Say it, unless there is nothing to say."""
        text = self._area.text
        if text.strip() or self._attached:
            self.dismiss(Said(text, [a.block for a in self._attached]))
        else:
            self._tell("× say something, attach a file, or press esc", "error")

    def action_new_line(self) -> None:
        """Begin a line; the text does so itself while it is written."""
        self._area.focus()
        self._area.insert("\n")

    def action_leave_say(self) -> None:
        """Leave. What was written needs a second press to be thrown away."""
        same = self._area.text == self._text and self._attached == self._before
        if self._leaving or same:
            self.dismiss(None)
            return
        self._leaving = True
        self._tell("esc again throws this away", "warn")


def _of(paths: Sequence[Path], path: Path, pasted: str) -> str:
    """The text that one of several pasted paths was pasted as."""
    return pasted.strip() if len(paths) == 1 else str(path)
