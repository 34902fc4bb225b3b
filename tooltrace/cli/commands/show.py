"""``tooltrace show``: the tool calls of a session as a table. Reads the file and nothing else."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from tooltrace.cli.follow import follow
from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import paint_parts, say, say_json, say_problems, table
from tooltrace.cli.record_refs import branch_at, place_in
from tooltrace.cli.request_output import request_json, say_request
from tooltrace.core.compare.edit_words import edit_words
from tooltrace.core.fold.branches import in_view
from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.session import Session
from tooltrace.tui.rows.calls.call_facts import call_json, each_call
from tooltrace.tui.rows.calls.call_table import show_rows
from tooltrace.tui.rows.labels import accepted_words, session_words, usage_words
from tooltrace.tui.rows.workflow.context_changes import request_rows, request_table

__all__ = ["command"]


@click.command("show", short_help="The tool calls of a session as a table.")
@click.argument("text", metavar="FILE[@REC]")
@click.option("--branch", "name", help="Another branch than the one that was stood on last.")
@click.option("--requests", is_flag=True, help="The model calls instead: tokens, cost, changes.")
@click.option("--full", is_flag=True, help="With --requests: all of each request, part by part.")
@click.option("--follow", "follows", is_flag=True, help="In sentences, step by step, as it grows.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def command(
    text: str, name: str | None, requests: bool, full: bool, follows: bool, as_json: bool
) -> None:
    """Show each tool call in FILE: arguments, result, time, state, where the result came from.

    FILE@17, or FILE:17, shows the branch that record 17 was written on; FILE@NAME the branch of
    that name.

    With --requests: each request to the model, its tokens and cost, how much of the context window
    it took, and what changed in it since the request before, and who changed it. With --full as
    well: the request itself, made anew from the records, part by part. With --json the first line
    describes the session, and each line after it one call, or one request.

    With --follow: what each step did and why the next thing follows, a line for each, of what is
    there and of what whoever writes the session adds, until the run ends or you press ctrl+c.
    """
    if full and not requests:
        raise BadCommand("--full is about requests: give --requests as well")
    if follows and (requests or as_json):
        other = "--requests" if requests else "--json"
        raise BadCommand(f"--follow tells the steps in sentences: leave out {other}")
    file, place = place_in(text)
    if place and name is not None:
        raise BadCommand(f"{text} names a branch already: leave --branch out")
    with opened(file, follows) as (session, problems):
        branch = branch_at(text, session, place) if place else _branch(file, session, name)
        if follows:
            say_problems(file, problems)
            follow(file, session, branch, name is not None or bool(place))
            return
        calls = iter(()) if requests else each_call(session.tree, branch.tip)
        asked = request_rows(session.tree, branch.tip) if requests else []
        about = _about(file, session.tree, branch)
        say_problems(file, problems)
        if as_json:
            say_json(about)
            for facts in calls:
                say_json(call_json(facts))
            for row in asked:
                say_json(request_json(session.tree, row, full))
            return
        table([[_heading(about, session.tree, branch)]], paint_parts)
        branches = session.tree.branches()
        if len(branches) > 1:
            shown = in_view(branches, branch.begin)
            marked = ", ".join(_marked(each, branch) for each in shown)
            more = len(branches) - len(shown)
            table([[f"branches: {marked}{f' and {more} out of view' if more else ''}"]])
        if edits := about["edits"]:
            told = ", ".join(f"{each['what']} #{each['record']}" for each in edits)
            table([[f"edited: {told}"]])
        if asked:
            table(request_table(asked))
            for row in asked if full else ():
                say_request(session.tree, row)
        elif requests:
            say("the model was not asked")
        elif (first := next(calls, None)) is not None:
            table(show_rows(chain([first], calls)))
        else:
            say("no tool was called")


def _branch(file: Path, session: Session, name: str | None) -> Branch:
    branches = session.tree.branches()
    if name is None:
        here = session.tree.branch_of(session.tip)
        return here or branches[0]
    for branch in branches:
        if branch.name == name:
            return branch
    known = ", ".join(branch.name for branch in branches)
    raise BadCommand(f"{file}: there is no branch {one_line(name)!r}; there are: {known}")


def _about(file: Path, tree: Tree, branch: Branch) -> dict[str, JsonValue]:
    s = tree.snapshot_at(branch.tip)
    return {
        "type": "session",
        "session": str(file),
        "workflow": s.workflow.name,
        "model": s.settings.model,
        "outcome": s.outcome,
        "why": s.why,
        "state": s.state,
        "branch": branch.name,
        "branches": [each.name for each in tree.branches()],
        "edits": [{"record": record, "what": words} for record, words in _edits(tree, branch.tip)],
        "began": tree[branch.run].at,
        "tool_calls": s.tool_calls,
        "accepted": s.accepted,
        "usage": s.usage.as_json(),
        "session_usage": tree.spent.as_json(),
    }


def _edits(tree: Tree, tip: int) -> list[tuple[int, str]]:
    """What a person edited on the path to a record, each by its record and in a few words."""
    told = ((record.id, edit_words(tree, record)) for record in tree.path(tip))
    return [(record, words) for record, words in told if words]


def _heading(about: dict[str, JsonValue], tree: Tree, branch: Branch) -> str:
    s = tree.snapshot_at(branch.tip)
    end = f"{s.outcome}" if s.outcome else "not finished"
    if s.state:
        end += f" in {s.state}"
    if s.why:
        end += f": {s.why}"
    if s.accepted:
        end += f", {accepted_words(s.accepted)}"
    calls = f"{s.tool_calls} tool call{'' if s.tool_calls == 1 else 's'}"
    parts = [about["workflow"], about["model"], end, branch.name, calls, usage_words(s.usage)]
    parts += filter(None, [session_words(s.usage, tree.spent)])
    return " · ".join(map(str, parts))


def _marked(branch: Branch, shown: Branch) -> str:
    left = "" if branch.parent is None else f" (left at #{branch.parent})"
    return f"{'*' if branch.begin == shown.begin else ''}{branch.name}{left}"
