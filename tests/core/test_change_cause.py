"""Who changed a request, as the records tell."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.free import FREE
from tests.core.given import Given, call, reply
from tooltrace.core.compare.change_cause import ChangeCause, ChangedPart, change_cause
from tooltrace.core.model import events as e

TOOL = FREE.tools[0].name


def fork() -> tuple[Given, int, int]:
    """One turn and a second request; then one stands after the reply to the first again."""
    given = Given(FREE).user("Go.").asks()
    first = given.head or 0
    given.append(e.ModelReplied(reply(call(TOOL)))).returns(TOOL, 1).asks()
    second = given.head or 0
    return given, first, second


def told(
    given: Given, other: int, record: int | None = None, before: int | None = None
) -> str | None:
    assert given.head is not None
    part = ChangedPart("messages", record, before)
    found = change_cause(given.tree, given.head, other, part)
    return None if found is None else str(found)


def test_an_edited_result() -> None:
    given, first, second = fork()
    given.back_to(first + 2)
    given.append(e.ToolReturned(e.CallRef(first + 1, 0), 2), "edited")
    edited = given.head
    given.asks()
    assert told(given, second, record=edited, before=second - 1) == f"an edited result, #{edited}"
    back = change_cause(
        given.tree, second, given.head or 0, ChangedPart("messages", second - 1, edited)
    )
    assert str(back) == f"an edited result of the other branch, #{edited}"


def test_what_was_said_the_context_a_fault_and_a_forced_transition() -> None:
    given, first, second = fork()
    for event, source, words in (
        (e.UserSaid("Stop."), "edited", "an edit of what was said"),
        (e.ModelReplied(reply("No.")), "edited", "an edited reply"),
        (e.ContextEdited("a", 1), "live", "an edit of the context"),
        (e.ModelFailed("no"), "injected", "an injected fault"),
        (e.Transitioned("there", reason="so"), "forced", "a forced transition"),
    ):
        given.back_to(first).append(event, source)  # type: ignore[arg-type]
        deed = given.head
        given.append(e.ModelCalled("d"))
        assert told(given, second) == f"{words}, #{deed}"


def test_a_fork_and_another_reply() -> None:
    given, first, second = fork()
    given.back_to(first + 3).append(e.Forked("what-if"))
    forked = given.head
    given.asks()
    assert told(given, second) == f"a fork, #{forked}"
    given.back_to(first).append(e.ModelReplied(reply("Otherwise.")))
    other = given.head
    given.user("And?").asks()
    assert told(given, second) == f"another reply of the model, #{other}"


def test_the_workflow_and_the_settings() -> None:
    given = Given(FREE).user("Go.").asks()
    first = given.head or 0
    given.append(e.ModelReplied(reply("Done.")))
    given.append(e.WorkflowChanged(replace(FREE, system="Be long.")))
    changed = given.head
    given.append(e.SettingsChanged(e.Settings(max_tokens=5)))
    limited = given.head
    given.user("And?").asks()
    at = given.head or 0

    def cause(part: ChangedPart) -> ChangeCause | None:
        return change_cause(given.tree, at, first, part)

    assert cause(ChangedPart("system")) == ChangeCause("a change of the workflow", changed)
    assert cause(ChangedPart("tools")) == ChangeCause("a change of the workflow", changed)
    assert cause(ChangedPart("settings")) == ChangeCause("a change of the settings", limited)


def test_a_state_prompt_in_the_system_prompt() -> None:
    given, first, second = fork()
    part = ChangedPart("system", state_prompt=True)
    found = change_cause(given.tree, second, first, part)
    assert str(found) == "the state prompt, which stands in the system prompt"
    assert change_cause(given.tree, second, first, replace(part, state_prompt=False)) is None


def test_edits_of_what_a_request_says() -> None:
    given, first, _ = fork()
    for event, part, words in (
        (e.SystemEdited("Be long."), ChangedPart("system"), "an edit of the system prompt"),
        (e.ToolEdited(TOOL, "Looks."), ChangedPart("tools"), f"an edit of the tool {TOOL}"),
        (e.MessageEdited(2, []), ChangedPart("messages"), "an edited message"),
        (e.MessageEdited(2), ChangedPart("messages", None, 2), "a message taken out"),
        (e.MessageAdded(2, "user", []), ChangedPart("messages"), "an added message"),
        (e.SettingsChanged(e.Settings()), ChangedPart("tools"), "a change of the settings"),
        (e.Transitioned("there"), ChangedPart("settings"), "the transition to there"),
    ):
        given.back_to(first + 3).append(event, "edited")
        deed = given.head
        given.append(e.ModelCalled("d"))
        found = change_cause(given.tree, given.head or 0, first, part)
        assert str(found) == f"{words}, #{deed}"


def test_what_the_authors_code_gave() -> None:
    given, first, _ = fork()
    given.back_to(first + 3).append(e.ModelCalled("d", system="Be brief."))
    found = change_cause(given.tree, given.head or 0, first, ChangedPart("system"))
    assert str(found) == f"what the author's code gave for it, #{given.head}"
