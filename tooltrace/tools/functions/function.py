"""A Python function as a tool: its spec for the model, and its arguments checked before it runs.

A tool is called with its own copy of the arguments, and only when they fit; whoever passed them
keeps theirs unchanged.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tooltrace.core.model.errors import BadWorkflow
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.core.text.exact_json import JsonValue
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.functions.tool_context import ToolContext
from tooltrace.tools.signature.argument_errors import BadArguments, misfit
from tooltrace.tools.signature.signature import Signature, is_async, name_of, read_signature, where

__all__ = ["BadArguments", "FunctionTool"]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class FunctionTool:
    """A function, its spec, and how its arguments are checked."""

    spec: ToolSpec
    function: Callable[..., Any]
    signature: Signature
    is_async: bool

    @classmethod
    def build(
        cls,
        function: Callable[..., Any],
        *,
        read_only: bool = False,
        idempotent: bool = False,
        destructive: bool = True,
        open_world: bool = True,
        timeout: float | None = None,
        critical: bool = False,
        after: Iterable[str] = (),
        name: str | None = None,
        polling: bool = False,
    ) -> FunctionTool:
        """A tool from a function's signature and docstring; ``timeout`` is in seconds.

        Raises BadWorkflow, one line with file and line, when the model could not call it.
        """
        if not callable(function):
            raise BadWorkflow(f"{one_line(repr(function))} is not a function: pass a def")
        called = name if name is not None else name_of(function)
        if not _NAME.fullmatch(called):
            raise BadWorkflow(
                f"{where(function)}: tool {one_line(called)}: the API takes names of 1 to 128 "
                "ASCII letters, digits, _ and -; pass another name="
            )
        if timeout is not None and not timeout > 0:
            raise BadWorkflow(
                f"{where(function)}: tool {called}: timeout={timeout} leaves no time; "
                "give seconds above 0, or None for no limit"
            )
        signature = read_signature(function)
        spec = ToolSpec(
            name=called,
            description=signature.description,
            schema=signature.schema,
            read_only=read_only,
            idempotent=idempotent,
            destructive=destructive,
            open_world=open_world,
            timeout=None if timeout is None else float(timeout),
            critical=critical,
            after=(after,) if isinstance(after, str) else tuple(after),
            polling=polling,
        )
        return cls(spec, function, signature, is_async(function))

    def bind(
        self,
        arguments: JsonValue,
        surroundings: Callable[[Mapping[str, JsonValue]], ToolContext],
        form: int = FORM,
    ) -> dict[str, Any]:
        """The keyword arguments to call the function with, all of them copies.

        ``surroundings`` makes the ToolContext from a copy of the arguments, if one is asked for.
        Raises BadArguments, which names the field, when they do not fit the signature; ``form`` is
        that of the run's requests.
        """
        try:
            keywords = self.signature.shape.given(copy.deepcopy(arguments))
        except (ValueError, TypeError) as error:
            raise BadArguments(misfit(error, arguments, self.spec.schema, form)) from None
        for name, default in self.signature.defaults.items():
            if name not in keywords:
                keywords[name] = default()
        for name in self.signature.injected:
            keywords[name] = surroundings(copy.deepcopy(arguments))
        return keywords
