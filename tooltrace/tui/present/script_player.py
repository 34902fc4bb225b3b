"""Where one is in a script: the next beat of it, and what it says of the place where one stands.

A person may leave the script at any time and go elsewhere. It goes on where it was left as soon as
one stands there again; where something was changed meanwhile, it does not.
"""

from __future__ import annotations

from tooltrace.debugger.script.script import Script, ScriptBeat
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.view import View

__all__ = ["ScriptPlayer"]


class ScriptPlayer:
    """Follows a script; it performs nothing itself."""

    def __init__(self, script: Script, view: View) -> None:
        self._script = script
        self._next = 0
        self._place = _place(view)
        self._captions: dict[tuple[int, int], str] = {}
        if script.cues[0].kind == "start":
            self.done(view, Stop("step"))

    def due(self, view: View) -> ScriptBeat | None:
        """The beat that is next, where one stands as the script left one."""
        if _place(view) != self._place or self._next >= len(self._script.cues):
            return None
        return self._script.cues[self._next]

    def done(self, view: View, stop: Stop) -> None:
        """The beat that was due was performed, and ended so. One that waits is due again."""
        if stop.kind in ("paused", "error"):
            # What was said of the place before is what leads to the call that waits.
            said = self._captions.get(_spot_at(self._place[0], view), "")
            self._captions.setdefault(_spot(view), said)
            self._place = _place(view)
            return
        caption = self._script.cues[self._next].caption
        self._next += 1
        self._place = _place(view)
        self._captions[_spot(view)] = caption

    def caption(self, view: View) -> str:
        """What the script says of where one stands; empty where it says nothing."""
        return self._captions.get(_spot(view), "")

    def is_over(self, view: View) -> bool:
        """Whether all was performed, and one stands where that ended."""
        return _place(view) == self._place and self._next >= len(self._script.cues)

    def pause(self, view: View) -> float | None:
        """For how many seconds the script has it stand where one stands, if it says so."""
        if _place(view) != self._place or not self._next:
            return None
        return self._script.cues[self._next - 1].pause


def _place(view: View) -> tuple[int, int]:
    return view.head, view.tip


def _spot(view: View) -> tuple[int, int]:
    """The same while the branch grows."""
    return _spot_at(view.head, view)


def _spot_at(head: int, view: View) -> tuple[int, int]:
    return head, view.branch.begin
