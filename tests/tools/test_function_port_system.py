"""A call that the system does not let begin is an answer like any other, and never began."""

from __future__ import annotations

import asyncio
import os
from errno import EMFILE

import pytest

from tooltrace.core.model.events import CallRef
from tooltrace.core.model.ports import ToolCall
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.functions.function_port import FunctionPort


async def test_no_room_for_a_loop_is_an_error_result(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    async def fetch() -> str:
        """Fetch."""
        ran.append(1)
        return "x"

    def none_left() -> asyncio.AbstractEventLoop:
        raise OSError(EMFILE, os.strerror(EMFILE))

    port = FunctionPort({"fetch": FunctionTool.build(fetch)})
    monkeypatch.setattr("tooltrace.tools.functions.async_runner.ForkSafeLoop", none_left)
    given = (await port.call(ToolCall(CallRef(1, 0), "fetch", {}, "k"))).event
    assert given.is_error and "Too many open files" in str(given.content)
    assert ran == []
    monkeypatch.undo()
    assert (await port.call(ToolCall(CallRef(1, 0), "fetch", {}, "k"))).event.content == "x"
    port.close()
