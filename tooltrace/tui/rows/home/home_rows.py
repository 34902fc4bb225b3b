"""The rows of the home screen: workflows, and sessions in columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from rich.cells import cell_len

from tooltrace.core.text.sanitize import one_line
from tooltrace.tui.rows.columns import Columns
from tooltrace.tui.rows.home.session_row import Facts, SessionRow, heading
from tooltrace.tui.rows.lines import Item, Line, OneLine, Row

__all__ = ["LOOK", "SESSIONS", "HomeThings", "home_rows"]

SESSIONS = 1_000
"""The key of the first session's row."""

LOOK = 999
"""The key of the row that looks for sessions of other agents: until then nobody does."""


class HomeThings(Struct, frozen=True):
    """What there is to open; ``came_along`` says that the sessions are tooltrace's own."""

    shipped: Sequence[tuple[str, str]]
    sessions: Sequence[Path]
    came_along: bool = False


class _Titles(OneLine, frozen=True):
    """The titles of the columns, at any width."""

    key: int

    @property
    def selectable(self) -> bool:
        """Never."""
        return False

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        return (heading(width),)

    def text(self) -> str:
        """Nothing that is looked for."""
        return ""


def home_rows(things: HomeThings, facts: Facts, words: str = "") -> list[Item]:
    """All rows; with ``words`` the sessions alone that have them all."""
    wanted = words.casefold().split()
    rows = [] if wanted else _workflows(things)
    made = _sessions(things, facts)
    kept = [row for row in made if _has(row, wanted)]
    title, detail = _title(things)
    if wanted:
        detail = f"  {len(kept):,} of {len(made):,} with these words"
    rows.append(Row(-3, ((title, "title"), (detail, "dim")), False))
    rows += [_Titles(-4), *kept] if kept else []
    if not things.sessions:
        rows.append(Row(-5, (("  none yet: they are saved as you step", "dim"),), False))
    return rows


def _workflows(things: HomeThings) -> list[Item]:
    title = (("workflows", "title"), ("  offline, no key needed", "dim"))
    told = _below_each_other(0, [list(one) for one in things.shipped])
    others = (("  sessions of other agents…", "strong"), ("  Claude Code, Codex, Pi", "dim"))
    return [Row(-1, title, False), *told, Row(LOOK, others), Row(-2, (("", "text"),), False)]


def _title(things: HomeThings) -> tuple[str, str]:
    if things.came_along and things.sessions:
        return "recordings", "  that come along; what you change goes into a copy"
    folders = {path.parent for path in things.sessions}
    where = f" in {one_line(str(next(iter(folders))))}" if len(folders) == 1 else ""
    return "recent sessions", f"  {len(things.sessions):,}{where}" if things.sessions else ""


def _sessions(things: HomeThings, facts: Facts) -> list[SessionRow]:
    alone = len({path.parent for path in things.sessions}) == 1
    return [
        SessionRow(SESSIONS + index, path, path.stem if alone else str(path), facts)
        for index, path in enumerate(things.sessions)
    ]


def _has(row: SessionRow, wanted: Sequence[str]) -> bool:
    text = row.text().casefold() if wanted else ""
    return all(word in text for word in wanted)


def _below_each_other(first: int, rows: list[list[str]]) -> list[Columns]:
    """Rows whose cells stand below each other; a row's last cell has the rest of its line."""
    count = max((len(row) for row in rows), default=1) - 1
    widths = tuple(
        max(cell_len(one_line(row[at])) for row in rows if at < len(row) - 1) for at in range(count)
    )
    return [
        Columns(
            first + index,
            tuple((text, "dim" if at else "strong") for at, text in enumerate(row)),
            widths,
        )
        for index, row in enumerate(rows)
    ]
