"""Count how many turns, tokens and dollars a branch may use, and what going on grants.

A budget is asked before a model is: what has been asked for is paid for, so a branch may end above
its budget by one reply. A reply without a known price cannot be held against a budget in dollars,
and stops a branch that has one.
"""

from __future__ import annotations

from tooltrace.core.model.events import WentOn
from tooltrace.core.model.snapshot import MOST_DOLLARS, Snapshot, Usage

__all__ = ["dollars", "grant_words", "granted", "over_budget", "over_limit", "token_words"]


def over_limit(s: Snapshot) -> str | None:
    """Which limit keeps the model from being asked here, with figures; None when none does."""
    if s.turn >= s.max_turns:
        return f"{s.turn} model turns, and {s.max_turns} are allowed"
    return over_budget(s)


def over_budget(s: Snapshot) -> str | None:
    """The same for tokens and dollars alone, which asking once more for a reply costs as well."""
    used, tokens, cost = s.usage, s.max_tokens, s.max_cost
    guess = ", some of it estimated" if used.estimated else ""
    if tokens is not None and used.tokens >= tokens:
        least = "at least " if used.estimated else ""
        split = f"{', '.join(token_words(used))}{guess}"
        return f"{least}{used.tokens:,} tokens ({split}), and {tokens:,} are allowed"
    if cost is None:
        return None
    if used.cost >= cost:
        least = "at least " if used.least else ""
        return f"{least}{dollars(used.cost)} spent{guess}, and {dollars(cost)} are allowed"
    if used.unpriced > s.unpriced_granted:
        return f"a reply had no known price, and {dollars(cost)} are allowed"
    return None


def granted(s: Snapshot, turns: int | None = None) -> WentOn:
    """What going on past the limits reached here grants: as much again, from what is used now.

    ``turns`` is how many turns instead of as many as the run was allowed when it began.
    """
    tokens, cost, used = s.max_tokens, s.max_cost, s.usage
    more_tokens, more_cost = 0, 0.0
    if tokens is not None and used.tokens >= tokens:
        more_tokens = used.tokens - tokens + (s.settings.token_budget or 0)
    if cost is not None and used.cost >= cost:
        more_cost = round(used.cost - cost + (s.settings.cost_budget or 0.0), 12)
    budgets = more_tokens or more_cost or over_budget(s)
    more_turns = 0
    if s.turn >= s.max_turns or not budgets:
        allowed = s.settings.max_turns or s.workflow.max_turns
        more_turns = max(0, s.turn - s.max_turns) + (allowed if turns is None else turns)
    return WentOn("limit", more_turns, more_tokens, more_cost)


def grant_words(s: Snapshot, grant: WentOn) -> list[str]:
    """What a grant leaves to use from here on, and up to what sum; ``s`` is before it counts."""
    words, used = [], s.usage
    if grant.turns > 0:
        most = s.max_turns + grant.turns
        left = max(0, most - s.turn)
        words.append(f"{left:,} turn{'' if left == 1 else 's'} more, up to {most:,}")
    tokens, cost = s.max_tokens, s.max_cost
    if grant.tokens > 0 and tokens is None:
        words.append(f"{grant.tokens:,} tokens more")
    elif grant.tokens > 0 and tokens is not None:
        most = tokens + grant.tokens
        words.append(f"{max(0, most - used.tokens):,} tokens more, up to {most:,}")
    if 0 < grant.cost < MOST_DOLLARS and cost is None:
        words.append(f"{dollars(grant.cost)} more")
    elif 0 < grant.cost < MOST_DOLLARS and cost is not None:
        spend = cost + grant.cost
        words.append(f"{dollars(spend - used.cost)} more, up to {dollars(spend)}")
    if cost is not None and used.unpriced > s.unpriced_granted:
        words.append("until the next reply without a price")
    return words


def dollars(cost: float) -> str:
    """Money for people: two digits that count, and cents at least: ``$0.008``, ``$1.20``."""
    if cost >= 0.995 or cost <= 0:
        return f"${max(cost, 0.0):,.2f}"
    if cost < 0.000_001:
        return "under $0.000001"
    digits = f"{cost:.2g}"
    places = max(2, len(f"{float(digits):.7f}".rstrip("0").partition(".")[2]))
    return f"${float(digits):.{places}f}"


def token_words(used: Usage) -> list[str]:
    """The tokens in words, kind by kind; ``cached`` ones were read from the cache or written."""
    words = [f"{used.input:,} in", f"{used.output:,} out"]
    if cached := used.cache_read + used.cache_written:
        words.append(f"{cached:,} cached")
    if used.cache_written:
        words.append(f"{used.cache_written:,} of them written")
    return words
