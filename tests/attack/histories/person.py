"""Somebody at the debugger who does anything in any order, each thing chosen by a number.

What is done depends on where one stands and on that number alone, so that a history can be made
shorter by leaving numbers out.
"""

from __future__ import annotations

import threading
from copy import deepcopy
from random import Random
from typing import Any

from tests.debugger.sitting import Sitting
from tests.events import event_of
from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import calls
from tooltrace.debugger.edit.preview import calls_ahead
from tooltrace.debugger.faults.faults import faults_at
from tooltrace.debugger.stop import Stop

__all__ = ["Chosen", "Person", "strike_at"]

COMMANDS = {
    "step": 22,
    "go": 12,
    "turn": 4,
    "back": 10,
    "goto": 7,
    "switch": 4,
    "edit_result": 7,
    "edit_arguments": 7,
    "edit_reply": 6,
    "edit_context": 2,
    "edit_said": 1,
    "edit_request": 6,
    "fork": 3,
    "fork_allowed": 4,
    "retry": 4,
    "force": 2,
    "say": 3,
    "stub": 3,
    "inject": 3,
    "undo": 4,
    "redo": 2,
    "replay": 6,
    "live_from_here": 1,
    "resample": 1,
    "take_sample": 1,
    "go_past": 1,
    "reopen": 3,
    "kill": 2,
    "strike": 3,
}
NAMES = tuple(COMMANDS)
WEIGHTS = tuple(COMMANDS.values())
Chosen = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A command of the debugger with its arguments; or one of ``reopen``, ``kill``, ``strike``."""


class Person:
    """Chooses the next command over a sitting; one who never says yes is never asked in vain."""

    def __init__(self, *, says_yes: bool = True) -> None:
        self._says_yes = says_yes

    def choose(self, s: Sitting, stop: Stop | None, number: int) -> Chosen | None:
        """The command that the number stands for here; None where there is none."""
        random = Random(number)
        if stop is not None and (answer := self._answer(s, stop, random)) is not None:
            return answer
        name = random.choices(NAMES, WEIGHTS)[0]
        chosen: Chosen | None = getattr(self, f"_{name}")(s, random)
        return chosen

    def _answer(self, s: Sitting, stop: Stop, random: Random) -> Chosen | None:
        """What the last stop asks for, more often than not."""
        luck = random.random()
        if stop.kind == "confirm" and luck < 0.65 and self._says_yes:
            return "confirm", (), {}
        if stop.kind == "confirm" and stop.world is not None and luck < 0.8:
            return "keep_world", (), {}
        if stop.kind == "divergence" and s.view.acceptable and luck < 0.5:
            return "replay.accept", (), {}
        if stop.kind == "divergence" and luck < 0.75:
            return "replay.live_from_here", (), {}
        if stop.kind == "await" and luck < 0.5:
            return self._stub(s, random) or self._say(s, random)
        if stop.kind in ("limit", "stuck") and luck < 0.4:
            return "go_past", (), {}
        return None

    # -- each command -------------------------------------------------------------------------

    def _step(self, s: Sitting, random: Random) -> Chosen:
        return "step", (), {}

    def _go(self, s: Sitting, random: Random) -> Chosen:
        return "go", (), {}

    def _turn(self, s: Sitting, random: Random) -> Chosen:
        return "turn", (), {}

    def _back(self, s: Sitting, random: Random) -> Chosen:
        return "back", (random.choice(["step", "step", "turn", "continue"]),), {}

    def _goto(self, s: Sitting, random: Random) -> Chosen:
        way = s.view.path if random.random() < 0.7 else tuple(s.session.tree.records)
        return "goto", (random.choice(way),), {}

    def _switch(self, s: Sitting, random: Random) -> Chosen:
        return "switch", (random.choice(s.view.branches).tip,), {}

    def _edit_result(self, s: Sitting, random: Random) -> Chosen | None:
        results = _on_way(s, e.ToolReturned)
        if not results:
            return None
        record = random.choice(results)
        content = _other(event_of(record, e.ToolReturned).content, random)
        return "edit.result", (record.id, content, random.random() < 0.15), {}

    def _edit_arguments(self, s: Sitting, random: Random) -> Chosen | None:
        replies = [r for r in _on_way(s, e.ModelReplied) if _uses(r)]
        if not replies:
            return None
        record = random.choice(replies)
        index = random.randrange(len(_uses(record)))
        arguments = _other(_uses(record)[index].get("input"), random)
        if not isinstance(arguments, dict):
            return None
        return "edit.arguments", (e.CallRef(record.id, index), arguments), {}

    def _edit_reply(self, s: Sitting, random: Random) -> Chosen | None:
        replies = _on_way(s, e.ModelReplied)
        if not replies:
            return None
        record = random.choice(replies)
        reply = deepcopy(event_of(record, e.ModelReplied).reply)
        _change_reply(reply, s, random)
        return "edit.reply", (record.id, reply), {}

    def _edit_context(self, s: Sitting, random: Random) -> Chosen | None:
        context = s.snapshot.context
        if not context:
            return None
        key = random.choice(sorted(context))
        return "edit.context", (key, _other(context[key], random)), {}

    def _edit_said(self, s: Sitting, random: Random) -> Chosen | None:
        said = _on_way(s, e.UserSaid)
        return ("edit.said", (random.choice(said).id, "Something else."), {}) if said else None

    def _edit_request(self, s: Sitting, random: Random) -> Chosen | None:
        messages = [record for m in s.snapshot.messages for record in message_records(m)]
        tools = [tool.name for tool in s.snapshot.workflow.tools]
        said = [{"type": "text", "text": f"({random.randrange(3)})"}]
        match random.randrange(5):
            case 0:
                prompt = random.choice(["Be kind.", "Be brief.", None])
                return "edit.system", (prompt,), {}
            case 1 if tools:
                kinds: list[dict[str, Any]] = [{"description": "Else."}, {"schema": {}}, {}]
                told = random.choice(kinds)
                return "edit.tool", (random.choice(tools),), told
            case 2:
                return "edit.setting", ("effort", random.choice(["low", "high", None])), {}
            case 3 if messages:
                content = random.choice([said, said, None])
                return "edit.message", (random.choice(messages), content), {}
            case _:
                after = random.choice([0, *messages])
                return "edit.add_message", (after, random.choice(["user", "assistant"]), said), {}

    def _fork(self, s: Sitting, random: Random) -> Chosen:
        return "edit.fork", (), {}

    def _fork_allowed(self, s: Sitting, random: Random) -> Chosen:
        if not self._says_yes:
            return self._fork(s, random)
        ahead = [one.name for one in calls_ahead(s.session, "live") if one.plan == "blocked"]
        chosen = ahead if random.random() < 0.5 else [n for n in ahead if random.random() < 0.5]
        return "edit.fork", ("", chosen), {}

    def _retry(self, s: Sitting, random: Random) -> Chosen | None:
        calls = _on_way(s, e.ToolReturned, e.ToolStarted)
        return ("edit.retry", (random.choice(calls).id,), {}) if calls else None

    def _force(self, s: Sitting, random: Random) -> Chosen | None:
        states = s.snapshot.workflow.states
        return ("edit.force", (random.choice(states).name, "because"), {}) if states else None

    def _say(self, s: Sitting, random: Random) -> Chosen:
        return "edit.say", (random.choice(["Again.", "More, order 1001!"]),), {}

    def _stub(self, s: Sitting, random: Random) -> Chosen | None:
        for call in s.snapshot.calls:
            if call.status != "returned":
                content = random.choice([{"amount": 5}, "typed", None])
                return "edit.answer", (call.ref, content, random.random() < 0.2), {}
        return None

    def _inject(self, s: Sitting, random: Random) -> Chosen | None:
        found = faults_at(s.session.tree, s.snapshot)
        ids = [fault.id for fault in found if not fault.why and fault.id != "oversized"]
        return ("faults.inject", (random.choice(ids),), {}) if ids else None

    def _undo(self, s: Sitting, random: Random) -> Chosen:
        return "edit.undo", (), {}

    def _redo(self, s: Sitting, random: Random) -> Chosen:
        return "edit.redo", (), {}

    def _replay(self, s: Sitting, random: Random) -> Chosen:
        answers = random.choice(["recorded", "live tools", "live tools", "live model"])
        from_start = random.random() < 0.5
        allowed: frozenset[str] = frozenset()
        if answers == "live tools" and random.random() < 0.5 and self._says_yes:
            head = s.session.path[0] if from_start else None
            ahead = calls_ahead(s.session, "live tools", head)
            allowed = frozenset(one.name for one in ahead if one.plan == "blocked")
        return "replay.start", (from_start, answers, allowed), {}

    def _resample(self, s: Sitting, random: Random) -> Chosen:
        return "samples.ask", (2,), {}

    def _take_sample(self, s: Sitting, random: Random) -> Chosen | None:
        return ("samples.take", (1,), {}) if s.debugger.samples.found is not None else None

    def _live_from_here(self, s: Sitting, random: Random) -> Chosen:
        return "replay.live_from_here", (), {}

    def _go_past(self, s: Sitting, random: Random) -> Chosen:
        return "go_past", (), {}

    def _reopen(self, s: Sitting, random: Random) -> Chosen:
        return "reopen", (random.random() < 0.5,), {}

    def _kill(self, s: Sitting, random: Random) -> Chosen:
        return "kill", (), {}

    def _strike(self, s: Sitting, random: Random) -> Chosen:
        return "strike", (random.choice(["step", "go"]),), {}


def strike_at(s: Sitting) -> Any:
    """What a tool calls that is running when its process is killed: nothing more is saved."""

    def dead() -> None:
        s.journal.close()
        s.session.journal = None
        gone.set()

    def strike() -> None:
        s.debugger.pause()
        s.debugger._parts.loop.soon(dead)
        gone.wait(10)

    gone = threading.Event()
    return strike


def _on_way(s: Sitting, *kinds: type[e.Event]) -> list[e.Record]:
    records = (s.session.tree[record_id] for record_id in s.view.path)
    return [record for record in records if isinstance(record.event, kinds)]


def _uses(record: e.Record) -> list[dict[str, Any]]:
    event = record.event
    return calls(event.reply) if isinstance(event, e.ModelReplied) else []


def _other(value: Any, random: Random) -> Any:
    """Another value of much the same shape."""
    match value:
        case bool():
            return not value
        case int() | float():
            return random.choice([1, 2, 25, 77])
        case str():
            return random.choice([value, "1002", "other"])
        case dict() if value:
            key = random.choice(sorted(value))
            return {**value, key: _other(value[key], random)}
        case list() if value:
            return value[:-1] if random.random() < 0.5 else value + value[:1]
    return random.choice([{"amount": 25}, {"amount": 1}, "junk", None])


def _change_reply(reply: dict[str, Any], s: Sitting, random: Random) -> None:
    content = reply.setdefault("content", [])
    places = [i for i, block in enumerate(content) if block.get("type") == "tool_use"]
    match random.choice(["say", "add", "add", "remove", "swap", "tool"]):
        case "add":
            more = _some_call(s, random)
            if more is not None:
                where = random.choice([*places, len(content)])
                content.insert(where, {**more, "id": f"added_{len(content)}"})
        case "remove" if places:
            del content[random.choice(places)]
        case "swap" if len(places) > 1:
            one, other = random.sample(places, 2)
            content[one], content[other] = content[other], content[one]
        case "tool" if places:
            more = _some_call(s, random)
            place = random.choice(places)
            if more is not None:
                content[place] = {**more, "id": content[place]["id"]}
        case _:
            content.insert(0, {"type": "text", "text": "Well."})
    calls = any(block.get("type") == "tool_use" for block in content)
    reply["stop_reason"] = "tool_use" if calls else "end_turn"


def _some_call(s: Sitting, random: Random) -> dict[str, Any] | None:
    """A call that was made somewhere in this session, or one much like it."""
    records = s.session.tree.records.values()
    found = [use for record in records for use in _uses(record)]
    if not found:
        return None
    use = deepcopy(random.choice(found))
    if random.random() < 0.5 and isinstance(use.get("input"), dict):
        use["input"] = _other(use["input"], random)
    return use
