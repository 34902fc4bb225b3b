"""The table of answers: what a person reads, at any width, and what programs read."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.debugger.sampling.samples import Sample, Samples, Side
from tooltrace.tui.rows.branches.samples import (
    GroupRow,
    SampleRow,
    about,
    answer_detail,
    bar,
    samples_json,
    samples_rows,
    samples_table,
)
from tooltrace.tui.rows.lines import plain

EVIL = "\x1b[31m[@click=app.quit]pay\u202e"


def replied(*content: Any, stop: str | None = None) -> e.ModelReplied:
    calls = any(block.get("type") == "tool_use" for block in content)
    reason = stop or ("tool_use" if calls else "end_turn")
    usage = {"input_tokens": 7, "output_tokens": 3}
    return e.ModelReplied({"content": list(content), "stop_reason": reason, "usage": usage})


def use(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": "t", "name": name, "input": arguments}


def said(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def found(*answers: tuple[Side, Any], **more: Any) -> Samples:
    samples = [
        Sample(n, f"sample-{n}", side, 10 * n, 10 * n + 2, answer, "live")
        for n, (side, answer) in enumerate(answers, 1)
    ]
    return Samples(len(answers), 9, samples=tuple(samples), usage=Usage(40, 10), **more)


BOTH = found(
    ("with", replied(use("deny"))),
    ("without", replied(use("pay", amount=5), use("tell"))),
    ("without", replied(said("I would rather not."))),
    ("with", e.ModelFailed("The API is overloaded", status=529)),
    ("with", replied(said("Hm"), stop="a_new_reason")),
    edit=8,
    edits=(8,),
    edited="the edit #8",
    without=6,
)


def test_what_came_out_in_a_few_lines() -> None:
    assert about(BOTH) == [
        "5 answers at #9 · with the edit #8, and without it at #6 · 50 tokens",
        "with: deny 1/3, failed: The API is overloaded 1/3, unknown stop reason 'a_new_reason' 1/3",
        "without: ends its turn 1/2, pay + tell 1/2",
    ]
    alone = found(("with", replied(use("pay"))), edit=8, why="why not", stopped="no more")
    assert about(alone)[1:] == ["pay 1/1", "not asked without the edit: why not", "no more"]
    assert about(found())[1:] == ["no answer"]


def test_a_reply_that_is_no_whole_one_is_no_next_action() -> None:
    broken = {"type": "tool_use", "id": "t", "name": "pay", "input": "all of it"}
    answers = found(("with", replied(broken)), ("with", replied(use("pay"))))
    groups = [(group.verb, group.replied) for group in answers.groups()]
    why = "the reply is no whole one: the input of tool call pay is not an object"
    assert groups == [("pay", True), (why, False)]
    assert answers.replies == 1
    first = [(group.verb, group.replied) for group in replace(answers, form=1).groups()]
    assert first == [("pay", True), ("pay", True)]


def test_the_table_has_a_column_for_each_side() -> None:
    rows = samples_table(BOTH)
    assert rows[0] == ["with", "without", "next action", "samples"]
    assert [row[:3] for row in rows[1:4]] == [
        ["███····· 1/3", "········ 0/2", "deny {}"],
        ["········ 0/3", "████···· 1/2", "ends its turn: I would rather not."],
        ["········ 0/3", "████···· 1/2", 'pay {"amount": 5} + tell {}'],
    ]
    assert [row[-1] for row in rows[1:]] == [f"sample-{n}" for n in (1, 3, 2, 4, 5)]
    assert samples_table(found(("with", replied(use("pay")))))[0][0] == "count"


def test_programs_get_every_count_and_record() -> None:
    line = samples_json(BOTH)[2]
    assert line == {
        "type": "next_action",
        "action": "pay + tell",
        "arguments": [{"amount": 5}, {}],
        "replied": True,
        "with": 0,
        "without": 1,
        "samples": [{"branch": "sample-2", "side": "without", "record": 22}],
    }
    assert [one["replied"] for one in samples_json(BOTH)] == [True, True, True, False, False]


@pytest.mark.parametrize("width", [20, 55, 72, 106])
def test_rows_fit_and_hide_nothing_dangerous(width: int) -> None:
    evil = found(
        ("with", replied(said(EVIL), use(EVIL, text=EVIL))),
        ("without", e.ModelFailed(EVIL * 40, raw=EVIL)),
        edit=8,
        without=6,
    )
    for each in (BOTH, evil, found()):
        rows = samples_rows(each)
        opened = samples_rows(each, frozenset(row.key for row in rows))
        assert sum(isinstance(row, SampleRow) for row in opened) == len(each.samples)
        assert len({row.key for row in opened}) == len(opened)
        for row in opened:
            assert row.height(width) == len(row.lines(width)) == 1
            line = plain(row.lines(width)[0])
            assert cell_len(line) <= width and "\x1b" not in line and "\u202e" not in line
            if isinstance(row, GroupRow) and width > 50:
                assert f"{row.group.count('with')}/{each.of('with')}" in line


def test_an_answer_is_read_whole() -> None:
    reply = replied({"type": "thinking", "thinking": "Hm."}, said("I pay."), use("pay", amount=5))
    reply.reply["content"].append({"type": "odd", "x": [1]})
    sample = Sample(1, "sample-1", "without", 5, 7, reply, "live")
    text = "\n".join(entry.text() for entry in answer_detail(sample))
    for part in ("sample-1  without the edit  #7", "Hm.", "I pay.", "pay", "5", "odd", "tool_use"):
        assert part in text, part
    failed = Sample(1, "sample-1", "with", 5, None, e.ModelFailed("no", raw="half"), "live")
    text = "\n".join(entry.text() for entry in answer_detail(failed))
    assert "not saved" in text and "failed  no" in text and "half" in text


@pytest.mark.parametrize(
    ("count", "total", "drawn"),
    [
        (0, 5, "····"),
        (5, 5, "████"),
        (1, 50, "█···"),
        (49, 50, "███·"),
        (0, 0, "····"),
        (2, 4, "██··"),
    ],
)
def test_a_bar_never_looks_empty_or_full_when_it_is_not(count: int, total: int, drawn: str) -> None:
    assert bar(count, total, 4) == drawn
