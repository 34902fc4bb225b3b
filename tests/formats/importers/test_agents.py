"""The files of other agents: Pi, Codex, OpenHands, SWE-agent, ATIF, items of the Responses API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.formats.importers.files import Read, json_file, lines_file
from tooltrace.core.model.events import ModelFailed


def test_pi_leaves_calls_without_a_result_when_a_reply_is_aborted(tmp_path: Path) -> None:
    def message(role: str, **fields: Any) -> dict[str, Any]:
        at = "2025-12-08T22:41:09.389Z"
        return {"type": "message", "timestamp": at, "message": {"role": role, **fields}}

    def tool_call(ident: str) -> dict[str, Any]:
        return {"type": "toolCall", "id": ident, "name": "read", "arguments": {"path": ident}}

    usage = {"input": 10, "output": 5, "cacheRead": 3, "cacheWrite": 2, "cost": {"total": 0.5}}
    lines = [
        {"type": "session", "id": "s", "cwd": "/x", "modelId": "m", "branchedFrom": "/y"},
        message("user", content=[{"type": "text", "text": "go"}]),
        message(
            "assistant",
            content=[tool_call("a"), tool_call("b")],
            stopReason="toolUse",
            usage=usage,
            model="claude-x",
        ),
        message("toolResult", toolCallId="b", content=[{"type": "text", "text": "B"}]),
        message("toolResult", toolCallId="a", content=[], isError=True),
        message("assistant", content=[tool_call("c")], stopReason="aborted", model="claude-x"),
        {"type": "model_change", "modelId": "n"},
        message("bashExecution", command="ls", output="x.py", exitCode=0),
        {"type": "compaction", "summary": "so far", "tokensBefore": 9},
        message("user", content="more"),
    ]
    read = Read(lines_file(tmp_path, lines))
    assert read.format == "pi"
    assert read.pairs() == [({"path": "b"}, "B"), ({"path": "a"}, [])]
    assert [event.is_error for event in read.results()] == [False, True]
    assert read.counts.unanswered == 1
    assert any(isinstance(r.event, ModelFailed) for r in read.branch())
    assert read.said() == ["go", "Ran `ls`\nx.py"]
    assert read.said("compacted 1") == ["so far", "more"]
    assert read.counts.kept == {"model_change": 1}
    extra = read.branch()[0].extra
    assert extra is not None and extra["imported"]["branchedFrom"] == "/y"
    used = read.tree.snapshot_at(read.branch()[-1].id).usage
    assert (used.tokens, used.cost) == (20, 0.5)


def test_codex_groups_items_into_replies_and_counts_their_tokens(tmp_path: Path) -> None:
    at = "2025-10-01T10:00:00.000Z"

    def item(**payload: Any) -> dict[str, Any]:
        return {"timestamp": at, "type": "response_item", "payload": payload}

    count = {"input_tokens": 100, "cached_input_tokens": 40, "output_tokens": 7}
    info = {"type": "token_count", "info": {"last_token_usage": count}}
    shell = {"type": "function_call", "name": "shell"}
    failed = '{"output": "no", "metadata": {"exit_code": 2, "duration_seconds": 0.1}}'
    lines = [
        {"timestamp": at, "type": "session_meta", "payload": {"id": "s", "cwd": "/x"}},
        {"timestamp": at, "type": "turn_context", "payload": {"model": "gpt-5-codex"}},
        item(type="message", role="user", content=[{"type": "input_text", "text": "go"}]),
        item(type="reasoning", summary=[{"type": "summary_text", "text": "hm"}]),
        item(**shell, call_id="c1", arguments='{"n": 1}'),
        item(**shell, call_id="c2", arguments='{"n": 2}'),
        {"timestamp": at, "type": "event_msg", "payload": info},
        item(type="function_call_output", call_id="c2", output="two"),
        item(type="function_call_output", call_id="c1", output=failed),
        item(type="message", role="assistant", content=[{"type": "output_text", "text": "ok"}]),
        {"timestamp": at, "type": "compacted", "payload": {"message": "so far"}},
        item(type="message", role="user", content=[{"type": "input_text", "text": "more"}]),
    ]
    read = Read(lines_file(tmp_path, lines))
    assert read.format == "codex"
    assert read.root().settings.model == "gpt-5-codex"
    assert read.pairs() == [({"n": 2}, "two"), ({"n": 1}, failed)]
    assert [event.is_error for event in read.results()] == [False, True]
    assert [len(one["content"]) for one in read.replies()] == [3, 1]
    assert read.replies()[0]["usage"]["cache_read_input_tokens"] == 40
    assert read.said("compacted 1") == ["so far", "more"]
    assert read.counts.kept == {"turn_context": 1, "event_msg": 1}


def test_codex_says_how_a_command_ended_and_counts_each_reply_once(tmp_path: Path) -> None:
    def line(kind: str, **payload: Any) -> dict[str, Any]:
        return {"timestamp": "2026-11-28T18:52:21.676Z", "type": kind, "payload": payload}

    def gave(call: str, code: int) -> dict[str, Any]:
        head = f"Chunk ID: 7{call}\nWall time: 0.1 seconds\nProcess exited with code {code}\n"
        return line("response_item", type="function_call_output", call_id=call, output=head)

    def spent(sent: int) -> list[dict[str, Any]]:
        usage = {"input_tokens": sent, "cached_input_tokens": 40, "output_tokens": 10}
        record = line("token_usage_record", response_id="r", usage=usage)
        return [record, line("event_msg", type="token_count", info={"last_token_usage": usage})]

    run = {"type": "function_call", "name": "exec_command", "arguments": "{}"}
    said = {"type": "message", "role": "assistant"}
    text = [{"type": "output_text", "text": "Done."}]
    (first, first_count), (second, second_count) = spent(100), spent(200)
    lines = [
        line("session_meta", id="s"),
        line("turn_context", model="gpt-5.6"),
        line("response_item", **run, call_id="c1"),
        line("response_item", **run, call_id="c2"),
        first,
        gave("c1", 1),
        gave("c2", 0),
        first_count,
        line("response_item", **said, content=text),
        second,
        second_count,
    ]
    read = Read(lines_file(tmp_path, lines))
    assert [event.is_error for event in read.results()] == [True, False]
    assert [one["usage"]["input_tokens"] for one in read.replies()] == [60, 160]


def test_codex_of_the_first_versions_has_items_alone(tmp_path: Path) -> None:
    lines = [
        {"id": "s", "timestamp": "2025-05-01T10:00:00Z", "instructions": None},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
        {"type": "function_call", "name": "shell", "call_id": "c", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "ok"},
    ]
    read = Read(lines_file(tmp_path, lines))
    assert (read.format, read.said(), read.pairs()) == ("codex", ["go"], [({}, "ok")])


def openhands(number: int, **fields: Any) -> dict[str, Any]:
    at = "2025-01-27T23:16:56.951967"
    return {"id": number, "timestamp": at, "source": "agent", "message": "m", **fields}


def test_openhands_calls_side_by_side_are_one_reply(tmp_path: Path) -> None:
    def call(ident: str) -> dict[str, Any]:
        function = {"name": "run", "arguments": f'{{"command": "{ident}"}}'}
        return {"id": ident, "type": "function", "function": function}

    message = {"role": "assistant", "content": "both", "tool_calls": [call("a"), call("b")]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message}
    response = {
        "id": "resp",
        "model": "claude-x",
        "choices": [choice],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }

    def told(ident: str) -> dict[str, Any]:
        made = {"function_name": "run", "tool_call_id": ident, "model_response": response}
        return {"tool_call_metadata": {**made, "total_calls_in_response": 2}}

    bad = {"metadata": {"exit_code": 1}}
    events = [
        openhands(0, source="user", action="message", args={"content": "go"}),
        openhands(1, action="run", args={"command": "a"}, **told("a")),
        openhands(2, observation="run", content="A", cause=1, extras={}, **told("a")),
        openhands(4, action="run", args={"command": "b"}, **told("b")),
        openhands(5, observation="run", content="B", cause=4, extras=bad, **told("b")),
        openhands(6, observation="agent_state_changed", content="", extras={}, cause=99),
    ]
    read = Read(json_file(tmp_path, events))
    assert read.format == "openhands"
    assert len(read.replies()) == 1
    assert read.pairs() == [({"command": "a"}, "A"), ({"command": "b"}, "B")]
    assert [event.is_error for event in read.results()] == [False, True]
    assert read.counts.kept == {"agent_state_changed": 1}
    assert read.tree.snapshot_at(read.branch()[-1].id).usage.tokens == 15


def test_openhands_without_ids_of_calls_pairs_by_cause(tmp_path: Path) -> None:
    events = [
        openhands(0, source="user", action="message", args={"content": "go"}),
        openhands(3, action="run", args={"command": "ls", "thought": "I look."}),
        openhands(4, observation="error", content="no", cause=3),
    ]
    read = Read(json_file(tmp_path, events))
    assert read.pairs() == [({"command": "ls"}, "no")]
    assert read.results()[0].is_error
    assert read.replies()[0]["content"][0]["text"] == "I look."


def test_swe_agent_with_calls_and_without(tmp_path: Path) -> None:
    function = {"name": "bash", "arguments": '{"command": "ls"}'}
    call = {"id": "c1", "type": "function", "function": function}
    said = [{"role": "system", "content": "S"}, {"role": "user", "content": "go"}]
    history = [
        *said,
        {"role": "assistant", "content": "I look.", "tool_calls": [call], "action": "ls"},
        {"role": "tool", "content": "x.py\r\n\x1b[0m", "tool_call_ids": ["c1"]},
    ]
    step = {"action": "ls\n", "observation": "x.py", "response": "I look.", "state": "{}"}
    new = {"environment": "swe_main", "trajectory": [step], "history": history, "info": {}}
    read = Read(json_file(tmp_path, new))
    assert read.format == "swe_agent"
    assert read.pairs() == [({"command": "ls"}, "x.py\r\n\x1b[0m")]
    old = {**new, "trajectory": [{**step, "execution_time": 1.5}, step], "history": said}
    read = Read(json_file(tmp_path, old))
    assert read.root().workflow.system == "S"
    assert read.pairs() == [({"command": "ls"}, "x.py")] * 2
    assert [event.ms for event in read.results()] == [1500.0, 0.0]


def test_atif_has_results_on_the_step_of_their_calls(tmp_path: Path) -> None:
    call = {"tool_call_id": "c", "function_name": "edit", "arguments": {"path": "x"}}
    value = {
        "schema_version": "ATIF-v1.5",
        "session_id": "s",
        "agent": {"name": "hands", "version": "1", "model_name": "m", "tool_definitions": []},
        "steps": [
            {"step_id": 1, "source": "system", "message": "S"},
            {"step_id": 2, "source": "user", "message": "go"},
            {
                "step_id": 3,
                "source": "agent",
                "message": "I edit.",
                "reasoning_content": "hm",
                "tool_calls": [call],
                "observation": {"results": [{"source_call_id": "c", "content": "ok"}]},
                "metrics": {"prompt_tokens": 10, "completion_tokens": 5, "cost_usd": 0.25},
            },
            {
                "step_id": 4,
                "source": "agent",
                "message": "by text",
                "observation": {"results": [{"content": "seen"}]},
            },
            {"step_id": 5, "source": "elsewhere"},
        ],
        "final_metrics": {"total_cost_usd": 0.25},
    }
    read = Read(json_file(tmp_path, value))
    assert read.format == "atif"
    root = read.root()
    assert (root.workflow.name, root.workflow.system, root.settings.model) == ("hands", "S", "m")
    assert read.pairs() == [({"path": "x"}, "ok")]
    assert read.said() == ["go", "seen"]
    assert read.counts.kept == {"step": 1}
    used = read.tree.snapshot_at(read.branch()[-1].id).usage
    assert (used.tokens, used.cost) == (15, 0.25)


def test_items_of_the_responses_api(tmp_path: Path) -> None:
    items = [
        {"role": "user", "content": "go"},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": '{"n": 1}'},
        {"type": "custom_tool_call", "call_id": "b", "name": "g", "input": "raw"},
        {"type": "custom_tool_call_output", "call_id": "b", "output": "B"},
        {"type": "function_call_output", "call_id": "a", "output": "A"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "k"}]},
    ]
    read = Read(json_file(tmp_path, items))
    assert read.format == "responses"
    assert read.pairs() == [({"input": "raw"}, "B"), ({"n": 1}, "A")]
    state = {
        "$schemaVersion": "1.9",
        "original_input": "go",
        "generated_items": [{"type": "x", "raw_item": item} for item in items[1:]],
        "max_turns": 10,
    }
    assert Read(json_file(tmp_path, state)).pairs() == read.pairs()
