"""A value under a name that tells is hidden, whatever its length; harmless names never lose one."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import fields

from tooltrace.core.text.redact import Redactor, SecretNumbers, secrets_of
from tooltrace.core.text.secret_names import telling
from tooltrace.store.event_codec import EVENTS

HIDE = Redactor()

TELLING = [
    *("password", "Password", "passwd", "pwd", "passphrase", "new_password", "passwordConfirm"),
    *(
        "db_password",
        "PGPASSWORD",
        "token",
        "access_token",
        "refreshToken",
        "bot_token",
        "id_token",
    ),
    *("authToken", "api_key", "apiKey", "apikey", "x-api-key", "X-Goog-Api-Key", "secret"),
    *("client_secret", "clientSecret", "aws_secret_access_key", "secretAccessKey", "private_key"),
    *("account_key", "AccountKey", "Ocp-Apim-Subscription-Key", "x-auth-token", "Private-Token"),
    *("authorization", "Proxy-Authorization", "webhook_secret", "signing_key", "password2"),
]
# The model and later calls are given what is hidden: these have to reach them as they are.
HARMLESS = [
    *("next_page_token", "nextPageToken", "pageToken", "next_token", "NextToken", "nextToken"),
    *("continuation_token", "continuationToken", "sync_token", "nextSyncToken", "cursor", "csrf"),
    *("csrf_token", "csrftoken", "csrfmiddlewaretoken", "X-CSRF-Token", "xsrf_token", "max_tokens"),
    *("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    *(
        "total_tokens",
        "maxTokens",
        "max_token",
        "stop_token",
        "eos_token",
        "pad_token",
        "bos_token",
    ),
    *(
        "token_type",
        "token_count",
        "tokens",
        "tokenizer",
        "token_id",
        "token_url",
        "token_endpoint",
    ),
    *("resume_token", "pagination_token", "page_token", "scroll_token", "idempotency_token", "key"),
    *("idempotency_key", "primary_key", "foreign_key", "sort_key", "partition_key", "public_key"),
    *(
        "cache_key",
        "keyword",
        "keywords",
        "keyboard",
        "key_id",
        "access_key_id",
        "monkey",
        "turkey",
    ),
    *("signature", "thinking", "data", "id", "tool_use_id", "call_id", "request_id", "session_id"),
    *(
        "password_policy",
        "password_length",
        "password_reset_url",
        "passenger",
        "passengers",
        "pass",
    ),
    *("secret_name", "secretary", "secret_id", "author", "authors", "authority", "auth_type"),
    *("cookie_policy", "accredited", "credit", "credit_card_id", "compass", "bypass", "encrypted"),
    *("stop_reason", "stop_sequence", "digest", "sha256", "hash", "etag", "uuid", "nonce"),
]


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize("value", ["x7", "s3cr", "hunter2", "0aB-" * 12, "Tr0ub4dor & 3"])
def test_what_stands_under_a_name_that_tells_is_hidden(name: str, value: str) -> None:
    if telling(name) != "password":
        value = value.replace(" ", "")  # Only a password has spaces; else it is prose.
    plain = json.dumps({name: value, "n": 1})
    for text in (plain, json.dumps({"out": plain}), json.dumps({"out": json.dumps({"in": plain})})):
        hidden = HIDE(text)
        assert value not in hidden and "[secret" in hidden and HIDE(hidden) == hidden
        json.loads(hidden)
    assert value not in HIDE(repr({name: value})) and value not in HIDE(f"{name} = '{value}'")
    assert value not in HIDE(f'call({name}="{value}", n=1)')
    if " " not in value:
        for text in (
            *(f"https://h.example/p?{name}={value}&n=1", f"https://h.example/p?n=1&{name}={value}"),
            *(f"{name}={value}", f"curl -H '{name}: {value}' url", f"{name}: {value}\nn: 1"),
            *(json.dumps(f"a\n{name}={value}\nb"), f"cmd --{name} {value} --n 1"),
        ):
            assert value not in HIDE(text), text


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_name_keeps_its_value(name: str) -> None:
    assert telling(name) is None
    for value in ("abc", "s3cr3t-cursor-0123456789", "Ev1BCkYIBhgCKkA=" * 9, 1204, None, True):
        text = json.dumps({name: value})
        assert HIDE(text) == text
        assert HIDE(json.dumps({"in": text})) == json.dumps({"in": text})
        if isinstance(value, str):
            for each in (
                f"{name}={value}",
                f"{name}: {value}",
                f"?{name}={value}&x",
                f"--{name} a1",
            ):
                assert HIDE(each) == each


@pytest.mark.parametrize(
    "text",
    [
        *('{"password": 123456, "token": 12, "secret": null, "api_key": true}', '"password": ""'),
        *("def f(token: str, password: str = None) -> None:", "f(token=token, password=password)"),
        *(
            "api_key=self.api_key",
            "token = get_token()",
            'key=os.environ["TOKEN"]',
            "password=None",
        ),
        *('"password": {"type": "string"}', '{"token": ["a", "b"]}', 'if token == "x": pass'),
        *('password="${PASSWORD}"', 'token: "{{ token }}"', "token=<token>", "password=***"),
        *('{"password": "********"}', '{"token": "hello", "logprob": -0.1}', '"authorization": ""'),
        *(
            "password: must be at least 8 characters",
            "Token: the smallest unit of text",
            "secret: no",
        ),
        *('{"auth": "basic"}', '{"credentials": "include"}', '{"cookie": "chocolate chip"}'),
        *("[secret TOKEN]", "token=[secret TOKEN #3]", '{"password":"[secret password #1]"}'),
        *(
            '["x-api-key", "authorization"]',
            'required=["password", "user"]',
            "<token>",
            "a, b-token, c",
        ),
        *(
            '{"name": "page_token", "value": "abc"}',
            '{"name": "city", "value": "x"}',
            "<password/>",
        ),
        *("max_tokens=4096&token=12", "https://example.com/token", "the token is in the key ring"),
    ],
)
def test_numbers_code_types_and_prose_are_left_alone(text: str) -> None:
    assert HIDE(text) == text
    assert HIDE(json.dumps({"x": text})) == json.dumps({"x": text})


@pytest.mark.parametrize(
    "text",
    [
        *("<password>hunter2</password>", '{"name":"DB_PASSWORD","value":"hunter2"}'),
        *('{"name": "Authorization", "value": "Bearer hunter2"}', "('x-api-key', 'hunter2')"),
        *('[["authorization","Bearer hunter2"]]', "[(b'x-api-key', b'hunter2')]"),
        *('{"password":\n  "hunter2"}', "{'token' : 'hunter2'}", 'password => "hunter2"'),
        *("PASSWORD = hunter2", "--token hunter2", 'password: "hunter2', "api_key := 'hunter2'"),
    ],
)
def test_a_value_is_found_in_other_spellings(text: str) -> None:
    for each in (text, json.dumps({"x": text}), json.dumps({"y": json.dumps({"x": text})})):
        hidden = HIDE(each)
        assert "hunter2" not in hidden and HIDE(hidden) == hidden
        if each != text:
            json.loads(hidden)


def test_cookies_and_schemes() -> None:
    assert HIDE("Cookie: sid=31d4; theme=dark\nHost: x") == "Cookie: [secret Cookie]\nHost: x"
    assert HIDE('{"set-cookie":"sid=1; Path=/"}') == '{"set-cookie":"[secret set_cookie]"}'
    assert HIDE("Authorization: Basic bWU6cHc=") == "Authorization: Basic [secret Authorization]"


def test_no_field_of_an_event_has_a_name_that_tells() -> None:
    for event in EVENTS.values():
        assert [f.name for f in fields(event) if telling(f.name)] == []


def test_which_variables_hold_secrets() -> None:
    found = {
        *("MYCREDS2", "STRIPE_KEY", "PGPASSWORD", "DB_PWD", "TOKEN1", "APP_SECRETS", "MY_JWT"),
    }
    environment = dict.fromkeys(found, "v-0123456789")
    environment |= {
        "ADMIN_PASSWORD": "ab1!",
        "WIFI_PASSWORD": "wifi",
        "API_KEY": "k1-x",
        "PIN_KEY": "ab1",
    }
    environment |= {
        "PASSWORD": "123456",
        "LINES": "52",
        "TOKENS_MAX": "9",
    }
    names = {name for name, _ in secrets_of(environment)}
    assert names == found | {"ADMIN_PASSWORD", "API_KEY"}


def test_a_short_value_is_hidden_as_a_word_only() -> None:
    hide = Redactor([("ADMIN_PASSWORD", "ab1!")])
    assert hide("(ab1!) xab1!x ab1!") == "([secret ADMIN_PASSWORD]) xab1!x [secret ADMIN_PASSWORD]"


@pytest.mark.parametrize("before", ["", "m", "me", "me:", "user:"])
@pytest.mark.parametrize("after", ["", "\n", "!", "!!", " and more"])
def test_a_known_value_is_hidden_in_base64(before: str, after: str) -> None:
    value = "Zx81>>??pass-word~~ok"
    hide = Redactor([("MYCREDS2", value)])
    data = f"{before}{value}{after}".encode()
    for text in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
        hidden = hide(f"Basic {text} end")
        assert "[secret MYCREDS2]" in hidden and len(hidden) < 52, hidden


def test_a_known_value_cut_by_a_line_break_is_hidden() -> None:
    value = "Zx81-pass-word-0123456789"
    hide = Redactor([("SHOP_KEY", value)])
    for place in range(1, len(value)):
        cut = f"a {value[:place]}\n{value[place:]} b"
        for text in (cut, json.dumps(cut), json.dumps(json.dumps(cut))):
            assert "[secret SHOP_KEY]" in hide(text) and value[:place] not in hide(text).split()
    wrapped = base64.b64encode(f"{'x' * 50}{value}".encode()).decode()
    assert "[secret" in hide(f"{wrapped[:76]}\n{wrapped[76:]}")


def test_many_known_values_are_found_as_one_is() -> None:
    known = [(f"K{n}_KEY", f"value-{n:02}-abcdefghijklmnopqrstuv") for n in range(30)]
    hide = Redactor(known)
    for name, value in known:
        coded = base64.b64encode(f"x{value}".encode()).decode()
        assert f"[secret {name}]" in hide(f"a {value} b")
        assert f"[secret {name}]" in hide(f"a {coded} b")


def test_a_value_has_its_number_in_every_form() -> None:
    hide = Redactor([("K_KEY", 'a"b\\c-0123456789')], SecretNumbers())
    value = 'a"b\\c-0123456789'
    text = json.dumps([value, repr(value), json.dumps(value), {"password": 'x"1'}])
    text += json.dumps(json.dumps({"pwd": 'x"1', "password": "y"}))
    assert hide(text).count("[secret K_KEY #1]") == 3
    assert hide(text).count("[secret password #2]") == 2 and "[secret password #3]" in hide(text)


def _texts() -> Iterator[tuple[str, str]]:
    here = Path(__file__).parents[2]
    folders = [here / "sessions", here.parent / "shared" / "data"]
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix in {".json", ".jsonl", ".yaml", ".md", ".traj"}:
                yield path.name, path.read_text(encoding="utf-8", errors="replace")


def test_nothing_is_found_in_recordings_of_others() -> None:
    """The shipped sessions, and public recordings where they are at hand, hold no real secret."""
    found = {name for name, text in _texts() if HIDE(text) != text}
    assert found == set()
