"""A Messages API on 127.0.0.1 that answers by script and is as strict about requests as the API.

Each request that passes the rules takes the next step of the script. One that does not is answered
as the API would answer it, is kept in ``refused``, and takes no step. The server runs in threads of
its own, so that it can be asked from any loop, thread or process.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.loopback.rules import Bindings, complaint

__all__ = ["KEY", "Loopback", "Received", "Step", "fault", "reply", "text", "tool_use"]

KEY = "sk-ant-loopback-0123456789abcdef"
"""The one key this server accepts, unless it is told another."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer: ``chunks`` are the body as it is written, piece by piece.

    ``cut`` closes the connection after that many bytes of the body. ``hold`` is waited for before
    anything is answered. Without ``length`` the body ends where the connection does.
    """

    chunks: tuple[bytes, ...]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: threading.Event | None = None
    length: bool = True


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: ``raw`` is its body in bytes, ``body`` the same as JSON."""

    path: str
    headers: dict[str, str]
    raw: bytes
    body: Any


Answer = Step | Callable[[dict[str, Any]], Step]


def text(said: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": said}


def tool_use(call: str, name: str, **arguments: Any) -> dict[str, Any]:
    """A tool call."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def reply(
    *content: dict[str, Any], stop_reason: str | None = None, raw: bytes | None = None, **more: Any
) -> Step:
    """A whole reply; ``stop_reason`` follows from the blocks unless given.

    ``more`` are further fields of a Step, ``raw`` a body to send in place of the blocks.
    """
    calls = any(block["type"] == "tool_use" for block in content)
    message = {
        "id": "msg_loopback",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": list(content),
        "stop_reason": stop_reason or ("tool_use" if calls else "end_turn"),
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 0},
    }
    return Step((json.dumps(message).encode() if raw is None else raw,), **more)


def fault(status: int, kind: str, message: str, **more: Any) -> Step:
    """An error as the API words it; ``more`` are further fields of a Step."""
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return Step((json.dumps(error).encode(),), status=status, **more)


class Loopback:
    """The server: a context manager that listens while it is open.

    ``key`` None accepts any bearer. ``models`` are the ones it knows; ``system_turns`` says whether
    they take them. ``bound`` refuses thinking whose conversation has changed.
    """

    def __init__(
        self,
        *script: Answer,
        key: str | None = KEY,
        models: Iterable[str] = ("claude-sonnet-5-5", "claude-opus-4-6"),
        system_turns: bool = True,
        bound: bool = True,
    ) -> None:
        self.requests: list[Received] = []
        self.refused: list[str] = []
        self.arrived = threading.Semaphore(0)
        self._script = list(script)
        self._key = key
        self._models = frozenset(models)
        self._system_turns = system_turns
        self._bindings = Bindings() if bound else None
        self._lock = threading.Lock()
        self._held: list[threading.Event] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What to give as base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies of the requests so far, in order."""
        return [request.body for request in self.requests]

    def script(self, *answers: Answer) -> None:
        """Append to the script."""
        with self._lock:
            self._script += answers

    def __enter__(self) -> Loopback:
        # The interval is how long leaving may take.
        serve = {"target": self._server.serve_forever, "kwargs": {"poll_interval": 0.01}}
        threading.Thread(**serve, name="loopback", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self._held:
            event.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, received: Received) -> Step:
        """The answer to one request."""
        with self._lock:
            self.requests.append(received)
            self.arrived.release()
            refusal = self._refusal(received)
            if refusal is not None:
                self.refused.append(json.loads(refusal.chunks[0])["error"]["message"])
                return refusal
            if not self._script:
                return fault(500, "api_error", "the script is over")
            step = self._script.pop(0)
            if callable(step):
                step = step(received.body)
            if self._bindings and step.status == 200:
                self._bind(received.body, step)
            if step.hold:
                self._held.append(step.hold)
        return step

    def _refusal(self, received: Received) -> Step | None:
        sent = received.headers
        if received.path.split("?")[0] != "/v1/messages":
            return fault(404, "not_found_error", "Not Found")
        scheme, _, bearer = sent.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not bearer or (self._key and bearer != self._key):
            return fault(401, "authentication_error", "invalid bearer token")
        if not sent.get("anthropic-version") or sent.get("content-type") != "application/json":
            return fault(400, "invalid_request_error", "anthropic-version: header is required")
        problem = complaint(received.body, system_turns=self._system_turns)
        if not problem and received.body["model"] not in self._models:
            return fault(404, "not_found_error", f"model: {received.body['model']}")
        if not problem and self._bindings:
            problem = self._bindings.complaint(received.body)
        return fault(400, "invalid_request_error", problem) if problem else None

    def _bind(self, request: dict[str, Any], step: Step) -> None:
        try:
            content = json.loads(b"".join(step.chunks))["content"]
        except (ValueError, KeyError, TypeError):
            return
        if self._bindings and isinstance(content, list):
            self._bindings.give(request, content)


def _handler(owner: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
            headers = {name.lower(): value for name, value in self.headers.items()}
            step = owner.answer(Received(self.path, headers, raw, body))
            if step.hold:
                step.hold.wait()
            try:
                self._send(step)
            except OSError:
                # Whoever asked has hung up; that is often the point of the test.
                self.close_connection = True

        def _send(self, step: Step) -> None:
            self.send_response(step.status)
            headers = {"content-type": "application/json", "request-id": "req_loopback"}
            if step.length:
                headers["content-length"] = str(sum(map(len, step.chunks)))
            else:
                headers["connection"] = "close"
            for name, value in {**headers, **step.headers}.items():
                self.send_header(name, value)
            if step.cut == 0:
                return self._hang_up()
            self.end_headers()
            left = step.cut
            for chunk in step.chunks:
                part = chunk if left is None else chunk[:left]
                self.wfile.write(part)
                self.wfile.flush()
                left = None if left is None else left - len(part)
            if step.cut is not None:
                self._hang_up()
            return None

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
