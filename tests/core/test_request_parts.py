"""The parts of a body, wherever its JSON has them."""

from __future__ import annotations

from typing import Any

import pytest

from tooltrace.core.compare.request_parts import request_parts

MARK = {"type": "ephemeral"}


def names(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(part.section, part.name) for part in request_parts(body)]


def test_a_body_in_the_order_in_which_it_is_read() -> None:
    body = {
        "model": "m",
        "max_tokens": 9,
        "messages": [
            {"role": "user", "content": "Go."},
            {"role": "assistant", "content": [{"type": "tool_use", "name": "look"}]},
        ],
        "tools": [{"name": "look", "input_schema": {}}, {"type": "web_search_20260209"}],
        "system": "Be kind.",
    }
    assert names(body) == [
        ("settings", "model"),
        ("settings", "max_tokens"),
        ("tools", "look"),
        ("tools", "web_search_20260209"),
        ("system", "text"),
        ("messages", "text"),
        ("messages", "tool_use"),
    ]
    last = request_parts(body, ((4,), (5,)))[-1]
    assert (last.path, last.role, last.record) == (("messages", 1, "content", 0), "assistant", 5)


def test_a_path_leads_to_the_part() -> None:
    body: dict[str, Any] = {
        "model": "m",
        "system": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        "tools": [{"name": "look"}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Go."}]},
            {"role": "system", "content": "Now."},
            {"role": "user"},
        ],
    }
    for part in request_parts(body):
        value: Any = body
        for step in part.path:
            value = value[step]
        assert value is part.content


def test_breakpoints_where_they_stand_and_at_the_end_if_asked_for_as_a_whole() -> None:
    body = {
        "system": [{"type": "text", "text": "a", "cache_control": MARK}],
        "tools": [{"name": "look", "cache_control": {**MARK, "ttl": "1h"}}],
        "messages": [{"role": "user", "content": [{"type": "text"}, {"type": "text"}]}],
    }
    tool, system, *blocks = request_parts(body)
    assert (tool.cache, system.cache) == ({**MARK, "ttl": "1h"}, MARK)
    assert [block.cache for block in blocks] == [None, None]
    assert tool.said == {"name": "look"}
    whole = request_parts({**body, "cache_control": MARK})
    assert [part.cache for part in whole[-2:]] == [None, MARK]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": None, "tools": 5, "system": None},
        {"messages": ["x", None, {"role": 5}, {"role": "user", "content": [None, "x", []]}]},
        {"tools": [None, "x", {"name": ["x"]}], "system": [None, {"type": None}], "messages": []},
    ],
)
def test_a_body_that_is_none_has_parts_all_the_same(body: dict[str, Any]) -> None:
    for part in request_parts(body):
        assert isinstance(part.name, str) and part.path


def test_another_protocol_is_not_guessed_at() -> None:
    with pytest.raises(KeyError):
        request_parts({}, protocol="nobody's")
