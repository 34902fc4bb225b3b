"""The edge between text from outside and the screen: no string reaches a widget but through here.

Everything built here is safe (``core.text.visible``) and plain: markup is never parsed, because
markup in a string could run an app action. Only this module and ``inputs`` may use the parts of
rich and textual that show text; a test reads the imports and calls of every other module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip
from textual.style import Style as ContentStyle

from tooltrace.core.text.clusters import cluster_end, whole_clusters
from tooltrace.core.text.sanitize import one_line, visible
from tooltrace.tui import theme
from tooltrace.tui.cells import cell_len
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.panes.layout import Marks
from tooltrace.tui.rows.lines import Line, fit, parted, tidy, wrap

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.widget import Widget

__all__ = [
    "Severity",
    "border_title",
    "content",
    "copy",
    "is_dark",
    "looks",
    "marked",
    "mask",
    "masked",
    "notify",
    "strip",
    "tooltip",
    "window_title",
]

Severity = Literal["information", "warning", "error"]

_NOTE_WIDTH, _NOTE_FRAME, _NOTE_LINES, _TITLE = 60, 3, 8, 200
_SCROLLBAR = 2
_TIP_WIDTH = 36
"""Cells of a line of a tooltip: what Textual leaves of the forty that it gives it."""
_HOLDER = "�"


def is_dark(node: DOMNode) -> bool:
    """Whether the theme in use is a dark one."""
    return bool(node.app.current_theme.dark)


def looks(node: DOMNode) -> Mapping[str, Style]:
    """The styles by name of the theme in use."""
    current = node.app.current_theme
    return theme.looks(current.name, current.dark)


def content(
    lines: Iterable[Line], of: bool | Mapping[str, Style] = True, width: int | None = None
) -> Content:
    """Lines of spans as Textual content; each is cut to ``width`` cells if that is given."""
    parts: list[str | tuple[str, str | ContentStyle]] = []
    for index, line in enumerate(lines):
        if index:
            parts.append("\n")
        for text, name in line if width is None else tidy(line, width)[0]:
            look = ContentStyle.from_rich_style(theme.style(name, of))
            parts.append((parted(one_line(text)), look))
    return Content.assemble(*parts)


def strip(
    line: Line,
    width: int,
    look: Callable[[str], Style],
    base: Style,
    marks: Marks | None = None,
    match: Style | None = None,
) -> Strip:
    """A line of a pane, exactly ``width`` cells: cut with an ellipsis, or filled with ``base``.

    ``look`` gives the whole style for a style's name; what ``marks`` names is drawn in ``match``.
    """
    spans, used = tidy(line, width)
    segments = [Segment(text, look(name)) for text, name in spans]
    if marks and match is not None:
        segments = _marked(segments, marks, match)
    if used < width:
        segments.append(Segment(" " * (width - used), base))
    return Strip(segments, max(used, width))


def marked(line: Strip, marks: Marks, look: Style) -> Strip:
    """A line that was drawn, with these of its characters in another look."""
    return Strip(_marked(list(line), marks, look), line.cell_length)


def _marked(segments: list[Segment], marks: Marks, match: Style) -> list[Segment]:
    out: list[Segment] = []
    line = "".join(text for text, _, _ in segments)
    if not line.isascii():
        marks = [_whole(line, low, high) for low, high in marks]
    start = 0
    for text, look, _ in segments:
        end, position = start + len(text), start
        for low, high in marks:
            low, high = max(low, position), min(high, end)
            if low >= high:
                continue
            if low > position:
                out.append(Segment(text[position - start : low - start], look))
            out.append(Segment(text[low - start : high - start], (look or Style()) + match))
            position = high
        if position < end:
            out.append(Segment(text[position - start :], look))
        start = end
    return out


def _whole(line: str, low: int, high: int) -> tuple[int, int]:
    """The same, but to the ends of clusters: the parts of one, drawn apart, have other widths."""
    start = end = whole_clusters(line, low)
    while end < high:
        end = cluster_end(line, end)
    return start, end


def border_title(widget: Widget, title: str = "", subtitle: str = "") -> None:
    """Set what stands in a widget's upper and lower border, in the colours that its style says."""
    for attribute, text in (("border_title", title), ("border_subtitle", subtitle)):
        safe = fit(text, _TITLE).strip()
        # No colour of its own: it would stay when the theme is another.
        value = Content.assemble((parted(one_line(safe)), "bold")) if safe else None
        setattr(widget, attribute, value)


def tooltip(widget: Widget, text: str = "") -> None:
    """Set what a widget says while the mouse rests on it; nothing without a text."""
    lines = wrap(text[:_TITLE], _TIP_WIDTH) if text else []
    widget.tooltip = Content("\n".join(parted(one_line(line)) for line in lines)) if lines else None


def window_title(app: App[Any], title: str, detail: str = "") -> None:
    """Set the app's title, as a terminal or a window shows it."""
    app.title = fit(title, _TITLE)
    app.sub_title = fit(detail, _TITLE)


def notify(node: Widget | App[Any], message: str, severity: Severity = "information") -> None:
    """Show a short note for a few seconds; what does not fit in eight lines is cut."""
    sign = {"information": "", "warning": "▲ ", "error": "× "}[severity]
    # Textual gives a note this many cells, or half of what a scrollbar leaves of the screen; a line
    # wider than what is then left between border and padding would be wrapped by it once more.
    width = min(_NOTE_WIDTH, (node.app.size.width - _SCROLLBAR) // 2) - _NOTE_FRAME
    message = with_keys(message, getattr(node.app.screen, "SCOPE", "app"))
    lines = wrap(sign + message[: _NOTE_WIDTH * _NOTE_LINES * 2], width)
    if len(lines) > _NOTE_LINES:
        lines[_NOTE_LINES - 1 :] = ["…"]
    # Only the latest note counts, and a key held down must not build a wall of them.
    node.app.clear_notifications()
    node.notify("\n".join(lines), severity=severity, markup=False)


def copy(app: App[Any], text: str) -> None:
    """Put the text itself into the clipboard; a lone surrogate, which cannot travel, as U+FFFD."""
    app.copy_to_clipboard(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def mask(text: str) -> str:
    """Safe text of the same length: what is hidden becomes U+FFFD.

    For widgets that count characters.

    Tabs stay, since such widgets expand them; a newline does not.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char == "\t" or (char != "\n" and visible(char) == char) else _HOLDER
        for char in text
    )


def masked(line: Strip) -> Strip:
    """A rendered line with everything hidden in it replaced, and still as wide as it was."""
    width = line.cell_length
    segments = [Segment(mask(text), look, control) for text, look, control in line]
    cells = sum(cell_len(text) for text, _, control in segments if not control)
    return Strip(segments, cells).adjust_cell_length(width)
