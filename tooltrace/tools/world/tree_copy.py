"""Folders copied, compared by digest and made equal: by descriptor, without ever following a link.

Permissions count, times and owners do not. A file is replaced whole, under a temporary name first.
A link counts as where it says it leads, and is refused where that is not inside the folder: a copy
of it would still lead to what it was copied from, or to anything else.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping

from tooltrace.tools.world.folder import Folder, write_all
from tooltrace.tools.world.sqlite_rollback import refuse_deletion

__all__ = ["check_links", "copy_tree", "digest_tree", "make_equal"]

_PERMISSIONS = 0o777
_MOST_LINKS = 40

Entry = tuple[str, Folder, str, os.stat_result]
"""A path below the root, the open folder that it is in, its name there, and its status."""


def digest_tree(root: Folder | None) -> str:
    """SHA-256 over sorted paths, kinds, permissions and contents; of nothing without a root.

    Raises OSError for what cannot be read, ValueError for a link that leads out of the root, for a
    journal that would delete something else, and for devices, pipes and sockets.
    """
    whole = hashlib.sha256()
    links: dict[str, str] = {}
    for path, folder, name, info in _walk(root):
        assert root is not None
        refuse_deletion(root, folder, name, info)
        kind, content = _content(folder, name, info)
        if kind == b"l":
            links[path] = os.fsdecode(content)
        mode = 0 if kind == b"l" else info.st_mode & _PERMISSIONS
        shown = os.fsencode(path)
        whole.update(b"%s %o %d %d " % (kind, mode, len(shown), len(content)) + shown + content)
    if root is not None:
        _refuse_leading_out(root, links)
    return whole.hexdigest()


def copy_tree(source: Folder | None, target: Folder) -> None:
    """A private copy that is on the disk when this returns; ``target`` is a new, empty folder."""
    for name in [] if source is None else source.names():
        assert source is not None
        info = source.status(name)
        if stat.S_ISLNK(info.st_mode):
            target.put_link(name, source.link(name))
        elif _is_folder(source, name, info):
            with source.below(name) as inside, target.made(name) as copy:
                copy_tree(inside, copy)
                # Last, and from below: a folder may be closed to writing.
                os.fchmod(copy.fd, info.st_mode & _PERMISSIONS)
        else:
            _copy_file(source, name, target, name, info, durable=True)
    target.sync()


def make_equal(source: Folder | None, target: Folder) -> None:
    """Change ``target`` until it holds what ``source`` does, or nothing; its own mode stays."""
    wanted = set() if source is None else set(source.names())
    mode = target.status().st_mode & _PERMISSIONS
    os.fchmod(target.fd, mode | 0o700)
    for name in target.names():
        if source is None or name not in wanted or not _same_kind(source, target, name):
            target.remove(name)
    for name in sorted(wanted, key=os.fsencode):
        assert source is not None
        _put(source, target, name)
    os.fchmod(target.fd, mode)


def check_links(root: Folder, without: Collection[str] = (), *, hard: bool = False) -> None:
    """Raise ValueError for a link in a folder that leads out of it; what ``without`` names is out.

    So does a journal that lets SQLite delete a file of somewhere else.

    With ``hard`` also for a file that has another name somewhere else: to write into the one is to
    write into the other.
    """
    links: dict[str, str] = {}
    names: Counter[tuple[int, int]] = Counter()
    shared: dict[tuple[int, int], tuple[str, int]] = {}
    for path, folder, name, info in _walk(root, without, every_kind=True):
        refuse_deletion(root, folder, name, info)
        if stat.S_ISLNK(info.st_mode):
            links[path] = folder.link(name)
        elif info.st_nlink > 1 and stat.S_ISREG(info.st_mode):
            names[info.st_dev, info.st_ino] += 1
            shared[info.st_dev, info.st_ino] = path, info.st_nlink
    _refuse_leading_out(root, links, without)
    for file, (path, count) in shared.items() if hard else ():
        if names[file] < count:
            raise ValueError(
                f"{root.path / path} is a file of somewhere else, too (a hard link): "
                "put a copy of it in its place"
            )


def _walk(
    folder: Folder | None, without: Collection[str] = (), at: str = "", *, every_kind: bool = False
) -> Iterator[Entry]:
    """Everything below, parents first, in the order of the names' bytes."""
    for name in [] if folder is None else folder.names():
        assert folder is not None
        if name in without:
            continue
        info = folder.status(name)
        is_folder = stat.S_ISDIR(info.st_mode) if every_kind else _is_folder(folder, name, info)
        yield at + name, folder, name, info
        if is_folder:
            with folder.below(name) as inside:
                yield from _walk(inside, (), f"{at}{name}/", every_kind=every_kind)


def _is_folder(folder: Folder, name: str, info: os.stat_result) -> bool:
    """Whether it is one, and no file or link. Raises ValueError for anything else."""
    kind = stat.S_IFMT(info.st_mode)
    if kind not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise ValueError(f"{folder.path / name} is neither a file, a folder nor a link")
    return kind == stat.S_IFDIR


def _content(folder: Folder, name: str, info: os.stat_result) -> tuple[bytes, bytes]:
    if stat.S_ISLNK(info.st_mode):
        return b"l", os.fsencode(folder.link(name))
    if stat.S_ISDIR(info.st_mode):
        return b"d", b""
    return b"f", _sum(folder, name, info)


def _copy_file(
    source: Folder,
    name: str,
    target: Folder,
    copied: str,
    info: os.stat_result,
    *,
    durable: bool = False,
) -> None:
    with target.writing(copied) as copy:
        for chunk in source.chunks(name, info):
            write_all(copy, chunk)
        os.fchmod(copy.fileno(), info.st_mode & _PERMISSIONS)
        if durable:
            os.fsync(copy.fileno())


def _put(source: Folder, target: Folder, name: str) -> None:
    """One entry, where nothing or something of its kind is now."""
    info, present = source.status(name), target.find(name)
    mode = info.st_mode & _PERMISSIONS
    if _is_folder(source, name, info):
        target.made(name).close()
        with source.below(name) as original, target.opened_up(name) as inside:
            make_equal(original, inside)
            os.fchmod(inside.fd, mode)
    elif stat.S_ISLNK(info.st_mode):
        if present is None or target.link(name) != source.link(name):
            target.remove_file(name)
            target.put_link(name, source.link(name))
    elif present is None or not _same_file(source, info, target, present, name):
        partial = f".{secrets.token_hex(8)}.partial"
        try:
            _copy_file(source, name, target, partial, info)
            target.rename(partial, name)
        except BaseException:
            target.remove_file(partial)
            raise


def _same_kind(source: Folder, target: Folder, name: str) -> bool:
    one, other = source.status(name).st_mode, target.status(name).st_mode
    return stat.S_IFMT(one) == stat.S_IFMT(other)


def _same_file(
    source: Folder, info: os.stat_result, target: Folder, present: os.stat_result, name: str
) -> bool:
    """Whether the contents are equal, and with them the permissions now."""
    if info.st_size != present.st_size:
        return False
    try:
        if _sum(source, name, info) != _sum(target, name, present):
            return False
        mode = info.st_mode & _PERMISSIONS
        if present.st_mode & _PERMISSIONS != mode:
            if present.st_nlink > 1:
                return False  # Its other names keep theirs: this one becomes another file.
            with target.opened(name) as fd:
                os.fchmod(fd, mode)
    except PermissionError:
        return False
    return True


def _sum(folder: Folder, name: str, info: os.stat_result) -> bytes:
    whole = hashlib.sha256()
    for chunk in folder.chunks(name, info):
        whole.update(chunk)
    return whole.digest()


def _refuse_leading_out(
    root: Folder, links: Mapping[str, str], without: Collection[str] = ()
) -> None:
    """Raise ValueError for the first link that leads out of the root, in one step or in several."""
    # Where capitals do not count, a link may be meant by another name than its own.
    folded = {_folded(path): target for path, target in links.items()}
    for path, target in links.items():
        if _leads_out(path, target, links, str, without) or _leads_out(
            path, target, folded, _folded, without
        ):
            raise ValueError(
                f"{root.path / path} is a link to {target}, which leads out of {root.path}: "
                "put in its place what it leads to, or a relative link to something inside"
            )


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _leads_out(
    path: str,
    target: str,
    links: Mapping[str, str],
    fold: Callable[[str], str],
    without: Collection[str],
) -> bool:
    """Go where the link leads as the system would, from one real folder to the next."""
    at = path.split("/")[:-1]
    rest = deque(target.split("/"))
    followed = 0
    if target.startswith("/"):
        return True
    while rest:
        part = rest.popleft()
        if part in ("", "."):
            continue
        if part == "..":
            if not at:
                return True
            at.pop()
            continue
        at.append(part)
        if fold(at[0]) in without:
            return True
        next_link = links.get(fold("/".join(at)))
        if next_link is not None:
            followed += 1
            if next_link.startswith("/"):
                return True
            if followed > _MOST_LINKS:
                return False  # In circles: it leads nowhere.
            at.pop()
            rest.extendleft(reversed(next_link.split("/")))
    return False
