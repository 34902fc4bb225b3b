"""A process that a workflow's code forked never goes on as this one.

While it is inside that code it is free to do what it was made for. Once it comes back out of it, it
stands in the middle of our own code with a copy of everything, and a second tooltrace would act and
write beside the first: it ends there, as if that code had been its whole program.
"""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

__all__ = ["ForkSafeLoop", "stay"]

Ts = TypeVarTuple("Ts")


def stay(process: int, error: BaseException | None = None) -> None:
    """End this process unless it is that one; ``error`` is what it came out of foreign code with.

    Asks the system each time: not every fork tells Python of itself.
    """
    if os.getpid() == process:
        return
    code = 0
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        code = 1
        text = "".join(traceback.format_exception(error))
        try:
            os.write(2, text.encode("utf-8", "backslashreplace"))
        except OSError:
            pass  # Nobody is told, and it ends all the same.
    os._exit(code & 0xFF)


class ForkSafeLoop(asyncio.SelectorEventLoop):
    """An event loop that goes on in the process it was made in and in no other.

    A forked copy shares the selector with it and would take its events away. Every callback is
    looked after, because each of them may run foreign code.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        super().__init__()

    def call_soon(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Call it in the next round, and leave if it comes back in another process."""
        return super().call_soon(self._here, callback, *args, context=context)

    def call_soon_threadsafe(
        self,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """The same, from another thread."""
        return super().call_soon_threadsafe(self._here, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """The same, at a time."""
        return super().call_at(when, self._here, callback, *args, context=context)

    def _here(self, callback: Callable[[*Ts], object], *args: *Ts) -> None:
        callback(*args)
        if os.getpid() != self._process:
            os._exit(0)
