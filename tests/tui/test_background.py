"""What a terminal's answer says of its ground, and how its answers are told from keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants
from textual.events import Key

from tooltrace.tui.background import (
    answered,
    ground_in,
    is_asked,
    theme_by_environment,
    theme_on,
)
from tooltrace.tui.input.typed import TerminalParser

ANSWERS = ["\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;#ffffff\x07", "\x1b[?64;1;2c", "\x1b[?6c"]


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        (b"\x1b]11;rgb:ffff/8080/0000\x07", "#ff8000"),
        (b"\x1b]11;rgb:f/8/0\x1b\\", "#ff8800"),
        (b"n\x1b]11;rgba:ff/80/00/ffff\x1b\\\x1b[?62c", "#ff8000"),
        (b"\x1b]11;#FF8000\x07", "#ff8000"),
        (b"\x1b]11;rgb:ffff/8080\x07", None),
        (b"\x1b]11;rgb:ffff/8080/0000", None),
        (b"\x1b]10;rgb:ffff/8080/0000\x07", None),
        (b"", None),
    ],
)
def test_an_answer_is_a_colour_or_nothing(said: bytes, ground: str | None) -> None:
    assert ground_in(said) == ground


def test_what_it_is_ends_the_answer() -> None:
    assert answered(b"n\x1b[?64;1;2c") and answered(b"\x1b[?c")
    assert not answered(b"\x1b[?2026;2$y") and not answered(b"\x1b[?64")


@pytest.mark.parametrize(
    ("ground", "theme"),
    [
        ("#ffffff", "tooltrace-light"),
        ("#fdf6e3", "tooltrace-light"),
        ("#002b36", "tooltrace"),
        ("#282a36", "tooltrace"),
        ("#000000", "tooltrace"),
    ],
)
def test_a_ground_has_its_theme(ground: str, theme: str) -> None:
    assert theme_on(ground) == theme


@pytest.mark.parametrize(
    ("said", "light"),
    [
        *[("0;15", True), ("0;default;7", True), ("15;0", False), ("7;8", False), ("", False)],
        *[("default", False), ("0;٣", False), ("0;99999999", False)],
    ],
)
def test_the_environment_may_say_it(said: str, light: bool) -> None:
    assert (theme_by_environment({"COLORFGBG": said}) == "tooltrace-light") is light


def test_a_terminal_is_asked_only_if_it_takes_the_question() -> None:
    assert is_asked({"TERM": "xterm-256color"}) and is_asked({"TERM": "screen"})
    for environ in ({}, {"TERM": "dumb"}, {"TERM": "linux"}, {"TERM": "xterm", "NO_COLOR": ""}):
        assert not is_asked(environ)


def typed(parser: TerminalParser, *pieces: str) -> str:
    messages = [message for piece in pieces for message in parser.feed(piece)]
    assert all(isinstance(each, Key) for each in messages), messages
    return "".join(each.character or each.key for each in messages if isinstance(each, Key))


@given(st.lists(st.sampled_from([*ANSWERS, *"n1]["])), st.integers(1, 40))
def test_answers_between_keys_leave_the_keys(parts: list[str], size: int) -> None:
    data = "".join(parts)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert typed(TerminalParser(), *pieces) == "".join(p for p in parts if p not in ANSWERS)


@given(st.text(st.sampled_from("\x1b[]?;:/0123456789rgbcABC~un\x07\\"), max_size=80))
def test_whatever_comes_the_parser_goes_on(data: str) -> None:
    parser = TerminalParser()
    for char in data:
        list(parser.feed(char))
    list(parser.feed("\x07" * 80 + "xyz"))
    assert typed(parser, "xyz") == "xyz"


def test_what_came_earlier_is_read_first() -> None:
    parser = TerminalParser()
    parser.before = "ab" + ANSWERS[0][:7]
    assert typed(parser, ANSWERS[0][7:] + "c") == "abc"
    parser.before = "d"
    assert [each.key for each in parser.tick() if isinstance(each, Key)] == ["d"]


@pytest.mark.parametrize("pressed", ["\x1b", "\x1b]", "\x1b["])
def test_a_key_that_might_begin_an_answer_waits_no_longer_than_escape_does(
    pressed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "ESCAPE_DELAY", 0.0)
    parser = TerminalParser()
    assert list(parser.feed(pressed)) == []
    assert [message.key for message in parser.tick() if isinstance(message, Key)] == [
        {"\x1b": "escape", "\x1b]": "right_square_bracket", "\x1b[": "left_square_bracket"}[pressed]
    ]
    assert typed(parser, "n") == "n"
