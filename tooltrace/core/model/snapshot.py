"""The snapshot: all there is to know at one record of a path; only ``fold`` makes one.

A snapshot holds what the next action, the panes and the prompts need, and nothing that a file
could not tell again. There is one for each record and none is part of a cycle, so the garbage
collector is told of none (``gc=False``): that is a quarter of a fold's time.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from tooltrace.core.model.append_list import AppendList
from tooltrace.core.model.events import (
    CallRef,
    Diverged,
    ModelFailed,
    ModelReplied,
    Outcome,
    Settings,
    Source,
    SystemEdited,
    ToolEdited,
)
from tooltrace.core.model.messages import Message, Result
from tooltrace.core.model.reply import usage
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.exact_json import JsonValue

__all__ = [
    "MOST_DOLLARS",
    "Call",
    "CallStatus",
    "FailedReply",
    "Snapshot",
    "Usage",
    "Visit",
    "replace",
]

CallStatus = Literal["waiting", "started", "returned"]

MOST_DOLLARS = 1e9
"""What no run costs; a file that says more is not believed."""


class Usage(Struct, frozen=True, gc=False):
    """Tokens and money, summed over a path, attempts that failed halfway included.

    ``input`` are tokens that went in past the cache; ``ms`` is time spent waiting for the model and
    the tools. ``cost`` is in US dollars, over the ``priced`` answers whose price was known then;
    ``unpriced`` counts the answers that used tokens and had no known price, so that with any of
    them ``cost`` is a least. ``estimated`` counts the answers whose tokens the server did not tell,
    or not to their end: with any of them all figures are a least.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_written: int = 0
    ms: float = 0.0
    cost: float = 0.0
    priced: int = 0
    unpriced: int = 0
    estimated: int = 0

    def answered(self, event: ModelReplied | ModelFailed) -> Usage:
        """With what one answer used, or as much of one as came."""
        told = usage(event.reply)
        if event.estimate is None:
            return self.plus(told, event.ms, event.cost)
        counted = {**(told or {}), **event.estimate}
        used = self.plus(counted, event.ms, event.cost)
        return replace(used, estimated=used.estimated + 1)

    @property
    def least(self) -> bool:
        """Whether more may have been paid than ``cost`` says."""
        return bool(self.unpriced or self.estimated)

    def plus(self, usage: object, ms: float, cost: float | None = None) -> Usage:
        """With one answer's ``usage`` block, time and cost; what is not a count counts 0."""
        get = usage.get if isinstance(usage, dict) else _nothing
        read, written = get("cache_read_input_tokens"), get("cache_creation_input_tokens")
        fresh, out = _count(get("input_tokens")), _count(get("output_tokens"))
        read, written = _count(read), _count(written)
        price = _price(cost)
        return Usage(
            self.input + fresh,
            self.output + out,
            self.cache_read + read,
            self.cache_written + written,
            self.ms + ms,
            # Sums of prices are kept free of the dust that binary fractions leave.
            self.cost if price is None else round(self.cost + price, 12),
            self.priced + (price is not None),
            self.unpriced + (price is None and fresh + out + read + written > 0),
            self.estimated,
        )

    def later(self, ms: float) -> Usage:
        """With time added that cost no tokens."""
        return replace(self, ms=self.ms + ms)

    @property
    def tokens(self) -> int:
        """All tokens that went in, from the cache or not, and that came out."""
        return self.input + self.cache_read + self.cache_written + self.output

    @property
    def known_cost(self) -> float | None:
        """What is known of the cost, in US dollars: all of it, or a least; None if nothing is."""
        return self.cost if self.priced else None

    def as_json(self) -> dict[str, JsonValue]:
        """For ``--json`` and for expressions; ``cost_at_least`` when not all of it is known."""
        known: dict[str, JsonValue] = {}
        if self.priced:
            known = {"cost_at_least" if self.least else "cost": self.cost}
        return {
            "input": self.input,
            "output": self.output,
            "cache_read": self.cache_read,
            "cache_written": self.cache_written,
            "ms": round(self.ms, 3),
            **({"estimated": self.estimated} if self.estimated else {}),
            **known,
        }


def _nothing(name: str) -> None:
    return None


def _count(value: object) -> int:
    return value if type(value) is int and value > 0 else 0


def _price(cost: float | None) -> float | None:
    """The cost, if it is one: a file can say anything."""
    return float(cost) if cost is not None and 0 <= cost < MOST_DOLLARS else None


class Call(Struct, frozen=True, gc=False):
    """A tool call of the current turn, and how far it is."""

    ref: CallRef
    tool_use_id: str
    tool: str
    arguments: JsonValue
    status: CallStatus = "waiting"
    started: int | None = None
    returned: int | None = None
    content: JsonValue = None
    is_error: bool = False
    blocks: bool = False

    @property
    def step(self) -> str:
        """The call as a finished step, in a word or two."""
        return f"{self.tool} failed" if self.is_error else self.tool

    def result(self) -> Result:
        """The result as the model reads it; a call that never returned says so."""
        if self.returned is None:
            return Result(
                self.ref.reply,
                self.tool,
                self.tool_use_id,
                "[tooltrace] this call was never answered: it was interrupted",
                True,
            )
        return Result(
            self.returned, self.tool, self.tool_use_id, self.content, self.is_error, self.blocks
        )


class Visit(Struct, frozen=True, gc=False):
    """A state that was entered: by which record, and whether by force."""

    state: str
    record: int
    forced: bool = False


class FailedReply(Struct, frozen=True, gc=False):
    """Why the last model call gave nothing to go on with.

    ``retryable`` says that the same request may succeed later, after ``retry_after`` seconds if
    known.
    """

    kind: Literal["failed", "incomplete", "cancelled", "refused", "unknown"]
    why: str
    retryable: bool = False
    retry_after: float | None = None


class Snapshot(Struct, frozen=True, gc=False):
    """The fold of a path.

    ``attempt`` counts the requests sent for the reply that is wanted, from 1; ``stop_reason`` is
    that of the last reply that counts, while nothing was said or forced since; ``steps`` are the
    calls of the turns before this one; ``unsettled`` are returned calls that may still cause a
    transition, in call order; ``recent`` are the last few (tool, arguments, content, is_error,
    turn), for stuck detection; ``idle`` counts turns (in old files calls) since state or context
    last changed, ``hops`` transitions since that no result caused; ``digest`` and ``told`` say what
    the last request covered, ``before`` the number of messages, ``told`` and ``digest`` just before
    it; what is ``granted`` was added to a limit by who went on past it; ``world`` is the last
    snapshot of the world, and ``unkept`` says why the world is another one now that nobody kept;
    ``diverged`` is what a replay met just before, as long as nobody went on from there,
    ``accepted`` counts those that somebody did; ``form`` is that of the run's requests.
    ``given_system`` is the system prompt that the author's code gave for the last request,
    ``edits`` are those that ``workflow`` shows, ``defined`` it without them, if there are any.
    """

    at: int
    run: int
    workflow: WorkflowSpec
    settings: Settings = field(default_factory=Settings)
    messages: AppendList[Message] = field(default_factory=AppendList)
    turn: int = 0
    calls: tuple[Call, ...] = ()
    awaiting_model: bool = False
    attempt: int = 0
    stop_reason: str | None = None
    trouble: FailedReply | None = None
    state: str | None = None
    visits: AppendList[Visit] = field(default_factory=AppendList)
    context: dict[str, JsonValue] = field(default_factory=dict)
    saved_by: dict[str, str] = field(default_factory=dict)
    steps: AppendList[str] = field(default_factory=AppendList)
    unsettled: tuple[Call, ...] = ()
    here: dict[str, JsonValue] = field(default_factory=dict)
    recent: tuple[tuple[str, JsonValue, JsonValue, bool, int], ...] = ()
    idle: int = 0
    hops: int = 0
    error: str | None = None
    outcome: Outcome | None = None
    why: str = ""
    turns_granted: int = 0
    tokens_granted: int = 0
    cost_granted: float = 0.0
    unpriced_granted: int = 0
    usage: Usage = field(default_factory=Usage)
    tool_calls: int = 0
    digest: str = ""
    told: int = 0
    before: tuple[int, int, str] = (0, 0, "")
    world: str | None = None
    unkept: str = ""
    diverged: Diverged | None = None
    accepted: int = 0
    problems: tuple[str, ...] = ()
    source: Source = "live"
    form: int = 1
    given_system: JsonValue = None
    edits: tuple[SystemEdited | ToolEdited, ...] = ()
    defined: WorkflowSpec | None = None

    @property
    def definition(self) -> WorkflowSpec:
        """The workflow as code defined it, without what a person edited since."""
        return self.workflow if self.defined is None else self.defined

    @property
    def settled(self) -> bool:
        """Whether nothing is in flight, so that one can stand here."""
        return not self.awaiting_model and all(call.status != "started" for call in self.calls)

    @property
    def max_turns(self) -> int:
        """Model turns this run may take."""
        limit = self.settings.max_turns or self.workflow.max_turns
        return limit + self.turns_granted

    @property
    def max_tokens(self) -> int | None:
        """Tokens, in and out, that this branch may use; None without a limit."""
        budget = self.settings.token_budget
        return None if budget is None else budget + self.tokens_granted

    @property
    def max_cost(self) -> float | None:
        """US dollars that this branch may cost; None without a limit."""
        budget = self.settings.cost_budget
        return None if budget is None else round(budget + self.cost_granted, 12)

    def call(self, ref: CallRef) -> Call | None:
        """The call of the current turn with that reference."""
        for call in self.calls:
            if call.ref == ref:
                return call
        return None
