"""Where a copied text goes, with real programs in the person's path, and what is said of it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.timing import within
from tooltrace.tui import clipboard
from tooltrace.tui.clipboard import SURELY, Clipboard, pasteable

PLAIN = {"TERM": "xterm-256color"}
KEEPS = '#!/bin/sh\nexec /bin/cat > "{to}"\n'


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for programs, which is all of the path; files to be told of come beside it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def program(folder: Path, name: str, script: str = KEEPS) -> Path:
    """A program of that name; where what it was given goes."""
    to = folder / f"{name}.got"
    path = folder / name
    path.write_text(script.replace("{to}", str(to)))
    path.chmod(0o700)
    return to


def at(folder: Path, system: str = "linux", **environ: str) -> Clipboard:
    return Clipboard({**PLAIN, "PATH": str(folder), **environ}, system)


def runs(pid: str) -> bool:
    """Whether it is there, and not only waits for somebody to ask how it ended."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


def named(said: str) -> Path:
    return Path(said[said.index("/") :])


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "foot-extra"}, "foot"),
        ({"TERM_PROGRAM": "WezTerm"}, "WezTerm"),
        ({"WT_SESSION": "1"}, "Windows Terminal"),
    ],
)
def test_a_terminal_that_takes_it_is_sent_it(
    tools: Path, environ: dict[str, str], name: str
) -> None:
    program(tools, "xclip")
    copied = at(tools, DISPLAY=":0", **environ).put("text")
    assert copied.said == f"sent {{}} to the clipboard of {name} (OSC 52)"
    assert copied.sure
    assert copied.to_terminal


@pytest.mark.parametrize("other", ["XTERM_VERSION", "VTE_VERSION", "KONSOLE_VERSION", "ZELLIJ"])
def test_what_another_terminal_left_behind_is_not_believed(tools: Path, other: str) -> None:
    copied = at(tools, TERM_PROGRAM="WezTerm", **{other: "1"}).put("text")
    assert not copied.sure
    assert "may not take" in copied.said


def test_more_than_any_terminal_takes_is_in_a_file_besides(tools: Path) -> None:
    copied = at(tools, TERM="xterm-kitty").put("x" * (SURELY + 1))
    assert not copied.sure
    assert copied.to_terminal
    assert named(copied.said).stat().st_size == SURELY + 1


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0"}),
        ("xclip", {"DISPLAY": ":0"}),
        ("xsel", {"DISPLAY": ":0"}),
        ("xclip", {"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "here"}),
        ("termux-clipboard-set", {"TERMUX_VERSION": "1"}),
    ],
)
def test_a_program_of_the_system_gets_the_text(
    tools: Path, name: str, environ: dict[str, str]
) -> None:
    got = program(tools, name)
    copied = at(tools, **environ).put("漢 text\n")
    assert copied.said == f"copied {{}} to the clipboard ({name})"
    assert (copied.sure, copied.to_terminal) == (True, False)
    assert got.read_text(encoding="utf-8") == "漢 text\n"


def test_on_a_mac(tools: Path) -> None:
    got = program(tools, "pbcopy")
    assert at(tools, "darwin").put("text").sure
    assert got.read_text() == "text"
    assert not at(tools, "darwin", SSH_TTY="/dev/pts/1").put("text").sure


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_the_screen_of_a_machine_far_away_is_not_the_persons(tools: Path, name: str) -> None:
    got = [program(tools, each) for each in ("wl-copy", "xclip", "xsel")]
    copied = at(tools, SSH_CONNECTION="here", **{name: ":0"}).put("text")
    assert not copied.sure
    assert not any(each.exists() for each in got)


def test_a_program_that_fails_has_copied_nothing_and_the_next_is_asked(tools: Path) -> None:
    program(tools, "xclip", "#!/bin/sh\n/bin/cat > /dev/null; exit 1\n")
    got = program(tools, "xsel")
    assert at(tools, DISPLAY=":0").put("text").said == "copied {} to the clipboard (xsel)"
    assert got.read_text() == "text"


@pytest.mark.parametrize("size", [4, 1 << 20], ids=["small", "more than a pipe holds"])
def test_a_program_that_hangs_is_ended_with_all_it_began(
    tools: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "PATIENCE", 0.3)
    noted = tools / "pid"
    program(tools, "xclip", f"#!/bin/sh\n/bin/sleep 60 &\necho $! > {noted}\nwait\n")
    with within(5):
        copied = at(tools, DISPLAY=":0").put("x" * size)
    assert not copied.sure
    assert named(copied.said).stat().st_size == size
    late = time.monotonic() + 10
    while runs(noted.read_text().strip()):
        assert time.monotonic() < late


def test_one_that_stays_to_hold_the_clipboard_is_not_waited_for_and_lives_on(tools: Path) -> None:
    noted = tools / "pid"
    holding = f"#!/bin/sh\n/bin/cat > /dev/null\n/bin/sleep 60 &\necho $! > {noted}\n"
    program(tools, "xclip", holding)
    with within(clipboard.PATIENCE):
        assert at(tools, DISPLAY=":0").put("text").sure
    pid = int(noted.read_text())
    os.kill(pid, 0)
    os.kill(pid, 9)


@pytest.mark.parametrize(
    "environ",
    [{"TERM": "linux"}, {"TERM": "screen", "STY": "1"}, {"TERM_PROGRAM": "Apple_Terminal"}],
)
def test_where_nothing_takes_it_the_text_is_in_a_file_of_the_persons_own(
    tools: Path, environ: dict[str, str]
) -> None:
    copied = at(tools, **environ).put("text")
    assert copied.said.startswith("{} could not be copied: /")
    assert (copied.sure, copied.to_terminal) == (False, False)
    file = named(copied.said)
    assert file.read_text() == "text"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert named(at(tools, **environ).put("other").said) != file


def test_a_terminal_that_nobody_knows_is_sent_it_and_a_file_has_it(tools: Path) -> None:
    copied = at(tools).put("text")
    assert copied.said.startswith("sent {} to the terminal, which may not take them (OSC 52): /")
    assert (copied.sure, copied.to_terminal) == (False, True)
    assert named(copied.said).read_text() == "text"


def test_where_there_is_no_place_for_a_file_either_that_is_said(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tools / "gone"))
    copied = at(tools, TERM="linux").put("text")
    assert "could not be copied, nor put in a file: No such file" in copied.said
    assert not copied.sure


def test_what_acts_on_a_terminal_is_spelled_out_and_the_rest_is_exact() -> None:
    stays = "x 👩\u200d💻 e\u0301 क्\u200dष \u200e"
    text = "a\tb\nc\r\nd\x1b[201~\re\x00\x9b31m\u202e"
    spelled = "a\tb\nc\r\nd\\u{1b}[201~\\u{d}e\\u{0}\\u{9b}31m\\u{202e}"
    assert pasteable(text + stays) == (spelled + stays, 5)


TMUX = shutil.which("tmux")


@pytest.fixture
def in_tmux(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a program in a tmux of the test's own, with nobody attached."""
    assert TMUX is not None
    folder = tempfile.mkdtemp(prefix="tt-")  # A socket's name may not be long.
    socket = f"{folder}/s"
    # The path holds tmux and nothing else, so that no program of the machine is found.
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "tmux").symlink_to(TMUX)
    base = {"TERM": "xterm-256color", "HOME": folder, "PATH": str(tmp_path / "only")}
    new = [TMUX, "-f", os.devnull, "-S", socket, "new-session", "-d", "/bin/sleep 60"]
    subprocess.run(new, env=base, check=True)
    try:
        yield {**base, "TERM": "tmux-256color", "TMUX": f"{socket},1,0"}
    finally:
        subprocess.run([TMUX, "-S", socket, "kill-server"], env=base, check=True)
        shutil.rmtree(folder)


@pytest.mark.skipif(TMUX is None, reason="needs tmux")
def test_in_tmux_its_buffer_has_it_and_nothing_more_is_claimed(in_tmux: dict[str, str]) -> None:
    copied = Clipboard(in_tmux, "linux").put("in\ntmux")
    assert copied.said == "copied {} to tmux's buffer only: prefix ] pastes"
    assert (copied.sure, copied.to_terminal) == (False, False)
    assert TMUX is not None
    shown = subprocess.run([TMUX, "show-buffer"], env=in_tmux, capture_output=True, check=True)
    assert shown.stdout == b"in\ntmux"
