"""Requests with their replies: each request repeats what was said before, and is told once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.files import Read, call, json_file, lines_file, tool_result
from tooltrace.core.model.errors import BadImport
from tooltrace.core.model.events import ModelCalled, ModelFailed

TOOL = {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}
GO = {"role": "user", "content": "go"}
CALLED = [{"type": "text", "text": "I look."}, call("t1", "look", a=1)]
ANSWERED = {"role": "user", "content": [tool_result("t1", "found")]}


def request(*messages: Any, **more: Any) -> dict[str, Any]:
    base = {"model": "claude-x", "max_tokens": 100, "system": "Be brief.", "tools": [TOOL]}
    return {**base, "messages": list(messages), **more}


def reply(*blocks: Any, stop: str = "end_turn") -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x-1",
        "content": list(blocks),
        "stop_reason": stop,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }


FIRST = {"request": request(GO), "response": reply(*CALLED, stop="tool_use")}
ASSISTANT = {"role": "assistant", "content": CALLED}
SECOND = {
    "request": request(GO, ASSISTANT, ANSWERED),
    "response": reply({"type": "text", "text": "done"}),
}


def check(read: Read) -> None:
    assert read.format == "pairs"
    assert read.counts.runs == 1
    assert read.said() == ["go"]
    assert [len(one["content"]) for one in read.replies()] == [2, 1]
    assert read.pairs() == [({"a": 1}, "found")]
    assert read.root().workflow.system == "Be brief."
    assert [tool.name for tool in read.root().workflow.tools] == ["look"]
    assert read.tree.snapshot_at(read.branch()[-1].id).usage.tokens == 30


def test_requests_of_one_conversation_are_told_once(tmp_path: Path) -> None:
    check(Read(lines_file(tmp_path, [FIRST, SECOND])))


def test_several_conversations_of_one_file_are_as_many_runs(tmp_path: Path) -> None:
    other = {"request": request({"role": "user", "content": "other"}), "response": reply()}
    read = Read(lines_file(tmp_path, [FIRST, other, SECOND]))
    assert read.counts.runs == 2
    assert read.said("conversation 2") == ["other"]
    assert read.pairs() == [({"a": 1}, "found")]


def cassette(one: dict[str, Any], packed: bool = False) -> dict[str, Any]:
    text = json.dumps(one["response"]).encode()
    body: Any = gzip.compress(text) if packed else text.decode()
    return {
        "request": {"method": "POST", "uri": "https://x", "body": json.dumps(one["request"])},
        "response": {"status": {"code": 200}, "headers": {}, "body": {"string": body}},
    }


def test_a_cassette_in_json(tmp_path: Path) -> None:
    check(Read(json_file(tmp_path, {"interactions": [cassette(FIRST), cassette(SECOND)]})))


@pytest.mark.parametrize("packed", [False, True])
def test_a_cassette_in_yaml_also_with_a_compressed_body(tmp_path: Path, packed: bool) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    path = tmp_path / "cassette.yaml"
    value = {"interactions": [cassette(FIRST, packed), cassette(SECOND)], "version": 1}
    path.write_text(yaml.safe_dump(value), encoding="utf-8")
    check(Read(path))


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    made = tmp_path / "made"
    path = tmp_path / "cassette.yaml"
    path.write_text(f"interactions:\n- !!python/object/apply:os.mkdir ['{made}']\n")
    with pytest.raises(BadImport, match="no whole YAML"):
        Read(path)
    assert not made.exists()


@pytest.mark.parametrize(
    "text",
    [
        "".join(
            [
                "interactions: [*l7]\n",
            ]
        ),
        "x0: &l0 [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"x{n}: &l{n} [{','.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))
        + "interactions: [*l8]\n",
        "interactions: &me [*me]\n",
    ],
    ids=["undefined", "laughs", "endless"],
)
def test_yaml_that_grows_when_it_is_read_is_refused(tmp_path: Path, text: str) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    path = tmp_path / "cassette.yaml"
    path.write_text(text)
    with pytest.raises(BadImport, match=r"cassette\.yaml"):
        Read(path)


def test_a_streamed_body_is_put_together(tmp_path: Path) -> None:
    start = {**reply(), "stop_reason": None}
    block = {"type": "tool_use", "id": "t1", "name": "look", "input": {}}
    events: list[Any] = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": piece},
            }
            for piece in ("", '{"a"', ": 1}")
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {}},
        {"type": "message_stop"},
    ]
    body = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)
    path = tmp_path / "stream.txt"
    path.write_text(body, encoding="utf-8")
    [alone] = Read(path).replies()
    assert alone["content"][0]["input"] == {"a": 1}
    pair = {"request": request(GO), "response": {"body": {"string": body}}}
    [inside] = Read(json_file(tmp_path, pair)).replies()
    assert inside["content"][0]["input"] == {"a": 1}
    cut = {"request": request(GO), "response": {"body": {"string": body[:-200]}}}
    failed = Read(json_file(tmp_path, cut, "cut.json")).branch()[-1].event
    assert isinstance(failed, ModelFailed)


def test_an_error_is_a_request_that_failed(tmp_path: Path) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    last = Read(json_file(tmp_path, {"request": request(GO), "response": error})).branch()[-1]
    assert isinstance(last.event, ModelFailed)
    assert "Overloaded" in last.event.error


def test_pairs_of_chat_completions_and_of_responses(tmp_path: Path) -> None:
    asked = {"model": "gpt-x", "messages": [GO]}
    function = {"name": "look", "arguments": '{"a": 1}'}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    completion = {"id": "x", "model": "gpt-x", "choices": [choice]}
    next_asked = {
        **asked,
        "messages": [GO, message, {"role": "tool", "tool_call_id": "c1", "content": "ok"}],
    }
    done = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}
    read = Read(
        lines_file(
            tmp_path,
            [
                {"request": asked, "response": completion},
                {"request": next_asked, "response": {**completion, "choices": [done]}},
            ],
        )
    )
    assert read.counts.runs == 1
    assert read.pairs() == [({"a": 1}, "ok")]
    item = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": '{"a": 1}'}
    response = {
        "id": "r",
        "object": "response",
        "model": "gpt-x",
        "output": [item],
        "status": "completed",
    }
    pair = {"request": {"model": "gpt-x", "input": "go"}, "response": response}
    found = Read(json_file(tmp_path, pair))
    assert found.said() == ["go"]
    assert found.replies()[0]["content"][0]["input"] == {"a": 1}


def test_a_request_that_failed_is_asked_again_in_the_same_run(tmp_path: Path) -> None:
    said = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    failed = {"request": FIRST["request"], "response": {"status": 529, "body": said}}
    read = Read(lines_file(tmp_path, [failed, FIRST, SECOND]))
    assert read.counts.runs == 1
    kinds = [type(record.event).__name__ for record in read.branch()]
    assert kinds[:6] == [
        "RunStarted",
        "UserSaid",
        "ModelCalled",
        "ModelFailed",
        "ModelCalled",
        "ModelReplied",
    ]
    assert read.pairs() == [({"a": 1}, "found")]


def test_what_a_later_request_says_of_tools_and_system_holds_from_there(tmp_path: Path) -> None:
    more = {"name": "send", "description": "Sends.", "input_schema": {"type": "object"}}
    later = request(GO, ASSISTANT, ANSWERED, tools=[TOOL, more], system="Be quick.")
    read = Read(lines_file(tmp_path, [FIRST, {**SECOND, "request": later}]))
    assert read.counts.runs == 1
    asked = [r.id for r in read.branch() if isinstance(r.event, ModelCalled)]
    flows = [read.tree.snapshot_at(record).workflow for record in asked]
    assert [flow.system for flow in flows] == ["Be brief.", "Be quick."]
    assert [[tool.name for tool in flow.tools] for flow in flows] == [["look"], ["look", "send"]]


def test_a_history_that_the_client_shortened_is_kept_beside_the_run_it_goes_on(
    tmp_path: Path,
) -> None:
    summary = {"role": "user", "content": "(a summary of before)"}
    later = {**SECOND, "request": request(summary, ASSISTANT, ANSWERED)}
    read = Read(lines_file(tmp_path, [FIRST, later]))
    assert read.counts.runs == 1 and read.pairs() == [({"a": 1}, "found")]
    (kept,) = read.unknown()
    assert kept.type == "history" and kept.payload == [summary, ASSISTANT]


def test_a_request_that_goes_on_from_a_reply_by_its_id(tmp_path: Path) -> None:
    thread = {"type": "continue", "previous_message_id": "msg_1"}
    sent = {"model": "claude-x", "max_tokens": 9, "messages": [ANSWERED], "thread": thread}
    other = {"request": request({"role": "user", "content": "other"}), "response": None}
    read = Read(lines_file(tmp_path, [FIRST, other, {**SECOND, "request": sent}]))
    assert read.counts.runs == 2 and read.pairs() == [({"a": 1}, "found")]
    assert read.tree.snapshot_at(read.branch()[-1].id).workflow.system == "Be brief."


def test_calls_without_a_result_in_the_next_request_hold_nothing_back(tmp_path: Path) -> None:
    dropped = request(GO, ASSISTANT, {"role": "user", "content": "never mind"})
    read = Read(lines_file(tmp_path, [FIRST, {**SECOND, "request": dropped}]))
    assert read.counts.unanswered == 1
    assert read.said() == ["go", "never mind"] and len(read.replies()) == 2
