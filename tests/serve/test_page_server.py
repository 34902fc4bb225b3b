"""The server against everything that is no viewer's browser, with a small app behind it."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serve.pages import ECHO, Served, aiohttp, gone, serving, viewing

pytestmark = pytest.mark.long

APP = (sys.executable, "-c", ECHO)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served"), app=APP) as found:
        yield found


async def asked(served: Served, path: str, **headers: str) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{served.base}{path}", headers=headers) as answer,
    ):
        await answer.read()
        return answer


async def test_the_token_is_given_for_a_cookie_and_the_page_asks_for_nothing_foreign(
    served: Served,
) -> None:
    answer = await asked(served, f"/?token={served.token}")
    assert answer.status == 200
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"tooltrace_{served.port}=")
    assert served.token not in cookie
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    page = await answer.text()
    assert "http" not in page and "//" not in page.replace("<!--", "")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    async with served.browser() as browser:
        for name in re.findall(r'(?:src|href)="(static/[^"]+)"', page):
            async with browser.get(f"{served.base}/{name}") as part:
                assert part.status == 200, name
                if name.endswith("css"):
                    assert "url(" not in await part.text()
        async with browser.get(f"{served.base}/") as again:
            assert again.status == 200 and "Set-Cookie" not in again.headers


@pytest.mark.parametrize(
    "path",
    ["/", "/?token=", "/?token=wrong", "/ws", "/static/textual.js", "/download/x", "/nothing"],
)
async def test_without_the_token_nothing_is_shown(served: Served, path: str) -> None:
    answer = await asked(served, path, Origin=served.base)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers and "Traceback" not in await answer.text()


async def test_a_foreign_name_and_a_foreign_page_are_refused_even_with_the_token(
    served: Served,
) -> None:
    path = f"/?token={served.token}"
    assert (await asked(served, path, Host=f"evil.example:{served.port}")).status == 403
    assert (await asked(served, path, Origin="http://evil.example")).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
async def test_another_page_opens_no_socket_even_with_the_cookie(
    served: Served, origin: str | None
) -> None:
    async with served.browser() as browser:
        headers = {} if origin is None else {"Origin": origin}
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await browser.ws_connect(f"{served.base}/ws", headers=headers)
        assert caught.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            foreign = {"Host": "evil.example", "Origin": "http://evil.example"}
            await browser.ws_connect(f"{served.base}/ws", headers=foreign)
        assert caught.value.status == 403


async def test_the_token_alone_opens_no_socket(served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            where = f"{served.base}/ws?token={served.token}"
            await session.ws_connect(where, headers={"Origin": served.base})
        assert caught.value.status == 403


@pytest.mark.parametrize(
    "path",
    [
        *("static/", "static/..", "static/%2e%2e/server.py", "static/..%2fserver.py"),
        *("static/%2fetc%2fpasswd", "static/js/textual.js", "static/x%00", "static/page.html"),
        *("server.py", "download/x"),
    ],
)
async def test_nothing_but_the_pages_own_parts_is_read(served: Served, path: str) -> None:
    from yarl import URL

    async with (
        served.browser() as browser,
        browser.get(URL(f"{served.base}/{path}", encoded=True)) as answer,
    ):
        assert answer.status in (400, 404)
        assert "import" not in await answer.text()


async def test_sizes_are_clipped_and_keys_arrive(served: Served) -> None:
    async with served.browser() as browser, viewing(served, browser, "99999x99999") as page:
        assert (await page.next()).endswith(" 500x200")
        await page.say("resize", {"width": 100_000, "height": 100_000})
        told = json.loads((await page.next()).removeprefix("M"))
        assert (told["width"], told["height"]) == (500, 200)
        await page.say("stdin", "né\x1b[A")
        assert await page.next() == "Dné\x1b[A"
    async with served.browser() as browser, viewing(served, browser, "ax-5") as page:
        assert (await page.next()).endswith(" 80x24")


@pytest.mark.parametrize(
    "message",
    [
        b"\x00binary",
        "no json",
        "[]",
        '["stdin", 7]',
        '["quit"]',
        '["resize", {"width": "x"}]',
        "[" * 9999,
    ],
    ids=lambda message: str(message)[:20],
)
async def test_a_malformed_message_ends_that_viewer_alone(
    served: Served, message: str | bytes
) -> None:
    async with served.browser() as browser, viewing(served, browser) as other:
        await other.next()
        async with viewing(served, browser) as page:
            pid = int((await page.next()).split()[0])
            if isinstance(message, bytes):
                await page.socket.send_bytes(message)
            else:
                await page.socket.send_str(message)
            assert await page.closed() == 1008
            assert gone(pid)
        await other.say("stdin", "x")
        assert await other.next() == "Dx"


async def test_a_message_that_is_too_long_ends_that_viewer(served: Served) -> None:
    async with served.browser() as browser, viewing(served, browser) as page:
        pid = int((await page.next()).split()[0])
        await page.say("stdin", "x" * 2_000_000)
        assert await page.closed() == 1009
        assert gone(pid)


async def test_an_app_is_told_nothing_of_the_terminal_that_the_server_is_in(
    tmp_path: Path,
) -> None:
    app = ECHO.replace("os.environ['COLUMNS']", "os.environ.get('TMUX')")
    app = app.replace("os.environ['ROWS']", "os.environ['TERM']")
    with serving(tmp_path, app=(sys.executable, "-c", app), TMUX="/tmp/x", TERM="dumb") as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            assert (await page.next()).endswith(" Nonexxterm-256color")


async def test_there_are_four_viewers_at_most(tmp_path: Path) -> None:
    with serving(tmp_path, app=APP) as served:
        async with served.browser() as browser:
            async with (
                viewing(served, browser) as one,
                viewing(served, browser) as two,
                viewing(served, browser) as three,
                viewing(served, browser) as four,
            ):
                pids = [int((await page.next()).split()[0]) for page in (one, two, three, four)]
                assert len(set(pids)) == 4
                with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                    async with viewing(served, browser):
                        pass
                assert caught.value.status == 503
                async with browser.get(f"{served.base}/") as answer:
                    assert answer.status == 503
                    assert "4 people look already" in await answer.text()
            assert all(map(gone, pids))
            async with viewing(served, browser) as page:
                await page.next()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "import sys; sys.exit('tooltrace: x\\x1b]52;c;aGk=\\x07.jsonl does not exist')",
            "not exist",
        ),
        ("import sys; sys.exit(3)", "ended with code 3"),
    ],
)
async def test_why_an_app_did_not_start_is_told_in_the_page(
    tmp_path: Path, code: str, words: str
) -> None:
    with serving(tmp_path, app=(sys.executable, "-c", code)) as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            shown = await page.until(words)
            assert "\x1b]" not in shown and "\x07" not in shown
            assert await page.closed() == 1000


async def test_who_watches_sends_nothing_but_scrolling(tmp_path: Path) -> None:
    with serving(tmp_path, app=APP, watches=True) as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            await page.next()
            await page.say("stdin", "n")
            await page.say("stdin", "\x1b[<0;3;4M")
            await page.say("stdin", "\x1b[<64;3;4M")
            assert await page.next() == "D\x1b[<64;3;4M"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
async def test_apps_end_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, app=APP) as served:
        async with served.browser() as browser, viewing(served, browser) as page:
            pid = int((await page.next()).split()[0])
            served.process.send_signal(number)
            assert gone(pid)
            code = served.process.wait(timeout=10)
            assert code == (-number if number is signal.SIGKILL else 0)


def test_a_port_that_is_taken_is_one_line(tmp_path: Path, served: Served) -> None:
    from tests.cli.calling import assert_refused, environment, spawn

    said = spawn(
        *("serve", "--port", served.port), cwd=tmp_path, env=environment(tmp_path), fresh=True
    )
    assert_refused(said, f"port {served.port} cannot be served on", "--port")
    assert not list(tmp_path.iterdir())
