"""The system prompt of a workflow: text, content blocks, or a function that gives either.

A function is called for each request, with a ``Seen``, and what it gave is recorded with the
request: a replay, and whoever reads the file, needs none of the code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from tooltrace.authoring.definition_check import shown
from tooltrace.authoring.source_lines import SourceLine
from tooltrace.core.decide.next_action import options_at
from tooltrace.core.fold.conversation import conversation
from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.content_blocks import Block, block_problem
from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.messages import Message, Request, UserText
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.text.error_origin import authors_line
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import named, one_line
from tooltrace.models.scripted import Seen

__all__ = ["SystemFunction", "SystemPrompt", "prompt_parts"]

SystemPrompt: TypeAlias = "str | Sequence[Block] | Callable[[Seen], str | Sequence[Block]]"
"""What ``Workflow(system=…)`` takes."""


class SystemFunction:
    """A function of the author's that gives the system prompt of each request."""

    def __init__(self, function: Callable[[Seen], Any], place: SourceLine) -> None:
        self._function = function
        self._place = place
        self.name = str(getattr(function, "__name__", type(function).__name__))

    def __call__(self, s: Snapshot) -> JsonValue:
        """The prompt of the request that is made here: text, or content blocks.

        Raises BadWorkflow, with the line, for code that fails and for what is no prompt.
        """
        try:
            given: Any = self._function(_seen(s))
        except (Exception, SystemExit) as error:
            line = authors_line(error)
            at = f"{line[0]}:{line[1]}" if line else str(self._place)
            what = named(type(error).__name__, str(error))
            raise BadWorkflow(
                one_line(f"{at}: the system prompt, {self.name}, raised {what}")
            ) from error
        if isinstance(given, str):
            return given
        if why := _wrong(given):
            raise BadWorkflow(
                one_line(f"{self._place}: the system prompt, {self.name}, gave {why}")
            )
        return list(given)


def _seen(s: Snapshot) -> Seen:
    # A list of its own: the one of the snapshot would have to be copied by the next fold.
    messages: AppendList[Message] = AppendList(list(conversation(s)[0]))
    request = Request(
        s.workflow, messages, s.turn, s.state, s.context, "", options=options_at(s), form=s.form
    )
    said = [at for at, message in enumerate(messages) if isinstance(message, UserText)]
    return Seen(request, said[-1] if said else -1)


def prompt_parts(place: SourceLine, system: Any) -> tuple[str, tuple[Block, ...], Any]:
    """The text, the blocks and the function of what was written. Raises BadWorkflow."""
    if isinstance(system, str):
        return system, (), None
    if callable(system) and not isinstance(system, type):
        return "", (), SystemFunction(system, place)
    if why := _wrong(system):
        words = "text, a list of content blocks, or a function that gives either"
        raise BadWorkflow(f"{place}: Workflow: system is {why}; write {words}")
    return "", tuple(system), None


def _wrong(blocks: Any) -> str | None:
    """Why something is no list of blocks for a system prompt; None when it is."""
    if not isinstance(blocks, list | tuple):
        return shown(blocks)
    for index, block in enumerate(blocks):
        why = block_problem(block)
        if why is None and block["type"] != "text":
            why = "a system prompt has text blocks only"
        if why is not None:
            return f"a list whose block {index} cannot be sent: {why}"
    return None
