"""Hits and logpoints are a fold of the path: the same however one came by."""

from __future__ import annotations

import random

from hypothesis import given as given_any
from hypothesis import settings
from msgspec.structs import replace

from tests.core.free import FREE, free
from tests.core.given import Given, call
from tests.core.nasty import SEEDS, Nasty
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.point_trace import PointTrace
from tooltrace.core.model import events as e

LOOKS = parse("tool:look log args.n")
THIRD = parse("tool:look hits 3")
POINTS = tuple(
    parse(text)
    for text in (
        *("call log tool", "request hits 2", "reply log reply.text", "error log error"),
        *("illegal log state", "repeat hits 1 log args", "stuck log turn", "if result log result"),
    )
)


def path(given: Given) -> tuple[int, ...]:
    assert given.head is not None
    return tuple(record.id for record in given.tree.path(given.head))


def traced(given: Given, *points: Breakpoint) -> PointTrace:
    trace = PointTrace()
    assert trace.follow(given.tree, path(given), points)
    return trace


def test_what_was_passed_before_it_was_set_is_printed_too() -> None:
    given = free().step("look", 1, n=1).step("pay", 1).step("look", 1, n="two")
    assert [line.text for line in traced(given, LOOKS).printed] == ["1", "two"]
    assert traced(given, replace(LOOKS, enabled=False)).printed == ()


def test_the_line_stands_before_what_it_is_about() -> None:
    given = free().replies(call("look", n=1))
    asked = given.head
    given.returns("look", 1)
    (line,) = traced(given, LOOKS).printed
    assert line.record == asked and line.point == LOOKS


def test_the_third_time_and_no_other() -> None:
    given = free()
    places = []
    for n in range(4):
        given.replies(call("look", n=n))
        places.append(given.head or 0)
        given.returns("look", 1)
    trace = traced(given, THIRD)
    assert [trace.hits(THIRD, at) for at in (1, *places)] == [0, 1, 2, 3, 4]
    assert [trace.reached(THIRD, at) for at in places] == [False, False, True, False]
    log = parse("tool:look hits 3 log args.n")
    assert [line.text for line in traced(given, log).printed] == ["2"]


def test_what_changes_nothing_is_not_counted_again() -> None:
    request = parse("request hits 9")
    given = free()
    for event in (e.SettingsChanged(e.Settings(max_tokens=9)), e.Forked("again")):
        given.append(event)
        assert traced(given, request).hits(request, given.head or 0) == 1
    given.step("look", 1)
    assert traced(given, request).hits(request, given.head or 0) == 2


def test_another_branch_keeps_what_is_before_the_fork() -> None:
    given = free().step("look", 1, n=1)
    fork = given.head or 0
    given.step("look", 1, n=2)
    first = path(given)
    given.back_to(fork).step("look", 1, n=3)
    second = path(given)
    trace = PointTrace()
    for way, texts in ((first, ["1", "2"]), (second, ["1", "3"]), (first, ["1", "2"])):
        trace.follow(given.tree, way, (LOOKS,))
        assert [line.text for line in trace.printed] == texts


def test_nothing_is_done_for_breakpoints_that_do_not_count() -> None:
    given = Given(FREE).user("Go.").step("look", 1)
    trace = PointTrace()
    assert trace.follow(given.tree, path(given), (parse("tool:look"), parse("call")), most=0)


@settings(max_examples=100, deadline=None)
@given_any(SEEDS)
def test_however_one_goes_about_it_is_as_all_at_once(seed: int) -> None:
    rng = random.Random(seed)
    tree = Nasty(seed).tree()
    records = sorted(tree.records)
    trace = PointTrace()
    for _ in range(6):
        tip = rng.choice(records)
        way = tuple(record.id for record in tree.path(tip))
        points = tuple(p for p in POINTS if rng.random() < 0.9) if rng.random() < 0.3 else POINTS
        while not trace.follow(tree, way, points, most=rng.choice((1, 3, 50))):
            if rng.random() < 0.1:
                break
        else:
            whole = PointTrace()
            whole.follow(tree, way, points)
            assert trace.printed == whole.printed
            for point in points:
                for head in way:
                    assert trace.hits(point, head) == whole.hits(point, head)
