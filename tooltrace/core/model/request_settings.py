"""What a request asks for beside the conversation: temperature, thinking, tool choice and the rest.

The words are those of the Messages API (https://docs.claude.com/en/api/messages); a codec of
another protocol says the same in its own. What nobody set is not there, and adds nothing to a
request or to its digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from tooltrace.core.text.exact_json import JsonValue, loads
from tooltrace.core.text.sanitize import clip, one_line

__all__ = [
    "CACHE_PLACES",
    "EFFORTS",
    "RANGES",
    "THINKING",
    "RequestSettings",
    "merged",
    "parse_setting",
    "setting_problems",
    "with_setting",
]

CACHE_PLACES = ("tools", "system", "messages")
"""Where ``cache`` may put a cache breakpoint: after the last block of each."""

RANGES = {"temperature": (0, 2), "top_p": (0, 1)}
"""The least and the most that any provider takes."""

EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "enabled", "disabled", "between_tools")
_CHOICES = ("auto", "any", "none", "tool")
_ELSEWHERE = {
    "max_tokens": "use --reply-tokens",
    "model": "use --model",
    "messages": "edit the messages",
    "system": "edit the system prompt",
    "tools": "edit the tools, or set server_tools",
    "stream": "replies are always streamed",
    "max_completion_tokens": "use --reply-tokens",
    "max_output_tokens": "use --reply-tokens",
    "instructions": "edit the system prompt",
    "input": "edit the messages",
    "store": "nothing is stored at the provider",
}
"""Keys of a request that are said in another way."""


class RequestSettings(Struct, frozen=True, omit_defaults=True):
    """Settings of a request; None and empty mean "not set".

    ``effort`` is how hard the model tries, ``cache`` the places (see ``CACHE_PLACES``) where a
    cache breakpoint stands, ``betas`` names of beta features, ``server_tools`` tools that the
    provider runs itself, as its API shapes them; ``extra`` is put into the body as it is.
    """

    # Not float alone: a 0 in a file would be read as 0.0, which is another request by its digest.
    temperature: int | float | None = None
    top_p: int | float | None = None
    top_k: int | None = None
    stop_sequences: tuple[str, ...] = ()
    thinking: dict[str, Any] | None = None
    effort: str | None = None
    tool_choice: dict[str, Any] | None = None
    cache: tuple[str, ...] | None = None
    betas: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    service_tier: str | None = None
    server_tools: tuple[dict[str, Any], ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, JsonValue]:
        """What is set, by name, in the order of the fields."""
        found: dict[str, JsonValue] = {}
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value not in (None, (), {}) or (name == "cache" and value is not None):
                found[name] = list(value) if isinstance(value, tuple) else value
        return found


def merged(*settings: RequestSettings | None) -> RequestSettings | None:
    """The settings together: a later one's word counts, in ``extra`` key by key."""
    made: RequestSettings | None = None
    for each in settings:
        if each is None or made is None:
            made = each or made
            continue
        later = {name: getattr(each, name) for name in each.as_json()}
        if "extra" in later:
            later["extra"] = {**made.extra, **each.extra}
        made = replace(made, **later)
    return made


def parse_setting(text: str) -> tuple[str, JsonValue]:
    """``NAME=VALUE`` as the name and its value: JSON where it is, else the text itself.

    ``extra.NAME=VALUE`` sets one key of ``extra``. Raises ValueError in words for a person.
    """
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise ValueError(f"{_shown(text)} is no NAME=VALUE, such as effort=low")
    key = name.removeprefix("extra.")
    if key in _ELSEWHERE:
        raise ValueError(f"{key} is not set this way: {_ELSEWHERE[key]}")
    if key == name and name not in RequestSettings.__struct_fields__:
        known = ", ".join(RequestSettings.__struct_fields__)
        raise ValueError(
            f"{_shown(name)} is no setting of a request: {known}; what is newer: extra.{name}=…"
        )
    try:
        parsed: JsonValue = loads(value)
    except ValueError:
        parsed = value
    return name, [parsed] if name in _LISTS and not isinstance(parsed, list) else parsed


_LISTS = ("stop_sequences", "cache", "betas", "server_tools")


def with_setting(settings: RequestSettings | None, name: str, value: JsonValue) -> RequestSettings:
    """The settings with one more; null takes it away. Raises ValueError for what it may not be."""
    made = settings or RequestSettings()
    if name.startswith("extra."):
        extra = {k: v for k, v in made.extra.items() if k != name[6:]}
        made = replace(made, extra=extra if value is None else {**extra, name[6:]: value})
    elif name not in made.__struct_fields__:
        parse_setting(f"{name}=null")
    else:
        value = getattr(RequestSettings(), name) if value is None else value
        made = replace(made, **{name: tuple(value) if name in _LISTS and value else value})
    if wrong := setting_problems(made):
        raise ValueError(wrong[0])
    return made


def setting_problems(settings: RequestSettings) -> list[str]:
    """What no provider would take, where the rule is known; one line each."""
    return list(_problems(settings))


def _problems(s: RequestSettings) -> Iterator[str]:
    # A session file, and a program, can hold anything in place of what is declared.
    for name, (least, most) in RANGES.items():
        yield from _number(name, getattr(s, name), least, most)
    yield from _is("top_k", s.top_k, int, "a whole number")
    yield from _texts("stop_sequences", s.stop_sequences)
    yield from _texts("betas", s.betas)
    yield from _one_of("effort", s.effort, EFFORTS)
    yield from _thought(s.thinking)
    yield from _choice(s.tool_choice)
    for place in s.cache or ():
        yield from _one_of("cache", place, CACHE_PLACES)
    yield from _is("metadata", s.metadata, dict, "an object")
    yield from _is("service_tier", s.service_tier, str, "text")
    for index, tool in enumerate(s.server_tools):
        yield from _server_tool(index, tool)
    yield from _extra(s.extra, s.__struct_fields__)


def _is(name: str, value: object, kind: type, words: str) -> Iterator[str]:
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        yield f"{name}: has to be {words}"


def _server_tool(index: int, tool: object) -> Iterator[str]:
    if not isinstance(tool, dict) or not isinstance(tool.get("type"), str):
        yield f"server_tools[{index}]: has to be an object with a type, as the API shapes it"


def _extra(extra: object, fields: Iterable[str]) -> Iterator[str]:
    if not isinstance(extra, dict):
        yield "extra: has to be an object"
        return
    # What one API no longer takes, a server that speaks it may: said so, it is sent as it is.
    own = set(fields) - {"cache", "betas", "server_tools", "extra", *RANGES, "top_k"}
    for key in extra:
        if key in _ELSEWHERE:
            yield f"extra: {key} is not set this way: {_ELSEWHERE[key]}"
        elif key in own:
            yield f"extra: {key} has a name of its own: {key}=…"


def _number(name: str, value: object, least: int, most: int) -> Iterator[str]:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        yield f"{name}: has to be a number from {least} to {most}"


def _texts(name: str, values: tuple[object, ...]) -> Iterator[str]:
    if any(not isinstance(one, str) or not one for one in values):
        yield f"{name}: has to be a list of texts"


def _one_of(name: str, value: object, known: tuple[str, ...]) -> Iterator[str]:
    if value is not None and value not in known:
        yield f"{name}: {_shown(str(value))} is none of {', '.join(known)}"


def _thought(thinking: object) -> Iterator[str]:
    if thinking is None:
        return
    if not isinstance(thinking, dict):
        yield f"thinking: has to be an object with a type: {', '.join(THINKING)}"
        return
    yield from _one_of("thinking.type", thinking.get("type", ""), THINKING)
    budget = thinking.get("budget_tokens")
    if thinking.get("type") == "enabled" and (type(budget) is not int or budget < 1024):
        yield "thinking.budget_tokens: has to be a whole number from 1024"


def _choice(choice: object) -> Iterator[str]:
    if choice is None:
        return
    if not isinstance(choice, dict):
        yield f"tool_choice: has to be an object with a type: {', '.join(_CHOICES)}"
        return
    yield from _one_of("tool_choice.type", choice.get("type", ""), _CHOICES)
    if choice.get("type") == "tool" and not isinstance(choice.get("name"), str):
        yield "tool_choice.name: names the tool"


def _shown(text: str) -> str:
    return clip(one_line(text), 60)
