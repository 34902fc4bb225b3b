"""Ask which sessions to record anew, and record those: a new run of the workflow as it is now.

What was recorded stays beside it under another name. A session in which a person changed something
is not offered: a run alone would not make it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from tooltrace.api import debug
from tooltrace.assemble import load_code
from tooltrace.cli.open_readonly import opened
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.model.events import RunStarted, Settings, UserSaid
from tooltrace.core.model.workflow import acts_outside
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.folders import last_places
from tooltrace.debugger.session.move import free_beside, move
from tooltrace.debugger.session.removal import remove

__all__ = ["ask_and_record"]

_OF_A_RUN = ("live", "scripted")

Say = Callable[[str], object]


class _Recording(Struct, frozen=True):
    """How a session began, which is all that a new run of it needs."""

    path: Path
    ref: str
    settings: Settings
    said: UserSaid


def ask_and_record(differed: Mapping[Path, str], say: Say) -> None:
    """Name the sessions and what recording each anew would do; then record those chosen.

    ``differed`` has for each the workflow that it was held against, or nothing.
    """
    offered: list[_Recording] = []
    say("")
    for path, ref in differed.items():
        try:
            found = _began(path, ref)
            say(f"{len(offered) + 1}  {one_line(str(path))}: {_told(found)}")
            offered.append(found)
        except ToolTraceError as error:
            say(f"–  {one_line(str(path))}: {error}")
    if not offered:
        return
    answer = input("Record which anew? Numbers, all, or nothing: ").split()
    for number, each in enumerate(offered, 1):
        if answer == ["all"] or str(number) in answer:
            try:
                say(_record(each))
            except ToolTraceError as error:
                say(f"{one_line(str(each.path))} stays as it is: {error}")


def _began(path: Path, ref: str) -> _Recording:
    with opened(path) as (session, _):
        tree = session.tree
        records = tree.path(session.tip)
        if len(tree.branches()) > 1 or any(r.source not in _OF_A_RUN for r in records):
            raise ToolTraceError("a person changed something in it: go through it in the app")
        first = records[0].event
        said = next((r.event for r in records if isinstance(r.event, UserSaid)), None)
        named = ref or (first.ref if isinstance(first, RunStarted) else "")
        if said is None or not named:
            raise ToolTraceError("it does not say how it began: give --tooltrace-workflow")
        return _Recording(path, named, session.snapshot.settings, said)


def _told(found: _Recording) -> str:
    """What a new run does beyond a copy of a world."""
    spec = load_code(found.ref).workflow.spec
    outside = [tool.name for tool in spec.tools if acts_outside(tool, spec.world)]
    acts = [f"{', '.join(outside)} will really run"] if outside else []
    if found.settings.model != "scripted":
        acts.append(f"{one_line(found.settings.model)} will be asked, and paid")
    return "; ".join([spec.name, *acts])


def _record(found: _Recording) -> str:
    path = found.path
    fresh = free_beside(path)
    with debug(
        found.ref,
        input=found.said.text,
        session=fresh,
        settings=found.settings,
        content=found.said.content,
    ) as d:
        stop = d.go()
    if stop.kind != "finished":
        remove(fresh, last_places())
        return f"{one_line(str(path))} stays as it is: the new run stopped: {stop.text}"
    kept = free_beside(path)
    move(path, kept, last_places())
    move(fresh, path, last_places())
    return f"{one_line(str(path))} is recorded anew; what it was is {one_line(kept.name)}"
