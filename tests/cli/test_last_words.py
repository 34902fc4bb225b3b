"""What could not be saved, told on leaving: on stderr, or in a file that its owner alone reads."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from pathlib import Path

import pytest

from tests.cli.calling import Said, environment, spawn
from tests.cli.flows import flow
from tests.events import event_of
from tests.terminal.pty_app import PtyApp, assert_clean
from tooltrace.cli.process.unsaved_report import MOST, tell_unsaved
from tooltrace.core.model.events import Record, ToolReturned
from tooltrace.store import Journal
from tooltrace.store.lines import decode

FULL = '''
import os, resource, signal
from tooltrace import Workflow, call, say, tool

SECRET = os.environ.get("MY_TOKEN", "")

@tool(open_world=True)
def pay(amount: int) -> str:
    """Pay, on a disk that is full from then on."""
    with open("paid", "a") as file:
        file.write(f"{amount}\\n")
    signal.signal
    resource.setrlimit(resource.RLIMIT_FSIZE, (FROM, resource.RLIM_INFINITY))
    return "RESULT"

w = Workflow(
    "full", input="go", tools=[pay],
    policy=lambda seen: say("done") if seen.last else call("pay", amount=1),
)
'''
RUN = ("run", "flow.py", "--headless", "--session", "s.jsonl")


def ignored() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def full(folder: Path, result: str) -> None:
    """A workflow whose tool leaves no room for its result."""
    size = "os.path.getsize('s.jsonl')"
    source = FULL.replace("FROM", size).replace('return "RESULT"', f"return {result}")
    flow(folder, source.replace("    signal.signal\n", ""))


def told(said: Said) -> list[Record]:
    found = [decode(line.encode()) for line in said.err.splitlines() if line.startswith("{")]
    return [record for record in found if isinstance(record, Record)]


def test_a_fact_is_printed_as_the_line_that_it_would_be(here: Path) -> None:
    full(here, '"caf\\u00e9 \\x7f\\x1b[2J " + SECRET')
    env = environment(here, MY_TOKEN="s3cretvalue-0815")
    said = spawn(*RUN, cwd=here, env=env, preexec_fn=ignored)
    assert said.code == 2
    assert "s3cret" not in said.err + said.out
    assert all(line.isprintable() for line in said.err.splitlines())
    assert said.err.splitlines()[0].isascii()
    (lost,) = told(said)
    assert str(event_of(lost, ToolReturned).content).startswith("caf\u00e9 \x7f\x1b[2J [secret")
    last = said.err.splitlines()[-1]
    assert last == (
        "tooltrace run: s.jsonl could not be written (file too large: raise the limit on file size)"
        "; it is saved up to #5, 1 fact is not: on stderr, as lines of it"
        " · session: s.jsonl"
    )
    assert "not saved: result     caf\u00e9" in said.out
    with Journal.open(here / "s.jsonl") as journal:
        assert journal.records[-1].id == 5
    # Put there by hand, it is the session that it should have been.
    with (here / "s.jsonl").open("a") as file:
        file.write(next(line for line in said.err.splitlines() if line.startswith("{")) + "\n")
    again = spawn("show", "s.jsonl", cwd=here)
    assert again.code == 0 and "caf\u00e9" in again.out
    assert spawn("check", "s.jsonl", cwd=here).code == 0


def test_what_is_long_goes_into_a_file_of_its_owner(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(here, '"x" * 70_000')
    scratch = here / "tmp"
    scratch.mkdir()
    # The limit is on the size of any file: the one in the temporary folder needs its own.
    source = (here / "flow.py").read_text()
    (here / "flow.py").write_text(source.replace("os.path.getsize('s.jsonl')", "80_000"))
    (here / "flow.py").write_text(
        (here / "flow.py").read_text().replace('"x" * 70_000', '"x" * 79_000')
    )
    env = environment(here, TMPDIR=str(scratch))
    said = spawn(*RUN, cwd=here, env=env, preexec_fn=ignored)
    assert said.code == 2
    (kept,) = scratch.glob("tooltrace-*.jsonl")
    assert f"1 fact is not: in {kept}" in said.err
    assert len(said.err.splitlines()) == 1
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (line,) = kept.read_bytes().splitlines()
    record = decode(line)
    assert isinstance(record, Record)
    assert event_of(record, ToolReturned).content == "x" * 79_000


def test_where_no_file_can_be_made_either_it_is_printed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    line = b"x" * (MOST + 1) + b"\n"
    with (tmp_path / "err").open("wb") as err:
        assert "stderr" in tell_unsaved([line], err.fileno())
    assert (tmp_path / "err").read_bytes() == line


def test_nothing_is_said_where_nothing_is_lost(tmp_path: Path) -> None:
    with (tmp_path / "err").open("wb") as err:
        tell_unsaved([], err.fileno())
    assert (tmp_path / "err").read_bytes() == b""


def test_whoever_reads_nothing_does_not_stop_us() -> None:
    read, write = os.pipe()
    os.close(read)
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        assert "lost" in tell_unsaved([b"x\n"], write)
    finally:
        signal.signal(signal.SIGPIPE, before)
        os.close(write)


def test_what_is_saved_in_the_end_is_what_is_said(here: Path) -> None:
    # The limit is lifted again while the run comes to its end: then all of it is saved.
    full(here, '"fine"')
    source = (here / "flow.py").read_text()
    lifted = source.replace(
        '    return "fine"',
        "    import threading\n"
        "    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)\n"
        "    from tooltrace.debugger.debugger import Debugger\n"
        "    close = Debugger.close\n"
        "    def closing(self, *args, **named):\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)\n"
        "        close(self, *args, **named)\n"
        "    Debugger.close = closing\n"
        '    return "fine"',
    )
    (here / "flow.py").write_text(lifted)
    said = spawn(*RUN, "--json", cwd=here, preexec_fn=ignored)
    assert said.code == 2
    assert told(said) == []
    assert said.err == (
        "tooltrace run: s.jsonl could not be written (file too large: raise the limit on file size)"
        "; all that happened until then is saved · session: s.jsonl\n"
    )
    facts = said.objects[:-1]
    assert facts[-1]["type"] == "tool_returned"
    assert all("saved" not in fact for fact in facts)


def test_the_app_says_it_when_the_terminal_is_restored(tmp_path: Path) -> None:
    full(tmp_path, '"fine"')
    with PtyApp("run", "flow.py", "--session", "s.jsonl", cwd=tmp_path, size=(100, 30)) as app:
        app.wait("step 1 ")
        app.press("c")
        app.wait("not saved")
        app.press("q")
        assert app.end() == 2
        app.assert_restored()
        left = bytes(app.raw[app.raw.rfind(b"\x1b[?1049l") :])
        assert_clean(bytes(app.raw))
    session, line, last = left[left.index(b"session: ") :].splitlines()
    assert session == b"session: s.jsonl"
    record = decode(line)
    assert isinstance(record, Record)
    assert event_of(record, ToolReturned).content == "fine"
    assert last.startswith(b"tooltrace: s.jsonl could not be written (file too large")
    assert b"it is saved up to #5, 1 fact is not: on stderr" in last
    assert (tmp_path / "paid").read_text() == "1\n"


def test_a_session_that_was_deleted_is_not_said_to_be_saved(here: Path) -> None:
    full(here, '"fine"')
    source = (here / "flow.py").read_text()
    (here / "flow.py").write_text(
        source.replace('    return "fine"', "    os.unlink('s.jsonl')\n    return 'fine'")
    )
    said = spawn(*RUN, cwd=here)
    assert said.code == 2
    assert said.err.splitlines()[-1] == (
        "tooltrace run: s.jsonl was deleted while it was open; "
        "s-saved.jsonl could not be written (file too large: raise the limit on file size); "
        "it is saved up to #5, 1 fact is not: on stderr, as lines of it · session: s-saved.jsonl"
    )
    (lost,) = told(said)
    assert event_of(lost, ToolReturned).content == "fine"


def test_an_answer_that_was_paid_for_is_told_too(here: Path) -> None:
    flow(
        here,
        """
import os, resource
from tooltrace import Workflow, call, say, tool

@tool(read_only=True)
def look() -> str:
    \"\"\"Look.\"\"\"
    return "x"

def policy(seen):
    if os.environ.get("FULL"):
        size = os.path.getsize("s.jsonl")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return say("PAID FOR")

w = Workflow("full", input="go", tools=[look], policy=policy)
""",
    )
    assert spawn(*RUN, cwd=here).code == 0
    said = spawn(
        *("resample", "s.jsonl@2", "--workflow", "flow.py", "--k", "1"),
        cwd=here,
        env=environment(here, FULL="1"),
    )
    assert said.code == 2
    assert any("PAID FOR" in str(record.event) for record in told(said))
    assert "could not be written (file too large" in said.err.splitlines()[-1]
