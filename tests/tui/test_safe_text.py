from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import ComposeResult
from textual.widget import Widget

import tooltrace.tui
from tests.tui.tui_support import BATCHES, HOSTILE, Host, assert_clean, screen_lines, screen_text
from tooltrace.core.text.sanitize import visible
from tooltrace.tui import safe_text, theme
from tooltrace.tui.widgets.inputs import Choices, LineInput, ValueArea
from tooltrace.tui.widgets.lines_label import LinesLabel

ROOT = Path(tooltrace.tui.__file__).parent
AT_THE_EDGE = {
    "cells.py",
    "colorless.py",
    "file_tree.py",
    "inputs.py",
    "lines_label.py",
    "safe_text.py",
}
ALLOWED_IMPORTS = {
    "rich.cells",
    "rich.style",
    "textual",
    "textual._parser",
    "textual._xterm_parser",
    "textual.app",
    "textual.binding",
    "textual.cache",
    "textual.command",
    "textual.containers",
    "textual.css.query",
    "textual.dom",
    "textual.driver",
    "textual.drivers",
    "textual.drivers.web_driver",
    "textual.events",
    "textual.geometry",
    "textual.keys",
    "textual.message",
    "textual.reactive",
    "textual.screen",
    "textual.scroll_view",
    "textual.selection",
    "textual.strip",
    "textual.theme",
    "textual.timer",
    "textual.widget",
    "textual.worker",
}
SHOWING_CALLS = {"notify", "copy_to_clipboard", "panic", "add_option", "add_options", "render_str"}
SHOWING_NAMES = {"title", "sub_title", "border_title", "border_subtitle", "tooltip", "placeholder"}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.name not in AT_THE_EDGE)


def passes_by(tree: ast.AST) -> list[str]:
    """What in a module lets text reach the screen without going through the edge."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in ("rich", "textual"):
                if module not in ALLOWED_IMPORTS:
                    found.append(f"{node.lineno}: from {module} import")
            case ast.Import(names=names):
                for name in names:
                    top = name.name.split(".")[0]
                    if top in ("rich", "textual") and name.name not in ALLOWED_IMPORTS:
                        found.append(f"{node.lineno}: import {name.name}")
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in SHOWING_CALLS:
                if not (isinstance(owner, ast.Name) and owner.id == "safe_text"):
                    found.append(f"{node.lineno}: .{attr}()")
            case ast.Call(func=ast.Attribute(attr="exit"), keywords=keywords):
                if any(keyword.arg == "message" for keyword in keywords):
                    found.append(f"{node.lineno}: exit(message=)")
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr in SHOWING_NAMES:
                found.append(f"{node.lineno}: .{attr} =")
            case ast.FunctionDef(name="render"):
                found.append(f"{node.lineno}: def render")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_text_reaches_the_screen_only_through_the_edge(path: Path) -> None:
    assert passes_by(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "code",
    [
        "from textual.widgets import Static",
        "from rich.text import Text",
        "import rich.markup",
        "self.notify(error)",
        "self.border_title = name",
        "app.title = name",
        "app.exit(message=text)",
        "def render(self): return self.name",
        "app.copy_to_clipboard(value)",
    ],
)
def test_the_rule_sees_what_passes_by_the_edge(code: str) -> None:
    assert passes_by(ast.parse(code))


@given(st.text(max_size=60))
def test_masking_keeps_every_position(text: str) -> None:
    masked = safe_text.mask(text)
    assert len(masked) == len(text)
    assert visible(masked) == masked
    assert "\n" not in masked


@given(
    st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["text", "key"])), max_size=4),
    st.integers(1, 30),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=3),
)
def test_a_strip_is_exactly_as_wide_as_asked_whatever_is_marked(
    spans: list[tuple[str, str]], width: int, marks: list[tuple[int, int]]
) -> None:
    ordered = sorted((min(pair), max(pair)) for pair in marks)
    drawn = safe_text.strip(
        tuple(spans), width, theme.style, Style(), ordered, theme.style("match")
    )
    plain = safe_text.strip(tuple(spans), width, theme.style, Style())
    assert drawn.cell_length == width == cell_len(drawn.text)
    assert drawn.text == plain.text
    assert visible(drawn.text) == drawn.text


def test_what_is_marked_is_drawn_as_a_match() -> None:
    match = theme.style("match")
    line = (("ab", "key"), ("cd", "dim"))
    drawn = safe_text.strip(line, 6, theme.style, Style(), [(1, 3)], match)
    marked = "".join(s.text for s in drawn if s.style and s.style.bgcolor == match.bgcolor)
    assert marked == "bc"


class Everything(Widget):
    """One of each widget that shows text."""

    DEFAULT_CSS = "Everything { height: 20; border: solid white; }"

    def compose(self) -> ComposeResult:
        yield LinesLabel(id="words")
        yield LineInput(id="filled")
        yield LineInput(id="hinted")
        yield ValueArea("")
        yield Choices()


async def test_hostile_text_in_titles_notes_and_every_safe_widget() -> None:
    app = Host(Everything)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        for text in BATCHES.values():
            safe_text.border_title(app.query_one(Everything), text, text)
            safe_text.window_title(app, text, text)
            safe_text.notify(app, text, "warning")
            safe_text.copy(app, text[:5_000])
            app.query_one(LinesLabel).show(((text, "user"),))
            app.query_one("#filled", LineInput).value = text[:2_000]
            app.query_one("#hinted", LineInput).hint(text[:100])
            app.query_one(ValueArea).load_text(text[:20_000])
            app.query_one(Choices).offer([(((text, "text"),), True)] * 3, 70)
            await pilot.pause()
            assert_clean(app)
            assert visible(app.title) == app.title
            app.clear_notifications()


async def test_no_text_on_the_screen_is_an_action() -> None:
    app = Host(Everything)
    text = HOSTILE["click"]
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        safe_text.border_title(app.query_one(Everything), text, text)
        app.query_one(LinesLabel).show(((text, "user"),))
        app.query_one("#hinted", LineInput).hint(text)
        app.query_one(ValueArea).load_text(text)
        app.query_one(Choices).offer([(((text, "text"),), True)] * 3, 70)
        safe_text.notify(app, text, "error")
        await pilot.pause()
        places = [
            (line.index("press"), y) for y, line in enumerate(screen_lines(app)) if "press" in line
        ]
        assert len(places) >= 7
        for place in places:
            await pilot.click(offset=place)
        assert app.quits == 0


async def test_markup_in_words_is_shown_as_it_is() -> None:
    app = Host(lambda: LinesLabel([(("[@click=app.quit]press[/]", "text"),)]))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "[@click=app.quit]press[/]" in screen_text(app)
        await pilot.click(offset=(20, 0))
        assert app.quits == 0


async def test_copying_keeps_the_text_and_survives_lone_surrogates() -> None:
    app = Host()
    async with app.run_test():
        safe_text.copy(app, "a\x1b\n漢👩")
        assert app.clipboard == "a\x1b\n漢👩"
        safe_text.copy(app, "x\ud800y")
        assert app.clipboard == "x\ufffdy"


async def test_a_note_is_short() -> None:
    app = Host()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        safe_text.notify(app, "word " * 10_000, "error")
        await pilot.pause()
        shown = screen_text(app)
        assert "× word" in shown
        assert "…" in shown
        assert shown.count("word") < 120


async def test_a_border_without_a_title_has_none() -> None:
    app = Host(LinesLabel)
    async with app.run_test():
        words = app.query_one(LinesLabel)
        safe_text.border_title(words, "x")
        safe_text.border_title(words, "")
        assert words.border_title is None


async def test_words_say_something_else() -> None:
    app = Host(lambda: LinesLabel([(("one", "text"),)]))
    async with app.run_test(size=(40, 10)) as pilot:
        words = app.query_one(LinesLabel)
        words.show((("two", "error"),), (("three", "ok"),))
        await pilot.pause()
        assert words.text == "two\nthree"
        assert [line.strip() for line in screen_text(app).split("\n")[:3]] == ["two", "three", ""]
