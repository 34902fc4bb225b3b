"""``tooltrace check``: replay recordings headless and name every divergence."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import chain
from pathlib import Path

import click
from msgspec.structs import replace

from tooltrace.cli.check.one import CheckOptions, CheckResult, check_file, unchecked
from tooltrace.cli.check.output import Printer, summary_of
from tooltrace.cli.process.signals import stop_signals
from tooltrace.cli.session_paths import find_sessions
from tooltrace.core.model.errors import BadCommand, ToolTraceError

__all__ = ["command"]

WORTH_A_PROCESS = 2 << 20
"""Bytes of sessions that a process must have to check before it is worth starting: half a second
of work."""


@click.command("check", short_help="Replay sessions and name every divergence.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path))
@click.option("--workflow", "ref", help="Hold the recordings against this code, as it is now.")
@click.option(
    "--tools",
    type=click.Choice(["recorded", "live"]),
    default="recorded",
    show_default=True,
    help="Where results come from; live runs the tools of --workflow and compares.",
)
@click.option(
    "--allow-live", "allowed", multiple=True, metavar="NAME", help="A tool that may write."
)
@click.option(
    "--ignore", multiple=True, metavar="FIELD", help="With --tools live: may differ in results."
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Processes; as many as it is worth if left out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option("--junit", type=click.Path(path_type=Path), help="Also write JUnit XML to this file.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    ref: str | None,
    tools: str,
    allowed: tuple[str, ...],
    ignore: tuple[str, ...],
    jobs: int | None,
    as_json: bool,
    junit: Path | None,
) -> None:
    """Replay every branch of the sessions at PATHS: files, or folders with all that is in them.

    Without --workflow a recording is held against the definition in it, with it against the code:
    a scripted policy is asked again and its replies are compared. No tool runs.

    With --tools live the tools of the workflow do run, on recorded replies, and each result is
    compared with the recorded one. If the workflow has a world, they run on a copy of it as it was
    when the recording began; the world of the session is only read. That needs no permission. What
    may write elsewhere does: a tool that writes without a world, or that is open_world. Name each
    with --allow-live, and know that it then really acts.

    Exit codes: 0 all as recorded, 1 something differs, 2 something could not be checked.
    """
    if junit is not None and not junit.absolute().parent.is_dir():
        raise BadCommand(f"--junit {junit}: there is no folder {junit.absolute().parent}")
    results: list[CheckResult] = []
    try:
        asked = _asked(ref, tools == "live", allowed, ignore)
        counts = _check_all(paths, asked, jobs, as_json, results)
        if not counts["branches"] and not counts["unchecked"]:
            raise BadCommand(f"nothing could be judged: {_others(results)}")
    except BaseException as error:
        # Whoever reads only the file is not to take a check for good that was none, or was cut.
        known = isinstance(error, ToolTraceError)
        why = str(error) if known else "it was stopped before its end"
        results.append(unchecked(Path("tooltrace check"), why))
        raise
    finally:
        if junit is not None:
            from tooltrace.cli.check.junit import write_junit

            write_junit(junit, results)
    ctx.exit(2 if counts["unchecked"] else 1 if counts["diverged"] else 0)


def _asked(
    ref: str | None, live: bool, allowed: tuple[str, ...], ignore: tuple[str, ...]
) -> CheckOptions:
    if live and ref is None:
        raise BadCommand("--tools live needs the code of the tools: give --workflow REF")
    if not live and (allowed or ignore):
        raise BadCommand("--allow-live and --ignore go with --tools live")
    return CheckOptions(ref, live, allowed, ignore)


def _check_all(
    paths: Sequence[Path],
    asked: CheckOptions,
    jobs: int | None,
    as_json: bool,
    results: list[CheckResult],
) -> dict[str, int]:
    """Check what is there, telling it as it comes; ``results`` has what is known so far."""
    files, unread = find_sessions(paths)
    if not files:
        raise ToolTraceError("; ".join(f"{path}: {why}" for path, why in unread.items()))
    with (
        stop_signals(_interrupt),
        _scratch(asked.live) as scratch,
        Printer(len(files), as_json) as printer,
        closing(_results(files, replace(asked, scratch=scratch), jobs)) as found,
    ):
        for one in chain((unchecked(path, why) for path, why in unread.items()), found):
            results.append(one)
            printer.tell(one)
    counts = summary_of(results)
    printer.sum_up(counts)
    return counts


def _others(results: Sequence[CheckResult]) -> str:
    """What was skipped, in words."""
    first = next((found for found in results if found.skipped), None)
    return f"{first.file} is {first.why}" if first is not None else "no session has a branch"


def _scratch(live: bool) -> AbstractContextManager[str]:
    """A folder for copies of worlds, removed even if a process is ended while it uses one."""
    if not live:
        return nullcontext("")
    return tempfile.TemporaryDirectory(prefix="tooltrace-check-", ignore_cleanup_errors=True)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _results(
    files: Sequence[Path], asked: CheckOptions, jobs: int | None
) -> Generator[CheckResult, None, None]:
    """In this process if that is as good; never there with code of the workflow's."""
    if jobs is None:
        jobs = min(_cores(), 1 + sum(map(_size, files)) // WORTH_A_PROCESS)
    jobs = min(jobs, len(files))
    if jobs == 1 and asked.ref is None:
        for file in files:
            yield check_file(file, asked)
        return
    from tooltrace.cli.check.workers import check_side_by_side

    yield from check_side_by_side(files, asked, jobs)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
