"""Markdown as lines of spans: headings, lists, quotes, code, tables and rules, as they were typed.

Each line of the text stays a line of its own, so that it is read where it was written; only what is
wider than asked is wrapped. Made line by line, and no more than is asked for. Every line is safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tooltrace.core.text.sanitize import visible
from tooltrace.tui.rows.diff_spans import diff_style, is_diff
from tooltrace.tui.rows.json_spans import json_pieces
from tooltrace.tui.rows.lines import TAB, Line, Span, parted, plain, wrap
from tooltrace.tui.rows.markdown.inline_spans import MOST_INLINE, inline_spans
from tooltrace.tui.rows.markdown.table_lines import cells_in, is_separator, table_lines
from tooltrace.tui.rows.span_wrap import wrap_spans
from tooltrace.tui.rows.values import MOST_CHARS

__all__ = ["has_markdown", "markdown_lines", "markdown_text"]

_LOOKED_AT = 20_000
_LEAST = 4_000
"""Characters that are read for a few lines too: what closes an emphasis may come later."""
_DEEPEST = 4
_MOST_ROWS = 500
_STROKED = 8
_UNWRAPPED = 1 << 20
_ANY = re.compile(
    r"^[ \t>]*(?:#{1,6} |[-*+] |\d{1,9}[.)] |>|~~~|[-*_](?: *[-*_]){2,} *$)"
    r"|`|\*[^\s*]|(?<![\w])_|~~|\]\(|\\[!-/:-@\[-`{-~]|<https?://|<mailto:|\|[ :]*-|-[ :]*\|",
    re.MULTILINE,
)
_SIGN = re.compile(r"[`*_~\\#|\[<>]")
_ITEM = re.compile(r"(?:\A|\n)[ \t]*(?:[-+] |-{3}|- *-|\d{1,9}[.)] )")
_BLOCK = re.compile(
    r"(?P<pad> *)(?:(?P<fence>`{3,}|~{3,}) *(?P<told>[^`]*)\Z"
    r"|(?P<level>#{1,6}) +(?P<heading>.*?)(?: +#+)? *\Z"
    r"|(?P<rule>(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,}))\Z"
    r"|(?P<quote>>) ?(?P<quoted>.*)"
    r"|(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap> +)(?P<item>.*))"
)
_BEGINS = frozenset("`~#*-_>+0123456789")
_TASK = re.compile(r"\[([ xX])\] +")
_BULLET = "•"


def has_markdown(text: str) -> bool:
    """Whether a text may have any Markdown in what is looked at of it; False is sure."""
    # Most texts have no sign of it at all, which is a quarter of the price to see.
    if _SIGN.search(text, 0, _LOOKED_AT) is None and _ITEM.search(text, 0, _LOOKED_AT) is None:
        return False
    return _ANY.search(text, 0, _LOOKED_AT) is not None


def markdown_lines(
    text: str, width: int, most: int, style: str = "text"
) -> tuple[list[Line], bool]:
    """At most ``most`` lines of at most ``width`` cells, and whether there is more.

    ``style`` is that of what is neither emphasised nor code.
    """
    head = text[: min(MOST_CHARS, max(_LEAST, (width + 8) * (most + 2)))]
    lines = list(islice(_made(_source(head), max(1, width), style, 0), most + 1))
    return lines[:most], len(lines) > most or len(head) < len(text)


def markdown_text(text: str) -> str:
    """What can be read of it, each line whole: what one finds in it."""
    return "\n".join(map(plain, _made(_source(text[:MOST_CHARS]), _UNWRAPPED, "text", 0)))


def _source(text: str) -> list[str]:
    return parted(visible(text)).replace("\t", TAB).split("\n")


def _made(lines: list[str], width: int, style: str, depth: int) -> Iterator[Line]:
    at, paragraph = 0, 0
    while at < len(lines):
        line = lines[at]
        begin = line.lstrip(" ")[:1]
        found = _BLOCK.match(line) if begin in _BEGINS and begin else None
        is_table = found is None and "|" in line and _is_table(lines, at)
        if found is None and not is_table and line.strip():
            at += 1
            continue
        yield from _paragraph(lines[paragraph:at], width, style)
        if is_table:
            end = at + 2
            while end < min(len(lines), at + _MOST_ROWS) and "|" in lines[end]:
                end += 1
            rows = table_lines(lines[at:end], width, style)
            yield from _plain(lines[at:end], width, style) if rows is None else rows
            at = end
        elif found is None:
            yield from _plain([line], width, style)
            at += 1
        elif found["fence"]:
            end = _end_of_fence(lines, at + 1, found["fence"])
            yield from _code(lines[at + 1 : end], found, width)
            at = end + 1
        elif found["quote"] and depth < _DEEPEST and width > _STROKED:
            end = at
            while end < len(lines) and lines[end].lstrip(" ").startswith(">"):
                end += 1
            inner = [each.lstrip(" ")[1:].removeprefix(" ") for each in lines[at:end]]
            lead = found["pad"][: width // 2] + "│ "
            for each in _made(inner, width - len(lead), style, depth + 1):
                yield ((lead, "rule"), *each)
            at = end
        else:
            yield from _one_line(found, line, width, style)
            at += 1
        paragraph = at
    yield from _paragraph(lines[paragraph:], width, style)


def _paragraph(lines: list[str], width: int, style: str) -> Iterator[Line]:
    if lines:
        text = "\n".join(lines)
        if len(text) > MOST_INLINE:
            for line in lines:
                yield from wrap_spans(inline_spans(line, style), width)
        else:
            yield from wrap_spans(inline_spans(text, style), width)


def _plain(lines: list[str], width: int, style: str) -> Iterator[Line]:
    for line in lines:
        for piece in wrap(line, width):
            yield ((piece, style),)


def _is_table(lines: list[str], at: int) -> bool:
    if at + 1 >= len(lines) or not is_separator(lines[at + 1]):
        return False
    return len(cells_in(lines[at])) == len(cells_in(lines[at + 1]))


def _one_line(found: re.Match[str], line: str, width: int, style: str) -> Iterator[Line]:
    """A heading, a rule, an item of a list, or a quote that is too deep to be told."""
    pad = found["pad"]
    if found["level"]:
        level: Span = (f"{found['level']} ", "dim")
        yield from _hanging((level,), inline_spans(found["heading"], "title"), width)
    elif found["rule"]:
        yield (("─" * min(width, 200), "dim"),)
    elif found["mark"]:
        item, lead = found["item"], found["mark"]
        task = _TASK.match(item) if not lead[0].isdigit() else None
        if task is not None:
            item, lead = item[task.end() :], "☐" if task[1] == " " else "☑"
        lead = lead if lead[0].isdigit() or task else _BULLET
        yield from _hanging(((pad, ""), (f"{lead} ", "key")), inline_spans(item, style), width)
    else:
        yield from _plain([line], width, style)


def _hanging(lead: Line, spans: Line, width: int) -> Iterator[Line]:
    """Spans behind a lead, further lines of them below each other."""
    indent = len(plain(lead))
    if indent > width // 2:
        yield from wrap_spans((*lead, *spans), width)
        return
    for number, line in enumerate(wrap_spans(spans or (("", ""),), width - indent)):
        yield (*lead, *line) if number == 0 else ((" " * indent, ""), *line)


def _end_of_fence(lines: list[str], at: int, fence: str) -> int:
    while at < len(lines):
        line = lines[at].strip(" ")
        if line.startswith(fence) and not line.strip(fence[0]):
            break
        at += 1
    return at


def _code(lines: list[str], found: re.Match[str], width: int) -> Iterator[Line]:
    """Lines of code behind a stroke, below the name of their language if it has one."""
    pad = found["pad"][: width // 2]
    lead: Span = (f"{pad}┆ " if width > _STROKED else "", "dim")
    told = found["told"].strip()
    language = told.split(" ")[0].lower()
    room = max(1, width - len(lead[0]))
    if told or not lines:
        yield from _hanging((lead,), ((told, "rule"),), width)
    text = "\n".join(lines)
    is_json = language in ("json", "jsonl", "json5", "jsonc") or (
        not language and text.lstrip()[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]")
    )
    diff = language in ("diff", "patch") or (not language and is_diff(text))
    for line in lines:
        pieces = wrap(_without(line, len(found["pad"])), room)
        if is_json:
            coloured = json_pieces(pieces, "text")
        else:
            style = diff_style(line[len(found["pad"]) :], "text") if diff else "code"
            coloured = [((piece, style),) for piece in pieces]
        for each in coloured:
            yield (lead, *each)


def _without(line: str, pad: int) -> str:
    return line[min(pad, len(line) - len(line.lstrip(" "))) :]
