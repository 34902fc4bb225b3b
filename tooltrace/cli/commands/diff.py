"""``tooltrace diff``: two branches or two sessions side by side, step by step. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from tooltrace.cli.open_readonly import opened
from tooltrace.cli.output import say, say_json, say_problems, sides, table, width_of_stdout
from tooltrace.cli.record_refs import branch_at, place_in
from tooltrace.core.compare.branch_diff import ComparedStep, Comparison, compare
from tooltrace.core.compare.transcript import TranscriptStep
from tooltrace.core.fold.tree import Branch
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.debugger.session.session import Session
from tooltrace.tui.rows.branches.compare import SIGNS, folded, same_words, totals_rows
from tooltrace.tui.rows.branches.step_words import said_of
from tooltrace.tui.rows.values import brief, narrowed

__all__ = ["command"]

_INDENT = " " * 6
_MOST = 4000
_COLORS = {"same": "", "changed": "yellow", "left": "red", "right": "green"}
_BOTH = "red and green"


@click.command("diff", short_help="Two branches or two sessions, step by step.")
@click.argument("left", metavar="FILE[@REC]")
@click.argument("right", metavar="FILE[@REC]")
@click.option("--all", "everything", is_flag=True, help="Also the steps that are the same.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def command(ctx: click.Context, left: str, right: str, everything: bool, as_json: bool) -> None:
    """Compare two branches, of one session or of two. Nothing runs and nothing is changed.

    FILE alone is the branch that was stood on last. FILE@17 is the whole branch that record 17 was
    written on, to its end; FILE@NAME the branch of that name. FILE@#17 is the record, also where a
    branch is called 17.

    Two branches of one session are the same up to their fork; from there on, and between two
    sessions, steps belong together by what they say. Times, ids, costs and where a result came from
    do not count. < is the left side, > the right one.

    Exit code 0: no difference. 1: there are differences. 2: it could not be done.
    """
    with ExitStack() as stack:
        here, here_at = place_in(left)
        there, there_at = place_in(right)
        ours = _opened(stack, here)
        theirs = ours if _same_file(here, there) else _opened(stack, there)
        sides = branch_at(left, ours, here_at), branch_at(right, theirs, there_at)
        found = compare(ours.tree, sides[0].tip, theirs.tree, sides[1].tip)
        names = [(here, sides[0]), (there, sides[1])]
        if as_json:
            _say_json(found, names, everything)
        else:
            _say(found, names, everything)
    ctx.exit(0 if found.equal else 1)


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _opened(stack: ExitStack, file: Path) -> Session:
    session, problems = stack.enter_context(opened(file))
    say_problems(file, problems)
    return session


# -- for people -----------------------------------------------------------------------------


def _say(found: Comparison, names: list[tuple[Path, Branch]], everything: bool) -> None:
    for sign, (file, branch) in zip("<>", names, strict=True):
        say(f"{sign} {file} · {branch.name}")
    say("")
    if found.equal and not everything:
        say(f"no difference: {same_words(len(found.rows))}")
        return
    room = width_of_stdout()
    for count, rows in folded(found.rows, everything):
        if count:
            say(f"  … {same_words(count)}")
        for row in rows:
            for line, color in _lines(row, room):
                table([[line]], partial(_painted, color))
    say("")
    table([["", "<", ">"], *totals_rows(found)])
    say(_counted(found))


def _painted(color: str, line: str) -> str:
    """A line in its colour, without what is before it; two values have one each."""
    if color != _BOTH:
        shown = line.lstrip()
        return line[: len(line) - len(shown)] + click.style(shown, fg=color) if color else line
    path, colon, values = line.partition(": ")
    was, arrow, now = values.partition(" → ")
    return f"{path}{colon}{click.style(was, fg='red')}{arrow}{click.style(now, fg='green')}"


def _lines(row: ComparedStep, room: int | None) -> Iterator[tuple[str, str]]:
    """What is said of a step, each line with its colour."""
    left, right = row.left, row.right
    numbers = " ".join(f"{side.step if side else '–':>4}" for side in (left, right))
    records = " ".join(
        f"{sign}#{side.record}" for sign, side in (("<", left), (">", right)) if side
    )
    yield f"{SIGNS[row.verdict]} {numbers}  {said_of(row.either)}  {records}", _COLORS[row.verdict]
    for path, old, new in row.fields:
        was, now = narrowed(old, new, 100 if room is None else max(20, room - 12), _MOST)
        one = f"{_INDENT}{path}: {was} → {now}"
        if len(one) <= (room or 100):
            yield one, _BOTH if f"{was}{now}".count(" → ") == 0 else ""
        else:
            yield f"{_INDENT}{path}", ""
            yield f"{_INDENT}  < {was}", _COLORS["left"]
            yield f"{_INDENT}  > {now}", _COLORS["right"]
    if row.more:
        yield f"{_INDENT}… and more", ""
    if row.verdict in ("left", "right"):
        yield from ((line, _COLORS[row.verdict]) for line in _only(row.either))


def _only(done: TranscriptStep) -> Iterator[str]:
    for name in ("text", "arguments", "result", "reason", "error", "value"):
        if done.content.get(name) not in (None, "", {}, []):
            yield f"{_INDENT}{name}: {brief(done.content[name], _MOST)}"


def _counted(found: Comparison) -> str:
    counts = found.counts
    parts = [
        f"{counts['changed']} changed",
        f"{counts['left']} only <",
        f"{counts['right']} only >",
    ]
    return " · ".join([*parts, f"{counts['same']} the same"])


# -- for programs ---------------------------------------------------------------------------


def _say_json(found: Comparison, names: list[tuple[Path, Branch]], everything: bool) -> None:
    for row in found.rows:
        if everything or row.verdict != "same":
            say_json(_row_json(row))
    left, right = (
        {"session": str(file), "branch": branch.name, "record": branch.tip, **totals.as_json()}
        for (file, branch), totals in zip(names, (found.left, found.right), strict=True)
    )
    line = {"type": "summary", "equal": found.equal, "counts": found.counts}
    say_json({**line, "left": left, "right": right})


def _row_json(row: ComparedStep) -> JsonValue:
    return {
        "type": "step",
        "verdict": row.verdict,
        "kind": row.either.kind,
        "name": row.either.name,
        "left": _side_json(row.left),
        "right": _side_json(row.right),
        "fields": [
            {"field": path, **sides("left", old, "right", new)} for path, old, new in row.fields
        ],
        "more": row.more,
        "content": None if row.fields else row.either.content,
    }


def _side_json(done: TranscriptStep | None) -> JsonValue:
    if done is None:
        return None
    return {"step": done.step, "record": done.record, "source": done.source}
