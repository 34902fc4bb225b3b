"""Begin a workflow from a template: a file that runs at once, with tests and comments in it."""

from __future__ import annotations

import importlib.resources
import os
import re
import sys
from pathlib import Path

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

__all__ = ["TEMPLATES", "new_workflow", "wrong_new_name"]

TEMPLATES = {
    "linear": "one step after the other, with a way out at each",
    "branching": "a result decides which way is taken",
    "aggregating": "several things are read at once, and one is made of them",
    "looping": "the same again until nothing is left",
}
"""What there is to begin with, and what it is like."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")
_PLACEHOLDER = "example"


def wrong_new_name(folder: Path, name: str) -> str | None:
    """Why a new workflow may not be called that, in one line; None when it may."""
    name = name.removesuffix(".py")
    if not _NAME.fullmatch(name):
        return "a name has letters, digits, - and _, and begins with a letter"
    if name in sys.stdlib_module_names or name == "tooltrace":
        return f"{name} is a module of Python's: a file of that name would stand in its way"
    if os.path.lexists(folder / f"{name}.py"):
        return f"{name}.py is there already, and stays as it is"
    return None


def new_workflow(folder: Path, name: str, template: str = "linear") -> Path:
    """Write ``NAME.py`` in a folder. Raises BadCommand; nothing is ever written over."""
    why = wrong_new_name(folder, name)
    if why is not None:
        raise BadCommand(f"{one_line(name)}: {why}")
    name = name.removesuffix(".py")
    path = folder / f"{name}.py"
    source = importlib.resources.files("tooltrace.workflows.templates") / f"{template}.py"
    text = source.read_text("utf-8").replace(f"{_PLACEHOLDER}.py", f"{name}.py")
    text = text.replace(f'"{_PLACEHOLDER}"', f'"{name}"')
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadCommand(f"{one_line(str(path))} cannot be written: {error.strerror}") from error
    return path
