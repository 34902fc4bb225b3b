"""YAML, by the safe loader alone: PyYAML comes with the extra ``yaml``."""

from __future__ import annotations

from importlib import import_module

from tooltrace.core.model.errors import BadImport
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.formats.source.source_file import SourceFile

__all__ = ["load_yaml"]

LARGEST = 64 << 20
_MOST_NODES = 5_000_000


def load_yaml(source: SourceFile) -> JsonValue:
    """The value of a YAML file. Raises BadImport: also for one that grows when it is read."""
    shown = one_line(str(source.path))
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        what = "pip install 'tooltrace-debugger[yaml]'"
        raise BadImport(f"{shown} is YAML, which needs PyYAML: {what}") from error
    if source.size > LARGEST:
        raise BadImport(f"{shown} is YAML of more than {LARGEST >> 20} MB, which is read whole")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = b"".join(source.chunks())
    try:
        value = yaml.load(data, Loader=loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadImport(f"{shown} is no whole YAML: {clip(one_line(str(error)), 120)}") from error
    _check_size(value, shown)
    return value


def _check_size(value: JsonValue, shown: str) -> None:
    """A few lines of YAML can name one another until they are millions: or without an end."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > _MOST_NODES:
            raise BadImport(f"{shown} is far larger when it is read than it looks")
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
