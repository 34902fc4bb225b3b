"""Running a function in a child that permissions count for, whoever runs the tests."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["obeying_permissions"]

NOBODY = 65534


@contextmanager
def obeying_permissions(*folders: Path) -> Iterator[Callable[..., Any]]:
    """Gives ``run(function, *arguments)``; the folders belong to whoever it runs as."""
    root = os.geteuid() == 0
    changed: list[tuple[Path, int]] = []
    if root:
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
            # Whoever it runs as has to get there at all.
            for above in folder.parents:
                mode = above.stat().st_mode
                if not mode & 0o001:
                    changed.append((above, mode))
                    above.chmod(mode | 0o011)

    def run(function: Callable[..., Any], *arguments: Any) -> Any:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if root:
                    os.setgroups([])
                    os.setgid(NOBODY)
                    os.setuid(NOBODY)
                os.write(writing, pickle.dumps(function(*arguments)))
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            answer = file.read()
        os.waitpid(child, 0)
        return pickle.loads(answer)

    try:
        yield run
    finally:
        for folder, mode in changed:
            folder.chmod(mode & 0o7777)
