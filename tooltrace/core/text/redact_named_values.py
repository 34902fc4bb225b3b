"""Hide values under names that tell: ``"password": "…"``, ``token=…``, ``x-api-key: …``.

Which names tell is in ``secret_names``. Numbers are never touched, and what stands where a value
would, but is code, a type, a template or prose, is left as well: models and later calls are given
what is hidden.
"""

from __future__ import annotations

import re

from tooltrace.core.text.exact_json import loads
from tooltrace.core.text.redact_known_keys import Mark, Span, hide_spans
from tooltrace.core.text.secret_names import (
    NUMBER,
    PATH,
    URL,
    Tells,
    is_ordinary,
    telling,
    words_in,
)

__all__ = ["hide_names"]

# Each is where a name that tells may end; what follows it has to look like the way to a value. A
# pattern begins with the word, for which a search is quick, and looks back from there.
_TO_VALUE = r"(?=[a-z0-9_-]{0,24}+(?:\\{0,7}[\"'`]\]?)?[ \t]{0,4}(?:[=,>]|:(?!:)))"
_HOOKS = tuple(
    (word, re.compile(word + more + _TO_VALUE))
    for word, more in (
        ("token", "(?!s|i)"),
        ("secret", ""),
        ("pass", "(?:w|phrase|code|(?<=[_-]pass)(?![a-z]))"),
        ("pwd", ""),
        ("key", "(?!s|b|w)(?<=[a-z][a-z_-]key)"),
        ("auth", r"(?=\b|_|orization)"),
        ("cookie", ""),
        ("cred", "(?=s|ential)(?!ential[a-z]?_)"),
    )
)
_LEFT = 64
_NAME_PART = re.compile(r"[A-Za-z0-9_-]*+")
_WAY = re.compile(
    r"(?P<close>\\{0,7}[\"'`])?(?:\])?[ \t]{0,4}(?P<sep>:=|=>|=(?!=)|[:,>])"
    r"(?:(?:\\{1,7}n|\n)[ ]{0,8}(?=\\{0,7}[\"'])|[ \t]{0,8})"
    r"(?:[bfruBFRU]{1,2}(?=[\\\"']))?(?P<open>\\{0,7}[\"'`])?"
)
_ELEMENT = re.compile(r"[^<>\n]{1,200}</")
_OPENED = re.compile(r"[(\[]\s{0,4}b?\\{0,7}[\"']\Z")
_VALUE = re.compile(r"value(?=\\{0,7}\"[ ]?:[ ]?\\{0,7}\")")
_NAMED = re.compile(r"\"([A-Za-z][A-Za-z0-9_-]{1,60})\\{0,7}\",\s{0,9}\\{0,7}\"\Z")
_BARE = re.compile(r"[^\s\"'`\\,;&<>)\]}|]++")
_COOKIE = re.compile(r"[^\n\r\"'`\\]++")
_LOOKED_AT = 1024
_OPTION = re.compile(
    r"--([A-Za-z][A-Za-z0-9_-]{2,40})[ ](?![ -])(\\{0,7}[\"'])?([^\s\"'`\\,;&<>|]+)"
)
_SCHEME = re.compile(r"(?:bearer|basic|token|digest|apikey|negotiate|key)[ ]+", re.IGNORECASE)
_HIDDEN = re.compile(r"\[secret[^\[\]]*\]")
_TEMPLATE = re.compile(
    r"(?:\$?\{+[^{}]*\}+|\$\(?[A-Za-z_]\w*\)?|\$\(.*\)|<[^<>]*>|%\(\w+\)s|%s|\[[^\]]*\]"
    r"|[*•.…]+|([x_#?X-])\1{2,})"
)
_CODE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z_]*")
_NOTHING = words_in(
    "true false null none nil undefined nan yes no on off string str text int integer bool "
    "boolean bytes any optional required object number char varchar self type value var let const "
    "redacted masked hidden removed filtered omitted unset empty missing invalid valid expired "
    "basic bearer digest enabled disabled default n/a na tbd todo example"
)
# A token that a model gave, with how likely it was.
_SPOKEN = re.compile(r"\\{0,7}[\"'],[ ]?\\{0,7}[\"'](?:logprob|bytes)")
_MOST_VALUE = 1 << 16
_MOST_WORDS = 8


def hide_names(text: str, mark: Mark) -> str:
    """The text without values under names that tell; itself when there is none in it."""
    low = text.lower() if text.isascii() else text.replace("\u0130", "i").lower()
    spans: list[Span] = []
    for word, hook in _HOOKS:
        if word in low:
            done = 0
            for hit in hook.finditer(low):
                if hit.start() >= done:
                    fresh = _under(text, hit.start(), hit.end())
                    spans += fresh
                    done = fresh[0][1] if fresh else 0
    if 'value"' in low or "value\\" in low:
        for hit in _VALUE.finditer(low):
            spans += _of_pair(text, hit.start())
    if "--" in text:
        for option in _OPTION.finditer(text):
            spans += _of_option(option)
    if not spans:
        return text
    return hide_spans(text, sorted(set(spans)), lambda name, value: mark(name, _plain(value)))


def _plain(value: str) -> str:
    """A value without the escapes that it has for standing in JSON, or in JSON in JSON."""
    while "\\" in value:
        try:
            inner = loads(f'"{value}"')
        except ValueError:
            break
        if inner == value:
            break
        value = inner
    return value


def _under(text: str, begin: int, end: int) -> list[Span]:
    """What is to be hidden of the value that follows the name around ``begin``, if anything."""
    low = max(0, begin - _LEFT)
    back = _NAME_PART.match(text[low:begin][::-1])
    first = begin - (back.end() if back else 0)
    if first and text[first - 1] == "\\" and text[first] in "nrt":
        first += 1
    found = _NAME_PART.match(text, end)
    last = found.end() if found else end
    name = text[first:last]
    tells = telling(name)
    way = _WAY.match(text, last)
    if tells is None or way is None or (way["sep"] in ",>" and not _of_another(text, first, way)):
        return []
    if way["open"]:
        spans = _quoted(text, way, name, tells)
        # A list of names looks like a name and its value.
        listed = way["sep"] == "," and not any(map(str.isdigit, text[way.end() : way.end() + 300]))
        return [] if listed else spans
    if way["close"]:
        return []  # A number, or something that holds more.
    return _unquoted(text, way, name, tells, first)


def _of_another(text: str, first: int, way: re.Match[str]) -> bool:
    """Whether a comma stands between a header and its value, or ``>`` behind an element's name."""
    if way["sep"] == ">":
        return text[first - 1 : first] == "<" and bool(_ELEMENT.match(text, way.end()))
    name = text[first : way.start()]
    headed = "-" in name or name.lower() in ("authorization", "cookie")
    return bool(headed and way["open"] and _OPENED.search(text[max(0, first - 12) : first]))


def _of_pair(text: str, value: int) -> list[Span]:
    """What is to be hidden of ``"name": "password", "value": "…"``, with the value's name there."""
    named = _NAMED.search(text[max(0, value - 100) : value])
    way = _WAY.match(text, value + len("value"))
    tells = telling(named[1]) if named else None
    if named is None or tells is None or way is None or not way["open"]:
        return []
    return _quoted(text, way, named[1], tells)


def _quoted(text: str, way: re.Match[str], name: str, tells: Tells) -> list[Span]:
    begin = way.end()
    end = _closed(text, begin, way["open"])
    value = text[begin:end]
    if value.endswith("\\") and not way["open"].startswith("\\"):
        value = value.rstrip("\\")
    scheme = _SCHEME.match(value) if tells == "secret" else None
    if scheme:
        begin, value = begin + scheme.end(), value[scheme.end() :]
    if not _is_value(value, tells, name) or _SPOKEN.match(text, end):
        return []
    return [(begin, end, name)]


def _closed(text: str, begin: int, opened: str) -> int:
    """Where a quoted value ends: at the same quote behind as many backslashes; cut off, at the end
    of the line.
    """
    quote, depth = opened[-1], len(opened) - 1
    limit = min(len(text), begin + _MOST_VALUE)
    at = text.find(quote, begin, limit)
    while at >= 0:
        slashes = 0
        while slashes < at - begin and text[at - 1 - slashes] == "\\":
            slashes += 1
        if slashes <= depth or (slashes - depth) % (2 * (depth + 1)) == 0:
            return at - min(depth, slashes)
        at = text.find(quote, at + 1, limit)
    cut = re.compile(r"[^\s\"'\\]*+").match(text, begin)
    return cut.end() if cut else begin


def _unquoted(text: str, way: re.Match[str], name: str, tells: Tells, first: int) -> list[Span]:
    begin = way.end()
    if tells == "secret" and (scheme := _SCHEME.match(text, begin)):
        begin = scheme.end()
    kind = _COOKIE if tells == "cookie" else _BARE
    # What is long is looked at no further than this, but hidden to its end.
    found = kind.match(text, begin, begin + _LOOKED_AT)
    if found is None or not _is_value(found[0], tells, name):
        return []
    value, end = found[0].rstrip("."), begin + len(found[0].rstrip("."))
    if len(found[0]) == _LOOKED_AT and (whole := kind.match(text, begin)):
        end = whole.end()
    if tells == "cookie":
        return [(begin, end, name)]
    if value.isdigit() or value[-1:] in "([{" or "(" in value or "[" in value:
        return []
    before = text[first - 1] if first else ""
    if way["sep"] in ("=", ":=") and (before in ("?", "&") or text.startswith("--", first - 2)):
        return [(begin, end, name)]
    headed = "-" in name or name.lower() == "authorization"
    if (headed and way["sep"] == ":") or (name.isupper() and not is_ordinary(value, sure=True)):
        return [(begin, end, name)]
    if _CODE.fullmatch(value):
        lonely = way["sep"] == ":" and tells == "password" and _is_line(text, first, end)
        return [(begin, end, name)] if lonely and len(value) > 2 else []
    if way["sep"] == ":" and not any(map(str.isdigit, value)):
        return []
    return [(begin, end, name)]


def _is_line(text: str, first: int, end: int) -> bool:
    """Whether a name and its value are all of a line, but for what it is indented by."""
    before = text[max(0, first - 40) : first].rstrip(" -")
    begins = not before or before[-1] in "\n\"'" or before.endswith("\\n")
    return begins and (end >= len(text) or text[end] in "\n\r\"'" or text.startswith("\\", end))


def _of_option(option: re.Match[str]) -> list[Span]:
    name, value = option[1], option[3]
    tells = telling(name)
    if tells is None or not _is_value(value, tells, name) or (value.isalpha() and value.isupper()):
        return []
    return [(*option.span(3), name)]


def _is_value(value: str, tells: Tells, name: str) -> bool:
    """Whether it may be a secret, as far as it says itself."""
    bare = value.strip()
    low = bare.lower()
    if not bare or low in _NOTHING or low == name.lower() or _HIDDEN.fullmatch(bare):
        return False
    if bare.startswith("[secret") or _TEMPLATE.fullmatch(bare):
        return False
    if tells == "cookie":
        return "=" in bare
    words = bare.count(" ")
    if tells == "password":
        return words < _MOST_WORDS
    if words > 1 or NUMBER.fullmatch(bare) or URL.match(bare) or bare.isdigit():
        return False
    if tells == "maybe":
        return not is_ordinary(bare)
    return not (bare.startswith(("/", "./", "~/")) and PATH.fullmatch(bare))
