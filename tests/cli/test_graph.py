"""``graph``: a workflow or a session drawn as text, SVG and Mermaid; of a session nothing runs."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given as holds
from hypothesis import strategies as st

from tests.cli.calling import assert_refused, call
from tests.tui.view.build import HOSTILE
from tests.tui.view.graph_reading import machines, marked
from tooltrace.cli.graph.mermaid import in_mermaid
from tooltrace.cli.graph.svg import in_svg
from tooltrace.core.graph.machine import Machine, machine_of
from tooltrace.core.model.workflow import StateSpec, Transition, WorkflowSpec
from tooltrace.tui.rows.workflow.state_labels import StateMarks

SESSIONS = Path(__file__).parents[2] / "sessions"
SVG = "{http://www.w3.org/2000/svg}"

_TEXT = r'"(?:[^\W_]|[ _.,=+\-/×·]|#\d+;)+"'
_MERMAID = re.compile(
    "flowchart TD"
    rf"|    s\d+(?:\[{_TEXT}\]|\(\[{_TEXT}\]\)|\{{\{{{_TEXT}\}}\}})"
    rf"|    s\d+ (?:-->|-\.->)\|{_TEXT}\| s\d+"
    r"|    classDef [a-z]+ (?:[a-z-]+:[#\w ]+,?)+"
    r"|    class s\d+ [a-z]+"
    r"|    linkStyle \d+(?:,\d+)* (?:[a-z-]+:[#\w]+,?)+"
)


def read_mermaid(lines: list[str]) -> list[tuple[int, int]]:
    """The edges of a flowchart, of which every line keeps to the grammar."""
    found = []
    for line in lines:
        assert _MERMAID.fullmatch(line), line
        edge = re.fullmatch(r"    s(\d+) [-.>]+\|.*\| s(\d+)", line)
        if edge:
            found.append((int(edge[1]), int(edge[2])))
    return found


@holds(st.data(), machines())
def test_mermaid_and_svg_have_every_edge_once(data: st.DataObject, machine: Machine) -> None:
    marks = data.draw(marked(machine))
    ways = sorted((machine.place[e.source], machine.place[e.target]) for e in machine.edges)
    assert sorted(read_mermaid(list(in_mermaid(machine, marks)))) == ways
    root = ET.fromstring("".join(in_svg(machine, marks, "any")))
    told = [group.findtext(f"{SVG}title") for group in root.findall(f"{SVG}g")]
    wanted = [f"{e.source} → {e.target}: {e.label}" for e in machine.edges]
    assert sorted(map(str, told)) == sorted(wanted)


_hostile = st.text(max_size=40) | st.sampled_from(
    [
        HOSTILE,
        '"]\n    click s0 "javascript:x"',
        "</text><script>x</script>",
        "]]>&#0;",
        "%%{init}%%",
    ]
)


@holds(_hostile, _hostile, _hostile)
def test_no_name_breaks_out_of_svg_or_mermaid(one: str, other: str, guard: str) -> None:
    names = (f"a{one}", f"b{other}")
    spec = WorkflowSpec(
        f"w{other}",
        states=(StateSpec(names[0]), StateSpec(names[1], terminal=True)),
        rows=(Transition((other,), *names, guard), Transition((one,), names[1], names[0])),
    )
    machine = machine_of(spec)
    marks = StateMarks(now=names[1], visits={names[0]: 2}, never=True)
    assert len(read_mermaid(list(in_mermaid(machine, marks)))) == 2
    root = ET.fromstring("".join(in_svg(machine, marks, spec.name)))
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "style", "rect", "g", "path", "text"}
    for element in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)


def test_a_workflow_by_its_name_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    said = call(capsys, "graph", "release")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "○ gathering" and lines[-1].startswith("◇ blocked (failure) ←─")
    assert "│  ╭ read_changelog" in lines[1]
    assert "\x1b" not in said.out and all(line == line.rstrip() for line in lines)


def test_the_path_of_a_session_is_marked_and_its_code_is_not_loaded(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = call(capsys, "graph", SESSIONS / "demo-backfill.jsonl")
    assert said.code == 0
    assert re.search(r"^├─ remaining > 0 ×5 ─", said.out, re.MULTILINE)
    assert "■ done (end)" in said.out
    script = (
        "import sys; from tooltrace.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: assert not [m for m in sys.modules if m.startswith('tooltrace.workflows')]"
    )
    arguments = ["graph", str(SESSIONS / "demo-loan.jsonl")]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=here, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_file_is_written_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    args = ("graph", SESSIONS / "demo-loan.jsonl", "--to", "svg", "-o", here / "loan.svg")
    assert "loan as svg" in call(capsys, *args).out
    ET.parse(here / "loan.svg")
    assert_refused(call(capsys, *args), "is there already")
    assert call(capsys, *args, "--force").code == 0


def test_what_cannot_be_drawn_is_said_in_a_line(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(call(capsys, "graph", "nothing_like_it"), "nothing_like_it")
    assert_refused(call(capsys, "graph", here / "none.jsonl"), "does not exist")
    free = "from tooltrace import Workflow\nfree = Workflow('free', tools=[])\n"
    (here / "free.py").write_text(free)
    assert_refused(call(capsys, "graph", f"{here / 'free.py'}:free"), "no states to draw")
