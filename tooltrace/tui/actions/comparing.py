"""Comparing branches: a picker for the other one, then both side by side."""

from __future__ import annotations

from tooltrace.core.compare.branch_diff import compare
from tooltrace.tui.actions.base import OnSession
from tooltrace.tui.screens import dialogs

__all__ = ["Comparing"]


class Comparing(OnSession):
    """Nothing here changes the session."""

    def action_compare(self) -> None:
        """Compare the branch you are on with another one."""
        if self.refused("compare"):
            return
        view = self.debugger.view()
        seen = {branch.begin for branch in view.shown}
        # What was pruned can be compared as well, but comes last and is marked.
        choices = [
            dialogs.Choice(
                branch.tip,
                branch.name,
                f"#{branch.begin} to #{branch.tip}{'' if branch.begin in seen else ' · pruned'}",
            )
            for branch in sorted(view.branches, key=lambda branch: branch.begin not in seen)
            if branch.begin != view.branch.begin
        ]

        def picked(choice: dialogs.Picked[int] | None) -> None:
            if choice is not None:
                self.compare(view.tip, choice.value)

        title = f"Compare {view.branch.name} with"
        self.app.push_screen(dialogs.PickerScreen(title, choices), picked)

    def compare(self, tip_a: int, tip_b: int) -> None:
        """Two branches of this session side by side, the first on the left."""
        tree = self.debugger.view().tree
        with self.debugger.session.lock:
            found = compare(tree, tip_a, tree, tip_b)
            names = [
                branch.name if (branch := tree.branch_of(tip)) else f"#{tip}"
                for tip in (tip_a, tip_b)
            ]

        def chosen(there: dialogs.There | None) -> None:
            if there is not None:
                record, right = there
                self.ask(self.debugger.submit.goto(record, tip_b if right else tip_a))

        self.app.push_screen(dialogs.CompareScreen(found, names[0], names[1]), chosen)
