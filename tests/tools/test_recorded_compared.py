"""Live tools held against recorded results: the first difference, and what may differ."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tools.test_media import png
from tooltrace.core.model.events import CallRef, Record, Source, ToolReturned
from tooltrace.core.model.ports import Beside, Divergence, PortAnswer, ToolCall
from tooltrace.debugger.replay.divergence import both
from tooltrace.tools.functions.media import image
from tooltrace.tools.recorded.compared import ComparedTools

REF = CallRef(5, 0)
CALL = ToolCall(REF, "look", {"n": 1}, "fresh")


class Today:
    """A tool port that gives one answer, and keeps the calls that were made."""

    def __init__(self, content: Any, is_error: bool = False) -> None:
        self.given = PortAnswer(ToolReturned(REF, content, is_error=is_error), "live")
        self.calls: list[ToolCall] = []

    async def call(self, call: ToolCall, beside: Beside | None = None) -> PortAnswer[ToolReturned]:
        self.calls.append(call)
        return self.given

    def cancel(self, ref: CallRef) -> bool:
        return False


async def compared(
    then: ToolReturned, today: Today, *ignore: str, source: Source = "live"
) -> PortAnswer[ToolReturned] | Divergence:
    tools = ComparedTools(today, ignore)
    tools.expect("look", {"n": 1}, Record(8, 7, "", source, then), 4, "key-2")
    return await tools.call(CALL)


async def test_the_same_result_is_the_recorded_one_and_the_key_is_that_of_then() -> None:
    today = Today({"a": [1, {"b": 2}]})
    given = await compared(ToolReturned(REF, {"a": [1, {"b": 2}]}, ms=3.0), today)
    assert isinstance(given, PortAnswer)
    assert (given.source, given.of, given.event.ms) == ("recorded", 8, 3.0)
    assert [call.key for call in today.calls] == ["key-2"]


async def test_another_result_is_named_by_its_first_difference() -> None:
    found = await compared(ToolReturned(REF, {"a": [1, {"b": 2}]}), Today({"a": [1, {"b": True}]}))
    assert found == Divergence(8, 4, "tool result", "content.a[1].b", 2, True)


async def test_another_picture_is_told_by_its_digest() -> None:
    one, two = ([image(data).block()] for data in (png(), png() + b"x"))
    then, today = ToolReturned(REF, one, blocks=True), Today(two)
    today.given = PortAnswer(ToolReturned(REF, two, blocks=True), "live")
    assert isinstance(await compared(then, Today(one)), PortAnswer)
    found = await compared(then, today)
    assert isinstance(found, Divergence) and found.field == "content[0].source.data"
    size = len(png())
    assert str(found.recorded).startswith(f"[image png 3×2, {size} B] sha256 ")
    assert str(found.now).startswith(f"[image png 3×2, {size + 1} B] sha256 ")


def test_base64_in_a_divergence_is_told_by_size_and_digest() -> None:
    was, now = both("A" * 4000, "A" * 3999 + "B")
    assert was != now
    assert was.startswith("base64, 4,000 characters, sha256 ") and "AAAA" not in was + now


async def test_what_failed_and_fails_no_more_and_the_other_way_round() -> None:
    found = await compared(ToolReturned(REF, "no", is_error=True), Today("no"))
    assert found == Divergence(8, 4, "tool result", "is_error", True, False)
    found = await compared(ToolReturned(REF, "x"), Today("it broke", is_error=True))
    assert found == Divergence(8, 4, "tool result", "is_error", False, "it broke")


@pytest.mark.parametrize("field", ["b", "a.b", "a"])
async def test_fields_that_may_differ(field: str) -> None:
    then, today = {"a": [{"b": 1, "c": 1}], "d": 1}, {"a": [{"b": 2, "c": 1}], "d": 1}
    given = await compared(ToolReturned(REF, then), Today(today), field)
    assert isinstance(given, PortAnswer) and given.event.content == then
    found = await compared(ToolReturned(REF, then), Today(today), "c", "d", "a.c", "content")
    assert isinstance(found, Divergence)


@pytest.mark.parametrize(
    ("field", "ignored"),
    [
        ("a.b", True),
        ('"a.b"', True),
        ("a", False),
        ("b", False),
        ('x."a.b"', True),
        ("x.a.b", False),
    ],
)
async def test_a_key_with_a_dot_is_named_by_itself_or_quoted(field: str, ignored: bool) -> None:
    then, today = {"x": [{"a.b": 1}]}, {"x": [{"a.b": 1.0}]}
    given = await compared(ToolReturned(REF, then), Today(today), field)
    assert isinstance(given, PortAnswer) is ignored
    if isinstance(given, Divergence):
        assert given.field == 'content.x[0]."a.b"'


@pytest.mark.parametrize("source", ["edited", "injected"])
async def test_what_was_put_in_its_place_stands_and_the_call_is_made(source: Source) -> None:
    today = Today("really")
    given = await compared(ToolReturned(REF, "typed"), today, source=source)
    assert isinstance(given, PortAnswer) and given.event.content == "typed"
    assert len(today.calls) == 1


async def test_another_call_than_was_recorded_is_not_made() -> None:
    today = Today("x")
    tools = ComparedTools(today)
    tools.expect("look", {"n": 2}, Record(8, 7, "", "live", ToolReturned(REF, "x")), 4)
    found = await tools.call(CALL)
    assert isinstance(found, Divergence) and found.field == "arguments.n"
    assert today.calls == []
