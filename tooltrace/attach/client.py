"""A client under the proxy: started, waited for, and left to itself otherwise."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import socket
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from tooltrace.attach.proxy import Proxy
from tooltrace.attach.recipes import Recipe, launch
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.sanitize import one_line

__all__ = ["SILENT_AFTER", "Client", "by_hand", "check_there", "listen_on", "run_client"]

SILENT_AFTER = 10.0
"""Seconds after which it is said that nothing has arrived."""

_TO_BOTH = (signal.SIGINT, signal.SIGQUIT)
"""What a terminal sends to the client as well, whose own business it is."""
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


class Client(Struct, frozen=True):
    """What is started, and how; ``more`` are variables that a person named.

    ``output`` is the descriptor that its output goes to, None for that of this process. ``say``
    tells a person a line, ``arrived`` says how many requests have come.
    """

    argv: Sequence[str]
    recipe: Recipe
    environment: Mapping[str, str]
    more: Mapping[str, str]
    say: Callable[[str], None]
    arrived: Callable[[], int]
    output: int | None = None


def listen_on(port: int) -> socket.socket:
    """A port of the loopback address, any free one for 0. Raises BadCommand."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=256)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadCommand(f"cannot listen on port {port}: {why}") from error


def check_there(argv: Sequence[str], path: str | None) -> None:
    """Raise BadCommand when there is no such command; ``path`` is where commands are looked for."""
    if shutil.which(argv[0], path=path) is None:
        raise BadCommand(f"there is no command {one_line(argv[0])!r} to start")


async def run_client(client: Client, proxy: Proxy, port: socket.socket) -> int:
    """Run it to its end: its exit code, or minus the signal that ended it.

    Raises BadCommand when it cannot be started.
    """
    await proxy.start(port)
    quiet = asyncio.create_task(_tell_silence(client))
    loop = asyncio.get_running_loop()
    try:
        made = launch(client.argv, client.recipe, proxy.urls(), client.environment, client.more)
        try:
            process = await asyncio.create_subprocess_exec(
                *made.argv, env=made.environment, stdout=client.output
            )
        except (OSError, ValueError) as error:
            shown = one_line(client.argv[0])
            raise BadCommand(f"{shown!r} cannot be started: {error}") from error
        for number in _TO_BOTH:
            loop.add_signal_handler(number, lambda: None)
        for number in _PASSED_ON:
            loop.add_signal_handler(number, process.send_signal, number)
        return await process.wait()
    finally:
        quiet.cancel()
        await proxy.aclose()


async def by_hand(client: Client, proxy: Proxy, port: socket.socket) -> None:
    """Say how to start it, and listen until this process is told to stop."""
    await proxy.start(port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (*_TO_BOTH, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    try:
        made = launch((), client.recipe, proxy.urls(), {}, client.more)
        for name, value in made.environment.items():
            client.say(f"export {name}={value}")
        for name in client.recipe.cleared:
            client.say(f"unset {name}")
        if made.argv:
            client.say(f"and add to its command: {shlex.join(made.argv)}")
        await stop.wait()
    finally:
        await proxy.aclose()


async def _tell_silence(client: Client) -> None:
    await asyncio.sleep(SILENT_AFTER)
    if not client.arrived():
        why = f": {client.recipe.silent}" if client.recipe.silent else ""
        client.say(f"nothing has arrived in {SILENT_AFTER:g} s{why}")
