"""The shipped workflows, asked of each protocol's server; recorded, replayed, and gone on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.debugger.recordings import check
from tests.debugger.served import PROTOCOLS, VARIABLES, Served, begun, serving
from tests.loopback.base import Received
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import plain

WORKFLOWS = [name for name, _ in tooltrace.shipped()]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a run may name; what the providers' own variables hold is wrong."""
    for name, served in PROTOCOLS.items():
        monkeypatch.setenv(VARIABLES[name], served.key)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-host-0123456789")


@pytest.fixture(params=PROTOCOLS)
def served(request: pytest.FixtureRequest) -> Served:
    """Each protocol in turn."""
    return PROTOCOLS[request.param]


def ended(debugger: tooltrace.Debugger) -> Snapshot:
    for _ in range(60):
        stop = debugger.go()
        if stop.kind == "finished":
            break
        assert stop.kind in ("confirm",), stop
    return debugger.view().snapshot


def assert_inspected(debugger: tooltrace.Debugger, called: int, sent: Received) -> None:
    """The inspector shows the body as it went out, and where each of its messages comes from."""
    report = debugger.inspect_request(called)
    assert report is not None
    assert plain(report.body).encode() == sent.raw, "to the byte"
    assert report.counted
    parts = [each.part for each in report.parts]
    said = [part for part in parts if part.section == "messages"]
    assert said and all(part.record for part in said)
    for part in parts:
        at: Any = report.body
        for key in part.path:
            at = at[key]
        assert at == part.content
    assert report.before is not None
    assert report.before.count("new") > 0


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_each_workflow_completes_and_replays_without_a_key(
    workflow: str, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "s.jsonl"
    with begun(workflow, served, file) as (debugger, server):
        done = ended(debugger)
        assert done.outcome == "completed"
        assert server.refused == []
        assert len(server.requests) == done.turn
        assert debugger.view().problems == ()
        assert done.usage.estimated == 0
        last = [r for r in debugger.path if isinstance(r.event, e.ModelCalled)][-1]
        assert_inspected(debugger, last.id, server.requests[-1])
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    held = file.read_text()
    assert served.key not in held
    assert "sk-of-another-host" not in held
    assert [verdict.divergence for verdict in check(file)] == [None]
    with tooltrace.open(file) as again:
        request = again.request
        assert request is not None
        assert request == server.bodies[-1]
        again.replay.start(from_start=True)
        assert again.go().kind == "end"
        assert again.view().snapshot.outcome == "completed"


@pytest.mark.parametrize("other", PROTOCOLS)
def test_a_fork_goes_on_with_another_provider(other: str, served: Served, tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    next_one = PROTOCOLS[other]
    with (
        begun("refund", served, file) as (debugger, first),
        serving("refund", next_one) as (
            second,
            decides,
        ),
    ):
        decides.debugger = debugger
        for _ in range(4):
            debugger.step()
        asked = len(first.requests)
        debugger.edit.fork("elsewhere")
        url = f"{second.url}{next_one.version}"
        debugger.edit.model(next_one.model, url, VARIABLES[other])
        done = ended(debugger)
        assert done.outcome == "completed"
        assert (first.refused, second.refused) == ([], [])
        assert len(first.requests) == asked
        assert len(second.requests) > 0
        assert b'"rest"' not in second.requests[-1].raw
        thoughts = b"gAAAA-sealed" in second.requests[0].raw
        assert thoughts == (served.name == next_one.name == "responses")
        problems = debugger.view().problems
        lost = served.name == "responses" and other != "responses"
        told = "is not told: what was thought before, which another API gave out"
        assert problems == ((f"{next_one.model} {told}",) if lost else ())
    assert {verdict.divergence for verdict in check(file)} == {None}


def test_a_file_names_neither_host_nor_key(tmp_path: Path) -> None:
    served = PROTOCOLS["chat"]
    file = tmp_path / "s.jsonl"
    with begun("refund", served, file) as (debugger, server):
        debugger.step()
        url = f"{server.url}/v1"
        debugger.close()
        with pytest.raises(BadCommand, match="base_url="):
            tooltrace.open(file, "refund")
        with pytest.raises(BadCommand, match=r"key_env=.?SERVED_KEY"):
            tooltrace.open(file, "refund", base_url=url)
        with tooltrace.open(file, "refund", base_url=url, key_env="SERVED_KEY") as again:
            assert again.view().snapshot.settings.key_env == "SERVED_KEY"


def test_a_branch_of_a_file_is_asked_nowhere_that_nobody_named(tmp_path: Path) -> None:
    served = PROTOCOLS["chat"]
    file = tmp_path / "s.jsonl"
    with begun("refund", served, file) as (debugger, first):
        debugger.step()
        head = debugger.view().head
        asked = len(first.requests)
        with serving("refund", served) as (second, _):
            url = f"{second.url}/v1"
            debugger.edit.model("chat:gpt-5.6", url, "SERVED_KEY")
            debugger.close()
            with tooltrace.open(file, "refund", base_url=url, key_env="SERVED_KEY") as again:
                again.goto(head)
                again.edit.fork("back")
                while (trouble := again.view().snapshot.trouble) is None:
                    again.step()
                assert "which nobody named now" in trouble.why
        assert len(first.requests) == asked
