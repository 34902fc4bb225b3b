"""Fold a turn: a request, the reply to it, and the calls that the reply makes.

Results of calls made side by side come back in any order. Whatever of them reaches the model, a
guard or a verdict is kept in the order in which the calls would be made one by one, so that two
runs of the same turn make the same next request.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.expressions.expression_names import brief
from tooltrace.core.fold.call_order import in_order, refusal
from tooltrace.core.fold.conversation import conversation, finished_steps
from tooltrace.core.fold.stop_reasons import trouble_in
from tooltrace.core.fold.stuck import recent_of
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.messages import Assistant, StatePrompt
from tooltrace.core.model.reply import arguments, blocks, calls, stop, tool_name
from tooltrace.core.model.snapshot import Call, FailedReply, Snapshot, replace

__all__ = [
    "MOST_PROBLEMS",
    "called",
    "failed",
    "odd",
    "replied",
    "returned",
    "started",
    "with_problem",
]

MOST_PROBLEMS = 50


def with_problem(problems: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The problems and one more; only the last few are kept."""
    return (*problems[-MOST_PROBLEMS + 1 :], what)


def odd(s: Snapshot, record: e.Record, what: str) -> Snapshot:
    """The snapshot after a record that does not fit: it changes nothing but is named."""
    return replace(
        s,
        at=record.id,
        source=record.source,
        problems=with_problem(s.problems, f"#{record.id} {what}"),
    )


def called(s: Snapshot, record: e.Record, event: e.ModelCalled) -> Snapshot:
    """After a request went out."""
    messages, told, digest = conversation(s)
    before = (len(messages), told, digest)
    if event.prompt:
        messages = messages.push(StatePrompt(record.id, event.prompt))
    return replace(
        s,
        at=record.id,
        source=record.source,
        messages=messages,
        calls=(),
        steps=finished_steps(s),
        unsettled=(),
        awaiting_model=True,
        attempt=event.attempt,
        trouble=None,
        hops=0,
        before=before,
        digest=event.digest,
        told=len(messages),
        given_system=event.system,
    )


def _asked(s: Snapshot) -> Snapshot:
    """With a request in flight, as an answer needs one; imported answers have none on record."""
    if s.awaiting_model:
        return s
    messages, told, digest = conversation(s)
    return replace(
        s,
        messages=messages,
        calls=(),
        steps=finished_steps(s),
        unsettled=(),
        hops=0,
        before=(len(messages), told, digest),
        digest=digest,
        told=told,
    )


def replied(s: Snapshot, record: e.Record, event: e.ModelReplied) -> Snapshot:
    """After the model's reply: its calls wait, unless the reply cannot be relied on."""
    s = _asked(s)
    reply = event.reply
    trouble = trouble_in(reply, s.form)
    waiting = [
        Call(e.CallRef(record.id, index), _text(call.get("id")), tool_name(call), arguments(call))
        for index, call in enumerate(calls(reply))
    ]
    return replace(
        s,
        at=record.id,
        source=record.source,
        messages=s.messages.push(Assistant(record.id, blocks(reply))),
        turn=s.turn + 1,
        calls=tuple(waiting) if trouble is None else (),
        awaiting_model=False,
        stop_reason=stop(reply) if trouble is None else s.stop_reason,
        trouble=trouble,
        usage=s.usage.answered(event),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def failed(s: Snapshot, record: e.Record, event: e.ModelFailed) -> Snapshot:
    """After a request that got no usable reply."""
    return replace(
        _asked(s),
        at=record.id,
        source=record.source,
        awaiting_model=False,
        trouble=FailedReply(event.kind, event.error, event.retryable, event.retry_after),
        usage=s.usage.answered(event),
    )


def started(s: Snapshot, record: e.Record, event: e.ToolStarted) -> Snapshot:
    """After a call went out; one that was interrupted may go out again."""
    call = s.call(event.call)
    if call is None or call.status == "returned":
        why = "that was not made" if call is None else "that has its result"
        return odd(s, record, f"started a call {why}: {event.call}")
    begun = Call(
        call.ref, call.tool_use_id, call.tool, call.arguments, status="started", started=record.id
    )
    return replace(s, at=record.id, source=record.source, calls=_with(s.calls, call, begun))


def _with(calls: tuple[Call, ...], old: Call, new: Call) -> tuple[Call, ...]:
    if len(calls) == 1:
        return (new,)
    return tuple([new if call is old else call for call in calls])


def returned(s: Snapshot, record: e.Record, event: e.ToolReturned) -> Snapshot:
    """After a call's result."""
    call = s.call(event.call)
    if call is None or call.status == "returned":
        why = "that was not made" if call is None else "that had one already"
        return odd(s, record, f"a result for a call {why}: {event.call}")
    content, is_error, tool = event.content, event.is_error, call.tool
    done = Call(
        call.ref,
        call.tool_use_id,
        tool,
        call.arguments,
        "returned",
        call.started,
        record.id,
        content,
        is_error,
        event.blocks,
    )
    later = _returned_early(s, call)
    return replace(
        s,
        at=record.id,
        source=record.source,
        calls=_with(s.calls, call, done),
        unsettled=_placed(s.unsettled, done, sum(old.ref in later for old in s.unsettled)),
        here=s.here if is_error else _here(s, tool, content),
        recent=recent_of(
            s, _placed(s.recent, (tool, call.arguments, content, is_error, s.turn), len(later))
        ),
        idle=s.idle + _idles(s),
        hops=0,
        error=_error(s, done, later) if is_error else s.error,
        tool_calls=s.tool_calls + 1,
        usage=s.usage.later(event.ms),
        world=event.world or s.world,
        unkept="" if event.world else event.unkept or s.unkept or _unkept(s, done),
        problems=_problems(s, record, event),
    )


def _unkept(s: Snapshot, done: Call) -> str:
    """Why the world may be another one now, which no snapshot shows: the call acted, and has none.

    So it is between two calls that ran side by side, where a person said what an interrupted one
    gave, and where a replay went on with another result than the recorded one.
    """
    if s.world is None or done.started is None:
        return ""
    return "" if s.workflow.effect(done.tool) == "reads" else "no snapshot shows what it did"


def _problems(s: Snapshot, record: e.Record, event: e.ToolReturned) -> tuple[str, ...]:
    if not event.unkept:
        return s.problems
    what = f"#{record.id} the world was not kept after it: {event.unkept}"
    return with_problem(s.problems, what)


def _idles(s: Snapshot) -> int:
    """What one more result adds to the count of what changed nothing: by turns, the first does."""
    by_calls = s.workflow.stuck.counts == "calls"
    return by_calls or all(call.status != "returned" for call in s.calls)


def _returned_early(s: Snapshot, call: Call) -> frozenset[e.CallRef]:
    """The calls of this turn that would be made after this one, but returned before it."""
    done = [other for other in s.calls if other.status == "returned"]
    if not done:
        return frozenset()
    order = [other.ref for other in in_order(s.workflow, s.calls)]
    after = set(order[order.index(call.ref) + 1 :])
    return frozenset(other.ref for other in done if other.ref in after)


def _placed(items: tuple[Any, ...], item: Any, early: int) -> tuple[Any, ...]:
    """The items with one more, in front of the last few that came too early."""
    if not early:
        return (*items, item)
    cut = max(0, len(items) - early)
    return (*items[:cut], item, *items[cut:])


def _here(s: Snapshot, tool: str, content: Any) -> dict[str, Any]:
    here = {**s.here, tool: content}
    return here if tool in s.here or len(here) == 1 else dict(sorted(here.items()))


def _error(s: Snapshot, done: Call, later: frozenset[e.CallRef]) -> str | None:
    """The workflow's error flag: the last failure of a critical tool, in call order.

    A call that never reached its tool has not failed: the model is told, and may do better.
    """

    def critical(call: Call) -> bool:
        spec = s.workflow.tool(call.tool)
        if spec is None or not spec.critical or not call.is_error:
            return False
        return call.started is not None or refusal(s, call) is None

    if not critical(done) or any(c.ref in later and critical(c) for c in s.calls):
        return s.error
    told = content_text(done.content) if done.blocks else done.content
    return f"{done.tool} failed: {brief(told)}"
