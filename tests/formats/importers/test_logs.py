"""Logs of Inspect and spans of OpenTelemetry."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.files import Read, json_file, lines_file
from tooltrace.core.model.errors import BadImport
from tooltrace.formats.source import unpacked

HEADER = {"version": 2, "status": "success", "eval": {"task": "look", "model": "openai/gpt-x"}}
CALL = {"id": "c1", "function": "bash", "arguments": {"cmd": "ls"}, "type": "function"}
LONG = "x" * 200


def sample(number: int = 1) -> dict[str, Any]:
    wrong = {"type": "timeout", "message": "took too long"}
    return {
        "id": number,
        "epoch": 1,
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "go"},
            {"id": "m1", "role": "assistant", "content": "I look.", "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "function": "bash", "content": "attachment://d"},
            {"role": "assistant", "content": "", "tool_calls": [{**CALL, "id": "c2"}]},
            {"role": "tool", "tool_call_id": "c2", "content": "", "error": wrong},
        ],
        "events": [
            {
                "event": "model",
                "timestamp": "2025-03-05T13:39:50-08:00",
                "output": {
                    "choices": [{"message": {"id": "m1"}}],
                    "usage": {"input_tokens": 10, "output_tokens": 5},
                },
            },
            {
                "event": "tool",
                "id": "c1",
                "timestamp": "2025-03-05T13:39:58-08:00",
                "completed": "2025-03-05T13:39:59-08:00",
            },
        ],
        "attachments": {"d": LONG},
        "scores": {"includes": {"value": "C"}},
    }


def check(read: Read) -> None:
    assert read.format == "inspect_log"
    name = "sample 1 epoch 1"
    root = read.root(name)
    assert (root.workflow.name, root.workflow.system) == ("look", "S")
    assert root.settings.model == "openai/gpt-x"
    assert [event.content for event in read.results(name)] == [LONG, "took too long"]
    assert [event.is_error for event in read.results(name)] == [False, True]
    assert read.results(name)[0].ms == 9000.0
    assert read.tree.branches()[0].description == "score includes C"
    assert read.tree.snapshot_at(read.branch(name)[-1].id).usage.tokens == 15


def zipped(path: Path, files: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            archive.writestr(name, value if isinstance(value, str | bytes) else json.dumps(value))
    return path


def test_a_log_as_json(tmp_path: Path) -> None:
    check(Read(json_file(tmp_path, {**HEADER, "samples": [sample()]})))


@pytest.mark.parametrize("header", ["header.json", "_journal/start.json"])
def test_a_log_as_a_zip_also_before_it_has_a_header(tmp_path: Path, header: str) -> None:
    files = {header: HEADER, "samples/1_epoch_1.json": sample(), "summaries.json": []}
    check(Read(zipped(tmp_path / "log.eval", files)))


def test_a_sample_that_is_damaged_costs_that_sample(tmp_path: Path) -> None:
    files = {"header.json": HEADER, "samples/0_epoch_1.json": "{cut", "samples/1.json": sample()}
    read = Read(zipped(tmp_path / "log.eval", files))
    assert read.counts.damaged == 1
    assert [event.payload for event in read.unknown()] == ["{cut"]
    assert read.results("sample 1 epoch 1")[0].content == LONG


def test_a_zip_that_unpacks_to_far_more_than_it_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked, "SMALL", 1 << 20)
    bomb = zipped(tmp_path / "log.eval", {"samples/1.json": b"[" + b" " * (8 << 20) + b"]"})
    assert bomb.stat().st_size < 20_000
    with pytest.raises(BadImport, match="unpacks to far more"):
        Read(bomb)


def test_a_zip_that_is_cut_is_refused_in_one_line(tmp_path: Path) -> None:
    path = zipped(tmp_path / "log.eval", {"samples/1.json": sample()})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadImport, match="no whole zip"):
        Read(path)


def attribute(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"key": key, "value": {"intValue": str(value)}}
    if isinstance(value, list):
        return {
            "key": key,
            "value": {"arrayValue": {"values": [{"stringValue": v} for v in value]}},
        }
    return {"key": key, "value": {"stringValue": value}}


def span(begin: int, attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    second = 1_000_000_000
    start = 1_760_000_000 * second + begin * second
    return {
        "traceId": "t",
        "spanId": str(begin),
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + second),
        "attributes": [attribute(key, value) for key, value in attributes.items()],
        **more,
    }


def chat_span(begin: int, sent: list[Any], came: list[Any]) -> dict[str, Any]:
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.input.messages": json.dumps(sent),
        "gen_ai.output.messages": json.dumps(came),
    }
    return span(begin, told)


ASKED = {"role": "user", "parts": [{"type": "text", "content": "go"}]}
CALLING = {
    "role": "assistant",
    "parts": [{"type": "tool_call", "id": "c1", "name": "look", "arguments": {"a": 1}}],
}
RETURNED = {
    "role": "tool",
    "parts": [{"type": "tool_call_response", "id": "c1", "response": "found"}],
}
DONE = {
    "role": "assistant",
    "parts": [{"type": "text", "content": "done"}],
    "finish_reason": "stop",
}


def spans() -> list[dict[str, Any]]:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look"}
    more = {"gen_ai.tool.call.id": "c9", "gen_ai.tool.call.result": "seen"}
    wrong = {"code": 2, "message": "timed out"}
    return [
        chat_span(5, [ASKED, CALLING, RETURNED], [DONE]),
        span(9, {**tool, **more}, status=wrong),
        chat_span(1, [ASKED], [{**CALLING, "finish_reason": "tool_call"}]),
    ]


def otlp(found: list[Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": found}]}]}


@pytest.mark.parametrize("one_a_line", [False, True])
def test_spans_are_put_in_order_and_what_was_said_is_told_once(
    tmp_path: Path, one_a_line: bool
) -> None:
    if one_a_line:
        path = lines_file(tmp_path, [otlp([one]) for one in spans()])
    else:
        path = json_file(tmp_path, otlp(spans()))
    read = Read(path)
    assert read.format == "otel"
    assert read.said() == ["go"]
    assert read.pairs() == [({"a": 1}, "found")]
    assert len(read.replies()) == 2
    assert read.branch()[-1].at == "2025-10-09T08:53:26.000Z"
    [other] = read.results("other spans")
    assert (other.content, other.is_error, other.ms) == ("seen", True, 1000.0)
