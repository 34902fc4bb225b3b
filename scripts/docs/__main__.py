"""Write them all anew: ``python -m scripts.docs``."""

from __future__ import annotations

from scripts.docs.blocks import PAGES, filled


def main() -> None:
    """Fill each page, and say which one has changed."""
    for page in PAGES:
        before = page.read_text(encoding="utf-8")
        after = filled(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"{page.name} is written anew")


if __name__ == "__main__":
    main()
