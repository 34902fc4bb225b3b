"""The formats that a branch can be written in: each a file of ``exporters/``, found by being there.

A new one needs no other file: put ``NAME.py`` there with an ``EXPORTER`` in it. What other people's
packages add (entry points of the group ``tooltrace.formats``) is looked up only when a name is not
one of ours, as that imports their code.
"""

from __future__ import annotations

import pkgutil
import traceback
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from msgspec import Struct

from tooltrace.core.model.errors import BadExport, BadPlugin, ToolTraceError
from tooltrace.core.text.sanitize import clip, one_line
from tooltrace.formats import exporters
from tooltrace.formats.branch_data import BranchData
from tooltrace.plugins.entry_points import load_plugin, plugin_names, why

__all__ = ["Exporter", "added_names", "export", "exporter", "exporter_names"]


class Exporter(Struct, frozen=True):
    """A format that a branch can be written in.

    ``write`` is given the branch and yields the whole in pieces, all text or all bytes; for what
    cannot be written it raises BadExport with the reason. ``suffix`` is what such files end with.
    ``needs`` names what of the branch it cannot do without, such as ``("request",)``: a branch
    where that is missing is refused before ``write`` is called. ``shares`` says that such a file is
    for other people, so that the command line takes secrets out unless it is told not to.
    """

    name: str
    suffix: str
    write: Callable[[BranchData], Iterable[str | bytes]]
    about: str = ""
    needs: tuple[str, ...] = ()
    shares: bool = False


def exporter_names() -> list[str]:
    """The names of our own, in order; imports none of them."""
    return sorted(found.name for found in pkgutil.iter_modules(exporters.__path__))


def added_names() -> list[str]:
    """The names that installed packages add to ours, in order; imports none of them.

    Raises BadPlugin when the packages cannot be asked.
    """
    own = exporter_names()
    return [name for name in plugin_names("tooltrace.formats") if name not in own]


def exporter(name: str) -> Exporter:
    """The exporter of that name, ours or an installed package's.

    Raises BadExport when there is none, and BadPlugin when another package's cannot be used.
    """
    if name in exporter_names():
        found = import_module(f"{exporters.__name__}.{name}").EXPORTER
        assert isinstance(found, Exporter)
        return found
    others = added_names()
    if name not in others:
        known = one_line(", ".join([*exporter_names(), *others]))
        raise BadExport(
            f"there is no format {clip(one_line(name), 80) or '(empty)'!r}; there are: {known}"
        )
    loaded = load_plugin("tooltrace.formats", name)
    if not isinstance(loaded, Exporter):
        kind = type(loaded).__name__
        raise BadPlugin(
            f"{one_line(name)} of tooltrace.formats is {kind}; it has to be an Exporter"
        )
    return loaded


def export(branch: BranchData, to: Exporter) -> Iterator[bytes]:
    """The branch in that format, piece by piece; text as UTF-8.

    Raises BadExport when the branch has not what the format needs, or cannot be written in it.
    """
    shown = one_line(to.name)
    for what in to.needs:
        if getattr(branch, what, None) in (None, (), [], {}, ""):
            raise BadExport(f"{shown} needs the {what} of a branch, and {branch.name} has none")
    try:
        for piece in to.write(branch):
            if not isinstance(piece, str | bytes):
                raise TypeError(f"it yielded {type(piece).__name__}, no text and no bytes")
            yield piece if isinstance(piece, bytes) else piece.encode("utf-8")
    except ToolTraceError as error:
        raise BadExport(f"{branch.name} cannot be written as {shown}: {error}") from error
    except (Exception, SystemExit) as error:
        # It may be other people's code, which nobody has tried on this branch.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = one_line(f"{frame.filename}:{frame.lineno}")
        raise BadExport(f"{shown} failed at {where}: {why(error)}") from error
