"""What the Responses API demands of a request, written apart from the code that makes requests.

The fields are those of ``openai/types/responses`` in the official Python SDK, 3.57.0; for the texts
see ``tests/loopback/openai_rules.py``. "Duplicate function_call_output" is quoted from gateways to
the API, not from the API itself. Items are judged one by one here, how they follow each other in
``tests/loopback/responses/conversation.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.loopback.openai_rules import Refused, empty, missing, name_pattern, supported, wrong_type
from tests.loopback.responses.conversation import conversation

__all__ = ["complaint"]

FIELDS = frozenset(
    {"access_programs", "background", "background_options", "context_management", "conversation"}
    | {"image", "include", "input", "instructions", "max_output_tokens", "max_tool_calls"}
    | {"metadata", "model", "moderation", "parallel_tool_calls", "previous_response_id", "prompt"}
    | {"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning"}
    | {"safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature"}
    | {"text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user"}
)
ROLES = ("assistant", "system", "developer", "user")
GIVEN = ("input_text", "input_image", "input_file")
SAID = ("output_text", "refusal")
TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
TOOLS = (
    *("function", "custom", "web_search", "web_search_preview", "file_search", "mcp"),
    *("code_interpreter", "computer", "computer_use_preview", "image_generation", "shell"),
    *("local_shell", "apply_patch", "tool_search", "namespace", "programmatic_tool_calling"),
)
MESSAGE = {"type", "role", "content", "id", "status", "phase"}
ITEMS: dict[str, tuple[dict[str, type | tuple[type, ...]], set[str]]] = {
    "function_call": (
        {"call_id": str, "name": str, "arguments": str},
        {"id", "status", "namespace", "caller", "async"},
    ),
    "function_call_output": (
        {"call_id": str, "output": (str, list)},
        {"id", "status", "name", "namespace", "caller"},
    ),
    "custom_tool_call": (
        {"call_id": str, "name": str, "input": str},
        {"id", "status", "namespace", "caller", "async"},
    ),
    "custom_tool_call_output": (
        {"call_id": str, "output": (str, list)},
        {"id", "status", "caller"},
    ),
    "reasoning": ({"summary": list}, {"id", "content", "encrypted_content", "status"}),
    "item_reference": ({"id": str}, set()),
}
"""The fields that an item has to have, and those that it may have."""

BUILT_IN = (
    *("web_search_call", "file_search_call", "code_interpreter_call", "mcp_call"),
    *("mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "shell_call"),
    *("shell_call_output", "computer_call", "computer_call_output", "local_shell_call"),
    *("local_shell_call_output", "apply_patch_call", "apply_patch_call_output"),
    *("tool_search_call", "tool_search_output", "additional_tools", "compaction"),
    *("compaction_trigger", "configuration_update", "program", "program_output"),
    "image_generation_call",
)


def complaint(body: dict[str, Any], open_calls: tuple[str, ...] = ()) -> Refused | None:
    """Why a request is refused; ``open_calls`` are those of the response that it goes on from."""
    for field in sorted(body.keys() - FIELDS):
        return Refused(f"Unknown parameter: '{field}'.", field, "unknown_parameter")
    if not isinstance(body.get("model"), str):
        return missing("model")
    given = body.get("input")
    if given is None and not body.keys() & {"previous_response_id", "prompt", "conversation"}:
        return missing("input")
    limit = body.get("max_output_tokens")
    if limit is not None and limit < 16:
        said = "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16,"
        said += f" but got {limit} instead."
        return Refused(said, "max_output_tokens", "integer_below_min_value")
    if body.get("stream") not in (None, True, False):
        return wrong_type("stream", "a boolean", body["stream"])
    if not isinstance(given, str | list | None):
        return wrong_type("input", "one of a string or array of items", given)
    if given == []:
        return empty("input")
    items = given if isinstance(given, list) else []
    judged = (_item(f"input[{place}]", item) for place, item in enumerate(items))
    tools = _tools(body.get("tools") or [])
    return _first(tools, _choice(body), judged, conversation(items, open_calls))


def _first(*problems: Any) -> Refused | None:
    """The first that there is, in the order of the API: all of one kind before the next."""
    for several in problems:
        for problem in several:
            if problem is not None:
                return problem  # type: ignore[no-any-return]
    return None


def _tools(tools: list[Any]) -> Iterator[Refused | None]:
    for place, tool in enumerate(tools):
        at = f"tools[{place}]"
        if not isinstance(tool, dict):
            yield wrong_type(at, "an object", tool)
        elif "type" not in tool:
            yield missing(f"{at}.type")
        elif tool["type"] not in TOOLS:
            yield supported(f"{at}.type", tool["type"], TOOLS)
        elif tool["type"] in ("function", "custom"):
            # One that is nested, as in Chat Completions, has no name here.
            yield missing(f"{at}.name") if "name" not in tool else None
            yield name_pattern(f"{at}.name", tool["name"])
        schema = tool.get("parameters")
        if schema is not None and (not isinstance(schema, dict) or schema.get("type") != "object"):
            said = f"Invalid schema for function '{tool.get('name')}': schema must be a JSON Schema"
            said += " of 'type: \"object\"'."
            yield Refused(said, f"{at}.parameters", "invalid_function_parameters")


def _choice(body: dict[str, Any]) -> Iterator[Refused | None]:
    choice = body.get("tool_choice")
    if isinstance(choice, str) and choice not in ("auto", "none", "required"):
        yield supported("tool_choice", choice, ("none", "auto", "required"))
    if isinstance(choice, dict) and choice.get("type") in ("function", "custom"):
        names = [tool.get("name") for tool in body.get("tools") or []]
        if choice.get("name") not in names:
            said = f"Tool choice '{choice['type']}' not found in 'tools' parameter."
            yield Refused(said, "tool_choice")


def _item(at: str, item: Any) -> Refused | None:
    if not isinstance(item, dict):
        return wrong_type(at, "an object", item)
    kind = item.get("type", "message" if "role" in item else None)
    if kind is None:
        return missing(f"{at}.type")
    if kind == "message":
        return _message(at, item)
    if kind in BUILT_IN:
        return None
    if kind not in ITEMS:
        return supported(at, kind, ("message", *ITEMS, *BUILT_IN))
    required, optional = ITEMS[kind]
    for field in sorted(item.keys() - required.keys() - optional - {"type"}):
        return Refused(f"Unknown parameter: '{at}.{field}'.", f"{at}.{field}", "unknown_parameter")
    for field, types in required.items():
        if field not in item:
            return missing(f"{at}.{field}")
        if not isinstance(item[field], types):
            return wrong_type(f"{at}.{field}", "a string", item[field])
    output = item.get("output")
    return _content(f"{at}.output", output, GIVEN) if isinstance(output, list) else None


def _message(at: str, item: dict[str, Any]) -> Refused | None:
    for field in sorted(item.keys() - MESSAGE):
        return Refused(f"Unknown parameter: '{at}.{field}'.", f"{at}.{field}", "unknown_parameter")
    if item.get("role") not in ROLES:
        return supported(f"{at}.role", item.get("role"), ROLES)
    if "content" not in item:
        return missing(f"{at}.content")
    content = item["content"]
    if isinstance(content, str):
        return None
    if not isinstance(content, list):
        return wrong_type(f"{at}.content", "one of an array of objects or string", content)
    return _content(f"{at}.content", content, SAID if item["role"] == "assistant" else GIVEN)


def _content(at: str, content: list[Any], kinds: tuple[str, ...]) -> Refused | None:
    for place, part in enumerate(content):
        here = f"{at}[{place}]"
        if not isinstance(part, dict):
            return wrong_type(here, "an object", part)
        if "type" not in part:
            return missing(f"{here}.type")
        if part["type"] not in kinds:
            return supported(here, part["type"], kinds)
        field = TEXTS.get(part["type"])
        if field is not None and not isinstance(part.get(field), str):
            return missing(f"{here}.{field}")
    return None
