"""``tooltrace resample``: ask the model several times at one place of a session, and count."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import NamedTuple

import click

from tooltrace.assemble import load_code, reopen
from tooltrace.cli.output import say, say_json, say_problems, table
from tooltrace.cli.process.signals import leave_within, stop_signals
from tooltrace.cli.process.unsaved_report import leave
from tooltrace.cli.progress import ProgressLine
from tooltrace.core.decide.next_action import asks_model, next_action
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.sampling.sampler import MOST
from tooltrace.debugger.sampling.samples import Budget, Samples
from tooltrace.debugger.session import folders
from tooltrace.debugger.stop import Stop
from tooltrace.tui.rows.branches.samples import about, samples_json, samples_table
from tooltrace.tui.rows.labels import usage_words

__all__ = ["command"]

PATIENCE = 0.3

EVERY = 0.1
"""Seconds between two looks at how many have answered."""


@click.command("resample", short_help="Ask the model k times what comes next.")
@click.argument("place", metavar="FILE[@REC]")
@click.option("--workflow", "ref", required=True, help="Its workflow, by whose model it is asked.")
@click.option("--k", "k", type=click.IntRange(1, MOST), default=5, show_default=True)
@click.option("--max-tokens", type=click.IntRange(1), help="Tokens allowed in all, in and out.")
@click.option(
    "--max-cost", type=click.FloatRange(0, min_open=True), metavar="USD", help="Dollars allowed."
)
@click.option("--reply-tokens", type=click.IntRange(1), help="In one reply, if not as before.")
@click.option("--base-url", help="The host the session went to, if not the API's own.")
@click.option("--key-env", metavar="NAME", help="The variable with the key for it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(
    ctx: click.Context,
    place: str,
    ref: str,
    k: int,
    max_tokens: int | None,
    max_cost: float | None,
    reply_tokens: int | None,
    base_url: str | None,
    key_env: str | None,
    as_json: bool,
) -> None:
    """Ask the model K times what it would do next in FILE, at record REC or where you left.

    What was edited and the model has not read yet is also left out, all of it, for as many
    requests, so that both sides can be compared. No tool runs. Each answer is added to the
    session, as a branch that is out of view.

    Exit code 0: asked. 1: no usable reply came, or it was interrupted. 2: it could not be done.
    """
    file, at = _place(place)
    budget = Budget(max_tokens, max_cost, reply_tokens)
    host = _Host(base_url, key_env)
    problems, found = _asked(file, at, ref, host, lambda d: d.submit.samples.ask(k, budget))
    say_problems(file, problems)
    if as_json:
        for line in samples_json(found):
            say_json(line)
        say_json(_summary(found, file))
    else:
        _say(found, file)
    sys.stdout.flush()
    # Everything is said: what the workflow's code prints while Python ends is no output of ours.
    os.dup2(2, 1)
    code = 1 if not found.replies or found.interrupted else 0
    if found.interrupted:
        leave_within(PATIENCE, code)
    ctx.exit(code)


class _Host(NamedTuple):
    """Where the model is asked, and the variable with the key for that."""

    base_url: str | None
    key_env: str | None


def _place(text: str) -> tuple[Path, int | None]:
    """The file and the record behind the last @; a file may have an @ in its name."""
    name, sign, record = text.rpartition("@")
    if not sign or Path(text).exists():
        return Path(text), None
    if not (record.isascii() and record.isdigit() and len(record) < 10):
        raise BadCommand(f"{one_line(text)}: a record's number must stand after the @")
    return Path(name), int(record)


def _asked(
    file: Path,
    at: int | None,
    ref: str,
    host: _Host,
    ask: Callable[[Debugger], Future[Stop]],
) -> tuple[tuple[str, ...], Samples]:
    from tooltrace.tools.output.capture import OutputCapture
    from tooltrace.tools.output.descriptor_guard import DescriptorGuard

    guard = DescriptorGuard()
    with guard, OutputCapture(guard) as capture:
        code = load_code(ref)
        debugger = reopen(
            file,
            code,
            capture,
            base_url=host.base_url,
            key_env=host.key_env,
            last=folders.last_places(),
        )
        left = debugger.view()
        try:
            _stand(debugger, file, at)
            with stop_signals(debugger.cancel):
                stop = _watched(debugger, ask(debugger), guard.real_stderr)
        finally:
            # The person who opens it next stands where they left it.
            debugger.submit.goto(left.head, left.tip).result()
            leave(debugger, guard.real_stderr)
    found = debugger.samples.found
    if stop.kind == "error" or found is None:
        raise BadCommand(f"{file}: {stop.text}")
    if not found.samples:
        raise BadCommand(f"{file}: nothing was asked: {found.stopped}")
    return left.problems, found


def _watched(debugger: Debugger, asked: Future[Stop], stderr: int) -> Stop:
    """How asking ends; until then a person sees how many have answered, and what that used."""
    while os.isatty(stderr) and wait([asked], EVERY).not_done:
        if (found := debugger.samples.found) is not None:
            break
    else:
        return asked.result()
    with ProgressLine("asking the model", found.k * len(found.sides), to=stderr) as progress:
        known = 0
        while not asked.done():
            found = debugger.samples.found or found
            progress.advance(len(found.samples) - known, usage_words(found.usage))
            known = len(found.samples)
            wait([asked], EVERY)
        return asked.result()


def _stand(debugger: Debugger, file: Path, at: int | None) -> None:
    """Go to the record; where the model is not asked next, say where it is."""
    if at is not None:
        stop = debugger.submit.goto(at).result()
        if stop.kind == "error":
            raise BadCommand(f"{file}: {stop.text}")
    view = debugger.view()
    if view.read_only:
        raise BadCommand(f"{file}: {view.read_only}")
    if asks_model(view.action):
        return
    asked = [n for n in view.path if asks_model(next_action(view.tree.snapshot_at(n)))]
    near = next((n for n in reversed(asked) if n < view.head), asked[0] if asked else None)
    where = f", but it is at {file}@{near}" if near else ""
    raise BadCommand(f"{file}: the model is not asked next at #{view.head}{where}")


def _say(found: Samples, path: Path) -> None:
    for line in about(found):
        say(line)
    say("")
    table(samples_table(found))
    say("")
    count = len(found.samples)
    kept = "1 branch" if count == 1 else f"{count} branches"
    say(f"added to {path} as {kept}, out of view")


def _summary(found: Samples, path: Path) -> JsonValue:
    return {
        "type": "summary",
        "session": str(path),
        "record": found.head,
        "edit": found.edit,
        "edits": [*found.edits],
        "without": found.without,
        "why": found.why,
        "asked": {side: found.of(side) for side in found.sides},
        "replies": found.replies,
        "usage": found.usage.as_json(),
        "stopped": found.stopped,
    }
