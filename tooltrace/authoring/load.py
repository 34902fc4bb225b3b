"""From what a person types to a workflow: a shipped name, a file or a module.

This is the only place that runs a person's code because they named it, and whatever that code does
wrong comes out as one line with the file and line to look at.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from tooltrace.authoring.shipped import SHIPPED, shipped
from tooltrace.authoring.workflow import Workflow
from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.text.sanitize import one_line

__all__ = ["LOADED", "FreshSource", "load", "shipped", "split_ref"]

LOADED = "tooltrace_loaded_"
"""Begins the names of the modules that files are loaded as."""


def load(ref: str) -> Workflow:
    """The workflow that ``ref`` names, loaded anew if it is a file.

    ``refund``, ``path/to/file.py:name`` or ``package.module:name``; ``:name`` may be left out where
    there is one workflow only. Raises BadWorkflow, one line that says what to do.
    """
    if ref in SHIPPED:
        return _named(importlib.import_module(f"tooltrace.workflows.{ref}"), ref, ref)
    where, name = split_ref(ref)
    if where.endswith(".py") or "/" in where:
        module = _from_file(Path(where).expanduser())
    else:
        module = _from_name(where)
    return _named(module, name, where)


def split_ref(ref: str) -> tuple[str, str | None]:
    """The file or module that a reference names, and the workflow in it, if it says which."""
    where, colon, name = ref.rpartition(":")
    if not colon or name.endswith(".py") or "/" in name:
        return ref, None
    return where, name or None


def _from_file(path: Path) -> ModuleType:
    shown = one_line(str(path))
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise BadWorkflow(f"{shown} {kind}; write path/to/file.py:name")
    full = path.resolve()
    # The same name for the same file, so that a second load replaces the first.
    digest = hashlib.blake2b(str(full).encode("utf-8", "surrogateescape"), digest_size=6)
    name = f"{LOADED}{digest.hexdigest()}"
    loader = FreshSource(name, str(full))
    module = ModuleType(name)
    module.__file__ = str(full)
    module.__loader__ = loader
    module.__spec__ = importlib.util.spec_from_file_location(name, full, loader=loader)
    before = sys.modules.get(name)
    # Dataclasses look their module up to read annotations; imports of neighbours need the folder.
    sys.modules[name] = module
    _importable(str(full.parent))
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
        raise _cannot_load(shown, error) from error
    return module


class FreshSource(SourceFileLoader):
    """Compiles what the file says now: cached bytecode is trusted by its time and size, so an edit
    within the same second could go unseen."""

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.get_data(self.path), self.path, "exec", dont_inherit=True)


def _from_name(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise BadWorkflow(_no_such(name))
    _importable(str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise BadWorkflow(_no_such(name)) from error
        raise _cannot_load(name, error) from error
    except (Exception, SystemExit) as error:
        raise _cannot_load(name, error) from error


def _importable(folder: str) -> None:
    if folder not in sys.path:
        sys.path.insert(0, folder)


def _no_such(name: str) -> str:
    return (
        f"there is no workflow {one_line(name) or '(empty)'!r}; write {', '.join(SHIPPED)}, "
        "path/to/file.py:name or package.module:name"
    )


def _cannot_load(shown: str, error: BaseException) -> BadWorkflow:
    if isinstance(error, BadWorkflow):
        return error
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        what = f"{error.filename}:{error.lineno}: {kind}: {error.msg}"
    else:
        what = f"{_raised_at(error)}{kind}: {_text_of(error)}"
    beside = str(Path(shown).absolute().parent) + os.sep
    return BadWorkflow(one_line(f"{shown} cannot be loaded: {what.removeprefix(beside)}"))


def _raised_at(error: BaseException) -> str:
    """The deepest line of the person's own code, which is none of ours and none of Python's."""
    foreign = ("<frozen", __file__, importlib.util.__file__, importlib.__file__)
    library = str(Path(importlib.__file__).parent.parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(foreign)
    ]
    own = [
        frame
        for frame in frames
        if not frame.filename.startswith(library) and "site-packages" not in frame.filename
    ]
    told = own or frames
    return f"{told[-1].filename}:{told[-1].lineno}: " if told else ""


def _text_of(error: BaseException) -> str:
    try:
        return str(error) or "no reason given"
    except Exception:  # noqa: BLE001 - an error that cannot even be printed
        return "(its text cannot be read)"


def _named(module: ModuleType, name: str | None, where: str) -> Workflow:
    found = {key: value for key, value in vars(module).items() if isinstance(value, Workflow)}
    shown, listed = one_line(where), one_line(", ".join(found)) or "none"
    if name is None:
        if len({id(workflow) for workflow in found.values()}) == 1:
            return next(iter(found.values()))
        if not found:
            raise BadWorkflow(f"there is no Workflow in {shown}")
        raise BadWorkflow(f"there are several workflows in {shown}; add one of them: :{listed}")
    if name not in found:
        value = vars(module).get(name)
        kind = "" if value is None else f" ({one_line(name)} is {type(value).__name__})"
        raise BadWorkflow(
            f"there is no workflow {one_line(name)!r} in {shown}{kind}; there are: {listed}"
        )
    return found[name]
