"""One random history: a workflow, a person, a judge; and the shortest that shows the same."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as Late
from pathlib import Path
from random import Random
from typing import Any

from tests.attack.findings import Finding
from tests.attack.forks import in_forks
from tests.attack.histories.flows import chosen
from tests.attack.histories.laws import Judge, Verdict
from tests.attack.histories.person import Person, strike_at
from tests.attack.histories.tap import Tap, tapped
from tests.debugger.sitting import Sitting, clock
from tooltrace.debugger.replay.check import check_session
from tooltrace.debugger.session.session import Session
from tooltrace.debugger.stop import Stop
from tooltrace.store.journal import Journal

__all__ = ["History", "attack", "history", "numbers_of"]

COMMANDS = 18
SECONDS = 120.0


class History:
    """Sits down, does one thing after the other, and notes what went wrong.

    At a session that is there already it goes on.
    """

    def __init__(
        self, seed: int, folder: Path, tap: Tap | None = None, *, says_yes: bool = True
    ) -> None:
        self.tap = tap or Tap()
        self.workflow = tapped(chosen(Random(seed), folder), self.tap)
        self.folder = folder
        self.judge = Judge(self.workflow, self.tap)
        self.person = Person(says_yes=says_yes)
        self.s = Sitting(folder, self.workflow)
        self.judge.sits_down(self.s)
        self.stop: Stop | None = None
        spec, world = self.workflow.spec, getattr(self.workflow.world, "__name__", None)
        self.told: list[str] = [f"workflow {spec.name}, world {world}: {spec.description}"]
        self.found: list[Verdict] = []

    def do(self, number: int) -> None:
        """One thing."""
        chosen_now = self.person.choose(self.s, self.stop, number)
        if chosen_now is None:
            return
        name, args, named = chosen_now
        match name:
            case "reopen":
                self.told.append(f"reopen {args}")
                self._leave(*args)
            case "kill":
                self.told.append("kill")
                self._leave(killed=True)
            case "strike":
                self.tap.strike = strike_at(self.s)
                self._command(args[0], (), {})
                struck = self.tap.strike is None
                self.tap.strike = None
                if struck:
                    self.told.append("killed while that ran")
                    self._sit_down_again()
            case _:
                self._command(name, args, named)

    def _command(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        at = self.s.head
        self.stop = stop = self.s.do(name, *args, **named)
        shown = ", ".join(repr(arg)[:120] for arg in args)
        text = f": {stop.text[:160]}" if stop.text else ""
        self.told.append(f"#{at} {name}({shown}) -> #{self.s.head} {stop.kind}{text}")
        self.found += self.judge.command(self.s, name, args, stop)

    def _leave(self, remember: bool = False, killed: bool = False) -> None:
        tree = self.s.session.tree
        mine = list(tree.records.values())
        if killed:
            self.s.die()
        else:
            self.s.close(remember=remember)
        self._sit_down_again()
        again = list(self.s.session.tree.records.values())
        if mine != again or self.s.journal.problems:
            self.found.append(("reopened", "the file holds another session than was in memory"))

    def _sit_down_again(self) -> None:
        self.s.close()
        self.s = Sitting(self.folder, self.workflow)
        self.judge.sits_down(self.s)
        self.stop = None

    def end(self) -> None:
        """Leave, and look at all of it."""
        self.s.close()
        with Journal.open(self.s.file) as journal:
            session = Session(clock, journal)
            self.found += self.judge.at_the_end(self.s)
            met = {b.name for b in session.tree.branches() if b.begin in self.judge.diverged}
            for checked in asyncio.run(check_session(session, clock)):
                if checked.divergence is not None and checked.branch not in met:
                    self.found.append(("check", f"branch {checked.branch}: {checked.text}"))


def history(seed: int, numbers: list[int], folder: Path) -> tuple[list[Verdict], list[str]]:
    """What a history of these numbers comes to, and what happened in it."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    one = History(seed, folder)
    try:
        for number in numbers:
            one.do(number)
        one.end()
    except Late:
        one.found.append(("hang", f"{one.told[-1]}: and then no end"))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        one.told += traceback.format_exc().splitlines()[-6:]
        one.found.append(("fault", f"{type(error).__name__}: {error}"))
    finally:
        one.s.close()
        shutil.rmtree(folder, ignore_errors=True)
    return one.found, one.told


def numbers_of(seed: int) -> list[int]:
    """The numbers that a seed stands for."""
    random = Random(seed)
    return [random.getrandbits(32) for _ in range(random.randint(COMMANDS - 10, COMMANDS + 10))]


def tried(seed: int, folder: Path) -> list[Finding]:
    """The findings of one seed, one of each kind, told by the shortest history that shows it."""
    numbers = numbers_of(seed)
    found, told = history(seed, numbers, folder)
    findings = []
    for kind, text in dict(reversed(found)).items():
        text, trace = _shorter(seed, numbers, kind, text, told, folder)
        findings.append(Finding(kind, text, seed, tuple(trace)))
    return findings


def _shorter(
    seed: int, numbers: list[int], kind: str, text: str, told: list[str], folder: Path
) -> tuple[str, list[str]]:
    place = len(numbers)
    while place:
        place -= 1
        less = numbers[:place] + numbers[place + 1 :]
        found, now = history(seed, less, folder)
        same = [what for one, what in found if one == kind]
        if same:
            numbers, text, told = less, same[0], now
    return text, told


def attack(size: int, seed: int) -> Iterator[Sequence[Finding]]:
    """So many histories."""
    return in_forks(tried, range(seed, seed + size), SECONDS)
