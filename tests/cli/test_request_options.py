"""``run --set`` and ``--file``: what goes out, and what is refused before there is a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import spawn
from tests.loopback import Loopback, reply, text
from tests.models.live import MODEL, alone
from tests.tools.test_media import png

__all__ = ["alone"]


def run(server: Loopback, folder: Path, *more: str) -> tuple[int, str]:
    said = spawn(
        *("run", "refund", "--headless", "--session", "s.jsonl"),
        *("--model", MODEL, "--base-url", server.url, *more),
        cwd=folder,
    )
    return said.code, said.err


def test_settings_and_files_go_out_and_are_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "receipt.png").write_bytes(png())
    with Loopback(reply(text("I see."))) as server:
        more = ("--set", "effort=low", "--set", "extra.speed=fast", "--file", "receipt.png")
        run(server, tmp_path, *more, "--result-limit", "10")
        (sent,) = server.bodies
    assert sent["output_config"] == {"effort": "low"}
    assert sent["speed"] == "fast"
    assert [block["type"] for block in sent["messages"][0]["content"]][:2] == ["text", "image"]
    written = (tmp_path / "s.jsonl").read_text()
    assert '"result_limit":10' in written
    assert "[image png 3" in written


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--set", "effort=lots"), "--set: effort: lots is none of low, medium, high"),
        (("--set", "max_tokens=5"), "--set: max_tokens is not set this way: use --reply-tokens"),
        (("--set", "speed=1"), "what is newer: extra.speed=…"),
        (("--file", "gone.png"), "--file gone.png: no such file or directory"),
        (("--file", "a.bin"), "--file: a.bin: no picture that a model takes, no PDF"),
        (("--file", "."), "--file .: is a directory"),
    ],
)
def test_what_nobody_takes_is_one_line_and_no_file(
    tmp_path: Path, more: tuple[str, ...], why: str
) -> None:
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\x00")
    with Loopback(reply(text("Never."))) as server:
        code, said = run(server, tmp_path, *more)
        assert server.bodies == []
    assert code == 2
    assert why in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "s.jsonl").exists()
