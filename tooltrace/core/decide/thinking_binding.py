"""Find thinking that the API may refuse, since the conversation before it is another one.

Current models bind the thinking in a reply to all that stood before it: the system prompt, the
tools and every message. Whether that is still so can be told from the facts alone, since each
request's digest is recorded: where a path no longer makes the request that it says it made, what
was thought from there on was thought about something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import dropwhile, takewhile

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.decide.next_action import model_called, said_beside
from tooltrace.core.fold.conversation import conversation, next_messages
from tooltrace.core.fold.fold import fold
from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Assistant, Request, StatePrompt
from tooltrace.core.model.reply import Block, Reply, blocks, is_call, thinking
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["UnboundThinking", "unbound"]


class UnboundThinking(Struct, frozen=True):
    """A reply, by record, whose thinking the next request resends, and why that may be refused."""

    reply: int
    why: str


class _Given(Struct, frozen=True):
    """What a reply thought before its calls, and what its request began with."""

    thought: list[Block]
    opening: str
    prompt: str | None
    placement: str | None
    changed: bool


def unbound(path: Iterable[e.Record]) -> list[UnboundThinking]:
    """Which replies' thinking the API may refuse in the next request at the end of this path.

    In the order of the path; a reply that is not sent again is not named. ``path`` begins with the
    record that began the run.
    """
    s: Snapshot | None = None
    given: dict[int, _Given] = {}
    prompt: str | None = None
    changed = False
    for record in path:
        event = record.event
        if s is not None and isinstance(event, e.ModelCalled):
            prompt = event.prompt
            changed = changed or (bool(event.digest) and _digest(s, event) != event.digest)
        elif s is not None and isinstance(event, e.ModelReplied) and thinking(event.reply):
            opening = Request.opening(s.workflow, s.form)
            given[record.id] = _Given(
                _before_calls(event.reply), opening, prompt, event.placement, changed
            )
        elif s is not None and isinstance(event, e.MessageEdited | e.MessageAdded):
            given = dict(_behind_edit(s, event, given))
        s = fold(s, record)
    return [] if s is None or not given else _refused(s, given)


def _behind_edit(
    s: Snapshot, event: e.MessageEdited | e.MessageAdded, given: dict[int, _Given]
) -> Iterator[tuple[int, _Given]]:
    """What was given, where each reply behind the message that an edit names is behind a change."""
    named = event.record if isinstance(event, e.MessageEdited) else event.after
    behind = not named
    later = set()
    for message in s.messages:
        if behind and isinstance(message, Assistant):
            later.add(message.record)
        behind = behind or named in message_records(message)
        if isinstance(message, Assistant) and message.record == named and _before(message, event):
            later.add(named)
    for reply, was in given.items():
        yield reply, replace(was, changed=True) if reply in later else was


def _before(reply: Assistant, event: e.MessageEdited | e.MessageAdded) -> bool:
    """Whether a change of a reply itself stands before what was thought in it, or is of that."""
    if isinstance(event, e.MessageAdded):
        return False
    thought = thinking({"content": reply.content})
    last = max((at for at, one in enumerate(reply.content) if one in thought), default=-1)
    return [*(event.content or [])][: last + 1] != list(reply.content)[: last + 1]


def _digest(s: Snapshot, event: e.ModelCalled) -> str:
    """The digest of the request that is made here, with the state prompt that was sent."""
    digest, new = next_messages(s)
    said = [StatePrompt(s.at, event.prompt)] if event.prompt is not None else []
    chained = Request.chain(digest or Request.opening(s.workflow, s.form), [*new, *said])
    return Request.with_more(chained, said_beside(s, event.system))


def _refused(s: Snapshot, given: dict[int, _Given]) -> list[UnboundThinking]:
    opening, prompt = Request.opening(s.workflow, s.form), model_called(s).prompt
    found = []
    messages = [*conversation(s)[0]]
    behind = dropwhile(lambda one: not isinstance(one, Assistant), reversed(messages))
    last = {id(one) for one in takewhile(lambda one: isinstance(one, Assistant), behind)}
    for message in messages:
        was = given.get(message.record) if isinstance(message, Assistant) else None
        if was is None or not isinstance(message, Assistant):
            continue
        record = message.record
        if id(message) in last and _taken_out(message, was):
            found.append(UnboundThinking(record, "what was thought before its calls was changed"))
        elif not thinking({"content": message.content}):
            continue
        elif was.changed:
            found.append(UnboundThinking(record, "the conversation before it was changed"))
        elif was.opening != opening:
            found.append(UnboundThinking(record, "the system prompt or the tools were changed"))
        elif was.placement == "system" and was.prompt != prompt:
            found.append(
                UnboundThinking(record, "the state stands in the system prompt, and moved on")
            )
    return found


def _before_calls(reply: Reply) -> list[Block]:
    """What was thought before the first call; the API wants it there while the model waits."""
    made = blocks(reply)
    first = next((at for at, block in enumerate(made) if is_call(block)), 0)
    return thinking({"content": made[:first]})


def _taken_out(message: Assistant, was: _Given) -> bool:
    reply = {"content": message.content}
    return any(map(is_call, message.content)) and _before_calls(reply) != was.thought
