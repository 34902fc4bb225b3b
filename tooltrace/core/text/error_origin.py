"""Tell whose an unexpected error is: the author's of the workflow, the system's, or ours.

It is told from where it was raised: a line of code that is neither tooltrace's nor Python's nor a
library's of tooltrace is the author's. Files tell, not the names of modules: an author may call
theirs as Python calls one.
"""

from __future__ import annotations

from functools import cache

from tooltrace.core.text.sanitize import named, one_line

__all__ = ["authors_line", "fault_of", "text_of"]

_OURS = frozenset(
    {"anthropic", "httpx", "httpcore", "h11", "anyio", "msgspec", "click"}
    | {"textual", "rich", "genai_prices", "pydantic", "pydantic_core", "encodings"}
)
_HERE = __file__.removesuffix("core/text/error_origin.py")
_SHIPPED = "tooltrace.workflows"
_SYSTEM = (OSError, MemoryError, ImportError)
_NO_THREAD = "can't start new thread"


def fault_of(error: BaseException) -> str:
    """One line: who failed, where, and how; for an author their own line."""
    what = named(type(error).__name__, text_of(error))
    line = authors_line(error)
    if line is not None:
        return one_line(f"the workflow's code failed: {line[0]}:{line[1]}: {what}")
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return one_line(f"the system failed: {where}{(error.strerror or what).lower()}: try again")
    if isinstance(error, _SYSTEM) or _is_the_systems(error):
        return one_line(f"the system failed: {what}: try again")
    return one_line(f"a fault in tooltrace itself: {what}")


def _is_the_systems(error: BaseException) -> bool:
    return type(error).__module__ == "sqlite3" or _NO_THREAD in text_of(error)


def text_of(error: BaseException) -> str:
    """What an exception says. Never raises, whatever its own code does."""
    try:
        return str.__str__(str(error))
    except BaseException as broken:  # noqa: BLE001 - an exception's text is the author's own code
        return f"<its text raised {type(broken).__name__}>"


def authors_line(error: BaseException) -> tuple[str, int] | None:
    """The file and line of the author's code in an error's traceback; None if it never got there.

    The deepest line in the first file of theirs, since what is below that is a library of theirs.
    """
    frames = error.__traceback__
    entry, found = "", None
    while frames is not None:
        frame = frames.tb_frame
        file = frame.f_code.co_filename
        if not entry and _is_an_authors(file, str(frame.f_globals.get("__name__") or "")):
            entry = file
        if entry and file == entry:
            found = (file, frames.tb_lineno)
        frames = frames.tb_next
    return found


def _is_an_authors(file: str, module: str) -> bool:
    if file.startswith(_HERE):
        return module.startswith(_SHIPPED)
    own, installed = _pythons()
    if file.startswith(installed):
        return module.partition(".")[0] not in _OURS
    return not file.startswith(("<frozen", own))


@cache
def _pythons() -> tuple[str, tuple[str, ...]]:
    """Where Python's own modules are, and the packages that were installed."""
    import sysconfig

    installed = {f"{sysconfig.get_path(name)}/" for name in ("purelib", "platlib")}
    return f"{sysconfig.get_path('stdlib')}/", tuple(installed)
