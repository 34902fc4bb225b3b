"""The requests of a branch as the Messages API's JSON, made of its records alone."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tooltrace.core.decide.next_action import asks_model, model_called, next_action, request_at
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled, ModelReplied, Record
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.models.anthropic.request_body import body, placed

__all__ = ["branch_request", "sent_request", "whole_request"]


def branch_request(tree: Tree, at: int, model: str | None = None) -> dict[str, Any] | None:
    """The body of the request that comes next at a record, or else of the last one before it.

    None where the model was never asked. A scripted run tells what a model would be sent;
    ``model`` is asked instead of the run's own.
    """
    s = tree.snapshot_at(at)
    if asks_model(next_action(s)):
        asked = fold(s, Record(tree.last_id + 1, at, "", "live", model_called(s)))
        return _body(asked, s, model)
    called = (r.id for r in tree.up(at) if isinstance(r.event, ModelCalled))
    last = next(called, None)
    return None if last is None else _body(tree.snapshot_at(last), s, model)


def whole_request(
    tree: Tree, at: int, model: str | None = None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The body with all that was done up to a record, and the reply that ended it, as it came.

    Where a run ended, or stopped, after a turn's last result, the request is the one with these
    results, although nobody sent it.
    """
    s = tree.snapshot_at(at)
    if asks_model(next_action(s)):
        return branch_request(tree, at, model), None
    if s.calls and all(call.status == "returned" for call in s.calls):
        asked = fold(s, Record(tree.last_id + 1, at, "", "live", ModelCalled("")))
        return _body(asked, s, model), None
    return branch_request(tree, at, model), _answer(tree, at)


def _answer(tree: Tree, at: int) -> dict[str, Any] | None:
    for record in tree.up(at):
        if isinstance(record.event, ModelReplied):
            return record.event.reply
        if isinstance(record.event, ModelCalled):
            break
    return None


def sent_request(tree: Tree, called: int, model: str | None = None) -> dict[str, Any]:
    """The body of the request that a ``model_called`` stands for."""
    asked = tree.snapshot_at(called)
    return _body(asked, asked, model)


def _body(asked: Snapshot, s: Snapshot, model: str | None) -> dict[str, Any]:
    settings = s.settings if model is None else replace(s.settings, model=model)
    official = settings.base_url is None
    where = placed(settings.placement, settings.model, official)
    return body(request_at(asked), model=settings.model, placement=where, official=official)
