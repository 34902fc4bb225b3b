"""Settings of requests: what may be set, whose word counts, and what is not set adds nothing."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from tests.core.given import Given, call, workflow
from tooltrace.core.decide.next_action import model_called, options_at, request_at
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import (
    RANGES,
    RequestSettings,
    merged,
    parse_setting,
    setting_problems,
    with_setting,
)
from tooltrace.core.model.setting_words import SETTING_WORDS
from tooltrace.core.model.workflow import Transition
from tooltrace.models.anthropic.body_settings import betas
from tooltrace.models.anthropic.request_body import body

SPEC = workflow(Transition(("look",), "a", "b"), Transition(("look",), "b", "done"))


def test_nothing_set_is_the_digest_of_before() -> None:
    plain = Given(SPEC, form=2).user("Go.")
    for spec in (replace(SPEC, request=RequestSettings()),):
        assert Given(spec, form=2).user("Go.").digest == plain.digest
    set_here = Given(replace(SPEC, request=RequestSettings(effort="low")), form=2).user("Go.")
    assert set_here.digest != plain.digest


def test_the_run_has_the_last_word_then_the_state_then_the_workflow() -> None:
    state = replace(SPEC.states[0], request=RequestSettings(effort="high", top_p=0.5))
    spec = replace(
        SPEC,
        request=RequestSettings(effort="low", service_tier="auto", extra={"a": 1, "b": 1}),
        states=(state, *SPEC.states[1:]),
    )
    run = RequestSettings(top_p=0.1, extra={"b": 2})
    made = Given(spec, e.Settings(request=run), form=2).user("Go.")
    found = options_at(made.snapshot)
    assert found is not None
    assert found.as_json() == {
        "top_p": 0.1,
        "effort": "high",
        "service_tier": "auto",
        "extra": {"a": 1, "b": 2},
    }
    made.replies(call("look")).returns("look", 1).moves("b")
    later = options_at(made.snapshot)
    assert later is not None
    assert later.effort == "low"


def test_what_is_set_stands_in_the_body_by_its_own_name() -> None:
    options = RequestSettings(
        temperature=0.5,
        stop_sequences=("END",),
        thinking={"type": "enabled", "budget_tokens": 2048},
        effort="low",
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
        cache=("tools", "system", "messages"),
        betas=("one", "two"),
        metadata={"user_id": "u"},
        server_tools=({"type": "web_search_20250305", "name": "web_search"},),
        extra={"context_management": {"edits": []}, "output_config": {"format": {}}},
    )
    spec = replace(SPEC, request=options, system="Be.")
    request = request_at(Given(spec, form=2).user("Go.").asks().snapshot)
    made = body(request, model="m", official=True)
    mark = {"cache_control": {"type": "ephemeral"}}
    assert made["temperature"] == 0.5
    assert made["stop_sequences"] == ["END"]
    assert made["tool_choice"]["disable_parallel_tool_use"] is True
    assert made["output_config"] == {"effort": "low", "format": {}}
    assert made["context_management"] == {"edits": []}
    assert made["tools"][-1] == {"type": "web_search_20250305", "name": "web_search", **mark}
    assert made["system"] == [{"type": "text", "text": "Be.", **mark}]
    assert made["messages"][-1]["content"][-1]["cache_control"] == mark["cache_control"]
    assert "cache_control" not in made
    assert betas(request) == ["one", "two"]
    nowhere = replace(request, options=RequestSettings(cache=()))
    assert "cache_control" not in str(body(nowhere, model="m", official=True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("effort=low", ("effort", "low")),
        ("temperature=0", ("temperature", 0)),
        ("stop_sequences=END", ("stop_sequences", ["END"])),
        ('stop_sequences=["a","b"]', ("stop_sequences", ["a", "b"])),
        ('thinking={"type":"adaptive"}', ("thinking", {"type": "adaptive"})),
        ("extra.speed=fast", ("extra.speed", "fast")),
        ("metadata=", ("metadata", "")),
    ],
)
def test_a_setting_is_read_as_a_person_writes_it(text: str, wanted: tuple[str, Any]) -> None:
    assert parse_setting(text) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("effort", "is no NAME=VALUE"),
        ("max_tokens=5", "use --reply-tokens"),
        ("extra.max_tokens=5", "use --reply-tokens"),
        ("extra.max_output_tokens=7", "use --reply-tokens"),
        ("extra.instructions=x", "edit the system prompt"),
        ("extra.store=true", "nothing is stored at the provider"),
        ("model=x", "use --model"),
        ("temprature=1", "is no setting of a request"),
    ],
)
def test_what_is_no_setting_is_refused_with_the_way_out(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_setting(text)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("effort", "lots", "lots is none of low"),
        ("temperature", True, "has to be a number from 0 to 2"),
        ("temperature", 2.5, "has to be a number from 0 to 2"),
        ("top_k", 1.5, "has to be a whole number"),
        ("thinking", {"type": "enabled"}, "budget_tokens: has to be a whole number from 1024"),
        ("thinking", "yes", "has to be an object"),
        ("tool_choice", {"type": "tool"}, "names the tool"),
        ("cache", ["tool"], "tool is none of tools, system, messages"),
        ("betas", [""], "has to be a list of texts"),
        ("server_tools", [{}], "has to be an object with a type"),
        ("extra.thinking", {}, "has a name of its own"),
        ("extra.stream", False, "always streamed"),
        ("max_tokens", 5, "use --reply-tokens"),
    ],
)
def test_a_value_nobody_takes_is_refused(name: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        with_setting(None, name, value)


@pytest.mark.parametrize("text", ["temperature=0", "temperature=1", "top_p=1", "top_p=0.5"])
def test_a_number_comes_out_of_a_file_as_it_was_written(text: str) -> None:
    # Its request would else have another digest in a replay than in the run.
    written = msgspec.json.encode(with_setting(None, *parse_setting(text)))
    assert msgspec.json.encode(msgspec.json.decode(written, type=RequestSettings)) == written


def test_a_setting_is_added_and_taken_away_again() -> None:
    made = with_setting(None, "effort", "low")
    made = with_setting(made, "extra.speed", "fast")
    made = with_setting(made, "cache", [])
    assert made.as_json() == {"effort": "low", "cache": [], "extra": {"speed": "fast"}}
    for name in ("effort", "extra.speed", "cache"):
        made = with_setting(made, name, None)
    assert made == RequestSettings()
    assert setting_problems(made) == []
    assert merged(None, None) is None
    assert model_called(Given(SPEC, form=2).user("Go.").snapshot).system is None


@pytest.mark.parametrize("name", RANGES)
def test_what_a_person_reads_of_a_range_is_what_is_taken(name: str) -> None:
    said = re.search(r"a number from (\d+) to (\d+)", SETTING_WORDS[name])
    assert said is not None
    for value in map(int, said.groups()):
        assert setting_problems(with_setting(None, name, value)) == []
    for value in (int(said[1]) - 1, int(said[2]) + 1):
        with pytest.raises(ValueError, match=f"{name}: has to be {said[0]}"):
            with_setting(None, name, value)
    assert list(SETTING_WORDS) == list(RequestSettings.__struct_fields__)
