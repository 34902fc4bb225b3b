"""What holds for each workflow that comes along."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import tooltrace.workflows
from tests.workflows.drive import Start
from tooltrace import load, shipped
from tooltrace.core.decide.next_action import model_called, request_at
from tooltrace.core.fold.fold import fold
from tooltrace.core.model.events import ModelReplied
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.models.scripted import ScriptedModel

NAMES = [name for name, _ in shipped()]
FOLDER = Path(tooltrace.workflows.__file__).parent


def test_the_list_is_what_is_there() -> None:
    assert sorted(NAMES) == sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__"
    )
    assert shipped() == [(name, load(name).spec.description) for name in NAMES]


def test_listing_loads_none_of_them() -> None:
    code = (
        "import sys, tooltrace; tooltrace.shipped();"
        "print([m for m in sys.modules if m.startswith('tooltrace.workflows')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_user_could_have_written_it(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text())
    roots = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.ImportFrom):
            assert part.module is not None
            roots.add(part.module)
        elif isinstance(part, ast.Import):
            roots.update(alias.name for alias in part.names)
    assert {root for root in roots if root.split(".")[0] not in sys.stdlib_module_names} == {
        "tooltrace"
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_real_model_is_told_what_it_needs(name: str) -> None:
    spec = load(name).spec
    assert spec.system and spec.input and spec.description
    for tool in spec.tools:
        assert tool.description
        assert all(field.get("description") for field in tool.schema["properties"].values())
        assert "ctx" not in tool.schema["properties"]
    assert all(state.hint for state in spec.states if not state.terminal and state.tools)


@pytest.mark.parametrize("name", NAMES)
async def test_the_same_request_gets_the_same_reply_at_every_turn(start: Start, name: str) -> None:
    run = start(name)
    await run.say()
    asked = 0
    snapshot: Snapshot | None = None
    for record in run.path.records:
        before, snapshot = snapshot, fold(snapshot, record)
        if not isinstance(record.event, ModelReplied):
            continue
        asked += 1
        assert before is not None and run.workflow.policy is not None
        # A model that never saw the run, and one that is asked twice, say what was said.
        fresh = ScriptedModel(run.workflow.policy)
        for _ in range(2):
            answer = (await fresh.ask(request_at(before))).event
            assert isinstance(answer, ModelReplied)
            assert answer.reply == record.event.reply
    assert asked == run.snapshot.turn > 3


@pytest.mark.parametrize("name", NAMES)
async def test_every_result_saves_what_the_context_declares(start: Start, name: str) -> None:
    run = start(name)
    await run.say()
    for key, value in run.snapshot.context.items():
        assert run.workflow.check_context(key, value) is None
    assert run.snapshot.problems == ()


@pytest.mark.parametrize("name", NAMES)
async def test_a_world_is_opened_again_as_it_was_left(start: Start, name: str) -> None:
    run = start(name)
    await run.say()
    left = run.world.digest()
    assert start(name).world.digest() == left
    assert start(name, folder="another").world.digest() != left


@pytest.mark.parametrize("name", NAMES)
def test_worlds_begin_equal(name: str, tmp_path: Path) -> None:
    make = load(name).world
    assert make is not None
    digests = set()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        digests.add(make(tmp_path / folder).digest())
    assert len(digests) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_a_word_after_the_end_gets_an_answer(start: Start, name: str) -> None:
    run = start(name)
    await run.say()
    calls, said = len(run.calls), run.said
    waiting = await run.say("Thank you.")
    assert len(run.calls) == calls
    assert run.said == said
    assert waiting.why == "finished"
    assert model_called(run.snapshot).digest


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_comes_back_from_a_file_as_it_was(name: str) -> None:
    spec = load(name).spec
    text = dumps(msgspec.to_builtins(spec))
    assert msgspec.convert(loads(text), type(spec)) == spec
