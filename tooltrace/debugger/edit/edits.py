"""Edit, stub, retry, force and fork: every function here only appends records.

An edit is a sibling of the record it changes. What of the same turn came after it, and does not
depend on it, is repeated behind the sibling; nothing runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from msgspec.structs import replace

from tooltrace.core.decide.budgets import granted, over_budget
from tooltrace.core.decide.next_action import Finish, next_action
from tooltrace.core.decide.transitions import legal_targets
from tooltrace.core.fold.branches import Branch, name_problem
from tooltrace.core.fold.reply_check import broken
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import block_problem
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.reply import call_at, calls, is_call, stop
from tooltrace.core.model.snapshot import Call
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.debugger.edit.rebase import after_reply, after_result, repeat
from tooltrace.debugger.session.session import Session

__all__ = [
    "answer_call",
    "before_call",
    "draft_of",
    "edit_arguments",
    "edit_context",
    "edit_reply",
    "edit_result",
    "force",
    "fork",
    "fork_problem",
    "free_name",
    "go_past",
    "on_path",
    "rename_problem",
    "reply_problem",
    "retry",
    "write_reply",
]


def on_path(session: Session, record_id: int) -> e.Record:
    """The record, if it is on the branch one stands on. Raises BadCommand."""
    if record_id not in session.tree:
        raise BadCommand(f"there is no record #{record_id} in this session")
    if not session.tree.is_ancestor(record_id, session.tip):
        raise BadCommand(f"record #{record_id} is on another branch: switch to it first (v)")
    return session.tree[record_id]


def edit_result(
    session: Session, record_id: int, content: JsonValue, is_error: bool = False
) -> e.Record:
    """Put another result in place of a recorded one; the model reads this one.

    Raises BadCommand when the record is not a result on this branch.
    """
    record = on_path(session, record_id)
    event = record.event
    if not isinstance(event, e.ToolReturned):
        raise BadCommand(f"record #{record_id} is not a tool result")
    copied = after_result(session, record_id, event.call)
    blocks = event.blocks and isinstance(content, list) and not any(map(block_problem, content))
    edited = replace(event, content=content, is_error=is_error, error=None, blocks=blocks)
    made = session.append_after(record.parent, edited, "edited")
    repeat(session, copied)
    return made


def edit_reply(session: Session, record_id: int, reply: dict[str, Any]) -> e.Record:
    """Put another model reply in place of a recorded one.

    Calls of the same turn that the edit leaves as they were keep their results.
    """
    record = on_path(session, record_id)
    event = record.event
    if not isinstance(event, e.ModelReplied):
        raise BadCommand(f"record #{record_id} is not a model reply")
    problem = reply_problem(reply)
    if problem:
        raise BadCommand(f"this is not a reply: {problem}")
    copied = after_reply(session, record_id, reply)
    made = session.append_after(record.parent, replace(event, reply=reply), "edited")
    repeat(session, copied, made.id)
    return made


def write_reply(session: Session, record_id: int, reply: dict[str, Any]) -> e.Record:
    """Write by hand the reply that a request did not get; the failure stays on its own branch."""
    record = on_path(session, record_id)
    if not isinstance(record.event, e.ModelFailed):
        raise BadCommand(f"record #{record_id} is not a failed model call")
    problem = reply_problem(reply)
    if problem:
        raise BadCommand(f"this is not a reply: {problem}")
    return session.append_after(record.parent, e.ModelReplied(reply), "edited")


def draft_of(reply: dict[str, Any] | None) -> dict[str, Any]:
    """What a reply that never came whole is to be written from: its blocks that did, as a reply."""
    content = (reply or {}).get("content")
    whole = [block for block in content if _whole(block)] if isinstance(content, list) else []
    return {
        "role": "assistant",
        **(reply or {}),
        "content": whole or [{"type": "text", "text": ""}],
        "stop_reason": "tool_use" if any(map(is_call, whole)) else "end_turn",
    }


def _whole(block: JsonValue) -> bool:
    if broken({"content": [block], "stop_reason": "end_turn"}) is not None:
        return False
    # Thinking is sent back with its signature, which comes last.
    return bool(block["type"] != "thinking" or block.get("signature"))


def reply_problem(reply: JsonValue) -> str | None:
    """What keeps a value from being a reply, as a model's is judged; None when it is one."""
    why = broken(reply)
    if why is None and stop(reply) == "end_turn" and calls(reply):
        return "stop_reason must be tool_use when there are calls"
    return why


def edit_arguments(session: Session, ref: e.CallRef, arguments: JsonValue) -> e.Record:
    """Change the arguments of a call, by editing the reply that made it."""
    _is_a_call(ref)
    if not isinstance(arguments, dict):
        raise BadCommand("arguments must be a JSON object")
    record = on_path(session, ref.reply)
    event = record.event
    if not isinstance(event, e.ModelReplied):
        raise BadCommand(f"record #{ref.reply} is not a model reply")
    reply = deepcopy(event.reply)
    call = call_at(reply, ref.index)
    if call is None:
        raise BadCommand(f"there is no call {ref}")
    call["input"] = arguments
    return edit_reply(session, ref.reply, reply)


def answer_call(
    session: Session,
    ref: e.CallRef,
    content: JsonValue,
    is_error: bool = False,
    world: str | None = None,
    unkept: str = "",
) -> e.Record:
    """Give an open call its result by hand (a stub), or say how an interrupted one ended.

    ``world`` is the snapshot of what an interrupted one left behind, ``unkept`` why there is none.
    """
    call = _open_call(session, ref)
    event = e.ToolReturned(call.ref, content, is_error=is_error, world=world, unkept=unkept)
    return session.append(event, "edited")


def _is_a_call(ref: e.CallRef) -> None:
    if not isinstance(ref, e.CallRef):
        raise BadCommand(f"a call is named by its CallRef, not {clip(one_line(repr(ref)), 60)}")


def _open_call(session: Session, ref: e.CallRef) -> Call:
    _is_a_call(ref)
    call = session.snapshot.call(ref)
    if call is None or call.status == "returned":
        raise BadCommand(f"call {ref} is not open here")
    return call


def force(session: Session, to: str, reason: str = "") -> e.Record:
    """Force a transition. One that no row allows needs a reason."""
    s = session.snapshot
    if s.state is None:
        raise BadCommand("this workflow has no states")
    if s.workflow.state(to) is None:
        known = ", ".join(state.name for state in s.workflow.states)
        raise BadCommand(f"there is no state {to!r}; there are: {known}")
    if not s.settled:
        raise BadCommand("a call is still open here: step back before it, or answer it first")
    if to == s.state:
        raise BadCommand(f"the workflow is in {to} already")
    if to not in legal_targets(s) and not reason.strip():
        raise BadCommand(f"no transition leads from {s.state} to {to}: give a reason to force it")
    return session.append(e.Transitioned(to, reason=reason.strip() or None), "forced")


def edit_context(session: Session, key: str, value: JsonValue) -> e.Record:
    """Change one value of the context, from here on."""
    s = session.snapshot
    if key not in s.context:
        raise BadCommand(f"the context has no {key!r}; it has: {', '.join(s.context) or 'nothing'}")
    if not s.settled:
        raise BadCommand("a call is still open here: step back before it, or answer it first")
    return session.append(e.ContextEdited(key, value), "edited")


def go_past(session: Session, turns: int | None) -> e.Record:
    """Let the run go on past a limit or a stuck verdict; as ``granted`` says, ``turns`` too."""
    s = session.snapshot
    action = next_action(s)
    outcome = action.outcome if isinstance(action, Finish) else s.outcome
    if outcome is None and s.trouble is not None and over_budget(s):
        outcome = "limit"
    match outcome:
        case "limit":
            return session.append(granted(s, turns), "live")
        case "stuck":
            return session.append(e.WentOn("stuck"), "live")
        case _:
            raise BadCommand("the run is neither at its limit nor stuck")


def free_name(session: Session, stem: str) -> str:
    """A branch name that is not taken: the stem, with a number."""
    taken = {branch.name for branch in session.tree.branches()}
    numbered = (f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)


def fork_problem(branches: Iterable[Branch], name: str) -> str | None:
    """What keeps a name from being a new branch's among these; None when it may be."""
    chosen = name.strip()
    if any(branch.name == chosen for branch in branches):
        return f"there is a branch {chosen!r} already"
    return name_problem(chosen) if chosen else None


def rename_problem(branches: Iterable[Branch], begin: int, name: str) -> str | None:
    """What keeps a name from being that of the branch that begins at a record; None if it may."""
    others = [branch for branch in branches if branch.begin != begin]
    return name_problem(name) or fork_problem(others, name)


def fork(session: Session, name: str) -> e.Record:
    """Begin a branch at the head; the next step goes on live from here."""
    chosen = name.strip() or free_name(session, "what-if")
    wrong = fork_problem(session.tree.branches(), chosen)
    if wrong is not None:
        raise BadCommand(wrong)
    if not session.snapshot.settled:
        raise BadCommand("a call is still open here: step back before it to fork")
    return session.append(e.Forked(chosen), "live")


def retry(session: Session, record_id: int) -> e.Record:
    """Begin a branch just before a call was made, so that it can be made again."""
    place = before_call(session, record_id)
    return session.append_after(place, e.Forked(free_name(session, "retry")), "live")


def before_call(session: Session, record_id: int) -> int:
    """Where a call can be made again from. Raises BadCommand when it cannot."""
    record = on_path(session, record_id)
    event = record.event
    if not isinstance(event, e.ToolReturned | e.ToolStarted):
        raise BadCommand(f"#{record_id} is no call that was made: select one that was")
    started = next(
        (
            r
            for r in session.tree.up(record_id)
            if isinstance(r.event, e.ToolStarted) and r.event.call == event.call
        ),
        record,
    )
    if started.parent is None or not session.tree.snapshot_at(started.parent).settled:
        raise BadCommand("other calls were running beside this one: go back before them, and step")
    return started.parent
