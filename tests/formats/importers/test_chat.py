"""Lists of chat messages: plain ones, requests, and those of tau-bench and tau2-bench."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.formats.importers.files import Read, json_file, lines_file
from tooltrace.core.model.events import MessageAdded


def calling(ident: str, name: str, arguments: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    call = {"id": ident, "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def answered(ident: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": ident, "content": content, **more}


SYSTEM = {"role": "system", "content": "Be brief."}
GO = {"role": "user", "content": "go"}


def test_arguments_are_json_in_a_string_and_stay_what_they_are_where_they_are_none(
    tmp_path: Path,
) -> None:
    texts = ['{"a": 1}', "", "{broken", "[1, 2]", '{"n": 123456789012345678901234567890}']
    messages: list[Any] = [SYSTEM, GO]
    for n, text in enumerate(texts):
        messages += [calling(f"c{n}", "look", text), answered(f"c{n}", "ok")]
    read = Read(json_file(tmp_path, messages))
    assert read.format == "chat"
    assert [given for given, _ in read.pairs()] == [
        {"a": 1},
        {},
        {"arguments": "{broken"},
        {"arguments": "[1, 2]"},
        {"n": 123456789012345678901234567890},
    ]
    assert read.root().workflow.system == "Be brief."
    assert read.said() == ["go"]


def test_a_trajectory_of_tau_bench_pairs_repeated_ids_in_order(tmp_path: Path) -> None:
    traj: list[Any] = [SYSTEM, GO]
    for n in range(3):
        traj += [
            calling("call_same", "get", f'{{"n": {n}}}'),
            answered("call_same", f"Error: {n}" if n == 1 else str(n), name="get"),
        ]
    runs = [
        {"task_id": 4, "trial": t, "reward": float(t), "info": {"x": 1}, "traj": traj}
        for t in (0, 1)
    ]
    read = Read(json_file(tmp_path, runs))
    assert read.counts.runs == 2
    assert read.pairs("task 4 trial 0") == [
        ({"n": 0}, "0"),
        ({"n": 1}, "Error: 1"),
        ({"n": 2}, "2"),
    ]
    assert [event.is_error for event in read.results("task 4 trial 0")] == [False, True, False]
    assert [branch.description for branch in read.tree.branches()] == ["reward 0.0", "reward 1.0"]


def test_a_simulation_of_tau2_bench_has_its_policy_its_times_and_its_greeting(
    tmp_path: Path,
) -> None:
    call = {"id": "t1", "name": "get", "arguments": {"a": 1}, "requestor": "assistant"}
    own = {"id": "u1", "name": "toggle", "arguments": {}, "requestor": "user"}
    at = "2025-10-31T07:35:13.675588"
    messages = [
        {"role": "assistant", "content": "Hi!", "timestamp": at},
        {"role": "user", "content": "go", "timestamp": at},
        {"role": "user", "content": None, "tool_calls": [own]},
        {"id": "u1", "role": "tool", "content": "on", "requestor": "user", "error": False},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [call],
            "cost": 0.25,
            "usage": {"prompt_tokens": 10, "completion_tokens": 5},
            "raw_data": {"id": "msg_1", "model": "claude-x", "stop_reason": "tool_use"},
        },
        {"id": "t1", "role": "tool", "content": "gone", "requestor": "assistant", "error": True},
    ]
    value = {
        "timestamp": "2025-08-01T16:20:43.824977",
        "info": {
            "agent_info": {"llm": "gpt-4.1"},
            "environment_info": {"domain_name": "airline", "policy": "The policy."},
        },
        "tasks": [{"id": "7", "purpose": "test"}],
        "simulations": [
            {"id": "s", "task_id": "7", "trial": 0, "start_time": at, "messages": messages}
        ],
    }
    read = Read(json_file(tmp_path, value))
    name = "task 7 trial 0"
    root = read.root(name)
    assert (root.workflow.name, root.workflow.system) == ("tau2 airline", "The policy.")
    assert root.settings.model == "gpt-4.1"
    assert read.branch(name)[0].at == "2025-10-31T07:35:13.675Z"
    assert isinstance(read.branch(name)[1].event, MessageAdded)
    assert read.pairs(name) == [({"a": 1}, "gone")]
    assert read.results(name)[0].is_error
    assert read.counts.kept == {"user_tool": 2}
    usage = read.tree.snapshot_at(read.branch(name)[-1].id).usage
    assert (usage.tokens, usage.cost) == (15, 0.25)
    extra = read.branch(name)[0].extra
    assert extra is not None and extra["imported"]["task"]["purpose"] == "test"


@pytest.mark.parametrize("one_a_line", [False, True])
def test_requests_declare_their_tools(tmp_path: Path, one_a_line: bool) -> None:
    function = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}
    body = {
        "model": "gpt-x",
        "messages": [SYSTEM, GO, calling("c", "look", "{}"), answered("c", "ok")],
        "tools": [{"type": "function", "function": function}],
        "temperature": 0.5,
    }
    path = lines_file(tmp_path, [body, body]) if one_a_line else json_file(tmp_path, body)
    read = Read(path)
    assert read.counts.runs == (2 if one_a_line else 1)
    assert read.root().settings.model == "gpt-x"
    [tool] = read.root().workflow.tools
    assert (tool.name, tool.description, tool.schema) == ("look", "Looks.", {"type": "object"})


def test_pictures_and_what_was_thought_become_blocks(tmp_path: Path) -> None:
    url = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "see"}, url]},
        {"role": "assistant", "content": "I see", "reasoning_content": "hm"},
    ]
    read = Read(json_file(tmp_path, messages))
    said = read.branch()[1].event.content  # type: ignore[attr-defined]
    assert said[1]["source"] == {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="}
    assert [block["type"] for block in read.replies()[0]["content"]] == ["thinking", "text"]


def test_messages_that_are_none_are_kept(tmp_path: Path) -> None:
    messages = [GO, 17, {"role": "wizard", "content": "abracadabra"}, {"role": "user"}]
    read = Read(json_file(tmp_path, messages))
    assert [event.payload for event in read.unknown()] == messages[1:]
