"""What the codecs write is taken by servers as strict as the APIs, and what those say is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loopback import chat, responses
from tests.loopback.asking import ask
from tests.loopback.chat.rules import complaint as chat_complaint
from tests.loopback.framing import reframed
from tests.loopback.responses.rules import complaint as responses_complaint
from tooltrace.models.wire.chat.codec import ChatCodec
from tooltrace.models.wire.form import Codec, WireMessage, WireRequest
from tooltrace.models.wire.responses.codec import ResponsesCodec
from tooltrace.models.wire.sse import EventStream

TEXT = st.text(min_size=1, max_size=6)
SAID = st.builds(lambda text: {"type": "text", "text": text}, TEXT)
PICTURE = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
TOOL = {"name": "pay", "description": "Pay.", "input_schema": {"type": "object"}}


@st.composite
def conversations(draw: st.DrawFn) -> list[WireMessage]:
    """Turns in which each call is answered, as an agent makes them."""
    messages = [WireMessage("user", draw(st.lists(SAID | st.just(PICTURE), min_size=1)))]
    for turn in range(draw(st.integers(0, 3))):
        ids = [f"c{turn}{place}" for place in range(draw(st.integers(1, 3)))]
        given = draw(st.dictionaries(TEXT, TEXT, max_size=2))
        calls = [{"type": "tool_use", "id": call, "name": "pay", "input": given} for call in ids]
        content = draw(st.text(max_size=3) | st.lists(SAID, min_size=1, max_size=2))
        results = [{"type": "tool_result", "tool_use_id": call, "content": content} for call in ids]
        messages.append(WireMessage("assistant", [*draw(st.lists(SAID, max_size=1)), *calls]))
        messages.append(WireMessage("user", [*results, *draw(st.lists(SAID, max_size=1))]))
    return messages


@given(conversations(), st.booleans(), st.booleans())
def test_an_ordinary_conversation_is_refused_by_nobody(
    messages: list[WireMessage], stream: bool, told: bool
) -> None:
    settings = {"max_tokens": 99, "stream": stream, "tool_choice": {"type": "auto"}}
    system = [{"type": "text", "text": "be brief"}] if told else []
    request = WireRequest("gpt-5.6", messages, system, [TOOL], settings)
    assert responses_complaint(ResponsesCodec().write_request(request)) is None
    assert chat_complaint(ChatCodec().write_request(request)) is None


CHAT = chat.completion("Zoë 🙂 pays", chat.call("c1", "pay", cents=15), chat.call("c2", "pay"))
RESPONSE = responses.response(
    responses.message("Zoë 🙂 pays"),
    responses.function_call("c1", "pay", cents=15),
    responses.function_call("c2", "pay"),
)


@pytest.mark.parametrize(
    ("codec", "server", "path", "step"),
    [
        (ChatCodec(), chat.ChatLoopback, "/v1/chat/completions", CHAT),
        (ResponsesCodec(), responses.ResponsesLoopback, "/v1/responses", RESPONSE),
    ],
    ids=["chat", "responses"],
)
@pytest.mark.parametrize("odd", [{}, {"newline": "\r\n", "space": False, "comment": "", "by": 3}])
def test_a_stream_of_the_server_reads_as_its_body(
    codec: Codec, server: type[Any], path: str, step: Any, odd: dict[str, Any]
) -> None:
    request = WireRequest("gpt-5.6", [WireMessage("user", [{"type": "text", "text": "pay"}])])
    body = codec.write_request(request)
    with server(step, step) as loopback:
        plain = ask(loopback, path, body).json()
        streamed = ask(loopback, path, {**body, "stream": True}).content
    whole = codec.read_reply(plain)
    stream, reader = codec.stream(), EventStream()
    for chunk in reframed([streamed], **odd):
        for name, data in reader.feed(chunk):
            stream.take(name, data)
    stream.end()
    assert stream.broken is None
    reply = stream.message() or {}
    bare = [[{k: v for k, v in block.items() if k != "rest"} for block in one["content"]]
            for one in (reply, whole)]  # fmt: skip
    assert bare[0] == bare[1]
    assert (reply["id"], reply["stop_reason"]) == (whole["id"], "tool_use")
