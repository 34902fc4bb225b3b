"""What a field is called in a session's file, where the code calls it otherwise."""

from __future__ import annotations

import json
from typing import Any

from tests.store.build import AT
from tooltrace.core.model.events import ModelFailed, Record
from tooltrace.store.lines import WarnedRecord, decode, decode_fast, encode

FAILED = Record(3, 2, AT, "live", ModelFailed("busy", status=529, retryable=True))


def with_event(**fields: Any) -> Record:
    """The record with another event in its line, without the checksum that no longer fits."""
    line = json.loads(encode(FAILED)) | {"event": fields}
    del line["crc"]
    found = decode(json.dumps(line).encode())
    assert isinstance(found, WarnedRecord)
    return found.record


def test_a_request_worth_another_try_is_called_again_in_files() -> None:
    line = encode(FAILED).removesuffix(b"\n")
    assert json.loads(line)["event"] == {"error": "busy", "status": 529, "again": True}
    assert decode(line) == decode_fast(line) == FAILED


def test_beside_a_field_nobody_knows_it_is_read_and_written_the_same() -> None:
    record = with_event(error="busy", again=True, novel=1)
    assert record.event == ModelFailed("busy", retryable=True)
    assert record.extra == {"novel": 1}
    assert json.loads(encode(record))["event"] == {"error": "busy", "again": True, "novel": 1}


def test_the_name_in_the_code_is_a_field_nobody_knows() -> None:
    record = with_event(error="busy", retryable=True)
    assert record.event == ModelFailed("busy")
    assert json.loads(encode(record))["event"] == {"error": "busy", "retryable": True}
