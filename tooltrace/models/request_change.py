"""What differs between two requests of a session, and what that did to a prompt cache."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.compare.change_cause import ChangeCause, ChangedPart, change_cause
from tooltrace.core.compare.part_diff import PartChange, Prefix, part_changes, stable_prefix
from tooltrace.core.compare.request_diff import tokens_lost, usage_of
from tooltrace.core.compare.request_parts import RequestPart, request_parts
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import Assistant
from tooltrace.core.model.snapshot import Snapshot, Usage
from tooltrace.models.branch_request import Sent, sent_as, traced_request
from tooltrace.models.request.turns import blank

__all__ = ["MadeRequest", "RequestChange", "change_since"]


class MadeRequest(Struct, frozen=True):
    """A request, what it was made of, and its parts; ``counts`` are their tokens, estimated."""

    snapshot: Snapshot
    sent: Sent
    parts: list[RequestPart]
    counts: list[int | None]


class RequestChange(Struct, frozen=True):
    """What differs from the request of record ``other``, and what a cache that held it can give.

    ``prefix`` is the front that is equal in both, about ``prefix_tokens`` long, and ``cause`` is
    who changed what ends it. ``lost`` tokens were cached after the other one and not read by this.
    ``before`` is what the answer to the other used; ``seconds`` passed from then on, None where
    either has not come about. ``cached_for`` is how many seconds the other one asked to be cached
    for, None where it did not ask.
    """

    other: int
    changes: tuple[PartChange, ...]
    prefix: Prefix
    prefix_tokens: int
    cause: ChangeCause | None
    lost: int
    before: Usage | None
    seconds: float | None
    cached_for: int | None

    def count(self, verdict: str) -> int:
        """How many parts are ``new``, ``changed`` or ``gone``."""
        return sum(change.verdict == verdict for change in self.changes)


def change_since(
    tree: Tree, at: int, other: int, made: MadeRequest, usage: Usage | None, called: int | None
) -> RequestChange:
    """A request made at a record beside that of an earlier ``model_called``.

    ``usage`` is that of its answer, ``called`` its own record, if there are any. KeyError when
    there is no such record.
    """
    s = tree.snapshot_at(other)
    sent = sent_as(tree, s.settings, other)
    alike = _how(made.snapshot, made.sent) == _how(s, sent)
    # Where a reply stands is known of a body of the Messages API alone.
    begin = _shared(made.snapshot, s) if alike and sent.protocol == "messages" else 0
    old = _parts_from(s, sent, begin)
    shared, offset = _place_of(made, begin)
    changes = part_changes([_moved(part, offset) for part in old], made.parts, shared)
    prefix = stable_prefix(changes)
    before = usage_of(tree, other, called)
    return RequestChange(
        other,
        tuple(changes),
        prefix,
        _prefix_tokens(made, prefix),
        _cause(tree, at, other, prefix, "system" in (sent.placement, made.sent.placement)),
        tokens_lost(before, usage),
        before,
        None if called is None else _seconds(tree, other, called),
        _cached_for(old),
    )


def _how(s: Snapshot, sent: Sent) -> tuple[object, ...]:
    """All that decides how a message of the conversation is sent."""
    return sent, s.form, s.settings.result_limit


def _cached_for(parts: Sequence[RequestPart]) -> int | None:
    """The longest time that its breakpoints ask for, in seconds: 5 minutes unless they say more."""
    marks = [part.cache for part in parts if part.cache is not None]
    long = any(isinstance(mark, dict) and mark.get("ttl") == "1h" for mark in marks)
    return (3600 if long else 300) if marks else None


def _shared(one: Snapshot, other: Snapshot) -> int:
    """The place of the last reply that both conversations have and that nothing comes before
    which they do not share; 0 where there is none."""
    for at in range(one.messages.shared(other.messages) - 1, 0, -1):
        message = one.messages[at]
        if isinstance(message, Assistant) and not all(map(blank, message.content)):
            return at
    return 0


def _parts_from(s: Snapshot, sent: Sent, begin: int) -> list[RequestPart]:
    made = traced_request(s, sent, begin)
    return request_parts(made.body, made.records, sent.protocol)


def _place_of(made: MadeRequest, begin: int) -> tuple[int, int]:
    """How many parts of the messages, and how many messages, stand before that reply."""
    reply = made.snapshot.messages[begin] if begin else None
    if isinstance(reply, Assistant):
        parts = (part for part in made.parts if part.section == "messages")
        for count, part in enumerate(parts):
            if part.record == reply.record and isinstance(part.path[1], int):
                return count, part.path[1]
    return 0, 0


def _moved(part: RequestPart, by: int) -> RequestPart:
    """The part where it stood before messages in front of it were left out."""
    match part.path:
        case ("messages", int(number), *rest) if by:
            return replace(part, path=("messages", number + by, *rest))
        case _:
            return part


def _prefix_tokens(made: MadeRequest, prefix: Prefix) -> int:
    pairs = zip(made.parts, made.counts, strict=True)
    counts = [count or 0 for part, count in pairs if part.section != "settings"]
    return sum(counts[: prefix.parts])


def _cause(tree: Tree, at: int, other: int, prefix: Prefix, moves: bool) -> ChangeCause | None:
    end = prefix.end
    if end is None:
        return None
    section = end.either.section
    changed = ChangedPart(
        section,
        None if end.part is None else end.part.record,
        None if end.before is None else end.before.record,
        moves and section == "system",
    )
    return change_cause(tree, at, other, changed)


def _seconds(tree: Tree, other: int, called: int) -> float | None:
    """From the answer to one request, or from it if none came, to the next one."""
    answers = (tree[child] for child in tree.children(other))
    ends = [r.at for r in answers if isinstance(r.event, ModelReplied | ModelFailed)]
    begin = next((at for at in ends if at), tree[other].at)
    try:
        passed = datetime.fromisoformat(tree[called].at) - datetime.fromisoformat(begin)
    except (TypeError, ValueError):
        return None
    return passed.total_seconds()
