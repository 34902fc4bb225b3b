"""The README says what is so; what it shares with ``docs/`` is tested in ``tests/docs``."""

from __future__ import annotations

from tests.docs.pages import ALL, blocks, command_lines
from tooltrace.core.model.events import Source

TEXT = ALL["README.md"]
LONGEST = 110
"""Lines: it is read in a few minutes, and the rest is one link away."""


def test_the_two_commands_stand_there_exactly() -> None:
    venv = "python3 -m venv .venv && .venv/bin/pip install "
    assert blocks(TEXT, "sh") == [
        f"{venv}. && .venv/bin/tooltrace demo\n",
        f"{venv}-e '.[dev]' && .venv/bin/pytest -n auto\n",
    ]


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= LONGEST


def test_every_page_is_one_link_away() -> None:
    assert [name for name in ALL if name != "README.md" and f"({name})" not in TEXT] == []
    for part in ("calls-side-by-side", "the-world"):
        assert f"(docs/writing-workflows.md#{part})" in TEXT
    assert command_lines(TEXT)


def test_it_names_where_a_result_may_come_from() -> None:
    shown = set(Source.__args__) - {"imported"}  # type: ignore[attr-defined]
    assert [source for source in sorted(shown) if f"`{source}`" not in TEXT] == []
