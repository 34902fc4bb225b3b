from __future__ import annotations

from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.tui_support import BATCHES, Host, assert_clean, screen_lines, screen_text
from tooltrace.tui.dialog.confirm import Answer, ConfirmScreen
from tooltrace.tui.dialog.picker import Choice, Picked, PickerScreen
from tooltrace.tui.keys.keymap import PANES, help_for, key_label
from tooltrace.tui.screens.editor import Edited, EditorScreen
from tooltrace.tui.screens.help import WORDS, HelpScreen, help_lines
from tooltrace.tui.widgets.inputs import LineInput, ValueArea

VALUE = {"total": 59.9, "items": [1, 2], "note": "a\x1b[2Jb"}


class Stage:
    """A host at 80×24 with one screen on it."""

    def __init__(self, screen: Screen[Any]) -> None:
        self.app = Host()
        self.screen = screen
        self.running = self.app.run_test(size=(80, 24), notifications=True)

    async def __aenter__(self) -> Stage:
        self.pilot: Pilot[Any] = await self.running.__aenter__()
        self.app.show(self.screen)
        await self.pilot.pause()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.running.__aexit__(*error)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        self.app.screen.query_one(ValueArea).load_text(text)
        await self.pilot.pause()

    @property
    def given(self) -> list[Any]:
        return self.app.given

    @property
    def text(self) -> str:
        return screen_text(self.app)


# the editor


async def test_the_editor_shows_the_original_as_json_and_gives_what_was_accepted() -> None:
    async with Stage(EditorScreen(VALUE, title="Edit [/] #17", hint="before the model")) as stage:
        assert "Edit [/] #17" in stage.text
        assert "before the model" in stage.text
        assert r'"note": "a\u001b[2Jb"' in stage.text
        assert "✓ valid JSON" in stage.text
        await stage.press("down", "end", "left", "backspace", "8")
        assert "total  59.9 → 59.8" in stage.text
        await stage.press("ctrl+s")
        assert stage.given == [Edited({**VALUE, "total": 59.8})]


async def test_an_invalid_text_is_never_accepted_and_says_where() -> None:
    async with Stage(EditorScreen(VALUE, title="x")) as stage:
        await stage.write('{\n  "total": 1,,\n}')
        assert "× line 2, column 14: not JSON" in stage.text
        await stage.press("ctrl+s")
        await stage.press("f2")
        assert stage.given == []
        await stage.write('{"total": 1}')
        await stage.press("f2")
        assert stage.given == [Edited({"total": 1})]


async def test_a_check_is_a_problem_too() -> None:
    check = lambda value: None if value == 3 else f"not three: {value}\x1b"  # noqa: E731
    async with Stage(EditorScreen(1, title="x", check=check)) as stage:
        assert r"× not three: 1\u{1b}" in stage.text
        await stage.press("ctrl+s")
        assert stage.given == []
        await stage.write("3")
        await stage.press("ctrl+s")
        assert stage.given == [Edited(3)]


async def test_escape_leaves_at_once_if_nothing_changed() -> None:
    async with Stage(EditorScreen(VALUE, title="x")) as stage:
        await stage.press("escape")
        assert stage.given == [None]


async def test_escape_asks_for_a_second_one_if_something_changed() -> None:
    async with Stage(EditorScreen(VALUE, title="x")) as stage:
        await stage.write("[1]")
        await stage.press("escape")
        assert "again throws your changes away" in stage.text
        await stage.press("right")
        assert "again throws" not in stage.text
        await stage.press("escape")
        assert stage.given == []
        await stage.press("escape")
        assert stage.given == [None]


@pytest.mark.parametrize(("allow_same", "given"), [(False, None), (True, Edited(None))])
async def test_accepting_what_was_not_changed(allow_same: bool, given: Any) -> None:
    async with Stage(EditorScreen(None, title="x", allow_same=allow_same)) as stage:
        await stage.press("ctrl+s")
        assert stage.given == [given]


async def test_a_string_can_be_edited_as_plain_text_and_back() -> None:
    async with Stage(EditorScreen('say "hi"\nthere', title="x")) as stage:
        assert "^t text" in stage.text
        await stage.press("ctrl+t")
        assert "✓ valid text" in stage.text
        await stage.write('say "ho"')
        await stage.press("ctrl+t")
        assert r'"say \"ho\""' in stage.text
        await stage.press("ctrl+s")
        assert stage.given == [Edited('say "ho"')]


@pytest.mark.parametrize("value", [VALUE, "a\x1bb"])
async def test_what_cannot_be_plain_text_stays_json(value: Any) -> None:
    async with Stage(EditorScreen(value, title="x")) as stage:
        before = stage.screen.query_one(ValueArea).text
        await stage.press("ctrl+t")
        assert stage.screen.query_one(ValueArea).text == before
        assert "▲" in stage.text


async def test_pasting_hidden_characters_keeps_them_as_escapes_or_says_they_are_left_out() -> None:
    async with Stage(EditorScreen("x", title="x")) as stage:
        await stage.press("right")
        await stage.paste("a\x1b\u202e\U000e0041")
        assert stage.screen.query_one(ValueArea).text == '"a\\u001b\\u202e\\udb40\\udc41x"'
        await stage.write('"x"')
        await stage.press("ctrl+t")
        await stage.paste("a\x1bb\r\nc")
        assert stage.screen.query_one(ValueArea).text == "ab\ncx"
        assert "1 hidden characters left out" in stage.text
        assert_clean(stage.app)


async def test_a_value_too_big_to_edit_here_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with Stage(EditorScreen("x" * 1_000_000, title="x")) as stage:
        assert "1,000,002 characters are too many to edit here" in stage.text
        await stage.press("f4")
        assert "no editor: set $VISUAL or $EDITOR" in " ".join(stage.text.split())
        await stage.press("ctrl+s")
        assert stage.given == [None]


async def test_a_terminal_that_cannot_be_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with Stage(EditorScreen(1, title="x")) as stage:
        await stage.press("f4")
        assert "this terminal cannot be handed to" in " ".join(stage.text.split())


# the picker

CHOICES = [
    Choice("a", "alpha", "first", group="Letters"),
    Choice("b", "beta", group="Letters", enabled=False, why="not from here"),
    Choice("g", "gamma", group="Letters"),
    Choice("t", "ten", group="Numbers", ask="Why?"),
]


async def test_typing_narrows_and_enter_picks() -> None:
    async with Stage(PickerScreen("Pick one", CHOICES)) as stage:
        assert all(word in stage.text for word in ("Letters", "alpha", "beta", "Numbers", "ten"))
        await stage.press(*"gam")
        assert "alpha" not in stage.text
        await stage.press("enter")
        assert stage.given == [Picked("g")]


async def test_arrows_move_past_headings_and_a_click_picks() -> None:
    async with Stage(PickerScreen("Pick one", CHOICES)) as stage:
        await stage.press("down", "down")
        assert stage.screen.marked == CHOICES[2]  # type: ignore[attr-defined]
        y = next(i for i, line in enumerate(screen_lines(stage.app)) if "alpha" in line)
        await stage.pilot.click(offset=(12, y))
        await stage.pilot.pause()
        assert stage.given == [Picked("a")]


async def test_what_cannot_be_picked_says_why() -> None:
    async with Stage(PickerScreen("Pick one", CHOICES)) as stage:
        await stage.press(*"beta", "enter")
        assert "× not from here" in stage.text
        assert stage.given == []
        await stage.press("escape")
        assert stage.given == [None]


async def test_a_question_must_be_answered_and_escape_goes_back_to_the_list() -> None:
    async with Stage(PickerScreen("Pick one", CHOICES)) as stage:
        await stage.press(*"ten", "enter")
        assert "Why?" in stage.text
        await stage.press("enter")
        assert stage.given == []
        await stage.press("escape")
        assert "alpha" in stage.text
        await stage.press(*"ten", "enter", *"why not", "enter")
        assert stage.given == [Picked("t", "why not")]


async def test_nothing_matches() -> None:
    async with Stage(PickerScreen("Pick one", CHOICES)) as stage:
        await stage.press(*"zzz", "enter")
        assert "nothing matches" in stage.text
        assert stage.given == []


async def test_a_hundred_thousand_choices() -> None:
    many = [Choice(i, f"choice {i}") for i in range(100_000)]
    async with Stage(PickerScreen("Pick one", many)) as stage:
        assert "99,500 more" in stage.text
        stage.screen.query_one(LineInput).value = "choice 99999"
        await stage.pilot.pause()
        await stage.press("enter")
        assert stage.given == [Picked(99_999)]


# the question

ANSWERS = [
    Answer("r", "run it again", "run", danger=True),
    Answer("k", "keep what was recorded", "keep"),
]


async def test_the_safe_answer_is_the_default() -> None:
    async with Stage(ConfirmScreen("It writes", ["process_credit", "ran once"], ANSWERS)) as stage:
        assert "▲ run it again" in stage.text
        assert "▌ k  keep what was recorded" in stage.text
        await stage.press("enter")
        assert stage.given == ["keep"]


@pytest.mark.parametrize(
    ("keys", "given"),
    [
        (["r"], ["run"]),
        (["k"], ["keep"]),
        (["up", "enter"], ["run"]),
        (["escape"], [None]),
        (["x"], []),
    ],
)
async def test_keys_give_answers(keys: list[str], given: list[Any]) -> None:
    async with Stage(ConfirmScreen("It writes", ["?"], ANSWERS)) as stage:
        await stage.press(*keys)
        assert stage.given == given


async def test_without_a_safe_answer_enter_gives_none() -> None:
    async with Stage(ConfirmScreen("It writes", ["?"], ANSWERS[:1])) as stage:
        await stage.press("enter")
        assert stage.given == []


async def test_a_long_question_scrolls_and_its_answers_stay_in_sight() -> None:
    lines = [f"line {i}." for i in range(200)]
    async with Stage(ConfirmScreen("It writes", lines, ANSWERS)) as stage:
        assert "line 0." in stage.text
        assert "keep what was recorded" in stage.text
        assert "esc cancel" in stage.text
        await stage.press("pagedown")
        assert "line 0." not in stage.text


# the help


@pytest.mark.parametrize("pane", [None, *PANES])
def test_the_help_says_every_key_that_acts_and_every_word(pane: str | None) -> None:
    text = " ".join("".join(part for part, _ in line) for line in help_lines(pane, 70))
    text = " ".join(text.split())
    for _, actions in help_for(pane):
        for action in actions:
            assert action.help in text
            assert all(key_label(key) in text for key in action.keys)
    assert all(word in text and meaning in text for word, meaning in WORDS)


@pytest.mark.parametrize("key", ["escape", "question_mark", "q", "f1"])
async def test_the_help_scrolls_and_closes(key: str) -> None:
    async with Stage(HelpScreen("calls")) as stage:
        assert "Help · calls" in stage.text
        assert "Go on" in stage.text
        await stage.press("end")
        assert "WRITES" in stage.text
        await stage.press(key)
        assert stage.given == [None]
        assert stage.app.quits == 0


# hostile text


def hostile_screens(text: str) -> list[Screen[Any]]:
    return [
        EditorScreen(text, title=text[:500], hint=text, check=lambda _: text),
        EditorScreen({text: [text]}, title="x", draft=text[:30_000]),
        PickerScreen(text, [Choice(text, text, text, False, text, text, text)] * 3, hint=text[:99]),
        ConfirmScreen(text, [text], [Answer("a", text, text, danger=True)]),
    ]


@pytest.mark.parametrize("number", range(4))
async def test_hostile_text_in_every_screen(number: int) -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        for text in BATCHES.values():
            screen = hostile_screens(text)[number]
            app.show(screen)
            await pilot.pause()
            assert_clean(app)
            if isinstance(screen, PickerScreen):
                screen.action_pick()
                await pilot.pause()
                assert_clean(app)
            screen.dismiss(None)
            await pilot.pause()
