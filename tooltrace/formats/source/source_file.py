"""A file of another program, read as UTF-8 piece by piece and never written.

Gzip and zip are unpacked as they are read, within limits; UTF-16 and a byte order mark are turned
into plain UTF-8. A file that ends in the middle gives what came before.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO

from tooltrace.core.model.errors import BadImport
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.formats.source.json_parts import LONGEST, JsonPart, decode, json_parts, outer_keys
from tooltrace.formats.source.unpacked import Allowance, gunzipped

__all__ = ["PAUSE", "SourceFile"]

PAUSE = b"\n"
"""What ``lines`` gives, while a file is followed, where there is no more for now."""

HEAD = 64 << 10
_CHUNK = 1 << 20
_QUIET = 2.0
"""Seconds without a change after which nobody is taken to write the file now."""

_BESIDE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,150}")


class SourceFile:
    """A file to import; ``name`` is fit to be shown.

    ``problems`` collects what is wrong with it, in words. Raises BadImport when it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = one_line(path.name)
        self.problems: list[str] = []
        try:
            found = path.stat()
            if stat.S_ISDIR(found.st_mode):
                raise BadImport(f"{self._shown} is a folder: name a file in it")
            if not stat.S_ISREG(found.st_mode):
                raise BadImport(f"{self._shown} is not a regular file")
            with path.open("rb") as file:
                self._start = file.read(4)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise BadImport(f"{self._shown} cannot be opened: {(why or '').lower()}") from error
        self.size = found.st_size
        self._modified = found.st_mtime
        self.is_zip = self._start == b"PK\x03\x04"
        self.head = b"" if self.is_zip else self._head()

    @property
    def _shown(self) -> str:
        return one_line(str(self.path))

    @property
    def modified(self) -> float:
        """When it was changed last, in seconds since 1970."""
        return self._modified

    @property
    def quiet(self) -> bool:
        """Whether nobody has written to it in the last two seconds."""
        try:
            self._modified = self.path.stat().st_mtime
        except OSError:
            return True
        return abs(time.time() - self._modified) > _QUIET

    @property
    def can_follow(self) -> bool:
        """Whether what is added to it can be read as it comes: not in what is packed or UTF-16."""
        return not (self.is_zip or _is_gzip(self._start) or _utf16(self._start))

    def beside(self, *names: str) -> SourceFile | None:
        """The file of that name in the same folder, or below it; None where there is none.

        Names come from the file itself: what would lead elsewhere is no name.
        """
        if not all(_BESIDE.fullmatch(name) for name in names):
            return None
        path = self.path.parent.joinpath(*names)
        if path.is_symlink() or not path.is_file():
            return None
        return SourceFile(path)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the outermost objects that its beginning shows: its own, or its elements'."""
        return outer_keys(self.head)

    @cached_property
    def first(self) -> JsonValue:
        """The value of its first line; None where that is no JSON, or is longer than its head."""
        try:
            return decode(self.head.lstrip().split(b"\n", 1)[0].strip())
        except (ValueError, RecursionError):
            return None

    @property
    def is_array(self) -> bool:
        """Whether it is one JSON array."""
        return self.head.lstrip().startswith(b"[")

    # -- text -------------------------------------------------------------------------------

    def _head(self) -> bytes:
        found = b""
        for chunk in self.chunks(HEAD):
            found += chunk
            if len(found) >= HEAD:
                break
        self.problems.clear()
        return found[:HEAD]

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """All of it as UTF-8, without a byte order mark. Raises BadImport."""
        try:
            with self.path.open("rb") as file:
                yield from self._decoded(self._unpacked(file, size))
        except OSError as error:
            raise BadImport(f"{self._shown} cannot be read: {error.strerror}") from error

    def _unpacked(self, file: IO[bytes], size: int) -> Iterator[bytes]:
        chunks = iter(lambda: file.read(size), b"")
        if not _is_gzip(self._start):
            return chunks
        return gunzipped(chunks, Allowance(self._shown, self.size), self.problems)

    def _decoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        first = b""
        for chunk in chunks:
            first += chunk
            if len(first) >= 4:
                break
        if encoding := _utf16(first):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            yield _as_utf8(decoder.decode(first)).removeprefix(codecs.BOM_UTF8)
            for chunk in chunks:
                yield _as_utf8(decoder.decode(chunk))
            return
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks

    def lines(self, follow: bool = False) -> Iterator[bytes]:
        """The lines that say anything, without their ends.

        With ``follow`` it gives PAUSE at the end of what there is, and goes on when asked again;
        without, a last line that has no end is given too. Raises BadImport.
        """
        rest: list[bytes] = []
        held = 0
        for chunk in self._followed() if follow else self.chunks():
            if chunk is PAUSE:
                if rest and self.quiet:
                    yield from filter(None, [b"".join(rest).strip()])
                    rest, held = [], 0
                yield PAUSE
                continue
            *whole, last = chunk.split(b"\n")
            if whole:
                rest.append(whole[0])
                whole[0] = b"".join(rest)
                for line in whole:
                    if line := line.strip():
                        yield line
                rest, held = [], 0
            if last:
                rest.append(last)
                held += len(last)
                if held > LONGEST:
                    raise BadImport(f"{self._shown} has a line of more than {LONGEST >> 20} MB")
        yield from filter(None, [b"".join(rest).strip()])

    def _followed(self) -> Iterator[bytes]:
        begun = False
        try:
            with self.path.open("rb", buffering=0) as file:
                while True:
                    while chunk := file.read(_CHUNK):
                        yield chunk if begun else chunk.removeprefix(codecs.BOM_UTF8)
                        begun = True
                    yield PAUSE
                    if os.fstat(file.fileno()).st_size < file.tell():
                        raise BadImport(f"{self._shown} was cut meanwhile: open it again")
        except OSError as error:
            raise BadImport(f"{self._shown} cannot be read: {error.strerror}") from error

    def parts(self, split: tuple[str, ...] = ()) -> Iterator[JsonPart]:
        """The members of the JSON value that the file is (see ``json_parts``)."""
        yield from json_parts(self.chunks(), split, self.problems)

    # -- zip --------------------------------------------------------------------------------

    def entries(self) -> list[str]:
        """The names in a zip. Raises BadImport."""
        with self._zip() as archive:
            return archive.namelist()

    def entry(self, name: str) -> Iterator[bytes]:
        """One file of a zip, piece by piece. Raises BadImport."""
        try:
            with self._zip() as archive, archive.open(name) as file:
                allowed = Allowance(self._shown, max(1, archive.getinfo(name).compress_size))
                while chunk := file.read(_CHUNK):
                    allowed.take(len(chunk))
                    yield chunk
        except (zipfile.BadZipFile, KeyError, EOFError, zlib.error) as error:
            self.problems.append(f"{one_line(name)} in it is damaged: {one_line(str(error))}")
        except (NotImplementedError, RuntimeError) as error:
            raise BadImport(
                f"{self._shown}: {one_line(name)} in it cannot be unpacked here: {error}"
            ) from error

    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise BadImport(
                f"{self._shown} is no whole zip file: {one_line(str(error))}"
            ) from error


def _is_gzip(start: bytes) -> bool:
    return start.startswith(b"\x1f\x8b")


def _utf16(start: bytes) -> str | None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0" and start[:1] in (b"{", b"["):
        return "utf-16-le"
    if start[:1] == b"\0" and start[1:2] in (b"{", b"["):
        return "utf-16-be"
    return None


def _as_utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
