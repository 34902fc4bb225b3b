"""How full the model's context window is, in one short line: what it held last, and of that cached.

Nothing where either is unknown: a window is never guessed.
"""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.tui.rows.lines import Line

__all__ = ["ContextUse", "context_bar", "context_use"]

_CELLS = 10
_WIDE = 100


class ContextUse(Struct, frozen=True):
    """Tokens of the last answered request and its answer, and how many were read from a cache.

    With ``least`` there may be more of them.
    """

    tokens: int
    cached: int
    least: bool


def context_use(tree: Tree, head: int) -> ContextUse | None:
    """What the conversation at a record takes, as the last answer on its path told; None before."""
    for record in tree.up(head):
        if isinstance(record.event, ModelReplied | ModelFailed):
            used = answer_usage(record.event)
            if used.tokens:
                return ContextUse(used.tokens, used.cache_read, bool(used.estimated))
    return None


def context_bar(use: ContextUse | None, window: int | None, width: int) -> Line:
    """Used of the window, and the cached part; shorter where a line has less than 100 cells."""
    if use is None or not window:
        return ()
    least = "≥ " if use.least else ""
    cached = f" · {_short(use.cached)} cached" if use.cached else ""
    told = f"{least}{_short(use.tokens)}/{_short(window)}"
    style = "warn" if use.tokens * 10 >= window * 9 else "dim"
    if width < _WIDE:
        return ((told, style), (cached, "dim"))
    share = f" {100 * use.tokens / window:.0f} %" if use.tokens * 100 >= window else " < 1 %"
    filled = min(_CELLS, -(-use.tokens * _CELLS // window))
    held = min(filled, use.cached * _CELLS // window)
    return (
        ("context ", "dim"),
        ("█" * held, "arg"),
        ("▓" * (filled - held), "text"),
        ("░" * (_CELLS - filled), "dim"),
        (f" {told}{share}", style),
        (cached, "dim"),
    )


def _short(tokens: int) -> str:
    """About so many: ``812``, ``45.2k``, ``1M``."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if tokens >= unit:
            return f"{tokens / unit:.1f}".removesuffix(".0") + name
    return str(tokens)
