"""``atif``: the Agent Trajectory Interchange Format of Harbor, versions 1.0 to 1.7.

A step has its calls and their results together. A result that names no call is of the whole step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.messages import content_blocks, tools_of
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_READ = (
    "source", "message", "reasoning_content", "tool_calls", "observation", "metrics", "timestamp",
    "model_name",
)  # fmt: skip


def sniff(source: SourceFile) -> bool:
    """Whether its version says so."""
    return "schema_version" in source.keys and b'"ATIF-' in source.head


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """One run, step by step."""
    about: _Object = {}
    run: ImportedRun | None = None
    for part, value in decoded_parts(source, out, ("steps",)):
        if not part.element:
            about[part.key] = value
            continue
        if run is None:
            system = ""
            if isinstance(value, dict) and value.get("source") == "system":
                system = str(value.get("message") or "")
            run = _begun(out, about, system)
            if system:
                continue
        yield from _step(run, value)
    if run is not None:
        yield from run.end()


def _begun(out: Recorder, about: _Object, system: str) -> ImportedRun:
    told = about.get("agent")
    agent: _Object = told if isinstance(told, dict) else {}
    name, model = agent.get("name"), agent.get("model_name")
    return ImportedRun(
        out,
        name if isinstance(name, str) and name else "atif",
        tools=tools_of(agent.get("tool_definitions")),
        system=system,
        model=model if isinstance(model, str) else "",
        extra=about,
    )


def _step(run: ImportedRun, step: Any) -> Iterator[Record]:
    if not isinstance(step, dict) or step.get("source") not in ("system", "user", "agent"):
        yield from run.unknown("step", step)
        return
    at = step.get("timestamp")
    rest = {key: value for key, value in step.items() if key not in _READ}
    if step["source"] != "agent":
        said = content_blocks(step.get("message"))
        yield from run.said(said, at, {**rest, "source": step["source"]})
    else:
        yield from run.replied(_reply(step), at, rest)
    observed = step.get("observation")
    results = observed.get("results") if isinstance(observed, dict) else None
    for result in results if isinstance(results, list) else ():
        if not isinstance(result, dict):
            yield from run.unknown("result", result, at)
            continue
        ident, content = result.get("source_call_id"), result.get("content")
        kept = {k: v for k, v in result.items() if k not in ("source_call_id", "content")}
        failed = isinstance(content, str) and content.startswith(("Error: ", "ERROR:"))
        named = ident if isinstance(ident, str) else ""
        content = content_blocks(content) if isinstance(content, list) else content
        if not named and not step.get("tool_calls"):
            yield from run.said(content, at, kept)
            continue
        yield from run.returned(named, content, failed, at, kept)


def _reply(step: _Object) -> ImportedReply:
    thought = step.get("reasoning_content")
    blocks: list[Any] = []
    if isinstance(thought, str) and thought:
        blocks.append({"type": "thinking", "thinking": thought})
    blocks += content_blocks(step.get("message"))
    calls = step.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict):
            named = {"id": call.get("tool_call_id"), "name": call.get("function_name")}
            blocks.append({"type": "tool_use", **named, "input": call.get("arguments")})
    model, told = step.get("model_name"), step.get("metrics")
    metrics: _Object = told if isinstance(told, dict) else {}
    sent, got = metrics.get("prompt_tokens"), metrics.get("completion_tokens")
    cost = metrics.get("cost_usd")
    counted = isinstance(sent, int) and isinstance(got, int)
    return ImportedReply(
        blocks,
        model=model if isinstance(model, str) else "",
        usage={"input_tokens": sent, "output_tokens": got} if counted else None,
        cost=float(cost) if isinstance(cost, int | float) else None,
    )


IMPORTER = Importer("atif", "an ATIF trajectory", sniff, read)
