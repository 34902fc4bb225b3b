"""The page in a real browser: what is seen, keys and the mouse, and another page that tries."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyte
import pytest

from tests.formats.branches import ROOT
from tests.formats.browser import Browser, browser
from tests.serve.pages import Served, gone, serving
from tests.serve.test_served_app import moved, process_of
from tests.timing import at_most

pytestmark = [pytest.mark.long, pytest.mark.app]

FIRST = "document.body?.classList.contains('-first-byte')"
CLOSED = "document.body?.classList.contains('-closed')"
FOREIGN = """<!doctype html><script>
const to = location.hash.slice(1);
const socket = new WebSocket(`ws://${to}/ws`);
socket.onopen = () => { document.title = "open"; };
socket.onerror = () => { document.title = "refused"; };
</script><iframe id="inside"></iframe>
<script>document.getElementById("inside").src = `http://${to}/`;</script>"""


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(autouse=True)
def a_desk(chrome: Browser) -> None:
    chrome.size(1280, 720)


def seen(chrome: Browser) -> list[str]:
    """The screen as lines of text, as far as the app has drawn it."""
    chrome.run("1")  # What has come meanwhile is read with the answer.
    screen = pyte.Screen(250, 100)
    pyte.ByteStream(screen).feed(chrome.received.replace(b"\x1b[?2026$p", b""))
    return [line.rstrip() for line in screen.display]


def wait(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def until_seen(chrome: Browser, words: str) -> None:
    wait(lambda: any(words in line for line in seen(chrome)))


def open_page(chrome: Browser, served: Served, more: str = "") -> float:
    """Open the address that was printed; how long until something is drawn."""
    chrome.go(f"{served.base}/?token={served.token}{more}")
    return chrome.until(FIRST)


def place_of(chrome: Browser, words: str) -> tuple[float, float]:
    """Where a line with these words is in the page."""
    lines = seen(chrome)
    row = next(number for number, line in enumerate(lines) if words in line)
    wide, high = max(map(len, lines)), max(at for at, line in enumerate(lines) if line) + 1
    box = json.loads(
        chrome.run(
            "JSON.stringify(document.querySelector('.xterm-screen').getBoundingClientRect())"
        )
    )
    column = lines[row].index(words)
    return box["width"] / wide * (column + 1), box["height"] / high * (row + 0.5)


@pytest.mark.timed
def test_a_person_debugs_in_a_page(chrome: Browser, tmp_path: Path) -> None:
    sessions = tmp_path / "sessions"
    with serving(tmp_path) as served:
        at_most(3.0, open_page(chrome, served))
        until_seen(chrome, "PAUSED before")
        assert chrome.run("[document.title, location.href]") == ["tooltrace", f"{served.base}/"]
        assert all(each.startswith((f"{served.base}/", "data:")) for each in chrome.requests)
        assert not [each for each in chrome.said if "Security" in each or "rror" in each]
        pid = process_of(sessions)
        chrome.key("n")
        wait(lambda: moved(sessions))
        until_seen(chrome, "before the model's reply")
        chrome.click(*place_of(chrome, "┃ Refund order"))
        until_seen(chrome, "› line in the file  #2")
        chrome.click(*place_of(chrome, "line in the file  #2"), times=2)
        until_seen(chrome, "⌄ line in the file  #2")
        chrome.go("about:blank")
        assert gone(pid)
        open_page(chrome, served)
        chrome.key("q")
        chrome.until(CLOSED)
        assert chrome.run("document.getElementById('ended').innerText").startswith("The app has")


def test_it_is_drawn_anew_at_each_size(chrome: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        open_page(chrome, served)
        until_seen(chrome, "4 Inspector")
        for width, words in ((800, "3 Tool calls"), (390, "1 Conversation"), (1920, "4 Inspector")):
            chrome.received = b""
            chrome.size(width, 700)
            until_seen(chrome, words)
            assert chrome.run("document.documentElement.scrollWidth") <= width
        chrome.size(1280, 720)
        open_page(chrome, served, "&fontsize=28")
        until_seen(chrome, "PAUSED")
        assert max(map(len, seen(chrome))) <= 90


def test_what_is_copied_is_in_the_browsers_clipboard(chrome: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        granted = ["clipboardReadWrite", "clipboardSanitizedWrite"]
        chrome.send("Browser.grantPermissions", origin=served.base, permissions=granted)
        open_page(chrome, served)
        until_seen(chrome, "PAUSED before")
        chrome.click(*place_of(chrome, "┃ Refund order"))
        chrome.key("y")
        until_seen(chrome, "clipboard of the browser")
        assert "Refund order 1001" in chrome.run("navigator.clipboard.readText()")


@contextmanager
def another_site() -> Iterator[str]:
    """A page of somebody else on this machine: where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(FOREIGN.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_another_page_that_the_browser_visits_gets_nowhere(chrome: Browser, tmp_path: Path) -> None:
    with serving(tmp_path) as served, another_site() as there:
        open_page(chrome, served)  # It has the cookie now, which goes to all ports.
        chrome.go(f"{there}#{served.base.removeprefix('http://')}")
        chrome.until("document.title === 'refused' || document.title === 'open'")
        assert chrome.run("document.title") == "refused"
        assert chrome.run("window.frames[0].length") == 0


def test_who_watches_sees_what_is_written_and_presses_no_keys(
    chrome: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "refund.jsonl"
    lines = (ROOT / "sessions/demo-refund.jsonl").read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:10]), "utf-8")
    with serving(tmp_path, file, "--watch") as served:
        open_page(chrome, served)
        until_seen(chrome, "read-only")
        for key in ("N", "q", "F"):
            chrome.key(key)
        with file.open("a", encoding="utf-8") as writer:
            writer.writelines(lines[10:])
        until_seen(chrome, "The run completed")
        assert not chrome.run(CLOSED)
        assert file.read_text("utf-8") == "".join(lines)


def test_why_nothing_started_stands_in_the_page(chrome: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("nothing\n")
    with serving(tmp_path, tmp_path / "bad.jsonl") as served:
        chrome.go(f"{served.base}/?token={served.token}")
        chrome.until(CLOSED)
        assert any("bad.jsonl" in line for line in seen(chrome))
        assert chrome.run("getComputedStyle(document.getElementById('terminal')).opacity") == "1"
