"""Small things in words, the same ones everywhere: signs, durations, tokens, what happens next."""

from __future__ import annotations

from typing import assert_never

from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.budgets import dollars, token_words
from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
)
from tooltrace.core.model.call_labels import apart, name_among
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.snapshot import Snapshot, Usage
from tooltrace.core.model.workflow import Effect

__all__ = [
    "AHEAD",
    "BAD",
    "BREAK",
    "CHANGED",
    "DONE",
    "DOUBT",
    "FORCED",
    "INJECTED",
    "NEXT",
    "PRINTED",
    "RUNS",
    "SAID",
    "STAR",
    "TYPED",
    "WATCH",
    "accepted_words",
    "at_least",
    "cost_words",
    "duration",
    "effect_word",
    "happens_next",
    "in_flight",
    "reply_usage",
    "runs_now",
    "session_words",
    "usage_words",
    "watched",
]

DONE, BAD, NEXT, RUNS, DOUBT, AHEAD = "✓", "×", "‖", "◐", "▲", "○"
CHANGED, TYPED, INJECTED, FORCED = "◆", "±", "ϟ", "⇨"
BREAK = "◉"
"""A breakpoint. Not ``●``, which is where the workflow stands, and a step that was made."""
WATCH = "="
"""An expression that is watched."""
PRINTED = "»"
"""What a logpoint printed."""
STAR = "*"
"""A bookmark."""

SAID = "what was said"
"""What comes next where a replay will not wait for a person: it has the words already."""

_MOST_NAMED = 3


def duration(ms: object) -> str:
    """Time for people: ``3 ms``, ``2.1 s``, ``4 min 05 s``; a dash where there is none."""
    if not isinstance(ms, int | float) or not 0 <= ms < 1e12:
        return "–"
    if ms < 999.5:
        return f"{ms:.0f} ms"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02} s"
    return f"{minutes // 60:,} h {minutes % 60:02} min"


def effect_word(effect: Effect) -> tuple[str, str]:
    """What a call does to the world, and its style; what writes is written large."""
    return ("WRITES" if effect == "writes" else effect), effect


def usage_words(usage: Usage) -> str:
    """Tokens, money and time: ``1,204 in · 311 out · 880 cached · $0.008 · 2.1 s``.

    ``≥`` before the tokens says that some were estimated, ``≥`` before the money that some replies
    had no known price or were estimated; where none had one, nothing is said of money.
    """
    first, *parts = token_words(usage)
    parts = [f"{at_least(usage)}{first}", *parts]
    if usage.priced:
        parts.append(cost_words(usage))
    return " · ".join([*parts, duration(usage.ms)])


def at_least(usage: Usage) -> str:
    """What stands before tokens that were estimated."""
    return "≥ " if usage.estimated else ""


def cost_words(usage: Usage) -> str:
    """Money spent, as far as prices are known."""
    return f"{'≥ ' if usage.least else ''}{dollars(usage.cost)}"


def session_words(path: Usage, spent: Usage) -> str:
    """What all branches and attempts used, in money or else in tokens; "" if that is the path's."""
    if (spent.tokens, spent.cost, spent.least) == (path.tokens, path.cost, path.least):
        return ""
    if spent.priced:
        return f"session {cost_words(spent)}"
    return f"session {at_least(spent)}{spent.tokens:,} tokens"


def reply_usage(event: ModelReplied | ModelFailed) -> str:
    """The same for one reply, or for as much of one as came."""
    return usage_words(answer_usage(event))


def happens_next(action: Action, s: Snapshot) -> str:
    """The next action at a snapshot in a few words, as what follows "before …"."""
    match action:
        case CallModel():
            return "the model's reply"
        case RunTools(levels=levels):
            names = [name_among(call, s.calls) for call in levels[0][:_MOST_NAMED]]
            left = len(levels[0]) - len(names)
            more = f" and {left} more" if left else ""
            return ", ".join(names) + more
        case ChangeState(to=to):
            return f"the transition to {to}"
        case AwaitUser(text=text):
            return text
        case Finish(outcome=outcome):
            return f"the end: {outcome}"
        case _:
            assert_never(action)


def in_flight(s: Snapshot) -> str:
    """The calls that have gone out and have not come back; empty when there are none."""
    told = apart(s.calls)
    started = [call for call in s.calls if call.status == "started"]
    return ", ".join(" ".join(filter(None, (c.tool, told.get(c.ref)))) for c in started)


def runs_now(s: Snapshot, action: Action) -> str:
    """What is being done, while something runs: nothing waits for a person then."""
    calls = in_flight(s)
    if calls or s.awaiting_model:
        return calls or "the model's reply"
    return "" if isinstance(action, AwaitUser) else happens_next(action, s)


def watched(points: tuple[Breakpoint, ...], kind: str) -> frozenset[str]:
    """What the enabled breakpoints of a kind name."""
    return frozenset(p.target for p in points if p.enabled and p.kind == kind)


def accepted_words(count: int) -> str:
    """How many divergences somebody accepted: what ended with some did not end as it was."""
    return f"{count} divergence{'s' if count != 1 else ''} accepted" if count else ""
