"""``--break``, ``--log`` and ``--watch``: what stops, prints and shows, for one sitting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from tooltrace.core.decide.breakpoint_check import unfit, unfit_watch
from tooltrace.core.decide.breakpoints import Breakpoint, parse
from tooltrace.core.decide.watches import Watch, parse_watch
from tooltrace.core.model.errors import BadCommand, BadExpression
from tooltrace.core.model.workflow import WorkflowSpec

if TYPE_CHECKING:
    from tooltrace.debugger.debugger import Debugger

__all__ = ["NOTHING", "GivenPoints", "given_points", "point_options"]


class GivenPoints(Struct, frozen=True):
    """What the command line says: breakpoints and logpoints, and watches."""

    points: tuple[Breakpoint, ...] = ()
    watches: tuple[Watch, ...] = ()

    def check(self, spec: WorkflowSpec) -> None:
        """Raises BadCommand for what would never be met in a workflow."""
        for point in self.points:
            if (why := unfit(point, spec)) is not None:
                raise BadCommand(f"{'--log' if point.log else '--break'} {point}: {why}")
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
    points = [parse(spec) for spec in breaks]
    for spec in logs:
        point = parse(spec)
        if point.log is None:
            raise BadExpression(
                f'--log {spec}: nothing is printed there: write "{point} log EXPRESSION"'
            )
        points.append(point)
    return GivenPoints(tuple(points), tuple(map(parse_watch, watches)))
