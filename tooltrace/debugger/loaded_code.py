"""Load the code of a session again while it is paused, and go on with it.

The session's past stays as it is. What the new definition says otherwise is recorded as a fact of
its own at the next step that goes on live, and not before: looking at a recording needs no code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tooltrace.core.compare.definition_change import definition_change
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.engine.engine import Ports

if TYPE_CHECKING:
    from tooltrace.tools.world.world import World

__all__ = ["CodeSource", "LoadedCode", "said_of"]


class LoadedCode(Struct, frozen=True):
    """A workflow's code as it was just loaded, in the parts that a session goes on with."""

    workflow: WorkflowSpec
    ports: Ports
    today: ModelPort | None
    rerun: LiveTools
    check_context: Callable[[str, JsonValue], str | None]
    world: Callable[[Path], World] | None


class CodeSource(Protocol):
    """The code that a session was opened with, on disk."""

    def changed(self) -> tuple[str, ...]:
        """The names of the files that changed since they were loaded; reads nothing else."""
        ...

    def load(self) -> LoadedCode:
        """Load it as it is now. Raises ToolTraceError, and then nothing has changed."""
        ...


def said_of(s: Snapshot, then: WorkflowSpec, now: WorkflowSpec, files: tuple[str, ...]) -> str:
    """What loading came to, in one line."""
    what = ", ".join(files) or "the workflow"
    said = f"loaded {what} again: {definition_change(then, now)}"
    if s.state is not None and now.state(s.state) is None:
        first = f"the run goes on in {now.initial}" if now.initial else "the model decides"
        said += f"; there is no state {s.state} any more: {first}"
    if any(call.status == "returned" and call.is_error for call in s.calls):
        said += "; make the failed call again (R)"
    return one_line(said)
