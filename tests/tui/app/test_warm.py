"""What a model needs is loaded once the first picture is there, and not by the screen's thread."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.tui.app.driven import Driven, begin, until
from tooltrace import Workflow
from tooltrace.core.model.events import ModelReplied, Settings
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import OnDelta, PortAnswer
from tooltrace.models.chosen import ChosenModel


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


async def test_a_model_that_is_chosen_later_is_warmed_when_it_is() -> None:
    first, other = Slow(), Slow()
    chosen = ChosenModel(Settings(model="first"), first, lambda settings: other)
    chosen.choose(Settings(model="unasked"))
    assert other.loaded_by == [], "where nobody warms, the first request loads what it needs"
    chosen.warm()
    assert len(first.loaded_by) == 1
    later = Slow()
    again = chosen.renewed(Settings(model="first"), first, lambda settings: later)
    again.choose(Settings(model="other"))
    await until(lambda: bool(later.loaded_by))
    assert later.loaded_by == ["warm"]


async def test_the_model_of_a_fork_is_loaded_before_it_is_asked(tmp_path: Path) -> None:
    made: list[Slow] = []

    def make(settings: Settings) -> Slow:
        made.append(Slow())
        return made[-1]

    debugger = begin(tmp_path, Workflow("flow", tools=[], model=Slow(), input="go"), model="given")
    port = debugger._parts.ports.model
    assert isinstance(port, ChosenModel)
    port._make = make
    async with Driven(debugger) as d:
        await until(lambda: port._warmed)
        d.debugger.edit.model("claude-opus-5-5", "http://127.0.0.1:9")
        await until(lambda: bool(made and made[0].loaded_by))
        assert made[0].loaded_by == ["warm"]
