from __future__ import annotations

import json
import os
import pty
import select
import stat
import sys
from pathlib import Path
from time import monotonic

import pytest

from tooltrace.core.model.errors import BadCommand
from tooltrace.tui.external_editor import editor_command

PROGRAM = """
import json, os, sys
real = tuple(os.dup(n) for n in (0, 1, 2))
sys.__stdin__ = os.fdopen(real[0], "r"); sys.__stderr__ = os.fdopen(real[2], "w")
null = os.open(os.devnull, os.O_RDWR)
for n in (0, 1, 2):
    os.dup2(null, n)
from textual.app import App
from tooltrace.core.model.errors import BadCommand
from tooltrace.tui.external_editor import edit_external

class Editing(App):
    def on_mount(self):
        self.call_after_refresh(self.go)

    def go(self):
        out = []
        for command, text in json.loads(sys.argv[1]):
            os.environ["VISUAL"] = command
            try:
                out.append(edit_external(self, text, real))
            except BadCommand as error:
                out.append("error: " + str(error))
        with open(sys.argv[2], "w") as file:
            json.dump(out, file)
        self.exit()

Editing().run()
"""

EDITOR = """
import os, stat, sys
path = sys.argv[-1]
text = open(path, encoding="utf-8").read()
mode = lambda p: oct(stat.S_IMODE(os.stat(p).st_mode))
match sys.argv[1]:
    case "append":
        open(path, "a").write(" more\\n")
    case "about":
        tty = all(os.isatty(n) for n in (0, 1, 2))
        about = [tty, mode(path), mode(os.path.dirname(path)), path[-5:], text]
        open(path, "w").write(repr(about))
        print("HELLO FROM THE EDITOR", flush=True)
    case "fail":
        open(path, "w").write("half")
        sys.exit(3)
    case "killed":
        os.kill(os.getpid(), 9)
    case "gone":
        os.unlink(path)
    case "latin":
        open(path, "wb").write(b"caf\\xe9")
    case "same":
        pass
"""


def in_a_terminal(argv: list[str]) -> tuple[int, bytes]:
    """Run a program on a real pty; its exit code and everything it wrote."""
    child, master = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS="80", LINES="24")
        os.execv(argv[0], argv)
    written, deadline = b"", monotonic() + 30
    while monotonic() < deadline:
        if not select.select([master], [], [], 0.5)[0]:
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        written += data
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written


@pytest.mark.pty
def test_the_real_terminal_goes_to_the_editor_and_comes_back(tmp_path: Path) -> None:
    editor, result = tmp_path / "my editor.py", tmp_path / "result.json"
    editor.write_text(EDITOR)
    command = f"{sys.executable} '{editor}' "
    cases = ["append", "about", "fail", "killed", "gone", "latin", "same"]
    jobs = [[command + case, '{"a":"\\ud800"}'] for case in cases]
    root = str(Path(__file__).parents[2])
    program = f"import sys; sys.path.insert(0, {root!r})\n{PROGRAM}"
    code, written = in_a_terminal([sys.executable, "-c", program, json.dumps(jobs), str(result)])
    assert code == 0
    appended, about, failed, killed, gone, latin, same = json.loads(result.read_text())
    assert appended == '{"a":"\\ud800"} more'
    assert about == repr([True, "0o600", "0o700", ".json", '{"a":"\\ud800"}'])
    name = Path(sys.executable).name
    assert failed == f"error: {name} ended with status 3; nothing was changed"
    assert killed == f"error: {name} was killed by signal 9; nothing was changed"
    assert gone == "error: the editor left no file; nothing was changed"
    assert latin == "error: the edited text is not UTF-8 (byte 3)"
    assert same is None
    assert written.count(b"\x1b[?1049l") == len(cases) + 1
    left, back = written.index(b"\x1b[?1049l"), written.rindex(b"\x1b[?1049h")
    assert left < written.index(b"HELLO FROM THE EDITOR") < back


def test_visual_goes_before_editor_and_may_have_arguments() -> None:
    found = editor_command({"VISUAL": "sh -x 'a b'", "EDITOR": "no-such", "PATH": "/bin:/usr/bin"})
    assert found[1:] == ["-x", "a b"]
    assert stat.S_ISREG(Path(found[0]).stat().st_mode)
    assert editor_command({"VISUAL": " ", "EDITOR": "sh", "PATH": "/bin"}) == ["/bin/sh"]


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "set $VISUAL or $EDITOR"),
        ({"EDITOR": "no-such-editor -w"}, "$EDITOR names a program that is not there"),
        ({"VISUAL": "vi 'unclosed"}, "$VISUAL cannot be read"),
    ],
)
def test_no_editor_is_said_in_one_line(environ: dict[str, str], says: str) -> None:
    with pytest.raises(BadCommand) as error:
        editor_command({"PATH": "/bin", **environ})
    assert says in str(error.value)
    assert "\n" not in str(error.value)
