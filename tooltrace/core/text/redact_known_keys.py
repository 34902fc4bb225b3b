"""Hide well-known kinds of keys, found by what they begin with (see ``known_keys``).

A key is told from words by where it stands: one with a short prefix, in
the middle of a very long run of letters, is taken for chance.

A search for the signs that end a prefix (``_``, ``-``, ``.``) tells almost always that there is
none; only then are the runs of characters that keys are made of looked at, one by one. Everything
takes time that is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tooltrace.core.text.known_keys import KINDS, Kind

__all__ = ["Mark", "Span", "hide_kinds", "hide_spans"]

Span = tuple[int, int, str]
"""Where a secret begins, where it ends, and what it is called."""

Mark = Callable[[str, str], str]
"""Gives what stands for a secret, from what it is called and what it is."""

RUN = 15
"""No kind of key has fewer characters of its alphabet in a row."""

_LONG = 200
"""In a run of more characters a short prefix that begins or ends nowhere is chance."""


# By the last three characters of the prefix, its sign included; and those without one.
_BY_END: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
_BARE: list[tuple[Kind, re.Pattern[str]]] = []
for _kind in KINDS:
    _entry = (_kind, re.compile(re.escape(_kind.prefix) + _kind.rest, re.ASCII))
    if _kind.prefix[-1] in "_-.":
        _BY_END.setdefault(_kind.prefix[-3:], []).append(_entry)
    else:
        _BARE.append(_entry)

_CLASS = bytes(ord("a") if chr(c).isalnum() or chr(c) in "_-.:" else 32 for c in range(128)) + (
    b" " * 128
)
_ENOUGH = b"a" * RUN


def _hook(sign: str) -> re.Pattern[str]:
    """Where a prefix that ends in this sign does, and what may be a key goes on.

    It begins with a character, for which a search is quick, and looks back from there: first for
    the last two letters of a prefix, because that is what fails most, then for all of it.
    """
    prefixes = {kind.prefix for kind in KINDS if kind.prefix[-1] == sign}
    glued = {kind.prefix for kind in KINDS if not kind.alone}
    behind = [f"(?<={re.escape(each)})" for each in sorted(prefixes & glued)]
    for each in map(re.escape, sorted(prefixes - glued)):
        behind += [rf"(?<![A-Za-z0-9]{each})(?<={each})", rf"(?<=\\[nrt]{each})"]
    ends = "|".join(sorted({re.escape(each[-3:]) for each in prefixes}))
    follows = "(?=[A-Za-z0-9]|[_-][A-Za-z0-9])"
    return re.compile(f"{re.escape(sign)}{follows}(?<={ends})(?:{'|'.join(behind)})")


_HOOKS = tuple((sign, _hook(sign)) for sign in "_-.")
_JWT_DOT = re.compile(r"\.(?=ey[A-Za-z0-9_-]{10})")
_JWT_TAIL = re.compile(r"\.[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]*+){0,3}+")
_LEAST_HEAD, _MOST_HEAD = 12, 4096
_MOST_SHAPE = 300
_BOT_COLON = re.compile(r":(?<=[0-9]{5}:)(?=A[A-Za-z0-9_-]{34})")
_BOT = re.compile(r"(?<![0-9])[0-9]{5,16}:A[A-Za-z0-9_-]{34,}+")
_US = re.compile(r"-(?<=[0-9a-f]-)(?=us[0-9]{1,2}(?![0-9A-Za-z]))")
_MAILCHIMP = re.compile(r"(?:(?<![0-9A-Za-z])|(?<=\\[nrt]))[0-9a-f]{32}-us[0-9]{1,2}")

_SIGNS = (
    *_HOOKS,
    (".ey", _JWT_DOT),
    (":A", _BOT_COLON),
    ("-us", _US),
    ("IA", re.compile("IA(?<=AKIA|ASIA)(?=[0-9A-Z]{16})")),
    *((kind.prefix, pattern) for kind, pattern in _BARE if kind.prefix[-2:] != "IA"),
)
_SHAPES = (
    (_BOT_COLON, 16, _BOT, "telegram"),
    (_US, 32, _MAILCHIMP, "mailchimp"),
)

# What surrounds a secret that has no shape of its own.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[A-Za-z0-9+/=:,.()\s]|-(?!-)|\\+[nrt])*+"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?+"
)
_BEARER = re.compile(r"(earer )((?=[A-Za-z._~+/=-]{0,400}+[0-9])[A-Za-z0-9._~+/=-]{12,}+)")
_URL_PASSWORD = re.compile(r'(://[^\s/:@"\\<>]{0,256}+:)([^\s/@"\\<>]{1,256}+)@')
_AWS_SECRET = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=[A-Za-z/+]{0,39}[0-9])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])"
    r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)
_BESIDE = 300
_SHIFT = re.compile(r"\\+(?:u[0-9a-f]{4}|[nrtbf])")


def hide_kinds(text: str, mark: Mark) -> str:
    """The text without keys of a well-known kind; itself when there is none in it."""
    text = _surrounded(text, mark)
    if not _may_hold(text):
        return text
    found = sorted({span for begin, end in _runs(text) for span in _in_run(text, begin, end)})
    return hide_spans(text, found, mark) if found else text


def _surrounded(text: str, mark: Mark) -> str:
    if "PRIVATE KEY" in text:
        text = _PEM.sub(lambda m: mark("PRIVATE KEY", _SHIFT.sub("", "".join(m[0].split()))), text)
    if "earer " in text:
        text = _BEARER.sub(lambda m: m[1] + mark("", m[2]), text)
    if "://" in text:
        text = _URL_PASSWORD.sub(
            lambda m: m[0] if m[2].startswith("[secret") else f"{m[1]}{mark('', m[2])}@", text
        )
    return text


def _runs(text: str) -> list[tuple[int, int]]:
    """Where at least ``RUN`` characters that keys are made of stand in a row."""
    classes = text.encode("ascii", "replace").translate(_CLASS)
    runs = []
    begin = classes.find(_ENOUGH)
    while begin >= 0:
        end = classes.find(b" ", begin + RUN)
        end = len(text) if end < 0 else end
        # The letters of an escape are none of the text.
        if begin and text[begin - 1] == "\\" and (shift := _SHIFT.match(text, begin - 1)):
            begin = shift.end()
        runs.append((begin, end))
        begin = classes.find(_ENOUGH, end)
    return runs


def _may_hold(text: str) -> bool:
    # A list, as this is done for every record: a generator takes longer than most of the searches.
    there = [shape for sign, shape in _SIGNS if sign in text]
    return any(shape.search(text) for shape in there)


def _in_run(text: str, begin: int, end: int) -> list[Span]:
    """Each key in a run; it may end behind the run."""
    found: list[Span] = []
    for sign, hook in _HOOKS:
        if text.find(sign, begin, end) >= 0:
            _hooked(hook, text, begin, end, found)
    for kind, pattern in _BARE:
        done = begin
        while (place := text.find(kind.prefix, done, end)) >= 0:
            done = max(place + 1, _fitting(kind, pattern, text, place, begin, end, found))
    if text.find(".ey", begin, end) >= 0:
        _tokens(text, begin, end, found)
    for hook, back, pattern, name in _SHAPES:
        done = begin
        for hit in hook.finditer(text, begin, end):
            low = max(done, hit.start() - back)
            whole = pattern.search(text, low, min(end, hit.start() + _MOST_SHAPE))
            if whole and whole.start() < hit.start():
                found.append((whole.start(), whole.end(), name))
                done = whole.end()
    return found


def _hooked(hook: re.Pattern[str], text: str, begin: int, end: int, found: list[Span]) -> None:
    done = begin
    for hit in hook.finditer(text, begin, end):
        place = hit.end()
        if place <= done:
            continue
        for kind, pattern in _BY_END.get(text[place - 3 : place], ()):
            at = place - len(kind.prefix)
            done = max(done, _fitting(kind, pattern, text, at, begin, end, found))


def _fitting(
    kind: Kind,
    pattern: re.Pattern[str],
    text: str,
    place: int,
    begin: int,
    end: int,
    found: list[Span],
) -> int:
    """Keep the key that begins at ``place``, if one does; where to look on."""
    free = place == begin or not text[place - 1].isalnum()
    if place < begin or (kind.alone and not free):
        return begin
    key = pattern.match(text, place)
    if key is None:
        return begin
    inside = not free and end > key.end()
    if inside and len(kind.prefix) < 6 and end - begin > _LONG:
        return key.end()
    found.append((place, key.end(), kind.name))
    if kind.name in ("AKIA", "ASIA"):
        around = (max(0, place - _BESIDE), key.end() + _BESIDE)
        found += [(*secret.span(), "aws") for secret in _AWS_SECRET.finditer(text, *around)]
    return key.end()


def _tokens(text: str, begin: int, end: int, found: list[Span]) -> None:
    """JSON Web Tokens: two or more pieces of base64 that begin as JSON objects do."""
    done = begin
    for hit in _JWT_DOT.finditer(text, begin, end):
        low = max(done, hit.start() - _MOST_HEAD)
        low = max(low, *(text.rfind(sign, low, hit.start()) + 1 for sign in ".:"))
        head = text.find("ey", low, hit.start())
        tail = _JWT_TAIL.match(text, hit.start(), end)
        if 0 <= head < hit.start() - _LEAST_HEAD and tail:
            found.append((head, tail.end(), "jwt"))
            done = tail.end()


def hide_spans(text: str, spans: list[Span], mark: Mark) -> str:
    """The text with marks for what is in these spans, sorted; of two that overlap, the first."""
    parts = []
    done = 0
    for begin, end, name in spans:
        if begin >= done:
            parts += [text[done:begin], mark(name, text[begin:end])]
            done = end
    return "".join([*parts, text[done:]])
