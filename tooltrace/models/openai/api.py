"""OpenAI's two protocols for models: what each says of a request, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.messages import Request
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.live.failure_words import RefusalWords
from tooltrace.models.openai.host import Host
from tooltrace.models.openai.input_items import sendable_items
from tooltrace.models.openai.request_check import chat_problems, responses_problems
from tooltrace.models.openai.request_settings import (
    chat_refused,
    chat_settings,
    responses_refused,
    responses_settings,
)
from tooltrace.models.openai.told_plainly import Sayable, left_out, told_plainly
from tooltrace.models.request.traced import TracedBody
from tooltrace.models.request.turns import Placed, Placement, Turn, sendable
from tooltrace.models.request.wire_request import conversation, of_turns, wire_request
from tooltrace.models.wire.chat import content as chat_content
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import Block, Codec, WireRequest
from tooltrace.models.wire.responses import parts as responses_parts
from tooltrace.models.wire.responses.codec import ResponsesCodec

__all__ = ["CHAT", "RESPONSES", "Api", "placed"]

Body = dict[str, Any]


class Api(Struct, frozen=True):
    """A protocol: its ``codec``, the ``path`` behind the base URL, and its rules.

    ``settings`` puts what only some protocols have a name for into a body, ``refused`` says which
    settings it does not take, ``problems`` why a body would be refused, ``streams`` what a body
    says beside ``stream``.
    """

    codec: Codec
    path: str
    sayable: Sayable
    settings: Callable[[Body, str, RequestSettings, Host], Body]
    refused: Callable[[RequestSettings, Host], list[str]]
    problems: Callable[[Body], list[str]]
    streams: Callable[[Host], Body]

    def body(self, request: Request, model: str, placement: Placed, host: Host) -> Body:
        """The JSON body for one request."""
        made = self._written(wire_request(request, model, placement))
        options = request.options or RequestSettings()
        made = self.settings(made, model, options, host)
        made = {**self.streams(host), **made, "stream": True}
        return {key: sendable(value) for key, value in made.items()}

    def traced(self, request: Request, model: str, placement: Placed, host: Host) -> TracedBody:
        """The same, and the records that its messages, or the items of its input, come from."""
        body = self.body(request, model, placement, host)
        said = conversation(request, placement)
        wire = of_turns(request, model, placement, said)
        alone = replace(wire, system=[], tools=[], settings={})
        counts = [len(self._pieces(replace(alone, messages=[one]))) for one in wire.messages]
        leading = len(body.get("messages") or body.get("input") or ()) - sum(counts)
        records: list[tuple[int, ...]] = [()] * max(0, leading)
        for turn, count in zip(said, counts, strict=True):
            records += piece_records(turn, count)
        return TracedBody(body, tuple(records))

    def _pieces(self, wire: WireRequest) -> list[Any]:
        made = self._written(wire)
        return list(made.get("messages") or made.get("input") or ())

    def _written(self, wire: WireRequest) -> Body:
        made = self.codec.write_request(told_plainly(wire, self.sayable))
        if "input" in made:
            made["input"] = list(sendable_items(made["input"]))
        return made

    def unsaid(self, request: Request, model: str, placement: Placed) -> list[str]:
        """What of a request it has no words for, one line for each kind of thing."""
        wire = wire_request(request, model, placement)
        lost = [*left_out(wire, self.sayable)]
        replies = [one for one in wire.messages if one.role == "assistant"]
        if any(self._foreign(block) for one in replies for block in one.content):
            lost.append("what was thought before, which another API gave out")
        return lost

    def _foreign(self, block: Block) -> bool:
        thought = block.get("type") in ("thinking", "redacted_thinking")
        return thought and self.codec.name not in block.get("rest", {})

    def words(self, host: Host) -> RefusalWords:
        """What its refusals are about."""
        another = "pick another with --model"
        return RefusalWords(host.credentials, another, self.path)


def piece_records(turn: Turn, count: int) -> list[tuple[int, ...]]:
    """The records of the ``count`` messages or items that a turn is written as.

    Results are one each, and come before what else a person says.
    """
    if turn.role == "assistant":
        return [tuple(turn.records)] * count
    results = sum(block.get("type") == "tool_result" for block in turn.blocks)
    each = [(record,) for record in turn.records[:results]]
    return [*each, tuple(turn.records[results:])][:count]


def placed(placement: Placement, host: Host) -> Placed:
    """Where the state prompts of a request go: as asked, else where the host takes them.

    Templates of many models that run elsewhere refuse a system turn in mid-conversation.
    """
    if placement != "auto":
        return placement
    return "message" if host.official else "beside"


def _said_by_chat(block: Block, inside: bool) -> bool:
    return chat_content.sayable(block, inside)


def _said_by_responses(block: Block, inside: bool) -> bool:
    return bool(responses_parts.write_part(block, "user"))


def _counted(host: Host) -> Body:
    return {"stream_options": {"include_usage": True}} if host.counts else {}


def _nothing(host: Host) -> Body:
    return {}


CHAT = Api(
    ChatCodec(),
    "/chat/completions",
    _said_by_chat,
    chat_settings,
    chat_refused,
    chat_problems,
    _counted,
)
RESPONSES = Api(
    ResponsesCodec(),
    "/responses",
    _said_by_responses,
    responses_settings,
    responses_refused,
    responses_problems,
    _nothing,
)
