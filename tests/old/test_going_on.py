"""Going on in a session that 0.1.0 wrote keeps its form; a new one has today's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.debugger.sitting import Sitting
from tests.loopback import Loopback, reply, text
from tests.models.live import alone
from tests.old import flows
from tests.old.record import HERE, MODEL, STORIES, record
from tooltrace.cli.check.one import CheckOptions, check_file
from tooltrace.core.model import events as e
from tooltrace.models.anthropic.port import AnthropicModel
from tooltrace.store.journal import Journal

__all__ = ["alone"]


def events(path: Path, kind: type[e.Event]) -> list[e.Event]:
    with Journal.open(path) as journal:
        assert journal.problems == []
        return [one.event for one in journal.records if isinstance(one.event, kind)]


def reopened(name: str, folder: Path, **more: object) -> Sitting:
    shutil.copy(HERE / f"{name}.jsonl", folder / "s.jsonl")
    flow = flows.side_by_side if more else flows.parcels
    return Sitting(folder, flow, **more)  # type: ignore[arg-type]


def test_the_same_steps_make_the_same_requests(tmp_path: Path) -> None:
    with reopened("linear", tmp_path) as s:
        s.done("goto", 2)
        s.done("edit.fork", "again", ("book",))
        for _ in range(30):
            stop = s.do("go")
            if stop.kind == "confirm":
                stop = s.do("confirm")
            if s.snapshot.outcome:
                break
        assert s.snapshot.outcome == "completed"
    asked = events(s.file, e.ModelCalled)
    assert len(asked) == 10
    assert asked[:5] == asked[5:]
    assert '"\\u2014"' in asked[0].prompt  # type: ignore[attr-defined]
    assert all(one.divergence is None for one in check_file(s.file, CheckOptions()).checked)


def test_a_live_model_reads_an_old_session_in_its_form(tmp_path: Path) -> None:
    with Loopback(reply(text("Gut.")), bound=False) as server:
        model = AnthropicModel(MODEL, base_url=server.url)
        with reopened("retried", tmp_path, model=model) as s:
            s.done("ask_again")
    assert server.refused == []
    (result,) = server.bodies[0]["messages"][2]["content"]
    assert '"city":"K\\u00f6ln"' in result["content"]


@pytest.mark.parametrize(
    ("name", "ids", "names"),
    [
        ("equal-ids", ["t1", "t1_2"], ["quote", "quote"]),
        ("odd-names", ["t1", "call"], ["Gr__e_", "quote"]),
    ],
)
def test_a_run_that_was_a_dead_end_goes_on(
    tmp_path: Path, name: str, ids: list[str], names: list[str]
) -> None:
    with Loopback(reply(text("Doch."))) as server:
        model = AnthropicModel(MODEL, base_url=server.url)
        with reopened(name, tmp_path, model=model) as s:
            assert "Not sent, the API would refuse" in s.view.action.text  # type: ignore[union-attr]
            s.done("step")
            assert s.said() == "Doch."
    assert server.refused == []
    _, assistant, user = server.bodies[0]["messages"]
    calls = [block for block in assistant["content"] if block["type"] == "tool_use"]
    assert [(c["id"], c["name"]) for c in calls] == list(zip(ids, names, strict=True))
    assert [block["tool_use_id"] for block in user["content"]] == ids


@pytest.mark.parametrize("name", STORIES)
def test_today_writes_its_own_form_and_stands_by_it(name: str, tmp_path: Path) -> None:
    path = record(name, tmp_path)
    if name in ("killed", "tampered"):
        return  # Their file was damaged on purpose.
    roots = events(path, e.RunStarted)
    assert [root.form for root in roots] == [2] * len(roots)  # type: ignore[attr-defined]
    prompts = [one.prompt for one in events(path, e.ModelCalled) if one.prompt]  # type: ignore[attr-defined]
    assert not any("\\u20" in prompt for prompt in prompts)
    assert path.read_bytes().isascii()
    assert "Not sent" not in path.read_text()
    ref = f"tests.old.flows:{roots[0].workflow.name}"  # type: ignore[attr-defined]
    for asked in (CheckOptions(), CheckOptions(ref=ref)):
        found = check_file(path, asked)
        assert found.why is None
        assert [one.text for one in found.checked if one.divergence] == []
