from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from unicodedata import category

import pytest
from rich.cells import cell_len

import tooltrace
from tests.tui.font_glyphs import in_both_fonts
from tooltrace.core.text.glyphs import GLYPHS, in_ascii

NOT_DRAWN = ("core/text/glyphs.py", "core/text/clusters.py", "tui/cells.py")
"""Files that hold signs to know them, or for terminals without them."""

PACKAGE = Path(tooltrace.__file__).parent
LINES = {chr(code) for code in range(0x2500, 0x25A0)}


def drawn() -> Iterator[tuple[str, str]]:
    """Every sign beyond ASCII that a text of the program holds, and where."""
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        about = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if id(node) in about:
                    continue
                where = f"{file.relative_to(PACKAGE)}:{node.lineno}"
                signs = (c for c in node.value if category(c) in ("Sm", "So", "Po", "Pi", "Pf"))
                yield from ((char, where) for char in signs if not char.isascii())


def test_all_that_is_drawn_is_in_the_one_table_and_in_both_fonts() -> None:
    both = in_both_fonts()
    found = [(char, where) for char, where in drawn() if where.split(":")[0] not in NOT_DRAWN]
    assert {"✓", "×", "‖", "→"} <= {char for char, _ in found}
    assert [pair for pair in found if pair[0] not in GLYPHS and pair[0] not in LINES] == []
    missing = {char for char, _ in found} - both
    assert missing <= {"\ufffd"}


@pytest.mark.parametrize("old", "✗⏸⚙⚠⏳↺⇒↯✎")
def test_what_a_font_lacks_is_nowhere(old: str) -> None:
    assert old not in in_both_fonts() and old not in GLYPHS


def test_a_glyph_is_one_cell_and_so_is_what_stands_for_it() -> None:
    for glyph in [*GLYPHS, *LINES]:
        plain = in_ascii(glyph)
        assert plain.isascii() and cell_len(glyph) == cell_len(plain) == 1, glyph


def test_a_drawing_keeps_its_form_and_letters_stay() -> None:
    assert in_ascii("╭─►│ größe ✓ 李雷 ┏━┓┃") == "+->| größe v 李雷 #=##"
    assert in_ascii("all plain") == "all plain"


def test_heavy_and_light_strokes_differ() -> None:
    for light, heavy in ("─━", "│┃", "┌┏", "├┣"):
        assert in_ascii(light) != in_ascii(heavy)
    states = [in_ascii(sign) for sign in "○✓●□■◇◆‖×▲◐◉"]
    assert len(set(states)) == len(states)
