"""What goes wrong with a recording never reaches the loop: it is one line on stderr at most."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import anthropic
import pytest

import tooltrace
from tests.client_recording.clients import (
    LOOK,
    MODEL,
    SCRIPT,
    answers,
    client,
    looped,
    recorded,
)
from tests.loopback import KEY, Loopback, reply, text, tool_use
from tooltrace.client_recording.request_writer import RequestWriter
from tooltrace.client_recording.requests import ModelRequest
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import ModelFailed, ModelReplied, RunStarted, ToolReturned
from tooltrace.core.text.redact import nothing_hidden

ROOT = Path(tooltrace.__file__).parents[1]


def lines(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """What stands on stderr; nothing ever stands on stdout."""
    out, err = capfd.readouterr()
    assert out == ""
    return err.splitlines()


def runs(path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """A whole loop, recorded there: it ends as it should, and this is said of it."""
    with Loopback(*SCRIPT) as server, tooltrace.record(client(server), session=path) as watched:
        assert len(looped(watched)) == 3
    (said,) = lines(capfd)
    assert said.startswith("tooltrace: not recorded from here on: ")
    return said


def test_a_folder_that_cannot_be_made(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert "file" in runs(tmp_path / "file" / "x.jsonl", capfd)


def test_a_file_that_is_no_session_stays(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("dear diary\n")
    assert "notes.jsonl" in runs(path, capfd)
    assert path.read_text() == "dear diary\n"


def test_a_session_that_somebody_else_writes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    with tooltrace.debug("refund", session=path):
        before = path.read_bytes()
        runs(path, capfd)
        assert path.read_bytes() == before


def test_a_file_that_goes_while_it_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sessions"

    def gone(body: Any) -> Any:
        while not (folder / "x.jsonl").exists():
            pass
        shutil.rmtree(folder)
        return SCRIPT[1]

    with (
        Loopback(SCRIPT[0], gone, SCRIPT[2]) as server,
        tooltrace.record(client(server), session=folder / "x.jsonl") as watched,
    ):
        assert len(looped(watched)) == 3
    (said,) = lines(capfd)
    assert "not recorded from here on" in said


@pytest.mark.long
def test_a_full_disk(tmp_path: Path) -> None:
    code = """
        import resource, signal, sys
        from tests.client_recording.clients import *
        from tests.loopback import Loopback
        import tooltrace
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
        with Loopback(*SCRIPT) as server:
            with tooltrace.record(client(server), session=sys.argv[1]) as watched:
                assert len(looped(watched)) == 3
    """
    ended = run(code, tmp_path / "x.jsonl")
    assert ended.returncode == 0
    (said,) = ended.stderr.splitlines()
    assert said.startswith("tooltrace: not recorded from here on: ")


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A program of somebody's."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.long
def test_a_program_that_just_ends_leaves_all_of_it(tmp_path: Path) -> None:
    code = """
        import sys
        from tests.client_recording.clients import *
        from tests.loopback import Loopback
        import tooltrace
        with Loopback(*SCRIPT) as server:
            looped(tooltrace.record(client(server), session=sys.argv[1]))
        sys.exit(3)
    """
    path = tmp_path / "x.jsonl"
    ended = run(code, path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "", "")
    assert sum(isinstance(r.event, ModelReplied) for r in recorded(path)) == 3


@pytest.mark.long
def test_a_forked_child_goes_on_unrecorded(tmp_path: Path) -> None:
    code = """
        import os, sys
        from tests.client_recording.clients import *
        from tests.loopback import Loopback
        import tooltrace
        with Loopback(*SCRIPT, *SCRIPT) as server:
            watched = tooltrace.record(client(server), session=sys.argv[1])
            looped(watched)
            child = os.fork()
            if not child:
                os._exit(0 if len(looped(watched)) == 3 else 9)
            assert os.waitpid(child, 0)[1] == 0
            watched.close()
    """
    path = tmp_path / "x.jsonl"
    ended = run(code, path)
    assert ended.returncode == 0
    assert "forked" in ended.stderr and ended.stderr.count("\n") == 1
    assert sum(isinstance(r.event, ModelReplied) for r in recorded(path)) == 3


ODD = [
    b"",
    b"null",
    b"[]",
    b"[1,",
    b"{}",
    b'{"messages": 7}',
    b'{"messages": [7, null, "x", [], {"role": 9}, {"role": "user"}]}',
    b'{"messages": [{"role": "user", "content": [null, 3, {"type": 4}, {"type": "tool_result"}]}]}',
    b'{"messages": [{"role": "assistant", "content": [{"type": "tool_use", "input": [1]}]}]}',
    b'{"messages": [{"role": "user", "content": "\\ud800"}], "tools": [1, {"name": null}]}',
    b'{"messages": [{"role": "user", "content": "x"}], "model": 3, "max_tokens": 1e999}',
    b'{"input": {"a": 1}, "instructions": 5, "previous_response_id": 7}',
    b'{"input": [{"type": "function_call_output"}, 3, null], "thread": 3}',
    b'{"messages": ' + b"[" * 900 + b"]" * 900 + b"}",
    b"\xff\xfe\x00",
]
SOUND = b'{"messages": [{"role": "user", "content": "go"}]}'
WHOLE = json.dumps(reply(text("ok")).message).encode()


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_bodies_of_any_shape_cost_no_more_than_themselves(
    tmp_path: Path, odd: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.jsonl"
    writer = RequestWriter(path, "odd", lambda: nothing_hidden)
    for body, response in ((odd, odd), (SOUND, odd), (odd, WHOLE), (SOUND, WHOLE)):
        request = ModelRequest(body, 0, writer.over)
        writer.began(request)
        request.status, request.chunks = 200, [response]
        request.over()
    writer.close()
    assert len(lines(capfd)) <= 1
    last = recorded(path)[-1].event
    assert isinstance(last, ModelReplied) and last.reply["content"][0]["text"] == "ok"


@pytest.mark.parametrize("body", [b"", b"<html>busy</html>", b"[]", b'{"content": 3}', b"\xff"])
def test_responses_of_any_shape_are_a_reply_that_failed(tmp_path: Path, body: bytes) -> None:
    step = replace(reply(), message=None, chunks=(body,), status=200)
    kind = {"content-type": "application/json"}
    path = tmp_path / "x.jsonl"

    def outcome(asked: anthropic.Anthropic) -> str:
        go: Any = [{"role": "user", "content": "go"}]
        try:
            return repr(asked.messages.create(model=MODEL, max_tokens=9, messages=go))
        except Exception as error:  # noqa: BLE001 - whatever the SDK makes of it
            return repr(error)

    step = replace(step, headers=kind)
    with (
        Loopback(step, step) as server,
        client(server) as plain,
        tooltrace.record(client(server), session=path) as watched,
    ):
        assert outcome(watched) == outcome(plain)
    assert isinstance(recorded(path)[-1].event, ModelFailed)


def test_no_credential_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    key = "correct-horse-battery-staple-9"

    def told(body: Any) -> Any:
        return reply(text(f"your key is {key}, and sk-ant-api03-AAAABBBBCCCCDDDDEEEE0123456789"))

    with (
        Loopback(told, key=key) as server,
        tooltrace.record(client(server, auth_token=key), session=path) as watched,
    ):
        go: Any = [{"role": "user", "content": f"I am {key}"}]
        answer = watched.messages.create(model=MODEL, max_tokens=9, messages=go).to_dict()
    assert key in str(answer["content"])
    written = path.read_text()
    assert key not in written and "AAAABBBB" not in written and "authorization" not in written
    assert "[secret" in written


def test_a_session_that_is_there_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    for _ in range(2):
        with (
            Loopback(*SCRIPT) as server,
            tooltrace.record(client(server), session=path) as watched,
        ):
            looped(watched)
    found = recorded(path)
    assert [r.id for r in found] == list(range(1, len(found) + 1))
    assert sum(isinstance(r.event, RunStarted) for r in found) == 2
    assert sum(isinstance(r.event, ToolReturned) for r in found) == 6


def test_without_a_name_it_is_where_sessions_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions").mkdir()
    with Loopback(*SCRIPT) as server, tooltrace.record(client(server), name="shop") as watched:
        assert list((tmp_path / "sessions").iterdir()) == []
        looped(watched)
    (path,) = (tmp_path / "sessions").glob("*.jsonl")
    assert "shop" in path.name and len(recorded(path)) > 10


@pytest.mark.parametrize("wrong", [None, "sk-ant-secret", object(), anthropic])
def test_what_is_no_client_is_refused_at_once(wrong: object) -> None:
    with pytest.raises(BadCommand) as raised:
        tooltrace.record(wrong)
    assert "secret" not in str(raised.value)


@pytest.mark.benchmark
def test_a_request_takes_at_most_a_thousandth_of_a_second_more(tmp_path: Path) -> None:
    turns = 80
    big: Any = {**LOOK, "description": "Looks at a thing. " * 200}

    def policy(body: Any) -> Any:
        turn = len(body["messages"])
        call = [tool_use(f"t{turn}", "look", a=turn)] if turn < 2 * turns else []
        return reply(text("I look at the next of them."), *call)

    def took(asked: anthropic.Anthropic) -> float:
        messages: list[Any] = [{"role": "user", "content": "go"}]
        began = time.process_time()
        for turn in range(turns):
            answer = asked.messages.create(
                model=MODEL, max_tokens=9, messages=messages, tools=[big]
            )
            messages += [{"role": "assistant", "content": answer.content}]
            found = [{**one, "content": f"line {turn} " * 250} for one in answers(answer.content)]
            messages += [{"role": "user", "content": found}]
        asked.close()
        return time.process_time() - began

    more = []
    with Loopback(policy=policy, key=KEY, bound=False) as server:
        took(tooltrace.record(client(server), session=tmp_path / "first.jsonl"))
        for n in range(5):
            plain = took(client(server))
            watched = tooltrace.record(client(server), session=tmp_path / f"{n}.jsonl")
            more.append((took(watched) - plain) / turns)
    best = min(more)
    print(f"{best * 1000:.2f} ms of the processor for each request")
    assert best < 0.001
    assert (tmp_path / "0.jsonl").stat().st_size > 2500 * turns
