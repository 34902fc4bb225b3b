"""``inspect_log``: logs of Inspect, ``.json`` or ``.eval``, which is a zip with a file a sample.

Long texts stand once under ``attachments`` and are named where they belong (``attachment://``).
Times of calls are in the events of a sample, by the id of the call. A log that is still written has
no header yet; what it began with stands in its journal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.messages import system_of, tell
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedRun
from tooltrace.formats.imported.values import value_or_text
from tooltrace.formats.source.json_parts import LONGEST
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_HEADERS = ("header.json", "_journal/start.json")
_LARGE = ("messages", "events", "transcript", "attachments", "store", "message_pool")


def sniff(source: SourceFile) -> bool:
    """Whether it is a zip with samples, or begins as a log."""
    if source.is_zip:
        names = source.entries()
        return any(n.startswith("samples/") for n in names) or "_journal/start.json" in names
    return {"eval", "version"} <= source.keys or {"eval", "samples"} <= source.keys


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """A run for each sample."""
    header: _Object = {}
    if not source.is_zip:
        for part in source.parts(("samples",)):
            value = value_or_text(part.data, out)
            if part.element:
                yield from _sample(out, value, header)
            else:
                header[part.key] = value
        return
    names = source.entries()
    if name := next((one for one in _HEADERS if one in names), None):
        found = _entry(source, out, name)
        header = found if isinstance(found, dict) else {}
    for name in names:
        if name.startswith("samples/"):
            yield from _sample(out, _entry(source, out, name), header)


def _entry(source: SourceFile, out: Recorder, name: str) -> Any:
    data = bytearray()
    for chunk in source.entry(name):
        data += chunk
        if len(data) > LONGEST:
            source.problems.append(f"{name} in it is too large, and was left out")
            return None
    return value_or_text(bytes(data), out)


def _sample(out: Recorder, sample: Any, header: _Object) -> Iterator[Record]:
    told = header.get("eval")
    task: _Object = told if isinstance(told, dict) else {}
    name, model = task.get("task"), task.get("model")
    workflow = name if isinstance(name, str) and name else "inspect"
    if not isinstance(sample, dict) or not isinstance(sample.get("messages"), list):
        run = ImportedRun(out, workflow, title="not understood")
        yield from run.unknown("sample", sample)
        yield from run.end()
        return
    attached = sample.get("attachments")
    attachments: _Object = attached if isinstance(attached, dict) else {}
    system, messages = system_of(_resolved(sample["messages"], attachments))
    run = ImportedRun(
        out,
        workflow,
        system=system,
        model=model if isinstance(model, str) else "",
        title=f"sample {sample.get('id')} epoch {sample.get('epoch')}",
        about=_scores(sample),
        at=task.get("created"),
        extra={key: value for key, value in sample.items() if key not in _LARGE},
    )
    times = _times(sample)
    for message in messages:
        if isinstance(message, dict):
            ident = message.get("tool_call_id", message.get("id"))
            message = {**message, **times.get(str(ident), {})}
        yield from tell(run, [message])
    yield from run.end()


def _resolved(value: Any, attachments: _Object) -> Any:
    """The value with each attachment that it names in its place."""
    if isinstance(value, str):
        if value.startswith("attachment://"):
            return attachments.get(value.removeprefix("attachment://"), value)
        return value
    if isinstance(value, list):
        return [_resolved(one, attachments) for one in value]
    if isinstance(value, dict):
        return {key: _resolved(one, attachments) for key, one in value.items()}
    return value


def _times(sample: _Object) -> dict[Any, _Object]:
    """When each call returned, and each reply came with which usage: by call and by message."""
    events = sample.get("events", sample.get("transcript"))
    times: dict[Any, _Object] = {}
    for event in events if isinstance(events, list) else ():
        if not isinstance(event, dict):
            continue
        known = {"timestamp": event.get("completed") or event.get("timestamp")}
        match event:
            case {"event": "tool", "id": str(ident)}:
                times[ident] = known
            case {"event": "model", "output": {"choices": [{"message": {"id": str(ident)}}, *_]}}:
                times[ident] = {**known, "usage": event["output"].get("usage")}
    return times


def _scores(sample: _Object) -> str:
    scores = sample.get("scores")
    if not isinstance(scores, dict):
        return ""
    found = [f"{k} {v['value']}" for k, v in scores.items() if isinstance(v, dict) and "value" in v]
    return f"score {', '.join(found)}" if found else ""


IMPORTER = Importer("inspect_log", "a log of Inspect", sniff, read)
