"""Takes the pictures of the README: ``python -m tests.screenshots`` writes ``screenshots/*.svg``.

They are what the app shows on real runs of the shipped workflows; only times and ids are made up,
so that taking them again changes nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.tui.app.scenes import picture

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"
PICTURES: dict[str, tuple[str, tuple[int, int]]] = {
    "demo": ("paused", (120, 36)),
    "edited": ("edited", (120, 36)),
    "editor": ("editor", (120, 36)),
    "stuck": ("stuck", (120, 36)),
    "home": ("home", (120, 36)),
    "small": ("paused", (80, 24)),
    "large": ("edited", (160, 45)),
}
"""The name of each picture: which scene, at which size."""


async def take(folder: Path) -> list[Path]:
    """Take all pictures; the files, in order."""
    made = []
    with tempfile.TemporaryDirectory() as name:
        for picked, (scene, size) in PICTURES.items():
            svg = await picture(Path(name) / picked, scene, size)
            path = folder / f"{picked}.svg"
            path.write_text(svg, encoding="utf-8")
            made.append(path)
    return made


def main() -> None:
    """Take them all, and say where they are."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for path in asyncio.run(take(SCREENSHOTS)):
        print(f"{path.relative_to(SCREENSHOTS.parent)}  {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
