"""A request as it goes out, part by part: how large, what is new, what a cache can give of it.

Made of the records alone, so that it is the same before a request goes out, after its answer came,
and in a session that somebody else recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from tooltrace.core.compare.part_diff import PartChange, Verdict
from tooltrace.core.compare.request_diff import (
    answer_of,
    answer_usage,
    usage_of,
)
from tooltrace.core.compare.request_order import requests_before, requests_earlier
from tooltrace.core.compare.request_parts import RequestPart, Section, request_parts
from tooltrace.core.decide.next_action import asks_model, next_action, request_at
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled, Settings
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.models.anthropic.body_settings import betas
from tooltrace.models.branch_request import asked_at, sent_as, traced_request
from tooltrace.models.context_windows import window_of
from tooltrace.models.part_tokens import part_tokens
from tooltrace.models.registry import asked_provider
from tooltrace.models.request_change import MadeRequest, RequestChange, change_since

__all__ = ["Answers", "PartReport", "RequestReport", "request_report"]

Answers = Literal["model", "recording", "script", "port"]
"""Who answers: a model; a recording, a script or a port of the author's own in place of one."""


class PartReport(Struct, frozen=True, gc=False):
    """A part of a request, or one that the request before had and this one has not.

    ``change`` compares it with that one, if there was any. ``tokens`` is an estimate, None for a
    setting and for a part that is gone.
    """

    part: RequestPart
    change: PartChange | None
    tokens: int | None

    @property
    def verdict(self) -> Verdict | None:
        """Whether it is the same, changed, new or gone; None where nothing was before."""
        return None if self.change is None else self.change.verdict

    def as_json(self) -> dict[str, JsonValue]:
        """For ``--json``."""
        part = self.part
        return {
            "section": part.section,
            "name": part.name,
            "role": part.role or None,
            "path": list(part.path),
            "record": part.record,
            "tokens_estimated": self.tokens,
            "cache_control": part.cache,
            "change": self.verdict,
            "content": part.content,
        }


class RequestReport(Struct, frozen=True):
    """A request: its ``body`` as it goes out, and what is known of it.

    ``called`` is its record, None while it has none, ``at`` the record that it is made at.
    ``tokens`` is what goes in, by the server's count where ``counted``, else an estimate.
    ``before`` compares with the request before it on its path, ``elsewhere`` with one that was made
    in between on another branch. ``window`` is how many tokens the model takes, None if unknown.
    ``system_from`` names the function that has yet to say what the system prompt is.
    """

    protocol: str
    called: int | None
    at: int
    answers: Answers
    model: str
    base_url: str | None
    betas: tuple[str, ...]
    body: dict[str, Any]
    parts: tuple[PartReport, ...]
    tokens: int
    counted: bool
    usage: Usage | None
    window: int | None
    before: RequestChange | None
    elsewhere: RequestChange | None
    system_from: str = ""

    @property
    def sent(self) -> tuple[dict[str, Any], str | None, tuple[str, ...], str]:
        """What to write it as a command with: its body, host, betas and protocol."""
        return self.body, self.base_url, self.betas, self.protocol

    @property
    def share(self) -> float | None:
        """Of the window, 1 for all of it; None where the window is unknown."""
        return self.tokens / self.window if self.window else None

    def tokens_in(self, section: Section) -> int:
        """About how many tokens a section has."""
        return sum(each.tokens or 0 for each in self.parts if each.part.section == section)

    def as_json(self) -> dict[str, JsonValue]:
        """What ``show --requests --full --json`` says beside the figures of the request."""
        return {
            "answers": self.answers,
            "tokens": self.tokens,
            "counted": self.counted,
            "body": self.body,
            "parts": [each.as_json() for each in self.parts],
        }


def request_report(tree: Tree, at: int) -> RequestReport | None:
    """The request of a ``model_called``, or the one that comes next at any other record.

    None where the model is not asked next. KeyError when there is no such record.
    """
    called = at if isinstance(tree[at].event, ModelCalled) else None
    if called is None and not asks_model(next_action(tree.snapshot_at(at))):
        return None
    s = asked_at(tree, at)
    how = sent_as(tree, s.settings, called)
    traced = traced_request(s, how)
    parts = request_parts(traced.body, traced.records, how.protocol)
    answers = _answers(tree, called, s.settings)
    # What a script says of its tokens was counted by no server.
    total = None if called is None or answers == "script" else _counted(tree, called)
    counts = part_tokens(parts, total)
    usage = None if called is None else usage_of(tree, called)
    made = MadeRequest(s, how, parts, counts)
    before, elsewhere = (
        None if other is None else change_since(tree, at, other, made, usage, called)
        for other in _others(tree, at, called)
    )
    return RequestReport(
        protocol=how.protocol,
        called=called,
        at=at,
        answers=answers,
        model=s.settings.model,
        base_url=s.settings.base_url,
        betas=tuple(betas(request_at(s))) if how.protocol == "messages" else (),
        body=traced.body,
        parts=_parts(parts, counts, before or elsewhere),
        tokens=sum(count or 0 for count in counts) if total is None else total,
        counted=total is not None,
        usage=usage,
        window=window_of(s.settings),
        before=before,
        elsewhere=elsewhere,
        system_from=s.workflow.system_from if called is None else "",
    )


def _others(tree: Tree, at: int, called: int | None) -> tuple[int | None, int | None]:
    if called is None:
        return requests_earlier(tree, at, tree.last_id + 1)
    return requests_before(tree, called)


def _counted(tree: Tree, called: int) -> int | None:
    """The tokens that went in, as the server counted them; None where it did not."""
    answer = answer_of(tree, called, None)
    if answer is None or "input_tokens" in (answer.estimate or {}):
        return None
    used = answer_usage(answer)
    return used.input + used.cache_read + used.cache_written or None


def _answers(tree: Tree, called: int | None, settings: Settings) -> Answers:
    if called is not None and tree[called].source == "recorded":
        return "recording"
    if settings.model == "scripted":
        return "script"
    return "port" if asked_provider(settings.model) is None else "model"


def _parts(
    parts: Sequence[RequestPart], counts: Sequence[int | None], change: RequestChange | None
) -> tuple[PartReport, ...]:
    if change is None:
        return tuple(map(PartReport, parts, [None] * len(parts), counts))
    given = iter(counts)
    return tuple(
        PartReport(each.either, each, None if each.part is None else next(given))
        for each in change.changes
    )
