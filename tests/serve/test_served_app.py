"""The app itself behind a page: it is drawn, keys reach it, and it saves however it ends."""

from __future__ import annotations

import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from tests.cli.calling import assert_refused, call
from tests.formats.branches import ROOT
from tests.serve.pages import Page, gone, serving, viewing
from tooltrace.store.journal import Journal

pytestmark = [pytest.mark.long, pytest.mark.app]


def process_of(folder: Path) -> int:
    """The app that has the session of a folder open."""
    for entry in Path("/proc").iterdir():
        try:
            opened = [Path(each).readlink() for each in (entry / "fd").iterdir()]
        except OSError:
            continue
        if any(path.suffix == ".jsonl" and path.parent == folder for path in opened):
            return int(entry.name)
    raise AssertionError("no process has it open")


def moved(folder: Path) -> bool:
    """Whether the session of a folder has gone to another state."""
    texts = [file.read_text("utf-8") for file in folder.glob("*.jsonl")]
    return any('"transitioned"' in text for text in texts)


async def one_step(page: Page, folder: Path) -> int:
    """Make a step; the app's process, which has written it down then."""
    await page.until("PAUSED")
    await page.say("stdin", "n")
    async with asyncio.timeout(20):
        while not moved(folder):
            await asyncio.sleep(0.02)
    return process_of(folder)


async def test_closing_the_page_saves_the_session_and_ends_its_app(tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    with serving(tmp_path) as served:
        async with served.browser() as browser:
            async with viewing(served, browser, "100x30") as page:
                pid = await one_step(page, sessions)
            assert gone(pid)
            assert moved(sessions)
            async with viewing(served, browser, "100x30") as page:
                await page.until("PAUSED")
                await page.say("stdin", "q")
                await page.until("no session is kept")
                assert await page.closed() == 1000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_it_saves_when_the_server_ends(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            pid = await one_step(page, tmp_path / "sessions")
            served.process.send_signal(number)
            assert gone(pid)
            served.process.wait(timeout=10)
    assert not Journal.open(next((tmp_path / "sessions").glob("*.jsonl"))).problems


async def test_who_watches_a_file_leaves_it_to_who_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "refund.jsonl"
    shutil.copyfile(ROOT / "sessions/demo-refund.jsonl", file)
    before = file.read_bytes()
    with serving(tmp_path, file, "--watch") as served:
        async with served.browser() as browser, viewing(served, browser, "120x30") as page:
            await page.until("read-only")
            journal = Journal.open(file, writable=True)
            assert journal.read_only is None
            journal.close()
            page.drawn = b""
            await page.say("stdin", "q")
            await page.say("resize", {"width": 100, "height": 30})
            await page.until("DONE")
    assert file.read_bytes() == before


async def test_who_watches_follows_where_its_writer_goes(tmp_path: Path) -> None:
    file = tmp_path / "refund.jsonl"
    shutil.copyfile(ROOT / "sessions/demo-refund.jsonl", file)
    with serving(tmp_path, file) as stage, serving(tmp_path, file, "--watch", "--present") as hall:
        async with stage.browser() as one, viewing(stage, one, "100x30") as writer:
            await writer.until("DONE")
            async with hall.browser() as other, viewing(hall, other) as page:
                await page.until("this step")
                await page.until("DONE")
                page.drawn = b""
                await writer.say("stdin", "N")
                await page.until("PAUSED")


async def test_a_file_that_is_no_session_is_told_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("nothing\n")
    with serving(tmp_path, tmp_path / "bad.jsonl") as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            assert "tooltrace: " in await page.until("bad.jsonl")
            assert await page.closed() == 1000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.jsonl"], "none.jsonl does not exist"),
        (["--watch"], "--watch goes with the FILE"),
        (["refund", "--watch"], "--watch goes with the FILE"),
        (["own.py:flow", "--present"], "--present shows a session FILE, or a workflow"),
        (["--port", "70000"], "--port"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(call(capsys, "serve", *arguments), words)
