"""Takes away what a person's machine would tell the tests: variables, home, signals, umask.

Everything but the few variables that Python and pytest themselves need goes, so that no list of
names has to be kept up with what the product and its libraries read.
"""

from __future__ import annotations

import importlib
import os
import re
import signal
import sys
import time
from pathlib import Path

__all__ = ["forget_the_person"]

KEPT = re.compile(
    r"PATH|TMPDIR|LD_LIBRARY_PATH|DYLD_\w+|VIRTUAL_ENV|PYTHON(PATH|HASHSEED)"
    r"|(PYTEST|COVERAGE|COV|HYPOTHESIS|TEXTUAL_SNAPSHOT)_\w+"
)
GIVEN = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "TZ": "UTC"}
SIGNALS = (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP, signal.SIGCHLD)


def forget_the_person(home: Path) -> None:
    """Be as on any other machine, with this empty folder as the home."""
    read_before = any(name.startswith("TEXTUAL_") for name in os.environ)
    for name in [name for name in os.environ if not KEPT.fullmatch(name)]:
        del os.environ[name]
    os.environ.update(GIVEN, HOME=str(home))
    # Else each of some hundred processes compiles again what it imports, and pytest each test.
    sys.dont_write_bytecode = False
    time.tzset()
    os.umask(0o022)
    # ``nohup`` and a shell's ``&`` have some ignored, by us and all that we start.
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if read_before and "textual.constants" in sys.modules:
        # A plugin of pytest imports textual, which reads its variables once, before we get here.
        importlib.reload(sys.modules["textual.constants"])
