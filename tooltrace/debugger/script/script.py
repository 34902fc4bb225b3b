"""A script of beats: what is done, what is said of it, how long it stands. Read, and checked.

    tooltrace script 1
    workflow refund

    8s start
        What the audience reads, on at most two lines of 78 cells.
    beat
    edit check_refund_policy {"eligible": false}
        Indented lines are the caption of what stands above them.

A line is an action, with seconds before it where it stands longer or shorter than the pace. Every
mistake is named by its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.errors import BadScript
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue, loads
from tooltrace.core.text.sanitize import visible
from tooltrace.core.text.suggest import quoted, unknown

__all__ = ["CAPTION", "Script", "ScriptAction", "ScriptBeat", "parse_script", "read_script"]

ScriptAction = Literal[
    "start", "beat", "back", "before", "edit", "context", "undo", "redo", "fork", "switch", "force",
    "say", "run", "no",
]  # fmt: skip

CAPTION = (2, 78)
"""Lines of a caption, and cells of each."""

_HEAD = "tooltrace script 1"
_LARGEST, _MOST, _LONGEST = 1 << 20, 1000, 60.0
_PAUSE = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)s\s+(.*)", re.DOTALL)
_NAME = re.compile(r"[^\x00-\x1f]{1,80}")


class ScriptBeat(Struct, frozen=True):
    """One beat of a script: ``name`` and ``value`` are what its action needs.

    ``pause`` are the seconds that it stands, None for those of the pace.
    """

    line: int
    kind: ScriptAction
    name: str = ""
    value: JsonValue = None
    caption: str = ""
    pause: float | None = None


class Script(Struct, frozen=True):
    """The beats of a script, in order, for a workflow of that name."""

    workflow: str
    cues: tuple[ScriptBeat, ...]


def read_script(path: Path, spec: WorkflowSpec) -> Script:
    """The script in a file. Raises BadScript, one line that names the file and the line."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadScript(f"{path} is too large for a script")
        data = path.read_bytes()
        text = data.decode()
    except OSError as error:
        raise BadScript(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadScript(f"{path}:{line}: this is no UTF-8") from error
    return parse_script(text, spec, str(path))


def parse_script(text: str, spec: WorkflowSpec, name: str = "script") -> Script:
    """The script that a text is. Raises BadScript, which names the line."""
    lines = text.splitlines()
    found: list[ScriptBeat] = []
    captions: list[list[str]] = []
    workflow = ""
    if not lines or lines[0].strip() != _HEAD:
        raise BadScript(f"{name}:1: a script begins with the line: {_HEAD}")
    for number, line in enumerate(lines[1:], 2):
        try:
            said = line.strip()
            if not said or (said.startswith("#") and line[0] == "#"):
                continue
            if line[0] in " \t":
                if not found:
                    raise _Wrong("a caption stands under an action, and there is none yet")
                captions[-1].append(said)
                _fits(captions[-1])
            elif said.split()[0] == "workflow" and not found:
                workflow = _for(said, spec)
            else:
                if not workflow:
                    raise _Wrong(f"say first which workflow it is for: workflow {spec.name}")
                found.append(_cue(number, said, spec, first=not found))
                captions.append([])
            if len(found) > _MOST:
                raise _Wrong(f"a script has at most {_MOST:,} beats")
        except _Wrong as error:
            raise BadScript(f"{name}:{number}: {error}") from error
    if not found:
        raise BadScript(f"{name}:{len(lines)}: the script has no beat")
    cues = [replace(c, caption="\n".join(t)) for c, t in zip(found, captions, strict=True)]
    return Script(workflow, tuple(cues))


class _Wrong(ValueError):
    """What is wrong with a line."""


def _for(said: str, spec: WorkflowSpec) -> str:
    name = said.partition(" ")[2].strip()
    if name != spec.name:
        raise _Wrong(f"this is a script for {quoted(name)}, and the workflow is {spec.name}")
    return name


def _fits(caption: Sequence[str]) -> None:
    lines, cells = CAPTION
    if len(caption) > lines:
        raise _Wrong(f"a caption has at most {lines} lines")
    if len(visible(caption[-1])) > cells:
        over = len(visible(caption[-1])) - cells
        raise _Wrong(f"this line of the caption is {over} too long: {cells} is the most")


def _cue(number: int, said: str, spec: WorkflowSpec, *, first: bool) -> ScriptBeat:
    pause = None
    if timed := _PAUSE.match(said):
        pause, said = float(timed[1]), timed[2]
        if pause > _LONGEST:
            raise _Wrong(f"a beat stands for at most {_LONGEST:g} s")
    verb, _, rest = said.partition(" ")
    read = _ACTIONS.get(verb)
    if read is None:
        raise _Wrong(unknown("action", verb, list(_ACTIONS)))
    if (verb == "start") is not first:
        raise _Wrong("a script begins with start, and has no other")
    cue = read(rest.strip(), spec)
    return replace(cue, line=number, pause=pause)


def _alone(kind: ScriptAction) -> Callable[[str, WorkflowSpec], ScriptBeat]:
    def read(rest: str, spec: WorkflowSpec) -> ScriptBeat:
        if rest:
            raise _Wrong(f"nothing stands behind {kind}: {quoted(rest)}")
        return ScriptBeat(0, kind)

    return read


def _back(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    if rest and not (rest.isascii() and rest.isdigit() and 0 < int(rest[:4]) < 1000):
        raise _Wrong(f"behind back stands a number of beats, not {quoted(rest)}")
    return ScriptBeat(0, "back", value=int(rest or 1))


def _before(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    return ScriptBeat(0, "before", _tool(rest, spec))


def _edit(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    tool, _, value = rest.partition(" ")
    return ScriptBeat(0, "edit", _tool(tool, spec), _json(value))


def _context(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    key, _, value = rest.partition(" ")
    known = [field.name for field in spec.context]
    if key not in known:
        raise _Wrong(unknown("value of the context", key, known))
    return ScriptBeat(0, "context", key, _json(value))


def _named(kind: ScriptAction) -> Callable[[str, WorkflowSpec], ScriptBeat]:
    def read(rest: str, spec: WorkflowSpec) -> ScriptBeat:
        if not _NAME.fullmatch(rest):
            raise _Wrong(f"behind {kind} stands the name of a branch, of at most 80 letters")
        return ScriptBeat(0, kind, rest)

    return read


def _force(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    state, _, why = rest.partition(" ")
    known = [one.name for one in spec.states]
    if state not in known:
        raise _Wrong(unknown("state", state, known))
    return ScriptBeat(0, "force", state, why.strip())


def _say(rest: str, spec: WorkflowSpec) -> ScriptBeat:
    if not rest:
        raise _Wrong("behind say stands what is said to the model")
    return ScriptBeat(0, "say", value=rest)


def _tool(name: str, spec: WorkflowSpec) -> str:
    known = [tool.name for tool in spec.tools]
    if name not in known:
        raise _Wrong(unknown("tool", name, known))
    return name


def _json(text: str) -> JsonValue:
    if not text.strip():
        raise _Wrong('a value is missing: JSON, as in {"eligible": false}')
    try:
        return loads(text.strip().encode())
    except ValueError as error:
        raise _Wrong(f"this value is no JSON: {error}") from error


_ACTIONS: dict[str, Callable[[str, WorkflowSpec], ScriptBeat]] = {
    "start": _alone("start"),
    "beat": _alone("beat"),
    "back": _back,
    "before": _before,
    "edit": _edit,
    "context": _context,
    "undo": _alone("undo"),
    "redo": _alone("redo"),
    "fork": _named("fork"),
    "switch": _named("switch"),
    "force": _force,
    "say": _say,
    "run": _alone("run"),
    "no": _alone("no"),
}
