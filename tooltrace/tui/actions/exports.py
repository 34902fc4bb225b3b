"""The key that hands the branch on: a format, a new file, and a word about where it is."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.sanitize import bytes_in_words, one_line
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.screens import dialogs

__all__ = ["ExportActions"]

_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")
_MOST_NAMED = 3


class ExportActions(ActionGroup):
    """What is written is for others: secrets are taken out first. The session stays as it is."""

    def export(self) -> None:
        """Write the current branch in another format, into a new file."""
        from tooltrace.formats.registry import exporter, exporter_names

        choices = [dialogs.Choice(name, name, exporter(name).about) for name in exporter_names()]

        def picked(found: dialogs.Picked[str] | None) -> None:
            if found is not None:
                self._ask_where(found.value)

        self.show(dialogs.PickerScreen("Hand the branch on", choices), picked)

    def _ask_where(self, name: str) -> None:
        from tooltrace.formats.registry import exporter

        suffix = exporter(name).suffix
        title = f"Write this branch as {name}"
        hint = "A new file; secrets that are found are taken out of it and named."

        def typed(text: str | None) -> None:
            if text is not None:
                self._write(name, _path(text))

        self.show(dialogs.PromptScreen(title, str(self._free(suffix)), hint, _problem), typed)

    def _free(self, suffix: str) -> Path:
        """A name that is free, beside the session's file."""
        file = self._file()
        branch = self.debugger.session.tree.branch_of(self.debugger.session.tip)
        name = _NOT_IN_A_NAME.sub("-", branch.name if branch is not None else "branch")[:40]
        stem, number = f"{file.stem}-{name}", 1
        found = file.with_name(f"{stem}{suffix}")
        while os.path.lexists(found):
            number += 1
            found = file.with_name(f"{stem}-{number}{suffix}")
        return found

    def _file(self) -> Path:
        journal = self.debugger.session.journal
        return Path("session.jsonl") if journal is None else journal.path

    def _write(self, name: str, path: Path) -> None:
        """Beside the screen: a long session takes a second or two."""
        session, file = self.debugger.session, self._file()

        async def written() -> None:
            try:
                text = await asyncio.to_thread(
                    _written, session.tree, session.tip, file, name, path
                )
            except ToolTraceError as error:
                self.tell(str(error), "error")
            else:
                self.tell(text)

        self.controller.screen.run_worker(written())


def _written(tree: Tree, tip: int, file: Path, name: str, path: Path) -> str:
    """Write it, and say where it is and what was taken out. Raises BadExport."""
    from tooltrace.debugger.session.secrets import hider
    from tooltrace.formats.branch_data import BranchData
    from tooltrace.formats.output_file import write_file
    from tooltrace.formats.registry import export, exporter
    from tooltrace.formats.share import shared

    clean, found = shared(tree, hider())
    from tooltrace.tui.rows.present.drawn import drawn_branch

    beside = os.path.relpath(file, path.parent)
    data = BranchData.of(clean, tip, file, path=beside, draw=drawn_branch)
    size = write_file(path, export(data, exporter(name)))
    marks = ", ".join(each.mark for each in found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    out = f"; taken out: {marks}{more}" if found else ""
    return f"{data.name} as {name} is in {one_line(str(path))}, {bytes_in_words(size)}{out}"


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()


def _problem(text: str) -> str | None:
    """Why nothing can be written there, as far as that is known before."""
    if not text.strip():
        return "a file needs a name"
    path = _path(text)
    if os.path.lexists(path):
        return f"{one_line(path.name)} is there already: choose another name"
    return None if path.parent.is_dir() else f"there is no folder {one_line(str(path.parent))}"
