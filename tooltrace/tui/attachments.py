"""Files that a person attaches to what is said: read into blocks, found in what was pasted.

A terminal pastes the path of a file that is dropped on it: quoted, with escaped blanks, as file://
or as it is. Only paths that begin at a root, a home or file:// count, and only of files there are.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from tooltrace.core.model.block_data import block_bytes
from tooltrace.core.model.content_blocks import Block, content_texts, placeholder
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import bytes_in_words, clip, one_line
from tooltrace.models.request.turns import MOST_MEDIA
from tooltrace.tools.functions.media import attached

__all__ = ["Attachment", "pasted_files", "read_attachment"]

_MOST_PASTED = 8000
"""Characters of a paste that may be paths; more is a text."""


class Attachment(Struct, frozen=True):
    """A block beside what is said; ``name`` is its file's, ``pasted`` the text it was pasted as."""

    block: Block
    name: str = ""
    pasted: str = ""

    def __str__(self) -> str:
        shown = placeholder(self.block)
        if self.block.get("type") == "text":
            shown = f"text: {clip(one_line(content_texts([self.block])[0]), 60)}"
        named = f"  {self.name}" if self.name and self.name not in shown else ""
        return f"{shown}{named}"


def read_attachment(path: Path, pasted: str = "") -> Attachment:
    """A file as a block. Raises BadCommand, in one line, for what no model takes."""
    name = one_line(path.name)
    try:
        if not path.is_file():  # Reading a pipe or a device might never end.
            what = "a folder" if path.is_dir() else "no file" if path.exists() else "not there"
            raise BadCommand(f"{name} is not attached: it is {what}")
        block = attached(path)
    except OSError as error:
        raise BadCommand(f"{name} is not attached: {error.strerror or error}") from error
    except ValueError as error:
        raise BadCommand(f"not attached: {error}") from error
    size, most = len(block_bytes(block) or b""), MOST_MEDIA[str(block["type"])]
    if size > most:
        takes = f"a model takes at most {most >> 20} MB"
        raise BadCommand(f"{name} is not attached: {bytes_in_words(size)}, {takes}")
    return Attachment(block, name, pasted)


def pasted_files(text: str) -> list[Path]:
    """The files that a pasted text is the paths of; none where any of it is something else."""
    said = text.strip()
    if not said or len(said) > _MOST_PASTED or "\0" in said:
        return []
    whole = _path(said)
    if whole is not None and _there(whole):
        return [whole]
    try:
        words = shlex.split(said)
    except ValueError:
        return []
    found = [_path(word) for word in words]
    paths = [path for path in found if path is not None and _there(path)]
    return paths if len(paths) == len(words) else []


def _path(word: str) -> Path | None:
    if word.startswith("file://"):
        try:
            parts = urlsplit(word)
        except ValueError:
            return None
        here = parts.netloc in ("", "localhost") and parts.path.startswith("/")
        # A question mark in a name is escaped by some and left by others.
        return Path(unquote(word[len("file://") + len(parts.netloc) :])) if here else None
    if not word.startswith(("/", "~/")):
        return None
    try:
        return Path(word).expanduser()
    except RuntimeError:
        return None


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
