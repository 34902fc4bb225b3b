"""Claude Code's session files: what belongs together is put together, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.formats.importers.files import (
    Read,
    assistant,
    call,
    lines_file,
    person,
    result,
    tool_result,
)
from tooltrace.core.model.events import ModelFailed, ModelReplied, ToolReturned, WorkflowChanged
from tooltrace.formats.imported.run import LOOK_AHEAD

TEXT = {"type": "text", "text": "I look."}


def test_one_reply_on_several_lines_is_one_and_its_usage_counts_once(tmp_path: Path) -> None:
    early = {"input_tokens": 10, "output_tokens": 1}
    last = {"input_tokens": 10, "output_tokens": 50}
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant("a1", "u1", "m1", TEXT, usage=early),
            assistant("a2", "a1", "m1", call("t1", path="x"), usage=early),
            assistant("a3", "a2", "m1", call("t2", path="y"), stop="tool_use", usage=last),
            result("r1", "a2", tool_result("t1", "X")),
            result("r2", "a3", tool_result("t2", "Y")),
            assistant("a4", "r2", "m2", {"type": "text", "text": "done"}, usage=last),
        ],
    )
    read = Read(path)
    assert [len(reply["content"]) for reply in read.replies()] == [3, 1]
    assert read.pairs() == [({"path": "x"}, "X"), ({"path": "y"}, "Y")]
    assert [branch.name for branch in read.tree.branches()] == ["main"]
    used = read.tree.snapshot_at(read.branch()[-1].id).usage
    assert used.tokens == 2 * 60
    assert read.root().settings.model == "claude-opus-4-5"


def test_lines_of_one_reply_that_come_after_its_first_result_still_belong_to_it(
    tmp_path: Path,
) -> None:
    # Calls side by side: the first result and the second call are both children of the first call.
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant("a1", "u1", "m1", call("t1", n=1)),
            result("r1", "a1", tool_result("t1", "one")),
            assistant("a2", "a1", "m1", call("t2", n=2)),
            result("r2", "a2", tool_result("t2", "two")),
            assistant("a3", "r1", "m2", TEXT, stop="end_turn"),
        ],
    )
    read = Read(path)
    assert [branch.name for branch in read.tree.branches()] == ["main"]
    assert len(read.replies()) == 2
    assert read.pairs() == [({"n": 1}, "one"), ({"n": 2}, "two")]
    assert read.counts.unanswered == read.counts.unpaired == 0


def test_a_prompt_that_was_taken_back_begins_a_branch(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant("a1", "u1", "m1", TEXT, stop="end_turn"),
            person("u2", "a1", "left"),
            assistant("a2", "u2", "m2", {"type": "text", "text": "L"}, stop="end_turn"),
            person("u3", "a1", "right"),
            assistant("a3", "u3", "m3", {"type": "text", "text": "R"}, stop="end_turn"),
        ],
    )
    read = Read(path)
    branches = read.tree.branches()
    assert len(branches) == 2
    told = [read.said(branch.name) for branch in branches]
    assert told == [["go", "left"], ["go", "right"]]


def test_calls_without_a_result_are_counted_and_what_follows_is_kept(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant("a1", "u1", "m1", call("t1"), call("t2"), stop="tool_use"),
            result("r1", "a1", tool_result("t2", "two")),
            person("u2", "r1", "[Request interrupted by user]"),
            assistant("a2", "u2", "m2", TEXT, stop="end_turn"),
        ],
    )
    read = Read(path)
    assert read.counts.unanswered == 1
    assert [event.content for event in read.results()] == ["two"]
    assert read.said() == ["go", "[Request interrupted by user]"]
    assert len(read.replies()) == 2


@pytest.mark.parametrize("between", [3, 200])
def test_results_come_late_and_out_of_order(tmp_path: Path, between: int) -> None:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1", n=1), call("t2", n=2), stop="tool_use"),
    ]
    before = ["a1", *(f"n{n}" for n in range(between))]
    lines += [person(f"n{n}", before[n], f"meanwhile {n}") for n in range(between)]
    lines += [
        result("r2", "a1", tool_result("t2", "two")),
        result("r1", "a1", tool_result("t1", "one")),
        assistant("a2", "r1", "m2", TEXT, stop="end_turn"),
    ]
    read = Read(lines_file(tmp_path, lines))
    assert read.pairs() == [({"n": 2}, "two"), ({"n": 1}, "one")]
    assert len(read.said()) == between + 1
    assert read.counts.unpaired == read.counts.unanswered == 0


def test_a_result_that_comes_later_than_that_is_kept_as_unknown(tmp_path: Path) -> None:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), stop="tool_use"),
        *(person(f"n{n}", None, "meanwhile") for n in range(LOOK_AHEAD + 1)),
        result("r1", "a1", tool_result("t1", "one")),
    ]
    read = Read(lines_file(tmp_path, lines))
    assert (read.counts.unanswered, read.counts.unpaired) == (1, 1)
    assert [event.type for event in read.unknown()] == ["tool_result"]
    assert read.unknown()[0].payload["content"] == "one"


def test_ids_that_come_again_are_paired_with_the_next_free_call(tmp_path: Path) -> None:
    lines = [person("u0", None, "go")]
    for turn in range(3):
        lines.append(assistant(f"a{turn}", None, f"m{turn}", call("same", n=turn), stop="tool_use"))
        lines.append(result(f"r{turn}", f"a{turn}", tool_result("same", f"result {turn}")))
    lines.append(assistant("a9", None, "m9", call("same", n=8), call("same", n=9), stop="tool_use"))
    lines += [result(f"s{n}", "a9", tool_result("same", f"result {n}")) for n in (8, 9)]
    read = Read(lines_file(tmp_path, lines))
    assert read.pairs() == [({"n": n}, f"result {n}") for n in (0, 1, 2, 8, 9)]


@pytest.mark.parametrize(
    ("block", "twin", "failed"),
    [
        (tool_result("t1", "no", is_error=True), None, True),
        (tool_result("t1", "no", is_error=False), "Error: no", False),
        (tool_result("t1", "<tool_use_error>no</tool_use_error>"), None, True),
        (tool_result("t1", "no"), "Error: no such file", True),
        (tool_result("t1", "Error: no"), None, True),
        (tool_result("t1", "fine"), {"stdout": "fine"}, False),
    ],
)
def test_errors_are_told_in_several_ways(
    tmp_path: Path, block: dict[str, object], twin: object, failed: bool
) -> None:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), stop="tool_use"),
        result("r1", "a1", block, **({"toolUseResult": twin} if twin else {})),
    ]
    assert [event.is_error for event in Read(lines_file(tmp_path, lines)).results()] == [failed]


def test_a_subagent_in_the_same_file_is_a_run_named_after_its_call(tmp_path: Path) -> None:
    prompt = "count the files"
    task = call("task1", "Task", prompt=prompt, description="count")
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant("a1", "u1", "m1", task, stop="tool_use"),
            person("s1", None, prompt, isSidechain=True),
            assistant("s2", "s1", "n1", call("t1"), stop="tool_use", isSidechain=True),
            result("s3", "s2", tool_result("t1", "3"), isSidechain=True),
            assistant("s4", "s3", "n2", {"type": "text", "text": "three"}, isSidechain=True),
            result("r1", "a1", tool_result("task1", "three")),
        ],
    )
    read = Read(path)
    assert read.counts.runs == 2
    assert [event.content for event in read.results()] == ["three"]
    assert [event.content for event in read.results("subagent 1")] == ["3"]
    told = [branch.description for branch in read.tree.branches()]
    assert told[1] == "the subagent of the call Task task1: count"


def test_a_subagent_with_a_file_of_its_own_is_read_too_and_no_other_file(tmp_path: Path) -> None:
    secret = lines_file(tmp_path, [person("x", None, "elsewhere")], "elsewhere.jsonl")
    inner = tmp_path / "session" / "subagents"
    inner.mkdir(parents=True)
    lines_file(
        inner,
        [
            person("s1", None, "count", isSidechain=True),
            assistant("s2", "s1", "n1", TEXT, isSidechain=True),
        ],
        "agent-ab12.jsonl",
    )
    results = [
        result(f"r{n}", f"a{n}", tool_result(f"t{n}", "done"), toolUseResult={"agentId": agent})
        for n, agent in enumerate(["ab12", "../../elsewhere", f"/{secret}", "gone"])
    ]
    replies = [
        assistant(f"a{n}", None, f"m{n}", call(f"t{n}", "Task"), stop="tool_use") for n in range(4)
    ]
    lines = [person("u1", None, "go")]
    for reply, came in zip(replies, results, strict=True):
        lines += [reply, came]
    read = Read(lines_file(tmp_path, lines, "session.jsonl"))
    assert [branch.name for branch in read.tree.branches()] == ["main", "subagent ab12"]
    assert read.said("subagent ab12") == ["count"]


def test_what_follows_a_compaction_is_a_run_without_what_came_before(tmp_path: Path) -> None:
    boundary = {"type": "system", "subtype": "compact_boundary", "uuid": "b", "parentUuid": "a1"}
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "long ago", sessionId="s-1"),
            assistant("a1", "u1", "m1", TEXT, stop="end_turn"),
            {**boundary, "sessionId": "s-1"},
            person("u2", "b", "a summary", isCompactSummary=True),
            assistant("a2", "u2", "m2", TEXT, stop="end_turn"),
        ],
    )
    read = Read(path)
    assert read.said() == ["long ago"]
    assert read.said("compacted 1") == ["a summary"]
    assert read.counts.kept == {"system": 1}


def test_what_is_not_understood_is_kept_word_for_word(tmp_path: Path) -> None:
    odd = {"type": "queue-operation", "operation": "enqueue", "sessionId": "s-1", "deep": [[1.5]]}
    path = lines_file(
        tmp_path,
        [person("u1", None, "go"), odd, "{ cut", '"text"', assistant("a1", "u1", "m1", TEXT)],
    )
    read = Read(path)
    kinds = {event.type: event for event in read.unknown()}
    assert kinds["queue-operation"].payload == odd
    assert kinds["damaged_line"].payload == "{ cut"
    assert kinds["line"].payload == "text"
    assert read.counts.damaged == 1
    assert "3 kept as unknown" in read.counts.words()


def test_the_envelope_is_kept_beside_what_was_said(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path,
        [person("u1", None, "go", gitBranch="main", cwd="/x"), assistant("a1", "u1", "m1", TEXT)],
    )
    records = Read(path).branch()
    assert records[0].extra is not None and records[1].extra is not None
    assert records[0].extra["imported"]["gitBranch"] == "main"
    assert records[1].extra["imported"]["uuid"] == "u1"
    assert all(record.source == "imported" for record in records)


def test_a_reply_that_the_api_refused_is_one_that_failed(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path,
        [
            person("u1", None, "go"),
            assistant(
                "a1", "u1", "m1", {"type": "text", "text": "API Error: 529"}, isApiErrorMessage=True
            ),
        ],
    )
    last = Read(path).branch()[-1].event
    assert isinstance(last, ModelFailed)
    assert last.error == "API Error: 529"


def test_images_and_long_lines_and_control_bytes_come_through_as_they_are(tmp_path: Path) -> None:
    picture = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    image = {"type": "image", "source": picture}
    raw = "\x1b[31mred\x1b[0m\x00\x07" + "x" * 100_000
    path = lines_file(
        tmp_path,
        [
            person("u1", None, [{"type": "text", "text": "see"}, image]),
            assistant("a1", "u1", "m1", call("t1"), call("t2"), stop="tool_use"),
            result("r1", "a1", tool_result("t1", raw)),
            result("r2", "a1", tool_result("t2", [{"type": "text", "text": "one"}, image])),
        ],
    )
    read = Read(path)
    assert [event.content for event in read.results()] == [
        raw,
        [{"type": "text", "text": "one"}, image],
    ]
    assert [event.blocks for event in read.results()] == [False, True]
    assert read.tree[2].event.content[1] == image  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", [None, "2026-01-01T00:00:09.5", "yesterday", 1767225609])
def test_times_that_are_missing_or_have_no_zone_do_no_harm(tmp_path: Path, at: object) -> None:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), stop="tool_use", timestamp=at),
        result("r1", "a1", tool_result("t1", "one"), timestamp=at),
    ]
    records = Read(lines_file(tmp_path, lines)).branch()
    assert all(len(record.at) == 24 and record.at.endswith("Z") for record in records)
    assert [record.at for record in records] == sorted(record.at for record in records)


def test_times_give_how_long_a_call_took(tmp_path: Path) -> None:
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), stop="x", timestamp="2026-01-01T00:00:01.000Z"),
        result("r1", "a1", tool_result("t1", "one"), timestamp="2026-01-01T00:00:03.250Z"),
    ]
    lines[1]["message"]["stop_reason"] = "tool_use"
    assert [event.ms for event in Read(lines_file(tmp_path, lines)).results()] == [2250.0]


def test_secrets_are_taken_out_before_anything_is_folded(tmp_path: Path) -> None:
    key = "sk-ant-api03-" + "a1B2" * 24
    lines = [
        person("u1", None, f"use {key}"),
        assistant("a1", "u1", "m1", call("t1", key=key), stop="tool_use"),
        result("r1", "a1", tool_result("t1", key)),
    ]
    from tooltrace.debugger.session.secrets import hider

    read = Read(lines_file(tmp_path, lines), hide=hider())
    assert key not in str(read.tree.records)
    assert "[secret" in str(read.results()[0].content)


def test_the_form_with_all_lines_in_one_object_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    lines = [person("u1", None, "go"), assistant("a1", "u1", "m1", TEXT)]
    path.write_text(json.dumps({"loglines": lines}), encoding="utf-8")
    read = Read(path)
    assert (read.format, read.said(), len(read.replies())) == ("claude_code", ["go"], 1)


def test_all_of_it_replays(tmp_path: Path) -> None:
    """The requests made of the records are the requests that the records say were made."""
    import asyncio

    from tooltrace.debugger.replay.check import check_session
    from tooltrace.debugger.session.clock import now
    from tooltrace.debugger.session.imported_file import ImportedFile
    from tooltrace.debugger.session.session import Session

    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), call("t2", "Bash"), stop="tool_use"),
        result("r2", "a1", tool_result("t2", "two")),
        result("r1", "a1", tool_result("t1", "one")),
        assistant("a2", "r1", "m2", TEXT, stop="end_turn"),
    ]
    session = Session(now, ImportedFile(lines_file(tmp_path, lines)))
    verdicts = asyncio.run(check_session(session, now))
    assert [verdict.divergence for verdict in verdicts] == [None]
    events = [record.event for record in session.tree.records.values()]
    assert sum(isinstance(e, ModelReplied | ToolReturned) for e in events) == 4
    session.close()


def test_its_tools_are_declared_from_the_beginning(tmp_path: Path) -> None:
    odd = {"name": "Odd", "input": {}, "type": "tool_use", "id": "t3"}
    lines = [
        person("u1", None, "go"),
        assistant("a1", "u1", "m1", call("t1"), call("t2", "Bash"), stop="tool_use"),
        result("r1", "a1", tool_result("t1", "one"), tool_result("t2", "two")),
        assistant("a2", "r1", "m2", odd, stop="tool_use"),
        result("r2", "a2", tool_result("t3", "three")),
    ]
    read = Read(lines_file(tmp_path, lines))
    assert [tool.name for tool in read.root().workflow.tools] == ["Read", "Bash"]
    later = [r.event for r in read.branch() if isinstance(r.event, WorkflowChanged)]
    assert [[tool.name for tool in e.workflow.tools] for e in later] == [["Read", "Bash", "Odd"]]
    assert [event.content for event in read.results()] == ["one", "two", "three"]
