"""``tooltrace coverage``: which states and transitions many sessions went through, and which none.

Reads the files and nothing else, apart from the code that --workflow names.
"""

from __future__ import annotations

from pathlib import Path

import click

from tooltrace.cli.coverage_output import as_json, say_coverage
from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import say, say_json
from tooltrace.cli.progress import ProgressLine
from tooltrace.cli.session_paths import find_sessions
from tooltrace.cli.workflow_spec import spec_of
from tooltrace.core.compare.coverage import Coverage
from tooltrace.core.model.errors import BadCommand, ToolTraceError
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.debugger.session.given_paths import as_given

__all__ = ["command"]

_FEW = 8


@click.command("coverage", short_help="What of a workflow its sessions went through.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--workflow", "ref", help="Count against this code's definition, as it is now.")
@click.option("--json", "to_json", is_flag=True, help="One JSON object per workflow and line.")
def command(paths: tuple[Path, ...], ref: str | None, to_json: bool) -> None:
    """Show what the sessions at PATHS went through: files, or folders with all that is in them.

    For each workflow: its graph, where each state and each transition says how often, or never; the
    rows of its table with how often each was taken and its guard looked at, forced transitions, the
    tools called in each state, and how the branches ended. What a replay repeats is not counted.

    Without --workflow the table is that of the last session read. Exit codes: 0 done, 2 when not
    one session could be read.
    """
    files, unread = find_sessions(paths)
    spec = spec_of(ref) if ref else None
    skipped = [_told(path, why) for path, why in unread.items()]
    found: dict[str, Coverage] = {}
    with ProgressLine("reading sessions", len(files), _FEW) as progress:
        for file in files:
            try:
                _add(file, spec, found)
            except ToolTraceError as error:
                skipped.append(_told(file, str(error)))
            progress.advance()
    if not found and len(skipped) == 1:
        raise BadCommand(skipped[0])
    for told in skipped:
        say(f"tooltrace coverage: {told}", err=True)
    if not found:
        raise BadCommand("no session could be read")
    for index, coverage in enumerate(found.values()):
        if to_json:
            say_json(as_json(coverage))
        else:
            if index:
                say("")
            say_coverage(coverage)


def _add(file: Path, spec: WorkflowSpec | None, found: dict[str, Coverage]) -> None:
    with opened(as_given(file)) as (session, _):
        recorded = session.snapshot.workflow
        if spec is not None and recorded.name != spec.name:
            raise BadCommand(f"a session of {recorded.name}, and --workflow names {spec.name}")
        coverage = found.setdefault(recorded.name, Coverage(spec or recorded))
        coverage.spec = spec or recorded
        coverage.add(session.tree)


def _told(file: Path, why: str) -> str:
    return why if why.startswith(str(file)) else f"{file}: {why}"
