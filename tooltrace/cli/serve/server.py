"""The app in a browser of this machine: our page, the sockets behind it, and a process for each."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from importlib.resources import files

from aiohttp import WSMsgType, web

from tooltrace.cli.serve.access import Access, PageRequest
from tooltrace.cli.serve.browser_message import MOST_BYTES, BadMessage, size_within
from tooltrace.cli.serve.viewer import Viewer
from tooltrace.core.model.errors import BadCommand

__all__ = ["MOST_VIEWERS", "PageServer"]

MOST_VIEWERS = 4

_HOST = "127.0.0.1"
_ANSWERING = 1.0
"""Seconds that requests get to end when the server does."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_THEIRS = {"textual.js": ("js", "textual.js"), "xterm.css": ("css", "xterm.css")}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "connect-src 'self' ws://{host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FULL = (
    f"{MOST_VIEWERS} people look already, which is as many as there can be: "
    "load this page again when one of them has left"
)


class PageServer:
    """Serves the app that ``arguments`` start, one process for each viewer, on this machine alone.

    With ``watches`` viewers can scroll and do nothing else.
    """

    def __init__(self, arguments: Sequence[str], watches: bool) -> None:
        self.access = Access()
        self._arguments = arguments
        self._watches = watches
        self._viewers: set[Viewer] = set()
        self._port = 0

    @property
    def address(self) -> str:
        """What lets a browser in."""
        return f"http://{_HOST}:{self._port}/?token={self.access.token}"

    async def serve(self, port: int, ready: Callable[[str], None]) -> None:
        """Serve until a signal ends it; ``ready`` is given the address. Raises BadCommand."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, ended.set)
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=_ANSWERING)
        await runner.setup()
        try:
            site = web.TCPSite(runner, _HOST, port)
            try:
                await site.start()
            except OSError as error:
                raise BadCommand(
                    f"port {port} cannot be served on: {error.strerror or error}; "
                    "give another with --port"
                ) from error
            self._port = runner.addresses[0][1]
            ready(self.address)
            await ended.wait()
            await asyncio.gather(*(viewer.stop() for viewer in tuple(self._viewers)))
        finally:
            await runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/", self._guarded(self._page))
        app.router.add_get("/ws", self._guarded(self._socket))
        app.router.add_get("/static/{name}", self._guarded(self._file))
        app.router.add_route("*", "/{rest:.*}", self._guarded(_nothing))
        return app

    def _guarded(self, handler: _Handler) -> _Handler:
        """Refuse whoever may not, before anything is looked at."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            refusal = self.access.refusal(self._asked(request))
            return _said(403, refusal) if refusal is not None else await handler(request)

        return guarded

    def _asked(self, request: web.Request) -> PageRequest:
        return PageRequest(
            request.headers.get("Host"),
            request.headers.get("Origin"),
            request.query.get("token"),
            request.cookies.get(self._cookie),
            request.path == "/ws",
        )

    @property
    def _cookie(self) -> str:
        # Browsers give cookies to all ports of a machine.
        return f"tooltrace_{self._port}"

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if len(self._viewers) >= MOST_VIEWERS:
            return _said(503, _FULL)
        response = web.Response(
            text=_own("page.html"), content_type="text/html", headers=_headers(request.host)
        )
        if self.access.has_token(self._asked(request)):
            response.set_cookie(
                self._cookie, self.access.cookie, httponly=True, samesite="Strict", path="/"
            )
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name in _THEIRS:
            text = files("textual_serve").joinpath("static", *_THEIRS[name]).read_text("utf-8")
        elif name in ("page.css", "page.js"):
            text = _own(name)
        else:
            return await _nothing(request)
        kind = _KINDS[name.rpartition(".")[2]]
        return web.Response(text=text, content_type=kind, headers=_headers(request.host))

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if len(self._viewers) >= MOST_VIEWERS:
            return _said(503, _FULL)
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=MOST_BYTES)
        viewer = Viewer(self._arguments, socket, self._watches)
        self._viewers.add(viewer)
        try:
            await socket.prepare(request)
            await viewer.start(*_size(request))
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    raise BadMessage("it is no text")
                await viewer.take(message.data)
        except BadMessage as error:
            with suppress(ConnectionError):
                await socket.close(code=1008, message=str(error).encode())
        except ConnectionError:
            pass  # The viewer left while something was said.
        finally:
            await asyncio.shield(asyncio.ensure_future(self._left(viewer)))
        return socket

    async def _left(self, viewer: Viewer) -> None:
        await viewer.stop()
        self._viewers.discard(viewer)


def _size(request: web.Request) -> tuple[int, int]:
    return size_within(_number(request, "width", 80), _number(request, "height", 24))


def _number(request: web.Request, name: str, otherwise: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise


def _said(status: int, text: str) -> web.StreamResponse:
    return web.Response(status=status, text=f"{text}\n", headers=_headers(""))


async def _nothing(request: web.Request) -> web.StreamResponse:
    return _said(404, "there is nothing of that name here")


def _own(name: str) -> str:
    return files("tooltrace.cli.serve").joinpath(name).read_text("utf-8")


def _headers(host: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(host=host),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
