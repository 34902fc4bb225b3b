"""A server on 127.0.0.1 that answers by script, whatever the protocol.

Each request that passes the rules takes the next step of the script. One that does not is answered
as the API would answer it, is kept in ``refused``, and takes no step. The server runs in threads of
its own, so that it can be asked from any loop, thread or process.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.loopback.steps import Step

__all__ = ["Answer", "Received", "ScriptedServer"]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: ``raw`` is its body in bytes, ``body`` the same as JSON."""

    path: str
    headers: dict[str, str]
    raw: bytes
    body: Any


class _Server(ThreadingHTTPServer):
    request_queue_size = 256


Answer = Step | Callable[[dict[str, Any]], Step]


class ScriptedServer(ABC):
    """The server: a context manager that listens while it is open.

    ``policy`` answers every request once the script is over; without one that is an error.
    ``given`` is told of each request that is answered with a message, and of the message.
    """

    def __init__(
        self, *script: Answer, policy: Callable[[dict[str, Any]], Step] | None = None
    ) -> None:
        self.requests: list[Received] = []
        self.refused: list[str] = []
        self.arrived = threading.Semaphore(0)
        self._script = list(script)
        self._policy = policy
        self.given: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
        self._lock = threading.Lock()
        self._held: list[threading.Event] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @abstractmethod
    def refusal(self, received: Received) -> Step | None:
        """The answer to a request that the API would refuse; None for any other."""

    @abstractmethod
    def streamed(self, message: dict[str, Any], request: dict[str, Any]) -> Step:
        """A message as the stream in which the API gives it."""

    @abstractmethod
    def fault(self, status: int, said: str) -> Step:
        """An error as the API words it."""

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

    def __enter__(self) -> Self:
        # The interval is how long leaving may take.
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, name="loopback", daemon=True).start()
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
            refusal = self.refusal(received)
            if refusal is not None:
                self.refused.append(json.loads(refusal.body)["error"]["message"])
                return refusal
            step: Answer | None = self._script.pop(0) if self._script else self._policy
            if step is None:
                return self.fault(500, "the script is over")
            if not isinstance(step, Step):
                step = step(received.body)
            step = self._written(step, received.body)
            if self.given is not None and step.message is not None:
                self.given(received.body, step.message)
            held = [chunk for chunk in step.chunks if isinstance(chunk, threading.Event)]
            self._held += [*held, *([step.hold] if step.hold else [])]
        return step

    def _written(self, step: Step, request: dict[str, Any]) -> Step:
        """The step as it goes out: a message without a form gets the one that was asked for."""
        if step.chunks or step.message is None:
            return step
        if not request.get("stream"):
            return replace(step, chunks=(json.dumps(step.message).encode(),))
        made = self.streamed(step.message, request)
        headers = {**made.headers, **step.headers}
        return replace(step, chunks=made.chunks, headers=headers, ends="chunked")


def _handler(owner: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # Else each answer waits 40 ms for its second write.

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
            match step.ends:
                case "length":
                    headers["content-length"] = str(len(step.body))
                case "chunked":
                    headers["transfer-encoding"] = "chunked"
                case "close":
                    headers["connection"] = "close"
            for name, value in {**headers, **step.headers}.items():
                self.send_header(name, value)
            if step.cut == 0 and not step.began:
                return self._hang_up(step)
            self.end_headers()
            left = len(step.body) if step.cut is None else step.cut
            for chunk in step.chunks:
                if isinstance(chunk, threading.Event):
                    chunk.wait()
                    continue
                self._write(step, chunk[:left])
                left -= len(chunk[:left])
            if step.cut is not None:
                self._hang_up(step)
            elif step.ends == "chunked":
                self.wfile.write(b"0\r\n\r\n")
            return None

        def _write(self, step: Step, part: bytes) -> None:
            if part:
                framed = b"%x\r\n%b\r\n" % (len(part), part)
                self.wfile.write(framed if step.ends == "chunked" else part)

        def _hang_up(self, step: Step) -> None:
            self.close_connection = True
            if not step.reset:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            # Closed at once and with nothing left to wait for, it is a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

        def log_message(self, *_: object) -> None:
            pass

    return Handler
