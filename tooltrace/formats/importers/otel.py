"""``otel``: OpenTelemetry spans with the GenAI attributes, as OTLP JSON or as flat attributes.

Names are those of the semantic conventions for generative AI
(https://opentelemetry.io/docs/specs/semconv/gen-ai/). Spans are put in the order in which they
began, so all of one file are held; each ``chat`` span repeats what was said before. A span of a
tool says when it ran, and its result where no later request does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from tooltrace.core.model.events import Record
from tooltrace.core.text.exact_json import loads
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.content import arguments_of
from tooltrace.formats.imported.conversations import Conversations, Exchange
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.run import ImportedReply, ImportedRun
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_SPLIT = ("resourceSpans", "resource_spans")
_CHATS = ("chat", "generate_content", "text_completion")


class _Span(Struct, frozen=True):
    attributes: _Object
    begin: int
    end: int
    error: str | None


def sniff(source: SourceFile) -> bool:
    """Whether it is OTLP JSON, or has attributes of the GenAI conventions at its outside."""
    keys = source.keys
    if keys & set(_SPLIT):
        return True
    return any(key.startswith("gen_ai.") for key in keys)


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """Each conversation is a run."""
    told = Conversations(out, "spans")
    left: list[_Span] = []
    for span in sorted(_spans(source, out), key=lambda span: span.begin):
        operation = span.attributes.get("gen_ai.operation.name")
        if operation in _CHATS:
            yield from told.take(_exchange(span))
        else:
            left.append(span)
    yield from told.end()
    if left:
        run = ImportedRun(out, "spans", title="other spans", about="spans that are no request")
        for span in left:
            yield from _other(run, span)
        yield from run.end()


def _spans(source: SourceFile, out: Recorder) -> Iterator[_Span]:
    flat: _Object = {}
    document = 0
    for part, value in decoded_parts(source, out, _SPLIT):
        if part.element:
            yield from _of_resource(value)
        elif not part.key:
            if isinstance(value, dict):
                yield _Span(_with_values(value), 0, 0, None)
        else:
            if part.document != document and flat:
                yield _Span(_with_values(flat), 0, 0, None)
                flat = {}
            document = part.document
            flat[part.key] = value
    if any(key.startswith("gen_ai.") for key in flat):
        yield _Span(_with_values(flat), 0, 0, None)


def _of_resource(resource: Any) -> Iterator[_Span]:
    for scope in _list(resource, "scopeSpans", "scope_spans"):
        for span in _list(scope, "spans"):
            if not isinstance(span, dict):
                continue
            attributes = _attributes(span.get("attributes"))
            for event in _list(span, "events"):
                attributes |= _attributes(event.get("attributes"))
            status = span.get("status")
            failed = isinstance(status, dict) and status.get("code") in (2, "STATUS_CODE_ERROR")
            said = status.get("message") if isinstance(status, dict) else None
            error = attributes.get("error.type") if not failed else (said or "error")
            yield _Span(
                attributes,
                _number(span.get("startTimeUnixNano")),
                _number(span.get("endTimeUnixNano")),
                str(error) if error else None,
            )


def _list(value: Any, *names: str) -> list[Any]:
    found = next((value[n] for n in names if n in value), None) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _attributes(listed: Any) -> _Object:
    """Attributes as OTLP writes them: a list of keys with typed values."""
    if isinstance(listed, dict):
        return _with_values(listed)
    pairs = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return _with_values({str(one.get("key")): _value(one.get("value")) for one in pairs})


def _value(value: Any) -> Any:
    match value:
        case {"stringValue": found} | {"boolValue": found} | {"doubleValue": found}:
            return found
        case {"intValue": found}:
            return _number(found)
        case {"arrayValue": found}:
            return [_value(one) for one in _list(found, "values")]
        case {"kvlistValue": found}:
            return _attributes(_list(found, "values"))
        case _:
            return value


def _with_values(attributes: Mapping[str, Any]) -> _Object:
    """Attributes whose values are JSON in a text, decoded."""
    return {key: _decoded(value) for key, value in attributes.items()}


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _exchange(span: _Span) -> Exchange:
    given = span.attributes
    said = given.get("gen_ai.input.messages", given.get("gen_ai.prompt"))
    replies = given.get("gen_ai.output.messages", given.get("gen_ai.completion"))
    messages = [m for one in _items(said) for m in _messages(one)]
    if system := _items(given.get("gen_ai.system_instructions")):
        blocks = [block for part in system for block in _blocks([part])]
        messages.insert(0, {"role": "system", "content": blocks})
    model = given.get("gen_ai.response.model", given.get("gen_ai.request.model"))
    rest = {k: v for k, v in given.items() if not k.endswith((".messages", "system_instructions"))}
    return Exchange(
        messages,
        _reply(span, _items(replies), model if isinstance(model, str) else ""),
        tools=given.get("gen_ai.tool.definitions"),
        model=model if isinstance(model, str) else "",
        asked_at=span.begin or None,
        replied_at=span.end or None,
        extra=rest,
    )


def _reply(span: _Span, replies: list[Any], model: str) -> ImportedReply:
    given = span.attributes
    sent, got = (given.get(f"gen_ai.usage.{name}_tokens") for name in ("input", "output"))
    usage = {"input_tokens": sent, "output_tokens": got} if isinstance(sent, int) else None
    first = replies[0] if replies and isinstance(replies[0], dict) else {}
    reasons = given.get("gen_ai.response.finish_reasons")
    ended = reasons[0] if isinstance(reasons, list) and reasons else None
    stop = first.get("finish_reason") or ended
    ident = given.get("gen_ai.response.id")
    return ImportedReply(
        _blocks(first.get("parts", first.get("content"))),
        ident if isinstance(ident, str) else "",
        model,
        {"tool_call": "tool_use"}.get(str(stop), stop) if isinstance(stop, str) else None,
        usage,
        span.error,
    )


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else ([] if value is None else [value])


def _messages(message: Any) -> list[Any]:
    """A message as one of chat; parts that are results are messages of their own."""
    if not isinstance(message, dict):
        return [{"role": "user", "content": str(message)}]
    parts = message.get("parts", message.get("content"))
    if not isinstance(parts, list):
        return [{**message, "content": parts}]
    found: list[Any] = [
        {
            "role": "tool",
            "tool_call_id": part.get("id"),
            "content": part.get("response", part.get("result")),
        }
        for part in parts
        if isinstance(part, dict) and part.get("type") == "tool_call_response"
    ]
    if blocks := _blocks(parts):
        found.append({"role": message.get("role", "user"), "content": blocks})
    return found


def _blocks(parts: Any) -> list[Any]:
    if isinstance(parts, str):
        return [{"type": "text", "text": parts}]
    found = []
    for part in parts if isinstance(parts, list) else ():
        match part:
            case {"type": "text", "content": str(text)}:
                found.append({"type": "text", "text": text})
            case {"type": "reasoning", "content": str(text)}:
                found.append({"type": "thinking", "thinking": text})
            case {"type": "tool_call"}:
                call: _Object = {"type": "tool_use", "id": part.get("id")}
                call["input"] = arguments_of(part.get("arguments"))
                found.append({**call, "name": part.get("name")})
            case {"type": "tool_call_response"}:
                pass
            case _:
                found.append(part)
    return found


def _other(run: ImportedRun, span: _Span) -> Iterator[Record]:
    given = span.attributes
    name = given.get("gen_ai.tool.name")
    if given.get("gen_ai.operation.name") != "execute_tool" or not isinstance(name, str):
        kind = given.get("gen_ai.operation.name") or "span"
        yield from run.unknown(str(kind), given, span.begin or None)
        return
    ident = str(given.get("gen_ai.tool.call.id") or "span")
    arguments = given.get("gen_ai.tool.call.arguments", given.get("input"))
    result = given.get("gen_ai.tool.call.result", given.get("output"))
    call: _Object = {
        "type": "tool_use",
        "id": ident,
        "name": name,
        "input": arguments_of(arguments),
    }
    if not run.tip:
        yield from run.said("")
    yield from run.replied(ImportedReply([call]), span.begin or None, given)
    ended = span.end or None
    yield from run.returned(ident, result, span.error is not None, ended)


IMPORTER = Importer("otel", "OpenTelemetry spans of GenAI", sniff, read)
