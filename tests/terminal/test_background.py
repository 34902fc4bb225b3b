"""The theme by the terminal's background: every way in which a terminal answers, or does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.terminal.pty_app import IS_TERMINAL, PtyApp, assert_clean
from tooltrace.tui.background import QUESTION

LIGHT, DARK = True, False
WHITE, BLACK = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:0000/0000/0000\x07"


def is_light(app: PtyApp) -> bool:
    """Whether the ground that most of the screen was drawn on is a light one."""
    grounds = Counter(re.findall(rb"48;2;(\d+);(\d+);(\d+)", bytes(app.raw)))
    ((most, _),) = grounds.most_common(1)
    return sum(map(int, most)) > 3 * 128


@pytest.mark.parametrize(
    ("answers", "light", "step"),
    [
        ((WHITE + IS_TERMINAL,), LIGHT, 1),
        ((BLACK + IS_TERMINAL,), DARK, 1),
        ((IS_TERMINAL,), DARK, 1),
        ((), DARK, 1),
        (("\x1b]11;rgb:nonsense\x07" + IS_TERMINAL,), DARK, 1),
        (tuple(WHITE + IS_TERMINAL), LIGHT, 1),
        (("n", WHITE, "n", IS_TERMINAL, "n"), LIGHT, 4),
        (("n", WHITE[:9]), DARK, 2),
    ],
)
def test_the_theme_is_that_of_the_ground_and_no_key_is_lost(
    tmp_path: Path, answers: Sequence[str], light: bool, step: int
) -> None:
    with PtyApp("demo", cwd=tmp_path, answers=answers, size=(120, 36)) as app:
        app.wait(lambda text: f"step {step} " in text and "q quit" in text)  # Down to the foot.
        assert app.raw.count(QUESTION) == 1
        assert is_light(app) == light
        app.step(step + 1)
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert_clean(bytes(app.raw))


def test_an_answer_that_comes_late_is_not_typed_and_the_keys_around_it_are(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, answers=(), size=(120, 36)) as app:
        app.wait("step 1 ")
        app.heeded()
        before = app.text
        app.type(WHITE + IS_TERMINAL)
        app.heeded()
        assert app.text == before
        app.type("n" + WHITE + "n" + IS_TERMINAL + "n")
        app.wait("step 4 ")
        app.press("q")
        app.ended(0)
        assert b"11;rgb" not in app.raw and not is_light(app)


@pytest.mark.parametrize(
    "env",
    [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TOOLTRACE_THEME": "tooltrace-light"}],
)
def test_nothing_is_asked_where_no_answer_matters(tmp_path: Path, env: dict[str, str]) -> None:
    with PtyApp("demo", cwd=tmp_path, env=env) as app:
        app.wait("step 1 ")
        assert b"\x1b]11" not in app.raw


def test_the_environment_says_it_where_the_terminal_does_not(tmp_path: Path) -> None:
    with PtyApp("demo", cwd=tmp_path, env={"COLORFGBG": "0;15"}) as app:
        app.wait("step 1 ")
        assert is_light(app)


def test_a_start_that_fails_leaves_no_answer_to_the_shell(tmp_path: Path) -> None:
    with PtyApp("run", "nothing.py:here", cwd=tmp_path) as app:
        app.ended(2)
        app.assert_restored()
        assert not app._unread()
