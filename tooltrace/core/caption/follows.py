"""Why the next thing follows, as a sentence: from the next action, and what the guards came to."""

from __future__ import annotations

from typing import assert_never

from tooltrace.core.caption.named_parts import guard_words
from tooltrace.core.caption.turn import call_name
from tooltrace.core.caption.words import Word, Words, listed, name, said, sentence
from tooltrace.core.decide.next_action import (
    Action,
    AwaitUser,
    CallModel,
    ChangeState,
    Finish,
    RunTools,
    next_action,
    refusal,
)
from tooltrace.core.decide.transitions import tried_rows
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import Effect, StateSpec, Transition

__all__ = ["follows"]

_MOST_GUARD = 72
_EFFECTS: dict[Effect, str] = {
    "reads": "it only reads",
    "idempotent": "it may safely run twice",
    "writes": "it writes",
}


def follows(s: Snapshot) -> Words:
    """What happens next at a snapshot, and why."""
    waits = [call for call in s.calls if call.status == "started"]
    if waits and s.outcome is None and s.diverged is None:
        return _out(s, waits)
    return _after(s, next_action(s))


def _out(s: Snapshot, waits: list[Call]) -> Words:
    named = listed([call_name(call, s.calls) for call in waits])
    has, who = ("has", "it") if len(waits) == 1 else ("have", "some")
    acts = any(s.workflow.effect(call.tool) != "reads" for call in waits)
    acted = f": {who} may have acted already" if acts else ""
    return sentence(named, f" {has} not answered yet{acted}.")


def _after(s: Snapshot, action: Action) -> Words:
    match action:
        case CallModel():
            return _model(s)
        case RunTools(levels=levels):
            return _tools(s, levels[0], len(levels) > 1)
        case ChangeState():
            return _state(s, action)
        case AwaitUser():
            return _person(s, action)
        case Finish(outcome=outcome, why=why):
            if not why:
                return sentence(f"The run ends next: {outcome}.")
            return sentence(f"The run ends next ({outcome}): ", said(why), ".")
        case _:
            assert_never(action)


def _model(s: Snapshot) -> Words:
    if s.awaiting_model:
        return sentence("Its reply is next.")
    if s.stop_reason == "pause_turn":
        return sentence("The model goes on with its turn next.")
    missed = _missed(s)
    if missed is not None:
        return sentence(missed, ", so the model is asked next.")
    state = s.workflow.state(s.state)
    if state is None:
        told = " with the results" if s.calls else ""
        return sentence(f"The model is asked next{told}.")
    return sentence("The model is asked next: ", _allowed(state), ".")


def _allowed(state: StateSpec) -> Words:
    if state.terminal:
        return sentence(name(state.name), " is an end, so it only says how it went")
    if not state.tools:
        return sentence("no tool is allowed in ", name(state.name))
    tools = listed([name(tool) for tool in state.tools], 3)
    return sentence("in ", name(state.name), " it may call ", tools)


def _missed(s: Snapshot) -> Words | None:
    """The guard that was tried for what just came back and does not hold, if there is one."""
    if not s.unsettled:
        return None
    last = None
    for row, holds, _ in tried_rows(s):
        last = None if holds else row
    if last is None or last.when is None:
        return None
    call = s.unsettled[-1]
    read = guard_words(s, last.when, call)
    known = sentence(" (", read, ")") if read else ()
    to = name(last.target)
    return sentence(_guard(last.when), known, " does not hold, which would lead to ", to)


def _guard(text: str) -> Word:
    return said(" ".join(text[:400].split()), _MOST_GUARD)


def _tools(s: Snapshot, calls: tuple[Call, ...], more: bool) -> Words:
    later = " Others wait for them." if more else ""
    if len(calls) == 1:
        return sentence(call_name(calls[0], s.calls), " is next", _effect(s, calls[0]), ".", later)
    named = listed([call_name(call, s.calls) for call in calls])
    effects = {s.workflow.effect(call.tool) for call in calls}
    does = "they only read" if effects == {"reads"} else "some of them write"
    return sentence(named, f" are next, side by side: {does}.", later)


def _effect(s: Snapshot, call: Call) -> Words:
    if refusal(s, call) is None:
        return sentence(f": {_EFFECTS[s.workflow.effect(call.tool)]}")
    if s.workflow.tool(call.tool) is None:
        return sentence(", but there is no such tool, and the model will be told")
    return sentence(", but it is not allowed in ", name(s.state or ""), " and will not run")


def _state(s: Snapshot, action: ChangeState) -> Words:
    cause = next((call for call in s.unsettled if call.returned == action.cause), None)
    to = name(action.to)
    if action.row is None:
        who = (
            sentence(name(cause.tool), " failed and is critical")
            if cause
            else sentence("it failed")
        )
        return sentence("Because ", who, ", ", to, " is next.")
    row = s.workflow.rows[action.row]
    if action.to == s.state:
        return _stays(s, row, cause)
    if row.when is None:
        if cause is None:
            return sentence(name(s.state or ""), " needs no tool, so ", to, " is next.")
        return sentence("Because ", _done(row, cause), ", ", to, " is next.")
    return sentence("Because ", _holding(s, row, row.when, cause), ", ", to, " is next.")


def _stays(s: Snapshot, row: Transition, cause: Call | None) -> Words:
    if row.when is not None:
        why = _holding(s, row, row.when, cause)
    else:
        why = _done(row, cause) if cause is not None else sentence("nothing else holds")
    saved = listed([name(key) for key in row.save], 3)
    saves = sentence(" saves ", saved, " and") if saved else ()
    stays = sentence(saves, " stays in ", name(row.target))
    return sentence("Because ", why, ", the workflow", stays, ".")


def _done(row: Transition, cause: Call) -> Words:
    did = "failed" if cause.is_error else "answered"
    if len(row.on) > 1 and not row.error:
        return sentence(listed([name(tool) for tool in row.on]), " have all answered")
    return sentence(name(cause.tool), f" {did}")


def _holding(s: Snapshot, row: Transition, guard: str, cause: Call | None) -> Words:
    read = guard_words(s, guard, cause)
    known = sentence(" (", read, ")") if read else ()
    failed = sentence(_done(row, cause), " and ") if row.error and cause is not None else ()
    return sentence(failed, _guard(guard), known)


def _person(s: Snapshot, action: AwaitUser) -> Words:
    match action.why:
        case "finished":
            return sentence("Nothing follows: the run is over.")
        case "input" if not s.messages:
            return sentence("The model is asked once a person has said what they want.")
        case "input":
            stopped = sentence("The model stopped in ", name(s.state or ""))
            return sentence(
                stopped, ", which is no end: a person says something or forces a state."
            )
        case "diverged":
            return sentence("A person says whether the replay goes on past it.")
        case "unknown_outcome":
            return sentence("Nobody knows whether it acted: a person makes it again or says.")
        case "model_failed":
            return sentence(_again(s))
        case "incomplete":
            return sentence("No tool of it will run: a person asks again or writes the reply.")
        case "guard":
            return sentence(said(action.text[:1].upper() + action.text[1:], 120), ".")
        case "odd":
            return sentence("The run cannot go on here: ", said(action.text), ".")


def _again(s: Snapshot) -> str:
    trouble = s.trouble
    if trouble is None or not trouble.retryable:
        return "The same request may fail again: a person decides."
    if trouble.retry_after is not None and 0 <= trouble.retry_after < 1e6:
        return f"The same request may succeed in {trouble.retry_after:g} s."
    return "The same request may succeed later."
