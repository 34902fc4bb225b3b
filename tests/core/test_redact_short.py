"""A short password that is known is hidden wherever it stands alone, and in no word."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tooltrace.core.text.redact import Redactor, SecretNumbers, secrets_of

HIDE = Redactor([("DB_PASSWORD", "kP9#"), ("PIN_PASSWORD", "7b2q")])
BEFORE = ["", " ", "\n", "\t", "\r\n", "\b\f", "é", "\u2028", "\x00", "\x1b", '"', "\\", "=", "😀"]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("password", ["kP9#", "7b2q"])
def test_behind_whatever_json_and_python_escape(before: str, password: str) -> None:
    text = f"a{before or ' '}{password}{before}{password if before else ''}"
    for shown in (text, json.dumps(text), repr(text), ascii(text), json.dumps(json.dumps(text))):
        hidden = HIDE(shown)
        assert password not in hidden, hidden
        assert HIDE(hidden) == hidden
    assert password not in json.dumps(json.loads(HIDE(json.dumps(text))))


@pytest.mark.parametrize("password", ['a"b1', "a\\b1", "pä1!", "a'b1", "a/b 1"])
def test_in_the_forms_that_escapes_give_it(password: str) -> None:
    hide = Redactor([("DB_PASSWORD", password)])
    for shown in (json.dumps(password), repr(password), ascii(password), quote(password, safe="")):
        for text in (shown, json.dumps({"a": shown})):
            assert "[secret DB_PASSWORD]" in hide(text), text
            assert hide(hide(text)) == hide(text)


def test_equal_ones_have_one_number_behind_a_line_break_as_well() -> None:
    hide = Redactor([("DB_PASSWORD", "kP9#")], SecretNumbers())
    mark = "[secret DB_PASSWORD #1]"
    assert json.loads(hide(json.dumps("kP9#\nkP9#"))) == f"{mark}\n{mark}"


@pytest.mark.parametrize("text", ["x7b2q", "7b2qx", "node7b2q1", "u007b2q", "n7b2q", "sha 17b2qf"])
def test_a_word_that_holds_it_is_left_alone(text: str) -> None:
    assert HIDE(text) == text


@pytest.mark.parametrize("name", ["DB_PASS", "SMTP_PASS2", "MYSQL_PWD", "DB_PASSWORD", "MYCREDS2"])
def test_names_that_leave_no_doubt(name: str) -> None:
    assert secrets_of({name: "ab1!"}) == [(name, "ab1!")]


@pytest.mark.parametrize("name", ["BYPASS", "COMPASS", "PASSES", "PATH_KEY", "GIT_AUTHOR"])
def test_names_that_leave_some(name: str) -> None:
    assert secrets_of({name: "ab1!"}) == []


def test_where_one_works_is_no_password() -> None:
    assert secrets_of({"PWD": "/home/a1", "OLDPWD": "/srv"}) == []
