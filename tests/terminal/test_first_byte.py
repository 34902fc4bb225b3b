"""How soon a request goes out once a key is pressed: the SDK is there by then."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.loopback import KEY, Loopback, reply, text
from tests.terminal.pty_app import PtyApp
from tests.timing import at_most

AFTER = 2.0
"""Seconds after the first picture from which on a request may be expected to go out at once."""


@pytest.mark.benchmark
def test_the_first_byte_goes_out_at_once(tmp_path: Path) -> None:
    with Loopback(reply(text("Done."))) as server:
        arguments = ("run", "refund", "--model", "claude-sonnet-5-5", "--base-url", server.url)
        env = {"ANTHROPIC_API_KEY": KEY}
        with PtyApp(*arguments, cwd=tmp_path, env=env, fresh=True) as app:
            app.wait("step 1 ")
            app.press("n")
            app.wait("before the model's reply")
            began = time.monotonic()
            while time.monotonic() < began + AFTER:
                app.settle()
                time.sleep(0.05)
            pressed = time.monotonic()
            app.press("n")
            assert server.arrived.acquire(timeout=20)
            took = time.monotonic() - pressed
            app.wait("Done.")
            app.press("q")
            app.end()
    at_most(0.1, took)
