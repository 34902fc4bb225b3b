"""What a terminal sends for keys and pastes, where Textual reads it otherwise than it was meant.

A paste is one text whatever stands in it: Textual takes what follows an escape in it for keys. Both
in a paste and between, tmux and terminals with extended keys spell characters as ``CSI 97;1u`` or
``CSI 27;5;106~``, and then the characters are what was typed or pasted.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from textual import events
from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1, TokenCallback
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

from tooltrace.tui.input.answers import without_answers

__all__ = ["TerminalParser", "plain_paste", "read_with"]

_SPELLED = re.compile(
    r"\x1b\[(?P<code>\d{1,7})(?::(?P<shifted>\d{0,7}))?(?::\d*)?"
    r"(?:;(?P<bits>\d{0,3})(?::(?P<kind>\d))?)?(?:;(?P<text>[\d:]*))?u"
    r"|\x1b\[27;(?P<old_bits>\d{1,3});(?P<old_code>\d{1,7})~"
)
_SHIFT, _ALT, _CTRL, _LOCKS = 1, 2, 4, 64 | 128
_RELEASE = "3"
_FUNCTIONAL = range(0xE000, 0xF900)
_KEYPAD = {57399 + number: str(number) for number in range(10)}


def plain_paste(text: str) -> str:
    """A pasted text with every character that was spelled as a key as it is meant."""
    if "\x1b" not in text:
        return text
    return _SPELLED.sub(_meant, text)


def _parts(found: re.Match[str]) -> tuple[int, int, str]:
    """The code of a key, which modifiers are held, and the letter it gives with shift, if said."""
    code = int(found["old_code"] or found["code"])
    bits = max(0, int(found["old_bits"] or found["bits"] or 1) - 1) & ~_LOCKS
    return code, bits, _letter(int(found["shifted"])) if found["shifted"] else ""


def _letter(code: int) -> str:
    """The character of a code; empty when it stands for none."""
    if code in _KEYPAD:
        return _KEYPAD[code]
    off = code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or code in _FUNCTIONAL
    return "" if off else chr(code)


def _with_shift(letter: str, shifted: str) -> str:
    # Some letters become two.
    return shifted or (letter.upper() if len(letter.upper()) == 1 else letter)


def _meant(found: re.Match[str]) -> str:
    if found["kind"] == _RELEASE:
        return ""
    if found["text"]:
        return "".join(
            _letter(int(each)) for each in found["text"].split(":") if len(each) in range(1, 8)
        )
    code, bits, shifted = _parts(found)
    letter = _letter(code)
    if bits & _CTRL:
        letter = _control(letter)
    elif bits & _SHIFT:
        letter = _with_shift(letter, shifted)
    return f"\x1b{letter}" if letter and bits & _ALT else letter


def _control(letter: str) -> str:
    if letter == "?":
        return "\x7f"
    return chr(ord(letter) & 0x1F) if letter and (letter == " " or "@" <= letter <= "~") else letter


class TerminalParser(XTermParser):
    """Textual's parser, except for pastes, characters that are spelled as keys, and answers."""

    before = ""
    """What came earlier than anything that it is fed."""

    def feed(self, data: str) -> Iterable[Message]:
        """What comes of more characters."""
        yield from self._earlier()
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        """What comes of time that goes by."""
        yield from self._earlier()
        yield from super().tick()

    def _earlier(self) -> Iterable[Message]:
        if self.before:
            data, self.before = self.before, ""
            yield from super().feed(data)

    def parse(self, token_callback: TokenCallback[Message]) -> Generator[Read1 | Peek1, str, None]:
        """Hand on each character but those of an answer, and a paste as one event."""
        return without_answers(self._keys_and_pastes(token_callback))

    def _keys_and_pastes(
        self, token_callback: TokenCallback[Message]
    ) -> Generator[Read1 | Peek1, str, None]:
        """Hand on each character, but those of a paste, which becomes one event."""

        def told(token: Message) -> None:
            if not isinstance(token, events.Paste):
                token_callback(token)

        inner, recent = super().parse(told), ""
        try:
            wanted = next(inner)
            while True:
                try:
                    char = yield wanted
                except (ParseTimeout, ParseEOF) as error:
                    wanted = inner.throw(error)
                    continue
                if isinstance(wanted, Read1):
                    recent = (recent + char)[-len(BRACKETED_PASTE_START) :]
                wanted = inner.send(char)
                if recent == BRACKETED_PASTE_START:
                    text = yield from self._pasted()
                    token_callback(events.Paste(plain_paste(text).replace("\x00", "")))
                    recent = ""
                    for char in BRACKETED_PASTE_END:
                        wanted = inner.send(char)
        except (StopIteration, ParseEOF):
            return

    def _pasted(self) -> Generator[Read1 | Peek1, str, str]:
        """All up to the mark that ends a paste."""
        chars: list[str] = []
        size = len(BRACKETED_PASTE_END)
        while True:
            chars.append((yield self.read1()))
            if chars[-1] == "~" and "".join(chars[-size:]) == BRACKETED_PASTE_END:
                return "".join(chars[:-size])

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if (found := _SPELLED.fullmatch(sequence)) is not None and not found["text"]:
            code, bits, shifted = _parts(found)
            letter = _letter(code)
            if letter.isprintable() and letter and not bits & ~_SHIFT:
                sequence = _with_shift(letter, shifted) if bits else letter
            elif found["old_code"]:
                sequence = f"\x1b[{code};{bits + 1}u"
        try:
            yield from list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):  # A code that no character has.
            yield events.Key(Keys.Ignore, sequence)


def read_with(before: str = "") -> None:
    """Let Textual read with this parser, first of all what came ``before`` it could."""
    from textual.drivers import linux_driver

    came = [before]

    def made(debug: bool = False) -> TerminalParser:
        parser = TerminalParser(debug)
        if came:
            parser.before = came.pop()
        return parser

    linux_driver.XTermParser = made  # type: ignore[attr-defined, assignment]
