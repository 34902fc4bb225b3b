"""The formats that are read: each a file of ``importers/``, found by being there.

Which one a file has is told by its beginning, by our own importers alone. What other people's
packages add (entry points of the group ``tooltrace.formats``) is imported only when it is named.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module

from msgspec import Struct

from tooltrace.core.model.errors import BadImport, BadPlugin
from tooltrace.core.model.events import Record
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.formats import importers
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.source.source_file import SourceFile
from tooltrace.plugins.entry_points import load_plugin, plugin_names

__all__ = ["Importer", "importer", "importer_names", "sniffed"]


class Importer(Struct, frozen=True):
    """A format that sessions are read from.

    ``sniff`` says by the beginning of a file, and cheaply, whether it is of this format. ``read``
    gives the records in order, each after its parent, and None where there is no more for now in
    a file that is followed; only with ``follows`` is it ever asked to follow one. What it does not
    understand it keeps, as ``Unknown``. It raises BadImport for a file that cannot be
    read at all.
    """

    name: str
    about: str
    sniff: Callable[[SourceFile], bool]
    read: Callable[[SourceFile, Recorder, bool], Iterator[Record | None]]
    follows: bool = False


def importer_names() -> list[str]:
    """The names of our own, in order; imports none of them."""
    return sorted(found.name for found in pkgutil.iter_modules(importers.__path__))


def _own(name: str) -> Importer:
    found = import_module(f"{importers.__name__}.{name}").IMPORTER
    assert isinstance(found, Importer)
    return found


def importer(name: str) -> Importer:
    """The importer of that name, ours or an installed package's, whose code is imported then.

    Raises BadImport when there is none, and BadPlugin when another package's cannot be used.
    """
    known = importer_names()
    if name in known:
        return _own(name)
    if name not in plugin_names("tooltrace.formats"):
        shown = clip(one_line(name), 80) or "(empty)"
        raise BadImport(f"there is no format {shown!r} to import; there are: {', '.join(known)}")
    loaded = load_plugin("tooltrace.formats", name)
    if not isinstance(loaded, Importer):
        kind = type(loaded).__name__
        raise BadPlugin(
            f"{one_line(name)} of tooltrace.formats is {kind}; it has to be an Importer"
        )
    return loaded


def sniffed(source: SourceFile) -> Importer | None:
    """Which of our own importers a file is for; None where none knows it."""
    return next((own for own in map(_own, importer_names()) if own.sniff(source)), None)
