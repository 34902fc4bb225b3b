"""Go on live: perform the next action, or say why a person is needed first."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from msgspec.structs import replace

from tooltrace.core.decide.budgets import over_budget
from tooltrace.core.decide.next_action import (
    AwaitUser,
    CallModel,
    Finish,
    RunTools,
    next_action,
    refusal,
)
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.errors import BadWorld, ReadOnly
from tooltrace.core.model.events import WorkflowChanged, WorldRestored, world_named
from tooltrace.core.model.ports import Closeable, ToolPort
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.faults.injector import InjectedModel, Injector
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.model_call import ModelCaller
from tooltrace.debugger.run.playback import Unit
from tooltrace.debugger.run.without_code import no_code, to_be_typed
from tooltrace.debugger.session.repeat_warning import RepeatWarning
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.world.branch_worlds import BranchWorlds
from tooltrace.debugger.world.retention import needed
from tooltrace.engine.engine import Engine, Ports
from tooltrace.engine.record_sink import kept

__all__ = ["Live", "due"]


def due(action: RunTools, unit: Unit) -> Sequence[Call]:
    """The calls that one step makes."""
    return action.levels[0][:1] if unit == "call" else action.levels[0]


class Live:
    """By performing the next action at the tip.

    ``able`` is false when no code was named: what needs none (transitions, the end) still works.
    """

    def __init__(
        self,
        session: Session,
        engine: Engine,
        worlds: BranchWorlds | None,
        asking: ModelCaller,
        *,
        able: bool,
        workflow: WorkflowSpec | None = None,
    ) -> None:
        self._session = session
        self._engine = engine
        self._worlds = worlds
        self._asking = asking
        self._workflow = workflow
        self._known: WorkflowSpec | None = None
        self.able = able
        self._moves = session.moves
        self._stayed = False
        self.injector: Injector | None = None

    def rehearse(self, injector: Injector) -> None:
        """Give the faults of a scenario from now on."""
        ports = self._engine.ports
        self._engine.ports = replace(ports, model=InjectedModel(ports.model, injector))
        self.injector = injector

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """Perform the next action, or say why a person is needed first. Raises ToolTraceError."""
        session = self._session
        if session.read_only:
            raise ReadOnly(session.read_only)
        session.settle()
        self._workflow_as_now()
        s = session.snapshot
        action = next_action(s)
        match action:
            case AwaitUser(why="model_failed" | "incomplete") if consent.retry:
                limit = over_budget(s)
                if limit:
                    return Stop("limit", limit)
                action = CallModel()
            case AwaitUser(why="finished", text=text):
                return Stop("finished", text)
            case AwaitUser(text=text):
                return Stop("await", text)
            case Finish(outcome="limit" | "stuck" as outcome, why=why):
                return Stop("limit" if outcome == "limit" else "stuck", why)
            case _:
                pass
        if isinstance(action, CallModel | RunTools) and not self.able:
            return Stop("no_code", no_code(session))
        if isinstance(action, RunTools) and self._engine.ports.by_hand:
            return Stop("no_code", to_be_typed(due(action, "call")[0]))
        if isinstance(action, RunTools):
            return await self._run(s, action, due(action, unit), consent)
        if isinstance(action, CallModel):
            return await self._asking.ask(self._engine, session, consent.thinking)
        await self._engine.perform(action, session)
        return None

    def _workflow_as_now(self) -> None:
        """Record that the code defines the workflow otherwise than the run does so far."""
        s = self._session.snapshot
        now, then = self._workflow, s.definition
        if now is None or then is self._known or s.outcome is not None:
            return
        if then != now:
            self._session.append(WorkflowChanged(now), "live")
        self._known = self._session.snapshot.definition

    def adopt(self, ports: Ports, workflow: WorkflowSpec) -> None:
        """Go on through these ports from the next step on; calls given up before are left alone."""
        self.close()
        self._engine.ports, self._workflow, self._known = ports, workflow, None
        if self.injector is not None:
            self.rehearse(self.injector)

    def close(self) -> None:
        """Let go of the threads that wait for calls to make."""
        if isinstance(self.tools, Closeable):
            self.tools.close()

    @property
    def tools(self) -> ToolPort:
        """The port that calls are made through."""
        return self._engine.ports.tools

    async def finish(self) -> Stop:
        """End the run where the workflow's limits say so."""
        s = self._session.snapshot
        action, limit = next_action(s), over_budget(s)
        if s.trouble is not None and limit:  # Nothing was wrong but what asking again would cost.
            action = Finish("limit", limit)
        if not isinstance(action, Finish):
            return Stop("error", "the run does not end here")
        await self._engine.perform(action, self._session)
        return Stop("finished", action.why)

    async def _run(
        self, s: Snapshot, action: RunTools, calls: Sequence[Call], consent: Consent
    ) -> Stop | None:
        if self.injector is not None:
            calls = self.injector.results(s, calls)
            if not calls:
                return None
            s = self._session.snapshot
        if self._engine.ports.runs_tools:
            stop = self._world_ready(s, consent) or self._warnings(s, calls, consent)
            stop = stop or consent.stands_before(s, calls)
            if stop is not None:
                return stop
        self._stayed = True
        await self._engine.perform(action, self._session, calls)
        return None

    def _world_ready(self, s: Snapshot, consent: Consent) -> Stop | None:
        worlds = self._worlds
        if worlds is None:
            return None
        if self._moves != self._session.moves:
            self._moves, self._stayed = self._session.moves, False
            worlds.look_again()
        self._on_this_branch(worlds)
        if worlds.offer:
            return Stop("confirm", worlds.offer, moved=True)
        if consent.world or s.world is None:
            return None
        if worlds.absent and not self._any_left(worlds):
            return self._left_behind(worlds, s.world)
        if s.unkept:
            return self._unkept(worlds, s)
        if not worlds.is_new:
            if worlds.stands_at(s.world):
                return None
            if worlds.digest() not in self._session.tree.worlds:
                return self._put_back(
                    worlds,
                    s.world,
                    f"{worlds.world.describe()} was changed outside this session, "
                    "or by a call that was interrupted",
                )
        try:
            self.restore_world(s.world)
        except BadWorld as error:
            return Stop("confirm", str(error), world=s.world, lost=True)
        return None

    def _put_back(self, worlds: BranchWorlds, digest: str, why: str) -> Stop:
        """Ask whether to put the world back, where there is a snapshot to put back."""
        # An author's world may name its snapshots otherwise: then nobody knows before it is asked.
        if worlds.has(digest) or not self._any_left(worlds):
            return Stop("confirm", why, world=digest)
        why = f"{why}; no snapshot {digest[:12]} of it is left"
        return Stop("confirm", why, world=digest, lost=True)

    def _left_behind(self, worlds: BranchWorlds, digest: str) -> Stop:
        """Say how to bring along a world that is not here: a new one would be in its way."""
        new = one_line(shlex.quote(str(self._session.named or "NEW")))
        return Stop(
            "confirm",
            f"{one_line(worlds.place.name)} is not here. If the session was moved: "
            f"tooltrace mv OLD {new} brings it along, OLD being the name it had; "
            "else go on with a new world",
            world=digest,
            lost=True,
        )

    def _any_left(self, worlds: BranchWorlds) -> bool:
        return any(map(worlds.has, self._session.tree.worlds))

    def _unkept(self, worlds: BranchWorlds, s: Snapshot) -> Stop | None:
        """How the world should be here nobody kept: only who has stayed since it was left knows."""
        if self._stayed and not worlds.is_new:
            return None
        why = f"the world was not kept after the last call that wrote ({one_line(s.unkept)})"
        if s.world is None:
            return Stop("confirm", why, world=s.world)
        return self._put_back(worlds, s.world, f"{why}: there is only how it was before that call")

    def moved_world(self, *, mine: bool) -> None:
        """Answer whether the folder that was found is this session's. Raises BadWorld."""
        if self._worlds is not None:
            (self._worlds.take_over if mine else self._worlds.leave)()

    def restore_world(self, digest: str) -> None:
        """Put the world back, and say so in the session. Raises BadWorld."""
        if self._worlds is not None:
            self._on_this_branch(self._worlds)
            self._worlds.restore(digest)
            self._session.append(WorldRestored(digest), "live")

    def world_after(self, call: Call | None) -> tuple[str | None, str]:
        """The snapshot of what an interrupted call left behind, or why there is none.

        Neither when more happened since.
        """
        if self._worlds is None or call is None or call.started is None:
            return None, ""
        if self._session.tree[call.started].source != "live":
            return None, ""  # It ran on a copy that is gone, or not at all.
        tree = self._session.tree
        ran_on = tree.branch_of(call.started)
        for record_id in reversed(tree.records):
            if record_id <= call.started:
                # Not where one stands: an edit since then has a world of its own, without its work.
                self._on_branch(self._worlds, tree.roots[0] if ran_on is None else ran_on.begin)
                return kept(self._worlds)
            if world_named(tree[record_id].event) is not None:
                break
        return None, ""

    def _on_this_branch(self, worlds: BranchWorlds) -> None:
        """Act on the world of the branch that the next record will stand on."""
        self._on_branch(worlds, self._session.branch or self._session.next_id)

    def _on_branch(self, worlds: BranchWorlds, begin: int) -> None:
        session, tree = self._session, self._session.tree
        worlds.on(None if begin == tree.roots[0] else begin)
        worlds.needed = lambda: needed(tree, session.head)

    def _warnings(self, s: Snapshot, calls: Sequence[Call], consent: Consent) -> Stop | None:
        session = self._session
        put_back = self._worlds is not None and s.world is not None and not s.unkept
        undone = put_back and not consent.world
        found: list[RepeatWarning] = []
        for call in calls:
            if call.ref in consent.calls or refusal(s, call) is not None:
                continue
            warning = session.executions.warning(session.path, session.branch, s, call, undone)
            if warning is not None and not consent.allows(warning):
                found.append(warning)
        if not found:
            return None
        told = "; ".join(_told(warning, s) for warning in found)
        return Stop("confirm", f"{told}: run it here?", warnings=tuple(found))


def _told(warning: RepeatWarning, s: Snapshot) -> str:
    last = warning.runs[0]
    undone = ", which this branch's copy of the world knows nothing of" if warning.undone else ""
    return (
        f"{name_among(warning.call, s.calls)} has run {warning.times}× past this point, "
        f"last on {last.branch} (#{last.record}, {last.at}){undone}"
    )
