"""Which run a request belongs to, of those that are known.

By its path, by what its client calls the session, by the reply that it continues, by the calls
whose results it brings, by the longest conversation that it begins with: in that order. The first
two leave only some of the runs to choose from, as agents of one session share them; the others
choose. A first message never does: two agents may begin alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tooltrace.attach.headers import SESSION_HEADERS

__all__ = ["Asked", "KnownRun", "Match", "MatchedBy", "match", "session_of"]

MatchedBy = Literal["path", "header", "thread", "call", "prefix", "new", "side"]


class Asked(Struct, frozen=True):
    """What a request says about where it belongs.

    ``said`` are its messages as keys, ``path`` is the run's name in it, ``session`` what the client
    calls it, ``after`` the reply that it continues without repeating what came before, ``results``
    the ids of the calls that it has results of; ``frame`` stands for its system prompt and tools.
    """

    said: Sequence[str]
    has_tools: bool = True
    path: str = ""
    session: str = ""
    after: str = ""
    results: frozenset[str] = frozenset()
    frame: str = ""


class KnownRun(Struct, frozen=True):
    """A run as far as it is known.

    ``said`` ends with its last reply, if there was one; ``replies`` are the ids of all of them,
    ``calls`` those of the calls that have no result yet.
    """

    said: Sequence[str]
    path: str = ""
    session: str = ""
    replies: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    frame: str = ""


class Match(Struct, frozen=True):
    """The run that a request belongs to, as its place among those known; None for one of its own.

    ``told`` counts the messages of the request that the run has already: all that it said, or fewer
    where the client has rewritten what was said. ``by`` says how it was found: ``new`` begins a
    run, ``side`` stands beside all of them.
    """

    run: int | None
    by: MatchedBy
    told: int = 0


def session_of(headers: Mapping[str, str]) -> str:
    """What a client calls the session of a request: the header with its value, or nothing."""
    return next((f"{name}={headers[name]}" for name in SESSION_HEADERS if headers.get(name)), "")


def match(asked: Asked, runs: Sequence[KnownRun]) -> Match:
    """The run that a request belongs to, of ``runs`` in the order in which they began."""
    left = [
        at
        for at, run in enumerate(runs)
        if (not asked.path or run.path == asked.path)
        and (not asked.session or run.session == asked.session)
    ]
    named: MatchedBy | None = "path" if asked.path else "header" if asked.session else None
    at, by = _chosen(asked, runs, left)
    if at is None and named and asked.has_tools:
        # Its history was rewritten, or is told in a way of its own.
        at, by = _last(at for at in left if runs[at].frame == asked.frame), named
    if at is None:
        return Match(None, "new" if asked.has_tools else "side")
    told = 0 if by == "thread" else _common(asked.said, runs[at].said)
    return Match(at, named or by, told)


def _chosen(
    asked: Asked, runs: Sequence[KnownRun], left: Sequence[int]
) -> tuple[int | None, MatchedBy]:
    if asked.after:
        return _last(at for at in left if asked.after in runs[at].replies), "thread"
    fitting = [at for at in left if _fits(asked, runs[at])]
    brought = _last(at for at in fitting if asked.results & runs[at].calls)
    if brought is not None:
        return brought, "call"
    said_most = max(fitting, key=lambda at: (len(runs[at].said), at), default=None)
    return said_most, "prefix"


def _fits(asked: Asked, run: KnownRun) -> bool:
    return bool(run.said) and _common(asked.said, run.said) == len(run.said)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _last(found: Iterable[int]) -> int | None:
    return max(found, default=None)
