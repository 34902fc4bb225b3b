"""What the conversation shows of each record.

Total: a record with nothing in it that fits is still named. Records that only say that something
began (a request, a call) have no entry of their own; what came of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from tooltrace.core.decide.budgets import dollars, grant_words
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.block_data import is_blocks
from tooltrace.core.model.content_blocks import content_text
from tooltrace.debugger.replay.divergence import both, values_of
from tooltrace.tui.rows.calls.call_facts import which_of
from tooltrace.tui.rows.conversation.block_entries import with_blocks
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part, said
from tooltrace.tui.rows.conversation.reply_entries import failed, mark, number, replied, tool_of
from tooltrace.tui.rows.labels import BAD, DONE, DOUBT, duration
from tooltrace.tui.rows.lines import Line, Span, fit, plain
from tooltrace.tui.rows.values import readable

__all__ = ["entries", "in_brief"]

Entries = Sequence[Entry]

_MOST_TOLD = 24


def entries(tree: Tree, record: e.Record) -> Sequence[Entry]:
    """The entries of one record, in order; none for those that show nothing of their own."""
    return _SHOWS.get(type(record.event), _other)(tree, record, record.event)


def in_brief(tree: Tree, record: e.Record) -> str:
    """What a record is in a few words, as its heading says it, without its number."""
    match record.event:
        case e.ToolStarted(tool=tool):
            return f"call of {tool}"
        case e.ModelCalled():
            return "a request to the model"
        case event:
            shown = entries(tree, record)
    if not shown:
        return event.name.replace("_", " ")
    ours = number(record)
    return plain(tuple(span for span in shown[0].heading if span != ours)).strip()


def _line(record: e.Record, *spans: Span, parts: tuple[Part, ...] = ()) -> Entries:
    return (Entry(record.id, record.id, (*spans, number(record)), parts),)


def _began(tree: Tree, record: e.Record, event: e.RunStarted) -> Entries:
    spec = event.workflow
    parts = tuple(said(text, "dim", 2) for text in (spec.description,) if text)
    model = (f" · {event.settings.model}", "dim")
    return _line(
        record, ("run of ", "dim"), (spec.name, "title"), model, *mark(record), parts=parts
    )


def _said(tree: Tree, record: e.Record, event: e.UserSaid) -> Entries:
    if not event.content:
        return _line(
            record,
            ("user", "user"),
            *mark(record),
            parts=(replace(said(event.text, most=20), stroke="user"),),
        )
    return _blocks(_line(record, ("user", "user"), *mark(record)), event.content, "user")


def _blocks(entries: Entries, content: object, stroke: str = "") -> Entries:
    return with_blocks(entries[0], content, Part("", most=20, stroke=stroke))


def _called(tree: Tree, record: e.Record, event: e.ModelCalled) -> Entries:
    # What is sent with it is shown by what came of it, when that is opened.
    return _line(record, (f"attempt {event.attempt}", "warn")) if event.attempt > 1 else ()


def _started(tree: Tree, record: e.Record, event: e.Event) -> Entries:
    return ()


def _returned(tree: Tree, record: e.Record, event: e.ToolReturned) -> Entries:
    sign: Span = (f"  {BAD}", "error") if event.is_error else (f"  {DONE}", "ok")
    took: Line = ((f"  {duration(event.ms)}", "dim"),) if event.ms else ()
    lost: Line = ((f"  {DOUBT} abandoned, may still act", "warn"),) if event.abandoned else ()
    name: Span = (f" {tool_of(tree, event.call)}", "tool")
    which = which_of(tree, event.call)
    told: Line = ((f" {fit(which, _MOST_TOLD)}", "arg"),) if which else ()
    heading = (sign, name, *told, *mark(record), *lost, *took, number(record))
    look = Part("", "error" if event.is_error else "result", indent=4)
    parts = [] if event.blocks else [Part(readable(event.content), look.style, indent=4)]
    if event.output:
        parts.append(Part(f"printed: {event.output}", "dim", 2, 4))
    if event.unkept:
        parts.append(Part(f"the world was not kept after it: {event.unkept}", "warn", 2, 4))
    entry = Entry(record.id, record.id, heading, tuple(parts), event.call, terse=not event.blocks)
    return with_blocks(entry, event.content, look) if event.blocks else (entry,)


def _moved(tree: Tree, record: e.Record, event: e.Transitioned) -> Entries:
    if record.source == "forced":
        sign: Span = (f"⇨ forced to {event.to}", "forced")
    else:
        sign = (f"→ {event.to}", "state.done")
    why: Line = ((f"  {event.reason}", "dim"),) if event.reason else ()
    return _line(record, sign, *why)


def _context(tree: Tree, record: e.Record, event: e.ContextEdited) -> Entries:
    value = content_text(event.value) if is_blocks(event.value) else event.value
    return _line(record, ("± context ", "edited"), (event.key, "arg"), parts=(Part(value, "arg"),))


def _went_on(tree: Tree, record: e.Record, event: e.WentOn) -> Entries:
    before = record.parent
    more: list[str] = []
    if event.past == "limit" and before is not None:
        more = grant_words(tree.snapshot_at(before), event)
    past = "being stuck" if event.past == "stuck" else "the limit"
    if event.turns:
        past = "the turn limit"
    said = f"past {past}" if event.turns or not more else "at the limit"
    return _line(record, (f"↪ you let it go on {', '.join([said, *more])}", "warn"))


def _settings(tree: Tree, record: e.Record, event: e.SettingsChanged) -> Entries:
    settings = event.settings
    limits = [f"up to {settings.max_tokens:,} tokens in a reply"]
    limits += [f"{settings.token_budget:,} in all"] if settings.token_budget is not None else []
    limits += [dollars(settings.cost_budget)] if settings.cost_budget is not None else []
    return _line(record, (f"↪ you changed the settings: {', '.join(limits)}", "warn"))


def _changed(tree: Tree, record: e.Record, event: e.WorkflowChanged) -> Entries:
    where = f" from {event.ref}" if event.ref else ""
    return _line(record, (f"the workflow changed: {event.workflow.name}{where}", "warn"))


def _forked(tree: Tree, record: e.Record, event: e.Forked) -> Entries:
    return _line(record, (f"└ branch {event.branch} begins", "branch"))


def _restored(tree: Tree, record: e.Record, event: e.WorldRestored) -> Entries:
    return _line(record, (f"↩ the world was put back to {event.world[:12]}", "warn"))


def _diverged(tree: Tree, record: e.Record, event: e.Diverged) -> Entries:
    then, now = both(*values_of(event))
    was = f"{event.what}: {event.field} was {then}, is {now}"
    nexts = (tree[child].event for child in tree.children(record.id))
    accepted = any(isinstance(one, e.DivergenceAccepted) for one in nexts)
    sign: Span = ("≠ the replay met something else", "warn" if accepted else "error")
    return _line(record, sign, parts=(Part(was),))


def _accepted(tree: Tree, record: e.Record, event: e.DivergenceAccepted) -> Entries:
    return _line(record, ("↪ you accepted it", "warn"))


def _over(tree: Tree, record: e.Record, event: e.RunFinished) -> Entries:
    good = event.outcome == "completed"
    style = "ok" if good else "error"
    why = (Part(event.why, style),) if event.why else ()
    over: Span = (f"{DONE if good else BAD} the run is over: {event.outcome}", style)
    return _line(record, over, parts=why)


def _system(tree: Tree, record: e.Record, event: e.SystemEdited) -> Entries:
    if event.defined:
        return _line(record, ("the system prompt is the workflow's again", "edited"), *mark(record))
    parts = (said(event.system, most=20),)
    return _line(record, ("system prompt edited", "edited"), *mark(record), parts=parts)


def _tool(tree: Tree, record: e.Record, event: e.ToolEdited) -> Entries:
    if event.defined:
        told = f"the model is told of {event.tool} what the workflow says again"
        return _line(record, (told, "edited"), *mark(record))
    parts = [said(event.description)] if event.description is not None else []
    if event.schema is not None:
        parts.append(Part(readable(event.schema), "dim", 2))
    heading: Span = (f"what the model is told of {event.tool} edited", "edited")
    return _line(record, heading, *mark(record), parts=tuple(parts))


def _message(tree: Tree, record: e.Record, event: e.MessageEdited) -> Entries:
    what = "taken out of the conversation" if event.content is None else "edited where it stands"
    entries = _line(record, (f"#{event.record} {what}", "edited"), *mark(record))
    return entries if event.content is None else _blocks(entries, event.content)


def _added(tree: Tree, record: e.Record, event: e.MessageAdded) -> Entries:
    where = f"behind #{event.after}" if event.after else "in front of all"
    heading: Span = (f"{event.role} message added {where}", "edited")
    return _blocks(_line(record, heading, *mark(record)), event.content)


def _attached(tree: Tree, record: e.Record, event: c.ClientAttached) -> Entries:
    started = " ".join(event.argv) or "an agent that was started by hand"
    return _line(record, ("client ", "dim"), (fit(started, 120), "text"))


def _sent(tree: Tree, record: e.Record, event: c.RequestSent) -> Entries:
    return _line(record, ("the request went on edited", "edited"))


def _left(tree: Tree, record: e.Record, event: c.ClientLeft) -> Entries:
    why = f": {event.why}" if event.why else ""
    return _line(record, (f"the client went away before it had its answer{why}", "warn"))


def _ended(tree: Tree, record: e.Record, event: c.ClientEnded) -> Entries:
    how = f"by signal {-event.code}" if event.code < 0 else f"with exit code {event.code}"
    return _line(record, (f"the client ended {how}", "error" if event.code else "ok"))


def _other(tree: Tree, record: e.Record, event: e.Event) -> Entries:
    if isinstance(event, e.Unknown):
        what, raw = event.type, event.payload
        problem = f": {event.problem}" if event.problem else ", which this version does not know"
    else:
        what, raw, problem = event.name, None, ""
    return _line(record, (f"? {what}{problem}", "warn"), parts=(Part(raw, "dim"),))


_SHOWS: dict[type[e.Event], Callable[[Tree, e.Record, Any], Entries]] = {
    e.RunStarted: _began,
    e.UserSaid: _said,
    e.ModelCalled: _called,
    e.ModelReplied: replied,
    e.ModelFailed: failed,
    e.ToolStarted: _started,
    e.ToolReturned: _returned,
    e.Transitioned: _moved,
    e.ContextEdited: _context,
    e.WentOn: _went_on,
    e.SettingsChanged: _settings,
    e.WorkflowChanged: _changed,
    e.Forked: _forked,
    e.WorldRestored: _restored,
    e.Diverged: _diverged,
    e.DivergenceAccepted: _accepted,
    e.RunFinished: _over,
    e.SystemEdited: _system,
    e.ToolEdited: _tool,
    e.MessageEdited: _message,
    e.MessageAdded: _added,
    c.ClientAttached: _attached,
    c.RequestCame: _started,
    c.RequestSent: _sent,
    c.ReplyDelivered: _started,
    c.ClientLeft: _left,
    c.ClientEnded: _ended,
}
