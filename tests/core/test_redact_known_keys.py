"""Every well-known kind of key is found wherever it stands, and chance is not taken for one."""

from __future__ import annotations

import base64
import json
import random
import re
import time

import pytest

from tooltrace.core.text.known_keys import KINDS
from tooltrace.core.text.redact import Redactor, SecretNumbers

HIDE = Redactor()
_A36 = "a1B2" * 9
_HEX32 = "0123456789abcdef" * 2
_U = "Ab3_x-9Z" * 12

# The 32 kinds by which a hiding of keys is judged; none of these lets anybody in.
PLANTED = {
    "jwt": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwp",
    "slack app": "xapp-1-" + "A0B1C2D3E4F-1234567890123-" + _HEX32,
    "slack bot": "xoxb-" + "123456789012-1234567890123-" + _A36[:24],
    "slack user": "xoxp-" + "123456789012-123456789012-123456789012-" + _HEX32,
    "slack refresh": "xoxe-1-" + _A36 * 4,
    "google oauth": "ya29." + "a0Af_" + _A36 * 2,
    "google api": "AIza" + ("Sy-_" + _A36)[:35],
    "google client": "GOCSPX-" + _A36[:28],
    "stripe test": "sk_test_" + _A36[:24],
    "stripe live": "sk_live_" + _A36[:24],
    "stripe restricted": "rk_live_" + _A36[:24],
    "stripe webhook": "whsec_" + _A36[:32],
    "npm": "npm_" + _A36,
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + _U[:60],
    "hugging face": "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    "sendgrid": "SG." + _U[:22] + "." + _U[:43],
    "twilio key": "SK" + _HEX32,
    "twilio account": "AC" + _HEX32,
    "telegram": "123456789:" + "AAE" + _U[:32],
    "digitalocean": "dop_v1_" + _HEX32 * 2,
    "groq": "gsk_" + _A36 + _A36[:16],
    "databricks": "dapi" + _HEX32,
    "github classic": "ghp_" + _A36,
    "github app": "ghs_" + _A36,
    "github fine-grained": "github_pat_" + _A36[:22] + "_" + _A36 + _A36[:23],
    "gitlab": "glpat-" + _U[:20],
    "aws id": "AKIA" + "ABCDEFGH12345678",
    "aws session id": "ASIA" + "ABCDEFGH12345678",
    "anthropic": "sk-ant-" + "api03-" + _U[:80],
    "openai": "sk-" + _A36[:20] + "T3BlbkFJ" + _A36[:20],
    "openai project": "sk-proj-" + _U[:80],
    "slack webhook": "hooks.slack.com/services/" + "T00000000/B00000000/" + _A36[:24],
}
MORE = {
    "mailchimp": _HEX32 + "-us12",
    "vault": "hvs." + _A36,
    "shopify": "shpat_" + _HEX32,
    "rubygems": "rubygems_" + _HEX32 + _HEX32[:16],
    "perplexity": "pplx-" + _A36 + _A36[:12],
    "openrouter": "sk-or-v1-" + _HEX32 * 2,
}


def test_there_are_as_many_kinds_as_it_is_judged_by() -> None:
    assert len(PLANTED) == 32
    assert len({kind.prefix for kind in KINDS}) > 90


@pytest.mark.parametrize("name", [*PLANTED, *MORE])
def test_a_key_is_hidden_wherever_it_stands(name: str) -> None:
    key = {**PLANTED, **MORE}[name]
    for text in (
        *(key, f"my key: {key}.", f"<{key}>", f"x={key}&y=1", f"first\n{key}\nlast"),
        *(json.dumps({"a": key}), json.dumps({"a": f"\n{key}\n"}), repr([key, 1])),
        json.dumps({"output": json.dumps({"log": f"tab\t{key}"})}),
    ):
        hidden = HIDE(text)
        assert key[-9:] not in hidden and key[:12] not in hidden, hidden
        assert "[secret" in hidden and HIDE(hidden) == hidden
        if text.startswith("{"):
            json.loads(hidden)


@pytest.mark.parametrize(
    "name",
    [n for n in PLANTED if n not in ("openai", "twilio key", "twilio account", "slack webhook")],
)
def test_a_key_glued_to_other_letters_is_hidden(name: str) -> None:
    key = PLANTED[name]
    for text in (f"x{key}", f"abc{key} ", f"{key}Zx", f"log{key}end"):
        # A name without letters around it may be all that tells a key from a word.
        if name.startswith("stripe") and name != "stripe webhook":
            key = key + "0"
        assert key[4:-9] not in HIDE(text), text


def test_an_aws_secret_is_hidden_beside_its_id() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPL3KEY"
    for text in (f"AKIAABCDEFGH12345678\n{secret}", f'["{secret}", "AKIAABCDEFGH12345678"]'):
        assert secret not in HIDE(text)
    assert HIDE(f"sum {secret}") == f"sum {secret}"  # Alone it could be anything.
    sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    assert sha1 in HIDE(f"AKIAABCDEFGH12345678 {sha1}")


def test_private_keys_of_every_make() -> None:
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "):
        pem = (
            f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEabc+/=\nxyz=\n-----END {kind}PRIVATE KEY-----"
        )
        assert HIDE(f"a {pem} b") == "a [secret PRIVATE KEY] b".replace(" KEY]", "_KEY]")
    pgp = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF+/=\n-----END PGP PRIVATE KEY BLOCK-----"
    assert "lQOYBF" not in HIDE(pgp)


HARMLESS = [
    *("task-force-of-the-year-2026-and-more", "disk-0123456789abcdef0123456789", "risk-assessment"),
    *("npm_config_registry", "npm_lifecycle_script_environment", "hf_transfer", "gsk_short"),
    *(
        "pypi-publish-workflow-template",
        "task_test_environment",
        "sk_test_",
        "xoxo-hugs-and-kisses",
    ),
    *(
        "toolu_01A09q90qw90lq917835lq9",
        "call_8zXjbRzCWrL9GXiXo2vus9",
        "req_011CSHoEeqs5C35K2UUqR7Fy",
    ),
    *(
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "chatcmpl-9aBcDeFgHiJkLmNoPqRsTuVw",
        "ASIANPACIFICREGIONALX1",
    ),
    *(
        "2026-11-23T13:00:00.123456789Z",
        "123e4567-e89b-12d3-a456-426614174000",
        "sha256:" + "ab" * 32,
    ),
    *(
        "1.2.3.4.5.6.7.8.9.10",
        "a.b.c.d.e.f.g",
        "C:\\npm_modules",
        "https://example.com/a_b-c.d?x=1",
    ),
    *("cache_creation_input_tokens", "AKIA", "AIza", "dapi", "SG.", "ya29.", "12:34:56:AB", "-us1"),
    ">sp|P1|\nMKVASIAGHLKTRLMNPQWSTVYAKIAGGHLMNPQRSTVWYAC",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_words_names_and_ids_are_left_alone(text: str) -> None:
    for each in (text, json.dumps({"id": text}), f"see {text}, and"):
        assert HIDE(each) == each


def test_random_letters_are_no_keys() -> None:
    chance = random.Random(5)
    for _ in range(20):
        data = base64.b64encode(chance.randbytes(60_000)).decode()
        assert HIDE(data) == data
        signature = json.dumps({"type": "thinking", "thinking": "…", "signature": data})
        assert HIDE(signature) == signature
        assert HIDE(chance.randbytes(30_000).hex()).isalnum()


def test_equal_keys_have_one_number_and_others_another() -> None:
    hide = Redactor(numbers=SecretNumbers())
    one, other = PLANTED["github classic"], PLANTED["npm"]
    text = hide(json.dumps([one, other, f"x {one}", json.dumps({"again": other})]))
    assert re.findall(r"secret (\w+ #\d)", text) == ["gh #1", "npm #2", "gh #1", "npm #2"]
    assert hide(one) == "[secret gh #1]" and hide(text) == text


PIECES = [
    *("a", "A", "_", "-", ".", ":", "-a", "_a", ".e", ".ey", "ey.ey", "eyeyey", "- ", "\\n", "\\"),
    *("sk-", "sk_", "_hf_", "ghp_", "-at", "AKIA", "SK", "dapi", "x:A", "1:A", "12345:A", "-us1"),
    *("1a2-us1", "xoxb-1", "hooks.slack.", "pypi-Ag", "fo1_:", "SG.a", "[secret ", "a.b.c.d"),
    *(
        "token",
        "token=",
        'token:"',
        "key",
        "api_key=",
        '"key":1,',
        "--token ",
        "pass",
        "Ü",
        "İtoken=",
    ),
    *(
        'password="',
        'password=\\"',
        '{"password":',
        "cookie:",
        "auth: ",
        "next_page_token:",
        "\u0130",
    ),
]


@pytest.mark.benchmark
@pytest.mark.parametrize("piece", PIECES)
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            HIDE(text)
            best = min(best, time.process_time() - began)
        return best

    small = spent(10_000)
    # Eight times the text: a square would be 64 times the time.
    assert spent(80_000) < 24 * small + 0.01
