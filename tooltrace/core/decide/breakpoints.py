"""Breakpoints and logpoints as data, and how they are written.

    tool:NAME        before a call of that tool      state:NAME    on entering a state
    transition:A->B  before that transition          error         after a call failed
    call             before every call               if EXPRESSION before a call or a transition
    request          before the model is asked       reply         before a reply's calls are made
    repeat[:TOOL]    before a call made before       illegal       what no row of the table allows
    divergence       where a replay met another      stuck, limit  before the run ends so

Each may be followed by ``if EXPRESSION`` (or ``when``), ``hits N`` and ``log EXPRESSION`` (or
``print``), in this order: it counts only where the condition holds, only the Nth time, and prints
instead of stopping.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder, dumps
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from tooltrace.core.expressions.parse import compile_expression
from tooltrace.core.expressions.point_names import POINT_NAMES, names_known
from tooltrace.core.model.errors import BadExpression
from tooltrace.core.text.sanitize import one_line

__all__ = ["KINDS", "Breakpoint", "Kind", "compile_at_point", "parse", "plainly", "same"]

Kind = Literal[
    "tool",
    "state",
    "transition",
    "error",
    "call",
    "any",
    "request",
    "reply",
    "repeat",
    "illegal",
    "divergence",
    "stuck",
    "limit",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_HITS = 1_000_000
LONGEST = 5_000

_CLAUSE = re.compile(r"(?:(?<=\s)|^)(if|when|hits|log|print)(?=\s|$)")
_COUNT = re.compile(r"hits\s+([0-9]{1,9})(?=\s|$)")
_ALONE = ("error", "call", "request", "reply", "illegal", "divergence", "stuck", "limit")


class Breakpoint(Struct, frozen=True, omit_defaults=True):
    """Where to stop, and under which condition.

    ``kind`` is one of KINDS; ``any`` is a condition alone, before calls and transitions. ``target``
    is the tool, the state or ``A->B``. ``hits`` above 0 makes it count at that time on the path
    only, ``log`` makes it print this expression instead of stopping.
    """

    kind: Kind
    target: str = ""
    when: str | None = None
    enabled: bool = True
    hits: int = 0
    log: str | None = None

    def __str__(self) -> str:
        place = "" if self.kind == "any" else self.kind
        parts = [f"{place}:{_written(self.target)}" if self.target else place]
        parts += [f"if {self.when}"] if self.when else []
        parts += [f"hits {self.hits}"] if self.hits else []
        parts += [f"log {self.log}"] if self.log else []
        return " ".join(part for part in parts if part)

    @property
    def counts(self) -> bool:
        """Whether how often it was met matters: it prints, or stops at one time only."""
        return self.hits > 0 or self.log is not None


def compile_at_point(text: str, where: str = "") -> Callable[..., object]:
    """An expression that may use what breakpoints know. Raises BadExpression.

    ``where`` is the kind of the breakpoint, or a watch, whose names are offered for an unknown one.
    """
    return compile_expression(text, POINT_NAMES, names_known(where) if where else ())


def parse(text: str) -> Breakpoint:
    """A breakpoint or logpoint from its written form. Raises BadExpression, one line."""
    if len(text) > LONGEST:
        raise BadExpression(f"a breakpoint is at most {LONGEST:,} characters")
    whole = text.strip()
    kind, target, rest = _place(whole)
    when, hits, log = _clauses(rest, whole, kind or "any")
    found = _kind(kind, target, when)
    if found is None:
        raise BadExpression(f"{one_line(whole)!r} is no breakpoint; write {_FORMS}")
    return Breakpoint(*found, when, hits=hits, log=log)


_FORMS = (
    "tool:NAME, state:NAME, transition:A->B, error, call, request, reply, repeat, illegal, "
    "divergence, stuck, limit or if EXPRESSION, then hits N or log EXPRESSION if you like"
)


def _place(whole: str) -> tuple[str, str, str]:
    """The kind, the target, and what follows; a target with a word like ``if`` is in quotes."""
    kind, colon, after = whole.partition(":")
    if colon and kind.strip().isalpha() and after.lstrip().startswith('"'):
        after = after.lstrip()
        try:
            target, end = JSONDecoder().raw_decode(after)
        except (JSONDecodeError, RecursionError) as error:
            raise BadExpression(
                f"{one_line(whole)!r}: the name has no end to its quotes"
            ) from error
        return kind.strip(), str(target), after[end:]
    clause = _CLAUSE.search(whole)
    head, rest = (
        (whole, "") if clause is None else (whole[: clause.start()], whole[clause.start() :])
    )
    kind, _, target = (part.strip() for part in head.partition(":"))
    return kind, target, rest


def _clauses(rest: str, whole: str, where: str) -> tuple[str | None, int, str | None]:
    """The condition, the count and what to print, as far as they are there."""
    when: str | None = None
    log: str | None = None
    hits = 0
    rest = rest.strip()
    if word := _begins(rest, "if", "when"):
        when, rest = _expression(rest[len(word) :].strip(), where, "hits", "log", "print")
    if _begins(rest, "hits"):
        count = _COUNT.match(rest)
        if count is None or not 1 <= int(count[1]) <= MOST_HITS:
            raise BadExpression(
                f"{one_line(whole)!r}: after hits comes how many, from 1 to {MOST_HITS:,}"
            )
        hits, rest = int(count[1]), rest[count.end() :].strip()
        if when is None and (word := _begins(rest, "if", "when")):
            when, rest = _expression(rest[len(word) :].strip(), where, "log", "print")
    if word := _begins(rest, "log", "print"):
        log = rest[len(word) :].strip()
        rest = ""
        compile_at_point(log, where)
    if rest:
        raise BadExpression(f"{one_line(whole)!r}: {one_line(rest)!r} means nothing here")
    return when, hits, log


def _begins(rest: str, *words: str) -> str:
    clause = _CLAUSE.match(rest)
    return clause[1] if clause is not None and clause[1] in words else ""


def _expression(text: str, where: str, *ends: str) -> tuple[str, str]:
    """An expression, and what begins with one of the words after it.

    The first of these words up to which the text is an expression: inside quotes or brackets it is
    not, so that a word there ends nothing. Raises BadExpression.
    """
    for clause in _CLAUSE.finditer(text):
        before = text[: clause.start()].strip()
        if clause[1] not in ends or not before:
            continue
        try:
            compile_at_point(before)
        except BadExpression:
            continue
        return before, text[clause.start() :]
    compile_at_point(text, where)
    return text, ""


def _kind(kind: str, target: str, when: str | None) -> tuple[Kind, str] | None:
    match kind, target:
        case "", "":
            return ("any", "") if when else None
        case "tool" | "state" as named, str(name) if name:
            return ("tool" if named == "tool" else "state"), name
        case "repeat", str(name):
            return "repeat", name
        case "transition", str(name) if "->" in name:
            here, _, there = name.partition("->")
            return "transition", f"{here.strip() or '*'}->{there.strip() or '*'}"
        case str(word), "" if word in _ALONE:
            return next(known for known in KINDS if known == word), ""
        case _:
            return None


def _written(target: str) -> str:
    plain = target.strip() == target and not target.startswith('"') and "\n" not in target
    return target if plain and not _CLAUSE.search(target) else dumps(target)


def same(one: Breakpoint, other: Breakpoint) -> bool:
    """Whether two do the same at the same places, however their expressions are spaced."""
    return one == other or _plain(one) == _plain(other)


def _plain(point: Breakpoint) -> Breakpoint:
    when, log = (None if text is None else plainly(text) for text in (point.when, point.log))
    return replace(point, when=when, log=log)


def plainly(text: str) -> str:
    """An expression as Python would space and quote it; as it is where it cannot be parsed."""
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
