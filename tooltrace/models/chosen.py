"""The model that a request's settings name: the first one of a run, or another from a fork on.

Branches of one session may be asked of different models. A file never decides where a key is sent:
only hosts that a person named in this sitting are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.model.events import ModelFailed, Settings
from tooltrace.core.model.messages import Request
from tooltrace.core.model.ports import (
    Divergence,
    ModelAnswer,
    ModelPort,
    OnDelta,
    PortAnswer,
    Warmable,
)
from tooltrace.core.text.redact import Hide, nothing_hidden
from tooltrace.core.text.sanitize import one_line
from tooltrace.models.providers import split_model

__all__ = ["ChosenModel", "warm_apart"]

_Key = tuple[str, str | None, str, str | None, str | None]
_Place = tuple[str, str | None, str | None]


class ChosenModel:
    """Asks ``first`` for requests with its settings, and what ``make`` makes for any others.

    ``make`` may raise ToolTraceError, which is then the answer. ``hide`` takes passwords out of an
    address, as was done in the file. With ``answers_all`` the first one, which a program gave,
    answers for every model that nobody chose since.
    """

    def __init__(
        self,
        settings: Settings,
        first: ModelPort,
        make: Callable[[Settings], ModelPort],
        hide: Hide = nothing_hidden,
        *,
        answers_all: bool = False,
    ) -> None:
        self._hide = hide
        self._ports: dict[_Key, ModelPort] = {self._key(settings): first}
        self._first = first if answers_all else None
        self._chosen: set[_Key] = set()
        self._places = {self._place(settings)}
        self._make = make
        self._warmed = False

    def choose(self, settings: Settings) -> None:
        """A person named this model, and this host: requests may go there.

        Raises ToolTraceError for a model that could never answer.
        """
        key = self._key(settings)
        if key not in self._ports:
            self._ports[key] = port = self._make(settings)
            # Where nobody asked to have anything loaded early, the first request does.
            if self._warmed and isinstance(port, Warmable):
                warm_apart(port)
        self._chosen.add(key)
        self._places.add(self._place(settings))

    def renewed(
        self, settings: Settings, first: ModelPort, make: Callable[[Settings], ModelPort]
    ) -> ChosenModel:
        """One over other ports, which may ask what a person chose of this one."""
        made = ChosenModel(settings, first, make, self._hide, answers_all=self._first is not None)
        made._chosen, made._places = set(self._chosen), set(self._places)
        made._warmed = self._warmed
        return made

    async def ask(
        self, request: Request, heard: OnDelta | None = None
    ) -> PortAnswer[ModelAnswer] | Divergence:
        """The answer of the model that the request's settings name."""
        try:
            port = self._port(request.settings)
        except ToolTraceError as error:
            return PortAnswer(ModelFailed(str(error)), "live")
        return await port.ask(request, heard)

    def warm(self) -> None:
        """Load what the models need that were chosen so far, and later ones when they are."""
        self._warmed = True
        for port in [*self._ports.values()]:
            if isinstance(port, Warmable):
                _load(port)

    def cancel(self) -> bool:
        """Give up on whatever is being received."""
        stopped = [port.cancel() for port in self._ports.values()]
        return any(stopped)

    def _port(self, settings: Settings) -> ModelPort:
        key = self._key(settings)
        if self._first is not None and key not in self._chosen:
            return self._first
        if key not in self._ports:
            if self._place(settings) not in self._places:
                where = one_line(settings.base_url or "the provider's own host")
                raise ToolTraceError(
                    f"this branch asks {where}, which nobody named now: choose its model again"
                )
            self._ports[key] = self._make(settings)
        return self._ports[key]

    def _host(self, base_url: str | None) -> str | None:
        return base_url and self._hide(base_url)

    def _place(self, s: Settings) -> _Place:
        """Where a request goes, and with which key: without a host, to the provider's own."""
        provider = split_model(s.model)[0].prices if s.base_url is None else ""
        return provider, self._host(s.base_url), s.key_env

    def _key(self, s: Settings) -> _Key:
        return s.model, self._host(s.base_url), s.placement, s.priced_as, s.key_env


def warm_apart(port: Warmable) -> None:
    """Load what a port needs on a thread of its own; returns at once."""
    Thread(target=_load, args=(port,), name="warm", daemon=True).start()


def _load(port: Warmable) -> None:
    # What cannot be loaded, the first request says.
    with suppress(Exception):
        port.warm()
