"""``pairs``: requests to a model with what came back, as loggers and VCR keep them.

``{"request", "response"}`` as JSON or one a line, VCR cassettes (``interactions``) as JSON or YAML
(https://vcrpy.readthedocs.io; the extra ``yaml``, and only its safe loader), one streamed body of
server-sent events, or one request. Bodies are those of the Messages API, of Chat Completions or of
the Responses API, told by their shape; a body that was streamed is put together as it is live.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.body import request_of, response_of
from tooltrace.formats.imported.conversations import Conversations, Exchange
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.imported.values import decoded_parts
from tooltrace.formats.source.source_file import SourceFile
from tooltrace.formats.source.yaml_file import load_yaml

__all__ = ["IMPORTER"]

_Object = dict[str, Any]
_STREAMS = (b"message_start", b"chat.completion.chunk", b"response.created")


def sniff(source: SourceFile) -> bool:
    """Whether it begins as a cassette, as a request with its response, or as a stream."""
    keys = source.keys
    if {"request", "response"} <= keys or "interactions" in keys:
        return True
    if "messages" in keys and keys & {"max_tokens", "response", "request"}:
        return True
    head = source.head
    return _is_yaml(head) or _is_stream(head)


def _is_yaml(head: bytes) -> bool:
    return head.startswith(b"interactions:") or b"\ninteractions:" in head[:4096]


def _is_stream(head: bytes) -> bool:
    begins = head.lstrip().startswith((b"event:", b"data:", b": "))
    return begins and any(sign in head[:4096] for sign in _STREAMS)


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """Each conversation is a run; requests that go on with one are told as what is new in them."""
    told = Conversations(out, "requests")
    for value in _values(source, out):
        if not isinstance(value, dict):
            out.counts.damaged += 1
            source.problems.append("one of its values is no request with a response")
            continue
        yield from told.take(_exchange(value))
    yield from told.end()


def _values(source: SourceFile, out: Recorder) -> Iterator[Any]:
    if _is_stream(source.head):
        yield {"request": {}, "response": {"body": b"".join(source.chunks())}}
        return
    if _is_yaml(source.head):
        found = load_yaml(source)
        several = found.get("interactions") if isinstance(found, dict) else None
        yield from several if isinstance(several, list) else ()
        return
    whole: _Object = {}
    document = 0
    for part, value in decoded_parts(source, out, ("interactions",)):
        if part.element or not part.key:
            yield value
            continue
        if part.document != document:
            if whole:
                yield whole
            whole, document = {}, part.document
        whole[part.key] = value
    if whole.keys() & {"request", "messages", "response"}:
        yield whole


def _exchange(value: _Object) -> Exchange:
    request, response = value.get("request"), value.get("response")
    if "messages" in value and not isinstance(request, dict):
        request = {name: one for name, one in value.items() if name != "response"}
    asked = request_of(request)
    rest = {name: one for name, one in value.items() if name not in ("request", "response")}
    return Exchange(
        asked.messages,
        response_of(response) if response is not None else None,
        asked.system,
        asked.tools,
        asked.model,
        value.get("recorded_at", value.get("timestamp")),
        value.get("recorded_at", value.get("timestamp")),
        {**rest, **asked.settings} if "messages" not in value else asked.settings,
        asked.previous,
    )


IMPORTER = Importer("pairs", "requests to a model and its replies", sniff, read)
