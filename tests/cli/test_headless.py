"""``run --headless``: what it prints, how it ends, and that nothing else gets into its output."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.calling import Said, environment, lines_of, spawn, start
from tests.cli.flows import NOISY, SLOW, flow
from tests.events import event_of
from tests.timing import within
from tooltrace.cli.open_readonly import opened
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.events import ToolReturned
from tooltrace.store import Journal
from tooltrace.tools.functions.result_json import DEEPEST
from tooltrace.workflows import refund

OUTCOME = {
    "type",
    "outcome",
    "why",
    "state",
    "steps",
    "tool_calls",
    "usage",
    "session_usage",
    "session",
}
RUN = ("run", "--headless", "--session", "s.jsonl")


def outcome_of(said: Said) -> dict[str, object]:
    """The last line, which must be the outcome; every line must be an object."""
    *facts, last = said.objects
    assert set(last) >= OUTCOME
    assert all(fact["type"] not in ("outcome", None) for fact in facts)
    return last


def test_a_run_for_people(here: Path) -> None:
    said = spawn(*RUN, "refund", cwd=here)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0].startswith("user ")
    assert lines[-1] == "completed in complete · 4 tool calls · s.jsonl"
    assert sum(line.startswith("call ") for line in lines) == 4


def test_one_call_is_one(here: Path) -> None:
    said = spawn(*RUN, flow(here, NOISY), cwd=here)
    assert said.out.splitlines()[-1].endswith(" · 1 tool call · s.jsonl")


def test_a_run_for_programs(here: Path) -> None:
    said = spawn(*RUN, "refund", "--json", cwd=here)
    last = outcome_of(said)
    assert (said.code, said.err) == (0, "")
    assert (last["outcome"], last["state"], last["tool_calls"]) == ("completed", "complete", 4)
    assert last["session"] == "s.jsonl"
    facts = said.objects[:-1]
    saved = lines_of(here / "s.jsonl")
    assert [(fact["record"], fact["type"]) for fact in facts] == (
        [(record["id"], record["type"]) for record in saved]
    )
    assert (here / "s.jsonl").stat().st_mode & 0o777 == 0o600


def test_sessions_get_a_name_of_their_own(here: Path) -> None:
    for number in (1, 2):
        said = spawn("run", "loan", "--headless", "--json", cwd=here)
        assert outcome_of(said)["session"] == str(here / f"sessions/loan-000{number}.jsonl")
    env = environment(here, XDG_DATA_HOME=str(here / "data"))
    del env["TOOLTRACE_SESSIONS"]
    elsewhere = here / "elsewhere"
    elsewhere.mkdir()
    said = spawn("run", "loan", "--headless", "--json", cwd=elsewhere, env=env)
    expected = here / "data/tooltrace/sessions/loan-0001.jsonl"
    assert outcome_of(said)["session"] == str(expected)
    assert lines_of(expected)
    (elsewhere / "sessions").mkdir()
    said = spawn("run", "loan", "--headless", "--json", cwd=elsewhere, env=env)
    assert outcome_of(said)["session"] == "sessions/loan-0001.jsonl"


@pytest.mark.parametrize(
    ("more", "code", "outcome", "state"),
    [
        (["--input", "Refund order 1002."], 1, "failed", "failed"),
        (["--input", "I want my money back."], 1, "paused", "fetching_order"),
        (["--break", "tool:process_credit"], 1, "paused", "processing_credit"),
        (["--break", "if result.eligible"], 1, "paused", "validating_refund"),
        (["--max-turns", "2"], 1, "limit", "processing_credit"),
    ],
)
def test_an_end_that_is_no_success(
    more: list[str], code: int, outcome: str, state: str, here: Path
) -> None:
    said = spawn(*RUN, "refund", *more, "--json", cwd=here)
    last = outcome_of(said)
    assert (said.code, said.err) == (code, "")
    assert (last["outcome"], last["state"]) == (outcome, state)
    assert bool(last["why"]) == (outcome != "failed") or last["why"]


def test_nothing_a_tool_writes_gets_into_the_output(here: Path) -> None:
    flow(here, NOISY)
    said = spawn(*RUN, "flow.py", "--json", cwd=here, stdin=None)
    last = outcome_of(said)
    assert (said.code, last["outcome"]) == (0, "completed")
    returned = next(fact for fact in said.objects if fact["type"] == "tool_returned")
    assert returned["content"] == "quiet"
    # What the tool wrote is kept with its call; the rest was said on stderr, and harmlessly.
    assert returned["output"].count("NOISE") == 7
    assert "while it is loaded" in said.err
    assert "\x1b" not in said.err + said.out
    assert said.err.endswith("NOISE at the end\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("which", ["hanging", "waiting"])
def test_a_signal_pauses_and_saves(number: signal.Signals, which: str, here: Path) -> None:
    flow(here, SLOW)
    with start(*RUN, f"flow.py:{which}", "--json", cwd=here) as process:
        assert process.stdout is not None
        # The start of the second call is told once it is on disk.
        lines: list[str] = []
        while sum('"tool_started"' in line for line in lines) < 2:
            lines.append(process.stdout.readline())
        with within(2.0):
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
    said = Said(process.returncode, "".join(lines) + out, err)
    assert outcome_of(said)["outcome"] == "paused"
    assert (said.code, said.err) == (1, "")
    with Journal.open(here / "s.jsonl") as journal:
        assert journal.problems == []
        assert [record.event.name for record in journal.records].count("tool_returned") >= 1


def test_output_that_nobody_reads_any_more(here: Path) -> None:
    with start(*RUN, "refund", "--json", cwd=here) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait(timeout=60)
        assert process.stderr.read() == ""
    with Journal.open(here / "s.jsonl") as journal:
        assert journal.problems == []


def test_a_full_disk_is_an_error_outcome(here: Path) -> None:
    def little_room() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    flow(here, SLOW.replace('return "first"', "return 'x' * 20_000"))
    said = spawn(*RUN, "flow.py:waiting", "--json", cwd=here, preexec_fn=little_room)
    last = outcome_of(said)
    assert (said.code, last["outcome"]) == (2, "error")
    assert "saved" in str(last["why"])
    lost, ended = said.err.splitlines()
    assert ended.startswith("tooltrace run: ")
    assert not (here / "began").exists()
    # The result that could not be saved is printed as the record that it would be.
    fact = said.objects[-2]
    assert (fact["type"], fact["saved"]) == ("tool_returned", False)
    assert all("saved" not in each for each in said.objects[:-2])
    with (here / "s.jsonl").open("a") as file:
        file.write(f"{lost}\n")
    with Journal.open(here / "s.jsonl") as journal:
        assert journal.problems == []
        assert journal.records[-1].id == fact["record"]
        assert event_of(journal.records[-1], ToolReturned).content == "x" * 20_000


def test_a_value_as_deep_as_a_result_may_be_is_printed(here: Path) -> None:
    body = "value = []\n    for _ in range(DEEP):\n        value = [value]\n    return value"
    source = SLOW.replace('return "first"', body).replace("first() -> str", "first() -> list")
    flow(here, source.replace("DEEP", str(DEEPEST - 1)))
    said = spawn(*RUN, "flow.py:waiting", "--json", "--break", "tool:wait", cwd=here)
    assert outcome_of(said)["outcome"] == "paused"
    assert "[" * DEEPEST in said.out
    shown = spawn("show", "s.jsonl", "--json", cwd=here)
    assert (shown.code, len(shown.objects)) == (0, 3)
    assert "[" * DEEPEST in shown.out
    assert spawn("check", "s.jsonl", cwd=here).code == 0


@pytest.mark.parametrize("workflow", ["refund", "release"])
def test_the_outcome_counts_steps_as_the_app_numbers_them(here: Path, workflow: str) -> None:
    last = outcome_of(spawn(*RUN, workflow, "--json", cwd=here))
    with opened(here / "s.jsonl") as (session, _):
        steps = Steps()
        steps.update(session.tree, session.path)
    # Three calls side by side are one step; what the user said is one, too.
    assert last["steps"] == steps.total == {"refund": 16, "release": 12}[workflow]


def test_check_says_ok_or_where_it_differs(here: Path) -> None:
    assert spawn(*RUN, "refund", cwd=here).code == 0
    assert spawn("check", ".", cwd=here).out == "ok   s.jsonl main: 16 steps\n"
    said = spawn("check", ".", "--workflow", "refund", "--json", cwd=here)
    assert (said.code, said.err) == (0, "")
    assert [each["type"] for each in said.objects] == ["ok", "summary"]
    text = Path(refund.__file__).read_text()
    (here / "mine.py").write_text(text.replace("Crediting now.", "Crediting it now."))
    said = spawn("check", "s.jsonl", "--workflow", "mine.py:refund", "--json", cwd=here)
    assert (said.code, said.err) == (1, "")
    found, _ = said.objects
    assert (found["type"], found["branch"], found["record"]) == ("divergence", "main", 15)
    assert found["recorded"] == "The order is eligible. Crediting now."
    assert found["now"] == "The order is eligible. Crediting it now."
    said = spawn("check", "s.jsonl", "--workflow", "loan", cwd=here)
    assert (said.code, said.out) == (2, "")
    assert "a session of refund, and --workflow names loan" in said.err
    assert len(said.err.splitlines()) == 1
