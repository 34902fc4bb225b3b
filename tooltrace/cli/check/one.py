"""Checking one session's file, as a plain function of what was asked: it may run in any process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.cli.open_readonly import opened
from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.model.workflow import WorkflowSpec, acts_outside
from tooltrace.debugger.replay.check import BranchVerdict, check_session
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.secrets import hider
from tooltrace.debugger.session.session import Session

if TYPE_CHECKING:
    from tooltrace.assemble import Code
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["CheckOptions", "CheckResult", "check_file", "load", "unchecked"]


class CheckOptions(Struct, frozen=True):
    """What to hold sessions against. ``scratch`` is a folder for copies of worlds."""

    ref: str | None = None
    live: bool = False
    allowed: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    scratch: str = ""


class CheckResult(Struct, frozen=True):
    """What came out for one file; ``why`` it could not be checked, if it could not.

    ``skipped`` says that there was nothing to check: it is a session of another workflow.
    """

    file: str
    workflow: str = ""
    checked: tuple[BranchVerdict, ...] = ()
    problems: tuple[str, ...] = ()
    why: str | None = None
    skipped: bool = False
    seconds: float = 0.0


def load(asked: CheckOptions) -> Code | None:
    """The code to hold sessions against. Raises BadWorkflow, or BadCommand for what it may not do.

    Tools that write need a yes by name, because nobody can be asked. What a tool does to the world
    alone needs none: it is done to a copy.
    """
    if asked.ref is None:
        return None
    from tooltrace.assemble import load_code

    code = load_code(asked.ref)
    if asked.live:
        _may_run(code.workflow.spec, asked.allowed)
    return code


def _may_run(spec: WorkflowSpec, allowed: tuple[str, ...]) -> None:
    for name in allowed:
        if spec.tool(name) is None:
            there = ", ".join(tool.name for tool in spec.tools) or "none"
            raise BadCommand(
                f"--allow-live {name}: {spec.name} has no such tool; there are: {there}"
            )
    outside = [tool.name for tool in spec.tools if acts_outside(tool, spec.world)]
    missing = [name for name in outside if name not in allowed]
    if missing:
        what = "outside its world" if spec.world else "and it has no world that could be copied"
        options = " ".join(f"--allow-live {name}" for name in missing)
        raise BadCommand(
            f"{spec.name}: {', '.join(missing)} may write {what}; to run it all the same: {options}"
        )


def unchecked(file: Path, why: str, seconds: float = 0.0) -> CheckResult:
    """A file that could not be checked, and why; the name of the file stands before it."""
    return CheckResult(str(file), why=why.removeprefix(f"{file}: "), seconds=seconds)


def check_file(
    file: Path,
    asked: CheckOptions,
    code: Code | None = None,
    capture: OutputCapture | None = None,
    folder: Path = Path(),
) -> CheckResult:
    """Check every branch of one session. What stands in the way is part of the answer.

    ``folder`` is where the file's name begins: the workflow's code may be in another one by now.
    """
    began = time.perf_counter()
    try:
        with opened(folder / file) as (session, problems):
            name = session.snapshot.workflow.name
            if code is not None and code.workflow.name != name:
                why = f"a session of {name}, and --workflow names {code.workflow.name}"
                return replace(unchecked(file, why, time.perf_counter() - began), skipped=True)
            found = _check(folder / file, session, asked, code, capture)
    except (ToolTraceError, OSError) as error:
        return unchecked(file, str(error), time.perf_counter() - began)
    seconds = time.perf_counter() - began
    return CheckResult(str(file), name, tuple(found), tuple(problems), seconds=seconds)


def _check(
    file: Path,
    session: Session,
    asked: CheckOptions,
    code: Code | None,
    capture: OutputCapture | None,
) -> list[BranchVerdict]:
    if code is None:
        return asyncio.run(check_session(session, now))
    flow, model = code.workflow, None
    if flow.policy is not None:
        from tooltrace.models.scripted import ScriptedModel

        model = ScriptedModel(flow.policy)
    tools = None
    if asked.live:
        from tooltrace.debugger.replay.today_tools import today_tools

        # What may not run was refused when the code was loaded.
        scratch = Path(asked.scratch) if asked.scratch else None
        tools = today_tools(
            *(flow, file, session.id, lambda *_: True, asked.ignore, scratch, capture)
        )
    return asyncio.run(check_session(session, now, flow.spec, model, tools, hider()))
