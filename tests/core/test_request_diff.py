"""What changed between two requests, and which cached tokens that cost."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tests.timing import within
from tooltrace.core.compare.request_diff import RequestDiff, compare
from tooltrace.core.compare.request_order import call_at, requests_before
from tooltrace.core.model import events as e
from tooltrace.core.model.request_settings import RequestSettings

TOOL = FREE.tools[0].name


def calls(given: Given) -> list[int]:
    return [r.id for r in given.tree.records.values() if isinstance(r.event, e.ModelCalled)]


def last_two(given: Given) -> RequestDiff:
    other, called = calls(given)[-2:]
    return compare(given.tree, called, other)


def asked(given: Given, read: int = 0, written: int = 0, **more: Any) -> Given:
    used = {"cache_read_input_tokens": read, "cache_creation_input_tokens": written}
    body = {**reply(call(TOOL)), "usage": {"input_tokens": 5, "output_tokens": 5, **used}}
    return given.asks().append(e.ModelReplied(body, **more))


def test_a_conversation_that_goes_on_only_grows() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900).returns(TOOL, {"n": 1})
    diff = last_two(asked(given, 900, 50))
    assert diff.grew
    assert (diff.gone, diff.lost) == (0, 0)
    assert [block.kind for block in diff.new][:2] == ["tool_use", f"result of {TOOL}"]
    assert diff.added == len(diff.new)


def test_a_request_that_failed_and_is_made_again_is_the_same() -> None:
    diff = last_two(Given(FREE).user("Go.").request_fails().asks())
    assert diff.grew
    assert diff.added == 0
    assert (diff.before, diff.now) == (None, None)


def test_an_edited_result_is_the_first_difference_to_what_the_server_saw() -> None:
    given = asked(Given(FREE).user("Go."), 0, 900)
    before = given.head
    asked(given.returns(TOOL, {"n": 1}), 900, 60)
    assert before is not None
    given.back_to(before).returns(TOOL, {"n": 2})
    edited = given.head
    called = calls(asked(given, 900, 70))[-1]
    on_path, elsewhere = requests_before(given.tree, called)
    assert (on_path, elsewhere) == tuple(calls(given)[:2])
    assert elsewhere is not None
    diff = compare(given.tree, called, elsewhere)
    assert not diff.grew
    old, new = diff.first
    assert old is not None and new is not None
    assert (old.content, new.content, new.record) == ({"n": 1}, {"n": 2}, edited)
    assert str(new).startswith("message ") and TOOL in str(new)
    assert diff.lost == 60  # What had been written behind the result is of no use any more.


def test_values_that_python_takes_for_equal_are_told_apart() -> None:
    given = asked(Given(FREE).user("Go."))
    before = given.head
    asked(given.returns(TOOL, 1))
    assert before is not None
    asked(given.back_to(before).returns(TOOL, True))
    assert last_two(given).gone == 1


def test_another_workflow_changes_the_tools_and_the_system_prompt_first() -> None:
    given = asked(Given(FREE).user("Go.")).returns(TOOL, 1)
    tools = (replace(FREE.tools[0], description="Otherwise."), *FREE.tools[1:])
    given.append(e.WorkflowChanged(replace(FREE, system="Be long.", tools=tools)))
    diff = last_two(asked(given))
    old, new = diff.first
    assert not diff.grew
    assert old is not None and new is not None
    assert (old.where, new.where) == ("tools", "tools")
    assert "system" in [block.where for block in diff.new]


def test_a_state_prompt_in_the_system_prompt_moves_its_end() -> None:
    def moved(placement: str) -> RequestDiff:
        spec = replace(FREE, system="You help.")
        given = Given(spec).user("Go.")
        for text in ("state one", "state two"):
            given.append(e.ModelCalled("d", text))
            body = {**reply(call(TOOL)), "usage": {"input_tokens": 1}}
            given.append(e.ModelReplied(body, placement=placement)).returns(TOOL, 1)
        return last_two(given)

    assert moved("message").grew
    diff = moved("system")
    old, new = diff.first
    assert old is not None and new is not None
    assert (old.content, new.content) == ("You help.\n\nstate one", "You help.\n\nstate two")
    assert "state prompt" not in [block.kind for block in diff.new]


def test_the_call_at_or_before_a_record() -> None:
    given = Given(FREE).user("Go.")
    assert given.head is not None
    assert call_at(given.tree, given.head) is None
    asked(given)
    assert call_at(given.tree, given.head) == calls(given)[-1]


def test_a_long_conversation_is_compared_at_once() -> None:
    given = Given(replace(FREE, max_turns=9999)).user("Go.")
    for n in range(1500):
        given.step(TOOL, n)
    other, called = calls(given)[-2:]
    messages = given.tree.snapshot_at(called).messages
    assert given.tree.snapshot_at(other).messages.shared(messages) > len(messages) - 64
    with within(0.05):
        assert compare(given.tree, called, other).grew


def test_settings_that_end_what_a_cache_can_give_come_first() -> None:
    given = asked(Given(FREE).user("Go.")).returns(TOOL, 1)
    served = {"type": "web_search_20260209", "name": "web_search"}
    options = RequestSettings(effort="low", stop_sequences=("x",), server_tools=(served,))
    given.append(e.SettingsChanged(e.Settings(request=options)))
    diff = last_two(asked(given))
    assert not diff.grew
    assert [str(block) for block in diff.new][:2] == [
        "the setting effort",
        f"tool {len(FREE.tools)} (web_search_20260209)",
    ]
    assert diff.first == (None, diff.new[0])


def test_an_edited_system_prompt_and_an_edited_message() -> None:
    given = asked(Given(replace(FREE, system="Be kind.")).user("Go.")).returns(TOOL, 1)
    given.append(e.SystemEdited("Be brief."), "edited")
    given.append(e.MessageEdited(2, [{"type": "text", "text": "Stay."}]), "edited")
    edited = given.head
    diff = last_two(asked(given))
    old, new = diff.first
    assert old is not None and new is not None
    assert (old.content, new.content) == ("Be kind.", "Be brief.")
    assert [block.record for block in diff.new if block.where == "messages"][:1] == [edited]
