"""The HTTP client of an SDK's client, overheard: it sends as before, and says what went by.

A copy of it that shares all of its state, so also its connections, with ``send`` before that of its
own class. That works for every client of httpx and httpx2, whatever transport it has, and is public
in all versions of the SDKs; their middleware and hooks stay as they are, and see what they saw.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

__all__ = ["Heard", "Listener", "overheard"]


class Heard(Protocol):
    """One request that is under way. Nothing here raises."""

    def failed(self, error: BaseException) -> None:
        """It got no response, or not all of it."""

    def responded(self, response: Any) -> None:
        """What came back, all of it read."""

    def streams(self, response: Any) -> None:
        """What came back, of which only the head is read."""

    def chunk(self, data: bytes) -> None:
        """A piece of the body as it came over the wire."""

    def over(self) -> None:
        """No more comes, or nobody reads it."""


class Listener(Protocol):
    """Is told of requests. Nothing here raises."""

    def asked(self, request: Any) -> Heard | None:
        """A request that is about to be sent; None where it is of no interest."""

    def closed(self) -> None:
        """The client was closed."""


def overheard(client: Any, listener: Listener) -> Any:
    """A client that is the given one in all it does, and tells the listener.

    Raises ValueError for what is no client of httpx or httpx2.
    """
    for kind in type(client).__mro__:
        library = sys.modules.get(kind.__module__.partition(".")[0])
        if kind is getattr(library, "Client", None):
            return _view(client, _Sync, _stream("SyncByteStream", library), listener)
        if kind is getattr(library, "AsyncClient", None):
            return _view(client, _Async, _stream("AsyncByteStream", library), listener)
    raise ValueError("its HTTP client is none of httpx or httpx2")


def _view(client: Any, above: type, stream: Callable[[Any, Heard], Any], listener: Listener) -> Any:
    own = type(client)
    # The original closes its connections when it goes: it stays as long as this one.
    told = {"_told": (listener, stream), "_original": client, "__module__": own.__module__}
    view: Any = object.__new__(type(own.__name__, (above, own), told))
    view.__dict__ = client.__dict__
    return view


class _Sync:
    _told: tuple[Listener, Callable[[Any, Heard], Any]]

    def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        listener, stream_of = self._told
        heard = listener.asked(request)
        send = super().send  # type: ignore[misc]
        if heard is None:
            return send(request, stream=stream, **options)
        try:
            response = send(request, stream=stream, **options)
        except BaseException as error:
            heard.failed(error)
            raise
        _take(heard, response, stream, stream_of)
        return response

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        self._told[0].closed()

    def __exit__(self, *why: Any) -> None:
        super().__exit__(*why)  # type: ignore[misc]
        self._told[0].closed()

    def __del__(self) -> None:
        """The connections are the original's."""


class _Async:
    _told: tuple[Listener, Callable[[Any, Heard], Any]]

    async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        listener, stream_of = self._told
        heard = listener.asked(request)
        send = super().send  # type: ignore[misc]
        if heard is None:
            return await send(request, stream=stream, **options)
        try:
            response = await send(request, stream=stream, **options)
        except BaseException as error:
            heard.failed(error)
            raise
        _take(heard, response, stream, stream_of)
        return response

    async def aclose(self) -> None:
        await super().aclose()  # type: ignore[misc]
        self._told[0].closed()

    async def __aexit__(self, *why: Any) -> None:
        await super().__aexit__(*why)  # type: ignore[misc]
        self._told[0].closed()

    def __del__(self) -> None:
        """The connections are the original's."""


def _take(
    heard: Heard, response: Any, stream: bool, stream_of: Callable[[Any, Heard], Any]
) -> None:
    try:
        if stream and not response.is_stream_consumed:
            heard.streams(response)
            response.stream = stream_of(response.stream, heard)
        else:
            heard.responded(response)
    except Exception as error:  # noqa: BLE001 - none of ours gets out
        heard.failed(error)


def _stream(base: str, library: Any) -> Callable[[Any, Heard], Any]:
    """The class of streams that hand each piece on, and say so: one of the library's own."""
    above = _SyncStream if base == "SyncByteStream" else _AsyncStream
    return type("OverheardStream", (above, getattr(library, base)), {})


class _Stream:
    def __init__(self, inner: Any, heard: Heard) -> None:
        self._inner, self._heard = inner, heard

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _SyncStream(_Stream):
    def __iter__(self) -> Iterator[bytes]:
        heard = self._heard
        try:
            for chunk in self._inner:
                heard.chunk(chunk)
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as error:
            heard.failed(error)
            raise
        heard.over()

    def close(self) -> None:
        try:
            self._inner.close()
        finally:
            self._heard.over()


class _AsyncStream(_Stream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        heard = self._heard
        try:
            async for chunk in self._inner:
                heard.chunk(chunk)
                yield chunk
        except GeneratorExit:
            raise
        except BaseException as error:
            heard.failed(error)
            raise
        heard.over()

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            self._heard.over()
