"""Tell which names stand for secrets, and which values are too ordinary to be any.

A name counts by its last word: ``access_token`` tells, ``next_page_token``, ``csrf`` and
``max_tokens`` do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote, urlsplit

__all__ = [
    "LEAST",
    "NUMBER",
    "PATH",
    "URL",
    "Tells",
    "is_ordinary",
    "secrets_of",
    "telling",
    "words_in",
]

Tells = Literal["password", "secret", "maybe", "cookie"]
"""How much a name says: any value is one, any but a number, only what looks like one, a cookie."""

LEAST = 8
"""Shorter values protect nothing, unless their name leaves no doubt; hiding them eats words."""

_LEAST_SURE = 4


def words_in(text: str) -> frozenset[str]:
    """The words of a list, which is shorter and easier to read as one text."""
    return frozenset(text.split())


_PASSWORDS = words_in("password passwd passphrase passcode pwd passwrd userpass")
_AGAIN = words_in("confirmation confirm again repeat value old new string plain")
_SECRETS = words_in(
    "secret jwt apikey secretkey accesskey privatekey authkey authtoken accesstoken apitoken "
    "bearertoken sessiontoken clientsecret refreshtoken idtoken secretstring subscriptionkey "
    "accountkey"
)
_MAYBE = words_in("auth credential credentials cred creds secrets pass")
_KEYS = words_in(
    "api access secret private signing sign encryption encrypt master auth account service "
    "subscription storage shared admin deploy app application consumer hmac rsa aes symmetric "
    "webhook license openai anthropic gemini mistral groq stripe azure aws gcp google functions "
    "client server token jwt sas customer"
)
# What a token counts, marks or leads on to, instead of letting somebody in.
_TOKENS = words_in(
    "page next prev previous continuation continue sync csrf xsrf cancellation cancel stop start "
    "end begin eos bos eot pad unk sep cls mask max min first last special input output total num "
    "n per prompt completion cached cache thinking budget position idempotency delta resume "
    "cursor pagination paging watermark lock version change placeholder think answer word text "
    "image audio reasoning tool skip nextpage request scroll forgery antiforgery "
    "verificationrequest current new each this sub search retrieval waypoint task ordering "
    "consistency fencing"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

_ENVIRONMENT = re.compile(
    r"(?:^|[_-])(?:AUTH|AUTHORIZATION|PASS|DSN|PAT|[A-Z0-9]*(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD"
    r"|PASSPHRASE|PASSCODE|PWD|COOKIE|CREDENTIAL|CRED|JWT)S?)[0-9]{0,3}(?:$|[_-])",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"(?:^|[_-])[A-Z0-9]*(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|API_?KEY|(?:ACCESS|AUTH|API)"
    r"_?TOKEN|(?:ACCESS|SECRET|PRIVATE)_?KEY|CREDS?|PWD)[0-9]{0,3}$|[_-]PASS[0-9]{0,3}$",
    re.IGNORECASE,
)
_ORDINARY_WORD = re.compile(r"[a-z][a-z ._-]{0,14}|[A-Z][A-Z _]{0,14}|[A-Z][a-z]{0,14}")
NUMBER = re.compile(r"[-+.,:0-9]{1,12}|[0-9-]{10}[T ][0-9:.Z+-]+")
PATH = re.compile(r"(?:[.~]{0,2}/|[A-Za-z]:\\)[\w.@ +-]+(?:[/\\:][\w.@ +-]*)*")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def secrets_of(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name and value of what an environment holds that is nobody else's business.

    Variables count by their name; values that are words, numbers or paths do not, nor do short
    ones, unless the name leaves no doubt. Of an address with a password in it, under whatever name,
    the password counts.
    """
    found = []
    for name, value in environment.items():
        text = value.strip()
        if URL.match(text):
            found += [(name, part) for part in _passwords(text)]
        elif _ENVIRONMENT.search(name) and not is_ordinary(text, bool(_SURE.search(name))):
            found.append((name, text))
    return found


def _passwords(url: str) -> list[str]:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return []
    return [each for each in {password, unquote(password)} if not is_ordinary(each, sure=True)]


def is_ordinary(text: str, sure: bool = False) -> bool:
    """Whether a value is too short to be a secret, or a word, a number or a path.

    Where a name is ``sure``, four characters are enough, if they are not letters alone.
    """
    if len(text) < (_LEAST_SURE if sure else LEAST) or (len(text) < LEAST and text.isalpha()):
        return True
    return any(kind.fullmatch(text) for kind in (_ORDINARY_WORD, NUMBER, PATH))


@lru_cache(maxsize=4096)
def telling(name: str) -> Tells | None:
    """How much a name says about what stands under it; None when it says nothing."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _AGAIN):
        words.pop()
    if not words:
        return None
    last, before = words[-1], words[-2] if words[1:] else ""
    ends = last.endswith(("password", "passwd", "passphrase"))
    if ends or last in _PASSWORDS or (last == "word" and before == "pass"):
        return "password"
    if last in ("authorization", "cookie"):
        return "cookie" if last == "cookie" else "secret"
    if last == "token":
        return None if _TOKENS.intersection(words) else "secret"
    if last in _SECRETS or (last == "key" and before in _KEYS):
        return "secret"
    if last in _MAYBE and (last != "pass" or before):
        return "maybe"
    return "maybe" if name.isupper() and _ENVIRONMENT.search(name) else None
