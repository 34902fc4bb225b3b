"""``tooltrace list``: the shipped workflows, and the sessions that were recorded here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from tooltrace.authoring.shipped import shipped
from tooltrace.cli.output import say, say_json, table
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import bytes_in_words
from tooltrace.debugger.session import folders
from tooltrace.debugger.session.session_facts import session_facts
from tooltrace.tui.rows.home.session_row import local_time
from tooltrace.tui.rows.labels import accepted_words

__all__ = ["command"]

MOST = 100


@click.command("list", short_help="Shipped workflows and recorded sessions.")
@click.option("--all", "everything", is_flag=True, help=f"Not only the {MOST} newest sessions.")
@click.option("--found", is_flag=True, help="The sessions of Claude Code, Codex and Pi instead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def command(everything: bool, found: bool, as_json: bool) -> None:
    """List the workflows that come along, and the sessions in ./sessions or your data folder.

    Where there is none, the recordings that come along are listed. What a session's file cannot
    tell stays empty; one that cannot be read is named.

    With --found: what other agents have recorded in your home folder, the newest first, for open
    and import. Only names and times are looked at.
    """
    if found:
        _say_found(everything, as_json)
        return
    workflows = shipped()
    files = list(folders.recent_sessions(most=None))
    came = [] if files else _came_along()
    shown = files if everything else files[:MOST]
    if as_json:
        for name, what in workflows:
            say_json({"type": "workflow", "name": name, "description": what})
        for path in shown:
            say_json(_facts(path))
        for path in came:
            say_json(_facts(path) | {"shipped": True})
        return
    say("workflows")
    table([["", name, what] for name, what in workflows])
    say("")
    for rest in folders.half_removed():
        say(f"{rest}: a removal that was cut short: tooltrace rm {rest} ends it", err=True)
    say(f"sessions in {folders.sessions_folder()}")
    if not files:
        say("  none yet: tooltrace demo records one")
        if came:
            say(f"recordings that come along, in {came[0].parent}")
            table([["", *_cells(_facts(path))] for path in came])
        return
    table([["", *_cells(_facts(path))] for path in shown])
    if len(files) > len(shown):
        say(f"  and {len(files) - len(shown)} older: tooltrace list --all")


def _came_along() -> list[Path]:
    from tooltrace.debugger.session.recordings import recordings

    return recordings()


def _say_found(everything: bool, as_json: bool) -> None:
    from tooltrace.debugger.session.found_sessions import found_sessions

    files = found_sessions()
    shown = files if everything else files[:MOST]
    if as_json:
        for one in shown:
            told = {"type": "found", "file": str(one.path), "agent": one.agent}
            say_json({**told, "when": _iso(one.changed), "size": one.size})
        return
    if not files:
        say("Claude Code, Codex and Pi have no sessions in your home folder")
        return
    table(
        [[local_time(_iso(f.changed)), f.agent, bytes_in_words(f.size), str(f.path)] for f in shown]
    )
    if len(files) > len(shown):
        say(f"and {len(files) - len(shown)} older: tooltrace list --found --all")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _facts(path: Path) -> dict[str, JsonValue]:
    """What one line says about a session."""
    facts = session_facts(path, told=False)
    kind = "unreadable" if facts.unreadable else "session"
    line: dict[str, JsonValue] = {"type": kind, "session": str(path)}
    if facts.why:
        return line | {"why": facts.why}
    return line | {
        "workflow": facts.workflow,
        "outcome": facts.outcome,
        "state": facts.state,
        "tool_calls": facts.tool_calls,
        "when": facts.when,
        "branches": facts.branches,
        "accepted": facts.accepted,
        "problems": facts.problems,
    }


def _cells(facts: dict[str, JsonValue]) -> list[str]:
    name = Path(facts["session"]).name
    if "workflow" not in facts:
        return [name, "", "unreadable" if facts["type"] == "unreadable" else "", "", facts["why"]]
    outcome, state = facts["outcome"] or "not finished", facts["state"]
    calls, branches = facts["tool_calls"], facts["branches"]
    told = [f"{calls} call{'' if calls == 1 else 's'}"]
    if branches > 1:
        told.append(f"{branches} branches")
    if facts["accepted"]:
        told.append(accepted_words(facts["accepted"]))
    if facts["problems"]:
        told.append("damaged")
    if facts["accepted"]:
        outcome = f"{outcome} ≠{facts['accepted']}"
    end = f"{outcome} in {state}" if state else outcome
    return [name, facts["workflow"], end, local_time(facts["when"]), ", ".join(told)]
