"""The command line in a process that was forked where all of it is imported already."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tooltrace.cli import main

__all__ = ["run_forked"]


def run_forked(
    arguments: list[str], cwd: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    """Be that command: its arguments, folder, environment and descriptors."""
    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, name in enumerate((os.devnull, str(out), str(err))):
        opened = os.open(name, flags if number else os.O_RDONLY, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    for name in ("stdin", "stdout", "stderr"):
        setattr(sys, f"__{name}__", getattr(sys, name))
    sys.argv = ["tooltrace", *arguments]
    main()


if __name__ == "tests.cli.forked" and not hasattr(sys.modules.get("__main__"), "__file__"):
    # Only where forks come from: a test that is here for something else should not wait for it.
    import anthropic.resources.messages  # noqa: F401
    import genai_prices  # noqa: F401

    import tooltrace.assemble
    import tooltrace.cli.headless
    import tooltrace.models.anthropic.port
    import tooltrace.tools.functions.function_port  # noqa: F401
