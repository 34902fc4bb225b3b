"""Scripts of beats: the tour of the README, those of the other workflows, and what is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tooltrace.assemble import load_code, new_run
from tooltrace.cli.present_options import shipped_script
from tooltrace.core.model.errors import BadCommand, BadScript
from tooltrace.core.model.events import ModelReplied, Settings
from tooltrace.core.model.reply import text
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.script.perform import perform
from tooltrace.debugger.script.script import ScriptBeat, parse_script, read_script
from tooltrace.debugger.stop import Stop

README = Path(__file__).parents[2] / "README.md"
HEAD = "tooltrace script 1\nworkflow refund\nstart\n"


def begun(tmp_path: Path, name: str) -> Debugger:
    return new_run(load_code(name), tmp_path / f"{name}.jsonl", Settings(), None)


def played(d: Debugger) -> list[tuple[ScriptBeat, Stop]]:
    script = shipped_script(d.view().snapshot.workflow)
    assert script is not None
    return [(cue, perform(d, d.view(), cue)) for cue in script.cues]


def said(d: Debugger) -> list[str]:
    records = d.view().tree.records.values()
    return [" ".join(text(r.event.reply)) for r in records if isinstance(r.event, ModelReplied)]


def test_the_tour_edits_a_reason_that_the_apology_gives_and_pays_once(tmp_path: Path) -> None:
    with begun(tmp_path, "refund") as d:
        done = played(d)
        stops = [stop.kind for _, stop in done]
        assert stops == [*["step"] * (len(done) - 2), "confirm", "step"]
        assert done[-1][0].kind == "no"
        edit = next(cue for cue, _ in done if cue.kind == "edit")
        assert isinstance(edit.value, dict)
        reason = edit.value["reason"]
        assert f"I am sorry, I cannot refund this: {reason}." in said(d)
        assert f"the reason to `{reason}`" in README.read_text(encoding="utf-8")
        names = {branch.name: branch.tip for branch in d.view().branches}
        assert set(names) == {"main", "edit", "second try"}
        tree = d.view().tree
        assert tree.snapshot_at(names["edit"]).outcome == "failed"
        assert tree.snapshot_at(names["main"]).outcome == "completed"
    with closing(sqlite3.connect(tmp_path / "refund.world" / "shop.db")) as db:
        assert db.execute("SELECT cents FROM credits").fetchall() == [(5990,)]


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("loan", {"main": "approved", "edit": "referred"}),
        ("release", {"main": "published", "edit": "blocked"}),
        ("backfill", {"main": "importing", "edit": "done"}),
    ],
)
def test_each_shipped_workflow_has_a_script_with_two_endings(
    tmp_path: Path, name: str, ends: dict[str, str]
) -> None:
    with begun(tmp_path, name) as d:
        assert {stop.kind for _, stop in played(d)} == {"step"}
        tree = d.view().tree
        assert {b.name: tree.snapshot_at(b.tip).state for b in d.view().branches} == ends


def test_every_beat_of_a_shipped_script_is_told(tmp_path: Path) -> None:
    for name in ("refund", "loan", "release", "backfill"):
        script = shipped_script(load_code(name).workflow.spec)
        assert script is not None
        assert all(cue.caption for cue in script.cues)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "a script begins with the line: tooltrace script 1"),
        ("tooltrace script 2\n", 1, "a script begins with"),
        ("tooltrace script 1\nstart\n", 2, "say first which workflow it is for: workflow refund"),
        ("tooltrace script 1\nworkflow loan\n", 2, "the workflow is refund"),
        ("tooltrace script 1\nworkflow refund\n\n", 3, "the script has no beat"),
        ("tooltrace script 1\nworkflow refund\nbeat\n", 3, "a script begins with start"),
        ("tooltrace script 1\nworkflow refund\n  words\n", 3, "there is none yet"),
        (HEAD + "start\n", 4, "a script begins with start, and has no other"),
        (HEAD + "beet\n", 4, "unknown action 'beet', did you mean 'beat'?"),
        (HEAD + "beat 3\n", 4, "nothing stands behind beat: '3'"),
        (HEAD + "99s beat\n", 4, "a beat stands for at most 60 s"),
        (HEAD + "back x\n", 4, "a number of beats"),
        (HEAD + "back ²\n", 4, "a number of beats"),
        (HEAD + "# note\n\nbefore fetch_ordr\n", 6, "did you mean 'fetch_order'?"),
        (HEAD + "edit fetch_order {1}\n", 4, "this value is no JSON"),
        (HEAD + "edit fetch_order\n", 4, "a value is missing"),
        (HEAD + "context elegible true\n", 4, "did you mean 'eligible'?"),
        (HEAD + "force faild\n", 4, "did you mean 'failed'?"),
        (HEAD + "fork\n", 4, "the name of a branch"),
        (HEAD + "no way\n", 4, "nothing stands behind no: 'way'"),
        (HEAD + "say\n", 4, "what is said to the model"),
        (HEAD + "  one\n  two\n  three\n", 6, "a caption has at most 2 lines"),
        (HEAD + f"  {'x' * 79}\n", 4, "1 too long: 78 is the most"),
        (HEAD + "beat\n" * 1001, 1003, "at most 1,000 beats"),
        (HEAD + "\x1b[2J\n", 4, "unknown action"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, line: int, why: str) -> None:
    spec = load_code("refund").workflow.spec
    with pytest.raises(BadScript) as raised:
        parse_script(text, spec, "my.script")
    told = str(raised.value)
    assert told.startswith(f"my.script:{line}: ")
    assert why in told
    assert "\x1b" not in told


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    spec = load_code("refund").workflow.spec
    with pytest.raises(BadScript, match="cannot be read"):
        read_script(tmp_path / "none.script", spec)
    (tmp_path / "b.script").write_bytes(b"tooltrace script 1\n\xff\n")
    with pytest.raises(BadScript, match=r"b\.script:2: this is no UTF-8"):
        read_script(tmp_path / "b.script", spec)


def test_a_beat_that_speaks_of_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with begun(tmp_path, "refund") as d:
        with pytest.raises(BadCommand, match="nothing is asked"):
            perform(d, d.view(), ScriptBeat(4, "no"))
        for kind in ("before", "edit"):
            with pytest.raises(Exception, match="fetch_order"):
                perform(d, d.view(), ScriptBeat(4, kind, "fetch_order", {}))
