"""Editing what the model is asked, from Python: sent as edited, refused where the API would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tests.loopback import Loopback, reply, text, tool_use
from tests.models.live import alone
from tooltrace import BadCommand, Debugger, RequestSettings, Settings, Workflow, tool
from tooltrace.core.model.messages import Assistant, Results
from tooltrace.debugger.edit.request import edit_message

__all__ = ["alone"]

MODEL = "claude-sonnet-5-5"


@tool(read_only=True)
def look(x: int) -> dict[str, int]:
    """Look it up."""
    return {"x": x}


def flow(**more: Any) -> Workflow:
    return Workflow("flow", tools=[look], system="Be brief.", input="Go.", **more)


def started(server: Loopback, folder: Path, made: Workflow) -> Debugger:
    settings = Settings(model=MODEL, base_url=server.url)
    return tooltrace.debug(made, session=folder / "s.jsonl", settings=settings)


def open_at(server: Loopback, folder: Path, **more: Any) -> Debugger:
    return started(server, folder, flow(**more))


def turns(count: int) -> list[Any]:
    return [reply(tool_use(f"t{n}", "look", x=n)) for n in range(count)]


def test_the_system_prompt_a_tool_a_setting_and_a_message_go_out_as_edited(tmp_path: Path) -> None:
    with Loopback(*turns(2), reply(text("Done."))) as server:
        with open_at(server, tmp_path) as d:
            d.turn()
            d.turn()
            said = d.view().snapshot.messages[0]
            d.edit.system("Be kind.")
            d.edit.tool("look", description="Only look.")
            d.edit.setting("effort", "low")
            d.edit.message(said.record, "Please go.")  # type: ignore[union-attr]
            d.go()
            assert d.outcome == "completed"
        last = server.bodies[-1]
        assert server.refused == []
    assert last["system"] == "Be kind."
    assert last["tools"][0]["description"] == "Only look."
    assert last["output_config"] == {"effort": "low"}
    assert last["messages"][0]["content"] == [{"type": "text", "text": "Please go."}]
    assert server.bodies[0]["system"] == "Be brief."
    assert "output_config" not in server.bodies[0]
    with tooltrace.open(tmp_path / "s.jsonl") as again:
        assert again.request == last


def test_what_would_be_refused_can_be_asked_first_and_changes_nothing(tmp_path: Path) -> None:
    with Loopback(*turns(1)) as server, open_at(server, tmp_path) as d:
        d.turn()
        d.step()
        before = d.view().head
        assert d.edit.request_problem(lambda s: edit_message(s, 2, "Go on.")) is None
        why = d.edit.request_problem(lambda s: edit_message(s, 2, None))
        assert why is not None and "has to begin with the user" in why
        assert d.view().head == before


def test_another_model_from_a_fork_on_is_one_change(tmp_path: Path) -> None:
    with Loopback(*turns(1)) as server, open_at(server, tmp_path) as d:
        d.turn()
        d.step()
        before = d.view().head
        d.edit.fork("cheap", model="claude-haiku-5-5", base_url=server.url)
        assert d.view().snapshot.settings.model == "claude-haiku-5-5"
        d.edit.undo()
        assert d.view().head == before


def test_an_edit_is_undone_like_any_other(tmp_path: Path) -> None:
    with Loopback(*turns(1)) as server, open_at(server, tmp_path) as d:
        d.turn()
        d.step()
        before = d.request
        d.edit.system("Be kind.")
        assert d.request != before
        d.edit.undo()
        assert d.request == before
        d.edit.redo()
        assert d.request is not None
        assert d.request["system"] == "Be kind."


def test_a_result_in_the_middle_goes_out_as_edited_and_what_came_after_it_stays(
    tmp_path: Path,
) -> None:
    with Loopback(*turns(3), reply(text("Done."))) as server, open_at(server, tmp_path) as d:
        for _ in range(3):
            d.turn()
        first = next(m for m in d.view().snapshot.messages if isinstance(m, Results)).results[0]
        d.edit.message(first.record, {"x": 99})
        d.go()
        assert server.bodies[-1]["messages"][2]["content"][0]["content"] == [
            {"type": "text", "text": '{"x":99}'}
        ]
        assert len(d.calls) == 3


def test_a_reply_is_taken_out_with_its_results(tmp_path: Path) -> None:
    with Loopback(*turns(3), reply(text("Done."))) as server, open_at(server, tmp_path) as d:
        for _ in range(3):
            d.turn()
        second = [m for m in d.view().snapshot.messages if isinstance(m, Assistant)][1]
        d.edit.message(second.record, None)
        d.go()
        assert server.refused == []
        ids = [b.get("id") for m in server.bodies[-1]["messages"] for b in m["content"]]
        assert [one for one in ids if one] == ["t0", "t2"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.edit.tool("gone", "x"), "there is no tool gone; there is: look"),
        (lambda d: d.edit.tool("look"), "look is what the workflow says"),
        (lambda d: d.edit.system(None), "the system prompt is what the workflow says"),
        (lambda d: d.edit.system([{"type": "image"}]), "block 0 cannot be sent"),
        (lambda d: d.edit.setting("effort", "lots"), "lots is none of low"),
        (lambda d: d.edit.setting("max_tokens", 0), "max_tokens: has to be a whole number above 0"),
        (lambda d: d.edit.message(9999, "x"), "no message of this conversation came from #9999"),
        (lambda d: d.edit.message(2, ""), "there is nothing in it; take the message out instead"),
        (lambda d: d.edit.message(2, None), "the conversation has to begin with the user"),
        (lambda d: d.edit.add_message(0, "system", "x"), "a message is the user's or the"),
        (lambda d: d.edit.add_message(0, "assistant", "x"), "has to begin with the user"),
        (lambda d: d.edit.model(" "), "name a model"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_written(
    tmp_path: Path, change: Any, why: str
) -> None:
    with Loopback(*turns(1)) as server, open_at(server, tmp_path) as d:
        d.turn()
        before = (d.session.file.read_bytes(), d.view().head)  # type: ignore[union-attr]
        with pytest.raises(BadCommand, match=why.replace("(", r"\(")):
            change(d)
        assert (d.session.file.read_bytes(), d.view().head) == before  # type: ignore[union-attr]


def test_another_model_answers_from_a_fork_on_and_the_first_one_elsewhere(tmp_path: Path) -> None:
    with Loopback(*turns(1), reply(text("One."))) as one, Loopback(reply(text("Two."))) as two:
        with open_at(one, tmp_path) as d:
            d.turn()
            fork = d.view().head
            d.edit.fork("other model")
            d.edit.model("claude-haiku-5-5", two.url)
            d.go()
            d.goto(fork)
            d.edit.fork("first model")
            d.go()
        assert two.bodies[0]["model"] == "claude-haiku-5-5"
        assert [body["model"] for body in one.bodies] == [MODEL, MODEL]


def test_a_file_decides_no_host(tmp_path: Path) -> None:
    with Loopback(*turns(1), reply(text("One."))) as one, Loopback(reply(text("Two."))) as two:
        with open_at(one, tmp_path) as d:
            d.turn()
            fork = d.view().head
            d.edit.model("claude-haiku-5-5", two.url)
            there = d.view().head
            d.goto(fork)
        path = tmp_path / "s.jsonl"
        with tooltrace.open(path, flow(), base_url=one.url) as d:
            d.goto(there)
            stop = d.go()
            assert "which nobody named now: choose its model again" in stop.text
        assert two.bodies == []


def test_settings_of_the_workflow_and_of_the_run_go_out(tmp_path: Path) -> None:
    with Loopback(reply(text("Done."))) as server:
        with open_at(server, tmp_path, request=RequestSettings(effort="low", betas=("b-1",))) as d:
            d.go()
        assert server.bodies[0]["output_config"] == {"effort": "low"}


def test_the_system_prompt_of_a_function_is_made_for_each_request_and_recorded(
    tmp_path: Path,
) -> None:
    asked: list[int] = []

    def system(seen: tooltrace.Seen) -> str:
        asked.append(seen.turn)
        return f"Turn {seen.turn}: {seen.input}"

    made = Workflow("flow", tools=[look], system=system, input="Go.")
    with Loopback(*turns(1), reply(text("Done."))) as server:
        with started(server, tmp_path, made) as d:
            d.go()
        assert [body["system"] for body in server.bodies] == ["Turn 0: Go.", "Turn 1: Go."]
    assert asked == [0, 1]
    with tooltrace.open(tmp_path / "s.jsonl") as d:
        assert d.request is not None
        assert d.request["system"] == "Turn 1: Go."


def test_a_function_that_fails_asks_nothing_and_names_its_line(tmp_path: Path) -> None:
    def system(seen: tooltrace.Seen) -> str:
        raise KeyError("who")

    made = Workflow("flow", tools=[look], system=system, input="Go.")
    with Loopback(*turns(1)) as server:
        with (
            started(server, tmp_path, made) as d,
            pytest.raises(tooltrace.BadWorkflow, match=r"test_request_edits.py:\d+: the sys"),
        ):
            d.go()
        assert server.bodies == []


def test_the_model_is_asked_with_and_without_what_was_edited(tmp_path: Path) -> None:
    answers = [reply(text(f"{n}")) for n in range(4)]
    with Loopback(*turns(1), *answers) as server, open_at(server, tmp_path) as d:
        d.turn()
        d.step()
        d.edit.system("Be kind.")
        d.samples.ask(2)
        found = d.samples.found
        assert found is not None
        assert found.sides == ("with", "without")
        assert found.edited == "the edit #7 (± system prompt)"
        prompts = sorted(body["system"] for body in server.bodies[1:])
        assert prompts == ["Be brief.", "Be brief.", "Be kind.", "Be kind."]
