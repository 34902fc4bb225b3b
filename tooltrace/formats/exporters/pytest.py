"""``pytest``: a test that replays the branch offline, and holds what a person named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tooltrace.core.compare.transcript import TranscriptStep, states_entered
from tooltrace.core.model.errors import BadExport
from tooltrace.core.model.events import RunStarted
from tooltrace.core.model.workflow import acts_outside
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.registry import Exporter
from tooltrace.formats.text.python_literals import literal, text_literal

__all__ = ["EXPORTER"]

_NOT_A_NAME = re.compile(r"\W+", re.ASCII)
_MOST_NAME = 60
_WIDTH = 100


def write(branch: BranchData) -> Iterator[str]:
    """One test function. Raises BadExport where no code is known, or for a name there is not."""
    named = branch.asserts or tuple(_ASSERTS)
    for name in named:
        if name not in _ASSERTS:
            raise BadExport(f"{name!r} cannot be asserted; there are: {', '.join(_ASSERTS)}")
    yield "from pathlib import Path\n\nimport tooltrace\n\n"
    yield f"SESSION = Path(__file__).parent / {text_literal(branch.path)}\n\n\n"
    yield f"def test_{_function_name(branch)}() -> None:\n"
    yield from _replay(branch)
    for name in _ASSERTS:
        if name in named:
            found, expected = _ASSERTS[name](branch)
            yield _assertion(found, expected)


def _assertion(found: str, expected: JsonValue) -> str:
    is_what = "is" if expected is None else "=="
    line = f"    assert {found} {is_what} {literal(expected, 4)}, run.text\n"
    if not isinstance(expected, list) or max(map(len, line.split("\n"))) <= _WIDTH:
        return line
    items = "".join(f"        {literal(item, 8)},\n" for item in expected)
    return f"    assert {found} == [\n{items}    ], run.text\n"


def _replay(branch: BranchData) -> Iterator[str]:
    first = branch.records[0].event
    if not isinstance(first, RunStarted) or not first.ref:
        raise BadExport("its session does not say which code it is of, so none can be tested")
    given = ["SESSION", text_literal(first.ref), f"branch={text_literal(branch.name)}"]
    spec = branch.workflow
    kept = first.world is not None or not spec.world
    if kept and any(not acts_outside(tool, spec.world) for tool in spec.tools):
        given.append('tools="live"')
    call = f"    run = tooltrace.replay({', '.join(given)})\n"
    if len(call) <= _WIDTH:
        yield call
        return
    yield "    run = tooltrace.replay(\n"
    yield from (f"        {each},\n" for each in given)
    yield "    )\n"


def _function_name(branch: BranchData) -> str:
    words = _NOT_A_NAME.sub("_", f"{branch.workflow.name} {branch.name}".lower())
    return words.strip("_")[:_MOST_NAME] or "branch"


def _calls(branch: BranchData) -> list[TranscriptStep]:
    return [step for step in branch.steps if step.kind == "call" and step.made]


def _each_call(what: str, of: Callable[[TranscriptStep], JsonValue]) -> Callable[..., _Assert]:
    def found(branch: BranchData) -> _Assert:
        return f"[call.{what} for call in run.calls]", [of(step) for step in _calls(branch)]

    return found


_Assert = tuple[str, JsonValue]
"""An expression of the test, and what it has to be."""

_ASSERTS: dict[str, Callable[[BranchData], _Assert]] = {
    "order": _each_call("tool", lambda step: step.name),
    "arguments": _each_call("arguments", lambda step: step.content.get("arguments")),
    "results": _each_call("result", lambda step: step.content.get("result")),
    "transitions": lambda branch: ("list(run.states)", list(states_entered(branch.records))),
    "outcome": lambda branch: ("run.outcome", branch.outcome),
}


EXPORTER = Exporter(
    "pytest",
    ".py",
    write,
    about="a test that replays the branch, and holds what --assert names",
)
