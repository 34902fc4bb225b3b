"""Where tokens were estimated, every table that has them says so, and nothing is made of them."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.free import FREE
from tests.core.given import Given, reply
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Usage
from tooltrace.debugger.sampling.samples import Samples
from tooltrace.tui.rows.branches.samples import about
from tooltrace.tui.rows.workflow.context_changes import request_rows, request_table

TOLD = {"input_tokens": 5, "output_tokens": 2, "cache_read_input_tokens": 900}


def asked(usage: object, estimate: dict[str, int] | None, cost: float | None) -> list[list[str]]:
    """The requests of a run whose second one was answered so."""
    given = Given(FREE).user("Go.").asks()
    given.append(e.ModelReplied({**reply("One."), "usage": TOLD}, ms=10.0))
    given.user("And?").asks()
    given.append(
        e.ModelReplied({**reply("Two."), "usage": usage}, ms=10.0, estimate=estimate, cost=cost)
    )
    return request_table(request_rows(given.tree, given.head or 0))


def test_a_request_without_figures_says_at_least_with_and_without_a_price() -> None:
    for cost, shown in ((None, "–"), (0.25, "≥ $0.25")):
        _, first, second = asked(None, {"input_tokens": 70, "output_tokens": 1200}, cost)
        assert first[1:3] == ["5", "2"]
        assert second[1:6] == ["≥ 70", "≥ 1,200", "0", "0", shown]


def test_what_the_cache_held_is_not_lost_because_a_server_said_nothing_of_it() -> None:
    silent = asked({}, {"input_tokens": 70, "output_tokens": 9}, None)[2]
    assert "not read" not in silent[-1]
    cut = asked({**TOLD, "cache_read_input_tokens": 300}, {"output_tokens": 9}, None)[2]
    assert cut[-1].endswith("; 600 cached tokens not read")
    told = asked({"input_tokens": 70, "output_tokens": 9}, None, None)[2]
    assert told[-1].endswith("; 900 cached tokens not read")


def test_samples_say_at_least() -> None:
    found = Samples(1, 1, usage=Usage(5, 5, estimated=1))
    assert "≥ 10 tokens" in about(found)[0]
    assert "≥" not in about(replace(found, usage=Usage(5, 5)))[0]
