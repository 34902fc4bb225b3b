"""What Chat Completions demands of a request, written apart from the code that makes requests.

The fields are those of ``openai/types/chat/completion_create_params.py`` in the official Python
SDK, 3.57.0; for the texts see ``tests/loopback/openai_rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.loopback.openai_rules import Refused, empty, missing, name_pattern, supported, wrong_type

__all__ = ["complaint"]

FIELDS = frozenset(
    {"audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs"}
    | {"max_completion_tokens", "max_tokens", "messages", "metadata", "modalities", "model"}
    | {"moderation", "n", "parallel_tool_calls", "prediction", "presence_penalty"}
    | {"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort"}
    | {"response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream"}
    | {"stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user"}
    | {"verbosity", "web_search_options"}
)
ROLES = ("system", "assistant", "user", "function", "tool", "developer")
PARTS = {
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text", "refusal"),
}


def complaint(body: dict[str, Any]) -> Refused | None:
    """Why a request is refused."""
    for field in sorted(body.keys() - FIELDS):
        return Refused(f"Unrecognized request argument supplied: {field}")
    if not isinstance(body.get("model"), str):
        return Refused("you must provide a model parameter")
    messages = body.get("messages")
    if messages is None:
        return missing("messages")
    if not isinstance(messages, list):
        return wrong_type("messages", "an array of objects", messages)
    if not messages:
        return empty("messages")
    for problems in (_settings(body), _tools(body), _messages(messages), _calls(messages)):
        for problem in problems:
            if problem is not None:
                return problem
    return None


def _settings(body: dict[str, Any]) -> Iterator[Refused | None]:
    if body.get("stream") not in (None, True, False):
        yield wrong_type("stream", "a boolean", body["stream"])
    if "stream_options" in body and not body.get("stream"):
        said = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        yield Refused(said, "stream_options")
    if "max_tokens" in body and "max_completion_tokens" in body:
        said = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
        yield Refused(said, "max_tokens", "invalid_parameter_combination")
    for field in ("tool_choice", "parallel_tool_calls"):
        if field in body and not body.get("tools"):
            yield Refused(f"'{field}' is only allowed when 'tools' are specified.", field)


def _tools(body: dict[str, Any]) -> Iterator[Refused | None]:
    if body.get("tools") == []:
        yield empty("tools")
    for place, tool in enumerate(body.get("tools") or []):
        at = f"tools[{place}]"
        if not isinstance(tool, dict):
            yield wrong_type(at, "an object", tool)
        elif "type" not in tool:
            yield missing(f"{at}.type")
        elif tool["type"] not in ("function", "custom"):
            yield supported(f"{at}.type", tool["type"], ("function", "custom"))
        # One that is flat, as in the Responses API, has nothing there.
        elif not isinstance(tool.get(tool["type"]), dict):
            yield missing(f"{at}.{tool['type']}")
        else:
            yield from _function(f"{at}.{tool['type']}", tool[tool["type"]])


def _function(at: str, function: dict[str, Any]) -> Iterator[Refused | None]:
    yield missing(f"{at}.name") if "name" not in function else None
    yield name_pattern(f"{at}.name", function["name"])
    schema = function.get("parameters", {"type": "object"})
    if not isinstance(schema, dict) or schema.get("type") != "object":
        said = f"Invalid schema for function '{function['name']}': schema must be a JSON Schema of"
        yield Refused(
            f"{said} 'type: \"object\"'.", f"{at}.parameters", "invalid_function_parameters"
        )


def _messages(messages: list[Any]) -> Iterator[Refused | None]:
    for place, message in enumerate(messages):
        at = f"messages[{place}]"
        if not isinstance(message, dict):
            yield wrong_type(at, "an object", message)
        elif message.get("role") not in ROLES:
            yield supported(f"{at}.role", message.get("role"), ROLES)
        else:
            yield from _tool_calls(at, message)
            yield from _content(place, message)


def _tool_calls(at: str, message: dict[str, Any]) -> Iterator[Refused | None]:
    if message["role"] == "tool" and "tool_call_id" not in message:
        yield missing(f"{at}.tool_call_id")
    calls = message.get("tool_calls")
    if calls == []:
        yield empty(f"{at}.tool_calls")
    for place, call in enumerate(calls or ()):
        here = f"{at}.tool_calls[{place}]"
        for field in ("id", "type"):
            yield missing(f"{here}.{field}") if field not in call else None
        function = call.get(call["type"], {})
        for field in ("name", "arguments" if call["type"] == "function" else "input"):
            param = f"{here}.{call['type']}.{field}"
            if field not in function:
                yield missing(param)
            elif not isinstance(function[field], str):
                yield wrong_type(param, "a string", function[field])


def _content(place: int, message: dict[str, Any]) -> Iterator[Refused | None]:
    content, role = message.get("content"), message["role"]
    if content is None:
        if role != "assistant" or not message.get("tool_calls"):
            said = "Invalid value for 'content': expected a string, got null."
            yield Refused(said, f"messages.[{place}].content")
    elif isinstance(content, list):
        if not content:
            yield empty(f"messages[{place}].content")
        for index, part in enumerate(content):
            at = f"messages[{place}].content[{index}]"
            kinds = PARTS.get(role, ("text",))
            if not isinstance(part, dict) or "type" not in part:
                yield missing(f"{at}.type")
            elif part["type"] not in kinds:
                yield supported(at, part["type"], kinds)
    elif not isinstance(content, str):
        yield wrong_type(f"messages[{place}].content", "one of a string or array", content)


def _calls(messages: list[dict[str, Any]]) -> Iterator[Refused]:
    """Each call has to have its answer right after it, each answer its call."""
    open_calls: dict[str, int | None] = {}
    for place, message in enumerate([*messages, {"role": "user"}]):
        at = f"messages.[{place}].role"
        if message["role"] == "tool":
            name = message["tool_call_id"]
            if name not in open_calls:
                said = "Invalid parameter: messages with role 'tool' must be a response to a"
                yield Refused(f"{said} preceeding message with 'tool_calls'.", at)
            elif open_calls[name] is not None:
                said = f"Invalid parameter: Duplicate value for 'tool_call_id' of '{name}', in"
                said += f" messages[{open_calls[name]}] and messages[{place}]."
                yield Refused(said, f"messages.[{place}].tool_call_id")
            open_calls[name] = place
            continue
        left = [name for name, answer in open_calls.items() if answer is None]
        if left:
            said = "An assistant message with 'tool_calls' must be followed by tool messages"
            said += " responding to each 'tool_call_id'. The following tool_call_ids did not have"
            yield Refused(f"{said} response messages: {', '.join(left)}", at)
        names = [call["id"] for call in message.get("tool_calls") or ()]
        for name in {name for name in names if names.count(name) > 1}:
            said = f"Invalid parameter: Duplicate value for 'tool_call_id' of '{name}', in"
            said += f" messages[{place}]."
            yield Refused(said, f"messages.[{place}].tool_calls")
        open_calls = dict.fromkeys(names)
