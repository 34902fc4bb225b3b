"""Where it cannot run, that is said in one line."""

from __future__ import annotations

import subprocess
import sys

ON_WINDOWS = "import os; os.name = 'nt'; from tooltrace.__main__ import start; start()"


def test_windows_is_refused_in_one_line() -> None:
    done = subprocess.run([sys.executable, "-c", ON_WINDOWS], capture_output=True, text=True)
    said = "tooltrace: Windows is not supported: run it in WSL\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
