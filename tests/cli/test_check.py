"""``check`` over many sessions: folders, processes, JSON, JUnit XML, live tools, being stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from tests.cli.calling import Said, assert_refused, call, lines_of, spawn, start
from tests.cli.hostile import TEXTS
from tests.debugger.sitting import records_of
from tests.store.build import write
from tests.terminal.pty_app import PtyApp
from tooltrace.cli.check.one import CheckOptions, check_file
from tooltrace.cli.check.workers import check_side_by_side
from tooltrace.cli.session_paths import find_sessions
from tooltrace.core.model import events as e

SESSIONS = Path(__file__).parents[2] / "sessions"
FILES = sorted(SESSIONS.glob("demo-*.jsonl"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sessions in folders of folders, one of which differs, and one that cannot be read."""
    (tmp_path / "a" / "deeper").mkdir(parents=True)
    shutil.copy(SESSIONS / "demo-loan.jsonl", tmp_path / "a" / "loan.jsonl")
    shutil.copy(SESSIONS / "demo-refund-edited.jsonl", tmp_path / "a" / "deeper" / "three.jsonl")
    records = records_of(SESSIONS / "demo-refund.jsonl")
    at = next(n for n, r in enumerate(records) if isinstance(r.event, e.UserSaid))
    records[at] = replace(records[at], event=e.UserSaid("".join(TEXTS[:-1])))
    write(tmp_path / "differs.jsonl", records)
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "a" / "loan.world").mkdir()
    (tmp_path / "a" / "loan.world" / "data.jsonl").write_text("no session")
    return tmp_path


def test_folders_are_read_to_the_bottom_and_each_file_once(folder: Path) -> None:
    files, unread = find_sessions([folder, folder / "differs.jsonl", folder / "a"])
    names = [str(path.relative_to(folder)) for path in files]
    assert names == ["differs.jsonl", "empty.jsonl", "a/loan.jsonl", "a/deeper/three.jsonl"]
    assert unread == {}


def test_the_rest_is_checked_and_the_worst_counts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "check", folder)
    assert said.code == 2
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["DIFF", "ok", "ok", "ok", "ok"]
    assert lines[-1] == (
        "4 sessions · 5 branches · 1 not as recorded, in 1 sessions · 1 could not be checked"
    )
    assert said.err.count("\n") == 1 and "empty.jsonl is empty" in said.err
    assert all(char.isprintable() or char == "\n" for char in said.out + said.err)
    (folder / "empty.jsonl").unlink()
    assert call(capsys, "check", folder).code == 1
    (folder / "differs.jsonl").unlink()
    said = call(capsys, "check", folder)
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("2 sessions · 4 branches · all as recorded\n")


def test_json_has_the_same_fields_each_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = call(capsys, "check", folder, "--json").objects
    fields = {each["type"]: list(each) for each in objects}
    about = ["type", "session", "workflow", "branch", "steps"]
    assert fields == {
        "ok": about,
        "divergence": [*about, "step", "record", "what", "field", "recorded", "now"],
        "unreadable": ["type", "session", "why"],
        "summary": [
            *["type", "sessions", "branches", "steps"],
            *["diverged", "divergences", "unchecked", "skipped"],
        ],
    }
    assert objects[-1]["type"] == "summary"
    assert (objects[-1]["diverged"], objects[-1]["unchecked"]) == (1, 1)


def test_junit_xml_can_be_parsed_whatever_the_session_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = folder / "a\x1b]0;owned\x07\u202e\ufffe\udcffb.jsonl"
    (folder / "differs.jsonl").rename(odd)
    file = folder / "junit.xml"
    call(capsys, "check", folder, "--junit", file)
    root = ElementTree.parse(file).getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "1", "1")
    cases = root.findall("testsuite/testcase")
    assert len(cases) == 6
    (failure,) = root.findall("testsuite/testcase/failure")
    assert failure.get("type") == "request"
    assert "recorded:" in (failure.text or "") and "step 3" in (failure.text or "")
    for text in file.read_text(encoding="utf-8").splitlines():
        assert text.isprintable()
    assert "\\u{1b}" in file.read_text(encoding="utf-8")


def without_times(found: object) -> object:
    return [replace(each, seconds=0.0) for each in found]  # type: ignore[attr-defined]


def test_two_processes_find_what_one_does_in_the_same_order(folder: Path) -> None:
    files, _ = find_sessions([folder, *FILES])
    one = without_times(check_file(file, CheckOptions()) for file in files)
    assert without_times(check_side_by_side(files, CheckOptions(), 2)) == one


DEADLY = """
import os
from pathlib import Path
from tooltrace.workflows.refund import refund as real
from tooltrace import Workflow

def policy(seen):
    if "1002" in seen.input:
        os._exit(7)
    print("NOISE", flush=True)
    os.write(1, b"NOISE")
    return known(seen)

known = real.policy
real.policy = policy
refund = real
"""


def test_a_process_that_dies_takes_only_its_file_with_it(here: Path) -> None:
    (here / "deadly.py").write_text(DEADLY)
    for name in ("refund", "refund-failed", "refund-too-old"):
        shutil.copy(SESSIONS / f"demo-{name}.jsonl", here / f"{name}.jsonl")
    said = spawn("check", ".", "--workflow", "deadly.py:refund", "--json", "--jobs", 1, cwd=here)
    assert said.code == 2
    told = [(each["type"], each.get("session")) for each in said.objects]
    assert told == [
        ("ok", "refund-failed.jsonl"),
        ("unreadable", "refund-too-old.jsonl"),
        ("ok", "refund.jsonl"),
        ("summary", None),
    ]
    assert "ended (exit code 7)" in said.err
    assert "NOISE" not in said.out


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_ends_the_processes_at_once(here: Path, number: signal.Signals) -> None:
    (here / "slow.py").write_text(
        DEADLY.replace("os._exit(7)", "Path('began').touch()\n        while True: pass")
    )
    shutil.copy(SESSIONS / "demo-refund-too-old.jsonl", here / "s.jsonl")
    options = ("--workflow", "slow.py:refund", "--junit", "out.xml")
    with start("check", "s.jsonl", *options, cwd=here) as process:
        until = time.monotonic() + 30
        while not (here / "began").exists():
            assert time.monotonic() < until and process.poll() is None
            time.sleep(0.01)
        workers = children(process.pid)
        assert workers
        process.send_signal(number)
        out, err = process.communicate(timeout=5)
    assert (process.returncode, out, err.strip()) == (2, "", "tooltrace: interrupted")
    assert not any(map(alive, workers))
    (error,) = ElementTree.parse(here / "out.xml").getroot().iter("error")
    assert error.get("message") == "it was stopped before its end"


def live(here: Path, *arguments: object, allow: tuple[str, ...] = ("send_email",)) -> Said:
    allowed = [part for name in allow for part in ("--allow-live", name)]
    options = ["--workflow", "refund", "--tools", "live", *allowed]
    return spawn("check", *arguments, *options, cwd=here)


def test_live_tools_act_on_a_copy_of_the_world(session: Path, tmp_path: Path) -> None:
    world = session.parent / "refund.world"
    assert not world.exists()
    before = session.read_bytes()
    said = live(tmp_path, session, "--json")
    assert (said.code, said.err) == (0, "")
    assert not world.exists() and session.read_bytes() == before
    lines = session.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if '"credit_id":1' in line)
    record = json.loads(lines[at].replace('"credit_id":1', '"credit_id":9'))
    record.pop("crc")
    lines[at] = json.dumps(record)
    session.write_text("\n".join(lines) + "\n")
    found = live(tmp_path, session, "--json").objects[0]
    assert (found["what"], found["field"]) == ("tool result", "content.credit_id")
    assert (found["record"], found["recorded"], found["now"]) == (record["id"], 9, 1)
    assert not world.exists()


def test_live_tools_that_may_write_elsewhere_need_a_yes(session: Path, tmp_path: Path) -> None:
    said = live(tmp_path, session, allow=())
    assert_refused(said, "send_email may write outside its world", "--allow-live send_email")
    assert "process_credit" not in said.err
    assert_refused(live(tmp_path, session, allow=("nope",)), "no such tool", "fetch_order")


def test_sessions_of_other_workflows_are_skipped_and_the_rest_is_judged(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (folder / "empty.jsonl").unlink()
    junit = tmp_path / "out.xml"
    said = call(capsys, "check", folder, "--workflow", "loan", "--jobs", "1", "--junit", junit)
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()[:-1]] == ["ok"]
    assert "3 sessions · 1 branches · 2 of other workflows skipped · the rest" in said.out
    suite = ElementTree.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("skipped"), suite.get("errors")) == ("3", "2", "0")
    objects = call(capsys, "check", folder, "--workflow", "loan", "--json").objects
    assert [each["type"] for each in objects].count("skipped") == 2
    assert objects[-1]["skipped"] == 2
    # With nothing left to judge it says so, and does not say that all is well.
    said = call(capsys, "check", folder / "differs.jsonl", "--workflow", "loan", "--junit", junit)
    assert_refused(said, "nothing could be judged", "a session of refund", "loan")


def test_what_cannot_be_begun_is_an_error_in_the_junit_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junit = tmp_path / "out.xml"
    said = call(capsys, "check", tmp_path / "not-there.jsonl", "--junit", junit)
    assert said.code == 2
    (error,) = ElementTree.parse(junit).getroot().iter("error")
    assert "not-there.jsonl" in (error.get("message") or "")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--workflow", "loan"), "nothing could be judged"),
        (("--workflow", "nosuch"), "no workflow 'nosuch'"),
        (("--tools", "live"), "give --workflow"),
        (("--ignore", "at"), "go with --tools live"),
    ],
)
def test_no_junit_file_of_a_check_that_was_none_reads_as_passed(
    options: tuple[str, ...],
    why: str,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    junit = tmp_path / "out.xml"
    said = call(capsys, "check", folder / "differs.jsonl", *options, "--junit", junit)
    assert said.code == 2, said
    (error,) = ElementTree.parse(junit).getroot().iter("error")
    assert why in (error.get("message") or "")


def test_a_world_that_is_not_there_any_more(session: Path, tmp_path: Path) -> None:
    root = lines_of(session)[0]
    root["event"]["world"] = "0" * 64
    root.pop("crc")
    rest = session.read_text().splitlines()[1:]
    session.write_text("\n".join([json.dumps(root), *rest]) + "\n")
    said = live(tmp_path, session)
    assert (said.code, said.out) == (2, "")
    assert "no snapshot 000000000000" in said.err and said.err.count("\n") == 1


def test_a_bar_is_drawn_on_a_terminal_only(tmp_path: Path) -> None:
    for file in FILES:
        shutil.copy(file, tmp_path)
    with PtyApp("check", ".", cwd=tmp_path, size=(100, 40)) as app:
        assert app.end() == 0
        assert "8 sessions · 10 branches · all as recorded" in app.text
        assert b"checking" in app.raw
    said = spawn("check", ".", cwd=tmp_path, stderr=subprocess.STDOUT)
    assert "checking" not in said.out and "\x1b" not in said.out
