"""Tools that the provider runs beside the workflow's own: said, answered, sent back, replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.loopback import Loopback, reply, text, tool_use
from tests.loopback import responses as openai
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.models.openai_live import RESPONSES
from tooltrace import RequestSettings, Settings, Workflow

SEARCH: dict[str, Any] = {"type": "web_search_20250305", "name": "web_search", "max_uses": 2}
FOUND = (
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
    {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": [{"type": "web_search_result", "url": "https://a", "title": "A"}],
    },
)


def look(n: int) -> int:
    """Look."""
    return n


def ended(file: Path, settings: Settings) -> None:
    flow = Workflow("searching", tools=[look], input="go", system="Be brief.")
    with tooltrace.debug(flow, session=file, settings=settings) as d:
        d.go()
        assert d.outcome == "completed"
        ran = [r for r in d.path if r.event.name == "tool_started"]
        assert len(ran) == 1, "what the provider runs is no call of ours"
    with tooltrace.open(file) as again:
        again.replay.start(from_start=True)
        assert again.go().kind == "end"


def test_at_the_messages_api(tmp_path: Path) -> None:
    asked = RequestSettings(server_tools=(SEARCH,))
    with Loopback(reply(*FOUND, tool_use("t1", "look", n=1)), reply(text("Done."))) as server:
        ended(tmp_path / "s.jsonl", Settings(model=MODEL, base_url=server.url, request=asked))
        assert server.refused == []
    first, second = server.bodies
    assert [tool["name"] for tool in first["tools"]] == ["look", "web_search"]
    assert first["tools"][1] == SEARCH
    assert second["messages"][1]["content"][:2] == list(FOUND)


def test_at_the_responses_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = RequestSettings(server_tools=({"type": "web_search"},))
    searched = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    searched["action"] = {"type": "search", "query": "x"}  # type: ignore[assignment]
    one = openai.response(searched, openai.function_call("t1", "look", '{"n": 1}'))
    with RESPONSES.server(one, RESPONSES.whole(text("Done.")), key=None) as server:
        settings = Settings(model="openai:gpt-5.6", base_url=f"{server.url}/v1", request=asked)
        ended(tmp_path / "s.jsonl", settings)
        assert server.refused == []
    first, second = server.bodies
    assert [tool["type"] for tool in first["tools"]] == ["function", "web_search"]
    assert searched in second["input"]
