"""What a person allowed for going on from here: one value, passed to the run that it is for."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.fold.call_order import refusal
from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.events import CallRef
from tooltrace.core.model.snapshot import Call, Snapshot
from tooltrace.debugger.edit.preview import CallAhead
from tooltrace.debugger.session.repeat_warning import RepeatWarning, call_name
from tooltrace.debugger.stop import Stop

__all__ = ["NOTHING", "Consent"]


class Consent(Struct, frozen=True):
    """What may happen although somebody would be asked about it first.

    ``calls`` may run although their tool has run past this point on another branch: a CallRef is
    that one call, a text every call of the tool of that name, a CallAhead calls of its tool with
    its arguments, as often as it stands here, and its tool wherever the branch's world knows
    nothing of the other runs. ``world`` lets them act on the world as it is, ``thinking`` lets the
    model be asked although the API may refuse what it thought before, ``retry`` lets it be asked
    again where its last reply cannot be used. ``used`` names the calls that have begun since.
    ``reads_only`` is the opposite: no live call is made that does more than read.
    """

    calls: tuple[CallRef | CallAhead | str, ...] = ()
    world: bool = False
    thinking: bool = False
    retry: bool = False
    used: tuple[str, ...] = ()
    reads_only: bool = False

    def __or__(self, other: Consent) -> Consent:
        """What either allows."""
        return Consent(
            (*self.calls, *other.calls),
            self.world or other.world,
            self.thinking or other.thinking,
            self.retry or other.retry,
            (*self.used, *other.used),
            self.reads_only or other.reads_only,
        )

    def allows(self, warning: RepeatWarning) -> bool:
        """Whether the call that is warned of may run."""
        call = warning.call
        if call.ref in self.calls or call.tool in self.calls:
            return True
        ahead = [one for one in self.calls if isinstance(one, CallAhead)]
        if warning.undone and any(one.tool == call.tool for one in ahead):
            return True
        name = call_name(call.tool, call.arguments) if ahead else ""
        return sum(one.name == name for one in ahead) > self.used.count(name)

    def stands_before(self, s: Snapshot, calls: Iterable[Call]) -> Stop | None:
        """Where only what reads may run and one of the calls does more: a person has to say so."""
        for call in calls if self.reads_only else ():
            if s.workflow.effect(call.tool) != "reads" and refusal(s, call) is None:
                name = name_among(call, s.calls)
                return Stop("paused", f"{name} writes: a person says when it runs")
        return None

    @property
    def counted(self) -> bool:
        """Whether some of it holds a number of times only."""
        return any(isinstance(one, CallAhead) for one in self.calls)

    def after(self, begun: Iterable[str]) -> Consent:
        """What is left once calls of these names (see ``call_name``) have begun."""
        return replace(self, used=(*self.used, *begun)) if self.counted else self

    def kept(self) -> Consent:
        """What still holds when the run has stopped: what was said of the place, not of the run."""
        ahead = tuple(one for one in self.calls if isinstance(one, CallAhead))
        return replace(self, calls=ahead, retry=False, reads_only=False)


NOTHING = Consent()
"""Ask about everything."""
