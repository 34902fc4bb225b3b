"""``python -m tests.attack [files|kills|payloads|histories|links|all] [--size N] [--seed S]``.

Exit code 1 when anything was found.
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
    "histories": (histories, 1000),
}


def main() -> int:
    """Run what was named, and tell what it came to."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("attack", nargs="?", default="all", choices=[*ATTACKS, "all"])
    parser.add_argument("--size", type=int, help="how many tries, instead of the attack's own")
    parser.add_argument("--seed", type=int, help="the number of the first try")
    named = parser.parse_args()
    seed = random.SystemRandom().randrange(1_000_000) if named.seed is None else named.seed
    chosen = ATTACKS if named.attack == "all" else {named.attack: ATTACKS[named.attack]}
    print(f"seed {seed}", flush=True)
    reports = [
        report(name, attack(named.size or size, seed), lambda line: print(line, flush=True))
        for name, (attack, size) in chosen.items()
    ]
    for one in reports:
        print(one.summary())
    return 1 if any(one.findings for one in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
