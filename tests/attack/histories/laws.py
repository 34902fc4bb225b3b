"""What must hold for any history: a judge that compares a session with what really ran.

- **unasked**: a tool that writes ran although it had run past this point on another branch, and no
  yes named it. What this branch's world does not hold any more needs one yes for that tool on that
  branch; what it still holds, what has no world, and what reaches outside needs one for each call.
- **needless**: somebody was asked where nothing ran, or again for what a yes had covered.
- **claim**: a question said that the world has undone what this branch's world still holds.
- **twice**: one execution stands for two calls of what writes on one path.
- **forgotten**: a replay met another result, and the file does not say which.
- **world**: a branch's world holds other executions than those on its path.
- **rerun**: a replay made a call outside the copy of the world that nobody named.
- **unsaved**: something ran, and the file does not say that it began.
- **check**: a branch fails its own check. **fold**: a snapshot is not the fold of its path.
- **reopened**: a file that is read back is not the session that was in memory.
- **fault**, **hang**: an exception that is nobody's, a command without an end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.attack.histories.flows import RECEIPT
from tests.attack.histories.paths import Ran
from tests.attack.histories.tap import Execution, Tap, tokens
from tests.debugger.sitting import Sitting
from tests.events import event_of
from tooltrace import Workflow
from tooltrace.core.fold.fold import fold_path
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import calls
from tooltrace.core.model.workflow import acts_outside
from tooltrace.core.text.exact_json import canonical
from tooltrace.debugger.session.repeat_warning import call_name
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.world.branch_worlds import folder_beside

__all__ = ["Judge", "Verdict"]

Verdict = tuple[str, str]
"""The kind of a finding, and what it was."""


class Judge:
    """Knows of every execution which record began it, and which yeses were given."""

    def __init__(self, workflow: Workflow, tap: Tap) -> None:
        self._workflow = workflow
        self._tap = tap
        self._looked = 0
        self._judged = 0
        self._ran = Ran(Tree())
        self._asked: Stop | None = None
        self._yes: dict[tuple[int, str], int] = {}
        self._allowed: dict[int, Counter[str]] = {}
        self._rerun: frozenset[str] | None = None
        self._replayed = False
        self.diverged: set[int] = set()
        """The branches on which a replay met something else: a check may say so, too."""

    # -- one command --------------------------------------------------------------------------

    def command(self, s: Sitting, name: str, args: tuple[Any, ...], stop: Stop) -> list[Verdict]:
        """What one command did that it must not have done."""
        found = list(self._judge(s, name, args, stop))
        self._replayed = s.view.replaying
        if not stop.refused:  # What was refused leaves the question where it was.
            self._asked = stop if stop.kind == "confirm" else None
        return found

    def sits_down(self, s: Sitting) -> None:
        """A new sitting: nothing is waiting for a yes, and what was not saved is gone."""
        self._asked = self._rerun = None
        self._replayed = False
        self._ran.look_at(s.session.tree)
        self._looked = s.session.tree.last_id

    def _judge(self, s: Sitting, name: str, args: tuple[Any, ...], stop: Stop) -> Iterator[Verdict]:
        if "fault in tooltrace" in stop.text:
            yield "fault", f"{name}: {stop.text}"
        tree = s.session.tree
        fresh = [r for r in tree.records.values() if r.id > self._looked]
        self._looked = max(self._looked, tree.last_id)
        if stop.kind != "error":
            self._note(s, name, args, fresh)
        runs = self._tap.runs[self._judged :]
        self._judged = len(self._tap.runs)
        asked = self._asked if name in ("confirm", "keep_world") else None
        yeses = (
            [(warning.call.ref, warning.call.tool) for warning in asked.warnings] if asked else []
        )
        if name == "keep_world":
            yeses = []
        began = [(r, self._match(tree, r, runs)) for r in fresh if _is_live_start(r)]
        mine = [(record, run) for record, run in began if run is not None]
        for record, run in mine:
            self._ran.begun[record.id] = run
            on_a_copy = run.home is not None and not run.home.is_relative_to(folder_beside(s.file))
            if s.debugger.consent.world or on_a_copy:
                self._ran.strange.add(record.id)
        for record, run in mine:
            yield from self._may_run(s, record, run, yeses, asked)
        yield from self._reruns(s, [run for run in runs if all(run is not r for _, r in mine)])
        yield from self._seen(tree, mine)
        if stop.kind == "confirm":
            yield from self._needed(s, stop)
        if (
            name == "replay.start"
            and not self._workflow.spec.world
            and "copy of the world" in stop.text
        ):
            yield "claim", f"there is no world, and yet: {stop.text}"
        yield from self._met(s, stop)
        if fold_path(s.path) != s.snapshot:
            yield "fold", f"{name}: the snapshot at #{s.head} is not the fold of its path"

    def _met(self, s: Sitting, stop: Stop) -> Iterator[Verdict]:
        """What a replay met is a fact."""
        met = stop.divergence
        if stop.kind == "divergence":
            self.diverged.add(s.view.branch.begin)
        killed = s.session.journal is None
        if met is None or killed or type(met.now) is not int or met.now < RECEIPT:
            return
        if str(met.now).encode() not in s.file.read_bytes():
            yield "forgotten", f"{met.field} of #{met.record} came back as {met.now}"

    def _note(self, s: Sitting, name: str, args: tuple[Any, ...], fresh: list[e.Record]) -> None:
        if name == "edit.fork" and len(args) > 1:
            begin = next((r.id for r in fresh if isinstance(r.event, e.Forked)), None)
            if begin is not None:
                self._allowed[begin] = Counter(args[1])
        if name == "replay.start":
            self._rerun = args[2] if args[1] == "live tools" else None

    def _match(self, tree: Tree, record: e.Record, runs: list[Execution]) -> Execution | None:
        event = event_of(record, e.ToolStarted)
        taken = {id(run) for run in self._ran.begun.values()}
        arguments = canonical(_arguments(tree, event.call))
        for run in runs:
            same = run.tool == event.tool and run.key == event.key
            if same and id(run) not in taken and canonical(run.arguments) == arguments:
                return run
        return None

    def found_dead(self, s: Sitting) -> Iterator[Verdict]:
        """A session that a killed process left: what ran in it, and that nobody had to be asked.

        For a process in which nobody ever said yes.
        """
        tree = s.session.tree
        self._ran.look_at(tree)
        runs = list(self._tap.runs)
        self._judged, self._looked = len(runs), tree.last_id
        starts = [record for record in tree.records.values() if _is_live_start(record)]
        for record in starts:
            run = self._match(tree, record, runs)
            if run is not None:
                self._ran.begun[record.id] = run
        for start, run in self._ran.begun.items():
            yield from self._may_run(s, tree[start], run, [], None)
        known = {run.number for run in self._ran.begun.values()}
        for run in runs:
            copied = run.home is not None and not run.home.is_relative_to(folder_beside(s.file))
            if run.number not in known and not copied:
                yield "unsaved", f"{run.tool}({_short(run.arguments)}) ran, and no record says so"

    # -- was it asked -------------------------------------------------------------------------

    def _may_run(
        self,
        s: Sitting,
        record: e.Record,
        run: Execution,
        yeses: list[tuple[e.CallRef, str]],
        asked: Stop | None,
    ) -> Iterator[Verdict]:
        tree, spec = s.session.tree, self._workflow.spec.tool(run.tool)
        if spec is None or spec.effect != "writes":
            return
        if self._replayed and self._rerun is not None and self._may_rerun(s, run):
            return
        branch = tree.branch_of(record.id)
        assert branch is not None
        elsewhere = self._ran.elsewhere(record.id, run.tool)
        still = [other for other in elsewhere if run.seen is not None and other.number in run.seen]
        undone = run.seen is not None and not spec.open_world and not still
        mark = branch.begin, run.tool
        call = event_of(record, e.ToolStarted).call
        if (call, run.tool) in yeses:
            yeses.remove((call, run.tool))
            assert asked is not None
            warning = next(d for d in asked.warnings if d.call.ref == call)
            if warning.undone and not undone:
                held = ", ".join(f"{o.tool}({_short(o.arguments)})" for o in still)
                yield "claim", f"{run.tool} at #{record.id}: undone, it said, but there is {held}"
            self._yes[mark] = run.number
            return
        if not elsewhere or (undone and mark in self._yes):
            return
        if undone and asked is not None and any(d.call.tool == run.tool for d in asked.warnings):
            self._yes[mark] = run.number
            return
        name = call_name(run.tool, run.arguments)
        for begin, allowed in self._allowed.items():
            if not tree.is_ancestor(begin, record.id):
                continue
            named = {one for one, count in allowed.items() if count > 0}
            if undone and run.tool in self._tools_of(tree, named):
                self._yes[mark] = run.number
                return
            if allowed[name] > 0:
                allowed[name] -= 1
                self._yes[mark] = run.number
                return
        other = elsewhere[-1]
        yield (
            "unasked",
            f"{run.tool}({_short(run.arguments)}) ran at #{record.id}, and nobody was asked: "
            f"{other.tool}({_short(other.arguments)}) ran on another branch at "
            f"#{self._ran.start_of(other)}" + (", undone here" if undone else ""),
        )

    def _tools_of(self, tree: Tree, names: set[str]) -> set[str]:
        uses = [use for record in tree.records.values() for use in _uses(record)]
        return {use["name"] for use in uses if call_name(use["name"], use["input"]) in names}

    def _may_have_run(self, tree: Tree, tool: str, way: set[int]) -> bool:
        """Whether a process was killed between saying that it begins a call and making it."""
        return any(
            _is_live_start(record)
            and event_of(record, e.ToolStarted).tool == tool
            and record.id not in way
            for record in tree.records.values()
            if record.id not in self._ran.begun
        )

    def _needed(self, s: Sitting, stop: Stop) -> Iterator[Verdict]:
        """Whether there was a reason for each question."""
        tree = s.session.tree
        way = {record.id for record in s.path}
        for warning in stop.warnings:
            tool = warning.call.tool
            spec = self._workflow.spec.tool(tool)
            if spec is not None and spec.effect != "writes":
                yield "needless", f"{tool} only {spec.effect}, and was asked about"
                continue
            ran = [
                run
                for start, run in self._ran.begun.items()
                if run.tool == tool
                and (
                    start not in way
                    or event_of(tree[start], e.ToolStarted).call == warning.call.ref
                )
            ]
            if not ran and self._may_have_run(tree, tool, way):
                continue
            if not ran:
                yield "needless", f"{tool} was asked about at #{s.head}, and never ran elsewhere"
                continue
            branch = tree.branch_of(s.head)
            since = None
            if branch is not None and not tree.children(s.head):
                since = self._yes.get((branch.begin, tool))
            if warning.undone and since is not None and all(run.number <= since for run in ran):
                yield "needless", f"{tool} was asked about at #{s.head} again, after a yes"

    def _reruns(self, s: Sitting, runs: list[Execution]) -> Iterator[Verdict]:
        own = folder_beside(s.file)
        for run in runs:
            told = f"{run.tool}({_short(run.arguments)})"
            if self._rerun is None:
                yield "rerun", f"{told} ran, and no record says so"
            elif run.home is not None and run.home.is_relative_to(own):
                yield "rerun", f"{told} ran on the session's own world in a replay"
            elif not self._may_rerun(s, run):
                yield "rerun", f"{told} ran outside the copy in a replay, and nobody named it"

    def _may_rerun(self, s: Sitting, run: Execution) -> bool:
        """Whether a replay may make this call: on a copy of the world, or because it was named."""
        if run.home is not None and run.home.is_relative_to(folder_beside(s.file)):
            return False
        outside = acts_outside(self._workflow.spec.tool(run.tool), run.home is not None)
        return not outside or call_name(run.tool, run.arguments) in (self._rerun or ())

    # -- what worlds hold ---------------------------------------------------------------------

    def _seen(self, tree: Tree, mine: list[tuple[e.Record, Execution]]) -> Iterator[Verdict]:
        """What each run saw of its world before it began."""
        together = {run.number for _, run in mine}
        for record, run in mine:
            if run.seen is None or record.parent is None or self._ran.is_strange(record.id):
                continue
            before = self._ran.numbers(record.parent)
            either = together | self._ran.unsure(record.parent)
            if run.seen - either != before - either or not run.seen <= before | either:
                yield "world", _differs(f"{run.tool} at #{record.id} saw", before, run.seen)

    # -- at the end ---------------------------------------------------------------------------

    def at_the_end(self, s: Sitting) -> Iterator[Verdict]:
        """What every branch must be in the end."""
        tree = s.session.tree
        for branch in tree.branches():
            if fold_path(tree.path(branch.tip)) != tree.snapshot_at(branch.tip):
                yield "fold", f"branch {branch.name}: its snapshot is not the fold of its path"
            yield from self._twice(branch.tip)
            world = self._world_of(s.file, branch.begin, tree)
            if world is None or self._ran.is_strange(branch.tip):
                continue
            expected, there = self._ran.numbers(branch.tip), tokens(world)
            if (expected ^ there) - self._ran.unsure(branch.tip):
                yield "world", _differs(f"the world of {branch.name} holds", expected, there)

    def _twice(self, tip: int) -> Iterator[Verdict]:
        """Each execution is the one of one call."""
        known = self._ran.answered(tip)
        for start, count in known.items():
            run = self._ran.begun.get(start)
            spec = self._workflow.spec.tool(run.tool) if run else None
            if count > 1 and run and spec is not None and spec.effect == "writes":
                yield "twice", f"#{start} {run.tool} answers {count} calls on the way to #{tip}"

    def _world_of(self, path: Path, begin: int, tree: Tree) -> Any:
        if self._workflow.world is None:
            return None
        folder = folder_beside(path)
        if begin != tree.roots[0]:
            folder = folder / "branches" / str(begin)
        new = folder.with_name(f"{folder.name}.new")
        if not folder.is_dir() or (new.exists() and begin != tree.roots[0]):
            return None
        return self._workflow.world(folder)


def _is_live_start(record: e.Record) -> bool:
    return isinstance(record.event, e.ToolStarted) and record.source == "live"


def _uses(record: e.Record) -> list[dict[str, Any]]:
    event = record.event
    return calls(event.reply) if isinstance(event, e.ModelReplied) else []


def _arguments(tree: Tree, ref: e.CallRef) -> Any:
    return _uses(tree[ref.reply])[ref.index].get("input")


def _differs(what: str, expected: frozenset[int], there: frozenset[int]) -> str:
    missing, more = sorted(expected - there), sorted(there - expected)
    parts = [f"lacks run {missing}"] if missing else []
    return f"{what} what its path does not say: " + " and ".join(
        [*parts, *([f"has run {more}"] if more else [])]
    )


def _short(arguments: Any) -> str:
    text = canonical(arguments)
    return text if len(text) <= 60 else f"{text[:57]}..."
