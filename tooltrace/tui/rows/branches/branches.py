"""The list of branches, drawn as a tree: each below the one it left, in the order of the places.

What a branch came to is only found out for the rows on the screen, and kept: opening the list costs
what is seen of it. Each line is safe and no wider than asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from tooltrace.core.fold.branches import Branch, elder_in
from tooltrace.core.fold.steps import Steps
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.snapshot import Usage
from tooltrace.core.text.sanitize import visible
from tooltrace.debugger.view import View
from tooltrace.tui.rows.branches.began import began_with
from tooltrace.tui.rows.columns import cell, cells_of
from tooltrace.tui.rows.labels import at_least
from tooltrace.tui.rows.lines import Line, Span, fit, tidy

__all__ = ["BranchEnd", "BranchFacts", "BranchRow", "Header", "branch_rows"]

_MOST_LEVELS = 12
_LEAST_NAME = 14
_LEAST_BEGAN = 6
_HAYSTACK = 500
_LEFT, _STEPS, _END, _TOKENS = 9, 8, 20, 20


class BranchEnd(Struct, frozen=True):
    """What there is to say about the end of a branch; ``left_at`` is the step it forked after,
    ``began`` what a person changed there."""

    left_at: int | None
    steps: int
    end: str
    style: str
    usage: Usage
    began: str = ""


class BranchFacts:
    """What each branch came to, kept until the branch grows."""

    def __init__(self) -> None:
        self._steps = Steps()
        self._known: dict[int, tuple[int, BranchEnd]] = {}
        self._tree: Tree | None = None

    def of(self, tree: Tree, branch: Branch) -> BranchEnd:
        """What a branch came to. Not to be asked while something runs."""
        if tree is not self._tree:
            self._known.clear()
            self._tree = tree
        known = self._known.get(branch.begin)
        if known is None or known[0] != branch.tip:
            known = self._known[branch.begin] = branch.tip, self._found(tree, branch)
        return known[1]

    def _found(self, tree: Tree, branch: Branch) -> BranchEnd:
        # Neighbours in the list share most of their way, and only what they do not is gone through.
        self._steps.update(tree, [record.id for record in tree.path(branch.tip)])
        s = tree.snapshot_at(branch.tip)
        parent = branch.parent
        left_at = None if parent is None else self._steps.step(parent)
        style = "ok" if s.outcome == "completed" else "error" if s.outcome else "text"
        end = s.outcome or s.state or "open"
        if s.accepted:
            style, end = "warn", f"{end} ≠{s.accepted}"
        began = began_with(tree, branch)
        return BranchEnd(left_at, self._steps.total, end, style, s.usage, began)


class Header(Struct, frozen=True):
    """The names of the columns."""

    key: int = -1
    selectable: bool = False

    def height(self, width: int) -> int:
        """Always one."""
        return 1

    def lines(self, width: int) -> Sequence[Line]:
        """The one line."""
        titles = _columns(width, ("left at", "dim"), ("steps", "dim"), ("end", "dim"), "tokens")
        return [tidy((cell("  branch", _room(width), "dim"), *titles), width)[0]]

    def text(self) -> str:
        """Nothing to find."""
        return ""


class BranchRow(Struct, frozen=True):
    """A branch: one line, and another for its description.

    ``lasts`` says for each level above whether nothing follows there; ``depth`` is the level, 0 for
    the branch that left none that is shown.
    """

    branch: Branch
    depth: int
    lasts: tuple[bool, ...]
    current: bool
    hidden: bool
    came_to: Callable[[Branch], BranchEnd]

    @property
    def key(self) -> int:
        """The record it begins at."""
        return self.branch.begin

    @property
    def selectable(self) -> bool:
        """Always."""
        return True

    def height(self, width: int) -> int:
        """One, or two with a description."""
        return 2 if self.branch.description else 1

    def lines(self, width: int) -> Sequence[Line]:
        """Name and place in the tree, then what it came to."""
        branch, room = self.branch, _room(width)
        facts = self.came_to(branch)
        guide, below = self._guides(room)
        mark: Span = ("► ", "key") if self.current else ("  ", "")
        word = "  pruned" if branch.pruned else "  out of view" if self.hidden else ""
        name = fit(branch.name, max(4, room - 3 - cells_of((mark, (guide, ""))) - len(word)))
        style = "dim" if self.hidden else "branch"
        line: Line = (mark, (guide, "dim"), (name, style), (word, "warn"))
        # What began it is worth the room that its name leaves, and no more.
        free = room - cells_of(line) - 3
        if facts.began and free >= _LEAST_BEGAN:
            line = (*line, ("  ", ""), (fit(facts.began, free), "edited"))
        pad = room - cells_of(line)
        left = "" if facts.left_at is None else f"step {facts.left_at:,}"
        usage = f"{at_least(facts.usage)}{facts.usage.tokens:,}"
        columns = _columns(
            width, (left, "dim"), (f"{facts.steps:,}", "text"), (facts.end, facts.style), usage
        )
        lines = [tidy((*line, (" " * max(0, pad), ""), *columns), width)[0]]
        if branch.description:
            words = (("  ", ""), (below, "dim"), (branch.description, "text"))
            lines.append(tidy(words, width)[0])
        return lines

    def _guides(self, room: int) -> tuple[str, str]:
        """What stands before the name, and before what stands below it."""
        if self.depth == 0:
            return "", "  "
        levels = min(_MOST_LEVELS, max(1, (room - _LEAST_NAME) // 2))
        if self.depth > levels:
            return f"… {self.depth} deep └ ", "…   "
        *above, last = self.lasts
        guide = "".join("  " if done else "│ " for done in above)
        return guide + ("└ " if last else "├ "), guide + ("    " if last else "│   ")

    def text(self) -> str:
        """What a filter looks at."""
        return f"{self.branch.name[:_HAYSTACK]} {self.branch.description[:_HAYSTACK]}"


def _room(width: int) -> int:
    """The cells for the tree and the name."""
    return max(_LEAST_NAME, width - cells_of(_columns(width, ("", ""), ("", ""), ("", ""), "")))


def _columns(width: int, left: Span, steps: Span, end: Span, tokens: str) -> Line:
    """With less room there are fewer of them."""
    columns: list[Span] = []
    if width >= 46:
        columns.append(cell(left[0], _LEFT, left[1]))
    if width >= 56:
        columns.append(cell(steps[0], _STEPS - 1, steps[1], right=True))
        columns.append((" ", ""))
    columns.append(cell(end[0], _END if width >= 46 else 12, end[1]))
    if width >= 90:
        columns.append(cell(tokens, _TOKENS, "dim", right=True))
    return tuple(columns)


def branch_rows(
    view: View,
    came_to: Callable[[Branch], BranchEnd],
    *,
    every: bool = False,
    words: str = "",
) -> list[BranchRow]:
    """The rows of the branches in view, or of ``every`` one, that hold all these words."""
    all_of_them = {branch.begin: branch for branch in view.branches}
    in_sight = {branch.begin for branch in view.shown}
    offered = view.branches if every else view.shown
    if words.strip():
        wanted = visible(words).casefold().split()
        offered = tuple(branch for branch in offered if _has(branch, wanted))
    shown = {branch.begin: branch for branch in offered}
    below: dict[int | None, list[Branch]] = {}
    for branch in offered:
        below.setdefault(elder_in(branch, shown, all_of_them), []).append(branch)
    rows: list[BranchRow] = []
    # By hand, because forks of forks may be deeper than Python calls itself.
    todo: list[tuple[Branch, int, tuple[bool, ...]]] = [
        (branch, 0, ()) for branch in reversed(_in_order(view.tree, below, None))
    ]
    while todo:
        branch, depth, lasts = todo.pop()
        current = branch.begin == view.branch.begin
        hidden = branch.begin not in in_sight
        rows.append(BranchRow(branch, depth, lasts, current, hidden, came_to))
        younger = _in_order(view.tree, below, branch.begin)
        for index in range(len(younger) - 1, -1, -1):
            last = index == len(younger) - 1
            ways = (*lasts, last) if depth < _MOST_LEVELS else ()
            todo.append((younger[index], depth + 1, ways))
    return rows


def _in_order(tree: Tree, below: dict[int | None, list[Branch]], elder: int | None) -> list[Branch]:
    """What left a branch, the earliest place first."""
    found = below.get(elder, [])
    return sorted(found, key=lambda b: (-1 if b.parent is None else tree.depth(b.parent), b.begin))


def _has(branch: Branch, wanted: Iterable[str]) -> bool:
    text = f"{branch.name[:_HAYSTACK]} {branch.description[:_HAYSTACK]}"
    haystack = visible(text).casefold()
    return all(word in haystack for word in wanted)
