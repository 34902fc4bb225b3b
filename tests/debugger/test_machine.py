"""Any history of commands a person can give, closing and being killed included, keeps seven laws.

- A session that is read back is the one in memory, record for record and snapshot for snapshot.
- The snapshot one stands on is the fold of the records before it.
- A step back and a step forward lead to where one was, and so do an undo and a redo.
- A tool that writes ran where it had run nowhere else past that point, or where a yes named it.
- A replay of the branch one is on comes to the snapshot that the branch came to.
- A branch's world holds what was written on its path, and nothing else.
- Every branch passes its own check.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.debugger.flows import Ran, bill, box, pair, till
from tests.debugger.sitting import Sitting, clock
from tests.events import event_of
from tests.examples import examples
from tooltrace import Workflow
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.fold.fold_edits import message_records
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import calls
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.edit.preview import calls_ahead
from tooltrace.debugger.faults.faults import faults_at
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.session.repeat_warning import MOST_TOLD, call_name
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.store.journal import Journal

FLOWS: dict[str, Callable[[Path], Workflow]] = {
    "bill": bill,
    "pair": lambda folder: pair(folder, in_turn=True),
    "levels": lambda folder: pair(folder, after=True),
    "till": lambda folder: till(folder, rounds=2),
    "pair in a world": lambda folder: pair(folder, world=True, in_turn=True),
    "levels in a world": lambda folder: pair(folder, after=True, world=True),
    "till in a world": lambda folder: till(folder, rounds=2, world=box, open_world=False),
}
RESULTS = st.sampled_from(
    [{"amount": 25, "good": True}, {"amount": 1, "good": True}, {"good": False}, "junk", None]
)
PLACE = st.integers(0, 10_000)
SOME = settings(
    max_examples=examples(20),
    stateful_step_count=35,
    deadline=None,
    phases=[Phase.generate],  # Shrinking takes minutes; the attack on histories does it.
    report_multiple_bugs=False,
)


def came_to(s: Snapshot) -> tuple[Any, ...]:
    """All of a snapshot that does not name records; a fork that ended a branch is not repeated."""
    said = [message.key() for message in s.messages]
    calls = [(c.tool, c.arguments, c.status, c.content, c.is_error) for c in s.calls]
    more = (s.settings, s.turn, s.attempt, s.awaiting_model, s.recent, s.idle, s.hops)
    return s.state, s.context, said, calls, list(s.steps), s.tool_calls, s.digest, s.told, more


class Person(RuleBasedStateMachine):
    """Somebody at the debugger, who tries everything in any order."""

    @initialize(flow=st.sampled_from(sorted(FLOWS)), go=st.sampled_from([True, True, False]))
    def sit_down(self, flow: str, go: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.ran = Ran(self.folder)
        self.bytes = b""
        self.flow: Workflow = FLOWS[flow](self.folder)
        self.s = Sitting(self.folder, self.flow)
        self.asked: Stop | None = None
        self.said_yes: Counter[str] = Counter()
        self.said_to_tools: set[str] = set()
        self.said_to: set[tuple[int, str]] = set()
        if go:  # What was done already is what everything after has to be careful with.
            self.do("go")

    def teardown(self) -> None:
        if hasattr(self, "s"):
            self.leave(self.s.close)
            with Journal.open(self.s.file) as journal:
                checked = asyncio.run(check_session(Session(clock, journal), clock))
            assert [one.text for one in checked if one.divergence is not None] == []
            shutil.rmtree(self.folder)

    # -- what a person does -------------------------------------------------------------------

    def do(self, command: str, *args: Any, **named: Any) -> Stop:
        """One command; what it ran had run nowhere else past there, or a yes named it."""
        before = len(self.starts())
        allowed = self.asked.warnings if self.asked and command == "confirm" else ()
        yeses = [(warning.call.ref, warning.call.tool) for warning in allowed]
        stop = self.s.do(command, *args, **named)
        assert "fault in tooltrace" not in stop.text, stop.text
        for record in self.starts()[before:]:
            event = event_of(record, e.ToolStarted)
            if (event.call, event.tool) in yeses:
                yeses.remove((event.call, event.tool))
                self.said_to.add((self.branch_of(record), event.tool))
            elif self.ran_elsewhere(record):
                self.use_a_yes(record)
        if not stop.refused:  # What was refused leaves the question where it was.
            self.asked = stop if stop.kind == "confirm" else None
        for warning in stop.warnings:
            assert (
                warning.times == len(warning.runs) or warning.times > len(warning.runs) == MOST_TOLD
            )
            assert warning.runs and all(
                self.tool_of(r.record) == warning.call.tool for r in warning.runs
            )
        if stop.kind != "error":
            assert self.s.view.saved >= self.s.session.tree.last_id
        return stop

    def use_a_yes(self, record: e.Record) -> None:
        """There must be one, from the table of a fork or from before, where one holds for all."""
        tool = event_of(record, e.ToolStarted).tool
        name = self.name_of(record)
        in_world = self.flow.spec.world and not self.flow.tools[tool].spec.open_world
        branch = self.branch_of(record)
        if self.said_yes[name] > 0:
            self.said_yes[name] -= 1
        else:
            for_all = (branch, tool) in self.said_to or tool in self.said_to_tools
            assert in_world and for_all, f"{tool} ran again, and nobody was asked"
        self.said_to.add((branch, tool))

    def starts(self) -> list[e.Record]:
        """Everything that really ran and writes, in order."""
        records = self.s.session.tree.records.values()
        return [
            record
            for record in records
            if isinstance(record.event, e.ToolStarted)
            and record.source == "live"
            and self.flow.tools[record.event.tool].spec.effect == "writes"
        ]

    def branch_of(self, record: e.Record) -> int:
        branch = self.s.session.tree.branch_of(record.id)
        assert branch is not None
        return branch.begin

    def tool_of(self, record: int) -> str:
        return event_of(self.s.session.tree[record], e.ToolStarted).tool

    def name_of(self, record: e.Record) -> str:
        event = event_of(record, e.ToolStarted)
        content = self.s.reply(event.call.reply)["content"]
        uses = [block for block in content if block["type"] == "tool_use"]
        return call_name(event.tool, uses[event.call.index]["input"])

    def ran_elsewhere(self, record: e.Record) -> bool:
        """Whether this tool ran before, and not on the way to here, nor in what was kept of it."""
        tree = self.s.session.tree
        way = {one.of or one.id for one in tree.up(record.id) if one.source != "live" or not one.of}
        mine = [one for one in self.starts() if self.tool_of(one.id) == self.tool_of(record.id)]
        return any(one.id < record.id and one.id not in way for one in mine)

    def records(self, *kinds: type[e.Event]) -> list[int]:
        way = self.s.view.path
        return [i for i in way if isinstance(self.s.session.tree[i].event, kinds)]

    @rule(how=st.sampled_from(["step", "step", "turn", "go"]))
    def forward(self, how: str) -> None:
        self.do(how)

    @rule(how=st.sampled_from(["step", "turn", "continue"]))
    def back(self, how: str) -> None:
        self.do("back", how)

    @rule()
    def back_and_forth(self) -> None:
        s = self.s
        place = (s.head, s.view.path, s.snapshot)
        stands = s.snapshot.settled or s.view.at_tip
        if stands and s.do("back").kind == "step":
            assert self.do("step").kind == "step"
            assert (s.head, s.view.path, s.snapshot) == place

    @rule(place=PLACE)
    def goto(self, place: int) -> None:
        records = list(self.s.session.tree.records)
        self.do("goto", records[place % len(records)])

    @rule(place=PLACE)
    def switch(self, place: int) -> None:
        branches = self.s.view.branches
        self.do("switch", branches[place % len(branches)].tip)

    @rule(place=PLACE, content=RESULTS, is_error=st.booleans())
    def edit_result(self, place: int, content: Any, is_error: bool) -> None:
        if results := self.records(e.ToolReturned):
            stop = self.do("edit.result", results[place % len(results)], content, is_error)
            assert stop.kind == "step", stop

    @rule(place=PLACE, value=st.sampled_from([1, 2, 25]))
    def edit_arguments(self, place: int, value: int) -> None:
        if calls := self.s.snapshot.calls:
            call = calls[place % len(calls)]
            name = "amount" if call.tool in ("pay", "tell") else "number"
            self.do("edit.arguments", call.ref, {name: value})

    @rule(place=PLACE, index=st.integers(0, 1), value=st.sampled_from([1, 2, 25]))
    def try_a_turn_otherwise(self, place: int, index: int, value: int) -> None:
        """Back to where calls have returned, one of them changed, and on with a yes to all."""
        if results := self.records(e.ToolReturned):
            self.do("goto", results[place % len(results)])
            self.edit_arguments(index, value)
            if self.do("go").kind == "confirm":
                self.do("confirm")

    @rule(place=PLACE)
    def edit_reply(self, place: int) -> None:
        if replies := self.records(e.ModelReplied):
            record = replies[place % len(replies)]
            reply = self.s.reply(record)
            more = [{"type": "text", "text": f"({place})"}, *reply["content"]]
            self.do("edit.reply", record, {**reply, "content": more})

    @rule(amount=st.integers(0, 2))
    def edit_context(self, amount: int) -> None:
        self.do("edit.context", "amount", amount)

    @rule(place=PLACE, out=st.booleans())
    def edit_a_message(self, place: int, out: bool) -> None:
        messages = [record for m in self.s.snapshot.messages for record in message_records(m)]
        if messages:
            self.do("edit.message", messages[place % len(messages)], None if out else "Else.")

    @rule(prompt=st.sampled_from(["Be kind.", "Be brief.", None]))
    def edit_the_system_prompt(self, prompt: str | None) -> None:
        self.do("edit.system", prompt)

    @rule(content=RESULTS, is_error=st.booleans())
    def stub(self, content: Any, is_error: bool) -> None:
        for call in self.s.snapshot.calls:
            if call.status != "returned":
                self.do("edit.answer", call.ref, content, is_error)
                return

    @rule(place=PLACE)
    def inject(self, place: int) -> None:
        found = faults_at(self.s.session.tree, self.s.snapshot)
        if ids := [f.id for f in found if not f.why and f.id != "oversized"]:
            assert self.do("faults.inject", ids[place % len(ids)]).kind == "step"
            assert self.s.session.tree[self.s.head].source == "injected"

    @rule(to=st.sampled_from(["looking", "paying", "telling", "done", "failed"]))
    def force(self, to: str) -> None:
        self.do("edit.force", to, "because")

    @rule(text=st.sampled_from(["Again.", "More!"]))
    def say(self, text: str) -> None:
        self.do("edit.say", text)

    @rule()
    def fork(self) -> None:
        self.do("edit.fork")

    @rule()
    def fork_with_a_yes(self) -> None:
        """A yes in the table of what is ahead counts for one run of that call, from here on."""
        ahead = calls_ahead(self.s.session, "live")
        names = [one.name for one in ahead if one.plan == "blocked"]
        if self.do("edit.fork", "", names).kind == "step":
            self.said_yes = Counter(names)
            self.said_to_tools = {one.tool for one in ahead if one.plan == "blocked"}

    @rule(place=PLACE)
    def retry(self, place: int) -> None:
        if calls := self.records(e.ToolReturned, e.ToolStarted):
            self.do("edit.retry", calls[place % len(calls)])

    @precondition(lambda self: self.asked is not None)
    @rule()
    def yes(self) -> None:
        self.do("confirm")

    @rule()
    def a_yes_that_nobody_asked_for(self) -> None:
        if self.asked is None:
            assert self.do("confirm").kind == "error"

    @rule(command=st.sampled_from(["edit.undo", "edit.redo", "edit.undo", "go_past"]))
    def change_of_mind(self, command: str) -> None:
        self.do(command)

    @rule()
    def there_and_back(self) -> None:
        s = self.s
        place = (s.head, s.view.path, s.snapshot)
        for first, then in (("undo", "redo"), ("redo", "undo")):
            if getattr(s.view, f"can_{first}"):
                assert self.do(f"edit.{first}").kind == "step"
                assert self.do(f"edit.{then}").kind == "step"
                assert (s.head, s.view.path, s.snapshot) == place

    @rule(place=PLACE, text=st.sampled_from(["mine", "main", "\ud800\x1b[2J", " "]))
    def say_what_a_branch_is(self, place: int, text: str) -> None:
        branches = self.s.view.branches
        begin = branches[place % len(branches)].begin
        self.do("notes.rename", begin, text)
        self.do("notes.describe", begin, text)

    @rule(place=PLACE, pruned=st.booleans())
    def prune(self, place: int, pruned: bool) -> None:
        branches = self.s.view.branches
        self.do("notes.prune", branches[place % len(branches)].begin, pruned)
        assert self.s.view.branch in self.s.view.shown

    @rule(place=PLACE, marked=st.booleans())
    def bookmark(self, place: int, marked: bool) -> None:
        records = list(self.s.session.tree.records)
        self.do("notes.bookmark", records[place % len(records)], f"at {place}", marked)

    @rule(from_start=st.booleans())
    def replay(self, from_start: bool) -> None:
        before = len(self.ran.all)
        then = self.s.session.tree.snapshot_at(self.s.session.tip)
        if self.do("replay.start", from_start=from_start).kind == "step":
            stop = self.do("go")
            assert stop.kind == "end", stop.text
            assert len(self.ran.all) == before
            assert came_to(self.s.snapshot) == came_to(then)

    # -- leaving ------------------------------------------------------------------------------

    def leave(self, how: Any) -> None:
        tree = self.s.session.tree
        said, bookmarks = tree.branches(), tree.bookmarks
        mine = [(record, tree.snapshot_at(record.id)) for record in tree.records.values()]
        how()
        notes = {note.id for note in tree.notes}
        with Journal.open(self.s.file) as journal:
            assert journal.problems == []
            again = Session(clock, journal)
            tree = again.tree
            kept = [(record, tree.snapshot_at(record.id)) for record in tree.records.values()]
            assert kept == mine
            assert {note.id for note in again.tree.notes} == notes
            assert again.tree.branches() == said
            assert again.tree.bookmarks == bookmarks
            assert again.tree.stray_notes() == []
        assert self.s.file.read_bytes().startswith(self.bytes)
        self.bytes = self.s.file.read_bytes()

    @rule(remember=st.booleans())
    def close_and_come_back(self, remember: bool) -> None:
        place = (self.s.head, self.s.view.path, self.s.snapshot)
        self.leave(lambda: self.s.close(remember=remember))
        noted = self.s.session.tree.place
        self.s = Sitting(self.folder, self.flow)
        self.asked = None
        if remember and noted and (noted.head, noted.tip) == (place[0], place[1][-1]):
            assert (self.s.head, self.s.view.path, self.s.snapshot) == place

    @rule()
    def be_killed(self) -> None:
        self.leave(self.s.die)
        self.s = Sitting(self.folder, self.flow)
        self.asked = None

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def the_snapshot_is_the_fold_of_its_path(self) -> None:
        if hasattr(self, "s"):
            assert fold_path(self.s.path) == self.s.snapshot
            assert self.s.snapshot.problems == ()

    @invariant()
    def the_world_holds_what_was_written_on_the_path(self) -> None:
        if not hasattr(self, "s"):
            return
        here = self.s.snapshot
        if here.world is None or here.unkept or not here.settled:
            return  # Nobody says what it holds.
        kept = self.folder / "s.world" / "snapshots" / here.world
        lines = [line for file in kept.rglob("*.txt") for line in file.read_text().splitlines()]
        wrote = []
        for record in self.s.path:
            event = record.event
            if (
                isinstance(event, e.ToolStarted)
                and self.flow.tools[event.tool].spec.effect != "reads"
            ):
                uses = calls(self.s.reply(event.call.reply))
                number = uses[event.call.index]["input"].get("number", 0)
                wrote.append(f"{event.tool} {number}" if event.tool != "sell" else str(number))
        assert sorted(lines) == sorted(wrote)

    @invariant()
    def what_ran_is_what_the_session_says_ran(self) -> None:
        if hasattr(self, "s"):
            ran = [name for name, _, _ in self.ran.all]
            writes = [name for name in ran if self.flow.tools[name].spec.effect == "writes"]
            assert sorted(writes) == sorted(self.tool_of(r.id) for r in self.starts())

    @invariant()
    def every_run_to_its_end_had_a_key_of_its_own(self) -> None:
        if hasattr(self, "s"):
            keys = [key for _, _, key in self.ran.all]
            assert len(set(keys)) == len(keys)


Person.TestCase.settings = SOME
TestAnyHistory = pytest.mark.long(Person.TestCase)
