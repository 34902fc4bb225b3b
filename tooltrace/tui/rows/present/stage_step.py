"""The one thing of a step, for who sees it from the back of a room: what, with what, what came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tooltrace.core.caption.beats import Beat
from tooltrace.core.caption.named_parts import value_at
from tooltrace.core.decide.next_action import RunTools
from tooltrace.core.expressions.condition_check import paths_in
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.content_blocks import content_text
from tooltrace.core.model.reply import text
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.lines import Line, Span, tidy, wrap
from tooltrace.tui.rows.present.stage_edit import edited_lines
from tooltrace.tui.rows.values import brief

__all__ = ["step_lines", "telling"]

_KEY = 8
"""Cells before what a line says: ``given``, ``result``."""
_MOST = 400
_NOT_YET = "  not run here"
_RAN: Mapping[str, str] = {
    "live": "really ran",
    "scripted": "really ran",
    "recorded": "replayed, did not run",
    "edited": "written by a person, did not run",
    "injected": "made to go wrong, did not run",
    "imported": "as imported",
}


def step_lines(view: View, beat: Beat, width: int, rows: int) -> list[Line]:
    """At most ``rows`` lines of at most ``width`` cells about where one stands."""
    if view.running:
        lines: Iterable[Line] = [(("running: ", "dim"), (_runs(view), "strong"))]
    elif view.stop.kind == "confirm":
        lines = _asked(view.stop, width)
    elif view.stop.kind == "paused" and view.stop.text:
        lines = _waits(view, width)
    else:
        lines = _told(view, beat, width, rows)
    found = [tidy(line, width)[0] for line in lines]
    return found[:rows]


def _runs(view: View) -> str:
    return labels.runs_now(view.snapshot, view.action)


def _asked(stop: Stop, width: int) -> Iterator[Line]:
    yield (("asks a person first", "warn"),)
    for warning in stop.warnings[:2]:
        ran = f"{warning.times}×" if warning.times > 1 else "once"
        yield ((warning.call.tool, "tool"), (f" ran {ran}, on branch {warning.runs[0].branch}", ""))
        yield from _pairs("given", warning.call.arguments, width, 2)
    if not stop.warnings:
        yield from _wrapped(stop.text, width, 3)
        return
    yield (("not run again: only a yes would run it", "strong"),)
    yield (
        ("y", "key"),
        (" yes, run it again   ", "dim"),
        ("n", "key"),
        (" or ", "dim"),
        ("esc", "key"),
        (" no", "dim"),
    )


def _waits(view: View, width: int) -> Iterator[Line]:
    s, action = view.snapshot, view.action
    if not isinstance(action, RunTools):
        yield from _wrapped(view.stop.text, width, 3)
        return
    for call in action.levels[0][:2]:
        effect = labels.effect_word(s.workflow.effect(call.tool))
        yield ((call.tool, "tool"), ("  ", "text"), effect, (_NOT_YET, "dim"))
        yield from _pairs("given", call.arguments, width, 4 if len(action.levels[0]) == 1 else 1)
    yield (("waits for the presenter: space runs it", "warn"),)


def _told(view: View, beat: Beat, width: int, rows: int) -> Iterable[Line]:
    tree, s = view.tree, view.snapshot
    record = tree[beat.record]
    match record.event:
        case e.ToolReturned() if record.source == "edited":
            return edited_lines(tree, s, record, record.event, width)
        case e.ToolReturned():
            return _calls(tree, s, beat, width, rows)
        case e.Transitioned():
            return _moved(tree, s, record, record.event)
        case e.UserSaid():
            said = _wrapped(f"“{record.event.text}”", width, 4)
            return [(("the person asks", "user"),), *said]
        case e.RunFinished():
            return _ended(tree, s, record.event, beat, width)
        case e.ModelReplied() if s.calls:
            return _called(s, width)
        case e.ModelReplied():
            said = _wrapped(f"“{' '.join(text(record.event.reply))}”", width, 4)
            return [(("the model answers", "assistant"),), *said]
        case e.ModelFailed():
            return [
                (("no reply from the model", "error"),),
                *_wrapped(record.event.error, width, 4),
            ]
        case e.ContextEdited(key=key, value=value):
            head = (("a person changed the context", "edited"),)
            return [head, ((f"{key} ", "arg"), (brief(value, _MOST), "new"))]
        case e.Forked(branch=branch):
            return [
                (("a branch begins here: ", "branch"), (branch, "strong")),
                *_due(s, view, width),
            ]
        case e.WorldRestored():
            return [(("before the next call", "strong"),), *_due(s, view, width)]
        case e.RunStarted():
            return [((f"{s.workflow.name} begins", "strong"),)]
        case event:
            return [((event.name.replace("_", " "), "strong"),)]


def _called(s: Snapshot, width: int) -> Iterator[Line]:
    yield (("the model asks for", "assistant"),)
    for call in s.calls[:3]:
        effect = labels.effect_word(s.workflow.effect(call.tool))
        yield ((call.tool, "tool"), ("  ", "text"), effect, (_NOT_YET, "dim"))
        yield from _pairs("given", call.arguments, width, 4 if len(s.calls) == 1 else 1)


def _due(s: Snapshot, view: View, width: int) -> Iterator[Line]:
    """The calls that are next, if any are."""
    if isinstance(view.action, RunTools):
        yield (("next", "dim"),)
        for call in view.action.levels[0][:2]:
            effect = labels.effect_word(s.workflow.effect(call.tool))
            yield ((call.tool, "tool"), ("  ", "text"), effect, (_NOT_YET, "dim"))
            yield from _pairs("given", call.arguments, width, 1)


def _calls(tree: Tree, s: Snapshot, beat: Beat, width: int, rows: int) -> Iterator[Line]:
    calls = [call for call in s.calls if call.returned in beat.returned]
    if len(calls) > 1:
        yield ((f"{len(calls)} calls side by side", "tool"), _ran(tree, calls[0]))
        for call in calls:
            sign = (f"{labels.BAD} ", "error") if call.is_error else (f"{labels.DONE} ", "ok")
            yield (sign, (f"{call.tool}  ", "tool"), (_gave(call), "text"))
        return
    for call in calls:
        yield (
            (call.tool, "tool"),
            ("  ", "text"),
            labels.effect_word(s.workflow.effect(call.tool)),
            _ran(tree, call),
        )
        head, style = ("failed", "error") if call.is_error else ("result", "ok")
        came = list(_hung(head, style, _gave(call), width, rows - 2))
        reads = s.workflow.effect(call.tool) == "reads"
        most = 1 if reads else max(1, rows - 1 - min(len(came), 3))
        given = list(_pairs("given", call.arguments, width, most))
        yield from given
        yield from _hung(head, style, _gave(call), width, rows - 1 - len(given))


def _ran(tree: Tree, call: Call) -> Span:
    record = None if call.returned is None else tree[call.returned]
    if record is None:
        return ("", "")
    if call.started is None and record.source in ("live", "scripted"):
        return ("  was not run", "warn")
    return (f"  {_RAN.get(record.source, record.source)}", "dim")


def _gave(call: Call) -> str:
    content = content_text(call.content) if call.blocks else call.content
    return telling(content)


def telling(value: JsonValue) -> str:
    """A value on one line; of an object its numbers and truths first, as these decide."""
    if not isinstance(value, dict):
        return value if isinstance(value, str) else brief(value, _MOST)
    ranked = sorted(value.items(), key=lambda item: _rank(item[1]))
    return " · ".join(f"{key} {brief(item, 60)}" for key, item in ranked[:12])


def _rank(value: JsonValue) -> int:
    match value:
        case bool():
            return 0
        case int() | float():
            return 1
        case str():
            return 2
        case _:
            return 3


def _guard(tree: Tree, event: e.Transitioned, guard: str) -> str:
    """A guard and what it read of the result that it was tried on."""
    shown = " ".join(guard.split()).replace("result.", "")
    cause = tree[event.cause].event if event.cause is not None and event.cause in tree else None
    content = cause.content if isinstance(cause, e.ToolReturned) else None
    read = [
        f"{'.'.join(path[1:])} = {brief(value_at({'result': content}, path), 40)}"
        for path in paths_in(guard)
        if path[0] == "result" and len(path) > 1
    ]
    if [f"{shown} "] == [one.partition("=")[0] for one in read]:
        return read[0]
    return f"{shown}: {', '.join(read)}" if read else shown


def _moved(tree: Tree, s: Snapshot, record: e.Record, event: e.Transitioned) -> Iterator[Line]:
    before = s.visits[-2].state if len(s.visits) > 1 else ""
    forced = record.source == "forced"
    yield (("a person forces a state" if forced else "the workflow moves on", "title"),)
    if before == event.to:
        yield (("stays in ", "dim"), (event.to, "strong"))
    else:
        yield ((before, "state.done"), (" → ", "dim"), (event.to, "strong"))
    row = None if event.row is None else s.workflow.rows[event.row]
    if row is not None and row.when is not None:
        yield (("because ", "dim"), (_guard(tree, event, row.when), "arg"))
    elif event.reason:
        yield (("because ", "dim"), (event.reason, "arg"))
    elif row is not None and row.on and event.cause is not None:
        did = "failed" if row.error else "answered"
        yield (("because ", "dim"), (f"{' and '.join(row.on)} {did}", "arg"))


def _ended(tree: Tree, s: Snapshot, event: e.RunFinished, beat: Beat, width: int) -> Iterator[Line]:
    good = event.outcome == "completed"
    word = f"the run {'is complete' if good else f'ended: {event.outcome}'}"
    yield ((word, "ok" if good else "error"),)
    for record in tree.up(beat.record):
        if record.id < beat.first:
            break
        if isinstance(record.event, e.ModelReplied):
            yield (("the model answers", "assistant"),)
            yield from _wrapped(f"“{' '.join(text(record.event.reply))}”", width, 3)
            return
    if event.why:
        yield from _wrapped(event.why, width, 3)


def _in_order(content: JsonValue) -> str:
    if not isinstance(content, dict):
        return brief(content, _MOST)
    return " · ".join(f"{key} {brief(item, 60)}" for key, item in list(content.items())[:12])


def _pairs(head: str, content: JsonValue, width: int, most: int) -> Iterator[Line]:
    return _hung(head, "dim", _in_order(content), width, most, "arg")


def _hung(
    head: str, style: str, told: str, width: int, most: int, body: str = "result"
) -> Iterator[Line]:
    """A text in several lines behind its heading."""
    lines = wrap(told[: 4 * width * most], max(4, width - _KEY))
    for index, line in enumerate(lines[:most]):
        last = index == most - 1 and len(lines) > most
        shown = f"{line[: max(1, width - _KEY - 1)]}…" if last else line
        yield ((f"{'' if index else head:<{_KEY}}", style), (shown, body))


def _wrapped(told: str, width: int, most: int) -> list[Line]:
    lines = wrap(told[: 4 * width * most], width)
    return [((line, "strong"),) for line in lines[:most]]
