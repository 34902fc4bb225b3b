"""A real distribution: a module and a ``.dist-info`` with entry points, in a folder on the path."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["install", "installed"]


def install(folder: Path, name: str, source: str, **groups: str) -> Path:
    """Put a package of one module there; ``models="toy = toy:make"`` are lines of entry points."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"[tooltrace.{group}]\n{said}\n" for group, said in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return folder


@contextmanager
def installed(folder: Path, name: str, source: str, **groups: str) -> Iterator[Path]:
    """The same, importable from this process for as long."""
    install(folder, name, source, **groups)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield folder
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)
