"""The verbs of a debugger: forward, back, elsewhere, and the answers to what a stop asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import get_args

from msgspec.structs import replace

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import SettingsChanged
from tooltrace.core.text.suggest import unknown
from tooltrace.debugger.breakpoint_commands import Breakpoints, Watches
from tooltrace.debugger.edit import edits
from tooltrace.debugger.edit.commands import Edit
from tooltrace.debugger.faults.commands import FaultCommands
from tooltrace.debugger.loaded_code import said_of
from tooltrace.debugger.notes import Notes
from tooltrace.debugger.parts import Parts
from tooltrace.debugger.replay.commands import Replay
from tooltrace.debugger.run.consent import NOTHING, Consent
from tooltrace.debugger.run.without_code import no_code
from tooltrace.debugger.runner import How
from tooltrace.debugger.sampling.commands import SampleCommands
from tooltrace.debugger.session.move import take_world
from tooltrace.debugger.session.named_branch import tip_named
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import Run, T, Verbs

__all__ = ["Commands"]


class Commands(Verbs[T]):
    """Every command of a debugger: its own verbs, and the groups ``edit``, ``replay``, ``notes``,
    ``samples``, ``faults``, ``breakpoints`` and ``watches``.
    """

    def __init__(self, parts: Parts, run: Run[T]) -> None:
        super().__init__(parts, run)
        self.edit = Edit(parts, run)
        self.replay = Replay(parts, run)
        self.notes = Notes(parts, run)
        self.samples = SampleCommands(parts, run)
        self.faults = FaultCommands(parts, run)
        self.breakpoints = Breakpoints(parts, run)
        self.watches = Watches(parts, run)

    # -- moving -----------------------------------------------------------------------------

    def step(self, allow: Sequence[str] = ()) -> T:
        """One call or event on; asks the model again where the last attempt failed.

        ``allow`` names tools whose calls may run here although they ran on another branch.
        """
        return self._go("step", allow=allow)

    def turn(self, allow: Sequence[str] = ()) -> T:
        """On to the next model reply; ``allow`` as for ``step``."""
        return self._go("turn", allow=allow)

    def beat(self, allow: Sequence[str] = (), writes: bool = True) -> T:
        """On to the next beat: a call with its result, a transition, the end; ``allow`` as above.

        Without ``writes`` it stands before a live call that does more than read, and makes none.
        """
        return self._run(self._forward("beat", None, allow, writes))

    def go(self, until: int | None = None, allow: Sequence[str] = ()) -> T:
        """On to a breakpoint, the end, or where a person is needed; ``allow`` as for ``step``.

        ``until`` is a record ahead on this branch to stop at. Raises BadCommand when it is not.
        """
        return self._go("continue", until, allow)

    def _go(self, how: How, until: int | None = None, allow: Sequence[str] = ()) -> T:
        return self._run(self._forward(how, until, allow))

    async def _forward(
        self, how: How, until: int | None, allow: Sequence[str], writes: bool = True
    ) -> Stop:
        named = (allow,) if isinstance(allow, str) else tuple(allow)
        for name in named:
            workflow = self._parts.session.snapshot.workflow
            if workflow.tool(str(name)) is None:
                known = [tool.name for tool in workflow.tools]
                raise BadCommand(unknown("tool", str(name), known))
        consent = Consent(named, retry=how == "step", reads_only=not writes)
        return await self._parts.runner.run(how, until, consent)

    def back(self, how: How = "step") -> T:
        """Back by a ``step``, a ``turn``, a ``beat``, or by ``continue`` to the breakpoint before.

        Nothing runs. Raises BadCommand.
        """
        return self._run(self._back(how))

    async def _back(self, how: How) -> Stop:
        if how not in get_args(How):
            raise BadCommand(unknown("way back", str(how), get_args(How)))
        return await self._parts.runner.back(how)

    def goto(self, record: int, tip: int | None = None) -> T:
        """Stand on any record; on the branch that ends at ``tip``, or the current or newest one.

        On another branch that is a switch, which undo takes back. Raises BadCommand.
        """
        return self._run(self._goto(record, tip))

    async def _goto(self, record: int, tip: int | None) -> Stop:
        session = self._parts.session
        if tip is None and session.tree.is_ancestor(record, session.tip):
            tip = session.tip
        if tip == session.tip:
            return await self._parts.move(lambda: session.select(record, tip))
        return await self._elsewhere(record, tip)

    def switch(self, branch: int | str) -> T:
        """Stand at the end of a branch, by its name or the record it ends at; undo comes back."""
        return self._run(self._switch(branch))

    async def _switch(self, branch: int | str) -> Stop:
        tip = tip_named(self._parts.session.tree, branch)
        return await self._elsewhere(tip, tip)

    async def _elsewhere(self, record: int, tip: int | None) -> Stop:
        session = self._parts.session
        with self._parts.undo.change():
            session.select(record, tip)
        return await self._parts.move(session.stand)

    def follow(self) -> T:
        """Take in at once what the writer of a read-only session has added; else it is soon."""
        return self._run(self._parts.move(self._parts.follow), quiet=True)

    # -- answering what a stop asked --------------------------------------------------------

    def confirm(self) -> T:
        """Yes to what the last stop asked: run the calls, or put the world back; then go on.

        Raises BadCommand when nothing was asked.
        """
        return self._run(self._confirm(self._parts.loop.stop))

    async def _confirm(self, asked: Stop) -> Stop:
        live = self._parts.live
        if asked.kind != "confirm":
            raise BadCommand("nothing is waiting for a yes")
        if asked.moved:
            live.moved_world(mine=True)
        if asked.world is not None:
            live.restore_world(asked.world)
        calls = tuple(warning.call.ref for warning in asked.warnings)
        return await self._parts.runner.again(Consent(calls))

    def keep_world(self) -> T:
        """Go on with the world as it is, instead of putting it back. Raises BadCommand."""
        return self._run(self._keep_world(self._parts.loop.stop))

    async def _keep_world(self, asked: Stop) -> Stop:
        if asked.world is None and not asked.moved:
            raise BadCommand("nothing was asked about the world")
        if asked.moved:
            self._parts.live.moved_world(mine=False)
        consent = NOTHING if asked.moved else Consent(world=True)
        return await self._parts.runner.again(consent)

    def go_past(self, turns: int | None = None) -> T:
        """On past a limit, by as much again or by so many turns, or past a stuck verdict."""
        return self._change(lambda session: edits.go_past(session, turns))

    def finish(self) -> T:
        """Accept a limit or a stuck verdict as the end of the run."""
        return self._run(self._parts.live.finish())

    def send_thinking(self, drop: bool) -> T:
        """Ask although thinking may be refused; ``drop`` lets the API leave it out from now on."""
        return self._run(self._send_thinking(drop))

    async def _send_thinking(self, drop: bool) -> Stop:
        session = self._parts.session
        if drop:
            settings = replace(session.snapshot.settings, drop_bound_thinking=True)
            session.append(SettingsChanged(settings), "live")
        return await self._parts.runner.again(Consent(thinking=True, retry=True))

    def ask_again(self, max_tokens: int | None = None) -> T:
        """Ask the model once more after an answer that cannot be used.

        ``max_tokens`` is the limit of a reply from now on, where the last one was too low. Raises
        BadCommand where no reply failed.
        """
        return self._run(self._ask_again(max_tokens))

    async def _ask_again(self, max_tokens: int | None) -> Stop:
        session = self._parts.session
        s = session.snapshot
        if s.trouble is None:
            raise BadCommand("there is no failed reply here to ask for again")
        if max_tokens is not None and max_tokens != s.settings.max_tokens:
            settings = replace(s.settings, max_tokens=max_tokens)
            session.append(SettingsChanged(settings), "live")
        return await self._parts.runner.run("step", consent=Consent(retry=True))

    def reload(self) -> T:
        """Load the workflow's files again, and go on with what they say now; nothing runs.

        ``d.edit.retry(record)`` then makes a failed call again. Refused while something runs.
        Raises BadWorkflow for code that cannot be loaded, with file and line: the old code stays.
        """
        return self._run(self._reload())

    async def _reload(self) -> Stop:
        parts = self._parts
        if parts.source is None:
            raise BadCommand(no_code(parts.session))
        parts.look_at_code()
        files, s = parts.changed_code, parts.session.snapshot
        then = parts.replaying.workflow or s.definition
        # In a thread: what a file does when it is imported may need a loop of its own.
        code = await asyncio.to_thread(parts.source.load)
        said = said_of(s, then, code.workflow, files)
        parts.adopt(code)
        return Stop("step", said)

    def save_as(self, path: str | PathLike[str]) -> T:
        """Write all of the session into a new file, and go on there. Raises NotSaved."""
        return self._run(self._save_as(Path(path)))

    async def _save_as(self, path: Path) -> Stop:
        session, worlds, old = self._parts.session, self._parts.worlds, self._parts.session.file
        session.save_as(path)
        if worlds is not None and old is not None:
            take_world(old, path, session.id)
            worlds.belongs_to(path, session.id)
        session.settle()
        session.sync()
        return Stop("step", f"saved as {path.name}, and goes on there")
