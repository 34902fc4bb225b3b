"""What is hidden in a file is numbered by its value, and numbers go on when it is reopened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.store.build import AT, root
from tooltrace.core.model.events import (
    CallRef,
    Event,
    ModelCalled,
    ModelFailed,
    ModelReplied,
    Record,
    RunStarted,
    ToolReturned,
    UserSaid,
)
from tooltrace.core.model.workflow import ToolSpec, Transition, WorkflowSpec
from tooltrace.core.text.redact import Redactor, SecretNumbers
from tooltrace.store import Journal
from tooltrace.store.blobs import MAX_INLINE
from tooltrace.store.redacted import IN_PIECES, without_secrets


def hide() -> Redactor:
    return Redactor([("SHOP_KEY", "shop-0123456789")], SecretNumbers())


def record(number: int, event: Event) -> Record:
    return Record(number, number - 1, AT, "live", event)


def result(number: int, content: Any) -> Record:
    return record(number, ToolReturned(CallRef(1, 0), content))


def numbers(path: Path) -> list[str]:
    return re.findall(r"\[secret (\w+ #\d+)\]", path.read_text())


def test_each_distinct_value_has_one_number(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path, hide=hide()) as journal:
        journal.append(root())
        journal.append(result(2, {"password": "hunter2", "note": "use shop-0123456789"}))
        written = journal.append(result(3, ['pwd="hunter2"', {"token": "other"}]))
        assert "hunter2" not in repr(written)
        journal.sync()
    assert numbers(path) == ["password #2", "SHOP_KEY #1", "password #2", "token #3"]


def test_numbers_go_on_after_a_file_was_reopened(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal.create(path, hide=hide()) as journal:
        journal.append(root())
        journal.append(result(2, {"password": "hunter2"}))
        journal.append(result(3, {"token": "inablob7", "pad": "x" * (MAX_INLINE + 1)}))
        journal.sync()
    with Journal.open(path, writable=True, hide=hide()) as journal:
        journal.append(result(4, {"password": "hunter2"}))
        journal.append(result(5, {"password": "hunter2"}))
        journal.sync()
    # The value before is not known any more: saying that it is equal would be a guess.
    assert numbers(path)[0] == "password #1"
    assert numbers(path)[1] == numbers(path)[2]
    assert int(numbers(path)[1].rpartition("#")[2]) > 2


def test_a_definition_keeps_its_expressions(tmp_path: Path) -> None:
    row = Transition(
        ("login",), "in", "out", when="result.token == 'x'", save={"token": "result.token"}
    )
    schema = {"type": "object", "properties": {"password": {"type": "string", "default": "x"}}}
    spec = WorkflowSpec(
        "w",
        tools=(ToolSpec("login", schema=schema),),
        rows=(row,),
        system="Use shop-0123456789, password=hunter2",
    )
    started, payload = without_secrets(Record(1, None, AT, "live", RunStarted(spec)), hide())
    assert isinstance(started.event, RunStarted)
    assert started.event.workflow.rows == (row,)
    assert started.event.workflow.tools == spec.tools
    assert "shop-0123456789" not in payload and "hunter2" not in payload


def test_a_prompt_says_what_other_records_say(tmp_path: Path) -> None:
    called = record(2, ModelCalled("0" * 32, 'data: token: "abc1", shop-0123456789'))
    hidden, _ = without_secrets(called, hide())
    assert isinstance(hidden.event, ModelCalled)
    assert hidden.event.prompt == 'data: token: "abc1", [secret SHOP_KEY #1]'


def test_a_key_in_pieces_takes_its_stream_with_it() -> None:
    raw = "".join(
        f'data: {{"delta":{{"type":"text_delta","text":"{piece}"}}}}\n\n'
        for piece in ("It is sk-ant-", "api03-abc", "defghijkl", " there")
    )
    failed, payload = without_secrets(record(2, ModelFailed("cut", raw=raw)), hide())
    assert isinstance(failed.event, ModelFailed) and failed.event.raw == IN_PIECES
    assert "defghijkl" not in payload
    plain = ModelFailed("cut", raw=raw.replace("sk-ant-", "a word "))
    assert without_secrets(record(2, plain), hide())[0].event == plain
    reply = {"content": [{"type": "tool_use", "id": "t", "name": "f", "input": {"pwd": "hunter2"}}]}
    whole = ModelReplied(reply, raw='data: {"partial_json":"{\\"pwd\\": \\"hun"}')
    hidden, payload = without_secrets(record(2, whole), hide())
    assert isinstance(hidden.event, ModelReplied) and hidden.event.raw == IN_PIECES


def test_what_hiding_breaks_is_hidden_text_by_text() -> None:
    """An escape may look like the beginning of a key: the record is written all the same."""

    def clumsy(text: str) -> str:
        return text.replace("nkey", "[secret]")

    said, _ = without_secrets(record(2, UserSaid("a\nkey nkey")), clumsy)
    assert isinstance(said.event, UserSaid) and said.event.text == "a\nkey [secret]"
