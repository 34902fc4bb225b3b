"""``docs/format.md`` names every field, and ``--json`` prints what it says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest

from scripts.docs.fields import PARTS, meanings
from scripts.record import SESSIONS
from tests.cli.calling import environment, spawn
from tests.docs.pages import blocks, page
from tooltrace.core.model.events import FORMAT, Record
from tooltrace.store.event_codec import EVENTS
from tooltrace.store.lines import decode

TEXT = page("format.md")
MADE = {
    name: TEXT.partition(f"scripts.docs: {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]
    for name in ("record", "events", "notes", "parts")
}
USAGE = {"usage", "session_usage"}
EDITED = "demo-refund-edited.jsonl"


def test_every_event_and_every_field_is_there_with_a_meaning() -> None:
    told = {**meanings(MADE["events"]), **meanings(MADE["notes"])}
    for name, cls in EVENTS.items():
        fields = {field.encode_name for field in msgspec.structs.fields(cls)}
        assert fields == set(told.get(name, {})), name
        assert "" not in told.get(name, {}).values(), name
    parts = meanings(MADE["parts"])
    for part in PARTS:
        assert set(part.__struct_encode_fields__) == set(parts[part.__name__]), part
        assert "" not in parts[part.__name__].values(), part
    assert "" not in meanings(MADE["record"])[""].values()


def test_a_line_has_the_fields_that_are_said_and_no_other() -> None:
    told = set(meanings(MADE["record"])[""])
    for file in SESSIONS.glob("demo-*.jsonl"):
        for line in file.read_bytes().splitlines():
            assert told - {"of"} <= set(json.loads(line)) <= told


def test_the_line_that_is_shown_is_a_record_with_its_checksum() -> None:
    line = blocks(TEXT, "json")[0].strip().encode()
    record = decode(line)
    assert isinstance(record, Record) and record.id == 22
    begin, _, crc = line.partition(b',"crc":"')
    assert crc == f'{crc32(begin):08x}"}}'.encode()
    assert f"The format has number {FORMAT}." in TEXT


def _shapes(heading: str) -> dict[str, set[str]]:
    """By type, the keys that a section says."""
    section = TEXT.partition(f"### `{heading}`\n")[2].partition("\n### ")[0]
    assert section, heading
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    return {
        kind: set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", keys))) for kind, keys in rows
    }


def _seen(*objects: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    seen: dict[str, set[str]] = {}
    for lines in objects:
        for each in lines:
            seen.setdefault(each["type"], set()).update(set(each) - {"type"})
    return seen


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "sessions"
    inside.mkdir()
    for file in SESSIONS.glob("demo-*.jsonl"):
        shutil.copyfile(file, inside / file.name)
    (inside / "broken.jsonl").write_text("nothing\n")
    return tmp_path


def _objects(folder: Path, *words: str) -> list[dict[str, Any]]:
    done = spawn(*words, cwd=folder, env=environment(folder))
    assert done.out, done
    return done.objects


def test_show(folder: Path) -> None:
    calls = _objects(folder, "show", f"sessions/{EDITED}", "--json")
    assert _seen(calls) == _shapes("tooltrace show --json")
    asked = _objects(folder, "show", f"sessions/{EDITED}", "--requests", "--json")
    assert _seen(asked[1:]) == _shapes("tooltrace show --requests --json")
    whole = _objects(folder, "show", f"sessions/{EDITED}", "--requests", "--full", "--json")
    told = (
        _shapes("tooltrace show --requests --full --json")["request"] | _seen(asked[1:])["request"]
    )
    assert _seen(whole[1:])["request"] == told
    section = TEXT.partition("### `tooltrace show --requests --full --json`\n")[2]
    keys = re.findall(r"^\| `(\w+)` \| [^`]", section.partition("\n### ")[0], re.MULTILINE)
    for part in whole[-1]["parts"]:
        assert set(part) <= {*keys, "section", "change"}
    for usage in (calls[0]["usage"], calls[0]["session_usage"]):
        assert all(f"`{key}`" in TEXT for key in usage)


def test_diff_check_coverage_and_list(folder: Path) -> None:
    file = f"sessions/{EDITED}"
    differs = _objects(folder, "diff", f"{file}@main", f"{file}@too-late", "--json", "--all")
    assert _seen(differs) == _shapes("tooltrace diff --json")
    covered = _objects(folder, "coverage", file, "--json")
    assert _seen(covered) == _shapes("tooltrace coverage --json")
    found = _objects(folder, "grep", "order", file, "--json")
    assert _seen(found) == _shapes("tooltrace grep --json")
    listed = _seen(_objects(folder, "list", "--json"), _come_along(folder))
    wanted = _shapes("tooltrace list --json")
    wanted["session"].discard("why")
    assert listed == wanted


def _come_along(folder: Path) -> list[dict[str, Any]]:
    nothing = folder / "none"
    nothing.mkdir()
    return spawn("list", "--json", cwd=nothing, env=environment(nothing)).objects


def test_check(folder: Path) -> None:
    (folder / "flow.py").write_text(
        "from tooltrace.workflows.refund import refund\n"
        "from tooltrace import Workflow, say\n"
        "refund.policy = lambda seen: say('No.')\n"
    )
    same = _objects(folder, "check", "sessions", "--json")
    other = _objects(folder, "check", "sessions", "--json", "--workflow", "flow.py:refund")
    told = _shapes("tooltrace check --json")
    told["divergence"] |= told["ok"]
    told["divergence"].discard("ok")
    assert _seen(same, other, _one_field_more(folder)) == told


def _one_field_more(folder: Path) -> list[dict[str, Any]]:
    """What a check says of a tool that gives a field today that it did not give then."""
    flow = folder / "one.py"
    lines = (
        "from tooltrace import Workflow, call, say, tool",
        "@tool(read_only=True)",
        "def look() -> dict:",
        "    return {'a': 1}",
        "def policy(seen):",
        "    return say('Done.') if seen.turn else call('look')",
        "one = Workflow('one', tools=[look], policy=policy, input='Look.')",
    )
    flow.write_text("\n".join(lines))
    assert spawn("run", "one.py", "--headless", "--session", "one.jsonl", cwd=folder).code == 0
    flow.write_text("\n".join(lines).replace("'a': 1", "'a': 1, 'b': 2"))
    live = ("--workflow", "one.py", "--tools", "live", "--json")
    return _objects(folder, "check", "one.jsonl", *live)


def test_import(folder: Path) -> None:
    (folder / "chat.json").write_text('[{"role": "user", "content": "go"}]')
    told = _objects(folder, "import", "chat.json", "sessions/broken.jsonl", "-o", "out", "--json")
    assert _seen(told) == _shapes("tooltrace import --json")
    assert all(f"`{key}`" in TEXT for key in told[0]["counts"])


def test_list_found(folder: Path) -> None:
    theirs = folder / ".claude" / "projects" / "x"
    theirs.mkdir(parents=True)
    (theirs / "s.jsonl").write_text("{}\n")
    told = _objects(folder, "list", "--found", "--json")
    assert _seen(told) == _shapes("tooltrace list --found --json")


def test_run_prune_and_resample(folder: Path) -> None:
    shown = ("--session", "s.jsonl", "--log", "call log args", "--watch", "state")
    *lines, outcome = _objects(folder, "run", "refund", "--headless", "--json", *shown)
    beside = [each for each in lines if each["type"] in ("log", "watch")]
    assert _seen(beside, [outcome]) == _shapes("tooltrace run --headless --json")
    records = [each for each in lines if each not in beside]
    for each in records:
        fields = set(EVENTS[each["type"]].__struct_encode_fields__)
        assert set(each) <= {"type", "record", "parent", "at", "source"} | fields
        assert "workflow" not in each
    pruned = _objects(folder, "prune", "s.jsonl", "--json")
    assert _seen(pruned) == _shapes("tooltrace prune --json")
    place = str(next(each["parent"] for each in records if each["type"] == "model_called"))
    words = ("resample", f"s.jsonl@{place}", "--workflow", "refund", "--k", "2", "--json")
    told = _shapes("tooltrace resample --json")
    told["next_action"].discard("without")  # Nothing was edited: there is one side only.
    assert _seen(_objects(folder, *words)) == told
