"""What is pasted: a file's path in any of the forms in which terminals paste it, or a text."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.tools.test_media import png
from tooltrace.tui.attachments import pasted_files, read_attachment

NAMES = ["a.png", "two words.png", "it's.png", "a\\b.png", "größe?#.png", "100%20.png", '"q".png']


@pytest.mark.parametrize("name", NAMES)
def test_each_form_of_a_path(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(png())
    escaped = "".join(f"\\{char}" if char in " '\\\"?#%" else char for char in str(path))
    for text in (str(path), shlex.quote(str(path)), escaped, f"file://{quote(str(path))}"):
        assert pasted_files(f" {text}\n") == [path]
    assert read_attachment(path).block["type"] == "image"


def test_several_files_and_what_is_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "a b.png", tmp_path / "c.png"
    for path in (one, two):
        path.write_bytes(png())
    assert pasted_files(f"'{one}' {two}") == [one, two]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert pasted_files("~/c.png") == [two]
    for text in (
        "c.png",
        "./c.png",
        f"look at {two}",
        f"{two} {tmp_path}/gone.png",
        "'",
        "",
        "/",
        f"file://elsewhere{two}",
        "file://[",
        f"{two}\0",
        "/" * 9000,
        "~nobody-of-that-name/x",
    ):
        assert pasted_files(text) in ([], [Path("/")])
