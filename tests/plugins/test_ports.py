"""Model and tool ports of other packages, and those that a workflow brings along, in whole runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.cli.calling import assert_refused, call, environment, spawn
from tests.events import event_of
from tests.plugins.installed import install, installed
from tooltrace import BadWorkflow, Workflow, say
from tooltrace import call as make_call
from tooltrace.core.model.errors import BadCommand, BadPlugin, BadPort, ToolTraceError
from tooltrace.core.model.events import CallRef, ModelReplied, RunStarted, Settings, ToolReturned
from tooltrace.core.model.ports import PortAnswer, ToolCall
from tooltrace.models.foreign import ForeignModel
from tooltrace.models.registry import check_model, model_port
from tooltrace.tools.functions.function_port import FunctionPort
from tooltrace.tools.registry import tool_port

MODEL = """
from tooltrace.models.scripted import ScriptedModel
from tooltrace import call, say

class Toy:
    def __init__(self, settings):
        self.settings = settings
        self.inner = ScriptedModel(lambda seen: call("look") if seen.last is None
                                   else say(f"{settings.model} saw {seen.last.content}"))

    async def ask(self, request, heard=None):
        return await self.inner.ask(request, heard)

    def cancel(self):
        return False

def fails(settings):
    raise ValueError("no key\\x1b[2J")

def wrong(settings):
    return 5
"""

TOOLS = '''
from pathlib import Path

class Loud:
    """Notes each call, and lets the functions make it."""

    def __init__(self, functions):
        self.functions = functions

    async def call(self, call, beside=None):
        Path("calls.txt").open("a").write(call.tool + "\\n")
        return await self.functions.call(call, beside)

    def cancel(self, ref):
        return self.functions.cancel(ref)

    def close(self):
        Path("calls.txt").open("a").write("closed\\n")
'''

FLOW = '''
from tooltrace import Workflow, call, say, tool

@tool(read_only=True)
def look() -> str:
    """Look."""
    return "a mug"

{more}
'''
BARE = 'flow = Workflow("flow", tools=[look], input="Look.")'
LOUD = (
    'flow = Workflow("flow", tools=[look], input="Look.", tool_port="plugin:loud",\n'
    '                policy=lambda seen: call("look") if seen.last is None else say("Done."))'
)
OWN = (
    "from toymodel import Toy\nfrom tooltrace.core.model.events import Settings\n"
    'flow = Workflow("flow", tools=[look], input="Look.", model=Toy(Settings("mine")))'
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with both packages in it, as pip leaves them."""
    install(
        tmp_path / "site",
        "toymodel",
        MODEL,
        models="toy = toymodel:Toy\nfails = toymodel:fails\nwrong = toymodel:wrong",
    )
    return install(tmp_path / "site", "toytools", TOOLS, tools="loud = toytools:Loud")


def run(folder: Path, site: Path, more: str, *arguments: str) -> Any:
    (folder / "flow.py").write_text(FLOW.replace("{more}", more), encoding="utf-8")
    command = ("run", "flow.py", "--headless", "--json", "--session", "s.jsonl", *arguments)
    env = environment(folder, PYTHONPATH=str(site))
    return spawn(*command, cwd=folder, env=env, fresh=True)


def test_a_package_adds_a_model(tmp_path: Path, site: Path) -> None:
    said = run(tmp_path, site, BARE, "--model", "plugin:toy/large")
    assert said.code == 0, said
    assert "plugin:toy/large saw a mug" in said.out
    assert "plugin:toy/large" in (tmp_path / "s.jsonl").read_text()


def test_a_package_adds_a_tool_port(tmp_path: Path, site: Path) -> None:
    said = run(tmp_path, site, LOUD)
    assert said.code == 0, said
    assert (tmp_path / "calls.txt").read_text() == "look\nclosed\n"
    assert "a mug" in (tmp_path / "s.jsonl").read_text()


def test_a_workflow_brings_its_model_along(tmp_path: Path, site: Path) -> None:
    said = run(tmp_path, site, OWN)
    assert said.code == 0, said
    assert "mine saw a mug" in said.out
    assert '"model":"given"' in (tmp_path / "s.jsonl").read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plugin:nobody", ["adds 'nobody' to tooltrace.models", "there are: fails, toy, wrong"]),
        ("plugin:", ["(empty)"]),
        ("plugin:fails", ["fails of tooltrace.models", "ValueError: no key\\u{1b}[2J"]),
        ("plugin:wrong", ["made int", "ask(request, heard)"]),
        ("given", ["Workflow(model=…)"]),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line(
    tmp_path: Path, site: Path, name: str, words: list[str]
) -> None:
    assert_refused(run(tmp_path, site, BARE, "--model", name), *words)
    assert not (tmp_path / "s.jsonl").exists()


def test_a_budget_in_dollars_needs_a_known_price(tmp_path: Path, site: Path) -> None:
    said = run(tmp_path, site, BARE, "--model", "plugin:toy", "--max-cost", "1")
    assert_refused(said, "no price is known for plugin:toy", "--max-tokens")
    said = run(tmp_path, site, OWN, "--max-cost", "1")
    assert_refused(said, "no price is known for given")
    priced = ("--model", "plugin:toy", "--max-cost", "1", "--priced-as", "claude-sonnet-4-5")
    assert run(tmp_path, site, BARE, *priced).code == 0
    assert '"cost":' in (tmp_path / "s.jsonl").read_text()


def test_nothing_of_a_package_is_imported_before_it_is_needed(tmp_path: Path, site: Path) -> None:
    workflow = Workflow("flow", tools=[], policy=lambda seen: say("Done."))
    sys.path.insert(0, str(site))
    try:
        check_model(workflow, Settings("plugin:toy"))
        assert "toymodel" not in sys.modules
        port, again = model_port(workflow, Settings("plugin:toy"))
        assert isinstance(port, ForeignModel) and type(port.port).__name__ == "Toy"
        assert again is None
    finally:
        sys.path.remove(str(site))
        sys.modules.pop("toymodel", None)


def test_scripted_runs_ask_no_package(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken = "raise AssertionError('imported')"
    with installed(
        tmp_path / "site", "toybad", broken, models="x = toybad:x", tools="x = toybad:x"
    ):
        made = ("run", "refund", "--headless", "--session", str(tmp_path / "s.jsonl"))
        assert call(capsys, *made).code == 0


def test_a_run_of_ours_does_not_even_load_what_would_look_them_up(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom tooltrace.cli import main\n"
        "try: main(['run', 'refund', '--headless', '--session', 's.jsonl'])\n"
        "except SystemExit as done: assert not done.code\n"
        "assert not {'importlib.metadata', 'tooltrace.formats'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


# -- from Python ----------------------------------------------------------------------------


def look() -> str:
    """Look."""
    return "a mug"


def policy(seen: tooltrace.Seen) -> tooltrace.Move:
    return make_call("look") if seen.last is None else say("Done.")


class Raising:
    """A port with a fault of its own, whatever it is asked."""

    def __init__(self, functions: Any = None) -> None: ...

    async def ask(self, request: Any, heard: Any = None) -> Any:
        raise RuntimeError("boom in it")

    call = ask

    def cancel(self, ref: Any = None) -> bool:
        return False


@pytest.mark.parametrize("ports", [{"model": Raising()}, {"tool_port": Raising, "policy": policy}])
def test_a_port_that_raises_is_named_with_its_line(tmp_path: Path, ports: Any) -> None:
    workflow = Workflow("flow", tools=[look], input="Look.", **ports)
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as debugger:
        with pytest.raises(ToolTraceError, match=r"test_ports\.py:\d+: RuntimeError: boom in it"):
            debugger.go()
        assert debugger.path


class Bare:
    """A port that takes less than it is given."""

    def __init__(self, functions: Any = None) -> None: ...

    async def ask(self, request: Any) -> Any: ...

    call = ask

    def cancel(self, ref: Any = None) -> bool:
        return False


@pytest.mark.parametrize("kind", ["model", "tool"])
def test_a_port_that_takes_less_than_it_is_given_is_named_before_anything_runs(
    tmp_path: Path, kind: str
) -> None:
    ports: Any = {"model": Bare()} if kind == "model" else {"tool_port": Bare, "policy": policy}
    workflow = Workflow("flow", tools=[look], input="Look.", **ports)
    takes = "ask(request, heard)" if kind == "model" else "call(call, beside)"
    with pytest.raises(BadPort) as caught:
        tooltrace.debug(workflow, session=tmp_path / "s.jsonl")
    assert str(caught.value).startswith(f"the {kind} port Bare has to take {takes}: ")
    assert list(tmp_path.iterdir()) == []


class Answering(Raising):
    """A port that answers with whatever it is told to."""

    answer: Any = None

    async def ask(self, request: Any, heard: Any = None) -> Any:
        return self.answer

    call = ask


def _nobodys(ref: CallRef) -> PortAnswer[ToolReturned]:
    return PortAnswer(ToolReturned(ref, "a mug"), "live")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"content": "a mug"}, "with dict; it has to answer with a PortAnswer of"),
        (None, "with NoneType"),
        (PortAnswer("a mug", "live"), "a PortAnswer of str"),  # type: ignore[type-var]
        (PortAnswer(ModelReplied({}), "mine"), "with the source 'mine'; there are: "),  # type: ignore[arg-type]
        (_nobodys(CallRef(99, 0)), "answered another call"),
    ],
)
@pytest.mark.parametrize("kind", ["model", "tool"])
def test_what_is_no_answer_names_the_port_and_the_run_stands(
    tmp_path: Path, kind: str, answer: Any, words: str
) -> None:
    if kind == "tool" and words.startswith("with the source"):
        answer = PortAnswer(ToolReturned(CallRef(1, 0), ""), "mine")  # type: ignore[arg-type]
    if kind == "model" and words == "answered another call":
        words = "a PortAnswer of ToolReturned"

    class Answers(Answering): ...

    Answers.answer = answer
    ports: Any = {"model": Answers()} if kind == "model" else {"tool_port": Answers}
    if kind == "tool":
        ports["policy"] = policy
    workflow = Workflow("flow", tools=[look], input="Look.", **ports)
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as debugger:
        with pytest.raises(BadPort) as caught:
            debugger.go()
        line = str(caught.value)
        assert line.startswith(f"the {kind} port ") and "Answers answered " in line
        assert words in line and "\n" not in line and "fault in tooltrace" not in line
        stood = [record.id for record in debugger.path]
        assert debugger.outcome is None
    with tooltrace.open(tmp_path / "s.jsonl") as debugger:
        assert [record.id for record in debugger.path] == stood


class Sync(Raising):
    def ask(self, request: Any, heard: Any = None) -> Any:
        return None

    call = ask


@pytest.mark.parametrize("ports", [{"model": Sync()}, {"tool_port": Sync, "policy": policy}])
def test_a_port_that_nobody_can_wait_for_is_named(tmp_path: Path, ports: Any) -> None:
    workflow = Workflow("flow", tools=[look], input="Look.", **ports)
    with (
        tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as debugger,
        pytest.raises(BadPort, match=r"port Sync answered at once: .* has to be async def"),
    ):
        debugger.go()


class Wrapping:
    """Answers as the functions do, in another tone."""

    closed = 0

    def __init__(self, functions: Any) -> None:
        self.functions = functions

    async def call(self, made: ToolCall, beside: Any = None) -> Any:
        return await self.functions.call(made, beside)

    def cancel(self, ref: CallRef) -> bool:
        return bool(self.functions.cancel(ref))

    def close(self) -> None:
        type(self).closed += 1


def wrapped(functions: Any) -> Wrapping:
    return Wrapping(functions)


@pytest.mark.parametrize("chosen", [Wrapping, wrapped])
def test_a_port_is_made_of_that_of_the_functions(tmp_path: Path, chosen: Any) -> None:
    workflow = Workflow("flow", tools=[look], input="Look.", policy=policy, tool_port=chosen)
    before = Wrapping.closed
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as debugger:
        debugger.go()
        assert [each.result for each in debugger.calls] == ["a mug"]
    assert Wrapping.closed > before


def test_a_port_that_was_there_before_stays_open(tmp_path: Path) -> None:
    functions = FunctionPort({"look": Workflow("x", tools=[look]).tools["look"]})
    port = Wrapping(functions)
    before = Wrapping.closed
    workflow = Workflow("flow", tools=[look], input="Look.", policy=policy, tool_port=port)
    for name in ("a.jsonl", "b.jsonl"):
        with tooltrace.debug(workflow, session=tmp_path / name) as debugger:
            debugger.go()
            assert [each.result for each in debugger.calls] == ["a mug"]
    functions.close()
    assert Wrapping.closed == before
    with pytest.raises(BadCommand, match="cannot act on a copy"):
        tool_port(port, lambda: functions, copied=True)


def test_a_workflows_own_model_answers_where_nobody_is_named(tmp_path: Path) -> None:
    from tooltrace.models.scripted import ScriptedModel

    model = ScriptedModel(policy)
    workflow = Workflow("flow", tools=[look], input="Look.", model=model)
    with tooltrace.debug(workflow, session=tmp_path / "s.jsonl") as debugger:
        debugger.go()
        assert debugger.outcome == "completed"
    with tooltrace.open(tmp_path / "s.jsonl", workflow) as debugger:
        assert debugger.outcome == "completed"
    bare = Workflow("flow", tools=[look], input="Look.")
    with pytest.raises(BadCommand, match="given by a program"):
        tooltrace.open(tmp_path / "s.jsonl", bare)
    with tooltrace.open(tmp_path / "s.jsonl") as debugger:
        assert debugger.view().read_only is None
    both = Workflow("flow", tools=[look], input="Look.", model=model, policy=policy)
    with tooltrace.debug(both, session=tmp_path / "t.jsonl") as debugger:
        assert event_of(debugger.path[0], RunStarted).settings.model == "scripted"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"model": 5}, "model is int 5; write a model port"),
        ({"model": Wrapping}, "model is the class Wrapping"),
        ({"model": "claude-opus-4-8"}, "model is str"),
        ({"tool_port": 5}, "tool_port is int 5; write a tool port"),
        ({"tool_port": "loud"}, "tool_port is str 'loud'; write a tool port, a function"),
    ],
)
def test_what_is_no_port_is_refused_where_it_is_written(given: Any, words: str) -> None:
    with pytest.raises(BadWorkflow, match=words) as caught:
        Workflow("flow", tools=[look], **given)
    assert Path(__file__).name in str(caught.value)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (lambda functions: 5, "made int"),
        (lambda functions: functions.nothing, "failed: AttributeError"),
        ("plugin:nobody", "adds 'nobody' to tooltrace.tools"),
    ],
)
def test_what_makes_no_port_is_refused(tmp_path: Path, chosen: Any, words: str) -> None:
    workflow = Workflow("flow", tools=[look], input="Look.", policy=policy, tool_port=chosen)
    with pytest.raises(BadPlugin, match=words):
        tooltrace.debug(workflow, session=tmp_path / "s.jsonl")
    assert list(tmp_path.iterdir()) == []
