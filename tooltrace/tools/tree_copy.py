"""Folders copied, compared by digest and made equal, without ever following a link.

Permissions count, times and owners do not. A file is replaced whole, under a temporary name first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["copy_tree", "digest_tree", "keep_on_disk", "make_equal"]

_PERMISSIONS = 0o777
_CHUNK = 1 << 20


def digest_tree(root: Path) -> str:
    """SHA-256 over sorted paths, kinds, permissions and contents; of nothing for a missing root.

    Raises OSError for what cannot be read, ValueError for devices, pipes and sockets.
    """
    whole = hashlib.sha256()
    for path, info in _walk(root):
        name = os.fsencode(path.relative_to(root))
        kind, content = _content(path, info)
        mode = 0 if kind == b"l" else info.st_mode & _PERMISSIONS
        head = b"%s %o %d %d " % (kind, mode, len(name), len(content))
        whole.update(head + name + content)
    return whole.hexdigest()


def copy_tree(source: Path, target: Path) -> None:
    """A private copy that is on the disk when this returns; ``target`` must not exist yet."""
    target.mkdir(mode=0o700)
    folders: list[tuple[Path, int]] = []
    for path, info in _walk(source):
        copy = target / path.relative_to(source)
        if stat.S_ISLNK(info.st_mode):
            copy.symlink_to(path.readlink())
        elif stat.S_ISDIR(info.st_mode):
            copy.mkdir(mode=0o700)
            folders.append((copy, info.st_mode & _PERMISSIONS))
        else:
            _copy_file(path, copy, info.st_mode & _PERMISSIONS)
            keep_on_disk(copy)
    # Last, and from below: a folder may be closed to writing.
    for folder, mode in reversed(folders):
        keep_on_disk(folder)
        folder.chmod(mode)
    keep_on_disk(target)


def make_equal(source: Path | None, target: Path) -> None:
    """Change ``target`` until it holds what ``source`` does, or nothing; its own mode stays."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_equal(source, target)


def keep_on_disk(path: Path) -> None:
    """Return when a file or a folder's list of names is on the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except PermissionError:
        return  # Written by us, then closed to reading, as the original is.
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below, parents first, in the order of the names' bytes."""
    if not os.path.lexists(root):
        return
    with os.scandir(root) as found:
        entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    for entry in entries:
        path, info = root / entry.name, entry.stat(follow_symlinks=False)
        if not (stat.S_ISREG(info.st_mode) or stat.S_ISDIR(info.st_mode) or entry.is_symlink()):
            raise ValueError(f"{path} is neither a file, a folder nor a link")
        yield path, info
        if stat.S_ISDIR(info.st_mode):
            yield from _walk(path)


def _content(path: Path, info: os.stat_result) -> tuple[bytes, bytes]:
    if stat.S_ISLNK(info.st_mode):
        return b"l", os.fsencode(path.readlink())
    if stat.S_ISDIR(info.st_mode):
        return b"d", b""
    with path.open("rb") as file:
        return b"f", hashlib.file_digest(file, "sha256").digest()


def _copy_file(source: Path, target: Path, mode: int) -> None:
    with source.open("rb") as original, os.fdopen(_private(target), "wb") as copy:
        shutil.copyfileobj(original, copy, _CHUNK)
    target.chmod(mode)


def _private(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)


def _make_equal(source: Path | None, target: Path) -> None:
    wanted = {} if source is None else {path.name: path for path in source.iterdir()}
    mode = target.stat().st_mode & _PERMISSIONS
    target.chmod(mode | 0o700)
    for present in list(target.iterdir()):
        original = wanted.get(present.name)
        if original is None or not _same_kind(original, present):
            _remove(present)
    for name, original in wanted.items():
        _put(original, target / name)
    target.chmod(mode)


def _put(original: Path, present: Path) -> None:
    """One entry, where nothing or something of its kind is now."""
    info = original.lstat()
    mode = info.st_mode & _PERMISSIONS
    if stat.S_ISDIR(info.st_mode):
        present.mkdir(mode=0o700, exist_ok=True)
        _make_equal(original, present)
        present.chmod(mode)
    elif stat.S_ISLNK(info.st_mode):
        if not os.path.lexists(present) or present.readlink() != original.readlink():
            present.unlink(missing_ok=True)
            present.symlink_to(original.readlink())
    elif os.path.lexists(present) and _same_content(original, present):
        present.chmod(mode)
    else:
        partial = present.with_name(f".{os.getpid()}-{id(present):x}.partial")
        _copy_file(original, partial, mode)
        partial.replace(present)


def _same_kind(one: Path, other: Path) -> bool:
    return stat.S_IFMT(one.lstat().st_mode) == stat.S_IFMT(other.lstat().st_mode)


def _same_content(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        return _sum(left) == _sum(right)


def _sum(file: Any) -> bytes:
    return hashlib.file_digest(file, "sha256").digest()


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    _make_equal(None, path)
    path.rmdir()
