"""The anthropic SDK is recorded: every way of asking, as it was, and byte for byte on the wire."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
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
    ThreadLoopback,
    answers,
    client,
    conversation,
    imported,
    looped,
    recorded,
    sent,
    told,
)
from tests.loopback import KEY, Loopback, events, fault, reply, sse, streamed, text, tool_use
from tooltrace.core.model.events import (
    ModelFailed,
    ModelReplied,
    RunStarted,
    ToolReturned,
    UserSaid,
)

GO: list[Any] = [{"role": "user", "content": "go"}]


def ask(asked: anthropic.Anthropic, **more: Any) -> Any:
    """One request."""
    return asked.messages.create(**{"model": MODEL, "max_tokens": 9, "messages": GO, **more})


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_loop_runs_as_before_and_becomes_a_session(tmp_path: Path, stream: bool) -> None:
    with Loopback(*SCRIPT, *SCRIPT) as server:
        with client(server) as plain:
            before = looped(plain, stream)
        with tooltrace.record(client(server), session=tmp_path / "x.jsonl") as watched:
            after = looped(watched, stream)
        assert server.refused == []
    assert [one.model_dump() for one in after] == [one.model_dump() for one in before]
    assert sent(server)[3:] == sent(server)[:3]
    kinds = [type(record.event).__name__ for record in recorded(tmp_path / "x.jsonl")]
    calls = ["ToolStarted", "ToolReturned"]
    turn = ["ModelCalled", "ModelReplied"]
    assert kinds == ["RunStarted", "UserSaid", *turn, *calls, *calls, *turn, *calls, *turn]
    results = [r.event for r in recorded(tmp_path / "x.jsonl") if isinstance(r.event, ToolReturned)]
    assert [one.content for one in results] == ["seen 1", "seen 2", "seen 3"]


def test_what_is_recorded_is_what_importing_the_requests_gives(tmp_path: Path) -> None:
    with Loopback(*SCRIPT) as server:
        with tooltrace.record(client(server), session=tmp_path / "x.jsonl") as watched:
            replies = looped(watched)
        pairs = [
            (request.body, one.to_dict())
            for request, one in zip(server.requests, replies, strict=True)
        ]
    assert told(recorded(tmp_path / "x.jsonl")) == told(imported(tmp_path, pairs))


def test_the_session_is_opened_replayed_and_edited(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with (
        Loopback(*SCRIPT) as server,
        tooltrace.record(client(server), session=path, name="shop") as watched,
    ):
        looped(watched)
    with tooltrace.open(path) as d:
        assert d.view().snapshot.workflow.name == "shop"
        assert [call.result for call in d.calls] == ["seen 1", "seen 2", "seen 3"]
        asked = server.requests[-1].body["messages"]
        assert d.request is not None
        messages = d.request["messages"]
        assert [one["role"] for one in messages] == [one["role"] for one in asked]
        assert messages[2:] == asked[2:]
        d.replay.start()
        assert d.go().kind == "end"
        d.edit.result(d.calls[0].record, "something else")
        assert d.calls[0].result == "something else"


async def test_async_loops_side_by_side_are_runs_of_their_own(tmp_path: Path) -> None:
    async def loop(asked: anthropic.AsyncAnthropic, what: str) -> list[Any]:
        messages: list[Any] = [{"role": "user", "content": what}]
        said = []
        for _ in range(2):
            request: Any = {"model": MODEL, "max_tokens": 9, "tools": [LOOK], "messages": messages}
            async with asked.messages.stream(**request) as stream:
                answer = await stream.get_final_message()
            said.append(answer.content[0].to_dict()["text"])
            messages = [*messages, {"role": "assistant", "content": answer.content}]
            messages += [{"role": "user", "content": answers(answer.content)}]
        return said

    def policy(body: dict[str, Any]) -> Any:
        what = body["messages"][0]["content"]
        n = len(body["messages"])
        return reply(text(f"{what} {n}"), tool_use(f"{what}{n}", "look", a=n))

    path = tmp_path / "x.jsonl"
    with Loopback(policy=policy) as server:
        asked = anthropic.AsyncAnthropic(auth_token=KEY, base_url=server.url)
        async with tooltrace.record(asked, session=path) as watched:
            said = await asyncio.gather(*(loop(watched, f"w{n}") for n in range(5)))
    assert said == [[f"w{n} 1", f"w{n} 3"] for n in range(5)]
    tree = conversation(path)
    runs = {}
    for branch in tree.branches():
        on = [record.event for record in tree.path(branch.tip)]
        (asked_for,) = [event.text for event in on if isinstance(event, UserSaid)]
        runs[asked_for] = [event.content for event in on if isinstance(event, ToolReturned)]
    assert runs == {f"w{n}": ["seen 1"] for n in range(5)}


@pytest.mark.parametrize(
    ("kind", "more"),
    [(ThreadLoopback, {}), (Loopback, {"thread": False})],
    ids=["threads", "whole"],
)
def test_the_tool_runner_is_recorded(
    tmp_path: Path, kind: type[Loopback], more: dict[str, Any]
) -> None:
    @anthropic.beta_tool
    def look(a: int) -> str:
        """Looks."""
        return f"seen {a}"

    path = tmp_path / "x.jsonl"
    with kind(*SCRIPT) as server:
        with tooltrace.record(client(server), session=path) as watched:
            runner = watched.beta.messages.tool_runner(
                model=MODEL, max_tokens=99, tools=[look], messages=GO, **more
            )
            last = runner.until_done()
        assert getattr(server, "continued", 2) == 2
    assert last.content[0].to_dict()["text"] == "Done."
    tree = conversation(path)
    (branch,) = tree.branches()
    on = [record.event for record in tree.path(branch.tip)]
    found = [event.content for event in on if isinstance(event, ToolReturned)]
    assert found == ["seen 1", "seen 2", "seen 3"]


def test_events_of_a_stream_are_the_same_objects_in_the_same_order(tmp_path: Path) -> None:
    def kinds(asked: anthropic.Anthropic) -> list[Any]:
        stream = ask(asked, stream=True)
        return [event.model_dump() for event in stream]

    step = streamed(text("Hello there"), tool_use("t", "look", a=1), by=7)
    with (
        Loopback(step, step) as server,
        client(server) as plain,
        tooltrace.record(plain, session=tmp_path / "x.jsonl") as watched,
    ):
        assert type(watched) is anthropic.Anthropic
        assert kinds(plain) == kinds(watched)
    (one,) = [r.event for r in recorded(tmp_path / "x.jsonl") if isinstance(r.event, ModelReplied)]
    assert one.reply["content"][0]["text"] == "Hello there"


def test_attempts_that_failed_and_those_that_followed_are_one_run(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    wait = {"retry-after-ms": "1"}
    busy = replace(fault(529, "overloaded_error", "Overloaded"), headers=wait)
    with (
        Loopback(busy, busy, reply(text("Done."))) as server,
        tooltrace.record(client(server, max_retries=2), session=path) as watched,
    ):
        assert ask(watched).content[0].text == "Done."
    found = recorded(path)
    failed = [r.event for r in found if isinstance(r.event, ModelFailed)]
    assert len(failed) == 2 and "Overloaded" in failed[0].error
    assert sum(isinstance(r.event, RunStarted) for r in found) == 1
    assert found[-1].extra is not None and found[-1].extra["imported"]["attempt"] == 3


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (fault(400, "invalid_request_error", "no"), anthropic.BadRequestError),
        (fault(500, "api_error", "no"), anthropic.InternalServerError),
        (reply(text("never"), cut=0), anthropic.APIConnectionError),
    ],
    ids=["400", "500", "cut"],
)
def test_exceptions_are_those_of_the_sdk(
    tmp_path: Path, step: Any, error: type[Exception], capfd: pytest.CaptureFixture[str]
) -> None:
    with Loopback(step, step) as server:
        with client(server) as plain, pytest.raises(error) as before:
            ask(plain)
        with (
            tooltrace.record(client(server), session=tmp_path / "x.jsonl") as watched,
            pytest.raises(error) as after,
        ):
            ask(watched)
    assert str(after.value) == str(before.value)
    assert isinstance(recorded(tmp_path / "x.jsonl")[-1].event, ModelFailed)
    assert capfd.readouterr() == ("", "")


def test_a_stream_that_breaks_or_is_left_is_a_reply_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    whole = events(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [text("a long answer")],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    )
    cut = sse(whole, cut=len(b"".join(whole[:3])))
    with (
        Loopback(cut, sse(whole)) as server,
        tooltrace.record(client(server), session=path) as watched,
    ):
        with pytest.raises(Exception) as raised:
            list(ask(watched, stream=True))
        for event in ask(watched, stream=True):
            if event.type == "content_block_delta":
                break
        gc.collect()
    assert "httpx2" in type(raised.value).__module__ or isinstance(
        raised.value, anthropic.AnthropicError
    )
    failed = [r.event for r in recorded(path) if isinstance(r.event, ModelFailed)]
    assert len(failed) == 2


def test_a_compressed_reply_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    packed = {"content-encoding": "gzip"}
    body = gzip.compress(json_of(text("Packed.")))
    stream = gzip.compress(streamed(text("Packed.")).body)
    with (
        Loopback(
            replace(reply(), message=None, chunks=(body,), headers=packed),
            sse([stream], headers=packed),
        ) as server,
        tooltrace.record(client(server), session=path) as watched,
    ):
        assert ask(watched).content[0].text == "Packed."
        assert len(list(ask(watched, stream=True))) > 3
    found = [r.event.reply for r in recorded(path) if isinstance(r.event, ModelReplied)]
    assert [one["content"][0]["text"] for one in found] == ["Packed.", "Packed."]


def json_of(*blocks: dict[str, Any]) -> bytes:
    """A whole reply as the body of a response."""
    return json.dumps(reply(*blocks).message).encode()


def test_the_given_client_stays_as_it_is_and_copies_of_the_other_are_recorded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.jsonl"
    with Loopback(*[reply(text("ok"))] * 3) as server, client(server) as plain:
        watched = tooltrace.record(plain, session=path)
        ask(plain)
        ask(watched.with_options(timeout=5))
        watched.messages
        watched.close()
        assert plain.is_closed()  # They share their connections.
    with Loopback(reply(text("ok"))) as server:
        plain = client(server)
        watched = tooltrace.record(plain, session=tmp_path / "y.jsonl")
        del watched
        gc.collect()
        assert ask(plain).content[0].text == "ok"
        plain.close()
    assert sum(isinstance(r.event, ModelReplied) for r in recorded(path)) == 1
    assert not (tmp_path / "y.jsonl").exists()


def test_a_client_that_is_made_and_recorded_at_once_keeps_its_connections(tmp_path: Path) -> None:
    with Loopback(*[reply(text("ok"))] * 2) as server:
        watched = tooltrace.record(client(server), session=tmp_path / "x.jsonl")
        gc.collect()
        assert ask(watched).content[0].text == ask(watched).content[0].text == "ok"
        watched.close()
