"""What a request says in OpenAI's protocols, where the Messages API would say more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.build import request, results, state, user
from tests.models.openai_live import CHAT, MODEL, RESPONSES, Protocol, keyed, protocol
from tooltrace.core.model.messages import Assistant, Request, Result, Results, UserText
from tooltrace.models.anthropic.request_body import body as messages_body
from tooltrace.models.openai.host import Host
from tooltrace.models.openai.input_items import sendable_items
from tooltrace.models.request.turns import MOST_MEDIA

__all__ = ["keyed", "protocol"]

HERE = Host.of("http://127.0.0.1:1/v1", None)
PIXEL = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
IMAGE = {"type": "image", "source": PIXEL}
CALL = {"type": "tool_use", "id": "c1", "name": "fetch_order", "input": {}}


def body(protocol: Protocol, sent: Request, host: Host = HERE) -> dict[str, Any]:
    made = protocol.api.body(sent, MODEL, "beside", host)
    assert protocol.api.problems(made) == []
    return made


def gave(*blocks: dict[str, Any]) -> Request:
    result = Result(3, "fetch_order", "c1", list(blocks), False, blocks=True)
    return request(user("Go."), Assistant(2, [CALL]), Results((result,)))


def output(protocol: Protocol, sent: Request) -> Any:
    made = body(protocol, sent)
    if protocol is CHAT:
        return next(m["content"] for m in made["messages"] if m["role"] == "tool")
    return next(i["output"] for i in made["input"] if i["type"] == "function_call_output")


def test_a_picture_of_a_persons_goes_whole(protocol: Protocol) -> None:
    sent = request(UserText(1, "Look.", [{"type": "text", "text": "Look."}, IMAGE]))
    assert f"data:image/png;base64,{PIXEL['data']}" in str(body(protocol, sent))
    assert protocol.api.unsaid(sent, MODEL, "beside") == []


def test_a_picture_in_a_result_goes_whole_or_is_named() -> None:
    sent = gave({"type": "text", "text": "Seen."}, IMAGE)
    assert output(CHAT, sent) == "Seen.\n\n[image png, 8 B, left out]"
    assert CHAT.api.unsaid(sent, MODEL, "beside") == ["[image png, 8 B] in a result"]
    assert [part["type"] for part in output(RESPONSES, sent)] == ["input_text", "input_image"]
    assert RESPONSES.api.unsaid(sent, MODEL, "beside") == []


def test_a_picture_that_is_too_large_is_named(protocol: Protocol) -> None:
    large = {**PIXEL, "data": "A" * (MOST_MEDIA["image"] * 4 // 3 + 8)}
    sent = request(UserText(1, "Look.", [{"type": "image", "source": large}]))
    assert "left out: the API takes at most 5 MB" in str(body(protocol, sent))


def test_what_is_text_goes_as_text(protocol: Protocol) -> None:
    found: dict[str, Any] = {
        "type": "search_result",
        "title": "T",
        "source": "https://x.example",
        "content": [],
    }
    found["content"] = [{"type": "text", "text": "Inside."}]
    written = {"type": "document", "title": "D", "source": {"type": "text", "data": "Words."}}
    said = str(body(protocol, request(UserText(1, "Go.", [found]))))
    assert "T\\nhttps://x.example\\nInside." in said
    if protocol is CHAT:
        assert "D\\n\\nWords." in str(body(CHAT, request(UserText(1, "Go.", [written]))))


def test_a_result_that_is_an_error_says_so(protocol: Protocol) -> None:
    calls = Assistant(2, [CALL, {**CALL, "id": "c2"}])
    sent = request(
        user("Go."), calls, results(("c1", "no such order"), ("c2", "Error: gone"), is_error=True)
    )
    text = str(body(protocol, sent))
    assert "'Error: no such order'" in text
    assert "'Error: gone'" in text


def test_the_state_stands_where_the_host_takes_it(protocol: Protocol) -> None:
    sent = request(user("Go."), state("state: start"))
    assert "state: start" in str(body(protocol, sent))
    official = Host.of(None, None)
    beside = protocol.api.body(sent, MODEL, "message", official)
    key = "messages" if protocol is CHAT else "input"
    assert [item["role"] for item in beside[key][-2:]] == ["user", "system"]


@pytest.mark.parametrize(
    "rest",
    [
        "x",
        1,
        [],
        {"chat": 1},
        {"responses": {"fields": 1}},
        {"chat": {"absent": [[]]}},
        {"responses": {"begins": {"spelled": []}}},
        {"messages": {"fields": "x"}},
    ],
)
def test_what_no_codec_wrote_beside_a_block_goes_nowhere(protocol: Protocol, rest: Any) -> None:
    said = {"type": "text", "text": "Hm.", "rest": rest}
    sent = request(
        UserText(1, "Go.", [said]), Assistant(2, [said, {**CALL, "rest": rest}]), results(("c1", 1))
    )
    made = body(protocol, sent)
    assert "rest" not in str(made)
    protocol.api.unsaid(sent, MODEL, "beside")
    plain = messages_body(sent, model=MODEL)
    assert [block for block in plain["messages"][1]["content"] if "rest" in block] == []


def test_ids_that_a_server_gives_out_again_name_nothing() -> None:
    thought = {"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "g"}
    said = {"type": "message", "id": "msg_0", "role": "assistant", "content": []}
    search = {"type": "web_search_call", "id": "ws_0", "status": "completed"}
    edited = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    found = list(sendable_items([thought, said, search, thought, search, edited]))
    assert [item.get("id") for item in found] == [None, None, "ws_0", None, None]


def test_the_limit_of_a_reply_by_the_name_that_the_host_reads() -> None:
    sent = request(user("Go."))
    assert body(CHAT, sent)["max_tokens"] == 4096
    own = body(CHAT, sent, Host.of(None, None))
    assert (own["max_completion_tokens"], "max_tokens" in own) == (4096, False)


@pytest.mark.parametrize(
    ("model", "asked"),
    [("gpt-5.6", True), ("o4-mini", True), ("gpt-4.1", False), ("qwen3:8b", False)],
)
def test_what_was_thought_is_asked_for_where_it_can_be(model: str, asked: bool) -> None:
    made = RESPONSES.api.body(request(user("Go.")), model, "beside", HERE)
    assert ("include" in made) is asked
    assert made["store"] is False


def test_usage_is_asked_for_where_that_is_known_to_be_taken() -> None:
    asked = {"stream_options": {"include_usage": True}}
    assert CHAT.api.streams(HERE) == asked
    assert CHAT.api.streams(Host.of(None, None)) == asked
    assert CHAT.api.streams(Host.of("https://api.mistral.ai/v1", None)) == {}
