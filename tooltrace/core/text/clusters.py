"""Tell which hidden code points belong to the text around them, and where it may be cut.

An emoji may be several code points, and so may a letter of a script whose signs join: what a person
takes for one character is a cluster here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["JOINER", "cluster_end", "compiled", "joining", "whole_clusters"]

JOINER = "\u200d"
_NON_JOINER = "\u200c"
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_VIRAMA = 9

# The 371 bases of emoji-variation-sequences.txt, Unicode 9 to 17; no other takes a style.
_STYLED = """
    23 2a 30-39 a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 23cf 23e9-23f3
    23f8-23fa 24c2 25aa-25ab 25b6 25c0 25fb-25fe 2600-2604 260e 2611 2614-2615 2618 261d 2620
    2622-2623 2626 262a 262e-262f 2638-263a 2640 2642 2648-2653 265f-2660 2663 2665-2666 2668 267b
    267e-267f 2692-2697 2699 269b-269c 26a0-26a1 26a7 26aa-26ab 26b0-26b1 26bd-26be 26c4-26c5 26c8
    26ce-26cf 26d1 26d3-26d4 26e9-26ea 26f0-26f5 26f7-26fa 26fd 2702 2705 2708-270d 270f 2712 2714
    2716 271d 2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2764 2795-2797 27a1 27b0
    27bf 2934-2935 2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f004 1f170-1f171 1f17e-1f17f
    1f202 1f21a 1f22f 1f237 1f30d-1f30f 1f315 1f31c 1f321 1f324-1f32c 1f336 1f378 1f37d 1f393
    1f396-1f397 1f399-1f39b 1f39e-1f39f 1f3a7 1f3ac-1f3ae 1f3c2 1f3c4 1f3c6 1f3ca-1f3ce
    1f3d4-1f3e0 1f3ed 1f3f3 1f3f5 1f3f7 1f408 1f415 1f41f 1f426 1f43f 1f441-1f442 1f446-1f449
    1f44d-1f44e 1f453 1f46a 1f47d 1f4a3 1f4b0 1f4b3 1f4bb 1f4bf 1f4cb 1f4da 1f4df 1f4e4-1f4e6
    1f4ea-1f4ed 1f4f7 1f4f9-1f4fb 1f4fd 1f508 1f50d 1f512-1f513 1f549-1f54a 1f550-1f567
    1f56f-1f570 1f573-1f579 1f587 1f58a-1f58d 1f590 1f5a5 1f5a8 1f5b1-1f5b2 1f5bc 1f5c2-1f5c4
    1f5d1-1f5d3 1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa 1f610 1f687 1f68d 1f691 1f694
    1f698 1f6ad 1f6b2 1f6b9-1f6ba 1f6bc 1f6cb 1f6cd-1f6cf 1f6e0-1f6e5 1f6e9 1f6f0 1f6f3
"""
_TONE = "[\U0001f3fb-\U0001f3ff]"
_REGION = "[\U0001f1e6-\U0001f1ff]"
# The blocks that hold every pictograph which may be joined to another.
_PICTURE = (
    "(?![\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff])"
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]"
)
# Scripts in which a joiner between two letters is spelling.
_WORD = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ua840-\uabff\U00011000-\U00011fff"


def _range(part: str) -> str:
    return "-".join(re.escape(chr(int(end, 16))) for end in part.split("-"))


_BASE = f"[{''.join(map(_range, _STYLED.split()))}]"
_ELEMENT = f"(?:(?![#*0-9]){_BASE}{_EMOJI_STYLE}|{_PICTURE}{_TONE}?)"
# England, Scotland and Wales: tags elsewhere would be a text that nobody sees.
_NATION = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(char)) for char in nation) + "\U000e007f"
    for nation in ("gbeng", "gbsct", "gbwls")
)
_STYLE = f"[{_TEXT_STYLE}{_EMOJI_STYLE}]"
_PARTS = f"{_NATION}|{_BASE}{_TEXT_STYLE}|[#*0-9]{_STYLE}|{_ELEMENT}(?:{JOINER}{_ELEMENT})*"
_CLUSTER = f"{_REGION}{{2}}|{_PARTS}"
_JOINING = f"{_PARTS}|(?<=[{_WORD}])[{_NON_JOINER}{JOINER}](?=[{_WORD}])"
_HELD = re.compile(f"[{JOINER}\U000e0020-\U000e007f]")
_LOOKED_BACK = 256
# No word has longer ones, and of what was made to be longer no line shall consist.
_LONGEST = 16
_TRAILING = re.compile(f"[{_NON_JOINER}{JOINER}\ufe00-\ufe0f\u1160-\u11ff\ud7b0-\ud7fb]")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern made when it is first needed: those of many ranges take milliseconds."""
    return re.compile(pattern)


def joining(text: str, start: int, end: int) -> set[int]:
    """The positions of joiners, style selectors and tags that are part of what they stand in.

    Text style and emoji style count after a base that takes them, joiners between pictographs and
    within words of scripts that join, tags in the flags of England, Scotland and Wales.
    """
    kept: set[int] = set()
    # A keycap's base is ASCII and stands before what is looked at.
    for found in compiled(_JOINING).finditer(text, max(0, start - 1), end):
        first, last = found.span()
        if last - first > 1:
            if _HELD.sub("", found[0]).isprintable():
                kept.update(range(first, last))
        elif found[0] in (_NON_JOINER, JOINER) and _lettered(text[first - 1], text[first + 1]):
            kept.add(first)
    return kept


def _lettered(*chars: str) -> bool:
    return all(unicodedata.category(char)[0] in "LM" for char in chars)


def cluster_end(text: str, start: int) -> int:
    """Where the cluster that begins at a position ends, at least one character later."""
    found = compiled(_CLUSTER).match(text, start)
    end = found.end() if found else start + 1
    while end < min(len(text), start + _LONGEST):
        char = text[end]
        if char.isascii():
            break
        joined = unicodedata.combining(text[end - 1]) == _VIRAMA and char.isalpha()
        if not joined and unicodedata.category(char)[0] != "M" and not _TRAILING.match(char):
            break
        end += 1
    return end


def whole_clusters(text: str, most: int) -> int:
    """Where the last cluster ends of those that are over after so many characters."""
    if most >= len(text) or text[most].isascii():
        return min(most, len(text))
    position = max(0, most - _LOOKED_BACK)
    while position < most:
        after = cluster_end(text, position)
        if after > most:
            break
        position = after
    return position
