"""``debugger.notes``: what a person says about the tree: names, descriptions, bookmarks.

Each is a note in the file. A note moves nothing and is no change of history, so that undo does not
take it back: it is taken back by saying something else.
"""

from __future__ import annotations

from collections.abc import Callable

from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.notes import Bookmarked, BranchDescribed, BranchNamed, BranchPruned
from tooltrace.debugger.edit.edits import rename_problem
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.debugger.verbs import T, Verbs

__all__ = ["Notes"]


class Notes(Verbs[T]):
    """Say something about a branch, by the record it begins at, or about a record.

    All raise BadCommand, ReadOnly or NotSaved.
    """

    def rename(self, begin: int, name: str) -> T:
        """Name the branch that begins at a record."""

        def renaming(session: Session) -> None:
            _branch(session, begin)
            wrong = rename_problem(session.tree.branches(), begin, name)
            if wrong is not None:
                raise BadCommand(wrong)
            session.note(BranchNamed(begin, name.strip()))

        return self._run(self._note(renaming))

    def describe(self, begin: int, text: str) -> T:
        """Say what the branch that begins at a record is for; no text takes it away."""

        def describing(session: Session) -> None:
            _branch(session, begin)
            session.note(BranchDescribed(begin, text.strip()))

        return self._run(self._note(describing))

    def prune(self, begin: int, pruned: bool = True) -> T:
        """Put the branch that begins at a record out of view, or back; the file keeps it."""

        def pruning(session: Session) -> None:
            _branch(session, begin)
            here = session.tree.branch_of(session.tip)
            if pruned and here is not None and here.begin == begin:
                raise BadCommand("you stand on this branch: switch to another one to prune it")
            session.note(BranchPruned(begin, pruned))

        return self._run(self._note(pruning))

    def bookmark(self, record: int, text: str = "", marked: bool = True) -> T:
        """Mark a record, with a few words or none, or take its mark away."""

        def marking(session: Session) -> None:
            if record not in session.tree:
                raise BadCommand(f"there is no record #{record} in this session")
            session.note(Bookmarked(record, text.strip() if marked else "", marked))

        return self._run(self._note(marking))

    async def _note(self, saying: Callable[[Session], None]) -> Stop:
        try:
            saying(self._parts.session)
        except ValueError as error:
            raise BadCommand(f"no session can hold this: {error}") from error
        self._parts.session.sync()
        return Stop("step")


def _branch(session: Session, begin: int) -> None:
    here = session.tree.branch_of(begin)
    if here is None or here.begin != begin:
        raise BadCommand(f"no branch begins at #{begin}")
