"""One process becomes two: the one that works, and its parent, which waits for it.

The child is forked before anything heavy is imported, and the parent imports nothing heavy itself.
"""

from __future__ import annotations

import os
import signal
import sys

from tooltrace.cli.process.console import Console
from tooltrace.cli.process.signals import note_stops, passed_on
from tooltrace.cli.process.supervised import ParentPipes, bind
from tooltrace.cli.process.supervisor import Parent

__all__ = ["split"]


def split(terminal: bool) -> None:
    """Go on as a child of this process, which waits for it and ends as it has ended.

    ``terminal`` says that the child is going to draw. Where no process can be made this goes on
    alone, and nobody cleans up after it.
    """
    console = Console() if terminal else None
    if console is not None:
        console.come_to_front()
    numbers = passed_on()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # If ignored, nobody is told how a child ended.
    up, down, told = os.pipe(), os.pipe(), os.pipe()
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError:
        for descriptor in (*up, *down, *told):
            os.close(descriptor)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return
    if child == 0:
        os.close(up[0])
        os.close(down[1])
        os.close(told[0])
        os.setsid()
        note_stops()
        bond = ParentPipes(up[1], down[0], told[1], parent, terminal)
        bind(bond)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        bond.watch()
        return
    os.close(up[1])
    os.close(down[0])
    os.close(told[1])
    code = 2
    try:
        code = Parent(child, up[0], down[1], told[0], console, numbers).wait(before)
    except BaseException:  # noqa: BLE001 - nothing of it may go on as the child does
        sys.excepthook(*sys.exc_info())
    os._exit(code)
