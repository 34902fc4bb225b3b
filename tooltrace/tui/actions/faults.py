"""Keys about faults: make the paused call go wrong, and keep what went wrong as a file."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path

from tooltrace.core.model.call_labels import name_among
from tooltrace.core.model.errors import BadScenario
from tooltrace.debugger.faults.faults import faults_at, paused_call
from tooltrace.debugger.faults.model_faults import status_problem
from tooltrace.debugger.faults.scenario import scenario_of
from tooltrace.debugger.faults.scenario_file import save
from tooltrace.debugger.session.given_paths import as_given
from tooltrace.debugger.session.recorded_ref import recorded_ref
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.screens import dialogs

__all__ = ["FaultActions"]

_OTHER = "http-"


def _path(text: str) -> Path:
    path = Path(text.strip())
    with suppress(RuntimeError):  # Nobody has that home: then it is a name like any other.
        path = path.expanduser()
    return as_given(path)


class FaultActions(ActionGroup):
    """Inject a fault; write the faults of this branch as a scenario."""

    def inject(self) -> None:
        """Pick what should go wrong at the paused call."""
        view = self.debugger.view()
        selected = self.panes.selected().ref
        call = paused_call(view.action, selected)
        choices = [
            dialogs.Choice(
                fault.id,
                fault.label,
                fault.detail,
                enabled=not fault.why,
                why=fault.why,
                group=fault.group,
            )
            for fault in faults_at(view.tree, view.snapshot, selected)
        ]
        if call is None:
            ask = "its number, 400 to 599"
            label = "another HTTP error"
            other = dialogs.Choice(_OTHER, label, group="more", ask=ask, check=status_problem)
            choices.append(other)
        ref = None if call is None else call.ref

        def picked(choice: dialogs.Picked[str] | None) -> None:
            if choice is not None:
                self.ask(self.debugger.submit.faults.inject(f"{choice.value}{choice.reason}", ref))

        what = "the model's reply" if call is None else name_among(call, view.snapshot.calls)
        title = f"What should go wrong with {what}?"
        hint = "on a branch of its own, nothing runs; type to narrow"
        self.show(dialogs.PickerScreen(title, choices, hint=hint), picked)

    def scenario(self) -> None:
        """Write the faults of this branch as a file, never over one that is there."""
        view = self.debugger.view()
        try:
            scenario = scenario_of(view.tree, view.tip)
        except BadScenario as error:
            self.tell(str(error), "warning")
            return

        def check(text: str) -> str | None:
            if not text.strip():
                return "a file needs a name"
            return "that file is there already" if _path(text).exists() else None

        def named(text: str | None) -> None:
            if text is None:
                return
            path = _path(text)
            try:
                save(path, scenario)
            except BadScenario as error:
                self.tell(str(error), "error")
                return
            ref = recorded_ref(view.tree, view.path[0]) or scenario.workflow
            said = shlex.quote(str(path))
            self.tell(f"tooltrace run {ref} --headless --scenario {said}")

        count = len(scenario.faults)
        hint = f"{count} fault{'s' if count != 1 else ''} of this branch, for run --scenario"
        name = f"{view.branch.name}.json"
        self.show(dialogs.PromptScreen("Write a scenario file", name, hint, check), named)
