"""What stands below the last record: what runs, what comes next, what is asked, what arrives."""

from __future__ import annotations

from tooltrace.core.decide.next_action import AwaitUser, RunTools, asks_model
from tooltrace.core.model.events import ModelFailed
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.edit.request_cost import edit_cost, pending_edit
from tooltrace.debugger.run.partial_reply import PartialBlock
from tooltrace.debugger.view import View
from tooltrace.tui.keys.said_keys import key_said, with_keys
from tooltrace.tui.rows.conversation.entry import Entry
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.conversation.reply_entries import arguments_part
from tooltrace.tui.rows.labels import DOUBT, NEXT, RUNS, SAID, happens_next, in_flight
from tooltrace.tui.rows.lines import Line, Span

__all__ = ["PENDING", "arriving_block", "cost_of", "pending"]

_ARRIVES = {"text": "…", "thinking": "thinking …", "input": "ƒ calling", "other": "…"}
_LAST_LINES, _LAST_CHARS = 12, 1500

PENDING = -1
"""The key of what stands below the last record."""


def cost_of(view: View) -> str:
    """What an edit costs that the next request reads; empty where nothing is lost."""
    if view.running or not asks_model(view.action) or not pending_edit(view.tree, view.head):
        return ""
    return str(edit_cost(view.tree, view.head))


def pending(view: View, cost: str = "") -> list[Entry]:
    """What stands below the last record: what runs, what comes next, or what is asked of you.

    ``cost`` is that of an edit which the next request reads.
    """
    s = view.snapshot
    if view.running:
        what = "n asks again now · p stops" if view.retry is not None else _running(s)
        return [_entry(s, (f"  {RUNS} {with_keys(what)}", "warn"))]
    said = view.stop.text if view.stop.kind in ("confirm", "divergence", "error") else ""
    below = (Part(said, "warn"),) if said else ()
    match view.action:
        case AwaitUser(why="finished"):
            return []
        case AwaitUser(why="unknown_outcome", text=text, call=ref):
            advice = Part(_unknown_outcome(), "dim")
            line: Line = ((f"  {DOUBT} {text}", "warn"),)
            return [Entry(PENDING, s.at, line, (advice, *below), ref, wraps=True)]
        case AwaitUser(why="input") if view.replaying:
            return [_entry(s, (f"{NEXT} before {SAID}", "key"), parts=below)]
        case AwaitUser(why="model_failed" | "incomplete"):
            advice = Part(with_keys(_after_failure(view)), "dim")
            return [_entry(s, (f"{NEXT} waiting for you", "key"), parts=(advice, *below))]
        case AwaitUser(text=text):
            return [_entry(s, (f"{NEXT} waiting for you: ", "key"), (text, "strong"), parts=below)]
        case RunTools(levels=levels) as action:
            first, many = levels[0][0], len(levels[0]) > 1
            # Right below its own call, the arguments would only be there twice.
            seen = many or first.ref.reply == s.at
            parts = () if seen else arguments_part(first.arguments, 4)
            together: Line = ((" side by side", "dim"),) if many else ()
            name = (happens_next(action, s), "tool")
            heading: Line = ((f"  {NEXT} before ", "key"), name, *together)
            return [Entry(PENDING, s.at, heading, (*parts, *below), first.ref, wraps=True)]
        case action:
            lost = (Part(cost, "warn"),) if cost else ()
            what = f"{NEXT} before {happens_next(action, s)}"
            return [_entry(s, (what, "key"), parts=(*lost, *below))]


def arriving_block(index: int, block: PartialBlock) -> Entry:
    """A block that is not complete: its end is what is new, so that is what is shown."""
    heading: Line = (
        ("assistant ", "assistant") if block.kind == "text" else ("  ", ""),
        (_ARRIVES.get(block.kind, block.kind), "dim"),
        (f" {block.name}" if block.kind in ("input", "other") else "", "tool"),
        (f" · {block.size:,} characters", "dim"),
    )
    cut = "… " if block.size > len(block.tail) else ""
    style = "result" if block.kind == "input" else "dim" if block.kind == "thinking" else "text"
    lines = (cut + block.tail).split("\n")[-_LAST_LINES:]
    text = "\n".join(lines)[-_LAST_CHARS:]
    parts = (Part(text, style, most=_LAST_LINES),) if text else ()
    return Entry(PENDING - 1 - index, 0, heading, parts, selectable=False)


def _entry(s: Snapshot, *heading: Span, parts: tuple[Part, ...] = ()) -> Entry:
    return Entry(PENDING, s.at, heading, parts, wraps=True)


def _unknown_outcome() -> str:
    typed, again, back = map(key_said, "SRN")
    return f"{typed}: type its result · {again}: make it again · {back}: go back"


def _after_failure(view: View) -> str:
    event = view.tree[view.head].event
    match event.status if isinstance(event, ModelFailed) else None:
        case 401 | 403:
            return "check the API key in ANTHROPIC_API_KEY · then n asks again"
        case 400 | 404 | 413 | 422:
            return "the request was refused: N goes back, e edits what is in it · n asks again"
        case _:
            return "n asks again · N goes back"


def _running(s: Snapshot) -> str:
    calls = in_flight(s)
    if calls:
        return f"running {calls} · esc esc gives it up"
    return "asking the model · esc esc cuts it off" if s.awaiting_model else "running"
