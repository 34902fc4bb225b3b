"""``export --to cast|svg``: how large, in which colours and how fast a branch is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call
from tooltrace.tui.theme_colors import LIGHT


def cast(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[list[object]]:
    said = call(capsys, "export", *arguments, "--to", "cast")
    assert said.code == 0, said
    assert said.err == "no secrets found; names, addresses and what was said stay as they are\n"
    return [json.loads(line) for line in said.out.splitlines()]


def test_a_branch_as_a_recording(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = session.read_bytes()
    header, *events = cast(capsys, session)
    assert (header["width"], header["height"]) == (80, 24)  # type: ignore[call-overload]
    markers = [data for _, kind, data in events if kind == "m"]
    assert str(markers[-1]).startswith("The run completed in state complete")
    assert cast(capsys, session) == [header, *events]
    assert session.read_bytes() == before


def test_size_colours_and_pace_are_chosen(
    session: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--size", "100x30", "--theme", "tooltrace-light", "--pace", "2")
    header, *events = cast(capsys, session, *options)
    assert (header["width"], header["height"]) == (100, 30)  # type: ignore[call-overload]
    assert header["theme"]["bg"] == LIGHT.pane  # type: ignore[call-overload]
    assert [at for at, kind, _ in events if kind == "o"][:3] == [0, 2, 4]


def test_a_picture_in_a_file(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = session.parent / "refund.svg"
    said = call(capsys, "export", session, "--to", "svg", "-o", out)
    assert said.out.startswith(f"{out}: main as svg, ")
    assert out.read_text(encoding="utf-8").startswith("<svg xmlns=")
    assert out.stat().st_size < 300_000


def test_secrets_are_taken_out(
    session: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = session.read_text(encoding="utf-8")
    session.write_text(text.replace("stoneware mug", "sk-ant-api03-" + "Ab3" * 30), "utf-8")
    said = call(capsys, "export", session, "--to", "svg")
    assert "taken out:" in said.err and "sk-ant-api03-Ab3" not in said.out
    said = call(capsys, "export", session, "--to", "svg", "--no-share", "--size", "200x30")
    assert "sk-ant-api03-Ab3" in said.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--to", "svg", "--size", "80"], "'80' is no size from 40x16 to 300x100"),
        (["--to", "svg", "--size", "20x20"], "is no size"),
        (["--to", "svg", "--size", "9999x9999"], "is no size"),
        (["--to", "svg", "--size", "\x1b[2J"], "is no size"),
        (["--to", "svg", "--theme", "nord"], "tooltrace-contrast"),
        (["--to", "svg", "--pace", "0"], "'0' is no time from 0.1 to 60 s"),
        (["--to", "svg", "--pace", "soon"], "is no time"),
        (["--to", "svg", "--pace", "nan"], "is no time"),
        (["--to", "chat", "--size", "80x24"], "--size goes with --to cast and --to svg"),
        (["--to", "html", "--theme", "tooltrace"], "--theme goes with"),
        (["--to", "otlp", "--pace", "2"], "--pace goes with"),
    ],
)
def test_bad_options_are_one_line(
    session: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(call(capsys, "export", session, *options), words)
