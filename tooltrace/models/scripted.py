"""The scripted model: a plain function that reads the conversation and decides, offline.

A policy is pure: the same conversation gives the same move, whatever branch it is asked on, so an
edited result changes what happens next and nothing else does. It gets copies, and can change none
of what it reads.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.events import ModelFailed, ModelReplied
from tooltrace.core.model.messages import (
    Assistant,
    Message,
    Request,
    Result,
    Results,
    StatePrompt,
    UserText,
)
from tooltrace.core.model.ports import ModelAnswer, OnDelta, PortAnswer
from tooltrace.core.text.exact_json import JsonValue, dumps, loads
from tooltrace.core.text.sanitize import named, one_line

__all__ = ["Move", "Policy", "ScriptedModel", "Seen", "call", "say"]

CHARS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Move:
    """What the model does in one turn: say something, call tools side by side, or both."""

    text: str = ""
    calls: tuple[tuple[str, dict[str, JsonValue]], ...] = ()


def call(tool: str, /, **arguments: JsonValue) -> Move:
    """Call a tool: ``call("fetch_order", order_id="1001")``."""
    return Move("", ((tool, arguments),))


def say(text: str, *calls: Move) -> Move:
    """Say something, then make these calls in the same turn; without calls the turn ends the run.

    ``say("Reading both.", call("read_a"), call("read_b"))``; an empty text says nothing.
    """
    return Move(text, tuple(made for move in calls for made in move.calls))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a policy can see: the conversation up to now, read from its end backwards.

    Results are those since the latest thing the person said. What stands near the end is found at
    once however long the run is; a result that is not there costs a look at all of them.
    """

    _request: Request = field(repr=False)
    _said_at: int = field(repr=False)

    @property
    def input(self) -> str:
        """What the person said last; empty when they said nothing yet."""
        message = self._request.messages[self._said_at] if self._said_at >= 0 else None
        return message.text if isinstance(message, UserText) else ""

    @property
    def state(self) -> str | None:
        """The workflow's state; None in a free workflow."""
        return self._request.state

    @property
    def context(self) -> dict[str, JsonValue]:
        """The workflow's context, a copy."""
        copied: dict[str, JsonValue] = _copy(self._request.context)
        return copied

    @property
    def turn(self) -> int:
        """How many replies there were before this one."""
        return self._request.turn

    @property
    def last(self) -> Result | None:
        """The result that came last, with its ``tool``, ``content`` and ``is_error``."""
        return next((_copied(found) for found in self._back()), None)

    def result(self, tool: str) -> JsonValue:
        """The latest result of that tool; None when there is none, or when it failed."""
        found = self._latest(tool)
        return None if found is None or found.is_error else _copy(found.content)

    def failed(self, tool: str) -> str | None:
        """What the latest result of that tool says, if it is an error; else None."""
        found = self._latest(tool)
        return found.text if found is not None and found.is_error else None

    def value(self, tool: str, *path: str) -> JsonValue:
        """What stands at ``path`` in the tool's latest result; None when there is no such place.

        Unlike ``result(tool)["a"]["b"]`` it also survives a result of another shape.
        """
        value = self.result(tool)
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def results(self, tool: str, last: int) -> list[JsonValue]:
        """The latest ``last`` results of that tool that are no errors, oldest first."""
        found: list[JsonValue] = []
        for result in self._back():
            if len(found) >= last:
                break
            if result.tool == tool and not result.is_error:
                found.append(_copy(result.content))
        return found[::-1]

    def _latest(self, tool: str) -> Result | None:
        return next((found for found in self._back() if found.tool == tool), None)

    def _back(self) -> Iterator[Result]:
        messages = self._request.messages
        for index in range(len(messages) - 1, self._said_at, -1):
            message = messages[index]
            if isinstance(message, Results):
                yield from reversed(message.results)


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _copied(result: Result) -> Result:
    content = _copy(result.content)
    return Result(result.record, result.tool, result.tool_use_id, content, result.is_error)


Policy: TypeAlias = Callable[[Seen], Move]


class ScriptedModel:
    """The model port over a policy.

    Replies are shaped like the Messages API's. Their token counts are estimates, four characters to
    a token over what is new since the last reply, as if everything before it were free.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._looked: tuple[int, Message | None, int, Message | None] = (-1, None, 0, None)

    async def ask(self, request: Request, heard: OnDelta | None = None) -> PortAnswer[ModelAnswer]:
        """The policy's move as a reply; a failure naming its file and line when it makes none."""
        return PortAnswer(self._move(request), "scripted")

    def _move(self, request: Request) -> ModelAnswer:
        try:
            move = self.policy(Seen(request, self._said_at(request.messages)))
            return ModelReplied(_body(move, request))
        except _NoMove as wrong:
            return ModelFailed(self._blamed(str(wrong)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a policy is a person's code
            why = named(type(error).__name__, _text_of(error))
            return ModelFailed(self._blamed(f"raised {why}", error))

    def cancel(self) -> bool:
        """Never: a policy's answer is there at once."""
        return False

    def _said_at(self, messages: AppendList[Message]) -> int:
        """Where the person's latest message stands; -1 when there is none.

        What was looked through before is remembered with the messages at its ends, so that a turn
        of a long run looks at what is new only, and another branch is looked through again.
        """
        said_at, said, looked, last = self._looked
        same = 0 < looked <= len(messages) and messages[looked - 1] is last
        if not same or (said_at >= 0 and messages[said_at] is not said):
            said_at, looked = -1, 0
        for index in range(len(messages) - 1, looked - 1, -1):
            if isinstance(messages[index], UserText):
                said_at = index
                break
        if messages:
            said = messages[said_at] if said_at >= 0 else None
            self._looked = (said_at, said, len(messages), messages[-1])
        return said_at

    def _blamed(self, what: str, error: BaseException | None = None) -> str:
        code = getattr(self.policy, "__code__", None)
        name = getattr(self.policy, "__name__", type(self.policy).__name__)
        who = "policy" if name == "policy" else f"policy {name}"
        if code is None:
            return one_line(f"{who} {what}")
        line = code.co_firstlineno
        for frame in traceback.extract_tb(error.__traceback__) if error else ():
            if frame.filename == code.co_filename:
                line = frame.lineno or line
        return one_line(f"{who} ({code.co_filename}:{line}) {what}")


class _NoMove(Exception):
    """What the policy returned is no move; the text completes "the policy …"."""


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be printed
        return "(its text cannot be read)"


def _body(move: object, request: Request) -> dict[str, Any]:
    if not isinstance(move, Move):
        if inspect.iscoroutine(move):
            move.close()
        kind = type(move).__name__
        several = isinstance(move, list | tuple) and all(isinstance(one, Move) for one in move)
        advice = 'say("…", call(…), call(…))' if several and move else "say(…) or call(…)"
        raise _NoMove(f"returned {kind}; return {advice}")
    if not isinstance(move.text, str):
        raise _NoMove(f"said {type(move.text).__name__}; say(…) takes text")
    if not move.text and not move.calls:
        raise _NoMove("neither said nor called anything")
    content: list[dict[str, Any]] = [{"type": "text", "text": move.text}] if move.text else []
    written = len(move.text)
    for index, (tool, arguments) in enumerate(move.calls):
        if not isinstance(tool, str):
            raise _NoMove(f"called {type(tool).__name__}; call(…) takes a tool's name")
        try:
            text = dumps(arguments)
            exact = loads(text)
        except ValueError as error:
            raise _NoMove(f"called {tool} with arguments that are {error}") from error
        written += len(tool) + len(text)
        used = f"call_{request.turn}_{index}"
        content.append({"type": "tool_use", "id": used, "name": tool, "input": exact})
    return {
        "id": f"msg_scripted_{request.turn}",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": content,
        "stop_reason": "tool_use" if move.calls else "end_turn",
        "usage": {
            "input_tokens": _tokens(_new_chars(request)),
            "output_tokens": _tokens(written),
        },
    }


def _tokens(chars: int) -> int:
    return max(1, -(-chars // CHARS_PER_TOKEN))


def _new_chars(request: Request) -> int:
    """Characters since the model last read: its own reply and what followed it."""
    chars = 0
    messages = request.messages
    for index in range(len(messages) - 1, -1, -1):
        match messages[index]:
            case UserText(text=text) | StatePrompt(text=text):
                chars += len(text)
            case Results(results=results):
                chars += sum(len(result.told(request.form)) for result in results)
            case Assistant(content=content):
                return chars + len(dumps(content))
    tools = sum(len(tool.description) + len(dumps(tool.schema)) for tool in request.workflow.tools)
    return chars + len(request.workflow.system) + tools
