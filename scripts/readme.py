"""Writes the key table into the README: ``python -m scripts.readme``."""

from __future__ import annotations

from pathlib import Path

from tooltrace.tui.keys.keymap import markdown_table

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- keys: made by python -m scripts.readme -->\n", "<!-- /keys -->\n"


def with_keys(text: str) -> str:
    """The README with the table as the key registry says it now."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}{markdown_table()}{END}{tail}"


if __name__ == "__main__":
    README.write_text(with_keys(README.read_text(encoding="utf-8")), encoding="utf-8")
