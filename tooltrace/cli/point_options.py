"""``--break``, ``--log`` and ``--watch``: what stops, prints and shows, for one sitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from tooltrace.core.decide.breakpoint_check import unfit, unfit_watch
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadCommand, BadExpression
from tooltrace.core.model.workflow import WorkflowSpec
from tooltrace.core.text.sanitize import clip, one_line

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger

__all__ = ["NOTHING", "GivenPoints", "given_points", "point_options"]

T = TypeVar("T")

_MOST_SAID = 80
"""Characters of what was typed that an error repeats."""


class GivenPoints(Struct, frozen=True):
    """What the command line says: breakpoints and logpoints, and watches."""

    breaks: tuple[Breakpoint, ...] = ()
    logs: tuple[Breakpoint, ...] = ()
    watches: tuple[Watch, ...] = ()

    @property
    def points(self) -> tuple[Breakpoint, ...]:
        """What stops and what prints."""
        return (*self.breaks, *self.logs)

    def check(self, spec: WorkflowSpec) -> None:
        """Raises BadCommand for what would never be met in a workflow."""
        for option, points in (("--break", self.breaks), ("--log", self.logs)):
            for point in points:
                if (why := unfit(point, spec)) is not None:
                    raise BadCommand(f"{option} {point}: {why}")
        for watch in self.watches:
            if (why := unfit_watch(watch.expression, spec)) is not None:
                raise BadCommand(f"--watch {watch.expression}: {why}")

    def give(self, debugger: Debugger) -> None:
        """Have them in force. Raises BadExpression."""
        if self.points:
            debugger.breakpoints.add(self.points)
        if self.watches:
            debugger.watches.add(self.watches)


NOTHING = GivenPoints()


def point_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The three options, as ``breaks``, ``logs`` and ``watches``."""
    for option in reversed(
        (
            click.option(
                "--break", "breaks", multiple=True, metavar="SPEC", help="Stop at tool:NAME, …"
            ),
            click.option(
                *("--log", "logs"),
                multiple=True,
                metavar="SPEC",
                help='Print instead of stopping: "tool:NAME log EXPRESSION".',
            ),
            click.option(
                *("--watch", "watches"),
                multiple=True,
                metavar="EXPRESSION",
                help="Show it beside the context.",
            ),
        )
    ):
        command = option(command)
    return command


def given_points(
    breaks: tuple[str, ...], logs: tuple[str, ...], watches: tuple[str, ...]
) -> GivenPoints:
    """What the options say. Raises BadExpression."""
    stops = tuple(_read("--break", spec, parse) for spec in breaks)
    prints = tuple(_read("--log", spec, parse) for spec in logs)
    for spec, point in zip(logs, prints, strict=True):
        if point.log is None:
            raise BadExpression(
                f'--log {spec}: nothing is printed there: write "{point} log EXPRESSION"'
            )
    return GivenPoints(
        stops, prints, tuple(_read("--watch", each, parse_watch) for each in watches)
    )


def _read(option: str, text: str, read: Callable[[str], T]) -> T:
    """What was typed behind an option; where it is wrong, it is said behind which."""
    try:
        return read(text)
    except BadExpression as error:
        said = clip(one_line(text.strip()), _MOST_SAID)
        why = str(error).removeprefix(f"{one_line(text.strip())!r}: ")
        raise BadExpression(f"{option} {said}: {why}") from error
