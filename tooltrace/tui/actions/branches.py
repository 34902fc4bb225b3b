"""Keys about branches: the tree of them, and one compared with another."""

from __future__ import annotations

from tooltrace.core.compare.branch_diff import compare
from tooltrace.tui.actions.group import ActionGroup, Controller
from tooltrace.tui.rows.branches.branches import BranchFacts
from tooltrace.tui.screens import dialogs

__all__ = ["BranchActions"]


class BranchActions(ActionGroup):
    """List, switch, compare."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._facts = BranchFacts()

    def branches(self) -> None:
        """The tree of branches."""

        def picked(tip: int | None) -> None:
            if tip is not None:
                self.ask(self.debugger.submit.switch(tip))

        screen = dialogs.BranchesScreen(self.debugger, self._facts, self.ask, self._compare_with)
        self.show(screen, picked)

    def _compare_with(self, tip: int) -> None:
        """Hold the branch that ends at ``tip`` against the current one."""
        self.side_by_side(self.debugger.view().tip, tip)

    def compare(self) -> None:
        """Compare the branch you are on with another one."""
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
                self.side_by_side(view.tip, choice.value)

        title = f"Compare {view.branch.name} with"
        self.show(dialogs.PickerScreen(title, choices), picked)

    def side_by_side(self, tip_a: int, tip_b: int) -> None:
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

        self.show(dialogs.CompareScreen(found, names[0], names[1]), chosen)
