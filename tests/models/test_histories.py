"""Whatever was done to a session, what is sent next is valid, or is not sent and says why."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from tests.core.given import Given, call, workflow
from tests.core.nasty import SEEDS, Nasty
from tests.loopback.rules import complaint
from tooltrace.core.decide.next_action import (
    AwaitUser,
    CallModel,
    model_called,
    next_action,
    request_at,
)
from tooltrace.core.fold.fold import fold
from tooltrace.core.model import events as e
from tooltrace.core.model.messages import Results
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import Transition
from tooltrace.models.anthropic.request_body import body
from tooltrace.models.anthropic.request_check import problems
from tooltrace.models.request.turns import Placed

PLACES = st.sampled_from(["message", "beside", "system"])
FLOW = workflow(Transition(("a",), "one", "two"), Transition(("b",), "two", "done"))
FREE = workflow()
STOPS = ["pause_turn", "max_tokens", "refusal", "end_turn", None]


def asks(s: Snapshot) -> bool:
    """Whether a request is made here, or is when the person asks again."""
    action = next_action(s)
    again = isinstance(action, AwaitUser) and action.why in ("model_failed", "incomplete")
    return isinstance(action, CallModel) or again


def sent(s: Snapshot, place: Placed) -> dict[str, Any]:
    """The body of the request that is made here."""
    after = fold(s, e.Record(s.at + 1_000, s.at, "", "live", model_called(s)))
    return body(request_at(after), model="claude-sonnet-5-5", placement=place)


class Debugged:
    """A session as somebody might leave it: steps, stubs, edits, forks, crashes, what they say."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.given = Given(self.random.choice([FLOW, FREE])).user("Begin.")

    def grow(self, steps: int) -> Given:
        for _ in range(steps):
            self._step()
        return self.given

    def _step(self) -> None:
        given, r = self.given, self.random
        s = given.snapshot
        open_calls = [c for c in s.calls if c.status != "returned"]
        done = [x for x in given.tree.records.values() if isinstance(x.event, e.ToolReturned)]
        match r.choice(["go", "go", "go", "go", "back", "say", "edit", "fail", "force"]):
            case "go" if open_calls:
                self._call(r.choice(open_calls))
            case "go" if asks(s) or s.awaiting_model:
                self._reply()
            case "say":
                given.user(r.choice(["Go on.", "What?"]))
            case "back":
                given.back_to(r.randrange(2, given.tree.last_id + 1))
            case "edit" if done:
                old = r.choice(done)
                assert isinstance(old.event, e.ToolReturned) and old.parent is not None
                changed = e.ToolReturned(
                    old.event.call, r.choice(["", None, {"n": 1}]), r.random() < 0.5
                )
                given.back_to(old.parent).append(changed, "edited")
            case "fail" if asks(s):
                given.request_fails()
            case "force" if s.state is not None and s.settled:
                given.forces(r.choice(["one", "two", "done"]))
            case _:
                pass

    def _call(self, made: Any) -> None:
        given, r = self.given, self.random
        if made.status == "waiting" and r.random() < 0.7:
            given.append(e.ToolStarted(made.ref, made.tool))
        if r.random() < 0.8:
            content = r.choice(["ok", "", None, {"n": 1}, "\ud800"])
            given.append(e.ToolReturned(made.ref, content, r.random() < 0.3))

    def _reply(self) -> None:
        given, r = self.given, self.random
        # Ids repeat from turn to turn, as they do in recorded conversations.
        calls: list[Any] = [call(r.choice("abz"), f"id{n}", n=n) for n in range(r.randrange(4))]
        said = r.choice([[], ["Well."], [""]])
        thought: list[Any] = [{"type": "thinking", "thinking": "hm", "signature": "s"}]
        stop = r.choice(STOPS) if r.random() < 0.3 else ...
        if stop == "pause_turn":
            calls = [{"type": "server_tool_use", "id": "s", "name": "search", "input": {}}]
        given.replies(*thought, *said, *calls, stop=stop)


@settings(max_examples=60, deadline=None)
@given_any(SEEDS, PLACES)
def test_every_request_of_a_debugged_session_is_valid(seed: int, place: Placed) -> None:
    given = Debugged(seed).grow(25)
    for record_id in given.tree.records:
        s = given.tree.snapshot_at(record_id)
        if not asks(s):
            continue
        made = sent(s, place)
        assert problems(made) == []
        assert complaint(made, system_turns=True) is None


@settings(max_examples=40, deadline=None)
@given_any(SEEDS, PLACES)
def test_what_could_be_refused_is_not_sent_and_says_why(seed: int, place: Placed) -> None:
    tree = Nasty(seed).tree()
    for record_id in tree.records:
        s = tree.snapshot_at(record_id)
        made = sent(s, place) if asks(s) else None
        if made is None:
            continue
        for line in problems(made):
            assert line.startswith("message ")
            assert line.isprintable()


def test_a_call_that_a_crash_left_open_is_answered_in_our_name() -> None:
    given = Given(FREE).user("Go.").replies(call("a"), call("b")).returns("b", 1)
    given.starts("a").user("What happened?").asks()
    results = [m for m in given.snapshot.messages if isinstance(m, Results)]
    assert [(r.tool, r.is_error) for r in results[0].results] == [("a", True), ("b", False)]
    assert results[0].results[0].text.startswith("[tooltrace] this call was never answered")
    made = body(request_at(given.snapshot), model="m")
    assert problems(made) == []
    assert complaint(made, system_turns=True) is None
