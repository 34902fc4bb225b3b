"""A request as commands print it: the figures, and all of its parts."""

from __future__ import annotations

from tooltrace.cli.output import say, width_of_stdout
from tooltrace.core.compare.request_parts import SECTIONS
from tooltrace.core.fold.tree import Tree
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, pretty
from tooltrace.models.request_report import PartReport, RequestReport, request_report
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.request.part_content import part_contents, part_label
from tooltrace.tui.rows.request.part_rows import MARKS, section_line
from tooltrace.tui.rows.request.request_summary import (
    answered_words,
    request_summary,
    request_title,
)
from tooltrace.tui.rows.workflow.context_changes import RequestRow

__all__ = ["request_json", "say_request"]

_UNCUT = 1_000_000
"""Cells of a line that is not broken."""


def request_json(tree: Tree, row: RequestRow, full: bool) -> dict[str, JsonValue]:
    """A request for ``--json``: its figures, and with ``full`` the body and its parts."""
    report = request_report(tree, row.called) if full else None
    return row.as_json() | ({} if report is None else report.as_json())


def say_request(tree: Tree, row: RequestRow) -> None:
    """A request with all that stands in it."""
    report = request_report(tree, row.called)
    if report is None:
        return
    say("")
    say(f"{request_title(report)} · {answered_words(report)}")
    for line in request_summary(report, width_of_stdout() or _UNCUT):
        say(plain(line))
    for section in SECTIONS:
        parts = [each for each in report.parts if each.part.section == section]
        say(plain(section_line(report, section, parts)))
        for each in parts:
            _say_part(report, each)


def _say_part(report: RequestReport, each: PartReport) -> None:
    part = each.part
    mark, _ = MARKS.get(each.verdict, (" ", ""))
    told = [f"{mark} {part_label(part)}"]
    told += [] if each.tokens is None else [f"≈ {each.tokens:,}"]
    told += [] if part.cache is None else ["⊣ cached to here"]
    told += [] if part.record is None else [f"#{part.record}"]
    say("  " + "  ".join(told))
    for name, value in part_contents(part):
        if name:
            say(f"    {name}")
        text = value if isinstance(value, str) else pretty(value, DEEPEST)
        for line in text.split("\n"):
            say(f"      {line}")
