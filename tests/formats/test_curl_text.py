"""A request as a curl command: what a shell makes of it, and what a server gets."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.loopback import Loopback, reply, text
from tests.models.live import GO, asking
from tests.tui.tui_support import HOSTILE
from tooltrace.core.text.sanitize import visible
from tooltrace.formats.text.curl_text import API_VERSION, curl_text, request_url
from tooltrace.tui.clipboard import pasteable

SHELLS = [name for name in ("sh", "bash", "dash", "zsh", "fish") if shutil.which(name)]
NASTY = (
    "it's \"quoted\" \\ and \\\\ and \\' !! !$ $HOME ${HOME} $(id) `id` %s %d ~ * ? [a] {b,c} #x\n"
    "EOF\n\r\n\t| & < > ; \x1b[2J \x00 \u2028 \u202e 漢字 ❤\ufe0f 👩\u200d👩\u200d👧 é \ue000"
)


def body_of(said: str, **more: Any) -> dict[str, Any]:
    block = {"type": "text", "text": said}
    messages = [{"role": "user", "content": [block]}]
    return {"model": "m", "max_tokens": 9, "messages": messages, **more}


class Echo:
    """A server that keeps what it is sent."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["content-length"])
                headers = {key.lower(): value for key, value in self.headers.items()}
                owner.got.append((self.path, headers, self.rfile.read(size)))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    thread = Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def run(shell: str, script: str, folder: Path) -> None:
    done = subprocess.run(
        [shell],
        input=script.encode(),
        capture_output=True,
        timeout=30,
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "NO_PROXY": "*"},
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_sends_what_was_meant(shell: str, echo: Echo, tmp_path: Path) -> None:
    bodies = [
        body_of(NASTY, system=NASTY, extra={NASTY: [1, 2.5, None, True, 10**30]}),
        body_of("x" * 300_000),
        *(body_of(said[:20_000]) for name, said in HOSTILE.items() if name != "surrogate"),
    ]
    for body in bodies:
        run(shell, curl_text(body, echo.url, ["one-beta", "two"]), tmp_path)
        path, headers, raw = echo.got[-1]
        assert json.loads(raw) == body
        assert path == "/v1/messages"
        assert headers["anthropic-beta"] == "one-beta,two"
        assert "authorization" not in headers
    assert len(echo.got) == len(bodies)
    assert list(tmp_path.iterdir()) == []


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_no_text_ends_the_quotes_and_none_is_lost_on_the_way_to_a_shell(value: Any) -> None:
    command = curl_text({"model": "m", "extra": value}, None)
    assert pasteable(command) == (command, 0)
    assert visible(command) == command
    quoted, _, rest = command.removeprefix("printf '%s' '").partition("' |")
    assert "'" not in quoted and "!" not in quoted and "\\\\" not in quoted
    assert json.loads(quoted) == {"model": "m", "extra": value}
    assert "$ANTHROPIC_API_KEY" in rest


def test_the_key_is_named_and_goes_to_its_own_host_alone() -> None:
    ours = curl_text(body_of("Go."))
    assert '-H "authorization: Bearer $ANTHROPIC_API_KEY"' in ours
    assert "--url 'https://api.anthropic.com/v1/messages'" in ours
    assert "KEY" not in curl_text(body_of("Go."), "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("base", "url"),
    [
        (None, "https://api.anthropic.com/v1/messages"),
        ("http://[::1]:8080/", "http://[::1]:8080/v1/messages"),
        ("http://h/a%20b", "http://h/a%20b/v1/messages"),
        ("http://h/'; rm -rf ~ #\n", "http://h/%27;%20rm%20-rf%20~%20#%0A/v1/messages"),
        ("-o/etc/x", "-o/etc/x/v1/messages"),
        ("http://h/\ud800\x1b\\", "http://h/?%1B%5C/v1/messages"),
    ],
)
def test_no_address_ends_the_quotes(base: str | None, url: str) -> None:
    assert request_url(base) == url
    assert f"--url '{url}'" in curl_text({}, base)


async def test_headers_are_those_that_the_product_sends() -> None:
    with Loopback(reply(text("Done."))) as server:
        async with asking(server) as model:
            await model.ask(GO)
        sent = {key.lower(): value for key, value in server.requests[0].headers.items()}
    assert sent["anthropic-version"] == API_VERSION
    assert sent["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("protocol", "base", "url"),
    [
        ("chat", None, "https://api.openai.com/v1/chat/completions"),
        ("responses", None, "https://api.openai.com/v1/responses"),
        ("chat", "http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1/chat/completions"),
    ],
)
def test_each_protocol_has_its_place_and_its_key(protocol: str, base: str | None, url: str) -> None:
    command = curl_text({"model": "m"}, base, (), protocol)
    assert f"--url '{url}'" in command
    assert ("$OPENAI_API_KEY" in command) is (base is None)
    assert "anthropic" not in command.lower()
