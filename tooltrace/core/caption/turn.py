"""What happened in a turn, as sentences: a request, its reply, the calls and their results."""

from __future__ import annotations

from collections.abc import Iterable

from tooltrace.core.caption.named_parts import answer_words, fields_words
from tooltrace.core.caption.words import (
    Word,
    Words,
    listed,
    name,
    quoted_text,
    said,
    sentence,
    value,
)
from tooltrace.core.expressions.expression_names import brief
from tooltrace.core.fold.call_order import refusal
from tooltrace.core.model import events as e
from tooltrace.core.model.call_labels import apart
from tooltrace.core.model.reply import text
from tooltrace.core.model.snapshot import Call, Snapshot

__all__ = ["asked", "call_name", "no_reply", "replied", "returned", "started"]

Before = Snapshot | None

_MOST_TOLD = 24
_FAILED = {
    "failed": "The model gave no reply: ",
    "incomplete": "The model's reply broke off: ",
    "cancelled": "The request to the model was cut off: ",
}


def call_name(call: Call, calls: Iterable[Call]) -> Words:
    """The tool of a call, and what tells the call from the others of that tool."""
    which = apart(calls).get(call.ref)
    return sentence(name(call.tool), " " if which else "", said(which, _MOST_TOLD) if which else "")


def asked(record: e.Record, event: e.ModelCalled, before: Before, after: Snapshot) -> Words:
    """A request went out."""
    model = name(after.settings.model)
    again = f" again, attempt {event.attempt}" if event.attempt > 1 else ""
    turn = f" for the reply of turn {after.turn + 1}" if after.turn and not again else ""
    return sentence("The model ", model, f" was asked{again}{turn}.")


def replied(record: e.Record, event: e.ModelReplied, before: Before, after: Snapshot) -> Words:
    """The model's reply, or the one that somebody put in its place."""
    if record.source == "injected":
        return sentence("A fault that a person set stood in for the reply: ", _reply(event, after))
    if record.source == "edited":
        return sentence("A person wrote the model's reply: ", _reply(event, after))
    return _reply(event, after)


def _reply(event: e.ModelReplied, after: Snapshot) -> Words:
    if after.trouble is not None:
        return sentence("The model's reply cannot be used: ", said(after.trouble.why), ".")
    told = " ".join(text(event.reply))
    if not after.calls:
        paused = "paused its turn" if after.stop_reason == "pause_turn" else "said nothing"
        return sentence("The model ", "answered " if told else paused, _quoted(told), ".")
    if len(after.calls) == 1:
        return sentence("The model asked for ", _call(after.calls[0]), ".")
    named = [call_name(call, after.calls) for call in after.calls]
    return sentence(f"The model asked for {len(named)} calls: ", listed(named, 6), ".")


def _quoted(told: str) -> Word:
    return quoted_text(told) if told else ("", "")


def _call(call: Call) -> Words:
    arguments = fields_words(call.arguments)
    return sentence(name(call.tool), " with " if arguments else "", arguments)


def no_reply(record: e.Record, event: e.ModelFailed, before: Before, after: Snapshot) -> Words:
    """A request that got no usable reply."""
    why = sentence(_FAILED[event.kind], said(brief(event.error)), ".")
    if record.source == "injected":
        return sentence("A fault that a person set: ", why)
    return why


def started(record: e.Record, event: e.ToolStarted, before: Before, after: Snapshot) -> Words:
    """A call went out."""
    call = after.call(event.call)
    if call is None or call.started != record.id:
        return _stray(event.call, "began")
    again = before is not None and (earlier := before.call(event.call)) is not None
    twice = " again" if again and earlier is not None and earlier.status == "started" else ""
    arguments = fields_words(call.arguments)
    which = call_name(call, after.calls)
    return sentence(which, f" was called{twice}", " with " if arguments else "", arguments, ".")


def _stray(ref: e.CallRef, what: str) -> Words:
    return sentence(f"A record says that call {ref} {what}, but no such call was open: ignored.")


def returned(record: e.Record, event: e.ToolReturned, before: Before, after: Snapshot) -> Words:
    """A call's result, wherever it is from."""
    call = after.call(event.call)
    if call is None or call.returned != record.id:
        return _stray(event.call, "gave a result")
    which = call_name(call, after.calls)
    late = " Its time was up: it may still act." if event.abandoned else ""
    return sentence(*_result(record, which, call, before, after), ".", late)


def _result(
    record: e.Record, which: Words, call: Call, before: Before, after: Snapshot
) -> tuple[str | Words, ...]:
    what: Words = sentence("the error ", _error(call)) if call.is_error else _gave(after, call)
    if record.source == "injected":
        return ("A fault that a person set stood in for ", which, ", which did not run: ", what)
    if record.source == "edited":
        ran = ", which did not run" if call.started is None else ""
        return ("A person wrote the result of ", which, f"{ran}: ", what)
    why = None if before is None or call.started is not None else refusal(before, call)
    if call.is_error and why is not None:
        return (which, " was not run: ", sentence(said(why)))
    if call.is_error:
        return (which, " failed: ", sentence(_error(call)))
    given = () if after.workflow.effect(call.tool) == "reads" else fields_words(call.arguments, 2)
    answered = sentence(which, " answered ", _gave(after, call))
    return (answered, ", given ", given) if given else (answered,)


def _gave(after: Snapshot, call: Call) -> Words:
    return answer_words(after, call)


def _error(call: Call) -> Word:
    content = call.content
    return said(brief(content)) if isinstance(content, str) else value(content)
