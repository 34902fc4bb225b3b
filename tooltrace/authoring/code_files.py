"""The files that a workflow was loaded from, whether they changed since, and loading them again.

Loading again means all that the workflow's own folder brought along: its file, and the modules
beside it. What is installed stays as it is.
"""

from __future__ import annotations

import hashlib
import importlib
import linecache
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from msgspec import Struct

from tooltrace.authoring.load import LOADED, FreshSource, load, shipped, split_ref
from tooltrace.authoring.workflow import Workflow
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

__all__ = ["CodeFiles"]

T = TypeVar("T")

_OURS = "tooltrace"
_INSTALLED = ("site-packages", "dist-packages")
_STANDARD = str(Path(os.__file__).resolve().parent) + os.sep


class _Stamp(Struct, frozen=True):
    """A file as it was when it was loaded."""

    status: tuple[int, int, int]
    content: bytes


class CodeFiles:
    """The code of a workflow on disk; ``ref`` is how a person named it, None if as an object.

    ``changed`` looks at no more than the status of each file until that differs.
    """

    def __init__(self, workflow: Workflow, ref: str | None) -> None:
        self._ref = _lasting(ref) if ref is not None else _found(workflow)
        self.file = _file_of(self._ref, workflow)
        self._folder = _folder_of(self._ref, self.file)
        self._stamps: dict[str, _Stamp] = {}
        self._modules = -1
        self._stamp()

    @property
    def ref(self) -> str:
        """What ``load`` takes. Raises BadCommand where there is nothing to load again."""
        if self._ref is None:
            raise BadCommand(
                "this workflow was not loaded by its name, so it cannot be loaded again: "
                'give "path/to/file.py:name" in its place'
            )
        if self._folder is None:
            raise BadCommand(f"{one_line(self._ref)} comes with tooltrace and stays as it is")
        return self._ref

    def changed(self) -> tuple[str, ...]:
        """The names of the files that are not what was loaded, in the workflow's folder."""
        if self._folder is None or self._ref is None:
            return ()
        if len(sys.modules) != self._modules:
            self._stamp()  # A tool has imported something meanwhile.
        return tuple(self._name(path) for path in sorted(self._stamps) if self._differs(path))

    def load(self, use: Callable[[Workflow], T]) -> T:
        """What ``use`` makes of the workflow as its files say now.

        Raises BadWorkflow, BadCommand, and what ``use`` raises: then the old modules stay.
        """
        ref, folder = self.ref, self._folder
        assert folder is not None
        before = {name: sys.modules.pop(name) for name in [*_modules_of(folder)]}
        _FRESH.take(folder)
        importlib.invalidate_caches()
        linecache.checkcache()
        try:
            made = use(load(ref))
        except BaseException:
            for name in [*_modules_of(folder)]:
                del sys.modules[name]
            sys.modules.update(before)
            raise
        for name, module in before.items():
            if name.startswith(LOADED):
                sys.modules.setdefault(name, module)  # Another workflow of this folder.
        self._stamps.clear()
        self._stamp()
        return made

    def _stamp(self) -> None:
        """Note how the files are that belong to it and are not noted yet."""
        self._modules = len(sys.modules)
        if self._folder is None:
            return
        modules = [sys.modules[name] for name in _modules_of(self._folder)]
        files = [path for module in modules if (path := _source(module)) is not None]
        for path in {*files, *([self.file] if self.file else [])} - self._stamps.keys():
            stamp = _stamp_of(path)
            if stamp is not None:
                self._stamps[path] = stamp

    def _differs(self, path: str) -> bool:
        seen = self._stamps[path]
        try:
            if _status(path) == seen.status:
                return False
        except OSError:
            return False  # An editor that saves takes the old one away first.
        now = _stamp_of(path)
        if now is None:
            return False
        if now.content == seen.content:
            self._stamps[path] = now
        return now.content != seen.content

    def _name(self, path: str) -> str:
        return one_line(os.path.relpath(path, self._folder))


class _FreshFinder:
    """Has modules of some folders compiled from their source: bytecode is trusted by its time in
    seconds and its size, so an edit within a second could go unseen."""

    def __init__(self) -> None:
        self._folders: set[str] = set()

    def take(self, folder: str) -> None:
        """From now on, for imports from this folder."""
        self._folders.add(folder)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As Python finds it, read anew; None for what is somewhere else."""
        top = name.partition(".")[0]
        if not any(_is_in(folder, top) for folder in self._folders):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
            return None
        if not any(_belongs(folder, name, spec.origin) for folder in self._folders):
            return None
        spec.loader = FreshSource(name, spec.origin)
        return spec


_FRESH = _FreshFinder()


def _is_in(folder: str, top: str) -> bool:
    beside = Path(folder, top)
    return beside.is_dir() or beside.with_name(f"{top}.py").is_file()


def _lasting(ref: str) -> str:
    """The same file whatever folder one is in later."""
    where, name = split_ref(ref)
    if where in dict(shipped()) or not (where.endswith(".py") or "/" in where):
        return ref
    path = os.path.realpath(Path(where).expanduser())
    return f"{path}:{name}" if name else path


def _found(workflow: Workflow) -> str | None:
    """How a workflow that was given as an object is named; None for one of the program itself."""
    for name, module in [*sys.modules.items()]:
        if name == "__main__" or not isinstance(module, ModuleType):
            continue
        if getattr(module, "__file__", None) != workflow.place.file:
            continue
        for variable, value in [*vars(module).items()]:
            if value is workflow:
                return f"{name}:{variable}"
    return None


def _file_of(ref: str | None, workflow: Workflow) -> str | None:
    if ref is None:
        return None
    where, _ = split_ref(ref)
    if where.endswith(".py") or "/" in where:
        return os.path.realpath(Path(where).expanduser())
    module = sys.modules.get(where)
    found = _source(module) if module is not None else None
    return found or (workflow.place.file if Path(workflow.place.file).is_file() else None)


def _folder_of(ref: str | None, file: str | None) -> str | None:
    """The folder whose modules are loaded again; None for what comes with tooltrace."""
    if ref is None or file is None:
        return None
    where, _ = split_ref(ref)
    if where in dict(shipped()) or where.partition(".")[0] == _OURS:
        return None
    if where.endswith(".py") or "/" in where:
        return os.path.realpath(Path(file).parent)
    depth = where.count(".") + (Path(file).name == "__init__.py")
    return os.path.realpath(Path(file).parents[depth])


def _modules_of(folder: str) -> Iterator[str]:
    """The modules that were loaded from a folder, packages in it included."""
    try:
        beside = {entry.removesuffix(".py") for entry in os.listdir(folder)}  # noqa: PTH208 - quick
    except OSError:
        return
    for name, module in [*sys.modules.items()]:
        if name.partition(".")[0] not in beside and not name.startswith(LOADED):
            continue
        path = _source(module) if isinstance(module, ModuleType) else None
        if path is not None and _belongs(folder, name, path):
            yield name


def _source(module: ModuleType) -> str | None:
    path = getattr(module, "__file__", None)
    return os.path.realpath(path) if isinstance(path, str) and path.endswith(".py") else None


def _belongs(folder: str, name: str, path: str) -> bool:
    """Whether a module stands in the folder under its own name, and is none that is installed."""
    top = name.partition(".")[0]
    if top in (_OURS, "__main__") or not path.startswith(folder + os.sep):
        return False
    if path.startswith(_STANDARD) or any(part in path for part in _INSTALLED):
        return False
    inside = path[len(folder) + 1 :]
    if top.startswith(LOADED):
        return os.sep not in inside
    return inside.partition(os.sep)[0] in (top, f"{top}.py")


def _status(path: str) -> tuple[int, int, int]:
    found = os.stat(path)  # noqa: PTH116 - looked at each second
    return found.st_mtime_ns, found.st_size, found.st_ino


def _stamp_of(path: str) -> _Stamp | None:
    try:
        status = _status(path)
        content = Path(path).read_bytes()
    except OSError:
        return None
    return _Stamp(status, hashlib.blake2b(content, digest_size=16).digest())
