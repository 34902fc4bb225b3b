"""The app as a job of a shell: it stops and goes on as any other, and so do resizing and ctrl+c."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.cli.flows import SLOW, flow
from tests.terminal.job_shell import JobShell
from tests.terminal.pty_app import PtyApp
from tooltrace.store import Journal
from tooltrace.tui.job import TYPED_BEFORE

FILE = "s.jsonl"


def test_ctrl_z_stops_and_fg_goes_on(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        shell.step(2)
        shell.press("ctrl+z")
        shell.stopped()
        shell.assert_restored()
        shell.front()
        shell.wait("step 2 ")
        assert "n step" in shell.text
        shell.step(3)
        time.sleep(2 * TYPED_BEFORE)
        # In the background it only stops again, until it is in front.
        shell.press("ctrl+z")
        shell.stopped()
        shell.say("bg")
        shell.stopped("SIGTTOU")
        shell.front()
        shell.step(4)
        shell.press("q")
        shell.over(0)


def test_signals_stop_it_as_well(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        shell.kill(signal.SIGTSTP)
        shell.kill(signal.SIGTSTP)
        shell.stopped()
        shell.front()
        shell.step(2)
        # By force, so that the app cannot leave the screen itself.
        os.kill(shell.worker, signal.SIGSTOP)
        shell.stopped()
        shell.assert_restored()
        shell.front()
        shell.step(3)
        os.kill(shell.worker, signal.SIGCONT)
        shell.frame()
        shell.step(4)
        shell.press("q")
        shell.over(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says that a process was stopped")
def test_nobody_reads_the_keys_of_a_shell_whose_job_was_stopped_by_force(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        worker = shell.worker
        shell.kill(signal.SIGSTOP)
        shell.stopped("SIGSTOP", given_back=False)
        end = time.monotonic() + 20
        while b") T " not in Path(f"/proc/{worker}/stat").read_bytes():
            assert time.monotonic() < end
            time.sleep(0.05)
        shell.front()
        shell.step(2)
        shell.press("q")
        shell.over(0)


def test_two_quick_ctrl_z(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        shell.press("ctrl+z", "ctrl+z")
        shell.stopped()
        shell.front()
        shell.step(2)
        shell.press("q")
        shell.over(0)


def test_one_that_is_begun_in_the_background_waits_for_the_terminal(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path, front=False) as shell:
        shell.stopped("SIGTTOU")
        shell.front()
        shell.wait("step 1 ")
        shell.press("q")
        shell.over(0)


def test_another_size_while_it_is_stopped(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        shell.resize(120, 40)
        shell.wait("2 Workflow")
        shell.press("ctrl+z")
        shell.stopped()
        shell.resize(80, 24)
        shell.front()
        shell.wait(lambda text: "step 1 " in text and "2 Workflow" not in text)
        shell.press("q")
        shell.over(0)


def test_dying_while_it_is_stopped_leaves_the_shell_alone(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        worker = shell.worker
        shell.press("ctrl+z")
        shell.stopped()
        os.kill(worker, signal.SIGKILL)
        shell.say("fg")
        shell.over(128 + signal.SIGKILL)
        assert "killed by SIGKILL" in shell.text


def test_a_headless_run_stops_goes_on_and_is_interrupted(tmp_path: Path) -> None:
    flow(tmp_path, SLOW)
    run = ("run", "flow.py:hanging", "--session", FILE, "--headless")
    with JobShell(*run, cwd=tmp_path) as shell:
        shell.wait("call       hang")
        shell.press("ctrl+z")
        shell.stopped()
        shell.goes_on()
        shell.press("ctrl+c")
        shell.over(1)
        assert "paused" in shell.text
    with Journal.open(tmp_path / FILE) as journal:
        assert journal.problems == []


EDITOR = """
import os, signal, sys, time
path = sys.argv[-1]
how = sys.argv[1]
with open("/dev/tty", "w") as terminal:
    terminal.write("THE EDITOR HAS THE TERMINAL\\n")
if how == "stops":
    os.kill(0, signal.SIGTSTP)
elif how == "asks":
    typed = sys.stdin.readline().strip()
    print("typed", typed, os.isatty(0), os.tcgetpgrp(0) == os.getpgrp(), flush=True)
elif how == "raw":
    import tty
    tty.setraw(0)
    os.kill(os.getpid(), signal.SIGKILL)
elif how == "waits":
    sys.stdin.readline()
text = open(path).read()
open(path, "w").write(text.replace("true", "false"))
"""


def at_the_policy(shell: PtyApp) -> None:
    shell.wait("step 1 ")
    for number in range(2, 8):
        shell.step(number)


def with_editor(folder: Path, how: str) -> dict[str, str]:
    (folder / "editor.py").write_text(EDITOR)
    return {"EDITOR": f"{sys.executable} {folder / 'editor.py'} {how}"}


@pytest.mark.parametrize("how", ["asks", "stops"])
def test_the_editor_has_the_terminal_as_a_program_of_the_shell_has_it(
    how: str, tmp_path: Path
) -> None:
    with JobShell("demo", cwd=tmp_path, env=with_editor(tmp_path, how)) as shell:
        at_the_policy(shell)
        shell.press("E")
        shell.wait(lambda _: b"THE EDITOR HAS THE TERMINAL" in shell.raw)
        if how == "asks":
            shell.press("ctrl+z")
            shell.stopped()
            shell.goes_on()  # Or the shell might read what is meant for the editor.
            shell.type("hello\r")
            shell.wait(lambda _: b"typed hello True True" in shell.raw)
        else:
            shell.stopped()
            shell.say("fg")
        shell.wait("true → false")
        shell.press("ctrl+s")
        shell.wait("transition to failed")
        shell.press("q")
        shell.over(0)


def test_an_editor_that_leaves_the_terminal_raw(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path, env=with_editor(tmp_path, "raw")) as shell:
        at_the_policy(shell)
        shell.press("E")
        shell.wait("killed by signal 9")
        shell.press("q")
        shell.over(0)


def test_dying_while_the_editor_is_open_leaves_the_text(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path, env=with_editor(tmp_path, "waits")) as shell:
        at_the_policy(shell)
        shell.press("E")
        shell.wait(lambda _: b"THE EDITOR HAS THE TERMINAL" in shell.raw)
        worker = shell.worker
        os.kill(worker, signal.SIGKILL)
        shell.type("\r")
        shell.over(128 + signal.SIGKILL)
        said = shell.text.replace("\n", "")
        path = Path(said.partition("what was edited: ")[2].partition(".json")[0] + ".json")
        assert '"eligible": false' in path.read_text()


def test_the_title_follows_and_is_given_back_with_the_terminal(tmp_path: Path) -> None:
    with JobShell("demo", cwd=tmp_path) as shell:
        shell.wait("step 1 ")
        shell.wait(lambda _: b"\x1b[22;2t\x1b]2;paused \xc2\xb7 refund" in shell.raw)
        shell.press("ctrl+z")
        shell.stopped()
        assert shell.raw.count(b"\x1b[22;2t") == shell.raw.count(b"\x1b[23;2t") == 1
        shell.front()
        shell.wait(lambda _: shell.raw.count(b"\x1b]2;paused") == 2)
        shell.press("q")
        shell.over(0)
        assert shell.raw.count(b"\x1b[22;2t") == shell.raw.count(b"\x1b[23;2t") == 2
        assert b"\x1b]9;" not in shell.raw
