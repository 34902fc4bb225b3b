"""Secrets are found in every form, words are left alone, and it costs next to nothing."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

from tests.timing import within
from tooltrace.core.text.redact import Redactor, secrets_of
from tooltrace.core.text.sanitize import one_line

SECRET = "a\"b'c\\d\né-0123456789/+"
HIDE = Redactor([("SHOP_KEY", SECRET), ("LONGER_TOKEN", "0123456789-abcdef"), ("", "0123456789")])

FORMS = [
    SECRET,
    repr(SECRET),
    repr(SECRET.encode()),
    json.dumps(SECRET),
    json.dumps({"raw": json.dumps({"key": SECRET})}),
    json.dumps({"error": repr(SECRET)}),
    one_line(SECRET),
    quote(SECRET, safe=""),
    json.dumps(f"KeyError: {SECRET!r}"),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_hidden_in_every_form(form: str) -> None:
    hidden = HIDE(f"<{form}>")
    assert "[secret SHOP_KEY]" in hidden
    assert "0123456789" not in hidden
    assert HIDE(hidden) == hidden


@pytest.mark.parametrize("form", [form for form in FORMS if form.startswith(('"', "{"))])
def test_json_stays_json(form: str) -> None:
    assert "[secret SHOP_KEY]" in str(json.loads(HIDE(form)))


def test_the_longer_one_goes_first_and_without_a_name_it_is_just_a_secret() -> None:
    assert HIDE("0123456789-abcdef 0123456789") == "[secret LONGER_TOKEN] [secret]"


KINDS = [
    "sk-ant-" + "api03-abc_DEF-123456",
    "sk-proj-" + "a" * 30,
    "AKIA" + "ABCDEFGH12345678",
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1" * 15,
    "xoxb-" + "123456789012-abc",
    "AIza" + "b" * 35,
    "sk_live_" + "c" * 24,
]


@pytest.mark.parametrize("key", KINDS)
def test_well_known_keys_are_hidden_wherever_they_stand(key: str) -> None:
    for text in (key, f'{{"key":"{key}"}}', f"x={key}&y=1", f"<{key}>"):
        hidden = Redactor()(text)
        assert key[-8:] not in hidden and "[secret " in hidden


def test_a_bearer_a_private_key_and_a_password_in_an_address() -> None:
    hide = Redactor()
    assert (
        hide('{"authorization":"Bearer abc.def-123456"}') == '{"authorization":"Bearer [secret]"}'
    )
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE/x+y=\n-----END RSA PRIVATE KEY-----"
    for text in (pem, json.dumps(pem), json.dumps(json.dumps(pem)), pem.replace("\n", " ")):
        assert "MIIE" not in hide(f"see {text} end")
        assert hide(f"see {text} end").endswith(" end")
    assert "MIIE" not in hide(json.dumps(pem[:45]))  # Cut off before its end.
    address = "postgres://shop:hunter2!x@db.example:5432/orders"
    assert hide(address) == "postgres://shop:[secret]@db.example:5432/orders"
    assert hide(hide(address)) == hide(address)


@pytest.mark.parametrize(
    "text",
    [
        "the bearer of this letter, a bearer certificate",
        "task-force sk-ip AKIA ghp_short xoxo AIza through",
        "https://example.com/a:b@c and mailto:a@b.example",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "",
    ],
)
def test_words_are_left_alone(text: str) -> None:
    assert Redactor()(text) == text


def test_which_variables_hold_secrets() -> None:
    environment = {
        "ANTHROPIC_API_KEY": "k-0123456789",
        "npm_token": "t-0123456789",
        "DB_PASSWORD": "correct-horse-battery-staple",
        "SESSION_COOKIE": "c=0123456789abc",
        "PROXY_AUTH": "user:0123456789",
        "OPENAI_APIKEY": "o-0123456789",
        "DATABASE_URL": "postgres://shop:p%40ssw0rd12@db.example/x",
        "PLAIN_URL": "https://example.com/path",
        "SHORT_KEY": "abc1234",
        "MAX_TOKENS": "4096",
        "TOKEN_EXPIRES": "2026-11-23T13:00:00Z",
        "SSH_AUTH_SOCK": "/tmp/ssh-0123456789/agent.1",
        "KEY_FILE": "/home/me/.ssh/id_ed25519",
        "PASSWORD_STORE": "keyring",
        "GIT_AUTHOR_NAME": "Ines Duarte 1234",
        "KEYBOARD": "us-intl-0123456789",
        "PATH": "/usr/bin:/bin",
    }
    found = secrets_of(environment)
    assert len(found) == 8
    assert {name for name, _ in found} == {
        *("ANTHROPIC_API_KEY", "npm_token", "DB_PASSWORD", "SESSION_COOKIE", "PROXY_AUTH"),
        *("OPENAI_APIKEY", "DATABASE_URL"),
    }
    assert ("DATABASE_URL", "p@ssw0rd12") in found and ("DATABASE_URL", "p%40ssw0rd12") in found


@pytest.mark.parametrize(
    "piece",
    [
        *("sk-", "sk-ant-", "xoxb-", "gh", "ghp_", "AKIA", "_live_", "-----BEGIN PRIVATE KEY-----"),
        *("earer ", "earer " + "a" * 50, "://", "://a:", "://" + "a" * 300 + ":" + "b" * 300),
    ],
)
def test_no_text_makes_it_slow(piece: str) -> None:
    with within(0.5, time.process_time):
        Redactor()(piece * (200_000 // len(piece)))


@pytest.mark.benchmark
def test_a_small_record_costs_a_few_microseconds() -> None:
    hide = Redactor(secrets_of({f"K{n}_KEY": f"value-{n}-0123456789" for n in range(10)}))
    text = json.dumps({"call": [17, 0], "content": {"order_id": "1001", "note": "hello " * 20}})
    best = 1.0
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(50):
            hide(text)
        best = min(best, (time.perf_counter() - began) / 50)
    assert best < 20e-6
    assert hide(text) is text
