"""When an action is possible: each says in one sentence why it is not now, or None when it is.

They stand in the rows of the registry. The key bar dims by them, and a pressed key says them. Pure.
"""

from __future__ import annotations

from tooltrace.core.decide.next_action import AwaitUser, CallModel, RunTools, asks_model
from tooltrace.core.model.events import ToolReturned, ToolStarted
from tooltrace.debugger.faults.faults import why_none
from tooltrace.debugger.session.recorded_ref import BY_HAND, open_with
from tooltrace.debugger.view import View

__all__ = [
    "always",
    "busy",
    "call_to_make",
    "can_change",
    "can_compare",
    "can_edit_request",
    "can_force",
    "can_fork",
    "can_go_back",
    "can_go_on",
    "can_go_past",
    "can_inject",
    "can_inspect",
    "can_redo",
    "can_resample",
    "can_retry",
    "can_say",
    "can_step",
    "can_step_in",
    "can_stub",
    "can_undo",
    "has_bookmarks",
    "idle",
    "on_anything",
    "on_call",
    "on_record",
]

_SHORTLY = 64
"""Records before where one stands within which a failed call is what one means."""

NOTHING_TO_UNDO = (
    "there is nothing to undo; names, pruning and bookmarks are changed back where they were made"
)


def always(view: View) -> str | None:
    """Whatever there is."""
    return None


def on_anything(view: View, record: int | None) -> str | None:
    """Whatever is selected."""
    return None


def on_record(view: View, record: int | None) -> str | None:
    """A record is selected."""
    return None if record is not None else "put the cursor on a record to go there"


def on_call(view: View, record: int | None) -> str | None:
    """A call that was made is selected, or one has failed shortly before."""
    if call_to_make(view, record) is not None:
        return None
    if record is None or record not in view.tree.records:
        return "select a call to make again"
    return f"#{record} is no call that was made: select one that was"


def call_to_make(view: View, record: int | None) -> int | None:
    """The selected call; where none is selected, the last that failed before where one stands."""
    records = view.tree.records
    here = None if record is None else records.get(record)
    if here is not None and isinstance(here.event, ToolReturned | ToolStarted):
        return record
    last = len(view.path) if view.at_tip else view.path.index(view.head) + 1
    for at in reversed(view.path[max(0, last - _SHORTLY) : last]):
        event = records[at].event
        if isinstance(event, ToolReturned) and event.is_error:
            return at
    return None


def idle(view: View) -> str | None:
    """Nothing runs."""
    return "running: pause first (p), or give up the call (esc esc)" if view.running else None


def busy(view: View) -> str | None:
    """Something runs."""
    return None if view.running else "nothing is running"


def can_change(view: View) -> str | None:
    """Nothing runs, and the session is written here."""
    return idle(view) or view.read_only


def can_step(view: View) -> str | None:
    """There is a step to make; asking the model again is one, also while that is waited for."""
    if view.retry is not None:
        return None
    match view.action:
        case AwaitUser(why="model_failed" | "incomplete") if view.live:
            return _may_run(view)
        case _:
            return can_go_on(view)


def can_go_on(view: View) -> str | None:
    """There is something ahead, recorded or not."""
    why = _may_run(view)
    if why or not view.at_tip or view.replaying:
        return why
    match view.action:
        case AwaitUser(why="model_failed" | "incomplete", text=text):
            return f"{text} · n asks the model again"
        case AwaitUser(why="finished", text=text):
            return f"{text} · N goes back, F forks, r replays"
        case AwaitUser(text=text):
            return text
        case CallModel() | RunTools() if not view.live:
            return f"nothing can run: {_open_with(view)}, {BY_HAND} (S types a result)"
        case _:
            return None


def _may_run(view: View) -> str | None:
    return can_change(view) if view.at_tip else idle(view)


def _open_with(view: View) -> str:
    return open_with(view.tree, view.snapshot.run)


def can_step_in(view: View) -> str | None:
    """Never yet: a workflow has no agents within it."""
    return "there is no nested agent here"


def can_go_back(view: View) -> str | None:
    """There is something before the head."""
    return idle(view) or ("this is the start" if view.head == view.path[0] else None)


def can_force(view: View) -> str | None:
    """The workflow has states, and a branch can begin here."""
    if (why := can_change(view)) is not None:
        return why
    return "this workflow has no states" if view.snapshot.state is None else can_fork(view)


def can_fork(view: View) -> str | None:
    """No call of the last reply is open, so that a branch can begin here."""
    if (why := can_change(view)) is not None or view.snapshot.settled:
        return why
    return "a call is still open here: step back before it, or answer it first (S)"


def can_edit_request(view: View) -> str | None:
    """Nothing is in flight, so that what is asked from here on can be changed."""
    return can_fork(view)


def can_stub(view: View) -> str | None:
    """A call is waiting for its result."""
    if (why := can_change(view)) is not None:
        return why
    return None if _open_calls(view) else "no call is waiting for a result here"


def can_say(view: View) -> str | None:
    """Every call has its result."""
    if (why := can_change(view)) is not None:
        return why
    return "a call is still open here: step, or type its result (S)" if _open_calls(view) else None


def _open_calls(view: View) -> bool:
    return any(call.status != "returned" for call in view.snapshot.calls)


def can_inject(view: View) -> str | None:
    """A call or a reply is next that can be made to go wrong."""
    return can_change(view) or why_none(view.action)


def can_inspect(view: View) -> str | None:
    """The model was asked on this branch, or is asked next."""
    asked = bool(view.snapshot.digest) or asks_model(view.action) or not view.at_tip
    return None if asked else "the model is not asked before this: n goes on"


def can_retry(view: View) -> str | None:
    """There is code to run."""
    if (why := can_change(view)) is not None:
        return why
    return None if view.live else f"nothing can run: {_open_with(view)}"


def can_resample(view: View) -> str | None:
    """The model is asked next, and there is one."""
    if (why := can_change(view)) is not None:
        return why
    if not view.live:
        return f"nothing can be asked: {_open_with(view)}"
    here = asks_model(view.action)
    return None if here else "the model is not asked next here: n or N to before a reply"


def can_go_past(view: View) -> str | None:
    """The run stands at a limit or a stuck verdict."""
    if (why := can_change(view)) is not None:
        return why
    return None if view.stop.kind in ("limit", "stuck") else "there is no limit to go past"


def can_undo(view: View) -> str | None:
    """There is a change to undo."""
    return idle(view) or (None if view.can_undo else NOTHING_TO_UNDO)


def can_redo(view: View) -> str | None:
    """Something was undone."""
    return idle(view) or (None if view.can_redo else "there is nothing to redo")


def has_bookmarks(view: View) -> str | None:
    """There is a bookmark to go to."""
    return idle(view) or (None if view.bookmarks else "there is no bookmark yet: m sets one")


def can_compare(view: View) -> str | None:
    """There are two branches."""
    if (why := idle(view)) is not None or len(view.branches) > 1:
        return why
    return "there is only one branch: F begins another, and so does an edit"
