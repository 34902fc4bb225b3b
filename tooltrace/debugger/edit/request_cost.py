"""What an edit of the request costs, before it is sent: cached tokens read anew, thinking refused.

Nothing is said where nothing is lost. Tokens are an estimate: no server tells those of a part.
"""

from __future__ import annotations

from datetime import datetime
from weakref import WeakKeyDictionary

from msgspec import Struct

from tooltrace.core.decide.thinking_binding import UnboundThinking, unbound
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.models.part_tokens import part_tokens
from tooltrace.models.registry import binds_thinking
from tooltrace.models.request_change import RequestChange
from tooltrace.models.request_report import request_report

__all__ = ["EditCost", "edit_cost", "pending_edit"]

_EDITS = (e.SystemEdited, e.ToolEdited, e.MessageEdited, e.MessageAdded, e.SettingsChanged)


class EditCost(Struct, frozen=True):
    """``tokens`` were cached and are read anew, about; ``thinking`` may be refused."""

    tokens: int = 0
    thinking: tuple[UnboundThinking, ...] = ()

    def __str__(self) -> str:
        """One line; empty where nothing is lost."""
        told = []
        if self.tokens:
            told.append(f"≈ {self.tokens:,} cached tokens are read anew")
        if self.thinking:
            first, *more = self.thinking
            others = f" and {len(more)} more" if more else ""
            told.append(
                f"the API may refuse the thinking in reply #{first.reply}{others}: {first.why}"
            )
        return "; ".join(told)


def pending_edit(tree: Tree, head: int) -> bool:
    """Whether a person changed something on the path to a record since the last request."""
    for record in tree.up(head):
        if isinstance(record.event, e.ModelCalled):
            return False
        if isinstance(record.event, _EDITS) or record.source == "edited":
            return True
    return False


_KNOWN: WeakKeyDictionary[Tree, tuple[int, int, EditCost]] = WeakKeyDictionary()
"""The last answer of each tree, with the record and the size of the tree that it is about: the one
who edits, the request and the stop before it all ask, and a long session takes a while."""


def edit_cost(tree: Tree, head: int) -> EditCost:
    """What the next request loses to what was edited on the path to a record."""
    at, size, cost = _KNOWN.get(tree, (0, 0, EditCost()))
    if (at, size) != (head, tree.last_id):
        size, cost = tree.last_id, _cost(tree, head)
        _KNOWN[tree] = head, size, cost
    return cost


def _cost(tree: Tree, head: int) -> EditCost:
    s = tree.snapshot_at(head)
    if s.settings.model == "scripted":
        return EditCost()
    binds = binds_thinking(s.settings.model) and not s.settings.drop_bound_thinking
    thinking = tuple(unbound(tree.path(head))) if binds else ()
    report = request_report(tree, head)
    if report is None:
        return EditCost(thinking=thinking)
    found = (_lost(tree, head, one) for one in (report.before, report.elsewhere) if one)
    return EditCost(min((lost for lost in found if lost is not None), default=0), thinking)


def _lost(tree: Tree, head: int, change: RequestChange) -> int | None:
    """Of the tokens that are cached after another request, about how many are of no use to this.

    None where none are cached, or no longer.
    """
    used, kept_for = change.before, change.cached_for
    held = used.cache_read + used.cache_written if used is not None else 0
    if used is None or not held or kept_for is None or _passed(tree, head, change) > kept_for:
        return None
    if change.prefix.end is None:
        return 0
    parts = [
        each.before
        for each in change.changes
        if each.before is not None and each.before.section != "settings"
    ]
    counts = part_tokens(parts, used.input + held)
    return max(0, held - sum(count or 0 for count in counts[: change.prefix.parts]))


def _passed(tree: Tree, head: int, change: RequestChange) -> float:
    """Seconds since the other request was answered; 0 where the records do not tell."""
    answers = [
        record.at
        for child in tree.children(change.other)
        if isinstance((record := tree[child]).event, e.ModelReplied | e.ModelFailed)
    ]
    try:
        then, now = (datetime.fromisoformat(at) for at in (answers[-1], tree[head].at))
        return (now - then).total_seconds()
    except (IndexError, TypeError, ValueError):
        return 0.0
