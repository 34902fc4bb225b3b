"""What a person allowed for going on from here: one value, passed to the run that it is for."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.model.events import CallRef
from tooltrace.debugger.edit.preview import CallAhead
from tooltrace.debugger.session.repeat_warning import RepeatWarning, call_name

__all__ = ["NOTHING", "Consent"]


class Consent(Struct, frozen=True):
    """What may happen although somebody would be asked about it first.

    ``calls`` may run although their tool has run past this point on another branch: a CallRef is
    that one call, a text every call of the tool of that name, a CallAhead calls of its tool with
    its arguments, as often as it stands here, and its tool wherever the branch's world knows
    nothing of the other runs. ``world`` lets them act on the world as it is, ``thinking`` lets the
    model be asked although the API may refuse what it thought before, ``retry`` lets it be asked
    again where its last reply cannot be used. ``used`` names the calls that have begun since.
    """

    calls: tuple[CallRef | CallAhead | str, ...] = ()
    world: bool = False
    thinking: bool = False
    retry: bool = False
    used: tuple[str, ...] = ()

    def __or__(self, other: Consent) -> Consent:
        """What either allows."""
        return Consent(
            (*self.calls, *other.calls),
            self.world or other.world,
            self.thinking or other.thinking,
            self.retry or other.retry,
            (*self.used, *other.used),
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
        return replace(self, calls=ahead, retry=False)


NOTHING = Consent()
"""Ask about everything."""
