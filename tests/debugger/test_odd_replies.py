"""Replies of servers that count ids from 1, name tools that are not there, or send half a call:
each is asked of a live model against a server as strict as the API."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.flows import Ran, pair
from tests.debugger.recordings import check
from tests.debugger.sitting import Sitting, records_of
from tests.events import events_of
from tests.loopback import Loopback, Step, plain, reply, streamed, text, tool_use
from tests.models.live import MODEL, alone
from tooltrace import Workflow
from tooltrace.core.model import events as e
from tooltrace.core.model.ports import ModelPort
from tooltrace.models.anthropic.port import AnthropicModel

__all__ = ["alone"]


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as made:
        yield made


def live(folder: Path, server: Loopback, flow: Workflow | None = None) -> Sitting:
    model: ModelPort = AnthropicModel(MODEL, base_url=server.url)
    settings = e.Settings(model=MODEL, base_url=server.url)
    return Sitting(folder, flow or pair(folder), settings=settings, model=model)


def calls(body: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """Each reply's calls as they were sent back, by id and name."""
    said = [m["content"] for m in body["messages"] if m["role"] == "assistant"]
    return [
        [(b["id"], b["name"]) for b in blocks if b["type"] == "tool_use"]
        for blocks in said
        if any(b["type"] == "tool_use" for b in blocks)
    ]


def results(body: dict[str, Any]) -> dict[str, str]:
    """What the model reads, by the id that it is sent for."""
    blocks = [b for m in body["messages"] if m["role"] == "user" for b in m["content"]]
    return {b["tool_use_id"]: b["content"] for b in blocks if b["type"] == "tool_result"}


def counted(*ids: str) -> Step:
    return reply(*(tool_use(i, ("left", "right")[n % 2], number=n) for n, i in enumerate(ids)))


def test_a_server_that_counts_from_1_in_each_reply(tmp_path: Path, server: Loopback) -> None:
    server.script(counted("1", "2"), counted("1"), counted("1", "2", "3"), reply(text("Done.")))
    with live(tmp_path, server) as s:
        assert s.do("go").kind != "error"
        assert s.snapshot.outcome == "completed"
    assert server.refused == []
    assert [[i for i, _ in each] for each in calls(server.bodies[-1])] == [
        ["1", "2"], ["1_2"], ["1_3", "2_2", "3"],
    ]  # fmt: skip
    # The record keeps what came.
    came = [event.reply["content"] for event in events_of(records_of(s.file), e.ModelReplied)]
    assert [[b["id"] for b in blocks if b["type"] == "tool_use"] for blocks in came] == [
        ["1", "2"], ["1"], ["1", "2", "3"], [],
    ]  # fmt: skip
    # Each request begins as the one before it did.
    sent = [body["messages"] for body in server.bodies]
    assert all(b[: len(a)] == a for a, b in pairwise(sent))
    assert [one.divergence for one in check(s.file)] == [None]
    assert [tool for tool, _, _ in Ran(tmp_path).all].count("left") == 4


def test_the_same_ids_go_out_after_reopening_and_on_a_branch(
    tmp_path: Path, server: Loopback
) -> None:
    server.script(counted("1", "1"), counted("1"), reply(text("Done.")))
    with live(tmp_path, server) as s:
        s.do("go")
        turned = s.last(e.ModelReplied) - 1
    with live(tmp_path, server) as s:
        s.done("goto", turned - 1)
        s.done("edit.fork", "again")
        server.script(reply(text("Again.")))
        s.do("go")
        assert s.said() == "Again."
        assert server.refused == []
        assert server.bodies[-1] == server.bodies[-2]
        assert calls(server.bodies[-1]) == [
            [("1", "left"), ("1_2", "right")], [("1_3", "left")],
        ]  # fmt: skip
    assert [one.divergence for one in check(s.file)] == [None, None]
    assert len(Ran(tmp_path).all) == 3


def test_two_equal_ids_are_answered_each_by_its_own_result(
    tmp_path: Path, server: Loopback
) -> None:
    server.script(counted("t", "t"), reply(text("Done.")))
    with live(tmp_path, server) as s:
        s.do("go")
    assert results(server.bodies[-1]) == {"t": "l", "t_2": "r"}
    assert calls(server.bodies[-1]) == [[("t", "left"), ("t_2", "right")]]


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("used", ["", None, 7])
def test_calls_without_an_id(tmp_path: Path, server: Loopback, used: object, streams: bool) -> None:
    made = [{**tool_use("", name), "id": used} for name in ("left", "right")]
    server.script((streamed if streams else plain)(*made), reply(text("Done.")))
    with live(tmp_path, server) as s:
        s.do("go")
        assert s.snapshot.outcome == "completed"
    assert server.refused == []
    assert results(server.bodies[-1]) == {"call": "l", "call_2": "r"}


@pytest.mark.parametrize(
    ("name", "sent"), [("Größe?", "Gr__e_"), ("", "unnamed"), ("x" * 200, "x" * 128)]
)
def test_a_tool_that_is_not_there_is_an_error_for_the_model(
    tmp_path: Path, server: Loopback, name: str, sent: str
) -> None:
    server.script(reply(tool_use("a", name), tool_use("b", "left")), reply(text("Sorry.")))
    with live(tmp_path, server) as s:
        s.do("go")
        assert s.snapshot.outcome == "completed"
    assert server.refused == []
    assert calls(server.bodies[-1]) == [[("a", sent), ("b", "left")]]
    told = results(server.bodies[-1])
    assert told == {"a": f"there is no tool {name!r}; there are: left, right", "b": "l"}


BROKEN = [
    reply({**tool_use("a", "left"), "name": None}),
    plain({**tool_use("a", "left"), "input": "{}"}),
    plain({"type": "tool_use", "id": "a", "name": "left"}),
    plain(raw=b'{"content":[{"type":"tool_use","id":"a","name":"left","input":{"number":1,'
          b'"number":2}}],"stop_reason":"tool_use"}'),
]  # fmt: skip


@pytest.mark.parametrize("first", BROKEN, ids=range(len(BROKEN)))
def test_nothing_of_a_broken_reply_runs_and_the_person_is_asked(
    tmp_path: Path, server: Loopback, first: Step
) -> None:
    server.script(reply(text("Hm."), tool_use("r", "right")), first)
    with live(tmp_path, server) as s:
        stop = s.do("go")
        assert stop.kind == "await", stop
        assert Ran(tmp_path).times("left") == 0
        assert s.snapshot.trouble is not None and s.snapshot.trouble.kind == "incomplete"
        # Written by hand, with an id that was used before.
        failed = s.last(e.ModelFailed)
        server.script(reply(text("Done.")))
        by_hand = {"content": [tool_use("r", "left", number=5)], "stop_reason": "tool_use"}
        s.done("edit.write_reply", failed, by_hand)
        s.do("go")
        assert s.snapshot.outcome == "completed"
        assert server.refused == []
        assert calls(server.bodies[-1]) == [[("r", "right")], [("r_2", "left")]]
        assert [a for t, a, _ in Ran(tmp_path).all if t == "left"] == [{"number": 5}]


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"input": [1]}, "the input of tool call left is not an object"),
        ({"name": 5}, "has no name"),
        ({"type": 1}, "has no type"),
    ],
)
def test_an_edited_reply_is_judged_as_one_that_came(
    tmp_path: Path, server: Loopback, block: dict[str, Any], why: str
) -> None:
    server.script(counted("1"), counted("1"))
    with live(tmp_path, server) as s:
        s.steps(1)
        body = {"content": [{**tool_use("1", "left"), **block}], "stop_reason": "tool_use"}
        stop = s.do("edit.reply", s.last(e.ModelReplied), body)
        assert stop.kind == "error" and why in stop.text


def test_an_edited_reply_may_use_any_id_and_name(tmp_path: Path, server: Loopback) -> None:
    server.script(counted("1"), counted("1"), reply(text("Done.")))
    with live(tmp_path, server) as s:
        s.do("turn")
        s.do("turn")
        edited = [tool_use("1", "left", number=9), tool_use("1", "no tool"), tool_use("", "right")]
        body = {"content": edited, "stop_reason": "tool_use"}
        s.done("edit.reply", s.last(e.ModelReplied), body)
        assert s.do("go").kind != "error"
        assert s.snapshot.outcome == "completed"
    assert server.refused == []
    assert calls(server.bodies[-1])[-1] == [
        ("1_2", "left"), ("1_3", "no_tool"), ("call", "right"),
    ]  # fmt: skip
