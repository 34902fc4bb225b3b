"""What pytest gains where tooltrace is installed: a fixture, and sessions as tests.

``tooltrace_replay`` replays a session in a test. ``--tooltrace PATH`` collects the sessions there,
a test for each branch, which fails where its replay is not as recorded. pytest loads this file
whether it is used or not, so nothing of tooltrace is imported before one of the two is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tooltrace.core.model.ports import Divergence
    from tooltrace.debugger.replay.replayed import Replayed

__all__ = [
    "pytest_addoption",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_terminal_summary",
    "tooltrace_replay",
]

_DIFFERED = pytest.StashKey[dict[Path, str]]()
"""The sessions whose replay was not as recorded, and the workflow of each."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in a group of their own."""
    group = parser.getgroup("tooltrace", "recorded sessions of tooltrace as tests")
    group.addoption(
        "--tooltrace",
        metavar="PATH",
        action="append",
        default=[],
        help="replay the sessions at PATH (a file, or a folder with all in it), a test a branch",
    )
    group.addoption(
        "--tooltrace-workflow",
        metavar="REF",
        help="hold them against this code: a shipped name, file.py:name or package.module:name",
    )
    group.addoption(
        "--tooltrace-live",
        action="store_true",
        help="run the tools of --tooltrace-workflow as well, on a copy of its world",
    )
    group.addoption(
        "--tooltrace-update",
        action="store_true",
        help="ask which of the sessions that differ to record anew; needs a terminal",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Have the sessions collected with everything else."""
    config.stash[_DIFFERED] = {}
    collected = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    for path in _named(config):
        # A folder below one that is collected anyway would be collected instead of that one.
        if not any(path.is_relative_to(folder) for folder in collected):
            config.args.append(str(path))
    if config.getoption("--tooltrace-live") and not config.getoption("--tooltrace-workflow"):
        raise pytest.UsageError("--tooltrace-live runs the tools of --tooltrace-workflow: name it")
    if config.getoption("--tooltrace-update") and not _has_terminal(config):
        raise pytest.UsageError("--tooltrace-update asks which, and there is no terminal to ask on")


def _named(config: pytest.Config) -> list[Path]:
    begun = config.invocation_params.dir
    return [Path(begun, path).resolve() for path in config.getoption("--tooltrace")]


def _has_terminal(config: pytest.Config) -> bool:
    with _uncaptured(config):
        return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def _uncaptured(config: pytest.Config) -> Iterator[None]:
    """Where what is typed is not kept from us, as pytest does with its own standard input."""
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.suspend_global_capture(in_=True)
    try:
        yield
    finally:
        capture.resume_global_capture()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A session that was named, or lies in a folder that was."""
    if file_path.suffix != ".jsonl":
        return None
    if any(file_path.resolve().is_relative_to(path) for path in _named(parent.config)):
        return _Session.from_parent(parent, path=file_path)
    return None


class _Session(pytest.File):
    """A session's file: a test for each of its branches that is in view."""

    def collect(self) -> Iterator[pytest.Item]:
        from tooltrace.cli.open_readonly import opened
        from tooltrace.core.model.errors import ToolTraceError

        try:
            with opened(self.path) as (session, _):
                branches = session.tree.branches()
        except ToolTraceError as error:
            raise self.CollectError(str(error)) from error
        for branch in branches:
            if not branch.pruned:
                yield _Branch.from_parent(self, name=branch.name)


class _Differs(Exception):
    """A replay that was not as recorded."""

    def __init__(self, replayed: Replayed) -> None:
        super().__init__(replayed.text)
        self.replayed = replayed


class _Branch(pytest.Item):
    """The replay of one branch."""

    def runtest(self) -> None:
        import tooltrace

        option = self.config.getoption
        workflow = option("--tooltrace-workflow")
        tools: Any = "live" if option("--tooltrace-live") else "recorded"
        replayed = tooltrace.replay(self.path, workflow, branch=self.name, tools=tools)
        if replayed.divergences:
            self.config.stash[_DIFFERED].setdefault(self.path, workflow or "")
            raise _Differs(replayed)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from tooltrace.core.model.errors import ToolTraceError

        error = excinfo.value
        if isinstance(error, _Differs):
            return "\n".join(_shown(self.config, error.replayed.divergences))
        if isinstance(error, ToolTraceError):
            return str(error)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.name}@{self.name}"


def _shown(config: pytest.Config, divergences: Iterable[Divergence]) -> Iterator[str]:
    """Each divergence, with both values as pytest shows two that should be equal."""
    from tooltrace.debugger.replay.divergence import as_text, describe

    for each in divergences:
        yield describe(each)
        values = {"left": each.now, "right": each.recorded}
        plain = {side: as_text(v) if _is_missing(v) else v for side, v in values.items()}
        told = config.hook.pytest_assertrepr_compare(config=config, op="==", **plain)
        equal = f"assert {as_text(each.now)} == {as_text(each.recorded)}"
        lines: list[str] = next((found for found in told if found), [equal])
        yield from (f"E   {line}" for line in lines)


def _is_missing(value: object) -> bool:
    from tooltrace.core.compare.json_diff import MISSING

    return value is MISSING


@pytest.fixture
def tooltrace_replay(request: pytest.FixtureRequest) -> Callable[..., Replayed]:
    """Replay a session: ``tooltrace_replay("sessions/x.jsonl", workflow="shop.py:shop")``.

    Takes what ``tooltrace.replay`` takes; a path that is no whole one begins in the folder of the
    test's own file. What differed stands in the report of a test that fails.
    """
    import tooltrace

    def replay(path: str | Path, workflow: Any = None, **given: Any) -> Replayed:
        replayed = tooltrace.replay(request.path.parent / path, workflow, **given)
        if replayed.divergences:
            lines = "\n".join(_shown(request.config, replayed.divergences))
            request.node.add_report_section("call", f"replay of {Path(path).name}", lines)
        return replayed

    return replay


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """With ``--tooltrace-update``: ask which sessions to record anew, and record them."""
    differed = config.stash[_DIFFERED]
    if not differed or not config.getoption("--tooltrace-update"):
        return
    from tooltrace.pytest_plugin.update import ask_and_record

    with _uncaptured(config):
        ask_and_record(differed, terminalreporter.write_line)
