"""A replay makes the requests that were made: with what a person changed of them, and code gave."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.given import AT, Given, call
from tooltrace.core.decide.next_action import model_called
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import text_block
from tooltrace.core.model.workflow import ToolSpec, WorkflowSpec
from tooltrace.core.text.redact import nothing_hidden
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.replay.start import ReplayParts, begin_replay
from tooltrace.debugger.run.consent import NOTHING
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.run.partial_reply import PartialReply
from tooltrace.debugger.run.retry import RetryTimer
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.engine.engine import Ports
from tooltrace.models.scripted import ScriptedModel, say
from tooltrace.tools.recorded.by_call import RecordedTools

LOOK = ToolSpec("look", "Look it up.", read_only=True)
SPEC = WorkflowSpec("free", tools=(LOOK,), system="Be.")
BLOCKS: list[dict[str, Any]] = [text_block("other words")]


def talk() -> Given:
    """Two turns; the calls of the first ran side by side, and the later one came back first."""
    made = Given(SPEC, form=2).user("Go.")
    made.replies("one", call("look", "t0", x=0), call("look", "t1", x=1))
    reply = made.head or 0
    for index in (0, 1):
        made.append(e.ToolStarted(e.CallRef(reply, index), "look"))
    for index in (1, 0):
        made.append(e.ToolReturned(e.CallRef(reply, index), index))
    return made.replies("two", call("look", "t2", x=2)).returns("look", 2)


def first(made: Given, kind: type[e.Event]) -> int:
    return min(r.id for r in made.tree.records.values() if isinstance(r.event, kind))


def edits(made: Given) -> dict[str, list[e.Event]]:
    """What a person may change here, by name."""
    said, reply = first(made, e.UserSaid), first(made, e.ModelReplied)
    result, added = first(made, e.ToolReturned), made.tree.last_id + 1
    return {
        "system": [e.SystemEdited("Be kind.")],
        "tool": [e.ToolEdited("look", "Only look."), e.ToolEdited("look", defined=True)],
        "said": [e.MessageEdited(said, BLOCKS)],
        "reply": [e.MessageEdited(reply, BLOCKS)],
        "result": [e.MessageEdited(result, BLOCKS), e.MessageEdited(result)],
        "added": [e.MessageAdded(result, "user", BLOCKS), e.MessageEdited(added, BLOCKS * 2)],
        "first": [e.MessageAdded(0, "user", BLOCKS)],
    }


def in_memory(made: Given) -> Session:
    session = Session(lambda: AT)
    for record in made.tree.records.values():
        session.append(record.event, record.source)
    return session


async def through(session: Session, *, from_start: bool, again: Ports | None = None) -> Stop:
    told: list[str] = []
    caller = ModelCaller(RetryTimer(lambda: False), PartialReply(nothing_hidden), told.append)
    parts = ReplayParts(ports=again, asking=caller)
    replay = begin_replay(session, from_start, parts, "live model" if again else "recorded")
    while (stop := await replay.step("level", NOTHING)) is None:
        pass
    return stop


@pytest.mark.parametrize("name", edits(talk()))
def test_what_a_person_changed_is_changed_again(name: str) -> None:
    made = talk()
    before = made.tree.last_id
    for event in edits(made)[name]:
        made.append(event, "edited")
    assert made.snapshot.problems == ()
    made.replies("three", call("look", "t3", x=3)).returns("look", 3)
    session = in_memory(made)
    whole = session.tip
    assert [v.text for v in asyncio.run(check_session(session, lambda: AT))] == [
        "replayed 9 steps: no divergence"
        if len(edits(made)[name]) < 2
        else "replayed 10 steps: no divergence"
    ]
    # A run of its own, in which every record has another number.
    stop = asyncio.run(through(session, from_start=True))
    assert (stop.kind, stop.divergence) == ("end", None)
    messages = session.snapshot.messages
    assert [m.key() for m in messages] == [
        m.key() for m in session.tree.snapshot_at(whole).messages
    ]
    session.select(before, whole)
    assert asyncio.run(through(session, from_start=False)).kind == "end"


def test_what_the_code_gave_as_system_prompt_is_given_again() -> None:
    made = Given(replace(SPEC, system="", system_from="prompt"), form=2).user("Go.")
    for turn, system in enumerate(("Be.", "Be brief.")):
        made.append(model_called(made.snapshot, system))
        made.replies(f"turn {turn}", call("look", f"t{turn}", x=turn)).returns("look", turn)
    session = in_memory(made)
    assert [v.divergence for v in asyncio.run(check_session(session, lambda: AT))] == [None]
    asyncio.run(through(session, from_start=True))
    assert session.snapshot.given_system == "Be brief."


def test_a_model_that_is_asked_anew_gets_the_system_prompt_that_the_code_gives_now() -> None:
    made = Given(replace(SPEC, system="", system_from="prompt"), form=2).user("Go.")
    made.append(model_called(made.snapshot, "Be."))
    session = in_memory(made.replies("Done."))
    model = ScriptedModel(lambda seen: say("Done."))
    ports = Ports(model, RecordedTools(), system=lambda s: "Be new.")
    assert asyncio.run(through(session, from_start=True, again=ports)).kind == "end"
    assert session.snapshot.given_system == "Be new."
