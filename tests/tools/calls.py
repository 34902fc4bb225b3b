"""Helpers for calling tools in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from tooltrace.core.model.events import CallRef
from tooltrace.core.model.ports import ToolCall
from tooltrace.tools.functions.function import FunctionTool
from tooltrace.tools.output.capture import DescriptorGuard, OutputCapture

_numbers = count(1)


def tools(*functions: Callable[..., Any], **options: Any) -> dict[str, FunctionTool]:
    """Tools by name, all built with the same options."""
    built = [FunctionTool.build(function, **options) for function in functions]
    return {tool.spec.name: tool for tool in built}


def call(tool: str, /, **arguments: Any) -> ToolCall:
    """A call with a reference of its own."""
    return ToolCall(CallRef(next(_numbers), 0), tool, arguments, "key-1")


@contextmanager
def capturing() -> Iterator[OutputCapture]:
    """Everything captured. Not a fixture: pytest moves the descriptors itself after the setup."""
    with DescriptorGuard() as guard, OutputCapture(guard) as capture:
        yield capture
