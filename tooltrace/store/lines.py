"""One record, one line: decoding what was encoded gives the record, and a line that cannot be read
is damage of that line only.

The envelope stands first on the line and the checksum last; between them is the event. Reading goes
through a fast decoder that refuses whatever it could not keep exactly, and then through the
standard one, whose word is final. Nothing here touches a file.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache, reduce
from json import JSONDecodeError
from json.encoder import encode_basestring_ascii
from typing import Any, get_args
from zlib import crc32

import msgspec
from msgspec import Struct, defstruct

from tooltrace.core.model.events import Event, Record, Source
from tooltrace.core.text.exact_json import depth_of, dumps, loads
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.store.event_codec import EVENTS, LINE_DEPTH, Fetch, event_of, nested, payload_text

__all__ = [
    "BOM",
    "MAX_ID",
    "Damaged",
    "FileProblem",
    "WarnedRecord",
    "assemble",
    "checksum_holds",
    "decode",
    "decode_fast",
    "encode",
    "printable",
]

BOM = b"\xef\xbb\xbf"

MAX_ID = 2**53
"""Ids above this are not taken: other readers of JSON would round them."""


class Damaged(Struct, frozen=True):
    """A line that is not a record. ``record`` and ``parent`` are what could still be made out."""

    why: str
    record: int | None = None
    parent: int | None = None


class FileProblem(Struct, frozen=True):
    """Something about the file that a person should know.

    ``line`` and ``last`` count from 1. ``record`` is the record it is about, if that is known;
    ``set_aside`` when the line gave no record.
    """

    line: int
    why: str
    record: int | None = None
    last: int | None = None
    set_aside: bool = False

    def __str__(self) -> str:
        where = f"lines {self.line} to {self.last}" if self.last else f"line {self.line}"
        return f"{where}: {self.why}{', set aside' if self.set_aside else ''}"


class WarnedRecord(Struct, frozen=True):
    """A record with a warning; ``altered`` when its checksum does not match its text."""

    record: Record
    why: str
    altered: bool = False


class _Line(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A line as the journal writes them, but for its event; ``type`` is the tag of its kind."""

    id: int
    parent: int | None
    at: str
    source: Source
    crc: str
    of: int | None = None


_KINDS = [
    defstruct(name, [("event", kind)], bases=(_Line,), tag_field="type", tag=name)
    for name, kind in EVENTS.items()
]
_SOURCES = frozenset(get_args(Source))
_OWN = frozenset({"type", "event", *_Line.__struct_fields__})
_CRC = b',"crc":"%08x"}'
_TAIL = len(_CRC % 0)
_SHORT = 2 * LINE_DEPTH
"""A line of so few bytes nests no deeper than it may: each level takes two."""
_BEGINNING = re.compile(rb'\{"id":(\d{1,16}),"parent":(?:(\d{1,16})|null),')
_whole = msgspec.json.Decoder(reduce(operator.or_, _KINDS)).decode


def encode(record: Record) -> bytes:
    """The record as a whole line, its newline included.

    Raises ValueError when it cannot be JSON, or when its numbers make no record.
    """
    return assemble(record, payload_text(record))


def assemble(record: Record, payload: str) -> bytes:
    """The line of a record whose event is the given JSON. Raises ValueError as ``encode`` does."""
    if not _is_id(record.id) or not (record.parent is None or _is_id(record.parent)):
        raise ValueError(f"#{record.id} after {record.parent} is no place for a record")
    parent = "null" if record.parent is None else record.parent
    kind = getattr(record.event, "type", "") or record.event.name
    around = record.envelope
    # Written out, not through an encoder: this is done for every record of every run.
    if around is None:
        what = _named(record.source, kind)
    else:
        what = f'"source":{_text(around.get("source", record.source))},"type":{_text(kind)}'
    head = f'{{"id":{record.id},"parent":{parent},"at":{_text(record.at)},{what}'
    if record.of is not None:
        head += f',"of":{record.of:d}'
    for name, value in (around or {}).items():
        if name not in _OWN or (name == "of" and record.of is None):
            head += f",{_text(name)}:{dumps(value, LINE_DEPTH)}"
    text = f'{head},"event":{payload}'.encode("ascii")
    return b"%b%b\n" % (text, _CRC % crc32(text))


def printable(line: bytes) -> bytes:
    """The line with no control character in it but its newline: JSON lets one stand as it is."""
    if b"\x7f" not in line:
        return line
    text = line[: -_TAIL - 1].replace(b"\x7f", b"\\u007f")
    return b"%b%b\n" % (text, _CRC % crc32(text))


@lru_cache(maxsize=256)
def _named(source: str, kind: str) -> str:
    return f'"source":{_text(source)},"type":{_text(kind)}'


def _text(value: object) -> str:
    """A string as JSON; other things only get here from files of another version."""
    return encode_basestring_ascii(value) if isinstance(value, str) else dumps(value)


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_ID


def decode(line: bytes, fetch: Fetch | None = None) -> Record | WarnedRecord | Damaged:
    """What a line holds; ``fetch`` gives payloads kept outside the file. Never raises."""
    if line[-1:] == b"\r":
        line = line[:-1]
    return decode_fast(line) or _decode_exactly(line.strip(b" \t\r").removeprefix(BOM), fetch)


def decode_fast(line: bytes) -> Record | None:
    """The record of a line as the journal writes them; None for anything less usual."""
    # Done for every line of a session before its first picture: a call saved here is 20,000 saved.
    if not line.endswith(_CRC % crc32(line[:-_TAIL])):
        return None
    if len(line) > _SHORT and _is_deep(line):
        return None
    try:
        whole: Any = _whole(line)
    except (ValueError, RecursionError):
        return None
    event: Event = whole.event
    if not 0 <= whole.id <= MAX_ID:
        return None
    record = Record(whole.id, whole.parent, whole.at, whole.source, event, whole.of)
    parts = nested(type(event))
    if parts and any(getattr(event, name) is not None for name in parts):
        return record if _is_written_as(record, line) else None
    return record


def _is_written_as(record: Record, line: bytes) -> bool:
    """Whether the record would be that very line, so that nothing of the line was left out."""
    try:
        return encode(record)[:-1] == line
    except ValueError:
        return False


def checksum_holds(line: bytes) -> bool:
    """Whether the line ends in the checksum of what stands before it."""
    return line.endswith(_CRC % crc32(line[:-_TAIL]))


def _is_deep(line: bytes) -> bool:
    """Whether the line nests deeper than it may; most open too little for it."""
    return line.count(b"{") + line.count(b"[") > LINE_DEPTH and depth_of(line) > LINE_DEPTH


def _decode_exactly(line: bytes, fetch: Fetch | None) -> Record | WarnedRecord | Damaged:
    try:
        fields = loads(line.decode("utf-8"), LINE_DEPTH)
    except (ValueError, RecursionError) as error:
        return _unreadable(line, error)
    wrong = _not_an_envelope(fields)
    if wrong:
        return Damaged(wrong, *_numbers(fields))
    warnings = []
    if "crc" not in fields:
        warnings.append("no checksum: written by hand?")
    altered = "crc" in fields and not checksum_holds(line)
    if altered:
        warnings.append("the checksum does not match: edited by hand?")
    around = {name: value for name, value in fields.items() if name not in _OWN}
    source, of = fields["source"], fields.get("of")
    if source not in _SOURCES:
        around["source"] = source
        warnings.append(f"the source {clip(one_line(source), 40)} is not known here")
        source = "recorded"
    if of is not None and not _is_id(of):
        around["of"] = of
        of = None
    event, extra = event_of(fields["type"], fields["event"], fetch)
    record = Record(
        fields["id"], fields["parent"], fields["at"], source, event, of, extra, around or None
    )
    return WarnedRecord(record, "; ".join(warnings), altered) if warnings else record


def _not_an_envelope(fields: Any) -> str:
    """Why parsed JSON is no record; empty when it is one."""
    if not isinstance(fields, dict):
        return "not a record"
    missing = [
        name for name in ("id", "parent", "at", "source", "type", "event") if name not in fields
    ]
    if missing:
        return f"not a record: no {missing[0]}"
    if not _is_id(fields["id"]):
        return "its id is not a number that a record can have"
    if fields["parent"] is not None and not _is_id(fields["parent"]):
        return "its parent is not the number of a record"
    for name in ("at", "source", "type"):
        if not isinstance(fields[name], str):
            return f"its {name} is not text"
    return ""


def _numbers(fields: Any) -> tuple[int | None, int | None]:
    if not isinstance(fields, dict):
        return None, None
    record, parent = fields.get("id"), fields.get("parent")
    return record if _is_id(record) else None, parent if _is_id(parent) else None


def _unreadable(line: bytes, error: Exception) -> Damaged:
    """Damage, with the id and parent that the beginning of the line still shows."""
    match error:
        case UnicodeDecodeError():
            why = f"not UTF-8 at byte {error.start + 1}"
        case JSONDecodeError() if line.startswith(b"{") and (
            not line.endswith(b"}") or error.pos >= len(error.doc)
        ):
            why = "incomplete"
        case JSONDecodeError():
            why = f"not JSON at character {error.pos + 1}"
        case _ if "digits" in str(error):
            why = "a number of too many digits"
        case _:
            why = clip(one_line(str(error)), 120)
    numbers = _BEGINNING.match(line)
    if numbers is None:
        return Damaged(why)
    record, parent = numbers.groups()
    return Damaged(why, int(record), None if parent is None else int(parent))
