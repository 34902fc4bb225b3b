"""A tool that has to be called and is not there is named before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tooltrace.models.anthropic.request_check import problems
from tooltrace.models.openai.request_check import chat_problems, responses_problems

SAID = [{"role": "user", "content": "Go."}]
TOOL = {"name": "look", "parameters": {}}


def messages(name: str) -> list[str]:
    choice = {"type": "tool", "name": name}
    return problems({"messages": SAID, "tools": [{"name": "look"}], "tool_choice": choice})


def chat(name: str) -> list[str]:
    choice = {"type": "function", "function": {"name": name}}
    tools = [{"type": "function", "function": TOOL}]
    return chat_problems({"messages": SAID, "tools": tools, "tool_choice": choice})


def responses(name: str) -> list[str]:
    choice = {"type": "function", "name": name}
    return responses_problems(
        {"input": SAID, "tools": [{"type": "function", **TOOL}], "tool_choice": choice}
    )


@pytest.mark.parametrize("check", [messages, chat, responses])
def test_a_chosen_tool_has_to_be_there(check: Any) -> None:
    assert check("look") == []
    assert check("nope") == ["tool_choice: there is no tool nope"]
