"""``otlp``: a trace that collectors take, in which parents, times and errors are those recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.formats.branches import RECORDINGS, ROOT, branches_of, made, replied, text, turn, use
from tests.formats.test_markdown import HOSTILE, everywhere
from tooltrace.core.model import events as e
from tooltrace.formats import BranchData
from tooltrace.formats.exporters import otlp
from tooltrace.formats.genai_messages import input_messages, output_message
from tooltrace.formats.otlp_json import nanoseconds
from tooltrace.formats.registry import export, exporter

SCHEMAS = (
    ROOT.parent
    / "shared/data/otel/python/openinference-instrumentation/tests/fixtures/genai_schemas"
)


def exported(branch: BranchData) -> dict[str, Any]:
    found = json.loads(b"".join(export(branch, exporter("otlp"))))
    assert isinstance(found, dict)
    return found


def spans_of(branch: BranchData) -> list[dict[str, Any]]:
    found = exported(branch)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert isinstance(found, list)
    return found


def told(span: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a span as plain values."""
    return {each["key"]: _plain(each["value"]) for each in span["attributes"]}


def _plain(value: dict[str, Any]) -> Any:
    ((kind, held),) = value.items()
    if kind == "arrayValue":
        return [_plain(item) for item in held["values"]]
    return int(held) if kind == "intValue" else held


def every_branch() -> Iterator[BranchData]:
    for file in RECORDINGS:
        yield from branches_of(file)
    for words in HOSTILE:
        yield everywhere(words)


def test_a_run_its_requests_and_its_calls() -> None:
    branch = made(
        e.UserSaid("Go."),
        *turn(3, {"n": 1}, {"n": 2}),
        (e.Transitioned("done"), "forced"),
        e.ModelCalled("d"),
        replied(text("Done."), stop="end_turn"),
        e.RunFinished("completed"),
    )
    run, *steps = spans_of(branch)
    assert (run["name"], run["kind"], "parentSpanId" in run) == ("invoke_agent made", 1, False)
    assert [step["name"] for step in steps] == [
        "chat claude-opus-4-8",
        "execute_tool look",
        "execute_tool look",
        "chat claude-opus-4-8",
    ]
    assert [step["kind"] for step in steps] == [3, 1, 1, 3]
    assert {step["parentSpanId"] for step in steps} == {run["spanId"]}
    assert len({span["spanId"] for span in (run, *steps)}) == 5
    assert {span["traceId"] for span in (run, *steps)} == {run["traceId"]}
    assert "status" not in run
    (moved,) = run["events"]
    assert moved["timeUnixNano"] == str(nanoseconds("2026-01-01T00:00:09Z"))
    begun, ended = (nanoseconds(f"2026-01-01T00:00:0{second}Z") for second in (3, 4))
    assert (steps[0]["startTimeUnixNano"], steps[0]["endTimeUnixNano"]) == (str(begun), str(ended))
    call = told(steps[2])
    assert call["gen_ai.tool.call.id"] == "toolu_1"
    assert json.loads(call["gen_ai.tool.call.arguments"]) == {"n": 1}
    assert json.loads(call["gen_ai.tool.call.result"]) == {"n": 2}
    chat = told(steps[3])
    assert chat["gen_ai.provider.name"] == "anthropic"
    assert chat["gen_ai.response.finish_reasons"] == ["end_turn"]
    said = json.loads(chat["gen_ai.input.messages"])
    assert [message["role"] for message in said] == ["user", "assistant", "tool"]
    assert [part["type"] for part in said[2]["parts"]] == ["tool_call_response"] * 2
    assert json.loads(chat["gen_ai.output.messages"]) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Done."}],
            "finish_reason": "stop",
        }
    ]


def test_what_failed_says_so() -> None:
    ref = e.CallRef(4, 0)
    branch = made(
        e.UserSaid("Go."),
        e.ModelCalled("d"),
        replied(use({}), use({}, ident="b")),
        e.ToolStarted(ref, "look"),
        e.ToolReturned(ref, "no", is_error=True, error=e.ErrorDetail("KeyError", "no row 7")),
        e.ToolStarted(e.CallRef(4, 1), "look"),
        e.ModelCalled("d"),
        e.ModelFailed("overloaded", status=529),
        e.RunFinished("error", "the model was overloaded"),
    )
    run, _, call, asked, lost = spans_of(branch)
    assert told(call)["error.type"] == "KeyError"
    assert call["status"] == {"code": 2, "message": "no row 7"}
    assert told(asked)["error.type"] == "529"
    assert asked["status"] == {"code": 2, "message": "overloaded"}
    assert told(lost)["error.type"] == "interrupted"
    assert "gen_ai.tool.call.result" not in told(lost)
    assert run["status"] == {"code": 2, "message": "the model was overloaded"}


def test_input_tokens_are_all_that_went_in() -> None:
    usage = {"input_tokens": 5, "cache_read_input_tokens": 70, "cache_creation_input_tokens": 600}
    reply = {"role": "assistant", "content": [], "usage": {**usage, "output_tokens": 8}}
    run, chat = spans_of(made(e.UserSaid("Go."), e.ModelCalled("d"), e.ModelReplied(reply)))
    assert told(run)["gen_ai.usage.input_tokens"] == 675
    found = told(chat)
    assert found["gen_ai.usage.input_tokens"] == 675
    assert found["gen_ai.usage.cache_read.input_tokens"] == 70
    assert found["gen_ai.usage.cache_creation.input_tokens"] == 600
    assert found["gen_ai.usage.output_tokens"] == 8


def test_the_same_branch_is_the_same_trace_and_another_is_another() -> None:
    one, two = (made(e.UserSaid(words), *turn(3, words)) for words in ("a", "b"))
    assert exported(one) == exported(made(e.UserSaid("a"), *turn(3, "a")))
    tree, last = one._tree, one.records[-1]
    tree.add(e.Record(7, last.parent, "2026-01-01T00:00:07Z", "edited", last.event))
    fork = BranchData.of(tree, 7, "made.jsonl")
    assert spans_of(fork)[0]["traceId"] != spans_of(one)[0]["traceId"]
    assert told(spans_of(fork)[-1])["tooltrace.source"] == "edited"
    assert spans_of(two)[0]["traceId"] == spans_of(one)[0]["traceId"]


def test_times_that_are_none_are_those_before_and_never_run_backward() -> None:
    branch = made(e.UserSaid("Go."), *turn(3, "a"))
    records = list(branch.records)
    for number, at in ((3, "soon"), (5, "2026-01-01T00:00:30Z"), (6, "2025-12-31T23:59:59+00:00")):
        tree = branch._tree
        old = records[number - 1]
        tree.records[number] = e.Record(old.id, old.parent, at, old.source, old.event)
    spans = spans_of(BranchData.of(branch._tree, 6))
    begun = nanoseconds("2026-01-01T00:00:02Z")
    assert spans[1]["startTimeUnixNano"] == str(begun)
    assert all(int(s["startTimeUnixNano"]) <= int(s["endTimeUnixNano"]) for s in spans)
    assert nanoseconds("2026-01-01T00:00:00.5") == nanoseconds("2026-01-01T01:00:00.500+01:00")


def test_a_long_run_is_not_written_again_with_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "MOST_REPEATED", 20_000)
    events: list[e.Event] = [e.UserSaid("Go.")]
    while len(events) < 800:
        events += turn(len(events) + 2, "x" * 1000)
    branch = made(*events)
    spans = spans_of(branch)
    chats = [told(span) for span in spans if span["name"].startswith("chat")]
    assert chats[-1]["tooltrace.input.messages"] == "new ones only"
    (new,) = json.loads(chats[-1]["gen_ai.input.messages"])
    assert new["parts"][0]["response"] == "x" * 1000
    assert sum(len(chat["gen_ai.input.messages"]) for chat in chats) < 20_000 + 200 * 2000


def test_the_protocols_own_definition_takes_every_trace() -> None:
    collector = "opentelemetry.proto.collector.trace.v1.trace_service_pb2"
    service = pytest.importorskip(collector, reason="opentelemetry-proto is not installed")
    parse = pytest.importorskip("google.protobuf.json_format").Parse

    for branch in every_branch():
        found = exported(branch)
        spans = found["resourceSpans"][0]["scopeSpans"][0]["spans"]
        for span in spans:  # The one difference between OTLP's JSON and protobuf's.
            assert bytes.fromhex(span["traceId"]) and len(span["traceId"]) == 32
            assert bytes.fromhex(span["spanId"]) and len(span["spanId"]) == 16
        request = parse(json.dumps(found), service.ExportTraceServiceRequest())
        assert len(request.resource_spans[0].scope_spans[0].spans) == len(spans)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"{SCHEMAS} is not here")
@pytest.mark.parametrize("which", ["input", "output"])
def test_messages_are_what_the_conventions_schemas_ask_for(which: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(Path(SCHEMAS, f"gen-ai-{which}-messages.json").read_text("utf-8"))
    checked = 0
    for branch in every_branch():
        for span in spans_of(branch):
            if (messages := told(span).get(f"gen_ai.{which}.messages")) is not None:
                jsonschema.validate(json.loads(messages), schema)
                checked += 1
    assert checked > 50


def test_each_kind_of_block_has_its_part() -> None:
    blocks = [
        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
        {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"no": "type"},
    ]
    assert output_message({"content": blocks, "stop_reason": "refusal"}) == {
        "role": "assistant",
        "finish_reason": "content_filter",
        "parts": [
            {"type": "reasoning", "content": "Hm."},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "AA=="},
            {"type": "uri", "modality": "document", "uri": "https://example.com/a.pdf"},
            {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
            {"type": "unknown", "no": "type"},
        ],
    }
    assert list(input_messages([{"role": "user", "content": "Hi."}])) == [
        {"role": "user", "parts": [{"type": "text", "content": "Hi."}]}
    ]
