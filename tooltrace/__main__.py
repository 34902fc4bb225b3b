"""``python -m tooltrace``, and what the installed script calls: the command line."""

from __future__ import annotations

import signal

__all__ = ["start"]


def start() -> None:
    """Run the command line. Ctrl-C before it is there ends the process without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tooltrace.cli import main

    main()


if __name__ == "__main__":
    start()
