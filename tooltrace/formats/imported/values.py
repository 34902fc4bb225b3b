"""The values of a JSON file on their way into a recording; what is damaged is counted."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.core.text.exact_json import JsonValue
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.source.json_parts import JsonPart, decode
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["decoded_parts", "value_or_text"]


def value_or_text(data: bytes, out: Recorder) -> JsonValue:
    """The value of some bytes; those that are no JSON are kept as their text."""
    try:
        return decode(data)
    except (ValueError, RecursionError):
        out.counts.damaged += 1
        return data.decode("utf-8", "replace")


def decoded_parts(
    source: SourceFile, out: Recorder, split: tuple[str, ...] = ()
) -> Iterator[tuple[JsonPart, JsonValue]]:
    """The parts of a file (see ``SourceFile.parts``), each with its value, but for damaged ones."""
    for part in source.parts(split):
        try:
            value = decode(part.data)
        except (ValueError, RecursionError):
            out.counts.damaged += 1
            continue
        yield part, value
