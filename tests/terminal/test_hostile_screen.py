"""A hostile session on a real terminal: what it holds is shown, and none of it acts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import spawn
from tests.cli.hostile import TEXTS, hostile_files
from tests.terminal.pty_app import PtyApp, assert_clean

SHORT = [text for text in TEXTS if len(text) < 100]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with hostile text wherever a session holds text."""
    folder = tmp_path_factory.mktemp("hostile")
    said = spawn("run", "refund", "--headless", "--session", "s.jsonl", cwd=folder)
    assert said.code == 0
    lines = (folder / "s.jsonl").read_bytes().splitlines(keepends=True)
    files = folder / "files"
    files.mkdir()
    data = hostile_files(files, lines)["texts"].read_bytes()
    root, *rest = data.splitlines(keepends=True)
    record = json.loads(root)
    record.pop("crc")
    event = record["event"]
    event["settings"] = {"model": SHORT[2]}
    event["ref"] = SHORT[1]
    workflow = event["workflow"]
    workflow["name"] = SHORT[4] + SHORT[0]
    for key in ("description", "system"):
        workflow[key] = " ".join(SHORT)
    for at, state in enumerate(workflow["states"]):
        state["hint"] = SHORT[at % len(SHORT)]
    for at, tool in enumerate(workflow["tools"]):
        tool["description"] = SHORT[at % len(SHORT)]
    for at, item in enumerate(workflow["context"]):
        item["default"] = SHORT[at % len(SHORT)]
    path = folder / "a\x1b]0;owned\x07\u202eb\x9b2J.jsonl"
    path.write_bytes(b"".join([json.dumps(record).encode() + b"\n", *rest]))
    return path


@pytest.mark.parametrize("size", [(130, 40)], ids=["130x40"])
def test_hostile_text_stays_text(hostile: Path, size: tuple[int, int]) -> None:
    before = hostile.read_bytes()
    with PtyApp("open", str(hostile), cwd=hostile.parent, size=size) as app:
        app.wait("q quit")
        app.wait("\\u{")
        # A key goes to the pane that has the focus when it comes: wait for the heavy border first.
        app.press("C")
        app.wait("step 0/")
        app.press("2")
        app.wait("2 Workflow ━")
        app.press("z")
        app.wait(lambda text: "2 Workflow ━" in text and "3 Tool calls" not in text)
        app.press("z", "3")
        app.wait("3 Tool calls ━")
        app.press("end", "up", "up")
        app.wait("┃▌")
        app.press("enter")
        app.wait("4 Inspector")
        app.press("escape")
        app.wait("3 Tool calls ━")
        for key in ("v", "?", "T", "ctrl+o"):
            app.press(key)
            app.wait("esc ")
            app.press("escape")
            app.wait(lambda text: "esc " not in text)
        app.press("1")
        app.wait("1 Conversation ━")
        for _ in range(8):
            app.press("pageup")
        app.wait("Conversation")
        # Text that names an action runs none when it is clicked.
        app.press("end")
        app.press("N", "N", "N", "N")
        app.wait("q quit")
        spot = next(
            ((x, y) for y, line in enumerate(app.lines) if (x := line.find("@click")) > 0), None
        )
        assert spot is not None or size[0] < 120
        if spot is not None:
            column, row = spot[0] + 20, spot[1] + 1
            app.type(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
        app.press("?")
        app.wait("esc ")
        app.press("escape")
        app.wait(lambda text: "esc " not in text)
        app.press("q")
        app.ended(0)
        app.assert_restored()
        assert_clean(bytes(app.raw))
    assert hostile.read_bytes() == before
