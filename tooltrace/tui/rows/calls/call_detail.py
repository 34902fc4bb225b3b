"""Everything about one call, as items to read: what a row of the tool calls pane opens into."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.events import Event, MessageEdited, ToolStarted
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.calls.call_facts import CallFacts
from tooltrace.tui.rows.conversation.block_entries import Sections, block_sections
from tooltrace.tui.rows.conversation.entry import Entry, Part
from tooltrace.tui.rows.lines import Line, Span
from tooltrace.tui.rows.values import readable

__all__ = ["Runs", "call_detail", "runs_of"]

Section = tuple[Line, tuple[Part, ...], int | None]


class Runs(Struct, frozen=True):
    """How often something really ran, on all branches of a session."""

    this_call: int
    this_tool: int


def runs_of(tree: Tree, facts: CallFacts) -> Runs:
    """Count the live starts of a call, by its key, and of its tool. Looks at every record."""
    key = facts.key.partition("-")[0]
    call = tool = 0
    # Copied at once, because the debugger's thread may add to the tree meanwhile.
    for record in list(tree.records.values()):
        event = record.event
        if isinstance(event, ToolStarted) and record.source == "live" and event.tool == facts.tool:
            tool += 1
            call += bool(key) and event.key.partition("-")[0] == key
    return Runs(call, tool)


def call_detail(facts: CallFacts, runs: Runs, edit: Event | None = None) -> list[Entry]:
    """The call, section by section; long values are folded until they are opened.

    ``edit`` is the event of the record that ``facts.edited`` names.
    """
    return [
        Entry(index, facts.record, heading, parts, facts.ref, block=block)
        for index, (heading, parts, block) in enumerate(_sections(facts, runs, edit))
    ]


def _sections(facts: CallFacts, runs: Runs, edit: Event | None) -> Iterator[Section]:
    yield _heading(facts), (), None
    yield _dim(_where(facts))
    if facts.transition:
        yield (("caused ", "dim"), (f"→ {facts.transition}", "state.done")), (), None
    if facts.abandoned:
        yield (
            ((f"{labels.DOUBT} given up while it ran: it may still have acted", "warn"),),
            (),
            None,
        )
    yield (("arguments", "title"),), (Part(facts.arguments, "arg", 20),), None
    if facts.returned is not None:
        typed, how = _made_up(facts)
        look = "error" if facts.is_error else "result"
        first, rest = _result(facts, Part(readable(facts.content), look, 20))
        yield (("result", "title"), (typed, how)), first, None
        yield from rest
    if facts.edited:
        yield _edited(facts, edit)
    if facts.error is not None:
        what = f"  {facts.error.type}: {facts.error.message}"
        parts = (Part(facts.error.traceback, "dim", 20),) if facts.error.traceback else ()
        yield (("error", "title"), (what, "error")), parts, None
    if facts.output:
        yield (("printed while it ran", "title"),), (Part(facts.output, "text", 20),), None
    again = f"; this very call {runs.this_call}×" if facts.key else ""
    yield _dim(f"ran live {runs.this_tool}× in this session, on all branches{again}")
    if facts.key:
        yield _dim(f"idempotency key {facts.key}")


def _result(facts: CallFacts, whole: Part) -> tuple[tuple[Part, ...], Sections]:
    return block_sections(facts.content, whole) if facts.blocks else ((whole,), [])


def _edited(facts: CallFacts, event: Event | None) -> Section:
    """What the model reads since a person edited it where it stands."""
    by = f"{labels.TYPED} edited by #{facts.edited}"
    if not isinstance(event, MessageEdited) or event.content is None:
        return ((f"{by}: the model does not read it any more", "edited"),), (), None
    about = "result" if event.record == facts.returned else "reply"
    text = content_text(event.content)
    return (
        ((f"{by}: the {about} that the model reads", "edited"),),
        (Part(text, "result", 20),),
        None,
    )


def _heading(facts: CallFacts) -> Line:
    effect, style = labels.effect_word(facts.effect)
    return (
        (f"{_sign(facts)} ", "error" if facts.is_error else "ok"),
        (facts.tool, "tool"),
        (f"  {effect}", style),
        (f"  {facts.source or '–'}", facts.source or "dim"),
        (f"  {labels.duration(facts.ms) if facts.returned else '–'}", "dim"),
    )


def _dim(text: str) -> Section:
    return ((text, "dim"),), (), None


def _sign(facts: CallFacts) -> str:
    if facts.returned is None:
        return labels.DOUBT if facts.started else labels.AHEAD
    return labels.BAD if facts.is_error else labels.DONE


def _made_up(facts: CallFacts) -> Span:
    if facts.source == "injected":
        return ("  a fault: the tool was not called", "injected")
    typed = facts.source == "edited" and facts.started is None
    return ("  typed by a person (stub)" if typed else "", "edited")


def _where(facts: CallFacts) -> str:
    parts = [f"step {facts.step}", f"turn {facts.turn}"]
    if facts.state is not None:
        parts.append(f"in {facts.state}")
    parts.append(f"call {facts.ref}")
    if facts.started is not None:
        parts.append(f"went out #{facts.started}")
    if facts.returned is not None:
        parts.append(f"came back #{facts.returned}")
    return " · ".join([*parts, facts.at])
