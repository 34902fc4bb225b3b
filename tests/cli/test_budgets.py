"""Budgets from the command line: real requests to a server on this machine, and named outcomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import assert_refused, call, lines_of, spawn
from tests.cli.test_live import MODEL, ORDER, outcome_of, run
from tests.loopback import Loopback, Step, plain, reply, text, tool_use


def cached(*content: dict[str, Any], read: int, written: int) -> Step:
    """A reply with cache figures."""
    usage = {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": read}
    usage["cache_creation_input_tokens"] = written
    body: dict[str, Any] = {"type": "message", "content": content, "stop_reason": "tool_use"}
    body |= {"model": MODEL, "usage": usage}
    return plain(raw=json.dumps(body).encode())


SCRIPT = (
    cached(tool_use("t1", "fetch_order", order_id="1001"), read=0, written=900),
    cached(tool_use("t2", "check_refund_policy", **ORDER), read=900, written=100),
    reply(text("Never asked for.")),
)
PRICED = ("--priced-as", MODEL)


def test_a_budget_in_dollars_ends_the_run_by_name(here: Path) -> None:
    with Loopback(*SCRIPT) as server:
        said = run(here, server.url, *PRICED, "--max-cost", "0.003")
        assert len(server.requests) == 2
    last = outcome_of(said)
    assert (said.code, last["outcome"]) == (1, "limit")
    assert last["why"] == "$0.0032 spent, and $0.003 are allowed"
    # 200 in at $2, 20 out at $10, 900 read at $0.10 and 1,000 written at $2.50 a million.
    assert last["usage"]["cost"] == pytest.approx(0.00319)
    replies = [record for record in lines_of(here / "s.jsonl") if record["type"] == "model_replied"]
    assert [record["event"]["cost"] for record in replies] == pytest.approx([0.00255, 0.00064])

    table = spawn("show", "s.jsonl", "--requests", cwd=here).out.splitlines()
    assert "$0.0032" in table[0]
    named, *rows = [line.replace(" %", "%").split() for line in table[1:]]
    cells = [dict(zip(named, line, strict=False)) for line in rows]
    wanted = ("in", "out", "read", "written", "cost")
    assert [[each[name] for name in wanted] for each in cells] == [
        ["100", "10", "0", "900", "$0.0026"],
        ["100", "10", "900", "100", "$0.00064"],
    ]
    assert "nothing before changed" in table[3]
    first, *rest = spawn("show", "s.jsonl", "--requests", "--json", cwd=here).objects
    assert first["usage"]["cost"] == pytest.approx(0.00319)
    assert [each["cached_tokens_lost"] for each in rest[1:]] == [0]
    # And again without the server: what was paid then is what it cost.
    assert spawn("check", "s.jsonl", cwd=here).code == 0


def test_a_budget_in_tokens_needs_no_price(here: Path) -> None:
    with Loopback(*SCRIPT) as server:
        said = run(here, server.url, "--max-tokens", "1500")
        assert len(server.requests) == 2
    last = outcome_of(said)
    assert (said.code, last["outcome"]) == (1, "limit")
    split = "200 in, 20 out, 1,900 cached, 1,000 of them written"
    assert last["why"] == f"2,120 tokens ({split}), and 1,500 are allowed"
    assert "cost" not in last["usage"]


REFUSED = [
    (("--max-cost", "1"), ("the scripted model costs nothing",)),
    (("--model", "claude-sonnet-99", "--max-cost", "1"), ("no price is known", "--max-tokens")),
    (("--model", MODEL, "--base-url", "http://x.test", "--max-cost", "1"), ("http://x.test",)),
    (("--model", MODEL, "--priced-as", "mine"), ("--priced-as", "mine")),
    (("--max-cost", "0"), ("--max-cost",)),
    (("--max-tokens", "0"), ("--max-tokens",)),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_a_budget_that_could_not_be_kept_is_refused_before_anything_is(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    assert_refused(call(capsys, "run", "refund", "--headless", *options), *words)
    assert not list(here.rglob("*.jsonl"))
