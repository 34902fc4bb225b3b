"""Make sessions of files of other programs: new files, and nothing is written over."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from tooltrace.core.model.errors import BadImport, NotSaved
from tooltrace.core.text.sanitize import one_line
from tooltrace.debugger.session.secrets import hider
from tooltrace.formats.imported.session import Imported
from tooltrace.store.blobs import blobs_of
from tooltrace.store.journal import Journal

__all__ = ["import_file", "session_beside"]


def session_beside(file: Path, folder: Path) -> Path:
    """The session that a file becomes: of the same name, in that folder."""
    stem = file.name
    for ending in (".gz", ".jsonl", ".json", ".yaml", ".yml", ".eval", ".traj"):
        stem = stem.removesuffix(ending)
    return folder / f"{stem or file.stem or 'imported'}.jsonl"


def import_file(file: Path, to: Path, name: str = "") -> Imported:
    """Write the session of a file of another program; secrets go as in every session.

    Records go to the disk as they are read. Raises BadImport or NotSaved, and then there is no new
    file.
    """
    if os.path.lexists(to) or os.path.lexists(blobs_of(to)):
        raise NotSaved(f"{one_line(str(to))} is there already: give another folder with -o")
    hide = hider()
    imported = Imported(file, name, hide)
    journal = Journal.create(to, hide=hide)
    try:
        for record in imported.records():
            journal.append(record)
        if not journal.written:
            raise BadImport(f"{one_line(str(file))}: there is no run in it")
        journal.sync()
    except BaseException:
        journal.close()
        with suppress(OSError):
            to.unlink()
        shutil.rmtree(blobs_of(to), ignore_errors=True)
        raise
    journal.close()
    return imported
