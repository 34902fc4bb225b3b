"""The tests say the same on anybody's machine, whatever is set there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import GIVEN, KEPT

ROOT = Path(__file__).parent.parent
SET = {
    "TOOLTRACE_SESSIONS": "/nowhere",
    "TOOLTRACE_SNAPSHOTS_MB": "none",
    "ANTHROPIC_API_KEY": "sk-ant-of-a-person",
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
    "OPENAI_API_KEY": "sk-of-a-person",
    "NO_COLOR": "1",
    "FORCE_COLOR": "1",
    "LANG": "C",
    "LC_ALL": "C",
    "TZ": "Asia/Kathmandu",
    "TERM": "dumb",
    "COLORTERM": "",
    "COLUMNS": "31",
    "LINES": "7",
    "PAGER": "/nowhere/pager",
    "EDITOR": "/nowhere/editor",
    "VISUAL": "/nowhere/visual",
    "TEXTUAL_COLOR_SYSTEM": "standard",
    "TEXTUAL_THEME": "textual-light",
    "TEXTUAL_ANIMATIONS": "none",
    "XDG_DATA_HOME": "/nowhere/data",
    "XDG_STATE_HOME": "/nowhere/state",
    "XDG_CONFIG_HOME": "/nowhere/config",
    "HOME": "/nowhere/home",
    "PYTHONWARNINGS": "error",
    "MY_SECRET_TOKEN": "fetch_order",
}
TELLING = (
    "tests/test_environment.py::test_nothing_of_a_person_is_left",
    "tests/tui/app/test_snapshots.py::test_the_app_looks_as_it_did[paused-80x24]",
    "tests/cli/test_list.py",
)


def test_nothing_of_a_person_is_left() -> None:
    ours = {*GIVEN, "HOME"}
    assert [name for name in os.environ if name not in ours and not KEPT.fullmatch(name)] == []
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        assert signal.getsignal(number) is not signal.SIG_IGN
    umask = os.umask(0o022)
    assert umask == 0o022


def as_behind_nohup() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.umask(0o077)


@pytest.mark.long
def test_whatever_is_set_the_tests_pass() -> None:
    own = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *TELLING],
        cwd=ROOT,
        env={**own, **SET},
        capture_output=True,
        text=True,
        preexec_fn=as_behind_nohup,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\S*\.+ +\[100%\]", done.stdout, re.MULTILINE), done.stdout
