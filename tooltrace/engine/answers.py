"""What a port answered, as the fact that it becomes in the session."""

from __future__ import annotations

from tooltrace.core.model.events import CallRef, ModelFailed, ModelReplied, ToolReturned
from tooltrace.core.model.ports import Failure, Given, Reply

__all__ = ["failed", "replied", "returned"]


def replied(reply: Reply) -> ModelReplied:
    """The fact of a reply."""
    return ModelReplied(
        reply.body,
        ms=reply.ms,
        request_id=reply.request_id,
        raw=reply.raw,
        first_ms=reply.first_ms,
        placement=reply.placement,
        cost=reply.cost,
        estimate=reply.estimate,
    )


def failed(failure: Failure) -> ModelFailed:
    """The fact of a request that got no usable reply."""
    return ModelFailed(
        failure.error,
        status=failure.status,
        request_id=failure.request_id,
        raw=failure.raw,
        ms=failure.ms,
        kind=failure.kind,
        reply=failure.reply,
        again=failure.again,
        retry_after=failure.retry_after,
        first_ms=failure.first_ms,
        placement=failure.placement,
        cost=failure.cost,
        estimate=failure.estimate,
    )


def returned(
    call: CallRef, given: Given, world: str | None = None, unkept: str = ""
) -> ToolReturned:
    """The fact of a result; ``world`` is the snapshot taken after it, ``unkept`` why none was."""
    return ToolReturned(
        call,
        given.content,
        is_error=given.is_error,
        ms=given.ms,
        error=given.error,
        output=given.output,
        abandoned=given.abandoned,
        world=world or given.world,
        unkept=unkept or given.unkept,
    )
