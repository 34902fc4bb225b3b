"""What a model needs is loaded once the first picture is there, and not by the screen's thread."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.tui.app.driven import Driven, begin, until
from tooltrace import Workflow
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import OnDelta, PortAnswer


class Slow:
    """A port that has something to load."""

    def __init__(self) -> None:
        self.loaded_by: list[str] = []

    def warm(self) -> None:
        self.loaded_by.append(threading.current_thread().name)
        raise ImportError("what cannot be loaded, the first request says")

    def cancel(self) -> bool:
        return False

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelReplied]:
        reply = {"content": [{"type": "text", "text": "Hi."}], "stop_reason": "end_turn"}
        return PortAnswer(ModelReplied(reply), "live")


async def test_a_models_port_is_warmed_after_the_first_picture(tmp_path: Path) -> None:
    port = Slow()
    flow = Workflow("flow", tools=[], model=port, input="go")
    debugger = begin(tmp_path, flow, model="given")
    assert port.loaded_by == []
    async with Driven(debugger) as d:
        await until(lambda: bool(port.loaded_by))
        assert port.loaded_by == ["warm"]
        await d.press("c")
        assert d.view.snapshot.outcome == "completed"
