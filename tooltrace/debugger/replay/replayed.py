"""What came of the replay of a branch, as plain values to assert something of."""

from __future__ import annotations

from msgspec import Struct

from tooltrace.core.compare.transcript import done_on, states_entered
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.events import DivergenceAccepted, Outcome
from tooltrace.core.model.ports import Divergence
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.replay.divergence import describe
from tooltrace.debugger.replay.recorded import RecordedReplay
from tooltrace.debugger.run.consent import NOTHING
from tooltrace.debugger.session.session import Session

__all__ = ["Replayed", "ReplayedCall", "replay_to_end"]


class ReplayedCall(Struct, frozen=True):
    """A call that was made: its tool, what it was given, what it gave, whether that is an error."""

    tool: str
    arguments: JsonValue
    result: JsonValue
    is_error: bool


class Replayed(Struct, frozen=True):
    """What a replay came to.

    ``calls`` are those that were made, in order, and ``states`` those that were entered, the
    initial one first. ``outcome`` is None where the recording, or the replay, did not come to an
    end. ``divergences`` are where it was not as recorded: the replay goes on past one where it can,
    with the result as it is now or with the recorded reply. ``text`` says them, a line each.
    """

    calls: tuple[ReplayedCall, ...]
    states: tuple[str, ...]
    outcome: Outcome | None
    context: dict[str, JsonValue]
    divergences: tuple[Divergence, ...]

    @property
    def text(self) -> str:
        """The divergences in words; empty where all was as recorded."""
        return "\n".join(map(describe, self.divergences))


async def replay_to_end(replay: RecordedReplay, target: Session) -> Replayed:
    """Go through a replay on ``target`` as far as it goes."""
    found: list[Divergence] = []
    while True:
        stop = await replay.step("level", NOTHING)
        if stop is None:
            continue
        if stop.divergence is None:
            break
        found.append(stop.divergence)
        if replay.go_past is None:
            break
        target.append(DivergenceAccepted(), "live")
        replay.go_past()
    s = target.snapshot
    tip = target.head
    steps = done_on(target.tree, Steps.to(target.tree, tip))
    calls = tuple(
        ReplayedCall(
            step.name,
            step.content.get("arguments"),
            step.content.get("result"),
            step.content.get("is_error") is True,
        )
        for step in steps
        if step.kind == "call" and step.made
    )
    return Replayed(
        calls, states_entered(target.tree.path(tip)), s.outcome, dict(s.context), tuple(found)
    )
