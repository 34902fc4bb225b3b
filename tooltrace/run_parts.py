"""What a run of a workflow goes on with: its ports, its world, and its files to load again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.events import Settings
from tooltrace.core.model.ports import ModelPort
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.loaded_code import CodeSource, LoadedCode
from tooltrace.debugger.replay.live_tools import LiveTools
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session.secrets import hide
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.world.branch_worlds import BranchWorlds, folder_beside, snapshots_in
from tooltrace.debugger.world.retention import limit
from tooltrace.engine.engine import Ports
from tooltrace.models.chosen import ChosenModel
from tooltrace.models.foreign import ForeignModel
from tooltrace.models.registry import check_model, model_port
from tooltrace.tools.registry import tool_port

if TYPE_CHECKING:
    from tooltrace.authoring.workflow import Workflow
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["Code", "RunParts", "run_parts"]


class Code(Struct, frozen=True):
    """A workflow that a person named, and how they named it; ``model`` answers for it, if given.

    ``named`` says that it was loaded by its name, not handed over as an object.
    """

    ref: str
    workflow: Workflow
    model: ModelPort | None = None
    named: bool = False


class RunParts(Struct, frozen=True):
    """What a session needs to go on live: ``today`` is the model that a replay may ask anew."""

    workflow: Workflow
    ports: Ports
    worlds: BranchWorlds | None
    today: ModelPort | None
    rerun: LiveTools
    source: CodeSource | None = None

    def debugger(
        self, session: Session, points: BreakpointFile | None, problems: tuple[str, ...] = ()
    ) -> Debugger:
        """A debugger over that session with these parts."""
        return Debugger(
            session,
            self.ports,
            self.worlds,
            points,
            self.today,
            self.workflow.spec,
            self.workflow.check_context,
            problems,
            self.rerun,
            self.workflow.place.file,
            self.source,
        )


def run_parts(
    code: Code,
    path: Path,
    settings: Settings,
    capture: OutputCapture | None = None,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> RunParts:
    """The ports and the world of a workflow's run, for the session in the file ``path``."""
    workflow, worlds = code.workflow, None
    if workflow.world:
        worlds = BranchWorlds(folder_beside(path), workflow.world, limit(), workflow.name)

    def make(now: Code, before: ModelPort | None = None) -> RunParts:
        return _parts_over(worlds, now, path, settings, capture, stopwatch, before)

    parts = make(code)
    return replace(parts, source=CodeOnDisk(code, parts.ports.model, make))


def _parts_over(
    worlds: BranchWorlds | None,
    code: Code,
    path: Path,
    settings: Settings,
    capture: OutputCapture | None,
    stopwatch: Callable[[], float],
    before: ModelPort | None,
) -> RunParts:
    """The parts over worlds that are there; ``before`` is the model that was asked so far."""
    from tooltrace.tools.functions.function_port import FunctionPort

    workflow = code.workflow
    world = (lambda: worlds.world) if worlds else None
    first, today = _model(code, settings)

    def other(chosen: Settings) -> ModelPort:
        check_model(workflow, chosen)
        return model_port(workflow, chosen)[0]

    if isinstance(before, ChosenModel):
        model = before.renewed(settings, first, other)
    else:
        model = ChosenModel(settings, first, other, hide, answers_all=code.model is not None)
    chosen = workflow.tool_port
    tools = tool_port(chosen, lambda: FunctionPort(workflow.tools, world, capture, stopwatch))
    rerun = LiveTools(
        lambda copy: tool_port(
            chosen, lambda: FunctionPort(workflow.tools, copy, capture, stopwatch), copied=True
        ),
        workflow.world,
        worlds.where if worlds else lambda _: snapshots_in(folder_beside(path)),
    )
    ports = Ports(model, tools, system=workflow.system_function)

    return RunParts(workflow, ports, worlds, today, rerun)


class CodeOnDisk:
    """A workflow's files, and the parts that they make when they are loaded again."""

    def __init__(
        self, code: Code, model: ModelPort, make: Callable[[Code, ModelPort], RunParts]
    ) -> None:
        from tooltrace.authoring.code_files import CodeFiles

        self._code = code
        self._model = model
        self._make = make
        self._files = CodeFiles(code.workflow, code.ref if code.named else None)

    def changed(self) -> tuple[str, ...]:
        """The names of the files that changed since they were loaded."""
        return self._files.changed()

    def load(self) -> LoadedCode:
        """The code as it is now. Raises ToolTraceError, and then the old one stays."""
        parts = self._files.load(self._parts)
        self._model = parts.ports.model
        workflow = parts.workflow
        return LoadedCode(
            workflow.spec,
            parts.ports,
            parts.today,
            parts.rerun,
            workflow.check_context,
            workflow.world,
        )

    def _parts(self, workflow: Workflow) -> RunParts:
        was, now = self._code.workflow.name, workflow.name
        if was != now:
            raise BadWorkflow(
                one_line(
                    f"this is a session of {was}, and the file defines {now} now: "
                    "the code that was loaded stays"
                )
            )
        return self._make(replace(self._code, workflow=workflow), self._model)


def _model(code: Code, settings: Settings) -> tuple[ModelPort, ModelPort | None]:
    if code.model is not None:
        return ForeignModel(code.model), None
    return model_port(code.workflow, settings)
