"""How far something has come that takes long: one line on stderr, while a person looks on."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["ProgressLine"]


class ProgressLine:
    """``total`` of something is done bit by bit; nothing is drawn of fewer than ``least``.

    Enter it. It draws on the descriptor ``to`` if that is a terminal, on stderr without one, and
    leaves nothing behind.
    """

    def __init__(self, label: str, total: int, least: int = 1, to: int | None = None) -> None:
        self._label, self._total = label, total
        self._to = to if to is not None else _stderr()
        self._shown = total >= least and self._to is not None and os.isatty(self._to)
        self._bar: tuple[Progress, TaskID] | None = None

    @property
    def shown(self) -> bool:
        """Whether anything is drawn."""
        return self._bar is not None

    def __enter__(self) -> Self:
        if self._shown and self._to is not None:
            self._bar = _bar(self._label, self._total, self._to)
            self._bar[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            progress, _ = self._bar
            self._bar = None
            progress.stop()
            progress.console.file.close()

    def advance(self, more: int = 1, told: str = "") -> None:
        """So much more is done; ``told`` stands behind it from now on."""
        if self._bar is not None:
            progress, task = self._bar
            progress.update(task, advance=more, told=told)
            progress.refresh()


def _stderr() -> int | None:
    try:
        return None if sys.stderr is None else sys.stderr.fileno()
    except (OSError, ValueError):
        return None


def _bar(label: str, total: int, to: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}", markup=False),
        console=Console(file=os.fdopen(os.dup(to), "w", encoding="utf-8")),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    return progress, progress.add_task(label, total=total, told="")
