"""A tool call in sections: what it was given and gave, what that changed, where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tooltrace.core.compare.json_diff import MISSING, Missing
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import MEDIA_KINDS, content_text, placeholder
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.view import View
from tooltrace.tui.keys.said_keys import with_keys
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.inspector.effect_of import changed_facts
from tooltrace.tui.rows.inspector.facet import Facet, Fact
from tooltrace.tui.rows.inspector.origin_of import line_section, siblings_section, source_fact
from tooltrace.tui.rows.inspector.request_of import RequestOf, next_request
from tooltrace.tui.rows.inspector.rows import size_words
from tooltrace.tui.rows.inspector.siblings import SessionIndex
from tooltrace.tui.rows.lines import Line, Span
from tooltrace.tui.rows.selected import Selected

__all__ = ["call_sections", "request_section"]

_CHEAP = 1000
"""Records of a path up to which the request is made without being asked for."""


def call_sections(
    view: View, facts: CallFacts, index: SessionIndex, requests: RequestOf
) -> Iterator[Facet]:
    """All there is to know about a call of the current branch."""
    tree, about = view.tree, Selected(facts.record, facts.ref)
    yield _title(facts, about)
    asked = Selected(facts.ref.reply, facts.ref)
    size = size_words(facts.arguments)
    yield Facet("arguments", _heading("arguments", size), value=facts.arguments, about=asked)
    if facts.returned is not None:
        yield _result(facts, about)
    if facts.edited:
        yield _edited(tree, facts)
    if facts.error is not None:
        yield _error(facts, about)
    if facts.output:
        heading = _heading("printed while it ran", size_words(facts.output))
        yield Facet("output", heading, value=facts.output, about=about)
    yield _changes(view, facts, about)
    yield request_section(view, facts.record, facts.ref, requests)
    yield Facet("origin", _heading("where it came from"), _origin(tree, facts, index))
    if times := list(_times(tree, facts)):
        yield Facet("times", _heading("times"), times, about=about)
    if facts.returned is not None:
        others = index.beside(tree, facts.returned)
        if (section := siblings_section(tree, facts.returned, others)) is not None:
            yield section
    yield from line_section(tree[facts.record], about)


def _heading(name: str, more: str = "") -> Line:
    return ((name, "title"), (f"  {more}" if more else "", "dim"))


def _title(facts: CallFacts, about: Selected) -> Facet:
    effect, style = labels.effect_word(facts.effect)
    sign, look = labels.DONE, "ok"
    if facts.returned is None:
        sign, look = (labels.DOUBT, "warn") if facts.started else (labels.AHEAD, "dim")
    elif facts.is_error:
        sign, look = labels.BAD, "error"
    apart: Span = (f" {facts.apart}" if facts.apart else "", "arg")
    took = labels.duration(facts.ms) if facts.returned is not None else _open(facts)
    name = Fact(
        (
            (f"{sign} ", look),
            (facts.tool, "tool"),
            apart,
            (f"  {effect}", style),
            (f"  {facts.source or '–'}", facts.source or "dim"),
            (f"  {took}", "dim"),
            (f"  #{facts.record}", "dim"),
        ),
        facts.tool,
        indent=0,
    )
    facts_ = [name]
    if facts.abandoned:
        text = f"{labels.DOUBT} given up while it ran: it may still have acted"
        facts_.append(Fact(((text, "warn"),), indent=0))
    return Facet("title", (), facts_, about=about)


def _open(facts: CallFacts) -> str:
    return "no result yet" if facts.started is not None else "not made yet"


def _result(facts: CallFacts, about: Selected) -> Facet:
    heading = [("result", "title"), (f"  {size_words(facts.content)}", "dim")]
    if facts.source == "injected":
        heading.append(("  a fault: the tool was not called", "injected"))
    elif facts.source == "edited" and facts.started is None:
        heading.append(("  typed by a person (stub)", "edited"))
    style = "error" if facts.is_error else "text"
    if facts.blocks and isinstance(facts.content, list):
        media = list(_media(facts.content, facts))
        told: JsonValue | Missing = facts.told if len(media) < len(facts.content) else MISSING
        return Facet("result", tuple(heading), media, told, style, about)
    return Facet("result", tuple(heading), value=facts.content, style=style, about=about)


def _media(blocks: Sequence[JsonValue], facts: CallFacts) -> Iterator[Fact]:
    """A row for each picture or document, which a key opens."""
    for at, block in enumerate(blocks):
        if isinstance(block, dict) and block.get("type") in MEDIA_KINDS:
            about = Selected(facts.record, facts.ref, block=at)
            yield Fact(((placeholder(block), "block"),), about=about)


def _edited(tree: Tree, facts: CallFacts) -> Facet:
    """What the model reads since a person edited it where it stands."""
    record = tree.records.get(facts.edited)
    event = None if record is None else record.event
    by, about = f"{labels.TYPED} edited by #{facts.edited}", Selected(facts.edited)
    if not isinstance(event, e.MessageEdited) or event.content is None:
        told = f"{by}: the model does not read it any more"
        return Facet("edited", ((told, "edited"),), about=about)
    what = "result" if event.record == facts.returned else "reply"
    heading: Line = ((f"{by}: the {what} that the model reads", "edited"),)
    return Facet("edited", heading, value=content_text(event.content), about=about)


def _error(facts: CallFacts, about: Selected) -> Facet:
    error = facts.error
    assert error is not None
    told = Fact(((f"{error.type}: {error.message}", "error"),))
    trace: JsonValue | Missing = error.traceback or MISSING
    return Facet("error", _heading("error"), [told], trace, "dim", about)


def _changes(view: View, facts: CallFacts, about: Selected) -> Facet:
    """The result's own record, and the transitions that it caused."""
    if facts.returned is None:
        return Facet("changed", (), about=about)
    records = [facts.returned]
    place = view.path.index(facts.returned) if facts.returned in view.path else len(view.path)
    for number in view.path[place + 1 :]:
        match view.tree[number].event:
            case e.Transitioned(cause=cause) if cause == facts.returned:
                records.append(number)
            case e.ModelCalled() | e.UserSaid():
                break
            case _:
                pass
    found = changed_facts(view.tree, records)
    nothing = [Fact((("neither the state nor the context", "dim"),))]
    return Facet("changed", _heading("what it changed"), found or nothing, about=about)


def request_section(view: View, record: int, ref: e.CallRef | None, requests: RequestOf) -> Facet:
    """What the model was given of a record, in the request behind it."""
    tree, about = view.tree, Selected(record, ref)
    called = next_request(tree, view.path, record)
    if called is None:
        nothing = Fact((("no request was made behind it on this branch", "dim"),))
        return Facet("request", _heading("in the request"), [nothing], about=about)
    later = partial(_parts, tree, called, record, ref, requests)
    more: Line = (("  #", "dim"), (str(called), "dim"), (with_keys("  w shows all of it"), "dim"))
    heading = (*_heading("in the request"), *more)
    cheap = tree.depth(called) <= _CHEAP
    return Facet("request", heading, about=about, begins_open=cheap, later=later)


def _parts(
    tree: Tree, called: int, record: int, ref: e.CallRef | None, requests: RequestOf
) -> JsonValue:
    found = (
        requests.parts(tree, called, record)
        if ref is None
        else requests.of_call(tree, called, record, ref)
    )
    shown = {".".join(map(str, part.path)): _plain(part.content) for part in found}
    return shown or "it is not in the request"


def _plain(content: JsonValue) -> JsonValue:
    """A block with what stands for a picture or a document in its place."""
    match content:
        case {"type": "image" | "document"}:
            return placeholder(content)
        case {"type": "tool_result", "content": list(blocks)}:
            return {**content, "content": [_plain(block) for block in blocks]}
        case _:
            return content


def _origin(tree: Tree, facts: CallFacts, index: SessionIndex) -> list[Fact]:
    reply = facts.ref.reply
    model = tree.snapshot_at(reply).settings.model if reply in tree else "?"
    by = tree[reply].source if reply in tree else ""
    asked: Line = (
        ("asked for by the reply ", "text"),
        (f"#{reply}", "key"),
        (f" of {model}, call {facts.ref.index + 1} of it", "text"),
        (f" · {by}", by or "dim"),
    )
    found = [Fact(asked, goes=reply, about=Selected(reply))]
    if facts.state is not None:
        found.append(Fact((("in state ", "text"), (facts.state, "strong"))))
    if facts.returned is not None:
        found.append(source_fact(tree, tree[facts.returned]))
    ran = index.runs(facts.tool, facts.key)
    again = f"; this very call {ran.this_call}×" if facts.key else ""
    told = f"ran live {ran.this_tool}× in this session, on all branches{again}"
    found.append(Fact(((told, "dim"),)))
    if facts.key:
        found.append(Fact(((f"idempotency key {facts.key}", "dim"),), facts.key))
    return found


def _times(tree: Tree, facts: CallFacts) -> Iterator[Fact]:
    for record_id, what in ((facts.started, "went out"), (facts.returned, "came back")):
        if record_id is not None:
            line: Line = (
                (f"{what}  ", "dim"),
                (tree[record_id].at, "text"),
                (f"  #{record_id}", "dim"),
            )
            yield Fact(line, tree[record_id].at, record_id, Selected(record_id, facts.ref))
    if facts.returned is not None:
        yield Fact((("took  ", "dim"), (labels.duration(facts.ms), "text")), facts.ms)
