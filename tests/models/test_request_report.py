"""A request part by part, from the records alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as any_of
from msgspec.structs import replace

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tests.formats.branches import RECORDINGS, branches_of
from tests.models.asked import MODEL, SHOP, answered, edited_early, shop
from tests.timing import within
from tests.tui.view.build import any_session
from tooltrace.core.compare.part_diff import part_changes
from tooltrace.core.compare.request_parts import SECTIONS, request_parts
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.branch_request import (
    branch_request,
    sent_as,
    sent_request,
    traced_request,
)
from tooltrace.models.request_report import RequestReport, request_report


def of(given: Given, at: int | None = None) -> RequestReport:
    report = request_report(given.tree, given.head if at is None else at)  # type: ignore[arg-type]
    assert report is not None
    return report


def calls(given: Given) -> list[int]:
    return [r.id for r in given.tree.records.values() if isinstance(r.event, e.ModelCalled)]


def test_before_it_goes_out_it_is_the_body_that_goes_out() -> None:
    given = shop()
    report = of(given)
    assert report.body == branch_request(given.tree, given.head or 0)
    assert (report.called, report.answers, report.model) == (None, "model", MODEL)
    assert (report.counted, report.usage, report.window) == (False, None, 1_000_000)
    assert report.tokens == sum(each.tokens or 0 for each in report.parts)
    assert (report.before, report.elsewhere) == (None, None)
    assert {each.verdict for each in report.parts} == {None}


def test_the_servers_count_is_what_the_parts_add_up_to() -> None:
    given = answered(shop(), call("fetch_order", order_id="1001"), read=700, written=500)
    report = of(given, calls(given)[0])
    assert (report.tokens, report.counted) == (1212, True)
    assert sum(each.tokens or 0 for each in report.parts) == 1212
    assert report.share == pytest.approx(1212 / 1_000_000)
    assert sum(report.tokens_in(section) for section in SECTIONS) == 1212


def test_what_was_estimated_is_no_count() -> None:
    given = shop().asks()
    body = {**reply("Hm."), "usage": {"output_tokens": 5}}
    given.append(e.ModelReplied(body, estimate={"input_tokens": 70}))
    assert not of(given, calls(given)[0]).counted


def test_every_part_knows_its_record() -> None:
    given = edited_early()
    last = of(given, calls(given)[-1])
    assert [each.part.record for each in last.parts if each.part.section == "messages"] == [
        2,
        3,
        4,
        10,
        12,
    ]
    assert {each.part.record for each in last.parts if each.part.section != "messages"} == {None}


def test_an_edit_in_the_middle_ends_what_the_cache_can_give() -> None:
    given = edited_early()
    report = of(given, calls(given)[-1])
    assert report.before is not None and report.elsewhere is not None
    assert (report.before.other, report.before.prefix.end, report.before.lost) == (3, None, 0)
    change = report.elsewhere
    assert (change.other, change.lost) == (8, 150)
    assert change.prefix.end is not None
    assert (change.prefix.parts, change.prefix.end.verdict) == (8, "changed")
    assert str(change.cause) == "an edited result, #10"
    assert 0 < change.prefix_tokens < report.tokens


def test_the_cost_of_an_edit_is_known_before_it_is_sent() -> None:
    report = of(edited_early(asked=False))
    assert report.called is None and report.elsewhere is not None
    assert str(report.elsewhere.cause) == "an edited result, #10"
    assert report.elsewhere.lost == 0


def test_the_system_prompt_and_a_tool_are_part_of_what_changes() -> None:
    given = answered(shop(), call("fetch_order", order_id="1001"), written=1200)
    given.returns("fetch_order", {"total": 1}).moves("validating")
    tools = (replace(SHOP.tools[0], description="Look harder."), *SHOP.tools[1:3])
    given.append(e.WorkflowChanged(replace(SHOP, system="Be brief.", tools=tools)))
    changed = given.head
    change = of(given).before
    assert change is not None
    told = [(c.verdict, c.either.name) for c in change.changes if c.verdict != "same"][:3]
    assert told == [("changed", "fetch_order"), ("gone", "send_email"), ("changed", "text")]
    assert str(change.cause) == f"a change of the workflow, #{changed}"
    assert change.prefix.parts == 0


def test_a_state_prompt_in_the_system_prompt_moves() -> None:
    given = answered(shop(placement="system"), call("fetch_order", order_id="1001"), written=1200)
    given.returns("fetch_order", {"total": 1}).moves("validating")
    change = of(given).before
    assert change is not None and change.prefix.end is not None
    assert change.prefix.end.either.section == "system"
    assert str(change.cause) == "the state prompt, which stands in the system prompt"


def test_where_the_answer_says_that_the_prompt_stood_is_where_it_is_shown() -> None:
    given = answered(shop(), "Hm.", placement="beside")
    at = calls(given)[0]
    report = of(given, at)
    assert "cache_control" not in report.body
    assert [message["role"] for message in report.body["messages"]] == ["user"]
    assert sent_request(given.tree, at) == report.body
    assert branch_request(given.tree, given.head or 0) == report.body
    other = sent_request(given.tree, at, "claude-opus-5")
    roles = [message["role"] for message in other["messages"]]
    assert roles == ["user", "system"], "what the answer says is not of another model"


def test_no_tools_and_no_system_prompt() -> None:
    bare = replace(FREE, tools=(), system="")
    report = of(Given(bare, e.Settings(model=MODEL)).user("Go."))
    assert [each.part.section for each in report.parts] == ["settings"] * 4 + ["messages"]


def test_a_script_and_a_recording_answer_in_a_models_place() -> None:
    scripted = Given(SHOP).user("Go.")
    assert (of(scripted).answers, of(scripted).window) == ("script", None)
    given = shop().append(e.ModelCalled("d"), "recorded")
    assert of(given).answers == "recording"
    assert of(shop(model="plugin:mine")).answers == "port"


def test_where_the_model_is_not_asked_there_is_none() -> None:
    given = answered(shop(), call("fetch_order"))
    assert request_report(given.tree, given.head or 0) is None
    with pytest.raises(KeyError):
        request_report(given.tree, 999)


def whole(given_tree: Any, at: int, other: int) -> list[str]:
    """The verdicts of a comparison that looks at all of both requests."""
    sides = []
    for record in (other, at):
        s = given_tree.snapshot_at(record)
        made = traced_request(s, sent_as(given_tree, s.settings, record))
        sides.append(request_parts(made.body, made.records))
    old, new = sides
    return [change.verdict for change in part_changes(old, new)]


def compared(tree: Any) -> int:
    count = 0
    for record in list(tree.records.values()):
        if not isinstance(record.event, e.ModelCalled):
            continue
        report = request_report(tree, record.id)
        assert report is not None
        for change in (report.before, report.elsewhere):
            if change is not None:
                count += 1
                verdicts = [each.verdict for each in change.changes]
                assert verdicts == whole(tree, record.id, change.other)
    return count


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: str(file.stem))
def test_skipping_what_is_shared_changes_nothing_of_a_recording(file: Path) -> None:
    for branch in branches_of(file):
        compared(branch._tree)
        break


@any_of(any_session())
def test_skipping_what_is_shared_changes_nothing_of_any_session(given: Given) -> None:
    compared(given.tree)


def test_three_thousand_messages_are_told_of_at_once() -> None:
    given = Given(replace(FREE, max_turns=9999), e.Settings(model=MODEL)).user("Go.")
    for n in range(1500):
        given.step(FREE.tools[0].name, {"n": n, "text": "lorem ipsum " * 20}, a=n)
    given.asks()
    of(given)  # The list of windows is read once.
    with within(0.1):
        report = of(given)
    assert len(report.parts) > 3000 and report.before is not None
    assert report.before.count("new") == 2


def on_the_path(event: e.Event) -> RequestReport:
    """The next request after two turns and an edit of what requests say."""
    given = answered(shop(), call("fetch_order", order_id="1001"), written=1200)
    given.returns("fetch_order", {"total": 1}).moves("validating")
    answered(given, call("check_policy", order_id="1001"), read=1200, written=150)
    given.returns("check_policy", {"eligible": True}).moves("crediting").append(event, "edited")
    report = of(given)
    assert compared(given.asks().tree) == 2
    return report


@pytest.mark.parametrize(
    ("event", "end", "cause"),
    [
        (e.SystemEdited("Be brief."), "system", "an edit of the system prompt"),
        (e.ToolEdited("check_policy", "Ask."), "tools", "an edit of the tool check_policy"),
        (e.MessageEdited(2, [{"type": "text", "text": "No."}]), "messages", "an edited message"),
        (e.MessageEdited(4), "messages", "a message taken out"),
        (
            e.SettingsChanged(e.Settings(MODEL, request=RequestSettings(effort="low"))),
            "settings",
            "a change of the settings",
        ),
    ],
)
def test_an_edit_of_what_requests_say_is_told_before_it_costs(
    event: e.Event, end: str, cause: str
) -> None:
    report = on_the_path(event)
    change = report.before
    assert change is not None and change.prefix.end is not None
    assert change.prefix.end.either.section == end
    assert change.cause is not None and change.cause.text == cause


def test_an_edited_message_is_known_by_its_edit() -> None:
    report = on_the_path(e.MessageEdited(2, [{"type": "text", "text": "No."}]))
    [first] = [each for each in report.parts if each.part.path == ("messages", 0, "content", 0)]
    assert (first.part.record, first.verdict) == (13, "changed")


def test_a_cache_place_at_the_end_of_the_messages_moves_and_changes_nothing() -> None:
    asked = RequestSettings(cache=("tools", "messages"))
    given = answered(shop(request=asked), call("fetch_order", order_id="1001"), written=1200)
    report = of(given.returns("fetch_order", {"total": 1}).moves("validating"))
    assert report.before is not None
    assert (report.before.prefix.end, report.before.count("changed")) == (None, 0)
    marked = [each.part.name for each in report.parts if each.part.cache is not None]
    assert marked == ["send_email", "text"]


def test_a_system_prompt_that_code_has_yet_to_say() -> None:
    given = Given(replace(SHOP, system="", system_from="flow:prompt"), e.Settings(MODEL), form=2)
    given.user("Go.")
    assert of(given).system_from == "flow:prompt"
    given.append(e.ModelCalled("d", system="Be kind."))
    report = of(given)
    assert report.system_from == ""
    assert report.body["system"] == "Be kind."
