"""Collect what a model answered to one request asked several times, and compare it.

Two answers that make the same calls with the same arguments are the same next action, whatever they
say beside them. Pure.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tooltrace.core.fold.stop_reasons import trouble_in
from tooltrace.core.model import events as e
from tooltrace.core.model.ports import ModelAnswer
from tooltrace.core.model.reply import arguments, calls, stop, text
from tooltrace.core.model.request_forms import FORM
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.exact_json import JsonValue, canonical

__all__ = [
    "UNLIMITED",
    "Budget",
    "Group",
    "Sample",
    "Samples",
    "Side",
    "action_of",
    "said_in",
]

Side = Literal["with", "without"]
"""Asked as the head stands, or as it would be without the pending edits."""

_MOST = 4000


class Budget(Struct, frozen=True):
    """What asking may use: tokens in and out and US dollars in all, and tokens of one reply.

    ``reply_tokens`` None leaves that limit as it is in the session.
    """

    tokens: int | None = None
    cost: float | None = None
    reply_tokens: int | None = None


UNLIMITED = Budget()


class Sample(Struct, frozen=True):
    """One answer: ``number`` counts from 1; ``record`` is its record, None if it was not saved.

    ``branch`` is the record that its branch begins with.
    """

    number: int
    name: str
    side: Side
    branch: int
    record: int | None
    answer: ModelAnswer
    source: e.Source


class Group(Struct, frozen=True):
    """A next action and the samples that take it. ``verb`` is its tools, or what it is instead.

    ``arguments`` are those of its calls, in order. ``replied`` says that a usable reply came.
    """

    verb: str
    arguments: tuple[JsonValue, ...]
    replied: bool
    samples: tuple[Sample, ...]

    def count(self, side: Side) -> int:
        """How many samples of a side."""
        return sum(sample.side == side for sample in self.samples)


class Samples(Struct, frozen=True):
    """The answers to ``k`` requests for each side, asked at record ``head``.

    ``without`` is the record that the other side was asked at, ``due`` the transitions that come
    first there. ``edits`` are the changes that were left out there, oldest first, and ``edited``
    names them; ``why`` says why there is no other side, or what stays in both. ``stopped`` says why
    fewer were asked than wanted, ``interrupted`` that a person wanted it so; ``usage`` is what all
    of it used. ``form`` is that of the run's requests.
    """

    k: int
    head: int
    edit: int | None = None
    without: int | None = None
    why: str = ""
    samples: tuple[Sample, ...] = ()
    stopped: str = ""
    interrupted: bool = False
    usage: Usage = Usage()
    due: tuple[e.Transitioned, ...] = ()
    edited: str = ""
    form: int = FORM
    edits: tuple[int, ...] = ()

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that were asked."""
        return ("with",) if self.without is None else ("with", "without")

    def of(self, side: Side) -> int:
        """How many answers a side has."""
        return sum(sample.side == side for sample in self.samples)

    @property
    def replies(self) -> int:
        """How many usable replies came."""
        return sum(len(group.samples) for group in self.groups() if group.replied)

    def groups(self) -> list[Group]:
        """The next actions: replies before failures, then the most frequent ones first."""
        found: dict[str, tuple[tuple[str, tuple[JsonValue, ...], bool], list[Sample]]] = {}
        for sample in self.samples:
            action = action_of(sample.answer, self.form)
            found.setdefault(canonical(list(action)), (action, []))[1].append(sample)
        groups = [Group(*action, tuple(samples)) for action, samples in found.values()]
        return sorted(groups, key=_order)

    def verbs(self, side: Side) -> list[tuple[str, int]]:
        """How often each tool, or end, is what comes next on a side; arguments do not count."""
        counts: dict[str, int] = {}
        for group in self.groups():
            if group.count(side):
                counts[group.verb] = counts.get(group.verb, 0) + group.count(side)
        return sorted(counts.items(), key=lambda item: -item[1])

    @property
    def alike(self) -> bool:
        """Whether all answers come from a policy, which always answers the same alike."""
        return bool(self.samples) and all(one.source == "scripted" for one in self.samples)

    def sample(self, number: int) -> Sample | None:
        """The sample of that number."""
        return next((one for one in self.samples if one.number == number), None)


def _order(group: Group) -> tuple[bool, int, str, int]:
    first = group.samples[0].number
    return (not group.replied, -len(group.samples), group.verb, first)


def action_of(answer: ModelAnswer, form: int) -> tuple[str, tuple[JsonValue, ...], bool]:
    """What an answer leads to: the tools it calls or what it is instead, their arguments, and
    whether it is a reply that one can go on with, in a run whose requests are of that form."""
    if isinstance(answer, e.ModelFailed):
        cut = answer.kind == "cancelled"
        return answer.error if cut else f"failed: {answer.error}", (), False
    trouble = trouble_in(answer.reply, form)
    if trouble is not None:
        return trouble.why, (), False
    if made := calls(answer.reply):
        names = " + ".join(str(call.get("name")) for call in made)
        return names, tuple(map(arguments, made)), True
    if stop(answer.reply) == "pause_turn":
        return "pauses its turn", (), True
    return "ends its turn", (), True


def said_in(answer: ModelAnswer) -> str:
    """The words of a reply, one space between blocks."""
    return " ".join(text(answer.reply))[:_MOST]
