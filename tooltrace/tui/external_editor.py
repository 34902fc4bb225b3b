"""A text in the person's own editor, while the app steps back from the terminal.

The file is in a folder of its own that only the person can read, and gone afterwards. Nothing is
changed unless the editor ends well.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tooltrace.core.model.errors import BadCommand

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["edit_external", "editor_command", "run_elsewhere"]

Stdio = tuple[int, int, int]
RunElsewhere = Callable[[list[str]], int]

_elsewhere: RunElsewhere | None = None


def run_elsewhere(run: RunElsewhere | None) -> None:
    """Where this process has no controlling terminal, let ``run`` run the editor in one that has.

    It gives how the editor ended, as subprocess has it, or raises OSError when it did not start.
    """
    global _elsewhere
    _elsewhere = run


def editor_command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The words of ``$VISUAL`` or else ``$EDITOR``, the program as a full path.

    Raises BadCommand, saying what to do, when neither names a program that is there.
    """
    for name in ("VISUAL", "EDITOR"):
        if not environ.get(name, "").strip():
            continue
        try:
            words = shlex.split(environ[name])
        except ValueError as error:
            raise BadCommand(f"${name} cannot be read ({error}): {environ[name]}") from error
        program = shutil.which(words[0], path=environ.get("PATH")) if words else None
        if program is None:
            raise BadCommand(f"${name} names a program that is not there: {environ[name]}")
        return [program, *words[1:]]
    raise BadCommand("no editor: set $VISUAL or $EDITOR, for example EDITOR=nano")


def edit_external(
    app: App[Any], text: str, stdio: Stdio | None = None, suffix: str = ".json"
) -> str | None:
    """Let the person edit a text in their editor; None when it is as it was.

    ``stdio`` are the descriptors of the real terminal, where 0, 1 and 2 point elsewhere. Blocks
    until the editor ends. Raises BadCommand when there is no editor, it fails, or leaves no text.
    """
    from textual.app import SuspendNotSupported

    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="tooltrace-") as folder:
        path = Path(folder) / f"value{suffix}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))
        try:
            with app.suspend(), _ctrl_c_is_the_editors():
                problem = _run([*command, str(path)], stdio)
        except SuspendNotSupported as error:
            raise BadCommand("this terminal cannot be handed to an editor") from error
        if problem is not None:
            raise BadCommand(problem)
        edited = _read(path)
    if edited.endswith("\n") and not text.endswith("\n"):
        edited = edited[:-1]
    return None if edited == text else edited


def _run(command: list[str], stdio: Stdio | None) -> str | None:
    """Run the editor; what went wrong, if anything.

    Never raises: ``App.suspend`` does not give the screen back after an exception.
    """
    stdin, stdout, stderr = stdio if stdio is not None else (None, None, None)
    try:
        if _elsewhere is not None:
            code = _elsewhere(command)
        else:
            ran = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=stderr, check=False)
            code = ran.returncode
    except (OSError, ValueError) as error:
        return f"the editor did not start: {error}"
    if code == 0:
        return None
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    return f"{Path(command[0]).name} {how}; nothing was changed"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogatepass").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadCommand(f"the edited text is not UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise BadCommand("the editor left no file; nothing was changed") from error


@contextmanager
def _ctrl_c_is_the_editors() -> Iterator[None]:
    """Ctrl-C reaches every program on the terminal; while the editor has it, it is not for us."""
    try:
        before = signal.signal(signal.SIGINT, lambda *_: None)
    except ValueError:  # only the main thread has signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
