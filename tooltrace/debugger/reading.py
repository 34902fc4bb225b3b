"""Read a session as it is at the moment: plain values that never change.

Each is read anew where it is asked for, so that one kept from before still says what was then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tooltrace.core.compare.branch_diff import Comparison, compare
from tooltrace.core.compare.request_order import call_at
from tooltrace.core.compare.transcript import TranscriptStep, done_on
from tooltrace.core.fold.branches import Branch
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import CallRef, Outcome, Record, Source
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue, readable
from tooltrace.core.text.sanitize import clip, visible
from tooltrace.debugger.session.named_branch import tip_named
from tooltrace.debugger.view import View

if TYPE_CHECKING:
    from tooltrace.models.request_report import RequestReport

__all__ = ["CallReport", "CallReports", "Reading"]

_SHOWN = 200
"""Characters of a value in a repr."""


class CallReport(Struct, frozen=True):
    """A tool call on the path: what was asked, and what came back.

    ``status`` is waiting, started or returned; ``result`` is None until it has returned. ``ref`` is
    None for a result that no reply asked for. ``record`` says most about it, ``source`` where its
    result is from, ``error`` is the kind of exception.
    """

    tool: str
    arguments: JsonValue
    result: JsonValue
    status: str
    is_error: bool
    error: str
    step: int
    record: int
    source: Source
    ref: CallRef | None

    def __repr__(self) -> str:
        came = f" → {_brief(self.result)}" if self.status == "returned" else f" ({self.status})"
        failed = " ×" if self.is_error else ""
        return f"#{self.record} {visible(self.tool)} {_brief(self.arguments)}{failed}{came}"


class CallReports(tuple[CallReport, ...]):
    """Calls in the order in which the model made them; a notebook shows them as a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "no calls"

    def _repr_html_(self) -> str:
        cells = (
            (call.step, call.tool, call.arguments, call.status, call.result, call.source)
            for call in self
        )
        return _table(("step", "tool", "arguments", "status", "result", "source"), cells)


class Reading:
    """What a debugger tells of the moment and of the path to where it stands."""

    def view(self) -> View:
        """The moment that is told of."""
        raise NotImplementedError

    @property
    def state(self) -> str | None:
        """The workflow's state; None in a workflow without states."""
        return self.view().snapshot.state

    @property
    def context(self) -> Mapping[str, JsonValue]:
        """The context's values by name."""
        return dict(self.view().snapshot.context)

    @property
    def outcome(self) -> Outcome | None:
        """How the run ended: completed, failed, limit or stuck; None while it has not."""
        return self.view().snapshot.outcome

    @property
    def usage(self) -> Usage:
        """Tokens, time and money on this path."""
        return self.view().snapshot.usage

    @property
    def cost(self) -> float:
        """US dollars on this path; at least so many where ``usage.least`` says so."""
        return self.usage.cost

    @property
    def path(self) -> tuple[Record, ...]:
        """The records from the run's beginning to where one stands."""
        view = self.view()
        return tuple(view.tree.path(view.head))

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Every branch, in the order in which they began."""
        return self.view().branches

    @property
    def calls(self) -> CallReports:
        """The tool calls on the path to where one stands, those that wait included."""
        view = self.view()
        done = done_on(view.tree, Steps.to(view.tree, view.head))
        return CallReports(_report(step) for step in done if step.kind == "call")

    @property
    def request(self) -> dict[str, Any] | None:
        """The body of the request that comes next, or else of the last one sent.

        It is JSON in the protocol of the model that the settings name. None where the model was
        never asked. A scripted run tells what a model would be sent.
        """
        from tooltrace.models.branch_request import branch_request

        view = self.view()
        return branch_request(view.tree, view.head)

    def inspect_request(self, record: int | None = None) -> RequestReport | None:
        """The same request as ``request`` part by part: tokens, what is new, what a cache gives.

        ``record`` is another record to stand at. None where the model was never asked. Raises
        BadCommand when there is no such record.
        """
        from tooltrace.models.request_report import request_report

        view = self.view()
        at = view.head if record is None else record
        if at not in view.tree:
            raise BadCommand(f"there is no record #{at} in this session")
        report = request_report(view.tree, at)
        called = None if report is not None else call_at(view.tree, at)
        return report if called is None else request_report(view.tree, called)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of ``request``, or the items of its input."""
        request = self.request or {}
        return list(request.get("messages") or request.get("input") or ())

    def diff(self, a: int | str, b: int | str) -> Comparison:
        """Two branches side by side, each by its name or by a record that is its end.

        Raises BadCommand when there is no such branch.
        """
        tree = self.view().tree
        return compare(tree, tip_named(tree, a), tree, tip_named(tree, b))

    def __repr__(self) -> str:
        view = self.view()
        s, named = view.snapshot, f"{visible(view.snapshot.workflow.name)} #{view.head}"
        state = f" in {visible(s.state)}" if s.state else ""
        how = s.outcome or view.stop.kind
        return f"<Debugger {named}{state}: {how}, {s.tool_calls} tool calls, {view.branch.name}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(visible(repr(self)))}</p>{self.calls._repr_html_()}"


def _report(step: TranscriptStep) -> CallReport:
    content = step.content
    error = content.get("error")
    return CallReport(
        step.name,
        content.get("arguments"),
        content.get("result"),
        str(content.get("status")),
        content.get("is_error") is True,
        str(error.get("type", "")) if isinstance(error, dict) else "",
        step.step,
        step.record,
        step.source,
        step.call,
    )


def _brief(value: JsonValue) -> str:
    return clip(visible(readable(value)), _SHOWN)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[JsonValue, ...]]) -> str:
    def cell(value: JsonValue) -> str:
        text = visible(value) if isinstance(value, str) else _brief(value)
        return f"<td>{escape(clip(text, _SHOWN))}</td>"

    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
