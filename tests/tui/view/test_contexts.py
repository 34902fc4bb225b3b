"""Usage in words, and what changed between requests as rows to read."""

from __future__ import annotations

import pytest

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tooltrace.core.decide.budgets import over_budget
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.context_changes import context_detail, request_rows, request_table

TOOL = FREE.tools[0].name


@pytest.mark.parametrize(
    ("usage", "said"),
    [
        (
            Usage(1204, 311, 880, 0, 2100, 0.008, 3),
            "1,204 in · 311 out · 880 cached · $0.008 · 2.1 s",
        ),
        (Usage(1204, 311, 0, 0, 2100, 0.008, 3, 1), "1,204 in · 311 out · ≥ $0.008 · 2.1 s"),
        (
            Usage(20, 5, 20, 3000, 2100, 0.008, 1, 0, 1),
            "≥ 20 in · 5 out · 3,020 cached · 3,000 of them written · ≥ $0.008 · 2.1 s",
        ),
        (Usage(1204, 311, 0, 0, 2100, 0.0, 0, 4), "1,204 in · 311 out · 2.1 s"),
    ],
)
def test_usage_in_words(usage: Usage, said: str) -> None:
    assert labels.usage_words(usage) == said


def asked(given: Given, read: int, written: int) -> Given:
    usage = {
        "input_tokens": 5,
        "output_tokens": 2,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }
    body = {**reply(call(TOOL)), "usage": usage}
    return given.asks().append(e.ModelReplied(body, ms=900.0, cost=0.02))


def lines(given: Given, called: int) -> list[str]:
    return [plain(entry.heading) for entry in context_detail(given.tree, called)]


def test_growth_says_what_came_and_what_the_cache_did() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900).returns(TOOL, {"n": 1})
    called = given.asks().head
    given.back_to(called or 0)
    body = {**reply("Done."), "usage": {"cache_read_input_tokens": 700, "output_tokens": 1}}
    given.append(e.ModelReplied(body, ms=100.0))
    assert called is not None
    found = lines(given, called)
    assert found[:2] == [f"request #{called}", "against #3, the request before it here"]
    assert found[2].startswith("grew by ") and found[2].endswith("nothing before changed")
    assert (
        found[3] == "that request  5 in · 2 out · 900 cached · 900 of them written · $0.02 · 900 ms"
    )
    assert found[4] == "this request  0 in · 1 out · 700 cached · 100 ms"
    assert found[5].endswith("200 cached before were not read, though nothing changed")
    assert found[6].startswith("+ message 1, block 0 (tool_use)")
    assert given.head is not None
    table = request_table(request_rows(given.tree, given.head))
    assert table[1] == ["#3", "5", "2", "0", "900", "$0.02", "900 ms", "the first"]
    assert table[2][:6] == [f"#{called}", "0", "1", "700", "0", "–"]


def test_the_first_request_has_none_before_it() -> None:
    given = Given(FREE).user("Go.").asks()
    assert given.head is not None
    assert lines(given, given.head)[1].startswith("the first request")


def test_the_first_request_says_what_it_wrote_to_the_cache() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900)
    found = lines(given, 3)
    assert found[1].startswith("the first request")
    assert (
        found[2] == "this request  5 in · 2 out · 900 cached · 900 of them written · $0.02 · 900 ms"
    )
    assert found[3] == "0 tokens read from the cache, 900 written to it"
    assert over_budget(
        given.returns(TOOL, {"n": 1}).append(e.SettingsChanged(e.Settings(token_budget=5))).snapshot
    ) == ("907 tokens (5 in, 2 out, 900 cached, 900 of them written), and 5 are allowed")


def test_a_reply_says_what_it_cost_and_a_limit_gone_past_what_it_grants() -> None:
    given = asked(Given(FREE).user("Go."), 0, 0)
    assert given.head is not None
    heading = plain(entries(given.tree, given.tree[given.head])[0].heading)
    assert "900 ms · $0.02" in heading
    cut: dict[str, int] = {"output_tokens": 5}
    given.asks().append(e.ModelReplied(reply("Hm."), ms=900.0, cost=0.02, estimate=cut))
    estimated = plain(entries(given.tree, given.tree[given.head or 0])[0].heading)
    assert "900 ms · ≥ $0.02" in estimated
    given.append(e.WentOn("limit", 0, 1500, 0.25))
    said = plain(entries(given.tree, given.tree[given.head])[0].heading)
    assert "at the limit, 1,500 tokens more, $0.25 more" in said
