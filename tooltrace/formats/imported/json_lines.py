"""Files of one JSON value a line, decoded for an importer that takes them one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.values import value_or_text
from tooltrace.formats.source.source_file import PAUSE, SourceFile

__all__ = ["told_lines"]

Take = Callable[[Any], Iterator[Record]]
Tell = Callable[[], Iterator[Record]]


def _nothing() -> Iterator[Record]:
    yield from ()


def told_lines(
    source: SourceFile,
    out: Recorder,
    follow: bool,
    take: Take,
    begin: Tell,
    settle: Tell = _nothing,
) -> Iterator[Record | None]:
    """What ``take`` makes of each line; one that is no JSON is given to it as its text.

    In a file that is followed, ``begin`` is asked wherever there is no more for now, so that there
    is a run to see, and ``settle`` when the file has not changed for a while.
    """
    for data in source.lines(follow):
        if data is PAUSE:
            yield from begin()
            if source.quiet:
                yield from settle()
            yield None
            continue
        yield from take(value_or_text(data, out))
