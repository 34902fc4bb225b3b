"""Read and write JSON exactly: what is read back is what was written, or it is refused.

The standard ``json`` is used on purpose: it keeps integers of any size and lone surrogates, which
faster codecs lose or refuse. Nesting is capped because every recursive consumer (dumps, deepcopy,
printers) fails somewhere deep, each at its own depth; the cap holds in both directions, so that
nothing is written that could not be read.
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import Any

from tooltrace.core.text.sanitize import clip

__all__ = [
    "DEEPEST",
    "MAX_DEPTH",
    "JsonValue",
    "canonical",
    "depth_of",
    "dumps",
    "loads",
    "plain",
    "pretty",
    "readable",
]

JsonValue = Any
"""A value made of None, bool, int, finite float, str, list and dict with str keys."""

MAX_DEPTH = 200

DEEPEST = MAX_DEPTH + 56
"""How deep it may nest for others to read: any value that a session may hold, and what is put
around it."""

_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKET = bytes(set(range(256)) - _STEP.keys())
_Encode = Callable[[JsonValue], str]


def _one_line(*, ascii_only: bool, sort_keys: bool = False) -> _Encode:
    """What ``JSONEncoder.encode`` does for one line, with its encoder in C made once.

    The standard one makes it anew for each value, which takes longer than a small value does.
    """
    encoder = json.JSONEncoder(
        ensure_ascii=ascii_only,
        allow_nan=False,
        separators=(",", ":"),
        sort_keys=sort_keys,
        check_circular=False,
    )
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    text = json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    try:
        parts = make(None, encoder.default, text, None, ":", ",", sort_keys, False, False)
    except TypeError:  # There is none in this Python, or it is made otherwise.
        return encoder.encode
    return lambda value: "".join(parts(value, 0))


_LINE = _one_line(ascii_only=True)
_SORTED = _one_line(ascii_only=True, sort_keys=True)
_UTF8 = _one_line(ascii_only=False)
_INDENTED = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, indent=2, check_circular=False
).encode

_KEYS = (str, int, float, type(None))
"""What a key of an object may be when it is written; it comes back as text."""
_ENDS_A_LINE = re.compile("[\x80-\x9f\u2028\u2029\ud800-\udfff]")
"""What UTF-8 cannot carry, and what may end a line though JSON lets it through."""
_BEYOND_ASCII = re.compile("[\x7f-\U0010ffff]+")
_ACTS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SELECTORS = re.compile("[\U000e0100-\U000e01ef]")


def dumps(value: JsonValue, max_depth: int = MAX_DEPTH) -> str:
    """One line of ASCII JSON.

    Raises ValueError when the value is not finite JSON or is nested deeper than ``max_depth``.
    """
    text = _encoded(_LINE, value)
    _check_depth(text, max_depth)
    return text


def canonical(value: JsonValue) -> str:
    """JSON with sorted keys, for digests and comparisons; a few levels deeper is not refused.

    Raises ValueError when the value is not finite JSON.
    """
    return _encoded(_SORTED, value)


def plain(value: JsonValue, max_depth: int = MAX_DEPTH) -> str:
    """One line of JSON for a model to read, letters of any script as they are.

    Only what could end the line and lone surrogates are escapes. ValueError as ``dumps``.
    """
    text = _encoded(_UTF8, value)
    _check_depth(text, max_depth)
    return text if text.isascii() else _ENDS_A_LINE.sub(_escape, text)


def readable(value: JsonValue, max_depth: int = MAX_DEPTH) -> str:
    """One line of JSON for people and terminals, letters of any script as they are.

    Only what acts, hides or reorders is an escape: controls, format and bidi characters, line ends,
    surrogates and the selectors that can carry hidden text. ValueError as ``dumps``.
    """
    text = _encoded(_UTF8, value)
    _check_depth(text, max_depth)
    return _BEYOND_ASCII.sub(_escapes, text)


def pretty(value: JsonValue, max_depth: int = MAX_DEPTH) -> str:
    """Indented JSON for people to read and edit, escaped as ``readable`` is."""
    text = _encoded(_INDENTED, value)
    _check_depth(text, max_depth)
    return _BEYOND_ASCII.sub(_escapes, text)


def _escapes(found: re.Match[str]) -> str:
    run = found[0]
    if run.isprintable() and not _SELECTORS.search(run):
        return run
    return "".join(map(_shown, run))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    hidden = unicodedata.category(char) in _ACTS or _SELECTORS.match(char)
    return json.dumps(char)[1:-1] if hidden else char


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def depth_of(text: str | bytes) -> int:
    """How deep brackets nest in JSON text, ignoring those inside strings."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_strings = b"".join(data.split(b'"')[::2])
    brackets = outside_strings.translate(None, _NO_BRACKET)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def loads(text: str | bytes, max_depth: int = MAX_DEPTH, *, once: bool = False) -> JsonValue:
    """Parse JSON exactly; bytes are UTF-8, with or without a byte order mark.

    Raises ValueError for anything that is not JSON, for numbers that are not finite, and for
    nesting deeper than ``max_depth``; with ``once`` also for a key that an object has twice, of
    which the last would count else.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    try:
        value = (_DECODER_ONCE if once else _DECODER).decode(text)
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    _check_depth(text, max_depth)
    return value


def _encoded(encode: _Encode, value: JsonValue) -> str:
    try:
        return encode(value)
    except RecursionError as error:
        raise ValueError("nested too deep to be written") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"not JSON: {_misfit(value) or error}") from error


def _misfit(value: JsonValue) -> str:
    """The first part that JSON cannot say: Python's own words for it change with its version."""
    pending, seen = [value], set()
    while pending:
        item = pending.pop()
        why = _why_not(item)
        if why:
            return why
        if isinstance(item, dict | list | tuple) and id(item) not in seen:
            seen.add(id(item))
            pending += reversed(list(item.values()) if isinstance(item, dict) else item)
    return ""


def _why_not(item: object) -> str:
    """Why JSON has nothing for this value itself, whatever is in it; or nothing."""
    match item:
        case float() if not math.isfinite(item):
            return "NaN" if math.isnan(item) else "Infinity" if item > 0 else "-Infinity"
        case int():
            try:
                str(item)
            except ValueError:
                return f"a whole number of more than {sys.get_int_max_str_digits():,} digits"
        case dict():
            kinds = (type(key).__name__ for key in item if not isinstance(key, _KEYS))
            return next((f"a key of type {kind}" for kind in kinds), "")
        case None | str() | float() | list() | tuple():
            return ""
        case _:
            return f"a value of type {type(item).__name__}"
    return ""


def _check_depth(text: str, max_depth: int) -> None:
    crowded = text.count("[") + text.count("{") > max_depth
    if crowded and depth_of(text) > max_depth:
        raise _too_deep(max_depth)


def _too_deep(max_depth: int) -> ValueError:
    return ValueError(f"nested deeper than {max_depth} levels")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"{digits[:40]} is too large for a number")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _keys_once(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {dumps(clip(twice, 60))} is given twice")
    return made


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_DECODER_ONCE = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_keys_once
)
