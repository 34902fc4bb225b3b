"""Usage in words, and what changed between requests as rows to read."""

from __future__ import annotations

import pytest

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tests.models.asked import edited_early
from tooltrace.core.decide.budgets import over_budget
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.conversation.records import entries
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.workflow.context_changes import request_rows, request_table

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


def test_each_request_in_a_line() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900).returns(TOOL, {"n": 1})
    called = given.asks().head
    body = {**reply("Done."), "usage": {"cache_read_input_tokens": 700, "output_tokens": 1}}
    given.append(e.ModelReplied(body, ms=100.0))
    assert given.head is not None
    table = request_table(request_rows(given.tree, given.head))
    assert table[1] == ["#3", "5", "2", "0", "900", "$0.02", "900 ms", "the first"]
    assert table[2][:6] == [f"#{called}", "0", "1", "700", "0", "–"]
    assert table[2][-1].startswith("grew by ")
    assert table[2][-1].endswith("nothing before changed; 200 cached tokens not read")


def test_who_changed_a_request_and_how_much_of_the_window_it_took() -> None:
    given = edited_early(placement="system")
    assert given.head is not None
    rows = request_rows(given.tree, given.head)
    assert [row.window for row in rows] == [1_000_000] * 2
    table = request_table(rows)
    assert table[0][5] == "context"
    assert [row[5] for row in table[1:]] == ["0.1 %", "0.1 %"]
    assert "the system prompt, which changed" in table[2][-1]
    assert "the state prompt, which stands in the system prompt" in table[2][-1]
    told = rows[1].as_json()
    assert told["cause"] == "the state prompt, which stands in the system prompt"
    assert (told["model"], told["context_window"]) == ("claude-sonnet-5-5", 1_000_000)


def test_what_was_used_and_what_is_allowed() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900)
    assert over_budget(
        given.returns(TOOL, {"n": 1}).append(e.SettingsChanged(e.Settings(token_budget=5))).snapshot
    ) == ("907 tokens (5 in, 2 out, 900 cached, 900 of them written), and 5 are allowed")


def test_a_reply_says_what_it_cost_and_a_limit_gone_past_what_it_grants() -> None:
    given = asked(Given(FREE).user("Go."), 0, 0)
    assert given.head is not None
    rule = plain(entries(given.tree, given.tree[given.head])[0].lines(80)[0])
    assert "900 ms · " in rule and " · $0.02  #4" in rule
    cut: dict[str, int] = {"output_tokens": 5}
    given.asks().append(e.ModelReplied(reply("Hm."), ms=900.0, cost=0.02, estimate=cut))
    estimated = plain(entries(given.tree, given.tree[given.head or 0])[0].lines(80)[0])
    assert "900 ms · " in estimated and " · ≥ $0.02" in estimated
    given.append(e.WentOn("limit", 0, 1500, 0.25))
    said = plain(entries(given.tree, given.tree[given.head])[0].heading)
    assert "at the limit, 1,500 tokens more, $0.25 more" in said
