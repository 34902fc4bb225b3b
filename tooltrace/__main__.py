"""``python -m tooltrace``, and what the installed script calls: the command line."""

from __future__ import annotations

import os
import signal
import sys

__all__ = ["start"]


def start() -> None:
    """Run the command line. Ctrl-C before it is there ends the process without a word."""
    if os.name == "nt":
        print("tooltrace: Windows is not supported: run it in WSL", file=sys.stderr)
        sys.exit(2)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tooltrace.cli import main

    main()


if __name__ == "__main__":
    start()
