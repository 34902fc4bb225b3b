"""``python -m tests.attack [files|kills|payloads|links|histories|all] [--size N] [--seed S]``.

Every finding says how to repeat it. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import random
import sys

from tests.attack.files import attack as files
from tests.attack.findings import Attack, report
from tests.attack.histories.history import attack as histories
from tests.attack.kills import attack as kills
from tests.attack.links import attack as links
from tests.attack.payloads import attack as payloads

ATTACKS: dict[str, tuple[Attack, int]] = {
    "files": (files, 600),
    "kills": (kills, 220),
    "payloads": (payloads, 100),
    "links": (links, 400),
    "histories": (histories, 1_500),
}
"""Each with its own size."""


def main() -> int:
    """Run what was named, and tell what it came to."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("attack", nargs="?", default="all", choices=[*ATTACKS, "all"])
    parser.add_argument("--size", type=int, help="how many tries, instead of the attack's own")
    parser.add_argument("--seed", type=int, help="the number of the first try; else by chance")
    named = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if named.seed is None else named.seed
    chosen = list(ATTACKS) if named.attack == "all" else [named.attack]
    print(f"seed {seed}", flush=True)
    reports = []
    for name in chosen:
        attack, size = ATTACKS[name]
        tries = attack(named.size or size, seed)
        reports.append(report(name, tries, lambda line: print(line, flush=True)))
        print(reports[-1].summary(), flush=True)
    if len(reports) > 1:
        found = sum(len(one.findings) for one in reports)
        print(f"{sum(one.seconds for one in reports):.0f} s, {found} findings")
    return 1 if any(one.findings for one in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
