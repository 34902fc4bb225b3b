"""What other people's packages add to tooltrace, by name: entry points.

Nothing is looked up before somebody names what is not ours, and only what was named is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from tooltrace.core.model.errors import BadPlugin
from tooltrace.core.text.sanitize import clip, named, one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "PREFIX",
    "Group",
    "check_there",
    "load_plugin",
    "made",
    "made_by",
    "plugin_named",
    "plugin_names",
    "why",
]

Group = Literal["tooltrace.models", "tooltrace.tools", "tooltrace.formats"]

PREFIX = "plugin:"
"""What a name begins with where one of ours could stand as well."""

_MOST_LISTED = 20


def plugin_named(text: str) -> str | None:
    """What stands after ``plugin:``; None when the text does not begin with it."""
    return text.removeprefix(PREFIX) if text.startswith(PREFIX) else None


def plugin_names(group: Group) -> list[str]:
    """The names that installed packages add to a group, in order; imports none of them."""
    return sorted({point.name for point in _points(group)})


def check_there(group: Group, name: str) -> None:
    """Raise BadPlugin unless exactly one installed package adds that name; imports nothing."""
    _point(group, name)


def load_plugin(group: Group, name: str) -> object:
    """Import what an installed package adds under that name. Raises BadPlugin, one line."""
    point = _point(group, name)
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        raise BadPlugin(f"{_words(group, point)} cannot be loaded: {why(error)}") from error


def made_by(group: Group, name: str, given: object) -> object:
    """What the function that a package adds under that name makes of ``given``.

    Raises BadPlugin when there is none, or when it fails.
    """
    point = _point(group, name)
    make = load_plugin(group, name)
    if not callable(make):
        kind = type(make).__name__
        raise BadPlugin(f"{_words(group, point)} is {kind}; it has to be a function")
    return made(make, given, _words(group, point))


def made(make: Callable[[Any], object], given: object, who: str) -> object:
    """What other people's function makes of ``given``. Raises BadPlugin, which names ``who``."""
    try:
        return make(given)
    except (Exception, SystemExit) as error:
        raise BadPlugin(f"{who} failed: {why(error)}") from error


def _point(group: Group, name: str) -> EntryPoint:
    points = _points(group)
    found = {point.value: point for point in points if point.name == name}
    if len(found) == 1:
        return next(iter(found.values()))
    shown = clip(one_line(name), 80) or "(empty)"
    if found:
        values = one_line(", ".join(sorted(found)))
        raise BadPlugin(
            f"several packages add {shown!r} to {group}: {values}; uninstall all but one"
        )
    known = one_line(", ".join(sorted({point.name for point in points})[:_MOST_LISTED]))
    raise BadPlugin(f"no installed package adds {shown!r} to {group}; there are: {known or 'none'}")


def _points(group: Group) -> list[EntryPoint]:
    from importlib.metadata import entry_points  # It takes longer to load than all else here.

    try:
        return list(entry_points(group=group))
    except Exception as error:
        # It reads the files of every package there is, and one of them may say anything.
        raise BadPlugin(f"the installed packages cannot be asked: {why(error)}") from error


def _words(group: Group, point: EntryPoint) -> str:
    return one_line(f"{point.name} of {group} ({point.value})")


def why(error: BaseException) -> str:
    """An error of other people's code in one line, also one that cannot say itself what it is."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be printed
        text = ""
    return one_line(named(type(error).__name__, text))
