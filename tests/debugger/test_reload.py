"""The code of a session is changed on disk and loaded again: what it does, and what is said."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tooltrace
from tooltrace.core.model.errors import BadCommand, BadWorkflow

FLOW = """
from rates import rate
from tooltrace import On, State, Workflow, call, say, tool

@tool(read_only=True)
def price(item: str) -> float:
    "What it costs."
    return rate(item) * 2

def policy(s):
    return say("Done.") if s.result("price") is not None else call("price", item="mug")

flow = Workflow(
    "shop",
    tools=[price],
    states=[State("asking", tools=[price]), State("done", terminal=True)],
    transitions=[On(price, "asking", "done", when="result > 1")],
    policy=policy,
    input="What is a mug?",
)
"""
BROKEN = "def rate(item):\n    return {'cup': 1.5}[item]\n"
MENDED = "def rate(item):\n    return {'mug': 1.5}[item]\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a workflow and a module beside it, in which its tool fails."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "shop.py").write_text(FLOW)
    (tmp_path / "rates.py").write_text(BROKEN)
    yield tmp_path
    for name in ("rates", "shop"):
        sys.modules.pop(name, None)


def begun(folder: Path) -> tooltrace.Debugger:
    made = tooltrace.debug(str(folder / "shop.py"), session=folder / "s.jsonl")
    while not made.calls or made.calls[-1].status != "returned":
        made.step()
    return made


def test_a_failed_call_is_made_again_with_the_module_as_it_is_now(shop: Path) -> None:
    with begun(shop) as d:
        failed = d.calls[-1]
        assert failed.is_error and not d.changed_code
        (shop / "rates.py").write_text(MENDED)  # The same size, and within the same second.
        assert [*d.changed_code] == [*d.view().changed_code] == ["rates.py"]
        said = d.reload().text
        assert said.startswith("loaded rates.py again: the same definition")
        assert not d.changed_code
        d.edit.retry(failed.record)
        assert (d.calls[-1].result, d.calls[-1].is_error) == (3.0, False)
        assert d.go().kind == "finished" and d.state == "done"
        assert not [r for r in d.path if r.event.name == "workflow_changed"]


def test_what_the_definition_says_otherwise_is_a_fact_at_the_next_step(shop: Path) -> None:
    with begun(shop) as d:
        d.back()
        d.back()
        text = FLOW.replace("item: str", 'item: str = "mug"').replace("result > 1", "result > 2")
        text = text.replace('"What is a mug?"', '"How much?"').replace('"What it', '"All it')
        (shop / "shop.py").write_text(text)
        (shop / "rates.py").write_text(MENDED)
        before = len(d.view().tree)
        said = d.reload().text
        assert "loaded rates.py, shop.py again: tools: price takes other arguments" in said
        assert "transitions +1 -1" in said and "new run alone: what is said first" in said
        assert len(d.view().tree) == before, "nothing is written before something goes on"
        d.edit.fork()
        d.go()
        changed = [r for r in d.path if r.event.name == "workflow_changed"]
        assert len(changed) == 1 and d.state == "done"


def test_code_that_cannot_be_loaded_is_named_by_its_line_and_the_old_stays(shop: Path) -> None:
    with begun(shop) as d:
        failed = d.calls[-1].record
        for name, text, words in (
            ("rates.py", "def rate(item)\n", "rates.py:1: SyntaxError"),
            ("rates.py", "\n1 / 0\n", "rates.py:2: ZeroDivisionError"),
            ("shop.py", FLOW.replace('"done", when', '"gone", when'), "shop.py:17"),
            ("shop.py", FLOW.replace('"shop",', '"till",'), "the file defines till now"),
            ("shop.py", FLOW.replace("policy=policy", "policy=None"), "has no scripted policy"),
        ):
            (shop / name).write_text(text)
            with pytest.raises((BadWorkflow, tooltrace.ToolTraceError)) as caught:
                d.reload()
            assert words in str(caught.value) and str(caught.value).isprintable()
            assert [*d.changed_code] == [name], "it is still to be loaded"
            (shop / name).write_text(FLOW if name == "shop.py" else BROKEN)
            assert not d.changed_code
        d.edit.retry(failed)
        assert d.calls[-1].is_error and "KeyError" in str(d.calls[-1].error)
        (shop / "rates.py").write_text(MENDED)
        d.reload()
        d.edit.retry(d.calls[-1].record)
        assert d.calls[-1].result == 3.0


def test_a_state_that_is_gone_is_said(shop: Path) -> None:
    with begun(shop) as d:
        text = FLOW.replace('State("asking"', 'State("begin"').replace('"asking",', '"begin",')
        (shop / "shop.py").write_text(text)
        said = d.reload().text
        assert "states: +begin, -asking" in said
        assert "there is no state asking any more: the run goes on in begin" in said
        (shop / "rates.py").write_text(MENDED)
        d.reload()
        d.edit.retry(d.calls[-1].record)
        d.go()
        assert d.calls[-1].result == 3.0 and d.state == "done"


def test_nothing_is_loaded_while_a_tool_runs(shop: Path) -> None:
    slow = (
        "import threading\nGO = threading.Event()\ndef rate(item):\n    GO.wait(30)\n    return 1\n"
    )
    (shop / "rates.py").write_text(slow)
    with tooltrace.debug(str(shop / "shop.py"), session=shop / "s.jsonl") as d:
        d.step()
        running = d.submit.go()
        late = time.monotonic() + 30
        while not any(call.status == "started" for call in d.calls):
            assert time.monotonic() < late
            time.sleep(0.005)
        with pytest.raises(BadCommand, match="still running"):
            d.reload()
        go: threading.Event = sys.modules["rates"].GO
        go.set()
        assert running.result(30).kind == "finished"
        d.reload()


def test_what_has_no_file_of_its_own_says_so(shop: Path, tmp_path: Path) -> None:
    made = tooltrace.Workflow("free", tools=[], policy=lambda s: tooltrace.say("Hi."), input="Hi.")
    for workflow, why in ((made, "not loaded by its name"), ("refund", "stays as it is")):
        with (
            tooltrace.debug(workflow, session=tmp_path / f"{why[:3]}.jsonl") as d,
            pytest.raises(BadCommand, match=why),
        ):
            d.reload()
    with begun(shop) as d:
        d.go()
    with tooltrace.open(shop / "s.jsonl") as d, pytest.raises(BadCommand, match="--workflow"):
        d.reload()


def test_a_module_that_was_imported_by_its_name_is_found(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(shop))
    import shop as mine  # type: ignore[import-not-found]

    (shop / "rates.py").write_text(BROKEN)
    with tooltrace.debug(mine.flow, session=shop / "s.jsonl") as d:
        d.turn()
        (shop / "rates.py").write_text(MENDED)
        d.reload()
        d.step()
        assert d.calls[-1].result == 3.0
