"""Print all figures of one run, as tables: ``python -m scripts.bench``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from scripts.bench import checks, paths, screen, stream, times
from scripts.bench.steps import measure, record
from tooltrace.cli.process.garbage_collection import collect_seldom

SIZES = (100, 1000, 5000)
STEPS = 5000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collect_seldom()  # As the app and headless runs do; for the bare loops, too.
        found = measure(folder, SIZES, rounds=3)
        print("ms per step           " + "".join(f"{size:>10,}" for size in SIZES))
        for kind in ("bare loop", "durable loop", "tooltrace"):
            print(f"{kind:<22}" + "".join(f"{found[size][kind]:>10.3f}" for size in SIZES))
        ratio = "".join(f"{found[s]['tooltrace'] / found[s]['durable loop']:>10.2f}" for s in SIZES)
        print(f"{'÷ durable loop':<22}{ratio}")
        session = folder / "long.jsonl"
        _, tenths = record(STEPS, session)
        print(f"{'last tenth ÷ first':<22}{tenths[-1] / tenths[0]:>10.2f}")
        print(f"\nms in a session of {STEPS:,} steps")
        for figure, value in screen.measure(session, STEPS).items():
            print(f"{figure:<22}{value:>10.1f}")
        print(f"\nms in a session of {times.STEPS:,} steps")
        for figure, value in times.measure(folder / "longer.jsonl").items():
            print(f"{figure:<22}{value:>10.1f}")
        print(f"\nms while a reply of {stream.TOKENS:,} tokens arrives")
        for figure, value in stream.measure().items():
            print(f"{figure:<22}{value:>10.1f}")
        print(f"\ns for a check of {checks.SESSIONS} sessions of {checks.CALLS} calls")
        for figure, value in checks.measure(folder).items():
            print(f"{figure:<22}{value:>10.2f}")
        print(f"\nms in a session of {paths.STEPS:,} steps          with   without")
        for figure, (with_it, without) in paths.measure(session).items():
            print(f"{figure:<32}{with_it:>10.1f}{without:>10.1f}")


if __name__ == "__main__":
    main()
