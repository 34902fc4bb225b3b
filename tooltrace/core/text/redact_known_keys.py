"""Well-known kinds of keys, found by what they begin with.

Prefixes, lengths and alphabets are facts taken from the rules of gitleaks (MIT licence; July 2026)
and, for a few services, from those of detect-secrets (Apache-2.0) and the services' own pages; the
expressions are our own. A key is told from words by where it stands: one with a short prefix, in
the middle of a very long run of letters, is taken for chance.

A search for the signs that end a prefix (``_``, ``-``, ``.``) tells almost always that there is
none; only then are the runs of characters that keys are made of looked at, one by one. Everything
takes time that is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

__all__ = ["KINDS", "Kind", "Mark", "hide_kinds"]

Span = tuple[int, int, str]
"""Where a secret begins, where it ends, and what it is called."""

Mark = Callable[[str, str], str]
"""Gives what stands for a secret, from what it is called and what it is."""

RUN = 15
"""No kind of key has fewer characters of its alphabet in a row."""

_LONG = 200
"""In a run of more characters a short prefix that begins or ends nowhere is chance."""


class Kind(Struct, frozen=True, gc=False):
    """What a key is called, what it begins with, and the pattern of what follows.

    ``alone`` says that nothing may stand before it that could belong to it: words end like that.
    """

    name: str
    prefix: str
    rest: str
    alone: bool = False


_ALNUM = "[A-Za-z0-9]"
_WORD = r"[A-Za-z0-9_-]"
_HEX = "[0-9a-fA-F]"
_DIGIT = r"(?=[A-Za-z_-]{0,80}+[0-9])"

KINDS = (
    Kind("sk-ant", "sk-ant-", _WORD + "{8,}+"),
    Kind("sk", "sk-proj-", _WORD + "{20,}+"),
    Kind("sk", "sk-svcacct-", _WORD + "{20,}+"),
    Kind("sk", "sk-admin-", _WORD + "{20,}+"),
    Kind("sk", "sk-or-v1-", _ALNUM + "{32,}+"),
    Kind("sk", "sk-lf-", _WORD + "{20,}+"),
    Kind("sk", "sk-", "[A-Za-z0-9_]{20,}+", alone=True),
    Kind("gh", "ghp_", _ALNUM + "{30,}+"),
    Kind("gh", "gho_", _ALNUM + "{30,}+"),
    Kind("gh", "ghu_", _ALNUM + "{30,}+"),
    Kind("gh", "ghs_", _ALNUM + "{30,}+"),
    Kind("gh", "ghr_", _ALNUM + "{30,}+"),
    Kind("github_pat", "github_pat_", "[A-Za-z0-9_]{22,}+"),
    Kind("glpat", "glpat-", r"[A-Za-z0-9_.-]{20,}+"),
    *(Kind("gitlab", f"{p}-", _WORD + "{20,}+") for p in ("gldt", "glrt", "glft", "glptt")),
    *(Kind("gitlab", f"{p}-", _WORD + "{20,}+") for p in ("glcbt", "glimt", "gloas", "glsoat")),
    *(Kind("gitlab", f"{p}-", _WORD + "{20,}+") for p in ("glagent", "glffct")),
    *(Kind("xox", f"xox{c}-", _DIGIT + "[A-Za-z0-9-]{10,}+") for c in "abcdeoprs"),
    Kind("xapp", "xapp-", _DIGIT + "[A-Za-z0-9-]{15,}+"),
    *(
        Kind("live" if mode == "live" else "stripe", f"{kind}_{mode}_", rest, alone)
        for kind in ("sk", "rk")
        for mode in ("live", "test", "prod")
        for rest, alone in (
            (f"(?:{_ALNUM}{{16,}}+|{_DIGIT}{_ALNUM}{{10,}}+)", True),
            (_DIGIT + _ALNUM + "{16,}+", False),
        )
    ),
    Kind("whsec", "whsec_", r"[A-Za-z0-9+/]{20,}+=*"),
    Kind("npm", "npm_", _ALNUM + "{30,}+"),
    Kind("pypi", "pypi-", r"(?:Ag[A-Za-z0-9_-]{14,}+|" + _DIGIT + r"[A-Za-z0-9_-]{40,}+)"),
    Kind("hf", "hf_", _ALNUM + "{30,}+"),
    Kind("hf", "api_org_", _ALNUM + "{30,}+"),
    Kind("sendgrid", "SG.", r"[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+"),
    Kind("sendgrid", "SG.", r"[A-Za-z0-9_=.-]{60,}+"),
    Kind("ya29", "ya29.", r"[A-Za-z0-9_.-]{20,}+"),
    Kind("google", "GOCSPX-", _WORD + "{20,}+"),
    Kind("digitalocean", "dop_v1_", _HEX + "{32,}+"),
    Kind("digitalocean", "doo_v1_", _HEX + "{32,}+"),
    Kind("digitalocean", "dor_v1_", _HEX + "{32,}+"),
    Kind("groq", "gsk_", _ALNUM + "{32,}+"),
    Kind("xai", "xai-", _ALNUM + "{40,}+"),
    Kind("perplexity", "pplx-", _ALNUM + "{32,}+"),
    Kind("nvidia", "nvapi-", _WORD + "{40,}+"),
    Kind("replicate", "r8_", _ALNUM + "{37,}+"),
    Kind("together", "tgp_v1_", _WORD + "{32,}+"),
    Kind("tavily", "tvly-", _DIGIT + _WORD + "{20,}+"),
    Kind("langsmith", "lsv2_pt_", "[A-Za-z0-9_]{32,}+"),
    Kind("langsmith", "lsv2_sk_", "[A-Za-z0-9_]{32,}+"),
    Kind("bedrock", "bedrock-api-key-", "[A-Za-z0-9+/=]{20,}+"),
    Kind("grafana", "glsa_", "[A-Za-z0-9_]{32,}+"),
    Kind("grafana", "glc_", "[A-Za-z0-9+/]{32,}+=*"),
    Kind("vault", "hvs.", _WORD + "{24,}+"),
    Kind("vault", "hvb.", _WORD + "{24,}+"),
    Kind("terraform", ".atlasv1.", "[A-Za-z0-9_=-]{40,}+"),
    Kind("doppler", "dp.pt.", _ALNUM + "{40,}+"),
    Kind("dynatrace", "dt0c01.", r"[A-Za-z0-9.]{60,}+"),
    Kind("docker", "dckr_pat_", _WORD + "{20,}+"),
    Kind("rubygems", "rubygems_", _HEX + "{40,}+"),
    Kind("linear", "lin_api_", _ALNUM + "{32,}+"),
    Kind("notion", "ntn_", _ALNUM + "{40,}+"),
    Kind("prefect", "pnu_", _ALNUM + "{36,}+"),
    Kind("planetscale", "pscale_tkn_", r"[A-Za-z0-9_=.-]{30,}+"),
    Kind("planetscale", "pscale_pw_", r"[A-Za-z0-9_=.-]{30,}+"),
    Kind("planetscale", "pscale_oauth_", r"[A-Za-z0-9_=.-]{30,}+"),
    Kind("postman", "PMAK-", r"[A-Za-z0-9-]{50,}+"),
    Kind("pulumi", "pul-", _HEX + "{40,}+", alone=True),
    Kind("readme", "rdme_", "[a-z0-9]{60,}+"),
    Kind("sentry", "sntrys_", "[A-Za-z0-9+/=_]{40,}+"),
    Kind("sentry", "sntryu_", _HEX + "{40,}+"),
    *(Kind("shopify", f"{p}_", _HEX + "{32,}+") for p in ("shpat", "shpca", "shppa", "shpss")),
    Kind("square", "sq0atp-", _WORD + "{22,}+"),
    Kind("square", "sq0csp-", _WORD + "{40,}+"),
    Kind("brevo", "xkeysib-", r"[A-Za-z0-9-]{60,}+"),
    Kind("heroku", "HRKU-", _WORD + "{50,}+"),
    Kind("mailgun", "key-", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    Kind("flutterwave", "FLWSECK_TEST-", r"[A-Za-z0-9-]{12,}+"),
    Kind("flutterwave", "FLWSECK-", r"[A-Za-z0-9-]{12,}+"),
    Kind("fly", "fo1_", _WORD + "{40,}+"),
    Kind("fly", "fm2_", "[A-Za-z0-9+/]{80,}+=*"),
    Kind("sourcegraph", "sgp_", "[A-Za-z0-9_]{40,}+"),
    Kind("supabase", "sbp_", _HEX + "{40,}+"),
    Kind("figma", "figd_", _WORD + "{30,}+"),
    Kind("tailscale", "tskey-", r"[A-Za-z0-9-]{20,}+"),
    Kind("1password", "ops_", "eyJ[A-Za-z0-9+/]{80,}+=*"),
    Kind("age", "AGE-SECRET-KEY-", "1[0-9A-Z]{50,}+"),
    Kind("shippo", "shippo_live_", _HEX + "{40,}+"),
    Kind("shippo", "shippo_test_", _HEX + "{40,}+"),
    Kind("duffel", "duffel_live_", _WORD + "{40,}+"),
    Kind("duffel", "duffel_test_", _WORD + "{40,}+"),
    Kind("infracost", "ico-", _ALNUM + "{32,}+", alone=True),
    # No sign ends these: they are searched for as they are.
    Kind("AKIA", "AKIA", "[0-9A-Z]{16}(?![0-9A-Za-z])", alone=True),
    Kind("AKIA", "AKIA", "(?=[A-Z]{0,15}+[0-9])[0-9A-Z]{16}"),
    Kind("ASIA", "ASIA", "[0-9A-Z]{16}(?![0-9A-Za-z])", alone=True),
    Kind("ASIA", "ASIA", "(?=[A-Z]{0,15}+[0-9])[0-9A-Z]{16}"),
    Kind("AIza", "AIza", "[0-9A-Za-z_-]{35}"),
    Kind("databricks", "dapi", "[0-9a-f]{32}(?:-[0-9])?"),
    Kind("twilio", "SK", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    Kind("twilio", "AC", "[0-9a-f]{32}(?![0-9A-Za-z])", alone=True),
    Kind("atlassian", "ATATT3", r"[A-Za-z0-9_=-]{100,}+"),
    Kind("slack_webhook", "hooks.slack.", r"com/(?:services|workflows|triggers)/[\w+/-]{20,}+"),
)

# By the last three characters of the prefix, its sign included; and those without one.
_BY_END: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
_BARE: list[tuple[Kind, re.Pattern[str]]] = []
for _kind in KINDS:
    _entry = (_kind, re.compile(re.escape(_kind.prefix) + _kind.rest, re.ASCII))
    if _kind.prefix[-1] in "_-.":
        _BY_END.setdefault(_kind.prefix[-3:], []).append(_entry)
    else:
        _BARE.append(_entry)

_CLASS = bytes(ord("a") if chr(c).isalnum() or chr(c) in "_-.:" else 32 for c in range(128)) + (
    b" " * 128
)
_ENOUGH = b"a" * RUN


def _hook(sign: str) -> re.Pattern[str]:
    """Where a prefix that ends in this sign does, and what may be a key goes on.

    It begins with a character, for which a search is quick, and looks back from there: first for
    the last two letters of a prefix, because that is what fails most, then for all of it.
    """
    prefixes = {kind.prefix for kind in KINDS if kind.prefix[-1] == sign}
    glued = {kind.prefix for kind in KINDS if not kind.alone}
    behind = [f"(?<={re.escape(each)})" for each in sorted(prefixes & glued)]
    for each in map(re.escape, sorted(prefixes - glued)):
        behind += [rf"(?<![A-Za-z0-9]{each})(?<={each})", rf"(?<=\\[nrt]{each})"]
    ends = "|".join(sorted({re.escape(each[-3:]) for each in prefixes}))
    follows = "(?=[A-Za-z0-9]|[_-][A-Za-z0-9])"
    return re.compile(f"{re.escape(sign)}{follows}(?<={ends})(?:{'|'.join(behind)})")


_HOOKS = tuple((sign, _hook(sign)) for sign in "_-.")
_JWT_DOT = re.compile(r"\.(?=ey[A-Za-z0-9_-]{10})")
_JWT_TAIL = re.compile(r"\.[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]*+){0,3}+")
_LEAST_HEAD, _MOST_HEAD = 12, 4096
_MOST_SHAPE = 300
_BOT_COLON = re.compile(r":(?<=[0-9]{5}:)(?=A[A-Za-z0-9_-]{34})")
_BOT = re.compile(r"(?<![0-9])[0-9]{5,16}:A[A-Za-z0-9_-]{34,}+")
_US = re.compile(r"-(?<=[0-9a-f]-)(?=us[0-9]{1,2}(?![0-9A-Za-z]))")
_MAILCHIMP = re.compile(r"(?:(?<![0-9A-Za-z])|(?<=\\[nrt]))[0-9a-f]{32}-us[0-9]{1,2}")

_SIGNS = (
    *_HOOKS,
    (".ey", _JWT_DOT),
    (":A", _BOT_COLON),
    ("-us", _US),
    ("IA", re.compile("IA(?<=AKIA|ASIA)(?=[0-9A-Z]{16})")),
    *((kind.prefix, pattern) for kind, pattern in _BARE if kind.prefix[-2:] != "IA"),
)
_SHAPES = (
    (_BOT_COLON, 16, _BOT, "telegram"),
    (_US, 32, _MAILCHIMP, "mailchimp"),
)

# What surrounds a secret that has no shape of its own.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[A-Za-z0-9+/=:,.()\s]|-(?!-)|\\+[nrt])*+"
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?+"
)
_BEARER = re.compile(r"(earer )((?=[A-Za-z._~+/=-]{0,400}+[0-9])[A-Za-z0-9._~+/=-]{12,}+)")
_URL_PASSWORD = re.compile(r'(://[^\s/:@"\\<>]{0,256}+:)([^\s/@"\\<>]{1,256}+)@')
_AWS_SECRET = re.compile(
    r"(?<![A-Za-z0-9/+=])(?=[A-Za-z/+]{0,39}[0-9])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])"
    r"[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
)
_BESIDE = 300
_SHIFT = re.compile(r"\\+(?:u[0-9a-f]{4}|[nrtbf])")


def hide_kinds(text: str, mark: Mark) -> str:
    """The text without keys of a well-known kind; itself when there is none in it."""
    text = _surrounded(text, mark)
    if not _may_hold(text):
        return text
    found = sorted({span for begin, end in _runs(text) for span in _in_run(text, begin, end)})
    return _replaced(text, found, mark) if found else text


def _surrounded(text: str, mark: Mark) -> str:
    if "PRIVATE KEY" in text:
        text = _PEM.sub(lambda m: mark("PRIVATE KEY", _SHIFT.sub("", "".join(m[0].split()))), text)
    if "earer " in text:
        text = _BEARER.sub(lambda m: m[1] + mark("", m[2]), text)
    if "://" in text:
        text = _URL_PASSWORD.sub(
            lambda m: m[0] if m[2].startswith("[secret") else f"{m[1]}{mark('', m[2])}@", text
        )
    return text


def _runs(text: str) -> list[tuple[int, int]]:
    """Where at least ``RUN`` characters that keys are made of stand in a row."""
    classes = text.encode("ascii", "replace").translate(_CLASS)
    runs = []
    begin = classes.find(_ENOUGH)
    while begin >= 0:
        end = classes.find(b" ", begin + RUN)
        end = len(text) if end < 0 else end
        # The letters of an escape are none of the text.
        if begin and text[begin - 1] == "\\" and (shift := _SHIFT.match(text, begin - 1)):
            begin = shift.end()
        runs.append((begin, end))
        begin = classes.find(_ENOUGH, end)
    return runs


def _may_hold(text: str) -> bool:
    # A list, as this is done for every record: a generator takes longer than most of the searches.
    there = [shape for sign, shape in _SIGNS if sign in text]
    return any(shape.search(text) for shape in there)


def _in_run(text: str, begin: int, end: int) -> list[Span]:
    """Each key in a run; it may end behind the run."""
    found: list[Span] = []
    for sign, hook in _HOOKS:
        if text.find(sign, begin, end) >= 0:
            _hooked(hook, text, begin, end, found)
    for kind, pattern in _BARE:
        done = begin
        while (place := text.find(kind.prefix, done, end)) >= 0:
            done = max(place + 1, _fitting(kind, pattern, text, place, begin, end, found))
    if text.find(".ey", begin, end) >= 0:
        _tokens(text, begin, end, found)
    for hook, back, pattern, name in _SHAPES:
        done = begin
        for hit in hook.finditer(text, begin, end):
            low = max(done, hit.start() - back)
            whole = pattern.search(text, low, min(end, hit.start() + _MOST_SHAPE))
            if whole and whole.start() < hit.start():
                found.append((whole.start(), whole.end(), name))
                done = whole.end()
    return found


def _hooked(hook: re.Pattern[str], text: str, begin: int, end: int, found: list[Span]) -> None:
    done = begin
    for hit in hook.finditer(text, begin, end):
        place = hit.end()
        if place <= done:
            continue
        for kind, pattern in _BY_END.get(text[place - 3 : place], ()):
            at = place - len(kind.prefix)
            done = max(done, _fitting(kind, pattern, text, at, begin, end, found))


def _fitting(
    kind: Kind,
    pattern: re.Pattern[str],
    text: str,
    place: int,
    begin: int,
    end: int,
    found: list[Span],
) -> int:
    """Keep the key that begins at ``place``, if one does; where to look on."""
    free = place == begin or not text[place - 1].isalnum()
    if place < begin or (kind.alone and not free):
        return begin
    key = pattern.match(text, place)
    if key is None:
        return begin
    inside = not free and end > key.end()
    if inside and len(kind.prefix) < 6 and end - begin > _LONG:
        return key.end()
    found.append((place, key.end(), kind.name))
    if kind.name in ("AKIA", "ASIA"):
        around = (max(0, place - _BESIDE), key.end() + _BESIDE)
        found += [(*secret.span(), "aws") for secret in _AWS_SECRET.finditer(text, *around)]
    return key.end()


def _tokens(text: str, begin: int, end: int, found: list[Span]) -> None:
    """JSON Web Tokens: two or more pieces of base64 that begin as JSON objects do."""
    done = begin
    for hit in _JWT_DOT.finditer(text, begin, end):
        low = max(done, hit.start() - _MOST_HEAD)
        low = max(low, *(text.rfind(sign, low, hit.start()) + 1 for sign in ".:"))
        head = text.find("ey", low, hit.start())
        tail = _JWT_TAIL.match(text, hit.start(), end)
        if 0 <= head < hit.start() - _LEAST_HEAD and tail:
            found.append((head, tail.end(), "jwt"))
            done = tail.end()


def _replaced(text: str, spans: list[Span], mark: Mark) -> str:
    parts = []
    done = 0
    for begin, end, name in spans:
        if begin >= done:
            parts += [text[done:begin], mark(name, text[begin:end])]
            done = end
    return "".join([*parts, text[done:]])
