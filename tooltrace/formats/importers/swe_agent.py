"""``swe_agent``: trajectories of SWE-agent (``.traj``).

Runs with function calling have their calls in ``history``. In older ones the action is text: each
step of ``trajectory`` is then one call of ``shell``, with an id made from its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.messages import system_of, tell
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_LISTS = ("history", "trajectory")


def sniff(source: SourceFile) -> bool:
    """Whether it begins with the steps of a trajectory, or with its history."""
    keys = source.keys
    if "trajectory" in keys and keys & {"environment", "history", "info"}:
        return True
    if "trajectory" in keys and b'"observation"' in source.head:
        return True
    return "history" in keys and b'"role"' in source.head and not source.is_array


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run: from the messages where they have calls, else step by step."""
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS}
    rest: _Object = {}
    for part, value in decoded_parts(source, out, _LISTS):
        if part.element:
            lists[part.key].append(value)
        else:
            rest[part.key] = value
    system, messages = system_of(lists["history"])
    name = rest.get("environment")
    run = ImportedRun(out, name if isinstance(name, str) else "swe-agent", system=system)
    run.extra = rest
    if any(isinstance(one, dict) and one.get("tool_calls") for one in messages):
        yield from tell(run, messages)
        kept = [step for step in lists["trajectory"] if isinstance(step, dict)]
        for step in kept:
            if step.get("execution_time") is not None or step.get("state"):
                yield from run.unknown(
                    "step", {k: step.get(k) for k in ("state", "execution_time")}
                )
    else:
        yield from tell(run, _before(messages))
        for number, step in enumerate(lists["trajectory"], 1):
            yield from _step(run, number, step)
        if not lists["trajectory"]:
            yield from tell(run, messages[len(_before(messages)) :])
    yield from run.end()


def _before(messages: list[Any]) -> list[Any]:
    """What was said before the first reply of the run itself: not what a demonstration shows."""
    for place, message in enumerate(messages):
        if isinstance(message, dict) and message.get("role") == "assistant":
            return messages[:place]
    return messages


def _step(run: ImportedRun, number: int, step: Any) -> Iterator[Record]:
    if not isinstance(step, dict):
        yield from run.unknown("step", step)
        return
    action, said = step.get("action"), step.get("response") or step.get("thought")
    blocks: list[Any] = [{"type": "text", "text": str(said)}] if said else []
    ident = f"step_{number}"
    if isinstance(action, str) and action.strip():
        command = {"command": action.rstrip("\n")}
        blocks.append({"type": "tool_use", "id": ident, "name": "shell", "input": command})
    read = ("action", "observation", "response", "messages")
    rest = {key: value for key, value in step.items() if key not in read}
    yield from run.replied(ImportedReply(blocks), None, rest)
    if len(blocks) and blocks[-1]["type"] == "tool_use":
        took = step.get("execution_time")
        ms = float(took) * 1000 if isinstance(took, int | float) else None
        yield from run.returned(ident, step.get("observation"), ms=ms)
    elif step.get("observation"):
        yield from run.said(step["observation"])


IMPORTER = Importer("swe_agent", "a trajectory of SWE-agent", sniff, read)
