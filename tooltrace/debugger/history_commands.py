"""The commands of a debugger that change history: each only appends, and each can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from tooltrace.core.model.events import CallRef
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.command_loop import CommandLoop
from tooltrace.debugger.commands import Commands
from tooltrace.debugger.edit import edits
from tooltrace.debugger.replay.start import Answers, ReplayParts
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = ["Answer", "ChangesHistory", "CheckContext"]

Answer = Future[Stop]
CheckContext = Callable[[str, JsonValue], str | None]


class ChangesHistory:
    """What a Debugger can do to its session besides moving in it."""

    _thread: CommandLoop
    _commands: Commands
    _check_context: CheckContext | None
    _again: ReplayParts

    def edit_result(self, record: int, content: JsonValue, is_error: bool = False) -> Answer:
        """Put another result in place of a recorded one."""
        return self._changing(lambda session: edits.edit_result(session, record, content, is_error))

    def edit_reply(self, record: int, reply: dict[str, Any]) -> Answer:
        """Put another model reply in place of a recorded one."""
        return self._changing(lambda session: edits.edit_reply(session, record, reply))

    def write_reply(self, record: int, reply: dict[str, Any]) -> Answer:
        """Write by hand the reply that a failed request did not get."""
        return self._changing(lambda session: edits.write_reply(session, record, reply))

    def edit_said(self, record: int, text: str) -> Answer:
        """Put other words in place of what the person said."""
        return self._changing(lambda session: edits.edit_said(session, record, text))

    def edit_arguments(self, ref: CallRef, arguments: JsonValue) -> Answer:
        """Change the arguments of a call of this turn."""
        return self._changing(lambda session: edits.edit_arguments(session, ref, arguments))

    def edit_context(self, key: str, value: JsonValue) -> Answer:
        """Change one value of the context."""
        return self._changing(lambda session: edits.edit_context(session, key, value))

    def context_problem(self, key: str, value: JsonValue) -> str | None:
        """Why a value does not fit the context's declaration; None when it may be put there."""
        return self._check_context(key, value) if self._check_context else None

    def answer_call(self, ref: CallRef, content: JsonValue, is_error: bool = False) -> Answer:
        """Give an open or interrupted call its result by hand."""
        return self._thread.submit(self._commands.answer(ref, content, is_error))

    def inject(self, fault: str, ref: CallRef | None = None) -> Answer:
        """Let a fault of ``faults_at`` happen to the call that is paused here; nothing runs."""
        return self._thread.submit(self._commands.inject(fault, ref))

    def force(self, to: str, reason: str = "") -> Answer:
        """Force a transition."""
        return self._changing(lambda session: edits.force(session, to, reason))

    def say(self, text: str) -> Answer:
        """Say something to the model."""
        return self._changing(lambda session: edits.say(session, text))

    def fork(self, name: str = "", allowed: Sequence[str] = ()) -> Answer:
        """Begin a branch here; the next step goes on live from it.

        ``allowed`` names calls (see ``call_name``) that may run again without being asked about,
        each once for each time that it is named.
        """
        return self._thread.submit(self._commands.fork(name, allowed))

    def retry(self, returned: int, allowed: Sequence[str] = ()) -> Answer:
        """Make a call again: back to before it, and one step on. What writes asks first."""
        return self._thread.submit(self._commands.retry(returned, allowed))

    def _changing(self, change: Callable[[Session], object]) -> Answer:
        return self._thread.submit(self._commands.change(change))

    def replay(
        self,
        from_start: bool,
        answers: Answers = "recorded",
        allowed: frozenset[str] = frozenset(),
    ) -> Answer:
        """Begin a replay of the current branch; step and continue then go through it.

        A difference stops it. ``answers`` says what answers in it, ``allowed`` names calls that
        today's tools may make outside the world.
        """
        return self._thread.submit(self._commands.replay(from_start, self._again, answers, allowed))

    def accept(self) -> Answer:
        """Go on past the divergence that a replay has met."""
        return self._thread.submit(self._commands.accept())

    def live_from_here(self) -> Answer:
        """Leave a replay, and go on live on a branch from the last place that was as recorded."""
        return self._thread.submit(self._commands.live_from_here())
