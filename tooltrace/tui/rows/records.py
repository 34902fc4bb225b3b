"""What the conversation shows of each record.

Total: a record with nothing in it that fits is still named. Records that only say that something
began (a request, a call) have no entry of their own; what came of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.decide.budgets import dollars, grant_words
from tooltrace.core.fold.fold import tool_uses
from tooltrace.core.fold.stop_reasons import trouble_of
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.debugger.replay.divergence import both, values_of
from tooltrace.tui.rows.call_facts import which_of
from tooltrace.tui.rows.entry import Entry, Part, call_key, part_key
from tooltrace.tui.rows.labels import BAD, DONE, DOUBT, cost_words, duration
from tooltrace.tui.rows.lines import Line, Span, fit, plain
from tooltrace.tui.rows.values import readable

__all__ = ["arguments_part", "entries", "in_brief", "tool_of"]

Entries = Sequence[Entry]

_BEYOND_NAMES = 80
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
    number = _number(record)
    return plain(tuple(span for span in shown[0].heading if span != number)).strip()


def tool_of(tree: Tree, ref: e.CallRef) -> str:
    """The name of the tool that a call is made to; a dash when no reply makes it."""
    reply = tree.records.get(ref.reply)
    if reply is not None and isinstance(reply.event, e.ModelReplied):
        uses = tool_uses(reply.event.reply.get("content"))
        if 0 <= ref.index < len(uses):
            return _name(uses[ref.index])
    return "–"


def arguments_part(arguments: Any, indent: int) -> tuple[Part, ...]:
    """Arguments below a call; none when there are none."""
    return (Part(arguments, "arg", indent=indent),) if arguments not in (None, {}) else ()


def _name(use: dict[str, Any]) -> str:
    name = use.get("name")
    return name if isinstance(name, str) and name else "(a tool without a name)"


def _number(record: e.Record) -> Span:
    return (f"  #{record.id}", "dim")


def _mark(record: e.Record) -> Line:
    """How a record came about, where that is not the ordinary way."""
    match record.source:
        case "edited":
            return (("  ✎ edited", "edited"),)
        case "forced":
            return (("  ⇒ forced", "forced"),)
        case "injected":
            return (("  ↯ injected", "injected"),)
        case "recorded" | "imported":
            return ((f"  {record.source}", record.source),)
        case _:
            return ()


def _line(record: e.Record, *spans: Span, parts: tuple[Part, ...] = ()) -> Entries:
    return (Entry(record.id, record.id, (*spans, _number(record)), parts),)


def _began(tree: Tree, record: e.Record, event: e.RunStarted) -> Entries:
    spec = event.workflow
    parts = tuple(Part(text, "dim", 2) for text in (spec.description,) if text)
    model = (f" · {event.settings.model}", "dim")
    return _line(
        record, ("run of ", "dim"), (spec.name, "title"), model, *_mark(record), parts=parts
    )


def _said(tree: Tree, record: e.Record, event: e.UserSaid) -> Entries:
    return _line(record, ("user", "user"), *_mark(record), parts=(Part(event.text, most=20),))


def _called(tree: Tree, record: e.Record, event: e.ModelCalled) -> Entries:
    prompt = event.prompt
    again: Line = ((f"attempt {event.attempt}", "warn"),) if event.attempt > 1 else ()
    if again:
        return _line(record, *again)
    if not prompt:
        return ()
    _, _, state = prompt[:400].partition("state: ")
    # Folded, this line is all there is of it; opened, the whole block stands below.
    name = state.partition("\n")[0]
    heading: Line = ((f"state prompt · {name} …", "dim"), _number(record))
    return (Entry(record.id, record.id, heading, (Part(prompt, "dim", 0),)),)


def _replied(tree: Tree, record: e.Record, event: e.ModelReplied) -> Entries:
    cost = "" if event.cost is None else f" · {cost_words(answer_usage(event))}"
    took = (f"  {duration(event.ms)}{cost}", "dim") if event.ms else ("", "")
    heading: Line = (("assistant", "assistant"), *_mark(record), took, _number(record))
    content = event.reply.get("content")
    blocks = content if isinstance(content, list) else []
    texts = [b for b in blocks[:1] if isinstance(b, dict) and b.get("type") == "text"]
    found = [Entry(record.id, record.id, heading, tuple(_text(b) for b in texts))]
    calls = 0
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        if block.get("type") == "tool_use":
            found.append(_call(record, e.CallRef(record.id, calls), block))
            calls += 1
        elif index or not texts:
            found.append(_block(record, index, block))
    trouble = trouble_of(event.reply.get("stop_reason"), event.reply.get("stop_details"))
    if trouble is not None:
        what: Line = ((f"  {DOUBT} {trouble.why}: no tool of it will run", "warn"),)
        found.append(Entry(part_key(record.id, len(blocks)), record.id, what))
    return found


def _text(block: dict[str, Any]) -> Part:
    text = block.get("text")
    return Part(text if isinstance(text, str) else block, most=40)


def _block(record: e.Record, index: int, block: dict[str, Any]) -> Entry:
    key = part_key(record.id, index)
    match block:
        case {"type": "text", "text": str(text)}:
            return Entry(key, record.id, (("  …", "dim"),), (Part(text, most=40),))
        case {"type": "thinking", "thinking": str(text)}:
            words = f"  thinking · {len(text):,} characters …"
            return Entry(key, record.id, ((words, "dim"),), (Part(text, "dim", 0, 4),))
        case {"type": "redacted_thinking"}:
            return Entry(key, record.id, (("  thinking, which the API keeps to itself", "dim"),))
        case _:
            kind = str(block.get("type"))[:_BEYOND_NAMES]
            return Entry(key, record.id, ((f"  {kind}", "warn"),), (Part(block, "dim", 6, 4),))


def _call(record: e.Record, ref: e.CallRef, block: dict[str, Any]) -> Entry:
    parts = arguments_part(block.get("input"), 4)
    heading: Line = (("  ⚙ ", "tool"), (_name(block), "tool"))
    return Entry(call_key(ref), record.id, heading, parts, ref)


def _failed(tree: Tree, record: e.Record, event: e.ModelFailed) -> Entries:
    status = f" ({event.status})" if event.status and event.status >= 300 else ""
    verb = {"incomplete": "did not finish", "cancelled": "was cut off"}.get(
        event.kind, "did not answer"
    )
    what: Span = (f"{BAD} the model {verb}{status}", "error")
    why = (Part(event.error, "error"),) if event.error else ()
    came = _what_came(event.reply)
    raw = (Part(event.raw, "dim", 0 if came else 2),) if event.raw else ()
    return _line(record, what, *_mark(record), parts=(*why, *came, *raw))


def _what_came(reply: dict[str, Any] | None) -> tuple[Part, ...]:
    """What a person can read of a reply that broke off; the raw text is below, when opened."""
    content = reply.get("content") if reply else None
    found = []
    for block in content if isinstance(content, list) else ():
        match block:
            case {"type": "text", "text": str(text)} if text:
                found.append(Part(text, most=20))
            case {"type": "thinking", "thinking": str(text)}:
                found.append(Part(f"thinking: {text}", "dim", 2))
            case {"type": "tool_use", "name": name}:
                given = block.get("input", block.get("partial_json", ""))
                found.append(Part({"not called": name, "input": given}, "dim", 4, 4))
            case _:
                pass
    return tuple(found)


def _started(tree: Tree, record: e.Record, event: e.Event) -> Entries:
    return ()


def _returned(tree: Tree, record: e.Record, event: e.ToolReturned) -> Entries:
    sign: Span = (f"  {BAD} ", "error") if event.is_error else (f"  {DONE} ", "ok")
    took: Line = ((f"  {duration(event.ms)}", "dim"),) if event.ms else ()
    lost: Line = ((f"  {DOUBT} abandoned, may still act", "warn"),) if event.abandoned else ()
    name: Span = (tool_of(tree, event.call), "tool")
    which = which_of(tree, event.call)
    told: Line = ((f" {fit(which, _MOST_TOLD)}", "arg"),) if which else ()
    heading = (sign, name, *told, *_mark(record), *lost, *took, _number(record))
    content = readable(event.content)
    parts = [Part(content, "error" if event.is_error else "result", indent=4)]
    if event.output:
        parts.append(Part(f"printed: {event.output}", "dim", 2, 4))
    if event.unkept:
        parts.append(Part(f"the world was not kept after it: {event.unkept}", "warn", 2, 4))
    return (Entry(record.id, record.id, heading, tuple(parts), event.call),)


def _moved(tree: Tree, record: e.Record, event: e.Transitioned) -> Entries:
    if record.source == "forced":
        sign: Span = (f"⇒ forced to {event.to}", "forced")
    else:
        sign = (f"→ {event.to}", "state.done")
    why: Line = ((f"  {event.reason}", "dim"),) if event.reason else ()
    return _line(record, sign, *why)


def _context(tree: Tree, record: e.Record, event: e.ContextEdited) -> Entries:
    return _line(
        record, ("✎ context ", "edited"), (event.key, "arg"), parts=(Part(event.value, "arg"),)
    )


def _went_on(tree: Tree, record: e.Record, event: e.WentOn) -> Entries:
    before = record.parent
    more: list[str] = []
    if event.past == "limit" and before is not None:
        more = grant_words(tree.snapshot_at(before), event)
    past = "being stuck" if event.past == "stuck" else "the limit"
    if event.turns:
        past = "the turn limit"
    said = f"past {past}" if event.turns or not more else "at the limit"
    return _line(record, (f"↷ you let it go on {', '.join([said, *more])}", "warn"))


def _settings(tree: Tree, record: e.Record, event: e.SettingsChanged) -> Entries:
    settings = event.settings
    limits = [f"up to {settings.max_tokens:,} tokens in a reply"]
    limits += [f"{settings.token_budget:,} in all"] if settings.token_budget is not None else []
    limits += [dollars(settings.cost_budget)] if settings.cost_budget is not None else []
    return _line(record, (f"↷ you changed the settings: {', '.join(limits)}", "warn"))


def _changed(tree: Tree, record: e.Record, event: e.WorkflowChanged) -> Entries:
    where = f" from {event.ref}" if event.ref else ""
    return _line(record, (f"the workflow changed: {event.workflow.name}{where}", "warn"))


def _forked(tree: Tree, record: e.Record, event: e.Forked) -> Entries:
    return _line(record, (f"└ branch {event.branch} begins", "branch"))


def _restored(tree: Tree, record: e.Record, event: e.WorldRestored) -> Entries:
    return _line(record, (f"↶ the world was put back to {event.world[:12]}", "warn"))


def _diverged(tree: Tree, record: e.Record, event: e.Diverged) -> Entries:
    then, now = both(*values_of(event))
    was = f"{event.what}: {event.field} was {then}, is {now}"
    nexts = (tree[child].event for child in tree.children(record.id))
    accepted = any(isinstance(one, e.DivergenceAccepted) for one in nexts)
    sign: Span = ("≠ the replay met something else", "warn" if accepted else "error")
    return _line(record, sign, parts=(Part(was),))


def _accepted(tree: Tree, record: e.Record, event: e.DivergenceAccepted) -> Entries:
    return _line(record, ("↷ you accepted it", "warn"))


def _over(tree: Tree, record: e.Record, event: e.RunFinished) -> Entries:
    good = event.outcome == "completed"
    style = "ok" if good else "error"
    why = (Part(event.why, style),) if event.why else ()
    over: Span = (f"{DONE if good else BAD} the run is over: {event.outcome}", style)
    return _line(record, over, parts=why)


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
    e.ModelReplied: _replied,
    e.ModelFailed: _failed,
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
}
