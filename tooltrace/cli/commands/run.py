"""``tooltrace run``: a workflow, in the app or headless."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from msgspec.structs import replace

from tooltrace.assemble import Code, load_code, new_run
from tooltrace.cli.budget_check import check_cost_budget
from tooltrace.cli.named_code import remember
from tooltrace.cli.point_options import GivenPoints, given_points, point_options
from tooltrace.cli.request_options import attachments, request_settings
from tooltrace.core.model.content_blocks import Block
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Settings
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.faults.scenario import Scenario, missing_tool
from tooltrace.debugger.faults.scenario_file import read_scenario
from tooltrace.debugger.run.breakpoint_file import BreakpointFile
from tooltrace.debugger.session.secrets import hide
from tooltrace.models.registry import usual_model

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger
    from tooltrace.tools.output.capture import OutputCapture

__all__ = ["command"]

UNSAID = ""


@click.command("run", short_help="Run a workflow.")
@click.argument("workflow")
@click.option("--input", "text", help="What is said to the model first.")
@click.option(
    "--file",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A picture, PDF or text that is said beside it.",
)
@click.option(
    "--set",
    "chosen",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of every request, such as effort=low or temperature=0.",
)
@click.option(
    "--model",
    help="scripted, a model id of Anthropic's, openai:ID (Responses API), chat:ID (Chat "
    "Completions) or plugin:NAME.  [default: scripted, or what WORKFLOW brings along]",
)
@click.option(
    "--base-url", help="Another host that speaks the model's protocol, as its SDK takes it."
)
@click.option("--key-env", metavar="NAME", help="The variable with the key for that host.")
@click.option("--session", type=click.Path(path_type=Path), help="The session file to write.")
@point_options
@click.option("--max-turns", type=click.IntRange(1), help="Model turns allowed.")
@click.option("--max-tokens", type=click.IntRange(1), help="Tokens allowed, in and out.")
@click.option(
    "--max-cost", type=click.FloatRange(0, min_open=True), metavar="USD", help="Dollars allowed."
)
@click.option("--priced-as", metavar="MODEL", help="With --base-url: the model whose prices hold.")
@click.option(
    "--reply-tokens", type=click.IntRange(1), default=4096, show_default=True, help="In one reply."
)
@click.option(
    "--result-limit", type=click.IntRange(1), metavar="BYTES", help="Of one result's text."
)
@click.option(
    "--attempts",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="At a request, while the API is busy.",
)
@click.option(
    "--placement",
    type=click.Choice(["auto", "message", "beside", "system"]),
    default="auto",
    show_default=True,
    help="Where the state prompt stands in a request.",
)
@click.option("--drop-bound-thinking", is_flag=True, help="Let the API drop thinking it refuses.")
@click.option("--scenario", type=click.Path(path_type=Path), help="A file of faults to inject.")
@click.option("--headless", is_flag=True, help="Without the app, to the end.")
@click.option("--json", "as_json", is_flag=True, help="With --headless: one JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context,
    workflow: str,
    text: str | None,
    files: tuple[Path, ...],
    chosen: tuple[str, ...],
    model: str | None,
    base_url: str | None,
    key_env: str | None,
    session: Path | None,
    breaks: tuple[str, ...],
    logs: tuple[str, ...],
    watches: tuple[str, ...],
    max_turns: int | None,
    max_tokens: int | None,
    max_cost: float | None,
    priced_as: str | None,
    reply_tokens: int,
    result_limit: int | None,
    attempts: int,
    placement: Literal["auto", "message", "beside", "system"],
    drop_bound_thinking: bool,
    scenario: Path | None,
    headless: bool,
    as_json: bool,
) -> None:
    """Run WORKFLOW: a shipped name, path/to/file.py:name or package.module:name.

    Breakpoints: tool:NAME, state:NAME, transition:A->B, error, call, request, reply, repeat,
    illegal, divergence, stuck, limit or "if EXPRESSION", each but the last with " when EXPRESSION"
    if you like, and " hits N" for the Nth time alone. With " log EXPRESSION" behind it, it prints
    instead of stopping.

    A scenario is a file that `tooltrace scenario` writes: the faults in it are given at their
    places, and its input is said unless --input says something else.
    """
    if as_json and not headless:
        raise BadCommand("--json goes with --headless")
    if base_url is not None and model in (None, "scripted"):
        raise BadCommand("--base-url needs a model: give --model MODEL-ID")
    if key_env is not None and model in (None, "scripted"):
        raise BadCommand("--key-env needs a model: give --model MODEL-ID")
    points = given_points(breaks, logs, watches)
    settings = Settings(
        model or UNSAID,
        base_url,
        reply_tokens,
        placement,
        max_turns=max_turns,
        token_budget=max_tokens,
        cost_budget=max_cost,
        priced_as=priced_as,
        drop_bound_thinking=drop_bound_thinking,
        attempts=attempts,
        request=request_settings(chosen),
        result_limit=result_limit,
        key_env=key_env,
    )
    content = attachments(files)
    if model is not None:
        check_cost_budget(settings)
    faults = read_scenario(scenario) if scenario is not None else None
    if text is None and faults is not None:
        text = faults.input or None
    if headless:
        ctx.exit(_headless(workflow, session, settings, text, content, points, faults, as_json))
    from tooltrace.cli.app import run_app

    def start(capture: OutputCapture, kept: BreakpointFile) -> Debugger:
        code = load_code(workflow)
        points.check(code.workflow.spec)
        _check_faults(code, faults)
        settled = _settings_for(code, settings)
        made = new_run(code, session, settled, text, capture, kept, content=content)
        remember(code)
        return _rehearsing(made, faults)

    instead = f"tooltrace run {workflow} --headless"
    ctx.exit(run_app(start, instead, points))


def _headless(
    ref: str,
    session: Path | None,
    settings: Settings,
    text: str | None,
    content: list[Block],
    points: GivenPoints,
    faults: Scenario | None,
    as_json: bool,
) -> int:
    from tooltrace.cli.headless import run_headless
    from tooltrace.cli.process.signals import leave_if_told
    from tooltrace.tools.functions.forked_process import stay
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard

    guard = DescriptorGuard(hide=hide)
    process = os.getpid()
    with guard, OutputCapture(guard) as capture:
        leave_if_told()
        code = load_code(ref)
        stay(process)
        leave_if_told()
        points.check(code.workflow.spec)
        _check_faults(code, faults)
        settled = _settings_for(code, settings)
        made = new_run(code, session, settled, text, capture, content=content)
        remember(code)
        debugger = _rehearsing(made, faults)
        points.give(debugger)
        for problem in debugger.view().problems:
            os.write(guard.real_stderr, f"tooltrace run: {one_line(problem)}\n".encode())
        result = run_headless(debugger, guard.real_stdout, guard.real_stderr, as_json)
    # Everything is said: what the workflow's code prints while Python ends is no output of ours.
    os.dup2(2, 1)
    return result


def _settings_for(code: Code, settings: Settings) -> Settings:
    """With the model that answers, where nobody was named: only the workflow says who that is."""
    if settings.model != UNSAID:
        return settings
    settings = replace(settings, model=usual_model(code.workflow))
    check_cost_budget(settings)
    return settings


def _rehearsing(debugger: Debugger, faults: Scenario | None) -> Debugger:
    if faults is not None:
        debugger.faults.rehearse(faults)
    return debugger


def _check_faults(code: Code, faults: Scenario | None) -> None:
    """A fault of a tool that the workflow does not have would never come up."""
    problem = missing_tool(faults, code.workflow.spec) if faults is not None else None
    if problem is not None:
        raise BadCommand(f"--scenario: {problem}")
