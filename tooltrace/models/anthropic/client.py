"""What the SDK tells nobody of a request and its answer, noted on the connection under it.

The SDK tells of a refusal only once the whole of it came, and of a stream only what its model
classes know. What is needed before that is noted here, for the attempt that the task is making.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from tooltrace.models.live.attempt import Attempt
from tooltrace.models.live.connection import beginning

if TYPE_CHECKING:
    from httpx2 import Request, Response

__all__ = ["ASKING", "answers", "sends"]

ASKING: ContextVar[Attempt | None] = ContextVar("asking", default=None)
"""The attempt whose request is being sent by this task."""


async def sends(request: Request) -> None:
    """Hook: notes what a request is sent with."""
    if attempt := ASKING.get():
        attempt.sent = request.headers


async def answers(response: Response) -> None:
    """Hook: notes the status and headers of an answer."""
    if attempt := ASKING.get():
        attempt.answers(response.status_code, response.headers)
        if not attempt.accepted:
            response.stream = beginning(response.stream)
