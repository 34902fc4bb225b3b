"""Open a file to look at, whether it is a session or another program's.

A session is told by its beginning: what reads other formats is imported for a file of another kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.store.journal import Journal
from tooltrace.store.open import begins_as_session

if TYPE_CHECKING:
    from tooltrace.debugger.session.imported_file import ImportedFile

__all__ = ["imported_file", "open_any"]


def imported_file(path: Path, name: str = "", follow: bool = True) -> ImportedFile | None:
    """A file of another program, ``name`` says in which format; None where it is a session.

    What nobody here knows counts as a session. Raises BadSession or BadImport.
    """
    if not name and begins_as_session(path):
        return None
    from tooltrace.debugger.session.imported_file import ImportedFile
    from tooltrace.formats.imported.session import looks_imported

    return ImportedFile(path, name, follow) if name or looks_imported(path) else None


def open_any(path: Path, follow: bool = False) -> Journal:
    """A session, or a file of another program, to be read. Raises BadSession or BadImport."""
    return imported_file(path, follow=follow) or Journal.open(path, writable=False)
