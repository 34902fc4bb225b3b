"""Keep one branch where a fork is followed by an edit: the edit's, under the fork's name.

An edit is a sibling of what it changes, so it stands on another branch than the fork. The fork is
then empty, and is put out of view; it comes back with the branch list's own key, or by undo.
"""

from __future__ import annotations

from tooltrace.core.fold.tree import Branch
from tooltrace.core.model.events import Forked
from tooltrace.core.model.notes import BranchNamed, BranchPruned
from tooltrace.debugger.session.session import Session

__all__ = ["empty_fork", "give_name"]


def empty_fork(session: Session) -> Branch | None:
    """The branch one stands on, when a person began it and nothing came of it so far."""
    branch = session.tree.branch_of(session.head)
    if branch is None or branch.begin != branch.tip or session.tree.children(branch.tip):
        return None
    record = session.tree[branch.begin]
    return branch if isinstance(record.event, Forked) and record.source == "live" else None


def give_name(session: Session, fork: Branch) -> None:
    """Give the branch one stands on now the name of the fork that it was meant for."""
    begin = session.tree.begin_of(session.head)
    made = session.tree[begin]
    if begin <= fork.begin or made.source != "edited" or isinstance(made.event, Forked):
        return
    session.note(BranchNamed(fork.begin, f"{fork.name} (empty)"))
    session.note(BranchPruned(fork.begin))
    session.note(BranchNamed(begin, fork.name))
