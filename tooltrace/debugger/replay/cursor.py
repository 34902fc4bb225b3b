"""What of a recording a replay goes through again, and what answered what in it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model import events as e
from tooltrace.core.model.client_events import CLIENT_EVENTS

__all__ = ["RecordedStep", "recorded_steps"]

_BESIDE: tuple[type[e.Event], ...] = (e.WorldRestored, e.Unknown, e.RunStarted, e.Diverged)
_BESIDE += (e.DivergenceAccepted, *CLIENT_EVENTS)


class RecordedStep(Struct, frozen=True):
    """A record, and the answer that is gone through with it: to a request, or to a call."""

    record: e.Record
    answer: e.Record | None = None


def recorded_steps(records: Sequence[e.Record]) -> list[RecordedStep]:
    """What a replay does again, in the order in which it was written.

    A replay makes calls one after the other that were made side by side. A snapshot of the world
    shows what all calls did that were started before it, so it comes with the last one of them.
    """
    worlds = _worlds(records)
    reply: e.Record | None = None
    results: dict[e.CallRef, e.Record] = {}
    steps = []
    for record in reversed(records):
        answer = None
        match record.event:
            case e.ModelReplied() | e.ModelFailed():
                reply = record
            case e.ModelCalled():
                answer, reply = reply, None
            case e.ToolReturned(call=ref) as event:
                shown = replace(event, world=worlds.get(ref))
                results[ref] = replace(record, event=shown)
            case e.ToolStarted(call=ref):
                answer = results.get(ref)
            case _:
                pass
        if not isinstance(record.event, _BESIDE):
            steps.append(RecordedStep(record, answer))
    answers = {step.answer.id for step in steps if step.answer is not None}
    return [step for step in reversed(steps) if step.record.id not in answers]


def _worlds(records: Sequence[e.Record]) -> dict[e.CallRef, str]:
    """The snapshot that comes with the result of a call, when calls are made in this order."""
    started: list[e.CallRef] = []
    worlds: dict[e.CallRef, str] = {}
    for record in records:
        match record.event:
            case e.ToolStarted(call=ref):
                started.append(ref)
            case e.ToolReturned(call=ref, world=world) if world is not None:
                worlds[started[-1] if ref in started else ref] = world
            case e.ModelReplied():
                started = []
            case _:
                pass
    return worlds
