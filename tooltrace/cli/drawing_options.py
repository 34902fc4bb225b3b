"""The options of formats that show a branch as it is drawn: its size, its colours and its pace."""

from __future__ import annotations

import re
from collections.abc import Callable

import click

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.formats.branch_data import Draw
from tooltrace.formats.frames.frame import PACE, SIZE, THEME, DrawnBranch
from tooltrace.tui.theme_colors import OURS

__all__ = ["chosen_drawing", "drawing_options"]

_SIZE = re.compile(r"(\d{1,4})x(\d{1,4})", re.ASCII)
_LEAST, _MOST = (40, 16), (300, 100)
_FASTEST, _SLOWEST = 0.1, 60


class _Size(click.ParamType[tuple[int, int]]):
    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        found = _SIZE.fullmatch(str(value))
        size = (int(found[1]), int(found[2])) if found is not None else (0, 0)
        if not all(a <= b <= c for a, b, c in zip(_LEAST, size, _MOST, strict=True)):
            least, most = (f"{wide}x{high}" for wide, high in (_LEAST, _MOST))
            self.fail(f"{str(value)!r} is no size from {least} to {most} in cells", param, ctx)
        return size


class _Pace(click.ParamType[float]):
    name = "seconds"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            pace = float(str(value))
        except ValueError:
            pace = 0.0
        if not _FASTEST <= pace <= _SLOWEST:  # What is no number is not in between either.
            self.fail(f"{str(value)!r} is no time from {_FASTEST} to {_SLOWEST} s", param, ctx)
        return pace


_OPTIONS: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...] = (
    click.option(
        "--size",
        type=_Size(),
        metavar="COLSxROWS",
        help=f"With cast and svg: how large, {SIZE[0]}x{SIZE[1]} if left out.",
    ),
    click.option(
        "--theme",
        type=click.Choice(tuple(OURS)),
        help=f"With cast and svg: the colours, {THEME} if left out.",
    ),
    click.option(
        "--pace",
        type=_Pace(),
        metavar="SECONDS",
        help=f"With cast and svg: how long each step is shown, {PACE:g} if left out.",
    ),
)


def drawing_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``size``, ``theme`` and ``pace``, each None if left out."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_drawing(
    draws: bool, size: tuple[int, int] | None, theme: str | None, pace: float | None
) -> Draw:
    """What draws a branch as it was asked for. Raises BadCommand where ``draws`` is not so."""
    for name, given in (("--size", size), ("--theme", theme), ("--pace", pace)):
        if given is not None and not draws:
            raise BadCommand(f"{name} goes with --to cast and --to svg")

    def draw(tree: Tree, tip: int) -> DrawnBranch:
        from tooltrace.tui.rows.present.drawn import drawn_branch

        return drawn_branch(tree, tip, size or SIZE, theme or THEME, pace or PACE)

    return draw
