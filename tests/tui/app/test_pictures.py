"""Pictures and documents in the app: looked at, copied, opened, edited round, and attached."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste

from tests.tools.test_media import GIF, png
from tests.tui.app.driven import Driven, begin, doors, facts, reach, until
from tests.tui.app.keys import presses
from tests.tui.tui_support import HOSTILE, assert_clean
from tooltrace import Workflow, document, image, tool
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import text_block
from tooltrace.debugger.debugger import Debugger
from tooltrace.models.scripted import Move, Seen, call, say
from tooltrace.tui.clipboard import Clipboard
from tooltrace.tui.media_files import MediaFiles
from tooltrace.tui.opener import Opener
from tooltrace.tui.screens.say import SayScreen
from tooltrace.tui.services import AppServices
from tooltrace.tui.widgets.file_tree import FileTree
from tooltrace.tui.widgets.inputs import ValueArea
from tooltrace.tui.widgets.picture import PictureView

SIZE = len(png())
SHOWN = f"[image png 3×2, {SIZE} B]"


def looking() -> Workflow:
    @tool(read_only=True)
    def look() -> Any:
        """Look."""
        return ["before", image(png()), document(b"%PDF-1.4", "terms.pdf"), "after"]

    def policy(seen: Seen) -> Move:
        return call("look") if seen.turn == 0 else say("done")

    return Workflow("looking", tools=[look], policy=policy, input="go")


@pytest.fixture
def seen(tmp_path: Path) -> Debugger:
    """A run in which a picture, a PDF and texts came back."""
    return reach(begin(tmp_path, looking()), lambda view: view.snapshot.tool_calls == 1)


def services(folder: Path, **environ: str) -> AppServices:
    real = doors(folder)
    programs = {"PATH": str(folder / "bin"), **environ}
    return AppServices(
        real.run,
        real.open,
        real.recent,
        [],
        clipboard=Clipboard(programs, "linux"),
        opener=Opener(programs, "linux"),
        media=MediaFiles(),
    )


def program(folder: Path, name: str, script: str) -> Path:
    """A program in the person's path; where what it was given goes."""
    to = folder / f"{name}.got"
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{script.replace('{to}', str(to))}\n")
    path.chmod(0o700)
    return to


async def to_block(d: Driven, shown: str) -> None:
    """The cursor on the block of the conversation that is shown so."""
    pane = d.pane("conversation")
    pane.focus()
    texts = [item.text() for item in pane.items]
    pane.cursor_to(next(index for index, text in enumerate(texts) if shown in text))
    await d.settled()


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_picture_is_drawn_when_it_is_opened(seen: Debugger, size: tuple[int, int]) -> None:
    pytest.importorskip("PIL")
    async with Driven(seen, size) as d:
        assert SHOWN in d.text and "[document terms.pdf pdf," in d.text
        await to_block(d, SHOWN)
        await d.press("enter")
        assert d.dialog == "BlockScreen"
        view = d.app.screen.query_one(PictureView)
        await until(lambda: not view.said, "it was not drawn")
        await d.settled()
        assert "▀▀▀" in d.text and f"image/png · {SIZE} bytes" in d.text
        await d.press("escape")
        await to_block(d, "terms.pdf")
        await d.press("enter")
        assert "o opens it outside" in d.text
        assert_clean(d.app)
        await d.press("escape")
        assert d.dialogs == []


async def test_without_pillow_it_is_said_what_to_install(
    seen: Debugger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    async with Driven(seen, (120, 36)) as d:
        await to_block(d, SHOWN)
        await d.press("enter")
        view = d.app.screen.query_one(PictureView)
        await until(lambda: "pip install" in view.said)
        await d.settled()
        assert "pip install 'tooltrace-debugger[images]' draws it here" in d.text


async def test_the_details_of_a_call_open_its_blocks(seen: Debugger, tmp_path: Path) -> None:
    got = program(tmp_path, "xclip", 'exec /bin/cat > "{to}"')
    given = services(tmp_path, DISPLAY=":0", TERM="xterm")
    async with Driven(seen, (120, 36), given) as d:
        await d.press("3", "home", "enter")
        assert d.app.focused is d.pane("inspector") and SHOWN in d.text
        for _ in range(12):
            if d.screen.panes.selected().block is not None:
                break
            await d.press("down")
        await d.press("y")
        await until(lambda: "copied" in d.note)
        assert d.note == f"copied {SHOWN} to the clipboard (xclip)"
        assert got.read_bytes() == png()
        await d.press("enter")
        assert d.dialog == "BlockScreen"


@presses("copy")
async def test_copying_says_what_was_copied(seen: Debugger, tmp_path: Path) -> None:
    got = program(tmp_path, "xsel", 'exec /bin/cat > "{to}"')
    given = services(tmp_path, DISPLAY=":0", TERM="xterm")
    async with Driven(seen, (120, 36), given) as d:
        await to_block(d, "after")
        await d.press("y")
        await until(lambda: d.note)
        assert d.note == "copied 5 characters to the clipboard (xsel)"
        assert got.read_text() == "after"
        d.quiet()
        await to_block(d, SHOWN)
        await d.press("y")
        await until(lambda: d.note)
        assert d.note.startswith("not its bytes, but the path of a file with them, there until")
        path = Path(got.read_text())
        assert path.read_bytes() == png() and path.suffix == ".png"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        given.media.remove()
        assert not path.parent.exists()


@presses("open_outside")
async def test_opening_outside(seen: Debugger, tmp_path: Path) -> None:
    got = program(tmp_path, "xdg-open", 'printf %s "$1" > "{to}"')
    given = services(tmp_path, DISPLAY=":0")
    async with Driven(seen, (120, 36), given) as d:
        await d.press("3", "home", "o")
        assert d.note == "▲ there are 2: go to one of them in pane 1"
        await to_block(d, "before")
        await d.press("1", "home", "o")
        assert d.note == "▲ select a picture or a document to open it outside"
        d.quiet()
        await to_block(d, "terms.pdf")
        await d.press("o")
        await until(lambda: d.note)
        assert d.note == "opened outside (xdg-open); its file is there until you leave"
        path = Path(got.read_text())
        assert (path.read_bytes(), path.suffix) == (b"%PDF-1.4", ".pdf")
        given.media.remove()


@pytest.mark.parametrize(
    ("environ", "script", "why"),
    [
        ({}, "", "there is no display here to open it on"),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "x"}, "", "there is no display here"),
        ({"DISPLAY": ":0"}, "", "there is no xdg-open here"),
        ({"DISPLAY": ":0"}, "exit 3", "xdg-open could not open it"),
    ],
)
async def test_what_cannot_be_opened_says_where_the_file_is(
    seen: Debugger, tmp_path: Path, environ: dict[str, str], script: str, why: str
) -> None:
    if script:
        program(tmp_path, "xdg-open", script)
    given = services(tmp_path, **environ)
    async with Driven(seen, (160, 45), given) as d:
        await to_block(d, SHOWN)
        await d.press("o")
        await until(lambda: d.note)
        assert d.note.startswith(f"▲ {why}") and d.note.endswith(".png until you leave")
        given.media.remove()


@presses("edit")
async def test_a_result_is_edited_round_its_pictures(seen: Debugger) -> None:
    async with Driven(seen, (120, 36)) as d:
        await d.press("3", "home", "e")
        assert d.dialog == "EditorScreen" and '"$data:1"' in d.text
        area = d.app.screen.query_one(ValueArea)
        whole = area.text
        area.load_text(whole.replace("$data:1", "$data:7"))
        await d.settled()
        assert "there is no $data:7: there are $data:1, $data:2" in d.text
        area.load_text(whole.replace("before", "otherwise"))
        await d.settled()
        await d.press("ctrl+s")
        event = facts(d.view)[-1]
        assert isinstance(event, e.ToolReturned) and event.blocks
        assert event.content[0] == text_block("otherwise")
        assert event.content[1] == image(png()).block()
        assert SHOWN in d.text and "otherwise" in d.text


# what a person says


@pytest.fixture
def asks(tmp_path: Path) -> Debugger:
    """A run that waits for a person, with nothing open."""
    return reach(begin(tmp_path, looking()), lambda view: view.snapshot.turn == 2)


def files(folder: Path) -> Path:
    made = folder / "my files"
    made.mkdir()
    (made / "a shot.png").write_bytes(png())
    (made / "terms.pdf").write_bytes(b"%PDF-1.4")
    (made / "[@click=app.quit]x.gif").write_bytes(GIF)
    (made / "tool.bin").write_bytes(b"\xff\xfe\x00")
    (made / "big.png").write_bytes(png() + b"\0" * (5 << 20))
    return made


async def paste(d: Driven, text: str) -> None:
    d.app.post_message(Paste(text))
    await d.settled()


@presses("say")
async def test_a_pasted_path_is_attached_or_text_again(asks: Debugger, tmp_path: Path) -> None:
    shot = files(tmp_path) / "a shot.png"
    async with Driven(asks, (80, 24)) as d:
        await d.press("i")
        await d.type("See")
        await paste(d, f"'{shot}' ")
        screen = d.app.screen
        assert isinstance(screen, SayScreen) and len(screen.attached) == 1
        assert f"{SHOWN}  a shot.png" in d.text
        assert "attached it · ^t makes it a text again" in d.text
        await d.press("ctrl+t")
        assert screen.attached == [] and screen.query_one(ValueArea).text == f"See'{shot}'"
        for _ in range(len(str(shot)) + 2):
            d.send("backspace")
        await paste(d, str(shot).replace(" ", "\\ "))
        await paste(d, f"file://{str(shot).replace(' ', '%20')}")
        assert len(screen.attached) == 2
        await d.press("tab", "up", "ctrl+r")
        assert len(screen.attached) == 1 and "taken out: [image" in d.text
        await d.press("tab", "ctrl+j", "x", "enter")
        assert facts(d.view)[-1] == e.UserSaid(
            f"See\nx\n\n{SHOWN}", [text_block("See\nx"), image(png()).block()]
        )
        assert SHOWN in d.text


async def test_what_is_no_file_for_a_model_is_one_line_and_stays_text(
    asks: Debugger, tmp_path: Path
) -> None:
    folder = files(tmp_path)
    os.mkfifo(folder / "pipe")
    async with Driven(asks, (100, 30)) as d:
        await d.press("i")
        screen = d.app.screen
        assert isinstance(screen, SayScreen)
        for name, why in (
            ("tool.bin", "tool.bin: no picture that a model takes, no PDF"),
            (
                "big.png",
                "big.png is not attached: 5.2 MB, a model takes at most 5 MB",
            ),
            ("pipe", "pipe is not attached: it is no file"),
            ("", "my files is not attached: it is a folder"),
        ):
            await paste(d, f"'{folder / name}'")
            assert why in " ".join(d.text.replace("│", " ").replace("┃", " ").split())
            assert screen.attached == []
            screen.query_one(ValueArea).load_text("")
            await d.settled()
        await paste(d, "README.md and /nowhere/x.png")
        assert screen.query_one(ValueArea).text == "README.md and /nowhere/x.png"
        await d.press("escape")
        assert "esc again throws this away" in d.text
        await d.press("escape")
        assert d.dialogs == []


async def test_a_file_is_picked_from_the_tree(
    asks: Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(tmp_path)
    (folder / HOSTILE["esc"]).write_text("x")
    monkeypatch.chdir(folder)
    async with Driven(asks, (100, 30)) as d:
        await d.press("i", "ctrl+o")
        assert d.dialog == "FilePickerScreen"
        tree = d.app.screen.query_one(FileTree)
        await until(lambda: len(tree.root.children) == 6)
        await d.settled()
        assert "[@click=app.quit]x.gif" in d.text and "enter attach or open" in d.text
        assert_clean(d.app)
        await d.press("down", "enter")
        await until(lambda: isinstance(d.app.screen, SayScreen))
        screen = d.app.screen
        assert isinstance(screen, SayScreen)
        assert [str(each) for each in screen.attached] == [
            "[image gif 4×5, 13 B]  [@click=app.quit]x.gif"
        ]
        await d.press("ctrl+o", "backspace")
        tree = d.app.screen.query_one(FileTree)
        await until(
            lambda: (
                [n.data and n.data.path.name for n in tree.root.children]
                == [
                    *sorted(p.name for p in tmp_path.iterdir() if p.is_dir() and p.name[0] != "."),
                    *sorted(p.name for p in tmp_path.iterdir() if p.is_file() and p.name[0] != "."),
                ]
            )
        )
        await d.press("escape", "enter")
        assert isinstance(said := facts(d.view)[-1], e.UserSaid)
        assert said.content == [image(GIF).block()]


@presses("edit")
async def test_what_was_said_is_edited_with_its_files(asks: Debugger, tmp_path: Path) -> None:
    pdf = files(tmp_path) / "terms.pdf"
    async with Driven(asks, (100, 30)) as d:
        asks.submit.edit.say("Look.", [image(png()).block()]).result(10)
        await d.settled()
        await to_block(d, "Look.")
        await d.press("e")
        screen = d.app.screen
        assert isinstance(screen, SayScreen)
        assert screen.query_one(ValueArea).text == "Look." and len(screen.attached) == 1
        await d.press("enter")
        assert d.view.tree[d.view.head].source == "live"
        await to_block(d, "Look.")
        await d.press("e")
        await paste(d, str(pdf))
        await d.press("enter")
        said = facts(d.view)[-1]
        assert isinstance(said, e.UserSaid)
        assert [block["type"] for block in said.content] == ["text", "image", "document"]
        assert d.view.tree[d.view.head].source == "edited"


async def test_a_text_with_something_hidden_is_edited_as_json(asks: Debugger) -> None:
    async with Driven(asks, (100, 30)) as d:
        asks.submit.edit.say("a\u200bb").result(10)
        await d.settled()
        await to_block(d, "a\u200bb")
        await d.press("e")
        assert d.dialog == "EditorScreen" and "a\\u200bb" in d.text
