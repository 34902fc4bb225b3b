"""What a client's requests and their answers become: the records of runs, folded as any other."""

from __future__ import annotations

import json
from typing import Any

from tests.loopback import reply, text
from tests.loopback.steps import events, sse, tool_use
from tooltrace.attach.endpoint import WireProtocol
from tooltrace.attach.proxy_request import ProxyAnswer, ProxyRequest
from tooltrace.attach.raw_delta import RawDelta, applied
from tooltrace.attach.recorded_runs import RecordedRuns, source_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Results
from tooltrace.core.text.redact import Redactor
from tooltrace.formats.imported.recorder import Recorder

AT = "2026-01-01T00:00:00.000Z"
TOOLS = [{"name": "look", "description": "d", "input_schema": {"type": "object"}}]
USER = {"role": "user", "content": "Refund 1001."}
SECRET = "sk-live-0123456789abcdefghij"


class Client:
    """An agent as its requests and answers, and the tree of what is recorded of it."""

    def __init__(self) -> None:
        self.tree = Tree()
        hide = Redactor([("KEY", SECRET)])
        self._runs = RecordedRuns(Recorder(AT, hide, source_of, kept=""), ["python", "a.py"], "any")
        self._number = 0
        self.bodies: list[str] = []

    def asks(
        self,
        *messages: Any,
        protocol: WireProtocol = "messages",
        tools: Any = TOOLS,
        run: str = "",
        headers: Any = (),
        **more: Any,
    ) -> ProxyRequest:
        headers = [(b"x-api-key", SECRET.encode()), (b"user-agent", b"agent 1"), *headers]
        self._number += 1
        body = {"model": "m", "system": "Be kind.", "messages": messages, "tools": tools, **more}
        raw = json.dumps({k: v for k, v in body.items() if v is not None}).encode()
        self.bodies.append(raw.decode())
        path = "/v1/messages"
        request = ProxyRequest(
            self._number, AT, "anthropic", "POST", path, headers, raw, protocol, run
        )
        self._take(self._runs.came(request))
        return request

    def gets(self, request: ProxyRequest, *blocks: Any, body: bytes = b"", **more: Any) -> Any:
        message = reply(*blocks).message
        body = body or json.dumps(message).encode()
        headers = [(b"request-id", b"req_1"), (b"set-cookie", SECRET.encode())]
        told: dict[str, Any] = {"status": 200, "broken": "", **more}
        answer = ProxyAnswer(AT, told["status"], headers, body, 20.0, 10.0, told["broken"])
        self._take(self._runs.answered(request, answer))
        return {"role": "assistant", "content": list(blocks)}

    def leaves(self, request: ProxyRequest) -> None:
        self._take(self._runs.left(request, "it was closed", AT))

    def ends(self, code: int | None) -> None:
        self._take(self._runs.ended(code, AT))

    def _take(self, records: Any) -> None:
        for record in records:
            self.tree.add(record)

    @property
    def roots(self) -> list[int]:
        return [r.id for r in self.tree.records.values() if r.parent is None]

    def kinds(self, root: int = 0) -> list[str]:
        begun = root or self.roots[0]
        inside = {begun}
        for record in self.tree.records.values():
            if record.parent in inside:
                inside.add(record.id)
        return [self.tree[ident].event.name for ident in sorted(inside)]


def result(call: str, content: Any) -> dict[str, Any]:
    return {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": call, "content": content}],
    }


def test_a_run_is_told_request_by_request() -> None:
    client = Client()
    first = client.gets(client.asks(USER), text("Looking."), tool_use("t1", "look", id="1001"))
    client.gets(client.asks(USER, first, result("t1", "found")), text("Done."))
    client.ends(0)
    turn = ["request_came", "model_called", "model_replied", "reply_delivered"]
    assert client.kinds() == [
        *("run_started", "client_attached", "request_came", "user_said"),
        *turn[1:],
        *("request_came", "tool_started", "tool_returned"),
        *turn[1:],
        "client_ended",
    ]
    end = client.tree.snapshot_at(_stands(client.tree))
    assert [type(message).__name__ for message in end.messages][-1] == "Assistant"
    assert (end.turn, end.tool_calls, end.trouble) == (2, 1, None)
    sources = {r.event.name: r.source for r in client.tree.records.values()}
    assert (sources["tool_returned"], sources["model_replied"]) == ("client", "live")


def test_a_body_comes_back_from_the_differences() -> None:
    client = Client()
    said: list[Any] = [USER]
    for turn in range(20):
        said.append(client.gets(client.asks(*said), tool_use(f"t{turn}", "look")))
        said.append(result(f"t{turn}", "found " * 100))
    before, size = "", 0
    came = [r.event for r in client.tree.records.values() if isinstance(r.event, c.RequestCame)]
    for event, body in zip(came, client.bodies, strict=True):
        before = applied(before, RawDelta(event.raw, event.head, event.tail))
        assert before == body
        size += len(event.raw)
    assert size < 1.2 * len(client.bodies[-1])


def test_a_streamed_reply_is_the_same_run() -> None:
    client = Client()
    blocks = (text("Looking."), tool_use("t1", "look", id="1001"))
    message = reply(*blocks).message
    assert message is not None
    client.gets(client.asks(USER, stream=True), *blocks, body=sse(events(message)).body)
    client.asks(USER, {"role": "assistant", "content": [*blocks]}, result("t1", "found"))
    assert len(client.roots) == 1
    assert client.kinds().count("tool_returned") == 1


def test_two_agents_and_a_side_call_are_three_runs() -> None:
    client = Client()
    one, two = client.asks(USER), client.asks({"role": "user", "content": "Other."})
    title = client.asks({"role": "user", "content": "A title?"}, tools=None)
    client.gets(title, text("Refund"))
    first = client.gets(one, tool_use("t1", "look", n=1))
    second = client.gets(two, tool_use("t1", "look", n=2))
    client.asks(USER, first, result("t1", "one"))
    client.asks({"role": "user", "content": "Other."}, second, result("t1", "two"))
    assert len(client.roots) == 3
    results = [r.event for r in client.tree.records.values() if isinstance(r.event, e.ToolReturned)]
    assert [found.content for found in results] == ["one", "two"]
    client.ends(0)
    path = [record.event for record in client.tree.path(_stands(client.tree))]
    assert [one.code for one in path if isinstance(one, c.ClientEnded)] == [0]
    assert [one.content for one in path if isinstance(one, e.ToolReturned)] == ["one"]


def test_a_thread_says_only_what_is_new() -> None:
    client = Client()
    client.gets(client.asks(USER, thread={"type": "create"}), tool_use("t1", "look"))
    again = {"type": "continue", "previous_message_id": "msg_loopback"}
    client.asks(result("t1", "found"), thread=again, tools=None, system=None)
    assert len(client.roots) == 1
    assert client.kinds()[-2:] == ["tool_returned", "model_called"]
    end = client.tree.snapshot_at(client.tree.last_id)
    assert isinstance(end.messages[-1], Results)


def test_a_refusal_is_a_failure_and_asking_again_the_same_run() -> None:
    client = Client()
    error = json.dumps({"type": "error", "error": {"type": "x", "message": "busy"}}).encode()
    client.gets(client.asks(USER), body=error, status=529)
    client.gets(client.asks(USER), body=b"<html><title>Bad gateway</title></html>", status=502)
    client.gets(client.asks(USER), text("Done."))
    found = [r.event for r in client.tree.records.values() if isinstance(r.event, e.ModelFailed)]
    assert [(one.error, one.status, one.retryable) for one in found] == [
        ("x: busy", 529, True),
        ("Bad gateway", 502, True),
    ]
    assert len(client.roots) == 1
    assert client.tree.snapshot_at(client.tree.last_id).turn == 1


def test_a_client_that_leaves_is_a_fact() -> None:
    client = Client()
    request = client.asks(USER)
    client.leaves(request)
    client.gets(request, body=b"{", status=0, broken="the client had gone")
    assert client.kinds()[-2:] == ["client_left", "model_failed"]


def test_a_reply_that_was_cut_is_no_reply() -> None:
    client = Client()
    message = reply(text("Looking."), tool_use("t1", "look")).message
    assert message is not None
    whole = sse(events(message)).body
    client.gets(client.asks(USER), body=whole[: len(whole) // 2], broken="it was cut")
    assert client.kinds()[-2:] == ["model_failed", "reply_delivered"]
    assert client.tree.snapshot_at(client.tree.last_id).tool_calls == 0


def test_requests_of_two_paths_or_sessions_are_two_runs() -> None:
    client = Client()
    first = client.gets(client.asks(USER, run="one"), text("One."))
    client.asks(USER, first, USER, run="two")
    client.asks(USER, first, USER, headers=[(b"thread-id", b"t")])
    assert len(client.roots) == 3
    client.asks(USER, first, USER, run="one")
    assert len(client.roots) == 3


def test_other_tools_and_another_system_prompt_are_told() -> None:
    client = Client()
    first = client.gets(client.asks(USER), text("One."))
    more = [*TOOLS, {"name": "pay", "input_schema": {"type": "object"}}]
    client.asks(USER, first, USER, tools=more, system="Be quick.")
    changed = [r.event for r in client.tree.records.values()]
    (workflow,) = [one.workflow for one in changed if isinstance(one, e.WorkflowChanged)]
    assert [tool.name for tool in workflow.tools] == ["look", "pay"]
    assert workflow.system == "Be quick."


def test_tools_that_stand_in_an_item_make_an_agent() -> None:
    client = Client()
    spaces = [{"type": "namespace", "name": "functions", "tools": [{"type": "custom", **TOOLS[0]}]}]
    item = {"type": "additional_tools", "role": "developer", "tools": spaces}
    client.asks(protocol="responses", tools=None, messages=None, input=[item, USER])
    begun = client.tree[client.roots[0]].event
    assert isinstance(begun, e.RunStarted)
    assert [tool.name for tool in begun.workflow.tools] == ["look"]
    assert client.tree.notes == []


def test_what_is_no_json_is_kept_as_it_came() -> None:
    client = Client()
    request = ProxyRequest(
        1, AT, "openai", "POST", "/chat/completions", [], b"{\xff" + SECRET.encode(), "chat"
    )
    client._take(client._runs.came(request))
    client.gets(request, body=b"\x00\xff")
    came = [r.event for r in client.tree.records.values() if isinstance(r.event, c.RequestCame)]
    assert came[0].raw.startswith("{\udcff")


def test_no_secret_is_written_down() -> None:
    client = Client()
    client.gets(client.asks({"role": "user", "content": SECRET}), text(SECRET))
    assert SECRET not in str(list(client.tree.records.values()))


def _stands(tree: Tree) -> int:
    place = tree.place
    assert place is not None
    return place.head
