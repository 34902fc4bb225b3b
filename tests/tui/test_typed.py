"""What comes of the bytes that a terminal sends, whole or in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.message import Message

from tooltrace.tui.input.typed import TerminalParser, plain_paste

BEGIN, END = "\x1b[200~", "\x1b[201~"


def read(*pieces: str) -> list[Message]:
    parser = TerminalParser()
    return [message for piece in pieces for message in parser.feed(piece)]


def keys(*pieces: str) -> list[tuple[str, str | None]]:
    messages = read(*pieces)
    assert all(isinstance(each, Key) for each in messages), messages
    return [(each.key, each.character) for each in messages if isinstance(each, Key)]


def pasted(*pieces: str) -> str:
    (message,) = read(*pieces)
    assert isinstance(message, Paste)
    return message.text


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a\x1b[106;5ub", "a\nb"),
        ("a\x1b[27;5;106~b", "a\nb"),
        ("a\x1b[109;5ub", "a\rb"),
        ("a\x1b[13ub\x1b[13;1uc", "a\rb\rc"),
        ("\x1b[105;5u\x1b[9u", "\t\t"),
        ("\x1b[104u\x1b[105;1u", "hi"),
        ("\x1b[97;2u\x1b[65;2u\x1b[97:65;2u\x1b[49:33;2u", "AAA!"),
        ("\x1b[97;65u\x1b[97;129u", "aa"),
        ("\x1b[97;;97u\x1b[97;2;65u\x1b[0;;28450:23383u", "aA漢字"),
        ("\x1b[27;2;65~\x1b[27;1;28450~", "A漢"),
        ("\x1b[128105u", "👩"),
        ("\x1b[120;3u", "\x1bx"),
        ("\x1b[97;1:3u\x1b[97;1:2u", "a"),
        ("\x1b[57400u\x1b[57441;2u", "1"),
        ("\x1b[9999999ux", "x"),
        ("\x1b[55296ux", "x"),
        ("no escape; 97;1u", "no escape; 97;1u"),
        ("\x1b[31mred\x1b[0m \x1b[2J", "\x1b[31mred\x1b[0m \x1b[2J"),
        ("223;2u \x1b[223;2u", "223;2u ß"),
    ],
)
def test_what_is_spelled_as_keys_in_a_paste_is_what_was_pasted(sent: str, meant: str) -> None:
    assert plain_paste(sent) == meant
    assert pasted(BEGIN + sent + END) == meant


@pytest.mark.parametrize(
    "text",
    [
        "\x1b" + "q" * 60,
        "a\x1b\x1b\x1bq",
        "\x1b[200~",
        "x\x1b",
        "\x1b[",
        "\x1b[20",
        "\x1b[I\x1b[O",
        "\x1b[<0;1;1M",
        "\x1b[48;1;1;1;1t",
        "~" * 9,
    ],
)
def test_nothing_in_a_paste_is_a_key_or_anything_else(text: str) -> None:
    whole = BEGIN + text + END
    assert pasted(whole) == text
    assert pasted(*whole) == text
    assert [type(each) for each in read(f"a{whole}b{whole}c")] == [Key, Paste, Key, Paste, Key]


def test_a_pause_in_a_paste_ends_nothing() -> None:
    parser = TerminalParser()
    assert list(parser.feed(BEGIN + "a\x1b")) == []
    parser._timeout_time = 0.0 if parser._timeout_time is not None else None
    assert list(parser.tick()) == []
    (message,) = parser.feed("[q" + END)
    assert isinstance(message, Paste)
    assert message.text == "a\x1b[q"


def test_a_stream_that_ends_in_a_paste_ends() -> None:
    parser = TerminalParser()
    assert list(parser.feed(BEGIN + "a")) == []
    assert list(parser.feed("")) == []


def test_an_escape_alone_is_the_key() -> None:
    parser = TerminalParser()
    assert list(parser.feed("\x1b")) == []
    parser._timeout_time = 0.0
    (message,) = parser.tick()
    assert isinstance(message, Key)
    assert message.key == "escape"
    assert [
        key for key, _ in [(each.key, 0) for each in parser.feed("q") if isinstance(each, Key)]
    ] == ["q"]


@given(st.text(max_size=80).filter(lambda text: END not in text + END[:-1]), st.data())
def test_a_paste_is_whole_however_it_comes(text: str, data: st.DataObject) -> None:
    whole = BEGIN + text + END
    cuts = sorted(data.draw(st.lists(st.integers(1, len(whole) - 1), max_size=5)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert pasted(*(piece for piece in pieces if piece)) == plain_paste(text).replace("\x00", "")


@pytest.mark.parametrize(
    ("sent", "key", "character"),
    [
        ("\x1b[97;1u", "a", "a"),
        ("\x1b[97u", "a", "a"),
        ("\x1b[97;2u", "A", "A"),
        ("\x1b[27;2;65~", "A", "A"),
        ("\x1b[32u", "space", " "),
        ("\x1b[28450u", "漢", "漢"),
        ("\x1b[97;;97u", "a", "a"),
        ("\x1b[106;5u", "ctrl+j", None),
        ("\x1b[27;5;106~", "ctrl+j", None),
        ("\x1b[27;5;99~", "ctrl+c", None),
        ("\x1b[99;5u", "ctrl+c", None),
        ("\x1b[13;2u", "shift+enter", None),
        ("\x1b[27;2;13~", "shift+enter", None),
        ("\x1b[27;2;9~", "shift+tab", None),
        ("\x1b[3~", "delete", None),
        ("\x1b[1;5C", "ctrl+right", None),
        ("\x1b[15~", "f5", None),
    ],
)
def test_characters_spelled_as_keys_are_typed(sent: str, key: str, character: str | None) -> None:
    assert keys(sent) == [(key, character)]
    assert keys(*sent) == [(key, character)]


@pytest.mark.parametrize("sent", ["\x1b[9999999u", "\x1b[99999999999999u", "\x1b[97;;9999999u"])
def test_a_code_that_no_character_has_ends_nothing(sent: str) -> None:
    assert read(sent + "q")[-1:] != []
    assert [each.key for each in read(sent + "q") if isinstance(each, Key)][-1] == "q"
