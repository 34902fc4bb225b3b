"""Read and write a scenario as a file: small JSON that people keep with their code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct

from tooltrace.core.model.errors import BadScenario
from tooltrace.core.model.events import Outcome
from tooltrace.core.text.exact_json import JsonValue, loads, pretty
from tooltrace.debugger.edit.edits import reply_problem
from tooltrace.debugger.faults.scenario import Fault, ModelFault, Scenario, ToolFault

__all__ = ["VERSION", "parse", "read_scenario", "save", "to_text"]

VERSION = 1
_MARK = "tooltrace_scenario"
_LARGEST = 64 << 20
"""Bytes of a scenario file that are read at all."""

T = TypeVar("T")


def to_text(scenario: Scenario) -> str:
    """The file's text. Raises BadScenario for what JSON cannot hold."""
    faults = [msgspec.to_builtins(fault) for fault in scenario.faults]
    said: dict[str, JsonValue] = {"workflow": scenario.workflow, "input": scenario.input}
    if scenario.outcome is not None:
        said["outcome"] = scenario.outcome
    said["faults"] = faults
    try:
        return pretty({_MARK: VERSION, **said}) + "\n"
    except ValueError as error:
        raise BadScenario(f"no scenario can hold this: {error}") from error


def save(path: Path, scenario: Scenario) -> None:
    """Write a new file, for its owner only. Raises BadScenario, also when there is one already."""
    text = to_text(scenario)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadScenario(f"{path} is there already: choose another name") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise BadScenario(f"{path} cannot be written: {why}") from error


def read_scenario(path: str | os.PathLike[str]) -> Scenario:
    """The scenario in a file, as ``tooltrace scenario`` writes it.

    Raises BadScenario, one line that names the file and the field.
    """
    path = Path(path)
    try:
        if not path.is_file():
            what = "is no file" if path.exists() else "does not exist"
            raise BadScenario(f"{path} {what}: write one with tooltrace scenario SESSION -o FILE")
        if path.stat().st_size > _LARGEST:
            raise BadScenario(f"{path} is too large for a scenario")
        value = loads(path.read_bytes())
    except OSError as error:
        raise BadScenario(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadScenario(f"{path} is not JSON: {error}") from error
    try:
        return parse(value)
    except BadScenario as error:
        raise BadScenario(f"{path}: {error}") from error


class _File(Struct, forbid_unknown_fields=True):
    tooltrace_scenario: int
    workflow: str
    faults: list[Any]
    input: str = ""
    outcome: Outcome | None = None


def parse(value: JsonValue) -> Scenario:
    """A scenario from its JSON. Raises BadScenario, which names the field."""
    if not isinstance(value, dict) or _MARK not in value:
        raise BadScenario(f'no scenario: it has no "{_MARK}": {VERSION}')
    version = value[_MARK]
    if type(version) is int and version > VERSION:
        raise BadScenario(f"made by a newer tooltrace (version {version}): upgrade to use it")
    file = _converted(value, _File, "")
    if version != VERSION:
        raise BadScenario(f"{_MARK} is {version}; there is only version {VERSION}")
    faults = tuple(_fault(item, f"faults[{at}]") for at, item in enumerate(file.faults))
    if not faults:
        raise BadScenario("faults is empty: there is nothing to give")
    return Scenario(file.workflow, file.input, faults, file.outcome)


def _fault(value: JsonValue, where: str) -> Fault:
    if not isinstance(value, dict) or ("tool" in value) == ("request" in value):
        raise BadScenario(f"{where} must be an object with tool and call, or with request")
    if "tool" in value:
        fault = _converted(value, ToolFault, where)
        if fault.content is not UNSET and fault.characters is not None:
            raise BadScenario(f"{where} has content and characters: only one of them counts")
        if fault.content is UNSET and fault.characters is None:
            raise BadScenario(f"{where}.content is missing: what the model reads, null for nothing")
        return fault
    answer = _converted(value, ModelFault, where)
    if answer.status is None and answer.error is None:
        if answer.reply is None:
            raise BadScenario(f"{where} needs a status, an error or a reply")
        problem = reply_problem(answer.reply)
        if problem is not None:
            raise BadScenario(f"{where}.reply: {problem}")
    return answer


def _converted(value: JsonValue, kind: type[T], where: str) -> T:
    """The value as that kind; what is wrong is said in words that name the field."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at `")
        place = at.removesuffix("`").removeprefix("$").lstrip(".")
        place = ".".join(part for part in (where, place) if part)
        raise BadScenario(f"{place}: {what}" if place else what) from error
