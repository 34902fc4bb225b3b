"""Views for tests: a session written with ``Given``, seen from any record of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from tests.core.given import AT, Given, call, reply
from tooltrace.core.decide.next_action import next_action
from tooltrace.core.fold.branches import in_view
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.workflow import (
    ContextField,
    StateSpec,
    ToolSpec,
    Transition,
    WorkflowSpec,
)
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View
from tooltrace.tui.rows.lines import Item, Line, plain

__all__ = [
    "AT",
    "HOSTILE",
    "REFUND",
    "Given",
    "any_session",
    "call",
    "flat",
    "long_session",
    "reply",
    "see",
    "text_of",
    "to_credit",
    "widest",
]

HOSTILE = (
    "\x1b[2J\x1b]52;c;aGk=\x07 [@click=app.quit]x[/] [/] \u202egnp.exe \ud800 \x00\u2028"
    "\r\n👩‍👩‍👧 漢字\t" + "w" * 300
)

_STATES = [
    StateSpec("pending", ("fetch_order",)),
    StateSpec("validating", ("check_policy",)),
    StateSpec("crediting", ("process_credit",)),
    StateSpec("emailing", ("send_email",)),
    StateSpec("complete", terminal=True),
    StateSpec("failed", terminal=True, failure=True),
]
REFUND = WorkflowSpec(
    "refund",
    description="Refund an order when the policy allows it.",
    tools=(
        ToolSpec("fetch_order", read_only=True),
        ToolSpec("check_policy", read_only=True),
        ToolSpec("process_credit", critical=True),
        ToolSpec("send_email", idempotent=True),
    ),
    states=tuple(_STATES),
    initial="pending",
    rows=(
        Transition(("fetch_order",), "pending", "validating", save={"order": "result"}),
        Transition(("fetch_order",), "pending", "failed", error=True),
        Transition(("check_policy",), "validating", "failed", "not result.eligible"),
        Transition(("check_policy",), "validating", "crediting", "result.eligible"),
        Transition(("process_credit",), "crediting", "emailing"),
        Transition(("send_email",), "emailing", "complete"),
    ),
    context=(ContextField("order"), ContextField("eligible", "bool")),
    critical_to="failed",
)


def to_credit() -> Given:
    """A refund up to the moment before the credit is processed."""
    given = Given(REFUND).user("Refund order 1001, the mug was broken.")
    given.replies(call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001", "total": 59.9, "status": "delivered"})
    given.moves("validating")
    given.replies(call("check_policy", order_id="1001")).returns("check_policy", {"eligible": True})
    given.moves("crediting")
    return given.replies(
        "The order is eligible. Crediting now.",
        call("process_credit", order_id="1001", amount=59.9),
    )


def see(given: Given, head: int | None = None, tip: int | None = None, **rest: Any) -> View:
    """What a front end sees of a session from ``head`` on the branch that ends at ``tip``."""
    tree = given.tree
    tip = tip if tip is not None else given.head
    assert tip is not None
    way = tuple(record.id for record in tree.path(tip))
    snapshot = tree.snapshot_at(tip if head is None else head)
    branches = tree.branches()
    fields: dict[str, Any] = {
        "tree": tree,
        "path": way,
        "head": tip if head is None else head,
        "snapshot": snapshot,
        "action": next_action(snapshot),
        "branch": (branch := tree.branch_of(tip)),
        "branches": branches,
        "shown": in_view(branches, branch.begin if branch else 0),
        "bookmarks": tree.bookmarks,
        "stop": Stop("step"),
        "running": False,
        "pausing": False,
        "replaying": False,
        "acceptable": False,
        "live": True,
        "retry": None,
        "saved": tree.last_id,
        "read_only": None,
        "points": (),
        "can_undo": False,
        "can_redo": False,
        "problems": (),
        "changes": 0,
    }
    return View(**{**fields, **rest})


def flat(items: Iterable[Item], width: int = 80) -> list[str]:
    """Items as the lines a person reads, in plain text."""
    return [plain(line).rstrip() for item in items for line in item.lines(width)]


def text_of(line: Line) -> str:
    """A line in plain text."""
    return plain(line)


def widest(lines: Iterable[Sequence[Any]]) -> int:
    """The cells of the widest line."""
    return max((sum(cell_len(text) for text, _ in line) for line in lines), default=0)


def long_session(steps: int) -> Given:
    """A session of so many turns with one call each: five records a turn."""
    rows = (
        Transition(("look",), "even", "odd", save={"seen": "result"}),
        Transition(("look",), "odd", "even", save={"seen": "result"}),
    )
    spec = WorkflowSpec(
        "long",
        tools=(ToolSpec("look", read_only=True),),
        states=(
            StateSpec("even", ("look",)),
            StateSpec("odd", ("look",)),
            StateSpec("done", terminal=True),
        ),
        initial="even",
        rows=rows,
        context=(ContextField("seen"),),
        max_turns=steps + 1,
    )
    given = Given(spec)
    tree, at = given.tree, 1
    content = {"page": 1, "text": "x" * 800, "items": [{"name": f"n{i}", "n": i} for i in range(9)]}
    for turn in range(steps):
        asked = reply(f"Looking at page {turn} of the long, long book.", call("look", page=turn))
        for event in (
            e.ModelCalled("d" * 32, f"[workflow]\nstate: even\nfinished: look\nnext: look {turn}"),
            e.ModelReplied(asked, 12.0),
            e.ToolStarted(e.CallRef(at + 2, 0), "look", "k"),
            e.ToolReturned(e.CallRef(at + 2, 0), content, ms=3.0),
            e.Transitioned("odd" if turn % 2 == 0 else "even", turn % 2, at + 4),
        ):
            tree.add(e.Record(at + 1, at, AT, "live", event))
            at += 1
    given.head = at
    return given


_SOURCE = {"type": "base64", "media_type": HOSTILE, "data": "iVBORw0KGgo="}
_BLOCKS = st.sampled_from(
    [
        {"type": "text", "text": HOSTILE},
        {"type": "image", "source": _SOURCE},
        {"type": "image", "source": {**_SOURCE, "data": HOSTILE}},
        {"type": "image", "source": {"type": "url", "url": HOSTILE}},
        {"type": "document", "title": HOSTILE, "source": {"type": "text", "data": HOSTILE}},
        {"type": "search_result", "title": HOSTILE, "source": HOSTILE},
        {"type": "image"},
        {"type": HOSTILE},
    ]
)


def _any_events() -> st.SearchStrategy[e.Event]:
    # Of a reply only how many replies ago it was is drawn here: 1 is the last one.
    ref = st.builds(e.CallRef, st.integers(1, 2), st.integers(-1, 2))
    text = st.sampled_from(["", "ok", HOSTILE, "a\nb\nc"])
    value: st.SearchStrategy[object] = st.sampled_from(
        [None, True, 2**70, 1.5, "", HOSTILE, [], [{"k": HOSTILE}], {"a": {}}]
    )
    blocks = st.sampled_from(
        [
            {"type": "text", "text": HOSTILE},
            {"type": "text"},
            {"type": "thinking", "thinking": "hm " * 90},
            {"type": "tool_use", "name": "fetch_order", "id": "x", "input": {"order_id": HOSTILE}},
            {"type": "tool_use", "name": HOSTILE, "input": 7},
            {"type": "tool_use", "name": 3},
            {"type": "no such block"},
            "not even a block",
        ]
    )
    stops = st.sampled_from(["end_turn", "tool_use", "max_tokens", "refusal", None, 5, HOSTILE])
    content = st.one_of(st.lists(blocks, max_size=4), st.none(), st.just(HOSTILE))
    usage = st.sampled_from([None, 3, {"input_tokens": 5, "output_tokens": -1}])
    body = st.fixed_dictionaries({"content": content, "stop_reason": stops, "usage": usage})
    number = st.integers(-2, 40)
    said = st.lists(_BLOCKS, max_size=4)
    return st.one_of(
        st.builds(e.UserSaid, text),
        st.builds(e.UserSaid, text, said),
        st.builds(e.ToolReturned, ref, said | value, st.booleans(), blocks=st.just(True)),
        st.builds(e.ModelCalled, st.just(""), st.none() | text),
        st.builds(e.ModelReplied, body),
        st.builds(e.ModelFailed, text, st.sampled_from([None, 401, 529]), raw=st.none() | text),
        st.builds(e.ToolStarted, ref, text, text),
        st.builds(
            e.ToolReturned,
            ref,
            value,
            st.booleans(),
            output=text,
            abandoned=st.booleans(),
            unkept=text,
        ),
        st.builds(
            e.Transitioned, text | st.just("crediting"), st.none() | number, st.none() | number
        ),
        st.builds(e.ContextEdited, text, value),
        st.builds(e.WentOn, st.just("stuck"), number),
        st.builds(e.WorkflowChanged, st.sampled_from([REFUND, WorkflowSpec(HOSTILE)])),
        st.builds(e.Forked, text),
        st.builds(e.WorldRestored, text),
        st.builds(e.RunFinished, st.sampled_from(["completed", "failed"]), text),
        st.builds(e.RunStarted, st.sampled_from([REFUND, WorkflowSpec("free")])),
        st.builds(e.Unknown, text, value, text),
        st.builds(c.ClientAttached, st.lists(text), text),
        st.builds(c.RequestCame, st.just("chat"), text, text, number, number),
        st.builds(c.RequestSent, text),
        st.builds(c.ReplyDelivered, number),
        st.builds(c.ClientLeft, text),
        st.builds(c.ClientEnded, number),
    )


_EVENTS = _any_events()
_SOURCES = st.sampled_from(["live", "recorded", "edited", "forced", "scripted", "client"])
_FACTS = st.lists(st.tuples(_EVENTS, _SOURCES, st.integers(0, 5), st.integers(1, 40)), max_size=30)
_SPECS = st.sampled_from([REFUND, WorkflowSpec("free", description=HOSTILE)])


def any_session() -> st.SearchStrategy[Given]:
    """A session in which anything may follow anything, on several branches."""
    return st.builds(_session, _SPECS, _FACTS)


def _session(spec: WorkflowSpec, facts: list[tuple[e.Event, Any, int, int]]) -> Given:
    given, replies = Given(spec), [1, 1]
    for event, source, chance, place in facts:
        if chance == 0:
            given.back_to(min(place, given.tree.last_id))
        if isinstance(event, e.ToolStarted | e.ToolReturned):
            event = replace(event, call=e.CallRef(replies[-event.call.reply], event.call.index))
        given.append(event, source)
        if isinstance(event, e.ModelReplied):
            replies.append(given.tree.last_id)
    return given
