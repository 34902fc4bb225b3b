"""The requests of a branch as they would be sent, made of its records alone.

The body is that of the provider that the settings name; with ``form`` it is that of another one,
such as ``anthropic`` for the Messages API's JSON.
"""

from __future__ import annotations

from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.compare.request_diff import placement_of
from tooltrace.core.decide.next_action import asks_model, model_called, next_action, request_at
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelCalled, ModelReplied, Record, Settings
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.models.anthropic.request_body import traced_body
from tooltrace.models.providers import split_model
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed

__all__ = [
    "Sent",
    "asked_at",
    "branch_request",
    "sent_as",
    "sent_request",
    "traced_request",
    "whole_request",
]


def branch_request(
    tree: Tree, at: int, model: str | None = None, form: str | None = None
) -> dict[str, Any] | None:
    """The body of the request that comes next at a record, or else of the last one before it.

    None where the model was never asked. A scripted run tells what a model would be sent;
    ``model`` is asked instead of the run's own.
    """
    s = tree.snapshot_at(at)
    if asks_model(next_action(s)):
        asked = fold(s, Record(tree.last_id + 1, at, "", "live", model_called(s)))
        return _body(tree, asked, s, model, form)
    called = (r.id for r in tree.up(at) if isinstance(r.event, ModelCalled))
    last = next(called, None)
    return None if last is None else _body(tree, tree.snapshot_at(last), s, model, form, last)


def whole_request(
    tree: Tree, at: int, model: str | None = None, form: str | None = None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The body with all that was done up to a record, and the reply that ended it, as it came.

    Where a run ended, or stopped, after a turn's last result, the request is the one with these
    results, although nobody sent it.
    """
    s = tree.snapshot_at(at)
    if asks_model(next_action(s)):
        return branch_request(tree, at, model, form), None
    if s.calls and all(call.status == "returned" for call in s.calls):
        asked = fold(s, Record(tree.last_id + 1, at, "", "live", ModelCalled("")))
        return _body(tree, asked, s, model, form), None
    return branch_request(tree, at, model, form), _answer(tree, at)


def _answer(tree: Tree, at: int) -> dict[str, Any] | None:
    for record in tree.up(at):
        if isinstance(record.event, ModelReplied):
            return record.event.reply
        if isinstance(record.event, ModelCalled):
            break
    return None


def sent_request(
    tree: Tree, called: int, model: str | None = None, form: str | None = None
) -> dict[str, Any]:
    """The body of the request that a ``model_called`` stands for."""
    asked = tree.snapshot_at(called)
    return _body(tree, asked, asked, model, form, called)


def asked_at(tree: Tree, at: int) -> Snapshot:
    """The snapshot that a request is made from: of a ``model_called``, or of one that comes next.

    KeyError when there is no such record.
    """
    s = tree.snapshot_at(at)
    if isinstance(tree[at].event, ModelCalled):
        return s
    return fold(s, Record(tree.last_id + 1, at, "", "live", model_called(s)))


def traced_request(s: Snapshot, how: Sent, begin: int = 0) -> TracedBody:
    """The body that goes out for a snapshot of ``asked_at``, and the records it comes from.

    ``begin`` is the place of a reply: the messages before it are left out, in the Messages API.
    """
    asked = request_at(s)
    provider, model = split_model(s.settings.model)
    if provider.protocol != "messages":
        settings = replace(s.settings, placement=how.placement)
        return provider.traced(replace(asked, settings=settings), model)
    return traced_body(
        asked, model=model, placement=how.placement, official=how.official, begin=begin
    )


class Sent(Struct, frozen=True):
    """Where the state prompt stands in a request, and whether the API itself is asked.

    ``protocol`` is the one that it goes out in.
    """

    placement: Placed
    official: bool
    protocol: str = "messages"

    @staticmethod
    def of(settings: Settings, told: str | None = None) -> Sent:
        """As the settings ask for it; or as the answer ``told`` that it was.

        Where the two differ, another server was asked than the settings say.
        """
        provider, model = split_model(settings.model)
        official = settings.base_url is None
        where = provider.placed(model, settings)
        for each in get_args(Placed):
            if each == told:
                return Sent(each, official and each == where, provider.protocol)
        return Sent(where, official, provider.protocol)


def sent_as(tree: Tree, settings: Settings, called: int | None) -> Sent:
    """How the request of a ``model_called`` went out, as its answer says; None: as one would now.

    The answer knows better than the settings: ``ANTHROPIC_BASE_URL`` may have named a server.
    """
    return Sent.of(settings, None if called is None else placement_of(tree, called))


def _body(
    tree: Tree,
    asked: Snapshot,
    s: Snapshot,
    model: str | None,
    form: str | None,
    called: int | None = None,
) -> dict[str, Any]:
    settings = s.settings if model is None else replace(s.settings, model=model)
    provider, name = split_model(settings.model)
    if form is not None:
        provider, _ = split_model(f"{form}:")
    how = sent_as(tree, asked.settings, called)
    # What is told of the run's own model and protocol does not hold for another.
    own = settings.model == s.settings.model and provider.protocol == how.protocol
    if called is not None and own:
        return traced_request(asked, how).body
    return provider.body(replace(request_at(asked), settings=settings), name)
