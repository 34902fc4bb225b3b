"""Go one unit forward: what all ways of it have in common, and the way along a recording.

Moving along a recording runs nothing: it has no reference to an engine.
"""

from __future__ import annotations

from typing import Literal, Protocol

from tooltrace.debugger.run.consent import Consent
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = ["Playback", "Stepper", "Unit"]

Unit = Literal["call", "level"]


class Stepper(Protocol):
    """Something that can go one unit forward."""

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """Go on by one call or one level of calls; None when that went well."""
        ...


class Playback:
    """Along the current branch of the recording."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def step(self, unit: Unit, consent: Consent) -> Stop | None:
        """To the next record where one can stand."""
        ahead = self._session.ahead()
        if ahead is None:
            return Stop("end", "this is the end of the recording")
        self._session.select(ahead, self._session.tip)
        return None
