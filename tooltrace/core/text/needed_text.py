"""Text that is in all that a regular expression matches, to pass by most that it does not match.

The syntax is that of Python's ``re``. Of a group that is said or not, or has alternatives, nothing
is taken; flags in a pattern change what it means, and then nothing is known.
"""

from __future__ import annotations

import re

__all__ = ["needed_text"]

_CLASSES = frozenset("dDwWsSbBAZafnrtv")
_REPEATS = re.compile(r"[*?]|\{\d*(?:,\d*)?\}")

_PLAIN_GROUP = re.compile(r"\((?:\?:|\?P<\w+>)?(?!\?)")
_FLAGS = re.compile(r"\(\?[aiLmsux-]")


def needed_text(pattern: str) -> list[list[str]] | None:
    """For each alternative of a pattern the texts that stand in all of its matches.

    None where an alternative has no such text, or where that is not found out.
    """
    found: list[list[str]] = [[]]
    run, at = "", 0

    def end_run() -> None:
        nonlocal run
        if run:
            found[-1].append(run)
        run = ""

    while at < len(pattern):
        char, step = pattern[at], 1
        if repeats := _REPEATS.match(pattern, at):
            run, step = run[:-1], len(repeats[0])
            end_run()
        elif char == "(":
            end_run()
            end = _group_end(pattern, at)
            inner = _PLAIN_GROUP.match(pattern, at)
            if _FLAGS.match(pattern, at) or end > len(pattern):
                return None
            if inner and not _REPEATS.match(pattern, end):
                in_it = needed_text(pattern[inner.end() : end - 1])
                found[-1] += in_it[0] if in_it is not None and len(in_it) == 1 else []
            step = end - at
        elif char == "|":
            end_run()
            found.append([])
        elif char == "\\":
            meant, step = pattern[at + 1 : at + 2], 2
            if meant in _CLASSES:
                end_run()
            elif meant.isalnum():
                return None
            else:
                run += meant
        elif char == "[":
            end_run()
            step = _class_end(pattern, at) - at
        elif char in ".^$+{":
            end_run()
        else:
            run += char
        at += step
    end_run()
    return found if all(found) else None


def _group_end(pattern: str, at: int) -> int:
    """Where a group that begins there is over; behind the end where it is not."""
    depth = 0
    while at < len(pattern):
        char, step = pattern[at], 1
        if char == "\\":
            step = 2
        elif char == "[":
            step = _class_end(pattern, at) - at
        elif char in "()":
            depth += 1 if char == "(" else -1
        at += step
        if not depth:
            return at
    return len(pattern) + 1


def _class_end(pattern: str, at: int) -> int:
    """Where a set in brackets that begins there is over; a first ``]`` is one of it."""
    at += 2 if pattern[at + 1 : at + 2] == "^" else 1
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        at += 2 if pattern[at] == "\\" else 1
        first = False
    return at + 1
