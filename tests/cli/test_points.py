"""``--break``, ``--log`` and ``--watch``: what they stop, print and show without the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import spawn

RUN = ("run", "refund", "--headless", "--session", "s.jsonl")


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ("request when turn == 2", "processing_credit"),
        ("reply if contains(reply.text, 'Crediting')", "processing_credit"),
        ("call hits 2", "validating_refund"),
        ("tool:send_email hits 1", "sending_email"),
    ],
)
def test_the_new_kinds_pause_the_run(here: Path, spec: str, state: str) -> None:
    said = spawn(*RUN, "--break", spec, "--json", cwd=here)
    last = said.objects[-1]
    assert (said.code, last["outcome"], last["state"]) == (1, "paused", state)
    assert last["why"].startswith("breakpoint: ")


@pytest.mark.parametrize("spec", ["request", "request hits 1", "request if turn == 0"])
def test_nothing_is_asked_before_a_breakpoint_at_the_first_request(here: Path, spec: str) -> None:
    (here / "free.py").write_text(
        "from tooltrace import Workflow, say\n"
        'flow = Workflow("free", tools=[], input="Go.", policy=lambda seen: say("Gone."))\n'
    )
    words = ("run", "free.py:flow", "--headless", "--session", "s.jsonl", "--json")
    said = spawn(*words, "--break", spec, cwd=here)
    assert (said.code, said.objects[-1]["why"]) == (1, f"breakpoint: {spec}")
    assert [o["type"] for o in said.objects[:-1]] == ["run_started", "user_said"]


def test_logpoints_print_between_the_records_and_stop_nothing(here: Path) -> None:
    words = ("--log", "call log args.order_id", "--watch", "state", "--watch", "context.eligible")
    said = spawn(*RUN, *words, cwd=here)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    at = lines.index("log        1001")
    assert lines[at + 1] == "call       fetch_order"
    assert "watch      context.eligible = true" in lines
    assert sum(line.startswith("watch      state = ") for line in lines) == 6


def test_the_session_is_the_same_with_and_without(here: Path) -> None:
    with_, without = ("run", "refund", "--headless", "--json", "--session"), []
    for name, words in (("a", ("--log", "reply log reply.text", "--watch", "turn")), ("b", ())):
        said = spawn(*with_, f"{name}.jsonl", *words, cwd=here)
        found = [o for o in said.objects if o["type"] not in ("log", "watch", "outcome")]
        without.append([(o["type"], o["record"], o.get("digest")) for o in found])
    assert without[0] == without[1]
    assert spawn("check", "a.jsonl", cwd=here).code == 0


def test_a_log_line_names_its_record_and_its_point(here: Path) -> None:
    said = spawn(*RUN, "--json", "--log", "tool:send_email hits 1 print args.to", cwd=here)
    (line,) = (o for o in said.objects if o["type"] == "log")
    assert line["point"] == "tool:send_email hits 1 log args.to"
    place = said.objects.index(line)
    assert said.objects[place - 1]["record"] == line["record"]
    assert said.objects[place + 1]["type"] == "tool_started"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--log", "tool:send_email"), 'write "tool:send_email log EXPRESSION"'),
        (("--log", "tool:nosuch log args"), "--log tool:nosuch log args: refund has no tool"),
        (("--log", "reply log args"), "args is not known when a reply has come"),
        (("--watch", "context.nosuch"), "--watch context.nosuch"),
        (("--watch", "args.x"), "args is not known to a watch"),
        (("--watch", "a b"), "cannot be parsed"),
        (("--break", "call hits 0"), "after hits comes how many"),
        (("--break", "repeat:nosuch"), "refund has no tool 'nosuch'"),
        (
            ("--break", "reply log nonsense"),
            "there are: results, context, state, usage, error, turn, cost, tokens, reply\n",
        ),
        (("--break", "reply log nonsense"), "--break reply log nonsense: 'nonsense': unknown"),
        (("--log", "call log nonsense"), "--log call log nonsense: 'nonsense': unknown name"),
        (("--break", "request log result"), "--break request log result: result is not known"),
        (("--break", "reply if"), "--break reply if: an expression is missing"),
        (("--break", "reply hits x"), "--break reply hits x: after hits comes how many"),
        (("--break", "nonsense"), "--break nonsense: 'nonsense' is no breakpoint; write tool:NAME"),
        (("--watch", "nonsense"), "--watch nonsense: unknown name nonsense; there are: results"),
        (("--watch", ""), "--watch : a watch needs an expression"),
    ],
)
def test_what_would_never_be_met_is_refused_before_anything_runs(
    here: Path, words: tuple[str, ...], why: str
) -> None:
    said = spawn(*RUN, *words, cwd=here)
    assert said.code == 2 and why in said.err and "Traceback" not in said.err
    assert len(said.err.splitlines()) == 1 and not (here / "s.jsonl").exists()


def test_open_refuses_what_cannot_be_read_before_it_opens(here: Path) -> None:
    for words in (("--break", "moon"), ("--log", "call"), ("--watch", "(")):
        said = spawn("open", "none.jsonl", *words, cwd=here)
        assert said.code == 2 and "Traceback" not in said.err
