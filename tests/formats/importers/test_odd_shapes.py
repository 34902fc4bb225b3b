"""Whatever stands in a place of a file, the rest of it is read: every value is put out of shape."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.files import assistant, call, person, result, tool_result
from tooltrace.core.fold.tree import Tree
from tooltrace.formats.import_registry import importer, importer_names
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.source.source_file import SourceFile

ODD: list[Any] = [None, 7, "x", [], {}, [{"type": ["x"]}]]

_FUNCTION = {"name": "look", "arguments": "{}"}
_CALL = {"id": "c", "type": "function", "function": _FUNCTION}
_CHAT = [
    {"role": "user", "content": [{"type": "text", "text": "go"}]},
    {"role": "assistant", "content": None, "tool_calls": [_CALL]},
    {"role": "tool", "tool_call_id": "c", "content": "ok"},
]
_ITEM = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
_OUTPUT = {"type": "function_call_output", "call_id": "c", "output": "ok"}
_PI = {"role": "assistant", "content": [{"type": "toolCall", "id": "c", "name": "look"}]}
_SPAN = {
    "name": "chat",
    "startTimeUnixNano": "1",
    "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.input.messages", "value": {"stringValue": '[{"role":"user"}]'}},
        {"key": "gen_ai.response.finish_reasons", "value": {"arrayValue": {"values": []}}},
    ],
    "status": {"code": 1},
}
_META = {"tool_call_id": "c", "function_name": "look", "model_response": {"id": "r"}}
_EVENT = {"id": 1, "timestamp": "x", "source": "agent", "tool_call_metadata": _META}
_REPLY = {"type": "message", "content": [{"type": "text", "text": "k"}], "stop_reason": "end_turn"}

FILES: dict[str, list[Any]] = {
    "claude_code": [
        person("u", None, "go"),
        assistant("a", "u", "m", call("t", "Task", prompt="p"), stop="tool_use"),
        result("r", "a", tool_result("t", [{"type": "text", "text": "ok"}]), toolUseResult={}),
    ],
    "chat": [{"model": "m", "messages": _CHAT, "tools": [{"function": {"name": "look"}}]}],
    "pairs": [
        {"request": {"model": "m", "system": [], "messages": _CHAT[:1]}, "response": _REPLY},
        {"request": {"body": json.dumps({"messages": []})}, "response": {"body": {"string": "x"}}},
    ],
    "responses": [{"object": "response", "model": "m", "output": [_ITEM, _OUTPUT]}],
    "codex": [
        {"timestamp": "x", "type": "session_meta", "payload": {"id": "s"}},
        {"timestamp": "x", "type": "response_item", "payload": _ITEM},
        {"timestamp": "x", "type": "response_item", "payload": _OUTPUT},
        {"timestamp": "x", "type": "compacted", "payload": {"message": "so far"}},
    ],
    "pi": [
        {"type": "session", "cwd": "/x"},
        {"type": "message", "timestamp": "x", "message": {**_PI, "usage": {"cost": {}}}},
        {"type": "message", "message": {"role": "toolResult", "toolCallId": "c", "content": []}},
        {"type": "compaction", "summary": "so far"},
    ],
    "atif": [
        {
            "schema_version": "ATIF-v1.5",
            "agent": {"name": "n", "tool_definitions": []},
            "steps": [
                {
                    "source": "agent",
                    "message": "m",
                    "tool_calls": [{"tool_call_id": "c", "function_name": "look"}],
                    "observation": {"results": [{"source_call_id": "c", "content": "ok"}]},
                    "metrics": {"prompt_tokens": 1, "completion_tokens": 1},
                }
            ],
        }
    ],
    "swe_agent": [
        {
            "environment": "e",
            "trajectory": [{"action": "ls", "observation": "x", "response": "r", "state": "{}"}],
            "history": _CHAT[:1],
            "info": {},
        }
    ],
    "openhands": [
        {
            "history": [
                {**_EVENT, "action": "run", "args": {"command": "ls"}},
                {**_EVENT, "observation": "run", "content": "x", "cause": 1, "extras": {}},
            ]
        }
    ],
    "inspect_log": [
        {
            "version": 2,
            "eval": {"task": "t", "model": "m"},
            "samples": [
                {
                    "id": 1,
                    "messages": _CHAT,
                    "events": [{"event": "tool", "id": "c", "timestamp": "x"}],
                    "attachments": {},
                    "scores": {"a": {"value": 1}},
                }
            ],
        }
    ],
    "otel": [{"resourceSpans": [{"scopeSpans": [{"spans": [_SPAN]}]}]}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    value = copy.deepcopy(value)
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = odd
    return value


def test_each_importer_is_put_to_it() -> None:
    assert sorted(FILES) == importer_names()


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_importer_takes_the_file_of_another(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("\n".join(map(json.dumps, FILES[name])), encoding="utf-8")
    source = SourceFile(path)
    assert [each for each in importer_names() if importer(each).sniff(source)] == [name]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_value_out_of_shape_costs_no_more_than_itself(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    own = importer(name)
    lines = FILES[name]
    for place in places(lines):
        for odd in ODD:
            put_out = put(lines, place, odd)
            path.write_text("\n".join(map(json.dumps, put_out)), encoding="utf-8")
            out, tree = Recorder("2026-01-01T00:00:00.000Z"), Tree()
            for record in own.read(SourceFile(path), out, False):
                assert record is not None
                tree.add(record)
            for branch in tree.branches():
                tree.snapshot_at(branch.tip)
