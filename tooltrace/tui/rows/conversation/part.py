"""A value below a heading of the conversation, in as many lines as it may take. Pure."""

from __future__ import annotations

from msgspec import Struct
from rich.cells import cell_len

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.rows.json_spans import coloured, json_spans, value_rows
from tooltrace.tui.rows.lines import Line, fit
from tooltrace.tui.rows.markdown.markdown_lines import has_markdown, markdown_lines
from tooltrace.tui.rows.values import brief, count_lines, value_lines, wider

__all__ = ["Part", "said"]

FOLDED = 6
OPEN = 1000
_COUNTED = 2000
_STROKE = "┃"


class Part(Struct, frozen=True, gc=False):
    """A value below a heading; ``most`` lines of it are shown while the entry is closed.

    ``stroke`` is the style of a stroke on its left, if there is to be one. ``markdown`` says that
    it is a text with Markdown in it, which is laid out where its entry is ``rendered``.
    """

    content: JsonValue
    style: str = "text"
    most: int = FOLDED
    indent: int = 2
    stroke: str = ""
    markdown: bool = False

    def lines(self, width: int, is_open: bool, rendered: bool = False) -> list[Line]:
        """Its lines, and one that says what is left out."""
        most = OPEN if is_open else self.most
        if most == 0:
            return []
        room = max(1, width - self.indent)
        content = self.content
        as_markdown = rendered and self.markdown and isinstance(content, str)
        if as_markdown:
            shown, cut = markdown_lines(str(content), room, most, self.style)
        else:
            shown, cut = value_rows(content, room, most, self.style, whole=is_open)
        pad = (" " * self.indent, "")
        if self.stroke:
            pad = (_STROKE + pad[0][1:], self.stroke)
        lines: list[Line] = [(pad, *line) for line in shown]
        if cut:
            left = self._left_out(room, len(shown), is_open, as_markdown)
            lines.append((pad, (left, "dim")))
        return lines

    def height(self, width: int, is_open: bool, rendered: bool = False) -> int:
        """How many lines that is."""
        most = OPEN if is_open else self.most
        if most == 0:
            return 0
        room = max(1, width - self.indent)
        if not isinstance(self.content, str):
            if not is_open:
                return count_lines(self.content, room, most + 1)
        elif rendered and self.markdown:
            laid_out, cut = markdown_lines(self.content, room, most, self.style)
            return len(laid_out) + cut
        shown, cut = value_lines(self.content, room, most, whole=is_open)
        return len(shown) + cut

    def _left_out(self, width: int, shown: int, is_open: bool, as_markdown: bool) -> str:
        if is_open:
            return with_keys("… and more: E opens all of it in $EDITOR")
        if as_markdown:
            left = len(markdown_lines(str(self.content), width, _COUNTED)[0]) - shown
        else:
            left = count_lines(self.content, width, _COUNTED) - shown
        size = _size(self.content)
        if left < 1:
            return f"… more of {size}, enter opens"
        if left + shown >= _COUNTED:
            return f"… very many more lines of {size}, enter opens"
        return f"… {left} more line{'' if left == 1 else 's'} of {size}, enter opens"

    def beside(self, room: int) -> str | None:
        """The whole value as safe text on one line, where it is no wider than ``room`` cells."""
        content = self.content
        if isinstance(content, str):
            if len(content) > room or "\n" in content:
                return None
            text = content or "(empty)"
        elif wider(content, room):
            return None
        else:
            text = brief(content, room)
        if not self.most or len(text) > room:
            return None
        if text.isascii() and text.isprintable():
            return text
        text = fit(text, room + 1)
        return text if cell_len(text) <= room else None

    def spans(self, text: str) -> Line:
        """One line of it in its colours."""
        return json_spans(text) if coloured(self.content, self.style) else ((text, self.style),)


def said(text: str, style: str = "text", most: int = FOLDED, indent: int = 2) -> Part:
    """A text that somebody wrote to be read: it may be Markdown."""
    return Part(text, style, most, indent, markdown=has_markdown(text))


def _size(content: JsonValue) -> str:
    match content:
        case str():
            count, what = len(content), "character"
        case list():
            count, what = len(content), "item"
        case dict():
            count, what = len(content), "key"
        case _:
            count, what = 1, "value"
    return f"{count:,} {what}{'' if count == 1 else 's'}"
