"""``debugger.edit``: the commands that change history. Each only appends, and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import CallRef, Settings
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.suggest import quoted
from tooltrace.debugger.edit import edits, request, said
from tooltrace.debugger.edit.irreversible import writes_left_behind
from tooltrace.debugger.edit.preview import named
from tooltrace.debugger.edit.request_cost import edit_cost
from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.run.without_code import no_code
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import T, Verbs
from tooltrace.models.chosen import ChosenModel

__all__ = ["Edit"]


class Edit(Verbs[T]):
    """Edit, stub, retry, force, fork, undo. All raise BadCommand, ReadOnly or NotSaved."""

    def result(self, record: int, content: JsonValue, is_error: bool = False) -> T:
        """Put another result in place of the recorded one; the model reads this one."""
        return self._change(lambda session: edits.edit_result(session, record, content, is_error))

    def reply(self, record: int, reply: dict[str, Any]) -> T:
        """Put another model reply in place of a recorded one, as the Messages API shapes it."""
        return self._change(lambda session: edits.edit_reply(session, record, reply))

    def write_reply(self, record: int, reply: dict[str, Any]) -> T:
        """Write by hand the reply that a failed request did not get."""
        return self._change(lambda session: edits.write_reply(session, record, reply))

    def said(self, record: int, text: str, content: Sequence[Block] | None = None) -> T:
        """Put other words in place of what the person said; ``content`` as in ``say``."""
        return self._change(lambda session: said.edit_said(session, record, text, content))

    def arguments(self, ref: CallRef, arguments: JsonValue) -> T:
        """Change the arguments of a call of this turn."""
        return self._change(lambda session: edits.edit_arguments(session, ref, arguments))

    def context(self, key: str, value: JsonValue) -> T:
        """Change one value of the context, from here on."""
        return self._change(lambda session: edits.edit_context(session, key, value))

    def context_problem(self, key: str, value: JsonValue) -> str | None:
        """Why a value does not fit the context's declaration; None when it may be put there."""
        check = self._parts.check_context
        return check(key, value) if check else None

    def system(self, system: JsonValue) -> T:
        """Send another system prompt from here on: text, or text blocks; None is the workflow's."""
        return self._edited(lambda session: request.edit_system(session, system))

    def tool(
        self, name: str, description: str | None = None, schema: dict[str, Any] | None = None
    ) -> T:
        """Tell the model something else of a tool from here on; without both, what it was told."""
        return self._edited(lambda s: request.edit_tool(s, name, description, schema))

    def setting(self, name: str, value: JsonValue) -> T:
        """Set one setting of the requests from here on, such as ``effort``; None takes it away."""
        return self._edited(lambda session: request.edit_setting(session, name, value))

    def message(self, record: int, content: JsonValue, is_error: bool = False) -> T:
        """Change a message, or one result, of the conversation so far; what came after it stays.

        ``content`` is text or a list of content blocks; None takes it out.
        """
        return self._edited(lambda s: request.edit_message(s, record, content, is_error))

    def add_message(self, after: int, role: str, content: JsonValue) -> T:
        """Put a message behind the one that came from the record ``after``; 0 puts it first."""
        return self._edited(lambda s: request.add_message(s, after, role, content))

    def model(self, model: str, base_url: str | None = None, key_env: str | None = None) -> T:
        """Ask another model from here on, at ``base_url`` if it is not the provider's own host.

        ``key_env`` is the variable with the key for that host.
        """
        return self._edited(
            lambda session: request.choose_model(
                session, self._choice(session, model, base_url, key_env)
            )
        )

    def request_problem(self, change: Callable[[request.EditPlace], object]) -> str | None:
        """Why an edit of ``debugger.edit.request`` would be refused here; None when it would not.

        Nothing is changed.
        """
        return request.problem(self._parts.session, change)

    def _edited(self, change: Callable[[Session], object]) -> T:
        """An edit of what later requests say; the stop says what it costs, if anything."""

        def changing(session: Session) -> str:
            change(session)
            return str(edit_cost(session.tree, session.head))

        return self._change(changing)

    def _choice(
        self, session: Session, model: str, base_url: str | None, key_env: str | None = None
    ) -> Settings:
        """The settings with a model that may be asked from now on."""
        settings = request.with_model(session, model, base_url, key_env)
        port = self._parts.ports.model
        if isinstance(port, ChosenModel):
            port.choose(settings)
        return settings

    def answer(self, ref: CallRef, content: JsonValue, is_error: bool = False) -> T:
        """Give an open or interrupted call its result by hand (a stub)."""

        def answering(session: Session) -> None:
            world, unkept = self._parts.live.world_after(session.snapshot.call(ref))
            edits.answer_call(session, ref, content, is_error, world, unkept)

        return self._change(answering)

    def force(self, to: str, reason: str = "") -> T:
        """Force a transition. One that no row of the table allows needs a reason."""
        return self._change(lambda session: edits.force(session, to, reason))

    def say(self, text: str, content: Sequence[Block] | None = None) -> T:
        """Say something to the model; ``content`` are blocks beside the text, such as pictures."""
        return self._change(lambda session: said.say(session, text, content))

    def fork(
        self,
        name: str = "",
        allow: Sequence[str] = (),
        model: str | None = None,
        base_url: str | None = None,
        key_env: str | None = None,
    ) -> T:
        """Begin a branch here; the next step goes on live from it, with another ``model`` if named.

        ``base_url`` and ``key_env`` say where it is asked, and which variable has the key for that.

        ``allow`` names tools, or calls ahead (see ``call_name``), that may run again without being
        asked about, a call once for each time that it is named, until one moves or changes
        something. The stop says what nothing takes back.
        """

        def forking(session: Session) -> str:
            left = writes_left_behind(session)
            chosen = None if model is None else self._choice(session, model, base_url, key_env)
            edits.fork(session, name)
            if chosen is None:
                return left
            request.choose_model(session, chosen)
            told = (left, str(edit_cost(session.tree, session.head)))
            return "; ".join(filter(None, told))

        return self._run(self._allowing(forking, allow))

    async def _allowing(self, change: Callable[[Session], object], names: Sequence[str]) -> Stop:
        session = self._parts.session
        calls = named(session, names)
        ahead = {call.name for call in calls}
        tools = [name for name in names if name not in ahead]
        for name in tools:
            if session.snapshot.workflow.tool(name) is None:
                raise BadCommand(f"{quoted(name)} is no tool, and no call ahead on this branch")
        stop = await self._parts.change(change)
        self._parts.runner.allow(Consent((*calls, *tools)))
        return stop

    def retry(self, returned: int, allow: Sequence[str] = ()) -> T:
        """Make a call again: back to before it, and one step on. What writes asks first."""
        return self._run(self._retry(returned, allow))

    async def _retry(self, returned: int, names: Sequence[str]) -> Stop:
        if not self._parts.live.able:
            raise BadCommand(no_code(self._parts.session))
        await self._allowing(lambda session: edits.retry(session, returned), names)
        return await self._parts.runner.run("step")

    def undo(self) -> T:
        """Stand where one stood before the last change of history. The change stays in the file."""
        return self._run(self._undone(self._parts.undo.undo))

    def redo(self) -> T:
        """The opposite of undo."""
        return self._run(self._undone(self._parts.undo.redo))

    async def _undone(self, move: Callable[[], str]) -> Stop:
        said = move()
        self._parts.session.stand()
        return await self._parts.move(lambda: said)
