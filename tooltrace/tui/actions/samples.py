"""The key that asks the model several times, and what can be done with the answers."""

from __future__ import annotations

import re

from tooltrace.core.compare.edit_words import edits_named
from tooltrace.debugger.sampling.baseline import pending
from tooltrace.debugger.sampling.sampler import AT_ONCE, MOST
from tooltrace.debugger.sampling.samples import UNLIMITED, Budget, Samples
from tooltrace.debugger.stop import Stop
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.screens import dialogs

__all__ = ["SampleActions"]

_ASKED = re.compile(r"\s*([0-9]{1,3})(?:\s+([0-9]{1,9}))?\s*")


class SampleActions(ActionGroup):
    """Ask k times, compare the next actions, go on from one."""

    def resample(self) -> None:
        """Ask the model several times; where that was done just now, show the answers."""
        found = self.debugger.samples.found
        if found is not None and found.samples and found.head == self.debugger.view().head:
            self._show(found)
        else:
            self._ask_how_often()

    def _ask_how_often(self) -> None:
        def typed(text: str | None) -> None:
            asked = _ASKED.fullmatch(text) if text else None
            if asked is not None:
                budget = Budget(int(asked[2])) if asked[2] else UNLIMITED
                self.ask(self.debugger.submit.samples.ask(int(asked[1]), budget), self._answered)

        title = "Ask the model several times what comes next"
        self.show(dialogs.PromptScreen(title, "5", self._hint(), _problem), typed)

    def _hint(self) -> str:
        view = self.debugger.view()
        other = pending(view.tree, view.head)
        twice = ""
        if other.without is not None:
            edits = edits_named(view.tree, other.edits)
            also = f" {other.why}." if other.why else ""
            twice = f" Each time also without {edits}: twice as many requests.{also}"
        elif other.edit is not None:
            twice = f" Only with {edits_named(view.tree, [other.edit])}: {other.why}."
        return (
            f"Each is a request to {view.snapshot.settings.model}, {AT_ONCE} at a time; no tool "
            f"runs.{twice} After a space: how many tokens it may cost in all, as in 10 50000."
        )

    def _answered(self, stop: Stop) -> None:
        found = self.debugger.samples.found
        if stop.kind == "paused" and found is not None and found.samples:
            self._show(found)

    def _show(self, found: Samples) -> None:
        def chosen(number: int | None) -> None:
            if number == dialogs.AGAIN:
                self._ask_how_often()
            elif number is not None:
                self.ask(self.debugger.submit.samples.take(number))

        self.show(dialogs.SamplesScreen(found), chosen)


def _problem(text: str) -> str | None:
    asked = _ASKED.fullmatch(text)
    if asked is None or not 1 <= int(asked[1]) <= MOST:
        return f"a number from 1 to {MOST}, and after a space a number of tokens if you like"
    return None if asked[2] is None or int(asked[2]) else "a budget is at least 1 token"
