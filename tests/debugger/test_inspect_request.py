"""The request that a script asks about, part by part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tooltrace
from tests.loopback import Loopback, reply, text, tool_use
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tooltrace import BadCommand, Settings
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


def test_what_is_shown_before_is_what_the_server_gets(tmp_path: Path) -> None:
    look = tool_use("toolu_1", "fetch_order", order_id="1001")
    with Loopback(reply(look), reply(text("Done."))) as server:
        settings = Settings(model=MODEL, base_url=server.url)
        d = tooltrace.debug(refund, settings=settings, session=tmp_path / "s.jsonl")
        shown = []
        while len(server.requests) < 2:
            report = d.inspect_request()
            if report is not None and report.called is None:
                shown.append(report.body)
            d.step()
        d.edit.system("Be brief.")
        assert list(map(json.dumps, shown)) == list(map(json.dumps, server.bodies))
        after = [d.inspect_request(r.id) for r in d.path if r.event.name == "model_called"]
        assert [report and report.body for report in after] == shown
        assert [report and report.counted for report in after] == [True, True]
        d.close()
