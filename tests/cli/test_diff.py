"""``diff`` names what differs between two branches or sessions; its exit code says whether."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from scripts.record import SESSIONS
from tests.cli.calling import Said, assert_refused, call, lines_of
from tests.cli.hostile import altered

EDITED = SESSIONS / "demo-refund-edited.jsonl"
Capture = pytest.CaptureFixture[str]


def names(said: Said) -> list[tuple[str, str, str]]:
    return [(o["verdict"], o["kind"], o["name"]) for o in said.objects if o["type"] == "step"]


@pytest.mark.parametrize("path", sorted(SESSIONS.glob("demo-*.jsonl")), ids=lambda p: p.stem)
def test_a_session_and_itself_do_not_differ(path: Path, tmp_path: Path, capsys: Capture) -> None:
    copy = shutil.copy(path, tmp_path / "copy@home.jsonl")
    for other in (path, copy):
        said = call(capsys, "diff", path, other)
        assert (said.code, said.err) == (0, "")
        assert "no difference: " in said.out
        [summary] = call(capsys, "diff", path, other, "--json").objects
        assert summary["equal"] is True
        assert summary["counts"] == {**summary["counts"], "changed": 0, "left": 0, "right": 0}
        assert summary["left"]["states"] == summary["right"]["states"]


def test_two_branches_for_people(capsys: Capture) -> None:
    said = call(capsys, "diff", f"{EDITED}@main", f"{EDITED}@too-late")
    assert (said.code, said.err) == (1, "")
    lines = said.out.splitlines()
    assert lines[:2] == [f"< {EDITED} · main", f"> {EDITED} · too-late"]
    assert lines[3:6] == [
        "  … 6 steps the same",
        "≠    7    7  call check_refund_policy  <#12 >#27",
        "      result.eligible: true → false",
    ]
    assert "<   10    –  call process_credit  <#17" in lines
    assert ">    –    8  to failed  >#29" in lines
    assert '        > "I am sorry, I cannot refund this: delivered 40 days ago."' in lines
    assert lines[-1] == "3 changed · 7 only < · 1 only > · 6 the same"
    cells = {line.split("  ")[0]: line.split() for line in lines[-12:]}
    assert cells["steps"][1:] == ["16", "10"]
    assert cells["tool calls"][2:] == ["4", "2"]
    assert ["process_credit", "1", "0"] in cells.values() or "  process_credit" in said.out


def test_two_branches_for_programs(capsys: Capture) -> None:
    said = call(capsys, "diff", f"{EDITED}@main", f"{EDITED}@too-late", "--json")
    assert (said.code, said.err) == (1, "")
    first, *_, summary = said.objects
    assert first == {
        "type": "step",
        "verdict": "changed",
        "kind": "call",
        "name": "check_refund_policy",
        "left": {"step": 7, "record": 12, "source": "live"},
        "right": {"step": 7, "record": 27, "source": "edited"},
        "fields": [
            {"field": "result.eligible", "left": True, "right": False},
            {
                "field": "result.reason",
                "left": "delivered 13 days ago",
                "right": "delivered 40 days ago",
            },
            {"field": "result.days", "left": 13, "right": 40},
        ],
        "more": False,
        "content": None,
    }
    assert ("left", "call", "send_email") in names(said)
    assert summary["type"] == "summary" and summary["equal"] is False
    assert summary["counts"] == {"same": 6, "changed": 3, "left": 7, "right": 1}
    left, right = summary["left"], summary["right"]
    assert (left["branch"], left["record"], left["steps"]) == ("main", 26, 16)
    assert (right["branch"], right["record"], right["steps"]) == ("too-late", 32, 10)
    assert (left["calls"]["send_email"], "send_email" in right["calls"]) == (1, False)
    assert left["usage"]["input"] > right["usage"]["input"] > 0
    every = call(capsys, "diff", f"{EDITED}@main", f"{EDITED}@too-late", "--json", "--all")
    assert len(names(every)) == sum(summary["counts"].values())
    assert every.objects[-1] == summary


def test_sides_swapped(capsys: Capture) -> None:
    there = call(capsys, "diff", EDITED, f"{EDITED}@32", "--json").objects[-1]["counts"]
    back = call(capsys, "diff", f"{EDITED}@32", EDITED, "--json").objects[-1]["counts"]
    assert back == {**there, "left": there["right"], "right": there["left"]}


def test_two_sessions_by_what_they_say(capsys: Capture) -> None:
    other = SESSIONS / "demo-refund-too-old.jsonl"
    said = call(capsys, "diff", SESSIONS / "demo-refund.jsonl", other, "--json")
    assert said.code == 1
    changed = {
        (step["name"], field["field"]) for step in said.objects[:-1] for field in step["fields"]
    }
    assert ("fetch_order", "arguments.order_id") in changed
    assert ("check_refund_policy", "result.eligible") in changed


def test_a_record_stands_for_the_branch_it_was_written_on(capsys: Capture) -> None:
    for place, branch in (("12", "main"), ("26", "main"), ("27", "too-late"), ("35", "by-hand")):
        summary = call(capsys, "diff", EDITED, f"{EDITED}@{place}", "--json").objects[-1]
        assert summary["right"]["branch"] == branch


@pytest.mark.parametrize("place", ["", "99", "0", "28", "nope", "9" * 5000, "٣", "\x1b[2J"])
def test_a_place_that_is_not_there(place: str, capsys: Capture) -> None:
    assert_refused(call(capsys, "diff", EDITED, f"{EDITED}@{place}"), "demo-refund-edited.jsonl@")


def test_what_cannot_be_read(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").touch()
    for bad in (tmp_path / "none", tmp_path, tmp_path / "empty", f"{tmp_path}/none@3"):
        assert_refused(call(capsys, "diff", EDITED, bad))
        assert_refused(call(capsys, "diff", bad, EDITED))
    assert_refused(call(capsys, "diff", EDITED), "Missing argument")


def test_nothing_from_outside_reaches_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    lines = lines_of(EDITED)
    for line in lines:
        line.pop("crc", None)
        if line["id"] == 12:
            line["event"]["content"] = {
                "\x1b[2J[@click=app.quit]": "\x1b]52;c;aGk=\x07\ud800\u202e"
            }
        if line["id"] == 18:
            line["event"]["to"] = "\x1b]0;owned\x07"
        if line["id"] == 28:
            line["event"]["branch"] = "\x1b[31mred"
    nasty = tmp_path / "nasty.jsonl"
    nasty.write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = nasty.read_bytes()
    for options in ([], ["--all"], ["--json"]):
        said = call(capsys, "diff", nasty, f"{nasty}@27", *options)
        assert said.code == 1
        assert all(char.isprintable() or char == "\n" for char in said.out + said.err)
    assert nasty.read_bytes() == before


@pytest.mark.parametrize("seed", range(12))
def test_values_that_are_not_what_they_should_be(
    seed: int, tmp_path: Path, capsys: Capture
) -> None:
    whole = SESSIONS / "demo-refund.jsonl"
    odd = tmp_path / "odd.jsonl"
    odd.write_bytes(altered(whole.read_bytes().splitlines(keepends=True), random.Random(seed)))
    for options in ([], ["--json", "--all"]):
        said = call(capsys, "diff", whole, odd, *options)
        assert said.code in (0, 1, 2)
        assert (said.out == "") == (said.code == 2)
        assert all(char.isprintable() or char == "\n" for char in said.out + said.err)
