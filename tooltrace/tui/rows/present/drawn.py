"""A branch drawn for people who watch, off-line: the stage at each beat, in the colours of a theme.

Nothing is asked but the records: not the clock, the terminal or what a person prefers. So drawing
the same branch again gives the same frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace
from rich.style import Style

from tooltrace.core.caption.beats import Beat, beat_caption, beats
from tooltrace.core.decide.next_action import next_action
from tooltrace.core.fold.tree import Tree
from tooltrace.debugger.view import View, recorded_view
from tooltrace.formats.frames.frame import (
    PACE,
    SIZE,
    THEME,
    Drawn,
    DrawnBranch,
    DrawnText,
    Frame,
    Look,
    merged,
)
from tooltrace.tui import theme
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.last_move import LastMoves
from tooltrace.tui.rows.lines import Line, tidy
from tooltrace.tui.rows.present.stage import Cue, StageRows
from tooltrace.tui.theme_colors import OURS, Shades

__all__ = ["drawn_branch"]


def drawn_branch(
    tree: Tree,
    tip: int,
    size: tuple[int, int] = SIZE,
    theme_name: str = THEME,
    pace: float = PACE,
) -> DrawnBranch:
    """The branch that ends at a record, a frame for each of its beats.

    ``theme_name`` is one of ours. KeyError when there is no such record or theme.
    """
    columns, rows = size
    colors = _Colors(OURS[theme_name], theme.looks(theme_name, True))
    told = list(beats(tree, tip))
    frames = tuple(
        Frame(tuple(colors.row(line, columns) for line in lines), _told(tree, beat))
        for beat, lines in zip(told, _screens(tree, tip, told, columns, rows), strict=True)
    )
    view = recorded_view(tree, tip, tip)
    title = f"{view.snapshot.workflow.name} · {view.branch.name}"
    return DrawnBranch(title, columns, rows, pace, colors.look("text"), frames)


def _told(tree: Tree, beat: Beat) -> str:
    caption = str(beat_caption(tree, beat))
    return f"{beat.title}: {caption}" if beat.title else caption


def _screens(
    tree: Tree, tip: int, told: Iterable[Beat], columns: int, rows: int
) -> Iterator[list[Line]]:
    stage, moves = StageRows(), LastMoves()
    count = len(told := list(told))
    last = recorded_view(tree, tip, tip)
    for number, beat in enumerate(told, 1):
        view = _standing(last, beat.record)
        cue = Cue(keys=((f"beat {number:>{len(str(count))}} of {count}", "dim"),))
        yield stage.lines(view, moves.update(view), cue, columns, rows)


def _standing(view: View, head: int) -> View:
    """The same branch, seen from one of its records."""
    s = view.tree.snapshot_at(head)
    return replace(view, head=head, snapshot=s, action=next_action(s))


class _Colors:
    """The looks of styles by name."""

    def __init__(self, shades: Shades, styles: Mapping[str, Style]) -> None:
        self._ground = shades.pane
        self._styles = styles
        self._looks: dict[str, Look] = {}

    def look(self, name: str) -> Look:
        """What a style looks like on the ground of the whole."""
        found = self._looks.get(name)
        if found is None:
            found = self._looks[name] = self._made(theme.style(name, self._styles))
        return found

    def _made(self, style: Style) -> Look:
        plain = theme.style("text", self._styles)
        color = style.color or plain.color
        front = color.name if color is not None else ""
        back = self._ground if style.bgcolor is None else style.bgcolor.name
        if style.reverse:
            front, back = back, front
        return Look(front, back, bool(style.bold), bool(style.italic), bool(style.strike))

    def row(self, line: Line, columns: int) -> Drawn:
        """A line as pieces, each in its place; safe, and no wider than the screen."""
        pieces, at = [], 0
        for text, style in tidy(line, columns)[0]:
            cells = cell_len(text)
            pieces.append(DrawnText(at, cells, text, self.look(style)))
            at += cells
        return merged(pieces)
