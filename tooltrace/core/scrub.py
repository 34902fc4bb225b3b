"""Credentials taken out of text before anybody writes it down.

Two kinds are found: the exact values that an environment holds under names like ``…_KEY``, in every
form in which a value gets into JSON or a traceback, and what looks like a well-known kind of key.
Almost every text holds neither, so that is what costs least: a search for a few fixed words, each
as quick as memory is read. Only where one is found does a pattern of its own look closer; every
pattern takes time that is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from tooltrace.core.jsonio import dumps
from tooltrace.core.text import one_line

__all__ = ["LEAST", "Hide", "Scrubber", "nothing_hidden", "secrets_of"]

Hide = Callable[[str], str]
"""Gives a text back without the secrets in it."""

LEAST = 8
"""Shorter values protect nothing, and hiding them would only eat words out of texts."""

_SECRET_NAME = re.compile(
    r"(?:^|[_-])(?:AUTH|AUTHORIZATION|PASS|CREDS?|DSN|PAT"
    r"|[A-Z0-9]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|COOKIE|CREDENTIAL)S?)(?:$|[_-])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z][a-z ._-]{0,14}|[A-Z][A-Z _]{0,14}|[A-Z][a-z]{0,14}")
_NUMBER = re.compile(r"[-+.,:0-9]{1,12}|[0-9-]{10}[T ][0-9:.Z+-]+")
_PATH = re.compile(r"(?:[.~]{0,2}/|[A-Za-z]:\\)[\w.@ +-]+(?:[/\\:][\w.@ +-]*)*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NOT_A_NAME = re.compile(r"\W+", re.ASCII)

# An anchor that has to be in the text, the pattern, and what the match becomes. No match fails
# after more characters than its bounds say, and none gives characters back.
_URL_PASSWORD = r'://([^\s/:@"\\<>]{0,256}+):([^\s/@"\\<>]{1,256}+)@'
_PEM = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----"
    r"(?:[A-Za-z0-9+/=:,\s]|-(?!-)|\\+[nrt])*+"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?+"
)
_KINDS = tuple(
    (anchor, re.compile(pattern), becomes)
    for anchor, pattern, becomes in (
        ("sk-ant-", r"sk-ant-[A-Za-z0-9_-]{8,}+", "[secret sk-ant]"),
        ("sk-", r"sk-(?<![A-Za-z0-9]sk-)(?:proj-|svcacct-)?[A-Za-z0-9_]{20,}+", "[secret sk]"),
        ("AKIA", r"AKIA[0-9A-Z]{16}(?![0-9A-Za-z])", "[secret AKIA]"),
        ("ASIA", r"ASIA[0-9A-Z]{16}(?![0-9A-Za-z])", "[secret ASIA]"),
        ("gh", r"gh[oprsu]_[A-Za-z0-9]{30,}+", "[secret gh]"),
        ("github_pat_", r"github_pat_[A-Za-z0-9_]{22,}+", "[secret github_pat]"),
        ("glpat-", r"glpat-[A-Za-z0-9_-]{20,}+", "[secret glpat]"),
        ("xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,}+", "[secret xox]"),
        ("AIza", r"AIza[0-9A-Za-z_-]{35}", "[secret AIza]"),
        ("_live_", r"(?:sk|rk)_live_[A-Za-z0-9]{16,}+", "[secret live]"),
        ("PRIVATE KEY-----", _PEM, "[secret PRIVATE KEY]"),
        (
            "earer ",
            r"earer (?=[A-Za-z._~+/=-]{0,40}+[0-9])[A-Za-z0-9._~+/=-]{12,}+",
            "earer [secret]",
        ),
        ("://", _URL_PASSWORD, r"://\1:[secret]@"),
    )
)


class Scrubber:
    """Replaces secrets in a text, JSON or any other, by ``[secret NAME]``; called with the text.

    ``known`` are secrets and what they are called: a name that is empty leaves ``[secret]``.
    The text itself comes back when there is nothing in it.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        forms: dict[str, str] = {}
        for name, secret in known:
            label = _NOT_A_NAME.sub("_", name).strip("_")
            for form in _forms(secret):
                forms.setdefault(form, f"[secret {label}]" if label else "[secret]")
        # The longest first, so that no end of a secret is left when another is its beginning.
        self._forms = sorted(forms.items(), key=lambda item: -len(item[0]))

    def __call__(self, text: str) -> str:
        """The text without secrets; scrubbing it again changes nothing."""
        for form, becomes in self._forms:
            if form in text:
                text = text.replace(form, becomes)
        for anchor, pattern, becomes in _KINDS:
            if anchor in text:
                text = pattern.sub(becomes, text)
        return text


def nothing_hidden(text: str) -> str:
    """The text as it is: for sessions that are never written down."""
    return text


def secrets_of(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name and value of what an environment holds that is nobody else's business.

    Variables count by their name; values that are words, numbers or paths do not. Of an address
    with a password in it, under whatever name, the password counts.
    """
    found = []
    for name, value in environment.items():
        text = value.strip()
        if _URL.match(text):
            found += [(name, part) for part in _passwords(text)]
        elif _SECRET_NAME.search(name) and not _ordinary(text):
            found.append((name, text))
    return found


def _ordinary(text: str) -> bool:
    return len(text) < LEAST or any(kind.fullmatch(text) for kind in (_WORD, _NUMBER, _PATH))


def _passwords(url: str) -> list[str]:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return []
    return [each for each in {password, unquote(password)} if not _ordinary(each)]


def _forms(secret: str) -> set[str]:
    """A secret as it may stand in a text: as it is, quoted, escaped, once more as JSON in JSON."""
    plain: set[str] = set()
    for value in (secret, secret.strip()):
        quoted = (repr(value), repr(value.encode("utf-8", "replace"))[1:], dumps(value))
        inside = quote(value.encode("utf-8", "surrogatepass"), safe="")
        plain |= {value, one_line(value), inside, *(form[1:-1] for form in quoted)}
    once = {dumps(form)[1:-1] for form in plain}
    twice = {dumps(form)[1:-1] for form in once}
    return {form for form in plain | once | twice if len(form.strip()) >= LEAST}
