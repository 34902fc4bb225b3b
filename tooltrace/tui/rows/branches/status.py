"""The status line: what the debugger is doing, why it stands still, and which key goes on.

The word for the mode is never cut; everything else gives way to it, the least important first.
"""

from __future__ import annotations

import math

from msgspec import Struct

from tooltrace.core.decide.next_action import AwaitUser
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model.call_labels import name_among
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.keys.said_keys import key_said, with_keys
from tooltrace.tui.rows import labels
from tooltrace.tui.rows.columns import cells_of
from tooltrace.tui.rows.lines import Line, Span, fit

__all__ = ["Key", "Mode", "mode", "status_line"]


class Key(Struct, frozen=True):
    """A key to press next, and what it does."""

    key: str
    does: str


class Mode(Struct, frozen=True):
    """The word for what is going on, a sentence about it, and the keys that go on from there."""

    word: str
    style: str
    text: str = ""
    keys: tuple[Key, ...] = ()


_NAME = 24
_NARROW = 4
"""The first of the pieces of where one stands that a narrow screen has room for."""
_BETWEEN = " · "
"""What stands between two pieces."""
_STANDING, _GOING = 24, 80
"""Cells for where one stands on a narrow screen, and for what is going on on a wide one."""
_BACK = Key("N", "back")
_KEYS = {
    "start": (Key("n", "forward"),),
    "recorded": (Key("n", "along the recording"), Key("F", "fork")),
    "end": (Key("n", "goes on live"), _BACK, Key("F", "fork")),
    "ended": (_BACK, Key("F", "fork"), Key("r", "replay")),
    "limit": (Key("G", "goes past"), Key("e", "edits"), _BACK),
    "stuck": (Key("G", "goes past"), Key("e", "edits"), _BACK),
    "confirm": (Key("n", "asks again"), Key("S", "type its result"), _BACK),
    "world": (Key("n", "asks again"), _BACK),
    "divergence": (Key("v", "branches"), Key("u", "leave the replay")),
    "diverged": (Key("n", "how to go on"), _BACK),
    "no_code": (_BACK, Key("q", "leave")),
    "error": (_BACK,),
    "await": (Key("i", "say something"), Key("T", "force"), _BACK),
    "model_failed": (Key("n", "asks again"), Key("e", "write it"), _BACK),
    "unknown_outcome": (Key("S", "type its result"), Key("R", "make it again"), _BACK),
    "guard": (Key("T", "force"), Key("e", "edit"), _BACK),
}


def mode(view: View, elapsed: float | None = None, wait: float | None = None) -> Mode:
    """What is going on.

    ``elapsed`` is how long it has been running, ``wait`` how long until the model is asked again,
    both in seconds.
    """
    if view.running:
        return _running(view, elapsed, wait)
    stop = view.stop
    match stop.kind:
        case "limit":
            return Mode("LIMIT", "warn", stop.text, _KEYS["limit"])
        case "stuck":
            return Mode("STUCK", "warn", stop.text, _KEYS["stuck"])
        case "confirm":
            return _asking(stop, view)
        case "thinking":
            return Mode("CONFIRM", "warn", stop.text, _KEYS["world"])
        case "divergence":
            return Mode("DIVERGED", "error", stop.text, _KEYS["divergence"])
        case "no_code" | "error" as kind:
            word = "ERROR" if kind == "error" else "RECORDED"
            return Mode(word, "error" if kind == "error" else "recorded", stop.text, _KEYS[kind])
        case "start" | "end" as kind if kind == "start" or view.snapshot.outcome is None:
            keys = _KEYS["no_code"] if kind == "end" and not view.live else _KEYS[kind]
            return Mode("PAUSED", "head", stop.text, keys)
        case _:
            return _standing(view)


def _running(view: View, elapsed: float | None, wait: float | None) -> Mode:
    retry = view.retry
    if retry is not None:
        when = "" if wait is None else f" in {math.ceil(wait)} s"
        text = f"attempt {retry.attempt}/{retry.most}{when}: {retry.why}"
        return Mode("RETRYING", "warn", text, (Key("n", "now"), Key("p", "stop")))
    word = "PAUSING" if view.pausing else "REPLAYING" if view.replaying else "RUNNING"
    took = "" if elapsed is None else labels.duration(elapsed * 1000)
    if view.doing:
        finish = () if view.pausing else (Key("p", "send no more"),)
        return Mode(word, "live", f"{view.doing} · {took}", (*finish, Key("esc esc", "cut it off")))
    if view.snapshot.awaiting_model and view.live:
        text = f"{'after this reply · ' if view.pausing else ''}{took}"
        finish = () if view.pausing else (Key("p", "pause after it"),)
        return Mode(word, "live", text, (*finish, Key("esc esc", "cut it off")))
    return Mode(word, "live", took, (Key("esc esc" if view.pausing else "p", "stop"),))


def _asking(stop: Stop, view: View) -> Mode:
    if stop.world is not None:
        text = stop.text if stop.lost else f"{stop.text}: put it back?"
        return Mode("CONFIRM", "warn", text, _KEYS["world"])
    if stop.warnings:
        calls = view.snapshot.calls
        ran = ", ".join(
            f"{name_among(warning.call, calls)} ran already ({warning.times}×)"
            for warning in stop.warnings
        )
        return Mode("CONFIRM", "warn", ran, _KEYS["confirm"])
    return Mode("CONFIRM", "warn", stop.text, _KEYS["confirm"])


def _standing(view: View) -> Mode:
    s, stop = view.snapshot, view.stop
    if s.outcome is not None:
        good = s.outcome == "completed"
        word = "DONE" if good else s.outcome.upper()
        why = "; ".join(filter(None, (s.why, labels.accepted_words(s.accepted))))
        return Mode(word, "ok" if good else "error", why, _KEYS["ended"])
    if s.diverged is not None and isinstance(view.action, AwaitUser):
        here = view.at_tip and not view.read_only
        return Mode(
            "DIVERGED", "error", view.action.text, _KEYS["diverged" if here else "recorded"]
        )
    hit = f"{stop.text} · " if stop.kind == "breakpoint" else ""
    if not view.at_tip:
        next_up = "" if isinstance(view.action, AwaitUser) else labels.happens_next(view.action, s)
        text = f"{hit}before {next_up}" if next_up else f"{hit}in the recording"
        return Mode("PAUSED", "head", text, _KEYS["recorded"])
    match view.action:
        case AwaitUser(why="input") if view.replaying:
            return Mode("PAUSED", "head", f"before {labels.SAID}", (Key("n", "replays it"),))
        case AwaitUser(why="input", text=text):
            return Mode("PAUSED", "head", f"waiting for you: {text}", _KEYS["await"])
        case AwaitUser(why="incomplete" | "odd", text=text):
            return Mode("PAUSED", "head", text, _KEYS["model_failed"])
        case AwaitUser(why=why, text=text):
            return Mode("PAUSED", "head", text, _KEYS.get(why, ()))
        case action:
            return Mode("PAUSED", "head", f"{hit}before {labels.happens_next(action, s)}")


class _Piece(Struct, frozen=True):
    """A part of the line: a higher ``gives`` goes sooner, whole or cut down to ``least`` cells."""

    span: Span
    gives: int
    least: int = 0


def status_line(
    view: View,
    steps: Steps,
    width: int,
    file: str = "",
    elapsed: float | None = None,
    wait: float | None = None,
) -> Line:
    """One line of at most ``width`` cells. ``file`` is the session's name, as people know it.

    Where one stands comes first, in columns that are the same at every step of a branch.
    """
    steps.update(view.tree, view.path)
    now = mode(view, elapsed, wait)
    changed = _changed(view)
    room = max(min(_STANDING, width * 3 // 8), width - _GOING)
    where = _where(view, steps, file, room)
    going = [
        _Piece((f"▌{now.word}", now.style), 0),
        _Piece((f" {with_keys(now.text)}" if now.text else "", "text"), 4, 40),
        _Piece((" · replaying" if view.replaying and not view.running else "", "recorded"), 5),
    ]
    keys = [_Piece((f" · {changed}", "warn"), 2, 20)] if changed else []
    keys += [_Piece((f" · {key_said(key.key)} {key.does}", "key"), 3) for key in now.keys]
    return (*where, *_spread(going, keys, width - cells_of(where)))


def _changed(view: View) -> str:
    """That the workflow's files are not what was loaded, and the key that takes them."""
    files = view.changed_code
    if not files or view.running:
        return ""
    more = f" +{len(files) - 1}" if len(files) > 1 else ""
    return f"^r loads {fit(files[0], _NAME)}{more}: it changed"


def _where(view: View, steps: Steps, file: str, room: int) -> Line:
    """The session, the step and the branch, as wide as with steps of two digits at least."""
    s, total = view.snapshot, f"{steps.total:,}"
    step, widest = f"step {steps.step(view.head):,}", 2 * max(2, len(total)) + len("step /")
    if not view.at_tip or s.outcome is not None:  # Else nobody knows yet how many there will be.
        step += f"/{total}"
    wide = room > _STANDING
    pieces = [
        _Piece(("tooltrace  ", "title"), 9),
        _Piece((f"{fit(s.workflow.name, _NAME)} · ", "strong"), 6),
        _Piece((f"{fit(file, _NAME)} · " if file else "", "dim"), 7),
        _Piece((f"{fit(s.settings.model, _NAME)} · ", "dim"), 8),
        _Piece((step.ljust(widest), "text"), 2),
        _Piece((f" · {fit(view.branch.name, _NAME)}", "branch"), 5),
        _Piece((f" · read-only: {view.read_only}" if view.read_only else "", "warn"), 4, 20),
    ]
    # On a narrow screen what is going on has the room of what anybody knows who looks at it.
    pieces = pieces if wide else pieces[_NARROW : None if room >= _STANDING else -1]
    more = _NAME if view.read_only and room >= _STANDING else 0
    sizes = _sizes(pieces, room + more) if room >= widest else []
    shown = _cut(pieces, sizes) if sizes else []
    used = sum(sizes) + wide
    shown = [(text.rstrip() if text.startswith("step") else text, style) for text, style in shown]
    return (*shown, (" " * (used - cells_of(tuple(shown))), "")) if shown else ()


def _spread(begins: list[_Piece], ends: list[_Piece], width: int) -> Line:
    """The first at the left, the word at their head whole, and the others at the right."""
    pieces = [*begins, *ends]
    sizes = _sizes(pieces, width)
    shown = _cut(pieces, [min(sizes[0], width), *sizes[1:]])
    left, right = shown[: len(begins)], shown[len(begins) :]
    gap = max(0, width - cells_of(tuple(shown)) - (1 if sum(sizes) < width else 0))
    first = next((at for at, (text, _) in enumerate(right) if text), None)
    if gap and first is not None and right[first][0].startswith(_BETWEEN):
        text, style = right[first]
        right[first] = (" " * len(_BETWEEN) + text[len(_BETWEEN) :], style)
    return tuple(span for span in (*left, (" " * gap, ""), *right) if span[0])


def _cut(pieces: list[_Piece], sizes: list[int]) -> list[Span]:
    return [
        (fit(piece.span[0], size), piece.span[1]) for piece, size in zip(pieces, sizes, strict=True)
    ]


def _sizes(pieces: list[_Piece], width: int) -> list[int]:
    """How many cells each piece gets."""
    whole = [cells_of((_safe(piece.span),)) for piece in pieces]
    sizes = list(whole)
    order = sorted(range(len(pieces)), key=lambda at: (-pieces[at].gives, -at))
    for index in order:
        over = sum(sizes) - width
        if over > 0 and pieces[index].gives:
            least = min(sizes[index], pieces[index].least)
            sizes[index] = max(least, sizes[index] - over) if least else 0
    # What could not go on its own account is cut, and all but the word for the mode may go.
    for index in order:
        over = sum(sizes) - width
        if over > 0 and pieces[index].gives:
            sizes[index] = max(0, sizes[index] - over)
    _give_back(sizes, whole, order, width)
    return sizes


def _give_back(sizes: list[int], whole: list[int], order: list[int], width: int) -> None:
    """Use the room that whole pieces left when they went: for what was cut, then for what fits."""
    for index in reversed(order):
        if 0 < sizes[index] < whole[index]:
            sizes[index] += min(whole[index] - sizes[index], max(0, width - sum(sizes)))
    for index in reversed(order):
        if not sizes[index] and sum(sizes) + whole[index] <= width:
            sizes[index] = whole[index]


def _safe(span: Span) -> Span:
    return fit(span[0], 400), span[1]
