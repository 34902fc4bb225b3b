"""The test that ``export --to pytest`` writes: it holds what was named, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call
from tests.formats.branches import RECORDINGS, branches_of, made, turn
from tests.formats.test_html import ATTACKS
from tests.formats.test_markdown import everywhere
from tests.pytest_plugin.runs import change, run_pytest, workplace
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExport
from tooltrace.formats import BranchData
from tooltrace.formats.registry import export, exporter


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return workplace(tmp_path)


def write(place: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    out = place / "test_post.py"
    session = place / "sessions" / "post.jsonl"
    said = call(capsys, "export", session, "--to", "pytest", "-o", out, "--force", *options)
    assert (said.code, said.err) == (0, "")
    return out.read_text(encoding="utf-8")


def test_it_is_what_a_person_would_write(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write(place, capsys) == (
        "from pathlib import Path\n"
        "\n"
        "import tooltrace\n"
        "\n"
        'SESSION = Path(__file__).parent / "sessions/post.jsonl"\n'
        "\n"
        "\n"
        "def test_post_main() -> None:\n"
        '    run = tooltrace.replay(SESSION, "flow.py:post", branch="main", tools="live")\n'
        '    assert [call.tool for call in run.calls] == ["weigh"], run.text\n'
        "    assert [call.arguments for call in run.calls] == [\n"
        '        {"item": "mug"},\n'
        "    ], run.text\n"
        "    assert [call.result for call in run.calls] == [\n"
        '        {"grams": 400},\n'
        "    ], run.text\n"
        '    assert list(run.states) == ["start", "letter"], run.text\n'
        '    assert run.outcome == "completed", run.text\n'
    )
    before = (place / "sessions" / "post.jsonl").read_bytes()
    assert run_pytest(place).counts() == {"passed": 1}
    assert (place / "sessions" / "post.jsonl").read_bytes() == before


TOOL = ('{"grams": 400}', '{"grams": 401}')
GUARD = ("< 500", "< 300")
WORDS = ('"""Weigh an item."""', '"""Weigh an item on the scales."""')


@pytest.mark.long
@pytest.mark.parametrize(
    ("named", "changed", "passes"),
    [
        ("order,arguments,results,transitions,outcome", TOOL, False),
        ("order,arguments,transitions,outcome", TOOL, True),
        ("transitions", GUARD, False),
        ("order,arguments,results", GUARD, True),
        ("results", TOOL, False),
        ("outcome", WORDS, True),
        ("order,arguments,results,transitions,outcome", WORDS, True),
    ],
)
def test_it_fails_when_what_was_named_changes(
    place: Path,
    named: str,
    changed: tuple[str, str],
    passes: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = write(place, capsys, "--assert", named)
    assert text.count("    assert ") == len(named.split(","))
    change(place, *changed)
    ran = run_pytest(place)
    assert ran.counts() == ({"passed": 1} if passes else {"failed": 1}), ran.out
    assert passes or "divergence at step" in ran.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--to", "pytest", "--assert", "orders"], ["'orders' cannot be asserted", "transitions"]),
        (["--to", "pytest", "--assert", ""], ["'' cannot be asserted"]),
        (["--to", "chat", "--assert", "order"], ["--assert goes with --to pytest"]),
    ],
)
def test_bad_names_are_refused(
    place: Path, options: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    session = place / "sessions" / "post.jsonl"
    said = call(capsys, "export", session, *options)
    assert_refused(said, *words)


def text_of(branch: BranchData) -> str:
    return b"".join(export(branch, exporter("pytest"))).decode()


def test_a_session_of_no_code_has_no_test() -> None:
    with pytest.raises(BadExport, match="which code it is of"):
        text_of(made(e.UserSaid("Go.")))


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_recording_makes_python_that_says_what_was_recorded(file: Path) -> None:
    for branch in branches_of(file):
        first = branch.records[0].event
        if not isinstance(first, e.RunStarted) or not first.ref:
            with pytest.raises(BadExport, match="which code it is of"):
                text_of(branch)
            continue
        tree = ast.parse(text_of(branch))
        compared = [n.comparators[0] for n in ast.walk(tree) if isinstance(n, ast.Compare)]
        calls = [s for s in branch.steps if s.kind == "call" and s.made]
        assert ast.literal_eval(compared[0]) == [step.name for step in calls]
        assert ast.literal_eval(compared[1]) == [step.content.get("arguments") for step in calls]
        assert ast.literal_eval(compared[2]) == [step.content.get("result") for step in calls]
        assert ast.literal_eval(compared[-1]) == branch.outcome


@pytest.mark.parametrize("words", ATTACKS, ids=lambda words: ascii(words)[:30])
def test_nothing_recorded_becomes_code(words: str) -> None:
    def shape(branch: BranchData) -> list[str]:
        first = branch.records[0]
        assert isinstance(first.event, e.RunStarted)
        begun = e.RunStarted(first.event.workflow, first.event.settings, ref=words, form=2)
        records = (e.Record(1, None, first.at, "live", begun), *branch.records[1:])
        branch._tree.records[1] = records[0]
        found = text_of(BranchData.of(branch._tree, branch.records[-1].id, words or "x"))
        return [type(node).__name__ for node in ast.walk(ast.parse(found))]

    if words.strip():
        assert shape(everywhere(words)) == shape_of_tame(words)


def shape_of_tame(words: str) -> list[str]:
    branch = everywhere("x")
    first = branch.records[0]
    assert isinstance(first.event, e.RunStarted)
    begun = e.RunStarted(first.event.workflow, first.event.settings, ref="x", form=2)
    branch._tree.records[1] = e.Record(1, None, first.at, "live", begun)
    found = text_of(BranchData.of(branch._tree, branch.records[-1].id, "x"))
    return [type(node).__name__ for node in ast.walk(ast.parse(found))]


def test_long_lists_stand_on_lines_of_their_own() -> None:
    branch = made(e.UserSaid("Go."), *turn(3, *["a result of some length"] * 6))
    first = branch.records[0]
    assert isinstance(first.event, e.RunStarted)
    begun = e.RunStarted(first.event.workflow, first.event.settings, ref="x.py:flow", form=2)
    branch._tree.records[1] = e.Record(1, None, first.at, "live", begun)
    found = text_of(BranchData.of(branch._tree, branch.records[-1].id, "x"))
    assert max(map(len, found.splitlines())) <= 100
    assert "    assert run.outcome is None, run.text\n" in found
