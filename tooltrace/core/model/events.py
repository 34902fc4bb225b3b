"""The events: the facts a session is made of, readable with only the file at hand.

An event that could be derived from the ones before it is not recorded. Events on a path are folded
by ``fold``; what is said about the tree itself is a note (see ``notes``).
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import Struct, field

from tooltrace.core.model.event_parts import CallRef, ErrorDetail, Event, Settings
from tooltrace.core.model.replay_events import Diverged, DivergenceAccepted
from tooltrace.core.model.request_edits import (
    MessageAdded,
    MessageEdited,
    SystemEdited,
    ToolEdited,
)
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "FORMAT",
    "CallRef",
    "ContextEdited",
    "Diverged",
    "DivergenceAccepted",
    "ErrorDetail",
    "Event",
    "FailureKind",
    "Forked",
    "MessageAdded",
    "MessageEdited",
    "ModelCalled",
    "ModelFailed",
    "ModelReplied",
    "Outcome",
    "Record",
    "RunFinished",
    "RunStarted",
    "Settings",
    "SettingsChanged",
    "Source",
    "SystemEdited",
    "ToolEdited",
    "ToolReturned",
    "ToolStarted",
    "Transitioned",
    "Unknown",
    "UserSaid",
    "WentOn",
    "WorkflowChanged",
    "WorldRestored",
    "world_named",
]

FORMAT = 1
"""The major version of the session format. A higher one is refused with a word about upgrading."""

Source = Literal[
    "live", "recorded", "edited", "forced", "imported", "scripted", "injected", "client"
]
FailureKind = Literal["failed", "incomplete", "cancelled"]
Outcome = Literal["completed", "failed", "stuck", "limit", "paused", "error"]


class RunStarted(Event, frozen=True, omit_defaults=True):
    """A run began: the whole workflow as data, so that the file alone explains itself.

    ``form`` is how its requests are made (see ``request_forms``); runs of before that have 1.
    """

    name: ClassVar[str] = "run_started"
    workflow: WorkflowSpec
    settings: Settings = field(default_factory=Settings)
    ref: str = ""
    session: str = ""
    format: int = FORMAT
    made_by: str = ""
    world: str | None = None
    form: int = 1


class UserSaid(Event, frozen=True, omit_defaults=True):
    """The person's message to the model.

    ``content`` are its content blocks where it is more than text; ``text`` then is what it reads
    like.
    """

    name: ClassVar[str] = "user_said"
    text: str
    content: list[dict[str, Any]] = field(default_factory=list)


class ModelCalled(Event, frozen=True, omit_defaults=True):
    """A request went to the model; ``digest`` covers all of it, ``prompt`` is the state prompt.

    ``attempt`` counts from 1 for each request, and grows when the same one is sent again.
    ``system`` is the system prompt, text or blocks, that the author's code gave for this request.
    """

    name: ClassVar[str] = "model_called"
    digest: str
    prompt: str | None = None
    attempt: int = 1
    system: JsonValue = None


class ModelReplied(Event, frozen=True, omit_defaults=True):
    """The model's reply as the Messages API shapes it: content blocks, stop_reason, usage.

    ``raw`` is what came over the wire, JSON or SSE, exactly (bytes that are no UTF-8 as lone
    surrogates); ``first_ms`` the time to its first
    byte and ``ms`` to its end; ``placement`` where the state prompt stood in the request; ``cost``
    in US dollars by the prices known then, None for a model without a known price; ``estimate`` the
    tokens that count instead of those in ``usage`` where these could not be all: with it, tokens
    and cost are a least.
    """

    name: ClassVar[str] = "model_replied"
    reply: dict[str, Any]
    ms: float = 0.0
    request_id: str | None = None
    raw: str | None = None
    first_ms: float = 0.0
    placement: str | None = None
    cost: float | None = None
    estimate: dict[str, Any] | None = None


class ModelFailed(Event, frozen=True, omit_defaults=True):
    """The request got no usable reply; ``raw`` keeps what did arrive.

    ``reply`` is as much of a message as ``raw`` makes, for a person to go on from; no tool of it
    runs. ``retryable`` (``again`` in a file) says that the same request may well succeed later,
    after ``retry_after`` seconds if the server named a time. ``cost`` and ``estimate`` are as in a
    reply.
    """

    name: ClassVar[str] = "model_failed"
    error: str
    status: int | None = None
    request_id: str | None = None
    raw: str | None = None
    ms: float = 0.0
    kind: FailureKind = "failed"
    reply: dict[str, Any] | None = None
    retryable: bool = field(name="again", default=False)
    retry_after: float | None = None
    first_ms: float = 0.0
    placement: str | None = None
    cost: float | None = None
    estimate: dict[str, Any] | None = None


class ToolStarted(Event, frozen=True, omit_defaults=True):
    """A call is about to be made; durable before it is, so a crash leaves "outcome unknown"."""

    name: ClassVar[str] = "tool_started"
    call: CallRef
    tool: str
    key: str = ""


class ToolReturned(Event, frozen=True, omit_defaults=True):
    """A call's result. Without a ``tool_started`` before it, a person typed it (a stub).

    ``abandoned`` means that it went on running after its time was up and may still act. ``world``
    is the snapshot of the world taken after it; ``unkept`` says why there is none where
    there should be one. ``blocks`` says that ``content`` is a list of content blocks, and goes to
    the model as such.
    """

    name: ClassVar[str] = "tool_returned"
    call: CallRef
    content: JsonValue = None
    is_error: bool = False
    ms: float = 0.0
    error: ErrorDetail | None = None
    output: str = ""
    abandoned: bool = False
    world: str | None = None
    unkept: str = ""
    blocks: bool = False


class Transitioned(Event, frozen=True, omit_defaults=True):
    """The workflow changed state: by ``row`` of its table after result ``cause``, or by force."""

    name: ClassVar[str] = "transitioned"
    to: str
    row: int | None = None
    cause: int | None = None
    reason: str | None = None


class ContextEdited(Event, frozen=True, omit_defaults=True):
    """A person changed one value of the context."""

    name: ClassVar[str] = "context_edited"
    key: str
    value: JsonValue = None


class WentOn(Event, frozen=True, omit_defaults=True):
    """A person let the run go on past a limit or a stuck verdict.

    Past a limit, so many more turns, tokens or US dollars are granted to the branch.
    """

    name: ClassVar[str] = "went_on"
    past: Literal["limit", "stuck"]
    turns: int = 0
    tokens: int = 0
    cost: float = 0.0


class WorkflowChanged(Event, frozen=True, omit_defaults=True):
    """The run goes on under another definition of its workflow."""

    name: ClassVar[str] = "workflow_changed"
    workflow: WorkflowSpec
    ref: str = ""


class SettingsChanged(Event, frozen=True, omit_defaults=True):
    """A person changed how the run goes on: the limit of a reply, a budget."""

    name: ClassVar[str] = "settings_changed"
    settings: Settings


class Forked(Event, frozen=True, omit_defaults=True):
    """A branch begins here on purpose."""

    name: ClassVar[str] = "forked"
    branch: str


class WorldRestored(Event, frozen=True, omit_defaults=True):
    """The world was put back to a snapshot before going on live."""

    name: ClassVar[str] = "world_restored"
    world: str


class RunFinished(Event, frozen=True, omit_defaults=True):
    """The run ended."""

    name: ClassVar[str] = "run_finished"
    outcome: Outcome
    why: str = ""


class Unknown(Event, frozen=True, omit_defaults=True):
    """An event this version does not know, or one that is damaged; kept as it came."""

    name: ClassVar[str] = "unknown"
    type: str
    payload: JsonValue = None
    problem: str = ""


def world_named(event: Event) -> str | None:
    """The digest of the snapshot of the world that an event names."""
    if isinstance(event, (RunStarted, ToolReturned, WorldRestored)):
        return event.world
    return None


class Record(Struct, frozen=True):
    """One fact in the tree: ``parent`` is None for a root, and always smaller than ``id``.

    ``at`` is UTC in ISO 8601; ``of`` is the record this one repeats, when it was copied to another
    branch; ``extra`` holds fields of the event that this version does not know, ``envelope`` those
    of the record itself. A field of ``extra`` that is also one of the event stands for it.
    """

    id: int
    parent: int | None
    at: str
    source: Source
    event: Event
    of: int | None = None
    extra: dict[str, Any] | None = None
    envelope: dict[str, Any] | None = None
