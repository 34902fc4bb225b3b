"""What a front end sees of the debugger at one moment: made under a lock, then frozen."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tooltrace.core.decide.breakpoints import Breakpoint
from tooltrace.core.decide.next_action import Action, next_action
from tooltrace.core.decide.point_trace import Printed
from tooltrace.core.decide.watches import Watch, WatchValue
from tooltrace.core.fold.branches import in_view
from tooltrace.core.fold.tree import Branch, Tree
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.parts import Parts
from tooltrace.debugger.run.points import A_LOOK
from tooltrace.debugger.run.retry import RetryWait
from tooltrace.debugger.runner import Runner
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop

__all__ = ["View", "look", "recorded_view"]


class View(Struct, frozen=True):
    """The place, the branch around it, and why the debugger stands still.

    ``path`` is the whole current branch by record id, ``head`` one of it. Records up to ``saved``
    are on disk. ``retry`` is the wait before another attempt at a model call, ``doing`` says in
    words what runs where that is no step. ``changes`` grows with every change, so that a front end
    can skip a tick. ``printed`` is what logpoints print along the path, ``hits`` how often
    those that count were met up to the head, ``watched`` what the watches show there; ``origins``
    says of what is not kept where it is from. ``changed_code`` names the workflow's files that are
    not what was loaded.
    """

    tree: Tree
    path: tuple[int, ...]
    head: int
    snapshot: Snapshot
    action: Action
    branch: Branch
    branches: tuple[Branch, ...]
    shown: tuple[Branch, ...]
    bookmarks: Mapping[int, str]
    stop: Stop
    running: bool
    pausing: bool
    replaying: bool
    acceptable: bool
    live: bool
    retry: RetryWait | None
    saved: int
    read_only: str | None
    points: tuple[Breakpoint, ...]
    can_undo: bool
    can_redo: bool
    problems: tuple[str, ...]
    changes: int
    doing: str = ""
    watches: tuple[Watch, ...] = ()
    watched: tuple[WatchValue, ...] = ()
    printed: tuple[Printed, ...] = ()
    hits: Mapping[Breakpoint, int] = {}
    origins: Mapping[Breakpoint | Watch, str] = {}
    changed_code: tuple[str, ...] = ()

    @property
    def tip(self) -> int:
        """The end of the current branch."""
        return self.path[-1]

    @property
    def at_tip(self) -> bool:
        """Whether a step goes on, rather than along the recording."""
        return self.head == self.path[-1]


def look(parts: Parts, changes: int) -> View:
    """The present moment, whatever thread asks."""
    session, runner, loop, points = parts.session, parts.runner, parts.loop, parts.points
    with session.lock:
        if not points.look_on(A_LOOK):
            parts.ticks += 1  # The rest at the next look.
        snapshot = session.snapshot
        branches = session.tree.branches()
        branch = session.tree.branch_of(session.tip) or branches[0]
        return View(
            tree=session.tree,
            path=tuple(session.path),
            head=session.head,
            snapshot=snapshot,
            action=next_action(snapshot),
            branch=branch,
            branches=branches,
            shown=in_view(branches, branch.begin),
            bookmarks=session.tree.bookmarks,
            stop=loop.stop,
            running=loop.running,
            pausing=loop.pausing,
            replaying=runner.replay is not None,
            acceptable=_acceptable(runner, session),
            live=parts.live.able,
            retry=parts.retry.waiting,
            doing=parts.sampler.doing,
            saved=session.saved,
            read_only=session.read_only,
            points=points.breakpoints,
            watches=points.watches,
            watched=points.values(),
            printed=points.printed,
            hits=points.hits(),
            origins=points.origins,
            changed_code=parts.changed_code,
            can_undo=parts.undo.can_undo,
            can_redo=parts.undo.can_redo,
            problems=parts.problems,
            changes=changes,
        )


def recorded_view(tree: Tree, tip: int, head: int) -> View:
    """What a front end would see of a recording, standing on a record of the branch to a tip.

    Nobody works on it: nothing runs, nothing can go on. KeyError when there is no such record.
    """
    snapshot = tree.snapshot_at(head)
    branches = tree.branches()
    branch = tree.branch_of(tip) or branches[0]
    return View(
        tree=tree,
        path=tuple(record.id for record in tree.path(tip)),
        head=head,
        snapshot=snapshot,
        action=next_action(snapshot),
        branch=branch,
        branches=branches,
        shown=in_view(branches, branch.begin),
        bookmarks=tree.bookmarks,
        stop=Stop("step"),
        running=False,
        pausing=False,
        replaying=False,
        acceptable=False,
        live=False,
        retry=None,
        saved=tree.last_id,
        read_only=None,
        points=(),
        can_undo=False,
        can_redo=False,
        problems=(),
        changes=0,
    )


def _acceptable(runner: Runner, session: Session) -> bool:
    """Whether there is a divergence here that one could go on past."""
    if runner.replay is not None:
        return runner.go_past is not None
    return session.at_tip and session.snapshot.diverged is not None and not session.read_only
