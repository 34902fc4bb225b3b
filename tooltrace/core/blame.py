"""Whose error it is that nobody expected: the author's of the workflow, the system's, or ours.

It is told from where it was raised: a line of code that is neither tooltrace's nor Python's nor a
library's of tooltrace is the author's.
"""

from __future__ import annotations

import sys
from types import TracebackType

from tooltrace.core.text import named, one_line

__all__ = ["fault_of"]

_OURS = frozenset(
    {"tooltrace", "anthropic", "httpx", "httpcore", "h11", "anyio", "msgspec", "click"}
    | {"textual", "rich", "genai_prices", "pydantic", "pydantic_core", "encodings"}
)
_SHIPPED = "tooltrace.workflows"
_SYSTEM = (OSError, MemoryError, ImportError)
_NO_THREAD = "can't start new thread"


def fault_of(error: BaseException) -> str:
    """One line: who failed, where, and how; for an author their own line."""
    what = named(type(error).__name__, _text(error))
    place = _authors_line(error.__traceback__)
    if place:
        return one_line(f"the workflow's code failed: {place}: {what}")
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        return one_line(f"the system failed: {where}{(error.strerror or what).lower()}: try again")
    if isinstance(error, _SYSTEM) or _is_the_systems(error):
        return one_line(f"the system failed: {what}: try again")
    return one_line(f"a fault in tooltrace itself: {what}")


def _is_the_systems(error: BaseException) -> bool:
    return type(error).__module__ == "sqlite3" or _NO_THREAD in _text(error)


def _text(error: BaseException) -> str:
    try:
        return str.__str__(str(error))
    except BaseException as broken:  # noqa: BLE001 - an exception's text is the author's own code
        return f"<its text raised {type(broken).__name__}>"


def _authors_line(trace: TracebackType | None) -> str:
    """The deepest line that is the author's; empty where there is none."""
    found = ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__") or "")
        if _is_an_authors(name):
            found = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _is_an_authors(module: str) -> bool:
    top = module.partition(".")[0]
    if module.startswith(_SHIPPED):
        return True
    return top not in _OURS and top not in sys.stdlib_module_names and top != "importlib"
