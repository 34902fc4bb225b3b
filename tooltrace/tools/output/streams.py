"""``sys.stdin``, ``stdout`` and ``stderr`` that know which call is using them.

The call is found in a context variable, so that concurrent calls, in threads or tasks, each write
to their own output. Whoever is in no call gets the stream that was there before. Inside a call
there is no keyboard: reading ends at once instead of waiting for someone who cannot answer.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from contextvars import ContextVar
from typing import Any, Protocol, TextIO

__all__ = ["ROUTE", "Route", "flush_originals", "install", "reassert", "uninstall"]


class Route(Protocol):
    """Where a call's own writing goes."""

    def write(self, data: bytes) -> None:
        """Take all of it."""
        ...


ROUTE: ContextVar[Route | None] = ContextVar("tooltrace_output", default=None)
"""The route of the call that this thread or task belongs to."""

_NAMES = ("stdin", "stdout", "stderr")
_lock = threading.Lock()
_users = 0
_originals: dict[str, Any] = {}
_proxies: dict[str, Any] = {}
_process = os.getpid()


class _ToDescriptor:
    """The route of a forked child: its buffers die with it, the descriptor reaches the parent."""

    def write(self, data: bytes) -> None:
        while data:
            data = data[os.write(1, data) :]


_from_child = _ToDescriptor()


def _route() -> Route | None:
    route = ROUTE.get()
    return _from_child if route is not None and os.getpid() != _process else route


class _Proxy(io.TextIOBase):
    """Common to all three: what is not routed is the original's."""

    def __init__(self, original: TextIO) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8" if _route() else self._original.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return "backslashreplace" if _route() else self._original.errors

    def fileno(self) -> int:
        return self._original.fileno()

    def isatty(self) -> bool:
        return _route() is None and self._original.isatty()

    def close(self) -> None:
        """A tool that closes a stream closes it for nobody."""


class _Out(_Proxy):
    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if (route := _route()) is not None:
            route.write(text.encode("utf-8", "backslashreplace"))
            return len(text)
        self._original.write(text)
        # Kept in a buffer, it would surface in some later call's output.
        self._original.flush()
        return len(text)

    def flush(self) -> None:
        if _route() is None:
            self._original.flush()

    @property
    def buffer(self) -> Any:
        """The bytes below the text, routed the same way."""
        route = _route()
        return self._original.buffer if route is None else _Bytes(route)


class _Bytes(io.RawIOBase):
    def __init__(self, route: Route) -> None:
        self._route = route

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        taken = bytes(data)
        self._route.write(taken)
        return len(taken)


class _In(_Proxy):
    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        if _route() is not None:
            raise io.UnsupportedOperation("a tool has no keyboard")
        return self._original.fileno()

    def read(self, size: int | None = -1) -> str:
        return "" if _route() else self._original.read(-1 if size is None else size)

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        return "" if _route() else self._original.readline(size)

    @property
    def buffer(self) -> Any:
        """The bytes below the text: none in a call."""
        return io.BytesIO() if _route() else self._original.buffer


def install() -> None:
    """Put the proxies in place; the first of several users does it."""
    global _process, _users
    with _lock:
        _users += 1
        if _users > 1:
            return
        _process = os.getpid()
        for name in _NAMES:
            original = getattr(sys, name)
            if original is None:
                continue
            _originals[name] = original
            _proxies[name] = _In(original) if name == "stdin" else _Out(original)
            setattr(sys, name, _proxies[name])


def reassert() -> None:
    """Put the proxies in place again after a library has put its own streams over them."""
    with _lock:
        for name, proxy in _proxies.items():
            setattr(sys, name, proxy)


def uninstall() -> None:
    """Put the originals back; the last of several users does it.

    Streams that someone else has put over the proxies since are theirs to take away.
    """
    global _users
    with _lock:
        _users -= 1
        if _users > 0:
            return
        for name, proxy in _proxies.items():
            if getattr(sys, name) is proxy:
                setattr(sys, name, _originals[name])
        _originals.clear()
        _proxies.clear()


def flush_originals() -> None:
    """Push out what code that kept the original streams has written to them."""
    for name in ("stdout", "stderr"):
        try:
            if (stream := _originals.get(name)) is not None:
                stream.flush()
        except (OSError, ValueError):
            continue  # Closed, or nobody reads it.
