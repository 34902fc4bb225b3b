"""Given a body, expect what the API would refuse in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.build import call
from tooltrace.models.anthropic.request_check import problems

U, A, S = "user", "assistant", "system"
T = {"type": "text", "text": "t"}


def result(name: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": "1"}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], ["message 0: there is nothing to send"]),
        ([(U, [T])], []),
        ([(A, [T])], ["message 0: the conversation has to begin with the user"]),
        ([(U, [T]), (U, [T])], ["message 1: two user turns in a row"]),
        ([(U, [T]), (A, [T]), (A, [T])], ["message 2: two assistant turns in a row"]),
        ([(S, "s")], ["message 0: a system turn has to follow the user's"]),
        ([(U, [T]), (S, "s"), (A, [T])], []),
        ([(U, [T]), (S, "s"), (S, "s")],
         ["message 1: a system turn has to be last, or answered by the assistant",
          "message 2: a system turn has to follow the user's"]),
        ([(U, [])], ["message 0: it is empty"]),
        ([(U, [T]), (S, " ")], ["message 1: it is empty"]),
        ([(U, [{"type": "text", "text": " "}])], ["message 0: a text block is empty"]),
        ([(U, [T]), (A, [call("a"), call("b")]), (U, [result("b"), result("a")])], []),
        ([(U, [T]), (A, [call("a"), call("b")]), (U, [result("b")])],
         ["message 1: call a has no result in the next message"]),
        ([(U, [T]), (A, [call("a")])], ["message 1: call a has no result in the next message"]),
        ([(U, [T]), (A, [call("a")]), (S, "s"), (U, [result("a")])],
         ["message 1: call a has no result in the next message",
          "message 2: a system turn has to follow the user's",
          "message 2: a system turn has to be last, or answered by the assistant",
          "message 3: a result for a, which the message before does not call"]),
        ([(U, [T]), (A, [call("a")]), (U, [result("a"), result("a")])],
         ["message 2: call a has two results"]),
        ([(U, [T]), (A, [call("a"), call("a")]), (U, [result("a")])],
         ["message 1: two calls have the id a"]),
        ([(U, [T]), (A, [call("a")]), (U, [T, result("a")])],
         ["message 2: the result for a has to come before text"]),
        ([(U, [result("\x1b[2J")])],
         ["message 0: a result for \\u{1b}[2J, which the message before does not call"]),
        ([(U, [T]), (A, [{"type": "tool_use"}])],
         ["message 1: call (empty) names no tool: None",
          "message 1: the input of call (empty) is not an object",
          "message 1: call 0 has no id"]),
        ([(U, [T]), (A, [{**call("a"), "name": "no such tool"}]), (U, [result("a")])],
         ["message 1: call a names no tool: no such tool"]),
        ([(U, [T]), (A, [{**call("a"), "input": "{cut"}]), (U, [result("a")])],
         ["message 1: the input of call a is not an object"]),
    ],
)  # fmt: skip
def test_problems(messages: list[tuple[str, Any]], expected: list[str]) -> None:
    sent = {"messages": [{"role": role, "content": content} for role, content in messages]}
    assert problems(sent) == expected
