"""Records the demo sessions: ``python -m scripts.record`` writes ``sessions/demo-*.jsonl`` anew.

They are real runs of the shipped workflows on their real data, through the debugger that the app
drives. Only times and ids are made up, so that recording again changes nothing.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tooltrace.assemble import load_code, new_run
from tooltrace.core.model.events import Settings, ToolReturned
from tooltrace.debugger.debugger import Debugger
from tooltrace.debugger.session.clock import Surroundings
from tooltrace.debugger.stop import Stop

SESSIONS = Path(__file__).parent.parent / "sessions"
BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WAIT = 30.0


def surroundings(name: str) -> Surroundings:
    """A clock that goes 40 ms per record, a stopwatch that goes 1.5 ms per look, a fixed id."""
    ticks, looks = itertools.count(), itertools.count()

    def clock() -> str:
        at = BEGIN + timedelta(milliseconds=40 * next(ticks))
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return Surroundings(clock, lambda: f"demo-{name}", lambda: next(looks) * 0.0015)


def start(workflow: str, folder: Path, name: str, text: str | None = None) -> Debugger:
    """A new run of a shipped workflow, in a session file of its own."""
    path = folder / f"demo-{name}.jsonl"
    around = surroundings(name)
    return new_run(load_code(workflow), path, Settings(), text, around=around)


def done(answer: object) -> Stop:
    """The end of a command; anything it could not do is a mistake here."""
    stop: Stop = answer.result(WAIT)  # type: ignore[attr-defined]
    if stop.kind == "error":
        raise SystemExit(f"not recorded: {stop.text}")
    return stop


def result_of(debugger: Debugger, tool: str) -> int:
    """The record of a tool's latest result on this branch."""
    view = debugger.view()
    for record_id in reversed(view.path):
        event = view.tree[record_id].event
        if isinstance(event, ToolReturned):
            call = view.tree.snapshot_at(record_id).call(event.call)
            if call is not None and call.tool == tool:
                return record_id
    raise SystemExit(f"not recorded: {tool} was not called")


def straight(workflow: str, text: str | None = None) -> Callable[[Path, str], None]:
    """A run from beginning to end; one that is stuck ends as stuck."""

    def run(folder: Path, name: str) -> None:
        debugger = start(workflow, folder, name, text)
        if done(debugger.submit.go()).kind in ("limit", "stuck"):
            done(debugger.submit.finish())
        debugger.close()

    return run


def edited(folder: Path, name: str) -> None:
    """A refund that is granted, and what would have happened had it not been: edited and forked."""
    debugger = start("refund", folder, name)
    done(debugger.submit.go())
    granted = debugger.view().tip
    policy = result_of(debugger, "check_refund_policy")
    no = {"eligible": False, "reason": "delivered 40 days ago", "days": 40}
    done(debugger.submit.edit.result(policy, no))
    done(debugger.submit.notes.rename(debugger.view().branch.begin, "too-late"))
    done(debugger.submit.go())
    done(debugger.submit.goto(result_of_on(debugger, granted, "fetch_order"), granted))
    done(debugger.submit.edit.fork("by-hand"))
    done(debugger.submit.edit.force("failed", "the customer withdrew"))
    done(debugger.submit.go())
    done(debugger.submit.switch(granted))
    debugger.close(remember=True)


def result_of_on(debugger: Debugger, tip: int, tool: str) -> int:
    """The record of a tool's latest result on the branch that ends at ``tip``."""
    done(debugger.submit.switch(tip))
    return result_of(debugger, tool)


DEMOS: dict[str, Callable[[Path, str], None]] = {
    "refund": straight("refund"),
    "refund-edited": edited,
    "refund-failed": straight("refund", "Refund order 1004, it never arrived."),
    "refund-too-old": straight("refund", "Refund order 1002, the mug arrived broken."),
    "loan": straight("loan"),
    "release": straight("release"),
    "backfill": straight("backfill"),
    "backfill-stuck": straight("backfill", "Backfill the frozen shard."),
}


def record(folder: Path) -> list[Path]:
    """Record every demo into a folder; the files, in order."""
    made = []
    for name, run in DEMOS.items():
        run(folder, name)
        made.append(folder / f"demo-{name}.jsonl")
    return made


def main() -> None:
    """Record into a fresh folder, then replace the committed files."""
    SESSIONS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for path in record(Path(name)):
            kept = SESSIONS / path.name
            kept.write_bytes(path.read_bytes())
            print(f"{kept.relative_to(SESSIONS.parent)}  {kept.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
