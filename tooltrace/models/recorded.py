"""The recorded model: replies come from a path of a session, and nothing else ever answers.

A request whose digest is not the recorded one is a divergence, and so is a turn that was not
recorded. A miss never falls through to a live model.
"""

from __future__ import annotations

from typing import Any

from tooltrace.core.compare.json_diff import MISSING, Pairs, first_difference
from tooltrace.core.model.events import ModelCalled, ModelFailed, ModelReplied, Record
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import Divergence, ModelAnswer, ModelPort, OnDelta, PortAnswer
from tooltrace.core.text.redact import Hide, hidden_json, nothing_hidden

__all__ = ["RecordedModel"]


class RecordedModel:
    """Answers each request with the reply that ``expect`` named, if the request is the same.

    ``today`` is a model whose own reply is held against the recorded one, such as the policy that
    the workflow has now. ``hide`` takes secrets out of it, which were taken out of the recorded
    one as well.
    """

    def __init__(self, today: ModelPort | None = None, hide: Hide = nothing_hidden) -> None:
        self._today = today
        self._hide = hide
        self._pairs = Pairs()
        self._called: Record | None = None
        self._answer: Record | None = None
        self._step = 0
        self._any_request = False

    def expect(
        self, called: Record, answer: Record | None, step: int, *, any_request: bool = False
    ) -> None:
        """The next request should equal ``called``, and gets ``answer``.

        ``any_request`` says that a difference before it was accepted, so that it cannot equal it.
        """
        self._called, self._answer, self._step = called, answer, step
        self._any_request = any_request

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """The recorded answer, or how the request differs from the recorded one."""
        called, answer = self._called, self._answer
        if called is None or answer is None:
            return self._missing(called)
        event = called.event
        recorded = event.digest if isinstance(event, ModelCalled) else ""
        if recorded != request.digest and not self._any_request:
            return Divergence(called.id, self._step, "request", "digest", recorded, request.digest)
        match answer.event:
            case ModelReplied() as replied:
                if answer.source in ("edited", "injected"):  # A person's doing, not the model's.
                    return PortAnswer(replied, answer.source, answer.id)
                divergence = await self._compare(request, answer.id, replied.reply)
                return divergence or PortAnswer(replied, "recorded", answer.id)
            case ModelFailed() as failed:
                return PortAnswer(failed, "injected" if answer.source == "injected" else "recorded")
            case _:
                return self._missing(called)

    def cancel(self) -> bool:
        """Never: a recorded answer is there at once."""
        return False

    async def _compare(
        self, request: Request, record: int, body: dict[str, Any]
    ) -> Divergence | None:
        if self._today is None:
            return None
        now = await self._today.ask(request)
        if isinstance(now, Divergence):
            return now
        if isinstance(now.event, ModelFailed):
            error = self._hide(now.event.error)
            return Divergence(record, self._step, "reply", "error", MISSING, error)
        then, today = (hidden_json(_said(each), self._hide) for each in (body, now.event.reply))
        found = first_difference(then, today, pairs=self._pairs)
        return Divergence(record, self._step, "reply", *found) if found else None

    def _missing(self, called: Record | None) -> Divergence:
        record = called.id if called else None
        return Divergence(record, self._step, "reply", "recording", MISSING, "a model call")


def _said(body: dict[str, Any]) -> dict[str, Any]:
    """What of a reply counts when two are compared: ids and token counts do not."""
    said: dict[str, Any] = {key: body[key] for key in ("stop_reason", "content") if key in body}
    if isinstance(said.get("content"), list):
        said["content"] = [_without_id(block) for block in said["content"]]
    return said


def _without_id(block: Any) -> Any:
    if not isinstance(block, dict):
        return block
    return {key: value for key, value in block.items() if key != "id"}
