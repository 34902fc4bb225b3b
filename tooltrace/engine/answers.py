"""What a port answered, as the fact that it becomes in the session."""

from __future__ import annotations

from tooltrace.core.events import ModelFailed, ModelReplied
from tooltrace.core.ports import Failure, Reply

__all__ = ["failed", "replied"]


def replied(reply: Reply) -> ModelReplied:
    """The fact of a reply."""
    return ModelReplied(
        reply.body,
        ms=reply.ms,
        request_id=reply.request_id,
        raw=reply.raw,
        first_ms=reply.first_ms,
        placement=reply.placement,
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
    )
