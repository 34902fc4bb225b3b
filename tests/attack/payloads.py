"""Text from outside that a terminal, or a screen's markup, might obey: in every place it gets to.

Each payload stands in every field of a session and in its file's name. That session goes through
the commands, once into pipes and once on a real terminal, and through the app: the home screen, the
panes, the dialogs, a toast. Nothing but what the app itself sends may reach the terminal.

- **escape**, **insides**, **line**, **json**, **code**: see ``commands``.
- **raw**: a sequence that is not the app's own reached the terminal.
- **obeyed**: a text that names an action, or looks like markup, was not shown as it is.
- **ended**, **terminal**: the app ended by itself, or did not give the terminal back.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.attack.commands import misbehaved, run, warm
from tests.attack.findings import Finding
from tests.attack.forks import in_forks
from tests.cli.hostile import TEXTS
from tests.terminal.pty_app import PtyApp, assert_clean
from tests.tui.app.test_hostile import session_of
from tests.tui.tui_support import HOSTILE
from tooltrace.store.journal import Journal

__all__ = ["PAYLOADS", "attack", "try_payload"]

SECONDS = 180.0
PATIENCE = 40.0
LONGEST = 4_000
ESCAPE = "escape spelled out"

_CSI = (
    "2J 3J 1;1H ?1049l ?1049h ?1000h ?1003h ?2004h ?25l 4h 20h 5;10r s u 6n 5n c >c >q =c 21t 20t "
)
_CSI += (
    "18t 8;5;5t 3;1;1t 5i 4i !p 1$r ?5h 31m 8m 99999999999m 1;2;3;4;5;6;7;8;9m >4;2m <u ?u 2@ 9X"
)
_OSC: tuple[str, ...] = (
    "0;owned",
    "1;owned",
    "2;owned",
    "4;1;rgb:00/00/00",
    "7;file://evil/x",
    "8;;https://evil.example",
)
_OSC += ("9;4;1;50", "10;?", "11;#000000", "12;red", "50;SetProfile=x", "52;c;aGVsbG8=", "52;c;?")
_OSC += (
    "104",
    "112",
    "133;A",
    "777;notify;a;b",
    "1337;File=inline=1:aGk=",
    "1337;ClearScrollback",
    "22;x",
)
_STRINGS: tuple[str, ...] = (
    "P+q544e",
    "P$qm",
    "Ptmux;\x1b\x1b]52;c;aGk=\x07",
    "Pq#0;2;0;0;0~",
    "P0;1|17/aa",
    "_Gi=1;AAAA",
)
_STRINGS += ("^pm", "Xsos")
_SHORT = (
    "\x1bc",
    "\x1b#8",
    "\x1b(0",
    "\x1b=",
    "\x1b>",
    "\x1bD",
    "\x1bM",
    "\x1bE",
    "\x1b7\x1b8",
    "\x1bN",
    "\x1b",
)
_MARKUP = (
    "[@click=app.quit]press[/]",
    "[@click=screen.dismiss]x[/@click]",
    "[link=https://evil.example]x[/link]",
    "[bold red on white]loud[/]",
    "[/bold]",
    "[[/]]",
    "[$error]theme[/$error]",
    "[b][i][u]nested",
    "\\[escaped]",
    ":skull: [blink]x",
    "[#ff0000]hex[/]",
    "{0} %s $HOME `id`",
)
_CODES = (
    *(
        0x00,
        0x05,
        0x07,
        0x08,
        0x0B,
        0x0C,
        0x0D,
        0x0E,
        0x0F,
        0x7F,
        0x84,
        0x85,
        0x8D,
        0x90,
        0x98,
        0x9B,
    ),
    *(0x9C, 0x9D, 0x9E, 0x9F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200D, 0x200F, 0x2028, 0x202E, 0x2066),
    *(0x2069, 0xE000, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFE, 0x1D173, 0xE0001, 0xE0041, 0xE0100, 0x10FFFF),
    *(0xD800, 0xDC1B, 0xDFFF, 0x378),
)
PAYLOADS: tuple[str, ...] = (
    *(f"a\x1b[{one}b" for one in _CSI.split()),
    *(f"\x1b]{one}{end}" for one, end in zip(_OSC, ["\x07", "\x1b\\", "\x9c"] * 9, strict=False)),
    *(f"\x1b{one}\x1b\\" for one in _STRINGS),
    *_SHORT,
    *_MARKUP,
    *(f"a{chr(code)}b{chr(code)}[2Jc" for code in _CODES),
    *(text for text in (*HOSTILE.values(), *TEXTS) if len(text) < LONGEST),
    "\x9b2J\x9d0;owned\x9c\x90q\x9c",
    "\u009b31m".encode().decode("latin-1"),
    "".join(map(chr, range(1, 32))),
    "".join(map(chr, range(127, 160))),
    "e" + "\u0301" * 300,
    "👩‍👩‍👧‍👦" * 20,
    "\u202e" * 50 + "txt.exe",
)


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many payloads: each once before any comes again, with another one beside it."""
    warm()
    return in_forks(try_payload, range(seed, seed + size), SECONDS)


def try_payload(seed: int, folder: Path) -> list[Finding]:
    """One payload, everywhere."""
    payload = PAYLOADS[seed % len(PAYLOADS)]
    if seed >= len(PAYLOADS) and Random(seed).random() < 0.5:
        payload += Random(seed).choice(PAYLOADS)
    found = [*_app(payload, folder, Random(seed)), *_commands(payload, folder)]
    return [Finding(kind, f"{payload[:80]!r}: {text}", seed) for kind, text in found]


def _name(payload: str) -> str | None:
    """A file's name with the payload in it; None where no file can have it."""
    name = f"s{payload}.jsonl".replace("/", "_")
    with suppress(UnicodeEncodeError):
        if "\0" not in name and len(os.fsencode(name)) < 250:
            return name
    return None


def _session(payload: str, folder: Path) -> Path:
    path = folder / (_name(payload) or "s.jsonl")
    with Journal.create(path) as journal:
        session_of(payload, journal)
        journal.sync()
    return path


def _commands(payload: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Every command that reads the session, and what it says of names that are not there."""
    path = next(folder.glob("s*.jsonl"))
    looks: list[tuple[object, ...]] = [
        *(("show", path), ("show", path, "--json"), ("show", path, "--requests"), ("list",)),
        *(("check", path), ("check", path, "--json"), ("diff", path, path, "--all")),
        *(("coverage", path), ("scenario", path), ("prune", path), ("list", "--json")),
        ("resample", path, "--workflow", "refund"),
    ]
    # No person can type these, and no system hands them over.
    if "\0" not in payload and _name(payload):
        looks += [
            *(("show", payload), ("check", payload), ("run", payload, "--headless"), (payload,)),
            *(("run", f"{payload}.py", "--headless"), ("run", f"x:{payload}", "--headless")),
            ("run", "refund", "--headless", "--break", payload),
            ("run", "refund", "--headless", "--scenario", payload),
            ("run", "refund", "--headless", "--session", folder / "none" / payload),
            *(("diff", f"{path}@{payload}", path), ("scenario", path, "-o", path)),
            *(("resample", path, "--workflow", payload), ("show", f"--{payload}")),
        ]
    for arguments in looks:
        yield from misbehaved(run(folder, *arguments))


def _app(payload: str, folder: Path, random: Random) -> Iterator[tuple[str, str]]:
    """The home screen, the session, its panes and dialogs; and a table on the same terminal."""
    path = _session(payload, folder)
    # A copy that no terminal is known to take is put in a file.
    env = {"TOOLTRACE_SESSIONS": str(folder), "TMPDIR": str(folder)}
    seen: list[str] = []
    with PtyApp(cwd=folder, size=(130, 40), env=env) as app:
        try:
            app.wait("enter on a workflow", PATIENCE)
            seen.append(app.text)
            app.press("end", "enter")
            app.wait("1 Conversation", PATIENCE)
            for key in _keys(random):
                seen.append(_after(app, key))
            for key in (ESCAPE, ESCAPE, "1"):
                _after(app, key)
            if app.process.poll() is not None:
                yield "ended", f"with {app.process.returncode}"
            app.press("q")
            app.wait(
                lambda text: "enter on a workflow" in text or app.process.poll() is not None,
                PATIENCE,
            )
            app.press("q")
            app.ended(0, PATIENCE)
        except (AssertionError, OSError) as error:
            yield "ended", f"{type(error).__name__}: {str(error)[:1500]}"
        with suppress(AssertionError):
            yield from _given_back(app)
        yield from _clean(app, bells="\x07" not in payload)
    if payload.isascii() and payload.isprintable():
        flat = re.sub(r"\s+", "", " ".join(seen))
        if re.sub(r"\s+", "", payload[:14]) not in flat:
            yield "obeyed", "it is nowhere to be read as it is"
    command = random.choice(["show", "coverage", "check"])
    with PtyApp(command, str(path), cwd=folder, size=(130, 40), env=env) as app:
        app.end(PATIENCE)
        told = bytes(app.raw)
        hurts = b"\x1b" in _COLOUR.sub(b"", told)
        if hurts or ("\x1b" in payload and payload.encode("utf-8", "replace") in told):
            yield "raw", f"{command}: {told[:200]!r}"
        yield from _clean(app)


PANES = ("C", "2", "down", "3", "end", "up", "1", "pageup")
DIALOGS = (
    "enter",
    "y",
    "v",
    "?",
    "T",
    "ctrl+o",
    "/",
    "B",
    "r",
    "w",
    "d",
    "F",
    "e",
    "S",
    "x",
    "i",
    "M",
    "z",
)
MOST = 7


def _keys(random: Random) -> Iterator[str]:
    """The panes, and some of what opens over them; another choice for each payload."""
    yield from PANES
    for key in random.sample(DIALOGS, MOST):
        yield random.choice(["1", "2", "3"])
        yield key
        yield ESCAPE
    yield from (ESCAPE, "N", "N")


def _after(app: PtyApp, key: str) -> str:
    """What is on the screen once a key has done what it does."""
    app.press(key)
    app.heeded(PATIENCE)
    return app.text


def _given_back(app: PtyApp) -> Iterator[tuple[str, str]]:
    try:
        app.assert_restored()
    except AssertionError as error:
        yield "terminal", str(error)[:200]


def _clean(app: PtyApp, bells: bool = False) -> Iterator[tuple[str, str]]:
    """``bells`` says that the app may ring: at a key that does nothing where it is pressed."""
    raw = _COPIED.sub(_nothing_if_ours, bytes(app.raw))
    try:
        assert_clean(_BELL.sub(rb"\1", raw) if bells else raw)
    except (AssertionError, UnicodeDecodeError) as error:
        yield "raw", str(error)[:400]


_COLOUR = re.compile(rb"\x1b\[(?:[0-9]|[39][0-7])m")
"""How a command that prints and ends sets a colour, and puts it back."""

_BELL = re.compile(rb"(\x1b\][^\x1b\x07]*\x07)|\x07")
_COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")


def _nothing_if_ours(found: re.Match[bytes]) -> bytes:
    """What ``y`` copies goes to the clipboard on purpose, in letters that do nothing."""
    return found[0] if base64.b64decode(found[1]) in (b"hello", b"hi") else b""
