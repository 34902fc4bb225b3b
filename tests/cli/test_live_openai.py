"""``run --model chat:…`` and ``openai:…`` from the command line to its end, and again without."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Said, assert_refused, environment, spawn
from tests.cli.test_live import assert_nowhere, outcome_of
from tests.loopback import text, tool_use
from tests.loopback.openai_rules import KEY, openai_fault
from tests.models.openai_live import CHAT, RESPONSES, Protocol

ORDER = {"status": "delivered", "delivered_on": "2026-03-02"}
MAIL = {"to": "ines@example.com", "subject": "Your refund", "body": "On its way."}
TURNS: tuple[tuple[dict[str, Any], ...], ...] = (
    (text("Looking it up."), tool_use("t1", "fetch_order", order_id="1001")),
    (tool_use("t2", "check_refund_policy", **ORDER),),
    (tool_use("t3", "process_credit", order_id="1001", amount=59.9),),
    (tool_use("t4", "send_email", **MAIL),),
    (text("Done."),),
)
Run = Callable[..., Said]


@pytest.fixture(params=[CHAT, RESPONSES], ids=["chat", "responses"])
def protocol(request: pytest.FixtureRequest) -> Protocol:
    made: Protocol = request.param
    return made


def run(here: Path, protocol: Protocol, url: str, *more: str, **env: str) -> Said:
    """The refund workflow with this model behind this address."""
    arguments = ("--model", f"{protocol.name}:gpt-5.6", "--base-url", url)
    wanted = ("--session", "s.jsonl", "--json", *more)
    given = environment(here, **env)
    return spawn("run", "refund", "--headless", *arguments, *wanted, cwd=here, env=given)


def test_a_refund_from_end_to_end(here: Path, protocol: Protocol) -> None:
    busy = openai_fault(429, "slow down", kind="requests", headers={"retry-after-ms": "1"})
    with protocol.server(busy, *(protocol.whole(*turn) for turn in TURNS)) as server:
        url = f"{server.url}/v1"
        more = ("--key-env", "MINE", "--set", "effort=low")
        said = run(here, protocol, url, *more, MINE=KEY, OPENAI_API_KEY="sk-not-for-here-12345")
    assert server.refused == []
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {KEY}"}
    last = outcome_of(said)
    assert (said.code, said.err) == (0, "")
    assert (last["outcome"], last["state"], last["tool_calls"]) == ("completed", "complete", 4)
    assert (last["usage"]["input"], last["usage"]["cache_read"]) == (300, 200)
    checked = spawn("check", "s.jsonl", cwd=here)
    assert (checked.code, checked.err) == (0, "")
    shown = spawn("show", "s.jsonl", "--requests", "--full", "--json", cwd=here)
    bodies = [json.loads(line)["body"] for line in shown.out.splitlines() if '"body"' in line]
    for body, sent in zip(bodies, server.bodies, strict=True):
        assert json.dumps(body) == json.dumps(sent)
    assert_nowhere(KEY, here, said, checked, shown)
    assert_nowhere("sk-not-for-here-12345", here, said, checked, shown)


def test_a_key_that_is_not_there_is_said_before_there_is_a_file(
    here: Path, protocol: Protocol
) -> None:
    said = run(here, protocol, "http://127.0.0.1:9/v1", "--key-env", "NONE_SUCH")
    assert_refused(said, "NONE_SUCH is not set")
    assert not (here / "s.jsonl").exists()
    said = spawn(
        "run", "refund", "--headless", "--model", f"{protocol.name}:gpt-5.6", cwd=here,
        env=environment(here),
    )  # fmt: skip
    assert_refused(said, "set OPENAI_API_KEY")


def test_no_price_is_known_elsewhere_unless_it_is_named(here: Path, protocol: Protocol) -> None:
    url = "http://127.0.0.1:9/v1"
    assert_refused(run(here, protocol, url, "--max-cost", "1"), "no price is known for what")
    with protocol.server(protocol.whole(text("Done.")), key=None) as server:
        priced = ("--max-cost", "1", "--priced-as", "gpt-5")
        said = run(here, protocol, f"{server.url}/v1", *priced)
    cost = 60 / 1e6 * 1.25 + 40 / 1e6 * 0.125 + 10 / 1e6 * 10
    assert outcome_of(said)["usage"]["cost"] == pytest.approx(cost)
