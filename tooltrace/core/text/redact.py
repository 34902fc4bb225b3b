"""Take credentials out of text before anybody writes it down.

Three kinds are found: the exact values that an environment holds under names like ``…_KEY``, in
every form in which a value gets into JSON, a traceback or base64, also where a line break cuts it
in two; what looks like a well-known kind of key (``redact_known_keys``); and what stands under a
name that tells (``redact_named_values``). Almost every text holds none, so that is what costs
least: a search for a few fixed words, each as quick as memory is read. Only where one is found does
a pattern of its own look closer; every pattern takes time that is linear in the text.

``[secret NAME]`` stands where a secret was. With ``SecretNumbers`` it is ``[secret NAME #2]``: one
number for each distinct value of a file, so that equal secrets stay equal and others do not. It is
no digest, from which a short password could be guessed, and so it says nothing outside that file.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from itertools import count
from urllib.parse import quote

from msgspec import Struct

from tooltrace.core.text.exact_json import MAX_DEPTH, JsonValue, dumps, loads
from tooltrace.core.text.sanitize import one_line
from tooltrace.core.text.secret_names import LEAST, is_ordinary, secrets_of

__all__ = [
    "LEAST",
    "Hide",
    "Redactor",
    "SecretNumbers",
    "by_value",
    "hidden",
    "hidden_json",
    "nothing_hidden",
    "parsed",
    "secrets_of",
]

Hide = Callable[[str], str]
"""Gives a text back without the secrets in it."""

_DEPTH = MAX_DEPTH + 8
_LEAST_CORE = 4
_MOST_CORE = 32
_TELLING_CORE = 12
_MOST_NAME = 40
_RUN, _MANY = 14, 16
_ALNUM = bytes(97 if c < 128 and chr(c).isalnum() else 32 for c in range(256))
_ENOUGH = b"a" * _RUN
_NOT_A_NAME = re.compile(r"\W+", re.ASCII)
_CORE = re.compile(r"[A-Za-z0-9]+")
_NUMBERED = re.compile(rb"\[secret(?: \w{1,40})? #(\d{1,9})\]")
# What ends an escape is no letter that belongs to what follows it.
_ALONE = r"(?:(?<![A-Za-z0-9])|(?<=\\[abfnrtv])|(?<=\\u[0-9A-Fa-f]{4})|(?<=\\x[0-9A-Fa-f]{2})"
_ALONE += r"|(?<=\\U[0-9A-Fa-f]{8}))"
_BREAK = r"(?:\\{1,7}[nr]|[\r\n])*"


class SecretNumbers:
    """The numbers of the distinct values hidden in one file; safe to use from several threads.

    Which values an older part of the file hides is not known any more: one that comes again after
    the file was reopened gets a number of its own.
    """

    def __init__(self) -> None:
        self._next = count(1)
        self._given: dict[str, str] = {}

    def mark(self, words: str, value: str) -> str:
        """What stands for this value, always the same, whatever it is called the next time."""
        known = self._given.get(value)
        if known is None:
            return self._given.setdefault(value, f"[{words} #{next(self._next)}]")
        return known

    def go_on_after(self, data: bytes) -> None:
        """Leave out the numbers that stand in what was written before."""
        if b"[secret" in data:
            taken = max(map(int, _NUMBERED.findall(data)), default=0)
            self._next = count(max(taken + 1, next(self._next)))


class _Known(Struct, frozen=True):
    """A secret that is known: what it is called, and its forms, the longest first.

    ``probes`` are short texts, one of which is part of whatever form it has; ``coded`` are those of
    them that are base64.
    """

    name: str
    value: str
    forms: tuple[str, ...]
    probes: tuple[str, ...]
    coded: frozenset[str] = frozenset()

    def hidden(self, text: str, mark: str) -> str:
        """The text with ``mark`` in place of each form of it."""
        if len(self.value) < LEAST:
            for form in self.forms:
                if form in text:
                    text = re.sub(rf"{_ALONE}{re.escape(form)}(?![A-Za-z0-9])", mark, text)
            return text
        for form in self.forms:
            if form in text:
                text = text.replace(form, mark)
        squeezed = _squeezed(text)
        if squeezed is not text:
            for form in self.forms:
                if form in squeezed:
                    text = re.sub(_BREAK.join(map(re.escape, form)), mark, text)
        # In a form that nobody thought of, most of it may still stand there as it is.
        core = _core(self.value)
        if len(core) >= _TELLING_CORE and 2 * len(core) >= len(self.value) and not core.isalpha():
            text = text.replace(core, mark)
        return text


class Redactor:
    """Replaces secrets in a text, JSON or any other; called with the text.

    ``known`` are secrets and what they are called: a name that is empty leaves ``[secret]``.
    The text itself comes back when there is nothing in it.
    """

    def __init__(
        self, known: Iterable[tuple[str, str]] = (), numbers: SecretNumbers | None = None
    ) -> None:
        self.numbers = numbers
        # The longest first, so that no end of a secret is left when another is its beginning.
        found = {value.strip(): name for name, value in known}
        ordered = sorted(found.items(), key=lambda item: -len(item[0]))
        short = [value for value in found if len(value) < LEAST and is_ordinary(value, sure=True)]
        everything = [_known(name, value) for value, name in ordered if value not in short]
        probes = [(probe, one) for one in everything for probe in one.probes]
        # Base64 hides in long runs alone: where there is much to look for, only they are looked at.
        coded = [each for each in probes if each[0] in each[1].coded and len(each[0]) >= _RUN]
        self._coded = coded if len(coded) >= _MANY else []
        self._probes = [each for each in probes if each not in self._coded]

    def __call__(self, text: str) -> str:
        """The text without secrets; scrubbing it again changes nothing."""
        # Their patterns take longer to be made than a short command does, and most look for none.
        from tooltrace.core.text.redact_named_values import hide_names

        return hide_names(self.by_value(text), self._mark)

    def by_value(self, text: str) -> str:
        """The text without what is a secret wherever it stands."""
        from tooltrace.core.text.redact_known_keys import hide_kinds

        return hide_kinds(self.exact(text), self._mark)

    def exact(self, text: str) -> str:
        """The text without the secrets that are known, in every form of them."""
        if self._probes:
            squeezed = _squeezed(text)
            for probe, one in self._probes:
                if probe in squeezed:
                    text = one.hidden(text, self._mark(one.name, one.value))
                    squeezed = _squeezed(text)
            runs = _long_runs(squeezed) if self._coded else ""
            for probe, one in self._coded if runs else ():
                if probe in runs:
                    text = one.hidden(text, self._mark(one.name, one.value))
        return text

    def _mark(self, name: str, value: str) -> str:
        label = _NOT_A_NAME.sub("_", name).strip("_")[:_MOST_NAME]
        words = ["secret", label] if label else ["secret"]
        if self.numbers is not None:
            return self.numbers.mark(" ".join(words), value)
        return f"[{' '.join(words)}]"


def nothing_hidden(text: str) -> str:
    """The text as it is: for sessions that are never written down."""
    return text


def by_value(hide: Hide) -> Hide:
    """The same without a look at names: for text that says what is said elsewhere, and code."""
    return hide.by_value if isinstance(hide, Redactor) else hide


def hidden(value: JsonValue, hide: Hide) -> JsonValue:
    """A copy of a JSON value with ``hide`` applied to every text in it, each by itself."""
    match value:
        case str():
            return hide(value)
        case list():
            return [hidden(item, hide) for item in value]
        case dict():
            return {hide(key): hidden(item, hide) for key, item in value.items()}
        case _:
            return value


def hidden_json(value: JsonValue, hide: Hide) -> JsonValue:
    """A JSON value without secrets, as ``hide`` finds them in the text that it makes."""
    try:
        text = dumps(value, _DEPTH)
    except ValueError:
        return hidden(value, hide)
    safe = hide(text)
    return value if safe == text else parsed(safe, value, hide)


def parsed(safe: str, value: JsonValue, hide: Hide) -> JsonValue:
    """What JSON text says after ``hide``; where that broke it, ``value`` with its texts hidden."""
    try:
        return loads(safe, _DEPTH)
    except ValueError:
        return hidden(value, hide)


def _squeezed(text: str) -> str:
    """The text without its line breaks, which may cut a value in two."""
    if "\\n" not in text and "\n" not in text:
        return text
    for each in ("\\\\n", "\\r\\n", "\\n", "\r", "\n"):
        text = text.replace(each, "")
    return text


def _known(name: str, value: str) -> _Known:
    if len(value) < LEAST:
        short = tuple(sorted(_forms(value, len(value)), key=lambda form: -len(form)))
        return _Known(name, value, short, short)
    forms = _forms(value)
    core = _core(value)
    probes = {core} if len(core) >= _LEAST_CORE else set(forms)
    bodies = _in_base64(value)
    cores = [_core(body) for body in bodies]
    coded = {c if len(c) >= _LEAST_CORE else b for c, b in zip(cores, bodies, strict=True)}
    ordered = tuple(sorted({*forms, *bodies}, key=lambda form: -len(form)))
    return _Known(name, value, ordered, (*probes, *sorted(coded - probes)), frozenset(coded))


def _long_runs(text: str) -> str:
    """The runs of letters and digits that may be base64, without what is between them."""
    classes = text.encode("ascii", "replace").translate(_ALNUM)
    runs = []
    begin = classes.find(_ENOUGH)
    while begin >= 0:
        end = classes.find(b" ", begin)
        runs.append(text[begin : end if end >= 0 else len(text)])
        begin = classes.find(_ENOUGH, end) if end >= 0 else -1
    return "\n".join(runs)


def _core(text: str) -> str:
    """The longest piece that no way of quoting changes."""
    return max(_CORE.findall(text), key=len, default="")[:_MOST_CORE]


def _forms(secret: str, least: int = LEAST) -> set[str]:
    """A secret as it may stand in a text: as it is, quoted, escaped, once more as JSON in JSON."""
    data = repr(secret.encode("utf-8", "replace"))[1:]
    quoted = (repr(secret), ascii(secret), data, dumps(secret))
    inside = quote(secret.encode("utf-8", "surrogatepass"), safe="")
    plain = {secret, one_line(secret), inside, *(form[1:-1] for form in quoted)}
    once = {dumps(form)[1:-1] for form in plain}
    twice = {dumps(form)[1:-1] for form in once}
    return {form for form in plain | once | twice if len(form.strip()) >= least}


def _in_base64(secret: str) -> list[str]:
    """What of a secret is the same in base64, whatever stands before and behind it."""
    data = secret.encode("utf-8", "surrogatepass")
    bodies = set()
    for shift, begin in ((0, 0), (1, 2), (2, 3)):
        text = b64encode(bytes(shift) + data).decode()
        end = (shift + len(data)) * 8 // 6
        body = text[begin:end]
        bodies |= {body, body.replace("+", "-").replace("/", "_")}
    return sorted(bodies)
