"""What an attack found, and how it is told: one line for each finding, one for the whole attack."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Attack", "Finding", "Report", "report"]


@dataclass(frozen=True)
class Finding:
    """Something that must not happen: what kind of thing, what it was, and what repeats it.

    ``trace`` are lines that help to understand it.
    """

    kind: str
    text: str
    seed: int
    trace: tuple[str, ...] = ()


Attack = Callable[[int, int], Iterator[Sequence[Finding]]]
"""Takes a size and a seed; gives what each try found, the first that of ``seed`` and so on."""


@dataclass
class Report:
    """What one attack came to."""

    name: str
    tries: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def summary(self) -> str:
        """One line."""
        kinds = Counter(finding.kind for finding in self.findings)
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        found = f"{len(self.findings)} findings" + (f" ({told})" if told else "")
        return f"{self.name:<10} {self.tries:>6} tried  {self.seconds:6.1f} s  {found}"


def report(name: str, tries: Iterable[Sequence[Finding]], say: Callable[[str], object]) -> Report:
    """Go through an attack, and say each finding when it is found."""
    found = Report(name)
    began = time.monotonic()
    for findings in tries:
        found.tries += 1
        for finding in findings:
            found.findings.append(finding)
            say(f"{name}: {finding.kind}: {finding.text}")
            for line in finding.trace:
                say(f"    {line}")
            say(f"    again: python -m tests.attack {name} --size 1 --seed {finding.seed}")
        found.seconds = time.monotonic() - began
    return found
