"""How long the screen stands still while a reply of 20,000 tokens arrives as fast as it can.

The real SDK reads from a server in another process; the app draws into a driver that writes
nothing. A clock on the app's own loop asks to be woken every few milliseconds: what it is late by
is how late a key would be.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

__all__ = ["TOKENS", "measure"]

TOKENS = 20_000
EVERY = 0.005
_LATE = 120.0


def measure() -> dict[str, float]:
    """Milliseconds: the longest stall of the interface and the 99th percentile, and the whole."""
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.bench.stream", "serve"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "scripts.bench.stream", url],
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            server.kill()
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _serve() -> None:
    from tests.loopback import Loopback, tokens

    with Loopback(tokens(TOKENS), tokens(TOKENS)) as server:
        print(server.url, flush=True)
        time.sleep(_LATE)


async def _measured(url: str) -> dict[str, float]:
    from tests.loopback import KEY
    from tooltrace.assemble import load_code, new_run
    from tooltrace.core.decide.next_action import CallModel
    from tooltrace.core.model.events import Settings
    from tooltrace.tui.app import ToolTraceApp
    from tooltrace.tui.services import AppServices

    os.environ["ANTHROPIC_API_KEY"] = KEY
    with tempfile.TemporaryDirectory() as name:
        settings = Settings("claude-sonnet-5-5", url)
        debugger = new_run(load_code("refund"), Path(name) / "s.jsonl", settings)
        app = ToolTraceApp(AppServices(_none, _none, list, []), debugger)
        async with app.run_test(size=(120, 36)) as pilot:
            while not isinstance(debugger.view().action, CallModel):
                debugger.submit.step().result(_LATE)
            await pilot.pause()
            # The SDK is imported once, after the first paint; that is not what is measured here.
            await asyncio.to_thread(lambda: __import__("anthropic.resources.messages"))
            began = time.perf_counter()
            answer = debugger.submit.step()
            late = []
            while not answer.done():
                before = time.perf_counter()
                await asyncio.sleep(EVERY)
                late.append(time.perf_counter() - before - EVERY)
            spent = time.perf_counter() - began
            heard = debugger.view().snapshot
        debugger.close()
    late.sort()
    if heard.trouble is not None or heard.turn != 1:
        raise SystemExit(f"the reply did not come: {heard.trouble}")
    return {
        "longest stall": late[-1] * 1000,
        "p99 stall": late[int(len(late) * 0.99)] * 1000,
        "whole reply": spent * 1000,
    }


def _none(_: object) -> NoReturn:
    raise SystemExit("nothing else is opened here")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        print(json.dumps(asyncio.run(_measured(sys.argv[1]))))
