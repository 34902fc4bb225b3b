"""A request as a Python program: it compiles, holds what was meant, and sends it."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.test_curl_text import NASTY, body_of
from tests.loopback import Loopback, reply, text
from tooltrace.core.text.sanitize import visible
from tooltrace.formats.text.python_text import python_text
from tooltrace.tui.clipboard import pasteable

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def arguments(program: str) -> dict[str, Any]:
    """What a program gives to ``stream``."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "stream":
            return {str(each.arg): ast.literal_eval(each.value) for each in node.keywords}
    raise AssertionError(program)


@given(JSON)
def test_values_are_what_they_were(value: Any) -> None:
    body = {"model": "m", "system": value, "messages": [value], "newer than we are": value}
    program = python_text(body)
    extra = {"newer than we are": value}
    assert arguments(program) == {
        "model": "m",
        "system": value,
        "messages": [value],
        "extra_body": extra,
    }
    assert pasteable(program) == (program, 0)
    assert visible(program) == program


def test_the_sdk_reads_the_key_and_another_host_is_not_given_it() -> None:
    assert "anthropic.Anthropic()\n" in python_text(body_of("Go."))
    there = python_text(body_of("Go."), "http://h/'\n")
    assert 'base_url="http://h/\'\\n", api_key="unused")' in there
    assert "KEY" not in there


def test_it_sends_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    said = NASTY.replace("\x00", "")
    body = body_of(said, system=NASTY, model="claude-sonnet-5-5", stream=True)
    with Loopback(reply(text("Done.")), key=None) as server:
        exec(python_text(body, server.url, ["one-beta"]), {})
        assert server.refused == []
        [got] = server.requests
    assert got.body == body
    assert {key.lower(): value for key, value in got.headers.items()}[
        "anthropic-beta"
    ] == "one-beta"
    assert "Done." in capsys.readouterr().out


def test_openais_package_is_given_what_has_to_be_there_by_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: dict[str, list[Any]] = {}

    class Client:
        def __init__(self, **given: Any) -> None:
            said["client"] = [given]

        def create(self, **given: Any) -> Any:
            said["create"] = [given]
            return [self, self] if given.get("stream") else self

        def to_json(self, indent: int | None = 2) -> str:
            return "{}"

        @property
        def responses(self) -> Client:
            return self

    package = type("package", (), {"OpenAI": Client})
    body = {"model": "m", "input": [{"role": "user", "content": "é"}], "store": False}
    program = python_text(body, "http://127.0.0.1:1/v1", (), "responses")
    assert program.startswith("import openai\n")
    exec(program.replace("import openai\n", ""), {"openai": package})
    assert said["client"] == [{"base_url": "http://127.0.0.1:1/v1", "api_key": "unused"}]
    assert said["create"] == [
        {"model": "m", "input": body["input"], "extra_body": {"store": False}}
    ]
    streamed = python_text({**body, "stream": True}, None, (), "responses")
    exec(streamed.replace("import openai\n", ""), {"openai": package})
    assert said["create"][0]["stream"] is True, "else the package reads the stream as one reply"
    assert capsys.readouterr().out == "{}\n" * 3
    assert "client.chat.completions.create(" in python_text({"messages": []}, None, (), "chat")
