"""``tooltrace check``: replay recordings headless and name every divergence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tooltrace.cli.clock import now
from tooltrace.cli.output import say, say_json, say_problems
from tooltrace.cli.reading import opened
from tooltrace.core.errors import ToolTraceError
from tooltrace.core.events import RunStarted
from tooltrace.core.ports import Divergence, ModelPort
from tooltrace.debugger.checking import Checked, check_session
from tooltrace.debugger.session import Session

if TYPE_CHECKING:
    from tooltrace.cli.build import Code

__all__ = ["command"]


@click.command("check", short_help="Replay sessions and name every divergence.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--workflow", "ref", help="Hold the recordings against this code, as it is now.")
@click.option(
    "--tools",
    type=click.Choice(["recorded"]),
    default="recorded",
    show_default=True,
    help="Where results come from.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], ref: str | None, tools: str, as_json: bool
) -> None:
    """Replay every branch of the sessions at PATHS, files or folders. No tool runs.

    Without --workflow a recording is held against the definition in it, with it against the code:
    a scripted policy is asked again and its replies are compared.
    """
    code = _code(ref) if ref else None
    files = _files(paths)
    if not files:
        raise ToolTraceError(f"{', '.join(map(str, paths))}: no sessions (*.jsonl) in there")
    worst = 0
    for file in files:
        try:
            checked = _check(file, code)
        except ToolTraceError as error:
            worst = 2
            _say_unreadable(file, str(error), as_json)
            continue
        for one in checked:
            if one.divergence is not None:
                worst = max(worst, 1)
            _say(file, one, as_json)
    ctx.exit(worst)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return found


def _code(ref: str) -> Code:
    from tooltrace.cli.build import load_code

    return load_code(ref)


def _check(file: Path, code: Code | None) -> list[Checked]:
    with opened(file) as (session, problems):
        say_problems(file, problems)
        name = session.snapshot.workflow.name
        if code is not None and code.workflow.name != name:
            raise ToolTraceError(f"a session of {name}, and --workflow names {code.workflow.name}")
        workflow = code.workflow.spec if code else None
        return asyncio.run(check_session(session, now, workflow, _today(session, code)))


def _today(session: Session, code: Code | None) -> ModelPort | None:
    root = session.tree[session.tree.roots[0]].event
    scripted = isinstance(root, RunStarted) and root.settings.model == "scripted"
    if code is None or code.workflow.policy is None or not scripted:
        return None
    from tooltrace.models.scripted import ScriptedModel

    return ScriptedModel(code.workflow.policy)


def _say_unreadable(file: Path, why: str, as_json: bool) -> None:
    if as_json:
        say_json({"type": "unreadable", "session": str(file), "why": why})
    told = why if why.startswith(str(file)) else f"{file}: {why}"
    say(f"tooltrace check: {told}", err=True)


def _say(file: Path, one: Checked, as_json: bool) -> None:
    found = one.divergence
    if as_json:
        say_json(_as_json(file, one, found))
    elif found is None:
        say(f"ok   {file} {one.branch}: {one.steps} steps")
    else:
        say(f"DIFF {file} {one.branch}: {one.text}")


def _as_json(file: Path, one: Checked, found: Divergence | None) -> dict[str, object]:
    line: dict[str, object] = {
        "type": "divergence" if found else "ok",
        "session": str(file),
        "branch": one.branch,
        "steps": one.steps,
    }
    if found is not None:
        line |= {
            "step": found.step,
            "record": found.record,
            "what": found.what,
            "field": found.field,
            "recorded": found.recorded,
            "now": found.now,
        }
    return line
