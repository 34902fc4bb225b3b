"""How the items of an input have to follow each other.

Every call has to have its output, and every output its call; a call may come anywhere before its
output. No two items may have one id. A reasoning item that has an id has to be followed by what the
model did next, whether or not its content came encrypted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.loopback.openai_rules import Refused

__all__ = ["conversation"]

_CALLS = {"function_call": "function call", "custom_tool_call": "custom tool call"}
_OUTPUTS = {kind + "_output": words for kind, words in _CALLS.items()}


def conversation(items: list[dict[str, Any]], open_calls: tuple[str, ...]) -> Iterator[Refused]:
    """What is wrong with the order of the items; ``open_calls`` came before them."""
    yield from _ids(items)
    called = dict.fromkeys(open_calls, "function call")
    answered: set[str] = set()
    searched: set[str] = set()
    for item in items:
        kind, call = item.get("type", "message"), item.get("call_id", "")
        if kind in _CALLS:
            if call in called:
                yield _refused(f"Duplicate function_call for call_id '{call}'.")
            called[call] = _CALLS[kind]
        elif kind == "tool_search_call":
            # It may be answered as a function, or by an item of its own.
            searched.add(call)
        elif kind in _OUTPUTS:
            if call not in called.keys() | searched:
                yield _refused(
                    f"No tool call found for {_OUTPUTS[kind]} output with call_id {call}."
                )
            if call in answered:
                yield _refused(
                    f"Duplicate {kind} for call_id '{call}'. Each function_call must have exactly"
                    " one matching function_call_output"
                )
            answered.add(call)
    for call, words in called.items():
        if call not in answered:
            yield _refused(f"No tool output found for {words} {call}.")


def _ids(items: list[dict[str, Any]]) -> Iterator[Refused]:
    seen: set[str] = set()
    for place, item in enumerate(items):
        name = item.get("id")
        if name is None:
            continue
        if name in seen:
            more = "Remove duplicate items from your input and try again."
            yield _refused(f"Duplicate item found with id {name}. {more}")
        seen.add(name)
        if item.get("type") == "reasoning" and not _said(items[place + 1 : place + 2]):
            what = f"Item '{name}' of type 'reasoning' was provided without its required"
            yield _refused(f"{what} following item.")


def _said(following: list[dict[str, Any]]) -> bool:
    """Whether the next item is the model's own."""
    for item in following:
        kind = str(item.get("type", "message"))
        # A message that says the same is not the one that was given out.
        said = item.get("role") == "assistant" and "id" in item
        return said or kind == "reasoning" or kind.endswith("_call")
    return False


def _refused(said: str) -> Refused:
    return Refused(said, "input")
