"""The parts of a request as rows: a heading for each section, and below it a line for each part.

A part is one line until it is opened, so that a request of thousands costs what is on the screen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from tooltrace.core.compare.part_diff import Verdict
from tooltrace.core.compare.request_parts import SECTIONS, RequestPart, Section
from tooltrace.models.request_report import PartReport, RequestReport
from tooltrace.models.usage_estimates import heard
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.json_spans import value_rows
from tooltrace.tui.rows.lines import Line, OneLine, Span, fit, known_height, tidy
from tooltrace.tui.rows.request.part_content import part_brief, part_contents, part_label

__all__ = [
    "MARKS",
    "PartRow",
    "RequestItem",
    "SectionRow",
    "part_rows",
    "section_line",
    "share_words",
]

MARKS: dict[Verdict | None, Span] = {
    "new": ("+", "new"),
    "changed": ("~", "edited"),
    "gone": ("−", "old"),
}
"""The sign of a part that the request before had not, had otherwise, or had alone."""

_NAMES: dict[Section, str] = {
    "settings": "settings",
    "tools": "tools",
    "system": "system prompt",
    "messages": "messages",
}
_COUNTED: dict[Section, str] = {"tools": "tool", "messages": "block"}
"""What is counted in a section of many parts."""

_OPEN = 1000
_LABEL, _COUNT, _SHARE = 26, 9, 9
_NARROW = 100
_INDENT = ("    ", "")


class SectionRow(OneLine, frozen=True):
    """The heading of a section. ``key`` is below zero."""

    key: int
    section: Section
    line: Line

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        return (tidy(self.line, width)[0],)

    def text(self) -> str:
        """A search is for what is in the parts."""
        return ""


class PartRow(Struct, frozen=True, gc=False):
    """A part; ``key`` is its place in the report. ``window`` is that of the model, if known.

    ``edited`` is the record by which a person made it what it is, 0 for none; ``measured`` keeps
    the last height by width.
    """

    key: int
    report: PartReport
    window: int | None
    is_open: bool = False
    edited: int = 0
    measured: dict[int, int] = field(default_factory=dict)

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    def height(self, width: int) -> int:
        """One line, or as many as it has when it is open."""
        if not self.is_open:
            return 1
        return known_height(self.measured, width, self.lines)

    def lines(self, width: int) -> Sequence[Line]:
        """Its line, and all of it below when it is open."""
        head = tidy(self._heading(width), width)[0]
        if not self.is_open:
            return (head,)
        change = self.report.change
        body: list[Line] = []
        if change is not None and change.verdict == "changed" and change.before is not None:
            body += [(_INDENT, ("before", "dim"))]
            body += _content(change.before, width, "old")
            body += [(_INDENT, ("now", "dim"))]
        style = "old" if self.report.verdict == "gone" else "text"
        body += _content(self.report.part, width, style)
        return [head, *(tidy(line, width)[0] for line in body)]

    def _heading(self, width: int) -> Line:
        part, tokens = self.report.part, self.report.tokens
        label = _LABEL if width >= _NARROW else _LABEL - 4
        count = "" if tokens is None else f"≈ {tokens:,}"
        spans = [
            (" ⌄ " if self.is_open else " › ", "dim"),
            MARKS.get(self.report.verdict, (" ", "")),
            (" ", ""),
            cell(part_label(part), label, "strong"),
            cell(count, _COUNT, "dim", right=True),
        ]
        if self.window is not None and width >= _NARROW:
            spans.append(cell(share_words(tokens, self.window), _SHARE, "dim", right=True))
        spans.append((" ", ""))
        if self.edited:
            by = "" if self.edited == part.record else f" #{self.edited}"
            spans.append((f"± edited{by}  ", "edited"))
        if part.cache is not None:
            spans.append(("⊣ cached to here  ", "key"))
        number = "" if part.record is None else f"  #{part.record}"
        room = max(8, width - cells_of(tuple(spans)) - len(number))
        spans += [(fit(part_brief(part, room * 2), room), "text"), (number, "dim")]
        return tuple(spans)

    def text(self) -> str:
        """Everything that is in it."""
        part = self.report.part
        said = heard(part.content).decode("utf-8", "surrogatepass")
        return f"{part_label(part)} {said}"


RequestItem = SectionRow | PartRow


def part_rows(
    report: RequestReport,
    opened: Collection[int] = (),
    folded: Collection[Section] = (),
    known: dict[int, PartRow] | None = None,
    edited: Mapping[tuple[str | int, ...], int] = MappingProxyType({}),
) -> list[RequestItem]:
    """Every section with its parts; those at ``opened`` places are open, ``folded`` sections are
    headings alone. Rows that are open are kept in ``known``, so that each is measured once.
    ``edited`` has by the paths of parts the records that edited them."""
    known = {} if known is None else known

    def row(at: int, is_open: bool) -> PartRow:
        each = report.parts[at]
        by = 0 if each.verdict == "gone" else edited.get(each.part.path, 0)
        return PartRow(at, each, report.window, is_open, by)

    for at in opened:
        if at not in known and at < len(report.parts):
            known[at] = row(at, True)
    places: dict[Section, list[int]] = {section: [] for section in SECTIONS}
    for place, each in enumerate(report.parts):
        places[each.part.section].append(place)
    rows: list[RequestItem] = []
    for index, section in enumerate(SECTIONS):
        sign = "› " if section in folded else "⌄ "
        line = section_line(report, section, [report.parts[at] for at in places[section]])
        rows.append(SectionRow(-1 - index, section, ((sign, "dim"), *line)))
        if section not in folded:
            rows += [known[at] if at in opened else row(at, False) for at in places[section]]
    return rows


def section_line(report: RequestReport, section: Section, parts: Sequence[PartReport]) -> Line:
    """A section in one line: about how many tokens, how many parts, how many of them changed."""
    verdicts = [each.verdict for each in parts]
    there = len(parts) - verdicts.count("gone")
    line: list[Span] = [(_NAMES[section], "title")]
    if section != "settings" and there:
        tokens = sum(each.tokens or 0 for each in parts)
        share = share_words(tokens, report.window)
        line.append((f"  ≈ {tokens:,} tokens{f' · {share}' if share else ''}", "text"))
    if section in _COUNTED:
        unit = _COUNTED[section] + ("" if there == 1 else "s")
        line.append((f" · {there:,} {unit}" if there else "  none", "dim"))
    elif not there:
        line.append(("  none", "dim"))
    for verdict, (sign, style) in MARKS.items():
        if count := verdicts.count(verdict):
            line.append((f"  {sign}{count:,} {verdict}", "dim" if style == "old" else style))
    return tuple(line)


def share_words(tokens: int | None, window: int | None) -> str:
    """Of a context window, in per cent; "" where one of the two is unknown."""
    if tokens is None or not window:
        return ""
    share = 100 * tokens / window
    return f"{share:.1f} %" if share >= 0.05 or not tokens else "< 0.1 %"


def _content(part: RequestPart, width: int, style: str) -> list[Line]:
    lines: list[Line] = []
    for name, value in part_contents(part):
        if name:
            lines.append((_INDENT, (name, "arg")))
        shown, cut = value_rows(value, max(1, width - 4), _OPEN, style, whole=True)
        lines += [(_INDENT, *line) for line in shown]
        if cut:
            # All keys come with it, and `show` names none.
            from tooltrace.tui.keys.said_keys import with_keys

            lines.append((_INDENT, (with_keys("… and more: y copies all of it", "request"), "dim")))
    return lines
