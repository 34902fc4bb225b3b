"""Changes that a looser comparison takes for none, planted in results, arguments and the context.

Each is named at its very record and field. What does not count (the order of keys, the order in
which calls came back, times, ids) is named never.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.cli.calling import call
from tests.debugger.sitting import records_of
from tests.store.build import write
from tooltrace.assemble import Code, load_code, new_run
from tooltrace.cli.check.one import CheckOptions, check_file
from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.model import events as e
from tooltrace.core.model.events import Settings
from tooltrace.core.model.ports import Divergence
from tooltrace.debugger.replay.divergence import met, values_of
from tooltrace.store.lines import decode, encode

TURNS = 2
"""Each is a result and a reply in which every change is planted: two make 700, with the context."""

FLOW = '''
from dataclasses import dataclass, field
from typing import Any
from tooltrace import On, State, Workflow, call, say, tool

VALUES = {{
    "none": None, "one": 1, "float": 1.0, "zero": 0.0, "minus": -0.0, "nil": 0,
    "big": 1e16, "whole": 10**16, "yes": True, "no": False, "text": "1", "empty": "",
}}
DEEP = {{**VALUES, "a.b": dict(VALUES), "a": {{"b": dict(VALUES)}}, "list": [dict(VALUES)]}}

@dataclass
class Known:
    first: Any = field(default_factory=lambda: DEEP)
    kept: Any = None

@tool(read_only=True)
def read(given: dict[str, Any], turn: int) -> dict[str, Any]:
    """Read."""
    return DEEP

@tool(read_only=True)
def beside(turn: int) -> str:
    """Read something else."""
    return f"beside {{turn}}"

def policy(seen):
    if seen.turn >= {turns}:
        return say("done")
    return say("", call("read", given=DEEP, turn=seen.turn), call("beside", turn=seen.turn))

flow = Workflow(
    "exact", input="go", tools=[read, beside], policy=policy, context=Known,
    states=[State("on", [read, beside]), State("over", terminal=True)],
    transitions=[
        On(read, "on", "over", when="args.turn + 1 >= {turns}", save={{"kept": "result.one"}}),
        On(read, "on", "on", save={{"kept": "result.one"}}),
    ],
)
'''

PLACES: dict[str, tuple[str | int, ...]] = {
    "": (),
    '."a.b"': ("a.b",),
    ".a.b": ("a", "b"),
    ".list[0]": ("list", 0),
}
OTHERS: dict[str, list[Any]] = {
    "none": [MISSING, False, 0, "", "null"],
    "one": [1.0, True, "1", MISSING],
    "float": [1, True, "1.0"],
    "zero": [-0.0, 0, False],
    "minus": [0.0, 0],
    "nil": [0.0, -0.0, False, None],
    "big": [10**16, 1.0000000000000002e16],
    "whole": [1e16, 10**16 + 1],
    "yes": [1, 1.0, "true"],
    "no": [0, 0.0, None],
    "text": [1],
    "empty": [None, MISSING],
    "more": [None],
}
"""By key, what is planted in place of the value that the flow has there; it has no ``more``."""

CHANGES = [
    (f"{below}.{key}", steps, key, other)
    for below, steps in PLACES.items()
    for key, others in OTHERS.items()
    for other in others
]

Records = list[e.Record]


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    path = tmp_path_factory.mktemp("exact") / "exact.py"
    path.write_text(FLOW.format(turns=TURNS))
    return load_code(f"{path}:flow")


@pytest.fixture(scope="module")
def recorded(code: Code, tmp_path_factory: pytest.TempPathFactory) -> Records:
    path = tmp_path_factory.mktemp("recorded") / "s.jsonl"
    debugger = new_run(code, path, Settings())
    try:
        stop = debugger.submit.go().result(20)
        assert stop.kind == "finished", stop
    finally:
        debugger.close()
    return records_of(path)


def planted(value: Any, steps: tuple[str | int, ...], key: str, other: Any) -> Any:
    """A copy of the value with the other one at its place."""
    changed = deepcopy(value)
    inner = changed
    for step in steps:
        inner = inner[step]
    if other is MISSING:
        del inner[key]
    else:
        inner[key] = other
    return changed


def places(records: Records, kind: type[e.Event]) -> Iterator[int]:
    for at, record in enumerate(records):
        event = record.event
        if isinstance(event, kind) and not isinstance(getattr(event, "content", None), str):
            yield at


def in_result(records: Records, at: int, change: Any) -> tuple[Records, str]:
    path, *where = change
    event = records[at].event
    assert isinstance(event, e.ToolReturned)
    event = replace(event, content=planted(event.content, *where))
    return [*records[:at], replace(records[at], event=event), *records[at + 1 :]], f"content{path}"


def in_argument(records: Records, at: int, change: Any) -> tuple[Records, str]:
    path, *where = change
    event = records[at].event
    assert isinstance(event, e.ModelReplied)
    reply = deepcopy(event.reply)
    use = next(block for block in reply["content"] if block["type"] == "tool_use")
    use["input"]["given"] = planted(use["input"]["given"], *where)
    number = reply["content"].index(use)
    changed = replace(records[at], event=replace(event, reply=reply))
    field = f"content[{number}].input.given{path}"
    return [*records[:at], changed, *records[at + 1 :]], field


def found_in(path: Path, records: Records, code: Code | None) -> Any:
    write(path, records)
    asked = CheckOptions() if code is None else CheckOptions("today", live=True)
    found = check_file(path, asked, code)
    assert found.why is None and found.problems == (), found
    (one,) = found.checked
    return one


@pytest.mark.long
@pytest.mark.parametrize(
    ("plant", "kind", "what"),
    [(in_result, e.ToolReturned, "tool result"), (in_argument, e.ModelReplied, "reply")],
)
def test_every_change_is_named_at_its_record_and_field(
    plant: Any, kind: type[e.Event], what: str, code: Code, recorded: Records, tmp_path: Path
) -> None:
    path, count = tmp_path / "s.jsonl", 0
    for at in [*places(recorded, kind)][:TURNS]:
        for change in CHANGES:
            records, field = plant(recorded, at, change)
            one = found_in(path, records, code)
            differs = one.divergence
            assert differs is not None, (recorded[at].id, change)
            told = (differs.record, differs.what, differs.field)
            assert told == (recorded[at].id, what, field), one.text
            assert (differs.recorded is MISSING) is (change[-1] is MISSING)
            assert (differs.now is MISSING) is (change[-2] == "more")
            was, now = one.text.partition(" was ")[2].split(", is ")
            assert was != now
            count += 1
    assert count == TURNS * len(CHANGES)


def test_every_change_contradicts_the_file_itself(recorded: Records, tmp_path: Path) -> None:
    at = next(places(recorded, e.ToolReturned))
    for change in CHANGES:
        records, _ = in_result(recorded, at, change)
        assert found_in(tmp_path / "s.jsonl", records, None).divergence is not None, change


def test_every_change_of_a_default_of_the_context_is_named(
    code: Code, recorded: Records, tmp_path: Path
) -> None:
    root = recorded[0].event
    assert isinstance(root, e.RunStarted)
    first, *rest = root.workflow.context
    assert first.name == "first"
    for path, *where in CHANGES:
        changed = replace(first, default=planted(first.default, *where))
        spec = replace(root.workflow, context=(changed, *rest))
        records = [replace(recorded[0], event=replace(root, workflow=spec)), *recorded[1:]]
        one = found_in(tmp_path / "s.jsonl", records, code)
        assert one.divergence is not None, where
        told = (one.divergence.what, one.divergence.field)
        assert told == ("transition", f"context.first{path}"), one.text


def turned(value: Any) -> Any:
    """The value with the keys of all its objects the other way round."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [*map(turned, value)] if isinstance(value, list) else value


def keys_of_some(records: Records, number: int) -> Records:
    """As ``keys_turned``, in one record alone."""
    at = number % len(records)
    return [*records[:at], *keys_turned(records[at : at + 1], 0), *records[at + 1 :]]


def keys_turned(records: Records, number: int) -> Records:
    made = []
    for record in records:
        event = record.event
        if isinstance(event, e.ToolReturned):
            event = replace(event, content=turned(event.content))
        elif isinstance(event, e.ModelReplied):
            event = replace(event, reply=turned(event.reply))
        made.append(replace(record, event=event))
    return made


def completed_otherwise(records: Records, number: int) -> Records:
    """In one turn the two calls came back the other way round."""
    made = list(records)
    pairs = [
        at
        for at, (one, other) in enumerate(pairwise(records))
        if isinstance(one.event, e.ToolReturned) and isinstance(other.event, e.ToolReturned)
    ]
    at = pairs[number % len(pairs)]
    one, other = records[at], records[at + 1]
    made[at : at + 2] = [replace(one, event=other.event), replace(other, event=one.event)]
    moved = {one.id: other.id, other.id: one.id}
    for index, record in enumerate(made):
        if isinstance(record.event, e.Transitioned) and record.event.cause in moved:
            cause = moved[record.event.cause]
            made[index] = replace(record, event=replace(record.event, cause=cause))
    return made


def other_times(records: Records, number: int) -> Records:
    return [
        replace(
            record,
            at=f"2026-11-{1 + number % 28:02d}T{record.id % 24:02d}:00:00.000Z",
            event=replace(record.event, ms=record.event.ms + number)
            if isinstance(record.event, e.ToolReturned | e.ModelReplied)
            else record.event,
        )
        for record in records
    ]


def other_ids(records: Records, number: int) -> Records:
    """Those of the session, the replies and the requests; a call's id is sent, and so it counts."""
    made = []
    for record in records:
        event = record.event
        if isinstance(event, e.ModelReplied):
            reply = event.reply | {"id": f"msg_{number}_{record.id}"}
            event = replace(event, reply=reply, request_id=f"req_{number}_{record.id}")
        elif isinstance(event, e.RunStarted):
            event = replace(event, session=f"session{number}")
        made.append(replace(record, event=event))
    return made


@pytest.mark.parametrize(
    "kind", [keys_turned, keys_of_some, completed_otherwise, other_times, other_ids]
)
def test_what_does_not_count_is_named_never(
    kind: Any, code: Code, recorded: Records, tmp_path: Path
) -> None:
    for number in range(20):
        records = kind(recorded, number)
        assert [*map(encode, records)] != [*map(encode, recorded)] or kind is keys_of_some
        for today in (code, None):
            one = found_in(tmp_path / "s.jsonl", records, today)
            assert one.divergence is None, (number, one.text)


def test_a_missing_value_is_missing_for_programs_too(
    capsys: pytest.CaptureFixture[str], code: Code, recorded: Records, tmp_path: Path
) -> None:
    path, junit = tmp_path / "s.jsonl", tmp_path / "junit.xml"
    at = next(places(recorded, e.ToolReturned))
    asked = ("--workflow", code.ref, "--tools", "live", "--json", "--junit", junit)
    for key, other, gone, there in (
        ("none", MISSING, "recorded", "now"),
        ("more", None, "now", "recorded"),
    ):
        records, _ = in_result(recorded, at, ("", (), key, other))
        write(path, records)
        said = call(capsys, "check", path, *asked)
        line = said.objects[0]
        assert said.code == 1 and line["field"] == f"content.{key}"
        assert line["missing"] == gone and gone not in line and line[there] is None
        words = ["(missing)", "null"] if gone == "recorded" else ["null", "(missing)"]
        assert f"was {words[0]}, is {words[1]}" in junit.read_text()
        assert f"recorded: {words[0]}\nnow:      {words[1]}" in junit.read_text()


def test_the_fact_of_a_divergence_tells_missing_from_null() -> None:
    for old, new in [(MISSING, None), (None, MISSING), (None, 0)]:
        found = Divergence(3, 2, "tool result", "content.a", old, new)
        again = decode(encode(e.Record(9, 8, "", "live", met(found))).rstrip(b"\n"))
        assert isinstance(again, e.Record) and isinstance(again.event, e.Diverged)
        assert values_of(again.event) == (old, new)
