"""Loops of people who use the SDKs themselves, as they write them, and what is recorded of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anthropic
import msgspec

from tests.formats.importers.files import Read, lines_file
from tests.loopback import KEY, Loopback, Received, Step, reply, text, tool_use
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import Record
from tooltrace.store.journal import Journal

__all__ = [
    "LOOK",
    "MODEL",
    "SCRIPT",
    "ThreadLoopback",
    "answers",
    "client",
    "conversation",
    "imported",
    "looped",
    "recorded",
    "sent",
    "told",
]

MODEL = "claude-sonnet-5-5"
LOOK = {
    "name": "look",
    "description": "Looks at a thing.",
    "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}}},
}
SCRIPT = (
    reply(text("I look."), tool_use("t1", "look", a=1), tool_use("t2", "look", a=2)),
    reply(text("Once more."), tool_use("t3", "look", a=3)),
    reply(text("Done.")),
)


def client(server: Loopback, **more: Any) -> anthropic.Anthropic:
    """A client as somebody has it."""
    given = {"auth_token": KEY, "base_url": server.url, "max_retries": 0, **more}
    return anthropic.Anthropic(**given)


def answers(content: Any) -> list[dict[str, Any]]:
    """The results of the calls in a reply, as the loop gives them back."""
    return [
        {"type": "tool_result", "tool_use_id": block.id, "content": f"seen {block.input['a']}"}
        for block in content
        if block.type == "tool_use"
    ]


def looped(asked: anthropic.Anthropic, stream: bool = False) -> list[Any]:
    """A loop until there is no call any more: its replies."""
    messages: list[Any] = [{"role": "user", "content": "go"}]
    replies = []
    while True:
        request: dict[str, Any] = {"model": MODEL, "max_tokens": 99, "tools": [LOOK]}
        request |= {"system": "Be brief.", "messages": messages}
        if stream:
            with asked.messages.stream(**request) as events:
                answer = events.get_final_message()
        else:
            answer = asked.messages.create(**request)
        replies.append(answer)
        results = answers(answer.content)
        if not results:
            return replies
        messages += [{"role": "assistant", "content": answer.content}]
        messages += [{"role": "user", "content": results}]


def recorded(path: Path) -> list[Record]:
    """The records of a session."""
    journal = Journal.open(path)
    try:
        assert journal.problems == []
        return journal.records
    finally:
        journal.close()


def conversation(path: Path) -> Tree:
    """A session as a tree."""
    tree = Tree()
    for record in recorded(path):
        tree.add(record)
    return tree


def sent(server: Any) -> list[tuple[str, bytes, dict[str, str]]]:
    """What went over the wire, but for where to."""
    return [_sent(request) for request in server.requests]


def _sent(request: Received) -> tuple[str, bytes, dict[str, str]]:
    return request.path, request.raw, {k: v for k, v in request.headers.items() if k != "host"}


def told(records: list[Record]) -> list[dict[str, Any]]:
    """What records say, without when, and without the name of the run."""
    found = []
    for record in records:
        said = {"type": record.event.name, **msgspec.to_builtins(record.event)}
        found.append({key: said[key] for key in said if key not in ("session", "ms")})
    return found


def imported(folder: Path, pairs: list[tuple[Any, Any]]) -> list[Record]:
    """What becomes of requests with their responses when they are imported."""
    lines = [{"request": request, "response": response} for request, response in pairs]
    read = Read(lines_file(folder, lines, "pairs.jsonl"))
    return list(read.tree.records.values())


class ThreadLoopback(Loopback):
    """A server that keeps what was said before under the id of its last reply."""

    def __init__(self, *script: Any) -> None:
        super().__init__(*script, bound=False)
        self._kept: dict[str, list[Any]] = {}
        self._said: list[Any] = []
        self.given = self._keep
        self.continued = 0

    def refusal(self, received: Received) -> Step | None:
        """As the API would, of the whole conversation."""
        body = dict(received.body)
        thread = body.pop("thread")
        if thread["type"] == "continue":
            self.continued += 1
            body["messages"] = [*self._kept[thread["previous_message_id"]], *body["messages"]]
        self._said = body["messages"]
        return super().refusal(replace(received, body=body))

    def _keep(self, _: dict[str, Any], message: dict[str, Any]) -> None:
        answer = {"role": "assistant", "content": message["content"]}
        self._kept[message["id"]] = [*self._said, answer]
