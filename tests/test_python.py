"""The front door for Python: what a script does without the app, and what it is told."""

from __future__ import annotations

import _thread
import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tooltrace import Debugger, Workflow, call, ports, say, tool
from tooltrace.cli.main import main
from tooltrace.models.scripted import ScriptedModel

slow_began = threading.Event()


@tool(read_only=True)
def slow() -> str:
    """Take long."""
    slow_began.set()
    time.sleep(30)
    return "done"


@tool(read_only=True)
def echo(text: str) -> str:
    """Say it again."""
    return text


def nasty(seen: Any) -> Any:
    if seen.last is None:
        return call("echo", text="<script>alert(1)</script>\x1b[31m\u202e[b]ü[/b]")
    return say("Done.")


NASTY = Workflow("nasty", tools=[echo], policy=nasty, input="Go.")


def test_what_could_not_be_done_is_raised(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "r.jsonl") as d:
        with pytest.raises(tooltrace.BadCommand, match="no record #999"):
            d.edit.result(999, {})
        with pytest.raises(tooltrace.BadCommand, match="nothing is waiting for a yes"):
            d.confirm()
        with pytest.raises(tooltrace.BadExpression):
            d.breakpoints.add(["tool:nosuch"])
        with (
            tooltrace.open(tmp_path / "r.jsonl", "refund") as second,
            pytest.raises(tooltrace.ReadOnly),
        ):
            second.step()
        assert d.step().kind == "step"
    with pytest.raises(tooltrace.BadCommand, match="closed"):
        d.step()
    with pytest.raises(tooltrace.BadSession, match="does not exist"):
        tooltrace.open(tmp_path / "none.jsonl")
    with pytest.raises(tooltrace.BadExpression):
        tooltrace.debug("refund", session=tmp_path / "b.jsonl", breakpoints=["tool:nosuch"])
    with pytest.raises(tooltrace.BadExpression):
        tooltrace.debug("refund", session=tmp_path / "b.jsonl", watches=["context.nosuch +"])
    assert not (tmp_path / "b.jsonl").exists()


def test_a_bad_value_of_another_kind_is_no_other_exception(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "r.jsonl") as d:
        d.turn()
        (waiting,) = d.calls
        assert waiting.ref is not None and waiting.status == "waiting"
        with pytest.raises(tooltrace.ToolTraceError):
            d.edit.answer(waiting.ref, {"a": float("nan")})
        with pytest.raises(tooltrace.BadCommand):
            d.edit.arguments(waiting.ref, [1])


def test_without_a_workflow_nothing_runs_and_the_rest_works(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "r.jsonl") as d:
        d.go()
        calls = d.calls
    with tooltrace.open(tmp_path / "r.jsonl") as d:
        assert d.calls == calls and d.outcome == "completed"
        d.edit.result(calls[0].record, {"error": "gone"})
        assert d.step().kind == "step"
        assert d.step().kind == "no_code"
        assert not d.diff("main", "edit").equal
        with pytest.raises(tooltrace.BadCommand, match="there are: main, edit"):
            d.diff("main", "nosuch")


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    class Counting:
        asked = 0

        def __init__(self) -> None:
            self._inner = ScriptedModel(nasty)

        async def ask(self, request: Any, heard: Any = None) -> Any:
            Counting.asked += 1
            return await self._inner.ask(request)

        def cancel(self) -> bool:
            return False

    model: ports.ModelPort = Counting()
    file = tmp_path / "n.jsonl"
    with tooltrace.debug(NASTY, session=file, model=model) as d:
        assert d.go().kind == "finished" and Counting.asked == 2
    with pytest.raises(tooltrace.BadCommand, match="given by a program"):
        tooltrace.open(file, NASTY)
    with tooltrace.open(file, NASTY, model=model) as d:
        d.edit.said(2, "Again.")
        assert d.go().kind == "finished" and Counting.asked == 4


def test_a_session_of_such_a_model_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "r.jsonl"
    with tooltrace.debug("refund", session=file, model=ScriptedModel(nasty)) as d:
        d.step()
    with pytest.raises(SystemExit) as ended:
        main(["resample", str(file), "--workflow", "refund"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "given by a program" in said


def test_what_is_shown_of_untrusted_text(tmp_path: Path) -> None:
    with tooltrace.debug(NASTY, session=tmp_path / "n.jsonl") as d:
        d.go()
        shown = f"{d!r} {d.calls!r} {d.go()!r}"
        assert "\x1b" not in shown and "\u202e" not in shown and "ü" in shown
        page = d._repr_html_()
        assert "<script" not in page and "\x1b" not in page and "&lt;script&gt;" in page
        assert page.count("<tr>") == 2


def test_what_was_read_stays_as_it_was(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "r.jsonl") as d:
        asked = d.request
        assert asked is None
        d.step()
        before, messages = d.calls, d.messages
        d.context["order"] = "changed"  # type: ignore[index]
        assert d.context["order"] is None
        d.go()
        assert not before and len(messages) == 1 and len(d.messages) > 1
        assert d.calls[0].tool == "fetch_order"
        assert d.request is not None and d.request["messages"] == d.messages


def test_watches_are_given_beside_breakpoints(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with tooltrace.debug("refund", session=path, watches="context.eligible") as d:
        d.go()
        assert [(one.expression, one.text) for one in d.watches.values()] == [
            ("context.eligible", "true")
        ]
    with tooltrace.open(path, watches=["state", "context.eligible"]) as d:
        assert [one.expression for one in d.watches.values()] == ["state", "context.eligible"]


def test_a_word_that_means_nothing_is_refused(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=tmp_path / "r.jsonl", breakpoints="error") as d:
        assert len(list(d.breakpoints)) == 1
        d.breakpoints.set("tool:process_credit")
        assert d.go().kind == "breakpoint"
        branches = d.branches
        meaningless: list[tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]] = [
            (d.replay.start, (True, "live_tools"), {}),
            (d.back, ("nosuch",), {}),
            (d.go, (), {"allow": ["process_credt"]}),
            (d.switch, ("edits",), {}),
            (d.edit.arguments, (5, {}), {}),
            (d.edit.answer, ("x", {}), {}),
            (d.faults.rehearse, ({},), {}),
            (d.edit.fork, (), {"allow": ["no such call"]}),
        ]
        for verb, args, named in meaningless:
            with pytest.raises(tooltrace.ToolTraceError) as refused:
                verb(*args, **named)
            assert "a fault in tooltrace" not in str(refused.value)
        assert d.branches == branches
        assert d.go(allow="process_credit").kind == "finished"
        d.edit.result(d.calls[0].record, {})
        assert d.switch("main").kind == "step" and d.outcome == "completed"
        assert "first at #" in repr(d.diff("main", "edit"))
        d.save_as(str(tmp_path / "copy.jsonl"))
        assert (tmp_path / "copy.jsonl").exists()
    with pytest.raises(tooltrace.BadWorkflow):
        tooltrace.debug(3)  # type: ignore[arg-type]


def test_inside_a_running_loop(tmp_path: Path) -> None:
    async def cell() -> str | None:
        with tooltrace.debug("loan", session=tmp_path / "l.jsonl") as d:
            d.turn()
            stop = await asyncio.wrap_future(d.submit.go())
            assert stop.kind == "finished"
            return d.outcome

    assert asyncio.run(cell()) == "completed"


def test_ctrl_c_gives_up_what_runs_and_the_debugger_is_there_still(tmp_path: Path) -> None:
    flow = Workflow("slow", tools=[slow], policy=lambda seen: call("slow"), input="Go.")
    slow_began.clear()

    def interrupt() -> None:
        slow_began.wait(10)
        _thread.interrupt_main()

    with tooltrace.debug(flow, session=tmp_path / "s.jsonl") as d:
        d.turn()
        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            d.step()
        until = time.monotonic() + 10
        while d.view().running and time.monotonic() < until:
            time.sleep(0.01)
        (given_up,) = d.calls
        assert given_up.is_error and given_up.status == "returned"


def test_one_command_at_a_time(tmp_path: Path) -> None:
    flow = Workflow("slow", tools=[slow], policy=lambda seen: call("slow"), input="Go.")
    slow_began.clear()
    with tooltrace.debug(flow, session=tmp_path / "s.jsonl") as d:
        d.turn()
        running = d.submit.step()
        assert slow_began.wait(10)
        with pytest.raises(tooltrace.BadCommand, match="still running"):
            d.edit.say("x")
        d.cancel()
        assert running.result(10).kind in ("step", "paused")
    assert isinstance(d, Debugger)


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "b.jsonl")
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "a.jsonl")
    for workflow in (None, "refund"):
        with pytest.raises(tooltrace.BadSession, match="symbolic links"):
            tooltrace.open(tmp_path / "a.jsonl", workflow)
