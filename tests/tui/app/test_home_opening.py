"""The home screen: filter as one types, the last step, a file, a new workflow, other agents."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tui.app.driven import Driven, doors, until
from tests.tui.app.keys import presses
from tooltrace.authoring.new_workflow import new_workflow
from tooltrace.debugger.session.found_sessions import FoundSession
from tooltrace.debugger.session.session_facts import SessionFacts, session_facts
from tooltrace.tui.rows.home.home_rows import HomeThings, home_rows
from tooltrace.tui.rows.home.session_row import SessionRow, heading, outcome_words
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.screens.facts_lookup import FactsLookup

RECORDED = Path(__file__).parents[3] / "sessions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("demo-refund", "demo-refund-failed", "demo-loan"):
        shutil.copy(RECORDED / f"{name}.jsonl", tmp_path / f"{name}.jsonl")
    return tmp_path


@presses("filter_sessions")
async def test_the_filter_narrows_as_one_types_and_esc_takes_it_away(folder: Path) -> None:
    async with Driven(None, (120, 36), doors(folder, [("refund", "money back")])) as d:
        for key in ("/", "f3"):
            await d.press(key)
            await d.type("refund fail")
            await until(lambda: "1 of 3 with these words" in d.text, d.text)
            assert "demo-loan" not in d.text and "last step: " in d.text
            await d.press("escape")
            assert "demo-loan" in d.text and "workflows" in d.text
        await d.press("/")
        await d.type("loan")
        await until(lambda: "1 of 3" in d.text)
        await d.press("enter", "enter")
        assert d.view.snapshot.workflow.name == "loan"


@presses("open_file")
async def test_a_file_is_opened_by_its_path(folder: Path, tmp_path: Path) -> None:
    async with Driven(None, (80, 24), doors(tmp_path / "empty")) as d:
        await d.press("o")
        await d.type(str(folder / "nothing"))
        await d.press("enter")
        assert "there is no such file" in d.text
        await d.press("escape", "o")
        await d.type(str(folder / "demo-loan.jsonl"))
        await d.press("enter")
        await until(lambda: d.app.debugger is not None)
        assert d.view.snapshot.workflow.name == "loan"


@presses("new_workflow")
async def test_a_new_workflow_is_written_and_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "there.py").write_text("mine = 1\n")

    def new(name: str, template: str) -> str:
        return str(new_workflow(tmp_path, name, template))

    from tooltrace.assemble import load_code, new_run
    from tooltrace.core.model.events import Settings

    services = replace(
        doors(tmp_path),
        new=new,
        run=lambda ref: new_run(load_code(ref), tmp_path / "s.jsonl", Settings()),
    )
    async with Driven(None, (80, 24), services) as d:
        await d.press("n")
        await d.type("loop")
        await d.press("enter")
        await until(lambda: d.dialog == "PromptScreen")
        await d.type("there")
        await d.press("enter")
        assert "there already, and stays" in d.text
        await d.press(*["backspace"] * 5)
        await d.type("mine")
        await d.press("enter")
        await until(lambda: d.app.debugger is not None, d.note)
        assert d.view.snapshot.workflow.name == "mine"
    assert (tmp_path / "there.py").read_text() == "mine = 1\n"


async def test_other_agents_are_looked_for_only_when_asked(folder: Path) -> None:
    asked: list[int] = []

    def found() -> list[FoundSession]:
        asked.append(1)
        path = folder / "demo-loan.jsonl"
        return [FoundSession(path, "codex", 1_770_000_000.0, 2_048)]

    services = replace(doors(folder), found=found)
    async with Driven(None, (80, 24), services) as d:
        await d.press("end", "home")
        assert asked == [] and "sessions of other agents" in d.text
        await d.press("enter")
        await until(lambda: d.dialog == "PickerScreen")
        await d.settled()
        assert "codex" in d.text and asked == [1]
        await d.press("enter")
        await until(lambda: d.app.debugger is not None)


async def test_a_thousand_sessions_are_not_looked_into(tmp_path: Path) -> None:
    paths = [tmp_path / f"run-{number:04d}.jsonl" for number in range(1_000)]
    for path in paths:
        path.touch()
    read: list[Path] = []

    def about(path: Path) -> SessionFacts:
        read.append(path)
        return SessionFacts(path, workflow="refund", outcome="completed", size=1)

    async with Driven(None, (80, 24), replace(doors(tmp_path), about=about)) as d:
        assert "1,000" in d.text
        assert 0 < len(set(read)) == len(read) <= 24
        await d.press("end")
        assert len(read) == len(set(read)) <= 48


@pytest.mark.parametrize("width", [20, 40, 56, 78, 116, 156])
def test_a_row_is_never_wider_than_the_pane(width: int) -> None:
    facts = SessionFacts(
        Path("a.jsonl"), "払い戻し" * 9, "failed", "x", 3, 12_345, 1.25, "m" * 40,
        "2026-11-01T10:00:00Z", 4, 2, 1, "x", 10_000_000,
    )  # fmt: skip
    row = SessionRow(1, facts.path, "n" * 60, lambda _: facts)
    told, titles = row.lines(width)[0], heading(width)
    assert all(sum(map(wide, plain(line))) <= width for line in (told, titles))
    assert row.height(width) == len(row.lines(width)) == 1
    assert "≠2" in plain(told) or width < 40


def wide(char: str) -> int:
    from rich.cells import cell_len

    return cell_len(char)


def test_no_two_outcomes_share_a_mark_and_a_colour() -> None:
    kinds = ["completed", "failed", "stuck", None]
    told = [outcome_words(SessionFacts(Path("a"), outcome=kind)) for kind in kinds]
    assert len({(text[0], style) for text, style in told}) == len(kinds)


def test_what_is_not_known_yet_or_cannot_be_read_is_said() -> None:
    things = HomeThings((), [Path("x/a.jsonl"), Path("x/b.jsonl")])
    why = SessionFacts(Path("x/b.jsonl"), why="not a \x1b session", unreadable=True)
    rows = home_rows(things, lambda path: why if path.stem == "b" else None)
    a, b = (plain(row.lines(80)[0]) for row in rows if isinstance(row, SessionRow))
    assert "…" in a and "× unreadable  not a" in b and "\x1b" not in b
    assert [r for r in home_rows(things, lambda _: why, "zzz") if isinstance(r, SessionRow)] == []


async def test_a_file_that_changed_is_looked_into_again(tmp_path: Path) -> None:
    path = tmp_path / "demo.jsonl"
    shutil.copy(RECORDED / "demo-loan.jsonl", path)
    read: list[Path] = []

    def about(path: Path) -> SessionFacts:
        read.append(path)
        return session_facts(path)

    known = FactsLookup(about, lambda: None)
    for _ in range(3):
        facts = known.of(path)
        assert facts is not None and facts.workflow == "loan"
        known.again()
    assert len(read) == 1
    shutil.copy(RECORDED / "demo-release.jsonl", path)
    known.again()
    facts = known.of(path)
    assert facts is not None and facts.workflow == "release" and facts.last and facts.steps > 3


async def test_a_large_one_is_read_beside(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_bytes((RECORDED / "demo-loan.jsonl").read_bytes() + b"\n" * 200_000)
    ready: list[int] = []
    known = FactsLookup(session_facts, lambda: ready.append(1))
    assert known.of(path) is None
    await until(lambda: ready)
    facts = known.of(path)
    assert facts is not None and facts.workflow == "loan"
