"""The request that a script asks about, part by part."""

from __future__ import annotations

from pathlib import Path

import pytest

import tooltrace
from tooltrace import BadCommand
from tooltrace.workflows.refund import refund


def test_the_next_request_the_last_one_and_that_of_a_record(tmp_path: Path) -> None:
    with tooltrace.debug(refund, session=tmp_path / "s.jsonl") as d:
        assert d.inspect_request() is None
        d.turn()
        first = d.inspect_request()
        assert first is not None and first.called is not None
        assert first.body == d.request
        assert first.answers == "script"
        assert [each.part.section for each in first.parts][:1] == ["settings"]
        d.turn()
        last = d.inspect_request()
        assert last is not None and last.before is not None
        assert last.before.other == first.called
        again = d.inspect_request(first.called)
        assert again is not None and again.body == first.body
        with pytest.raises(BadCommand, match="there is no record #999 in this session"):
            d.inspect_request(999)
