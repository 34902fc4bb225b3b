"""Session files that nobody would make on purpose, and some that somebody would."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tooltrace.core.model import events as e
from tooltrace.store.lines import encode

__all__ = ["NASTY", "altered", "hostile_files"]

AT = "2026-11-23T13:00:00.000Z"
NASTY: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**70,
    1e308,
    "",
    "\x1b]52;c;aGVsbG8=\x07\x1b[2J",
    "[@click=app.quit]x[/]",
    "\ud800 \u202e \x00 \x9b31m",
    "../../etc/passwd",
    [],
    {},
    [[[[[[]]]]]],
    {"type": "tool_use", "name": 5, "input": "x"},
    [{"type": "tool_use"}, "text", 7, None, {"type": "text", "text": None}],
    "x" * 5000,
)


def altered(lines: list[bytes], draw: random.Random) -> bytes:
    """A session whose lines are good JSON, with a few values that are not what they should be."""
    records = [json.loads(line) for line in lines]
    for _ in range(draw.randint(1, 4)):
        record = draw.choice(records)
        where: Any = record
        while True:
            keys = list(where) if isinstance(where, dict) else list(range(len(where)))
            key = draw.choice(keys)
            inner = where[key]
            if isinstance(inner, dict | list) and inner and draw.random() < 0.85:
                where = inner
                continue
            if draw.random() < 0.2 and isinstance(where, dict):
                del where[key]
            else:
                where[key] = draw.choice(NASTY)
            break
    for record in records:
        record.pop("crc", None)
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def hostile_files(folder: Path, lines: list[bytes]) -> dict[str, Path]:
    """Each fault in a file of its own, made from the lines of a real session."""
    whole = b"".join(lines)
    middle = len(lines) // 2
    last = json.loads(lines[-1])["id"]

    def spoilt(at: int, line: bytes) -> bytes:
        return b"".join([*lines[:at], line, *lines[at + 1 :]])

    def and_then(*events: e.Event, parent: int | None = None) -> bytes:
        after = last if parent is None else parent
        more = [
            e.Record(last + 1 + n, after + n, AT, "live", event) for n, event in enumerate(events)
        ]
        return whole + b"".join(map(encode, more))

    started = lines[: next(n for n, line in enumerate(lines) if b"tool_started" in line) + 1]
    uses = [{"type": "tool_use", "id": "a", "name": text, "input": {"x": text}} for text in TEXTS]
    files = {
        "empty": b"",
        "blank": b"\n \n\r\n",
        "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        "other json": b'{"messages":[]}\n{"messages":[]}\n',
        "array": json.dumps([{"role": "user"}] * 9, indent=1).encode(),
        "half a line": lines[0][:80],
        "torn": whole[:-30],
        "no last newline": whole[:-1],
        "spliced": b"".join([*lines[:middle], lines[middle][:60] + lines[middle + 1]]),
        "hole": spoilt(middle, b"\x00" * 400 + b"\n"),
        "not utf-8": spoilt(middle, lines[middle][:90] + b"\xff\xfe" + lines[middle][92:]),
        "controls": spoilt(middle, lines[middle][:90] + b"\x1b[2J\x07" + lines[middle][96:]),
        "deep": spoilt(middle, b'{"id":' + b"[" * 100_000 + b"\n"),
        "digits": spoilt(middle, b'{"id":' + b"9" * 6000 + b"}\n"),
        "no root": b"".join(lines[1:]),
        "twice": whole + whole,
        "backwards": b"".join(reversed(lines)),
        "crlf and bom": b"\xef\xbb\xbf" + whole.replace(b"\n", b"\r\n"),
        "flipped": spoilt(middle, lines[middle].replace(b'"at"', b'"bt"')),
        "newer": whole.replace(b'"format":1', b'"format":9').replace(
            b'"event":{', b'"event":{"format":9,', 1
        ),
        "no result": b"".join(started),
        "unknown event": and_then(e.Unknown("time_travelled", {"to": 1885})),
        "two results": and_then(
            e.ToolReturned(e.CallRef(5, 0), "again"), e.ToolReturned(e.CallRef(5, 0), "and again")
        ),
        "orphan result": and_then(e.ToolReturned(e.CallRef(10**9, 7), "whose?")),
        "far away": whole + encode(e.Record(10**15, last, AT, "live", e.UserSaid("far"))),
        "own parent": whole
        + encode(e.Record(last + 1, last, AT, "live", e.UserSaid("x"))).replace(
            b'"parent":%d' % last, b'"parent":%d' % (last + 1)
        ),
        "huge line": and_then(e.UserSaid("x" * 1_000_000)),
        "texts": and_then(
            *(e.UserSaid(text) for text in TEXTS),
            e.ModelReplied({"content": uses, "stop_reason": "tool_use", "usage": {}}),
            e.ToolReturned(e.CallRef(last + len(TEXTS) + 1, 0), "\n".join(TEXTS), is_error=True),
            e.Transitioned(TEXTS[0], reason=TEXTS[1]),
            e.Forked(TEXTS[2]),
            e.RunFinished("failed", TEXTS[3]),
        ),
    }
    paths = {}
    for name, data in files.items():
        paths[name] = folder / f"{name.replace(' ', '-')}.jsonl"
        paths[name].write_bytes(data)
    paths["name"] = folder / "a\x1b]0;owned\x07\u202eb.jsonl"
    paths["name"].write_bytes(whole)
    paths["folder"] = folder / "folder.jsonl"
    paths["folder"].mkdir()
    paths["link"] = folder / "link.jsonl"
    paths["link"].symlink_to(folder / "nowhere")
    paths["missing"] = folder / "missing.jsonl"
    return paths


TEXTS = (
    "a\x1b[31mred\x1b[2Jb",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]0;owned\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "\x9b31m\x9d0;owned\x9c",
    "[@click=app.quit]press[/]",
    "[/] [bold red",
    "abc\u202edef\u2066ghi",
    "x\ud800y\udfffz",
    "a\x00b\x07\x08\x7f",
    "\r\x0b\x0c\x85\u2028\u2029",
    "\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^y\x1b\\",
    "x" * 1_000_000,
)
