"""Tools may change the folder that the process is in; a session stays where it was begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import environment, spawn
from tests.terminal.pty_app import PtyApp

FLOW = '''
import os
from pathlib import Path
from tooltrace import FolderWorld, On, State, ToolContext, Workflow, call, say, tool

def notes(folder: Path) -> FolderWorld:
    (folder / "notes").mkdir(exist_ok=True)
    return FolderWorld(folder / "notes")

@tool(open_world=False)
def put(text: str, ctx: ToolContext) -> str:
    """Write something down."""
    os.chdir(Path(__file__).parent / "elsewhere")
    (ctx.world.path / text).write_text(text)
    return text * 9_000_000 if text == "ab" else text

def policy(seen):
    made = len(seen.results("put", 2))
    return say("done") if made > 1 else call("put", text=("ab", "cd")[made])

flow = Workflow(
    "wandering", tools=[put], policy=policy, input="go", world=notes,
    states=[State("one", tools=["put"]), State("two", tools=["put"]), State("end", terminal=True)],
    transitions=[On("put", "one", "two"), On("put", "two", "end")],
)
'''


@pytest.fixture
def flow(here: Path) -> str:
    (here / "flow.py").write_text(FLOW)
    (here / "elsewhere").mkdir()
    return "flow.py:flow"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"__pycache__"}


@pytest.mark.long
def test_the_session_its_world_and_payloads_stay_where_they_were_begun(
    here: Path, flow: str
) -> None:
    (here / "sessions").mkdir()
    for arguments in (("--session", "a.jsonl"), ("--session", "b.jsonl"), ()):
        said = spawn("run", flow, "--headless", *arguments, cwd=here)
        assert (said.code, said.err) == (0, "")
        assert (arguments or ("", "sessions/wandering-0001.jsonl"))[1] in said.out
    assert names(here / "elsewhere") == set()
    whole = {f"{name}{end}" for name in "ab" for end in (".jsonl", ".jsonl.blobs", ".world")}
    assert names(here) == whole | {"flow.py", "elsewhere", "sessions"}
    assert len(names(here / "sessions")) == 3
    assert names(here / "a.world" / "notes") == {"ab", "cd"}
    for jobs in ("1", "2"):
        live = ("--workflow", flow, "--tools", "live", "--jobs", jobs)
        said = spawn("check", "a.jsonl", "b.jsonl", *live, cwd=here)
        assert (said.code, said.err) == (0, "")
        assert "ok   a.jsonl" in said.out and "ok   b.jsonl" in said.out


AT_IMPORT = """
import os
from pathlib import Path
from tooltrace import Workflow, call, say, tool

os.chdir(Path(__file__).parent / "elsewhere")

@tool(read_only=True)
def look() -> str:
    "Look."
    return "here"

flow = Workflow("moved", tools=[look], input="go", policy=lambda seen:
    say("done") if seen.last else call("look"))
"""


@pytest.fixture
def moved(here: Path) -> str:
    (here / "flow.py").write_text(AT_IMPORT)
    (here / "elsewhere").mkdir()
    (here / "sessions").mkdir()
    return "flow.py"


@pytest.mark.parametrize("sessions", ["", "kept"])
def test_paths_begin_where_the_command_was_given_whatever_the_file_does_when_loaded(
    here: Path, moved: str, sessions: str
) -> None:
    env = environment(here, TOOLTRACE_SESSIONS=sessions)
    for arguments in (("--session", "a.jsonl"), ()):
        said = spawn("run", moved, "--headless", *arguments, cwd=here, env=env)
        assert (said.code, said.err) == (0, "")
    assert names(here / (sessions or "sessions")) == {"moved-0001.jsonl"}
    assert "a.jsonl" in names(here)
    for command in ("check", "coverage"):
        said = spawn(command, "a.jsonl", "--workflow", moved, cwd=here, env=env)
        assert (said.code, said.err) == (0, ""), command
    said = spawn("resample", "a.jsonl@2", "--workflow", moved, "--k", 1, cwd=here, env=env)
    assert (said.code, said.err) == (0, "")
    assert names(here / "elsewhere") == set()


def test_the_app_finds_the_session_and_writes_a_scenario_where_it_was_said(
    here: Path, moved: str
) -> None:
    size = (120, 36)
    with PtyApp("run", moved, "--session", "a.jsonl", cwd=here, size=size) as app:
        app.wait("step 1 ")
        app.press("n")
        app.wait("step 2 ")
        app.press("x")
        app.wait("timeout")
        app.press("enter")
        app.wait("injected")
        app.press("X")
        app.wait("Write a scenario file")
        app.press("enter")
        app.wait("--headless --scenario")
        app.press("q")
        app.ended(0)
    assert names(here / "elsewhere") == set()
    assert {"a.jsonl", "fault-timeout.json"} <= names(here)
    with PtyApp("open", "a.jsonl", "--workflow", moved, cwd=here, size=size) as app:
        app.wait("injected")
        app.press("q")
        app.ended(0)
