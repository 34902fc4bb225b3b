"""``otlp``: a branch as a trace, with the attributes of OpenTelemetry's GenAI conventions.

The run is an ``invoke_agent`` span; below it is a ``chat`` span for each request and an
``execute_tool`` span for each call. The conventions are those that OpenTelemetry develops at
open-telemetry/semantic-conventions-genai; messages are JSON in a string, as they allow for spans.
What they have no name for is called ``tooltrace.…``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tooltrace
from tooltrace.core.compare.request_diff import answer_usage
from tooltrace.core.model import events as e
from tooltrace.core.model.reply import call_at, stop, tool_name
from tooltrace.core.text.exact_json import DEEPEST, JsonValue, dumps
from tooltrace.formats import otlp_json as otlp
from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.genai_messages import input_messages, instructions, output_message
from tooltrace.formats.registry import Exporter

__all__ = ["EXPORTER"]

MOST_REPEATED = 4_000_000
"""Characters of conversations that are written whole, each request repeating all before it.
Requests after that have only what was said since the one before."""

_Span = dict[str, Any]


def write(branch: BranchData) -> Iterator[str]:
    """One ``ExportTraceServiceRequest``, a span on each line."""
    resource = {"service.name": branch.workflow.name, "tooltrace.session": branch.file}
    scope = {"name": "tooltrace", "version": tooltrace.__version__}
    yield '{"resourceSpans":[{"resource":'
    yield dumps({"attributes": otlp.attributes(resource)})
    yield f',"scopeSpans":[{{"scope":{dumps(scope)},"spans":[\n'
    trace = _Trace(branch)
    yield dumps(trace.run(), DEEPEST)
    for span in trace.steps():
        yield f",\n{dumps(span, DEEPEST)}"
    yield "\n]}]}]}\n"


class _Trace:
    """The spans of a branch. Where a record has no time, it has that of the one before it."""

    def __init__(self, branch: BranchData) -> None:
        self._branch = branch
        first = branch.records[0]
        begun = first.event.session if isinstance(first.event, e.RunStarted) else ""
        self._conversation = begun or branch.file
        named = (self._conversation, first.id, branch.tip)
        self._trace = otlp.trace_id(*named)
        self._root = otlp.span_id(*named, "run")
        self._times: dict[int, int] = {}
        last = 0
        for record in branch.records:
            last = otlp.nanoseconds(record.at) or last
            self._times[record.id] = last
        self._written = 0
        asked = branch.settings.model
        self._provider = "anthropic" if asked.startswith("claude") else "tooltrace"

    def run(self) -> _Span:
        """The span of the whole run, with what was defined and what it came to."""
        branch, usage = self._branch, self._branch.usage
        tools = [
            {
                "type": "function",
                "name": t.name,
                "description": t.description,
                "parameters": t.schema,
            }
            for t in branch.workflow.tools
        ]
        name = branch.workflow.name
        told = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.provider.name": self._provider,
            "gen_ai.agent.name": name,
            "gen_ai.agent.description": branch.workflow.description or None,
            "gen_ai.conversation.id": self._conversation,
            "gen_ai.request.model": branch.settings.model,
            "gen_ai.usage.input_tokens": usage.input + usage.cache_read + usage.cache_written,
            "gen_ai.usage.output_tokens": usage.output,
            "gen_ai.tool.definitions": _json(tools) if tools else None,
            "tooltrace.branch": branch.name,
            "tooltrace.outcome": branch.outcome,
            "tooltrace.state": branch.state,
            "tooltrace.cost": usage.known_cost,
        }
        span = self._span(
            f"invoke_agent {name}", otlp.INTERNAL, None, branch.records[0].id, branch.tip, told
        )
        span["events"] = list(self._transitions())
        if branch.outcome not in (None, "completed", "paused"):
            told["error.type"] = branch.outcome
            span["attributes"] = otlp.attributes(told)
            span["status"] = otlp.failed(branch.why or str(branch.outcome))
        return span

    def _transitions(self) -> Iterator[dict[str, Any]]:
        for record in self._branch.records:
            if isinstance(record.event, e.Transitioned):
                moved = {
                    "tooltrace.state": record.event.to,
                    "tooltrace.source": record.source,
                    "tooltrace.reason": record.event.reason,
                }
                yield {
                    "timeUnixNano": str(self._times[record.id]),
                    "name": "tooltrace.transition",
                    "attributes": otlp.attributes(moved),
                }

    def steps(self) -> Iterator[_Span]:
        """The spans of requests and calls, in the order in which they ended."""
        asked: e.Record | None = None
        reply: e.Record | None = None
        out: dict[e.CallRef, e.Record] = {}
        for record in self._branch.records:
            match record.event:
                case e.ModelCalled():
                    asked = record
                case e.ModelReplied() | e.ModelFailed():
                    yield self._chat(asked, record, reply)
                    asked, reply = None, record
                case e.ToolStarted(call=ref):
                    out[ref] = record
                case e.ToolReturned(call=ref):
                    yield self._call(ref, out.pop(ref, None), record)
        for ref, started in out.items():
            yield self._call(ref, started, None)

    def _chat(self, asked: e.Record | None, record: e.Record, before: e.Record | None) -> _Span:
        event = record.event
        assert isinstance(event, e.ModelReplied | e.ModelFailed)
        reply, used = event.reply or {}, answer_usage(event)
        model = self._branch.settings.model
        reason = stop(reply)
        told: dict[str, JsonValue] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self._provider,
            "gen_ai.conversation.id": self._conversation,
            "gen_ai.request.model": model,
            "gen_ai.response.id": _text(reply.get("id")),
            "gen_ai.response.model": _text(reply.get("model")),
            "gen_ai.response.finish_reasons": None if reason is None else [str(reason)],
            "gen_ai.response.time_to_first_chunk": event.first_ms / 1000 or None,
            "gen_ai.usage.input_tokens": used.input + used.cache_read + used.cache_written,
            "gen_ai.usage.output_tokens": used.output,
            "gen_ai.usage.cache_read.input_tokens": used.cache_read or None,
            "gen_ai.usage.cache_creation.input_tokens": used.cache_written or None,
            "tooltrace.cost": event.cost,
            **self._said(asked, before, record),
        }
        if reply:
            told["gen_ai.output.messages"] = _json([output_message(reply)])
        if isinstance(event, e.ModelFailed):
            told["error.type"] = str(event.status or event.kind)
        begin = record if asked is None else asked
        span = self._span(
            f"chat {told['gen_ai.request.model']}",
            otlp.CLIENT,
            self._root,
            begin.id,
            record.id,
            told,
        )
        if isinstance(event, e.ModelFailed):
            span["status"] = otlp.failed(event.error)
        return self._marked(span, told, record)

    def _said(
        self, asked: e.Record | None, before: e.Record | None, record: e.Record
    ) -> dict[str, JsonValue]:
        """What a request said: all of it, or what is new in it where all would be too much."""
        if asked is None:
            return {}
        if self._written > MOST_REPEATED:
            since = 0 if before is None else before.id
            told = _json(list(input_messages(self._new(since, record.id))))
            return {"gen_ai.input.messages": told, "tooltrace.input.messages": "new ones only"}
        request = self._branch.request_of(asked)
        told = _json(list(input_messages(request["messages"])))
        self._written += len(told)
        system = instructions(request.get("system"))
        return {
            "gen_ai.request.model": request["model"],
            "gen_ai.request.max_tokens": request["max_tokens"],
            "gen_ai.system_instructions": _json(system) if system else None,
            "gen_ai.input.messages": told,
        }

    def _new(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        """The words and results between two records, as messages that only say these."""
        for record in self._branch.between(since, before):
            match record.event:
                case e.UserSaid(text=text, content=content):
                    yield {"role": "user", "content": content or text}
                case e.ToolReturned(call=ref, content=content, is_error=failed):
                    result = {"type": "tool_result", "tool_use_id": str(ref), "content": content}
                    yield {"role": "user", "content": [{**result, "is_error": failed}]}

    def _call(self, ref: e.CallRef, started: e.Record | None, back: e.Record | None) -> _Span:
        reply = self._reply_of(ref)
        use = call_at(reply, ref.index) or {}
        sent = started.event.tool if started and isinstance(started.event, e.ToolStarted) else ""
        name = tool_name(use) or sent or "unknown"
        spec = self._branch.workflow.tool(name)
        told: dict[str, JsonValue] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.id": _text(use.get("id")),
            "gen_ai.tool.type": "function",
            "gen_ai.tool.description": None if spec is None else spec.description or None,
            "gen_ai.tool.call.arguments": _json(use["input"]) if "input" in use else None,
            "gen_ai.conversation.id": self._conversation,
        }
        last = back or started
        assert last is not None
        begin = started or last
        status = None
        if back is not None and isinstance(back.event, e.ToolReturned):
            told["gen_ai.tool.call.result"] = _json(back.event.content)
            if back.event.is_error:
                error = back.event.error
                told["error.type"] = "_OTHER" if error is None else error.type
                status = otlp.failed("the tool failed" if error is None else error.message)
        else:
            told["error.type"] = "interrupted"
            status = otlp.failed("it went out, and nothing came back")
        span = self._span(
            f"execute_tool {name}", otlp.INTERNAL, self._root, begin.id, last.id, told
        )
        if status is not None:
            span["status"] = status
        return self._marked(span, told, last)

    def _reply_of(self, ref: e.CallRef) -> dict[str, Any] | None:
        try:
            event = self._branch.record(ref.reply).event
        except KeyError:
            return None
        return event.reply if isinstance(event, e.ModelReplied) else None

    def _span(
        self,
        name: str,
        kind: int,
        parent: str | None,
        first: int,
        last: int,
        told: dict[str, JsonValue],
    ) -> _Span:
        own = self._root if parent is None else otlp.span_id(self._trace, first, last)
        return {
            "traceId": self._trace,
            "spanId": own,
            **({} if parent is None else {"parentSpanId": parent}),
            "name": otlp.sayable(name),
            "kind": kind,
            "startTimeUnixNano": str(min(self._times[first], self._times[last])),
            "endTimeUnixNano": str(self._times[last]),
            "attributes": otlp.attributes(told),
        }

    def _marked(self, span: _Span, told: dict[str, JsonValue], record: e.Record) -> _Span:
        marks = {"tooltrace.record": record.id, "tooltrace.source": record.source}
        span["attributes"] = otlp.attributes({**told, **marks})
        return span


def _json(value: JsonValue) -> str:
    return dumps(value, DEEPEST)


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


EXPORTER = Exporter(
    "otlp",
    ".json",
    write,
    about="a trace as OTLP's JSON, with OpenTelemetry's GenAI attributes",
    shares=True,
)
