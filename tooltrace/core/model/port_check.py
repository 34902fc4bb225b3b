"""What a port of somebody else's has to do, and saying which one does not.

Nothing here waits: whoever asks the port does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar, cast, get_args

from tooltrace.core.model.errors import BadPort
from tooltrace.core.model.events import CallRef, ModelFailed, ModelReplied, Source, ToolReturned
from tooltrace.core.model.ports import Divergence, ModelAnswer, ModelPort, PortAnswer, ToolPort
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["awaited", "check_model_port", "check_tool_port", "model_answer", "tool_answer"]

Kind = Literal["model", "tool"]
A = TypeVar("A")
_ASKED = {"model": "ask(request, heard)", "tool": "call(call, beside)"}
_SHOWN = 60


def check_model_port(port: ModelPort) -> None:
    """Raise BadPort where it takes not what it would be given."""
    _check_takes("model", port, port.ask)


def check_tool_port(port: ToolPort) -> None:
    """Raise BadPort where it takes not what it would be given."""
    _check_takes("tool", port, port.call)


def _check_takes(kind: Kind, port: object, asked: Callable[..., object]) -> None:
    import inspect

    try:
        signature = inspect.signature(asked)
    except (TypeError, ValueError):
        return  # Written in C, say: then it is seen when it is asked.
    try:
        signature.bind(None, None)
    except TypeError as error:
        raise BadPort(f"{_who(kind, port)} has to take {_ASKED[kind]}: {error}") from error


def awaited(kind: Kind, port: object, found: Awaitable[A]) -> Awaitable[A]:
    """What was got of a port that was asked, if one can wait for it. Raises BadPort."""
    if not isinstance(found, Awaitable):
        raise BadPort(f"{_who(kind, port)} answered at once: {_ASKED[kind]} has to be async def")
    return found


def model_answer(port: object, answer: object) -> PortAnswer[ModelAnswer] | Divergence:
    """The answer, if it is one. Raises BadPort."""
    kinds = (ModelReplied, ModelFailed)
    return cast(PortAnswer[ModelAnswer] | Divergence, _answer("model", port, answer, kinds))


def tool_answer(
    port: object, ref: CallRef, answer: object
) -> PortAnswer[ToolReturned] | Divergence:
    """The answer, if it is one to this call. Raises BadPort."""
    found = _answer("tool", port, answer, (ToolReturned,))
    if isinstance(found, PortAnswer) and found.event.call != ref:
        raise BadPort(
            f"{_who('tool', port)} answered another call: give ToolReturned the call's own ref"
        )
    return cast(PortAnswer[ToolReturned] | Divergence, found)


def _answer(
    kind: Kind, port: object, answer: object, kinds: tuple[type, ...]
) -> PortAnswer[Any] | Divergence:
    if isinstance(answer, Divergence):
        return answer
    events = " or ".join(each.__name__ for each in kinds)
    if not isinstance(answer, PortAnswer):
        got = type(answer).__name__
    elif not isinstance(answer.event, kinds):
        got = f"a PortAnswer of {type(answer.event).__name__}"
    elif answer.source not in get_args(Source):
        got = f"the source {clip(one_line(repr(answer.source)), _SHOWN)}"
        raise BadPort(
            f"{_who(kind, port)} answered with {got}; there are: {', '.join(get_args(Source))}"
        )
    else:
        return answer
    raise BadPort(
        f"{_who(kind, port)} answered with {one_line(got)}; it has to answer with a PortAnswer of "
        f"{events}, or with a Divergence"
    )


def _who(kind: Kind, port: object) -> str:
    return f"the {kind} port {clip(one_line(type(port).__name__), _SHOWN)}"
