"""Old rows are imported batch by batch until none remains: a loop.

    counting_rows ──→ importing ──→ counting_rows ──→ … ──→ done
                       ↩ a batch failed: skip the row that cannot be read, try again

The rows are in an SQLite file, in shards. Try these inputs:

    Backfill the orders shard.     110 rows in batches of 25; row 67 cannot be read and is skipped
    Backfill the refunds shard.    30 rows, nothing special: done after two batches
    Backfill the frozen shard.     imports nothing, batch after batch: tooltrace sees that the run
                                   is stuck, and pauses
    Backfill the missing shard.    is not there: aborted

What to try while it is paused: change ``remaining`` to 0 in a result of count_remaining and see it
end early; change the number in the error of the failed batch and see another row being skipped; let
the frozen shard go on past the stuck verdict.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tooltrace import Move, On, Seen, SqliteWorld, State, ToolContext, Workflow, call, say, tool

ARCHIVE = """
BEGIN;
CREATE TABLE shards (shard TEXT PRIMARY KEY, frozen INTEGER);
CREATE TABLE old_rows (shard TEXT, row_id INTEGER, amount TEXT, PRIMARY KEY (shard, row_id));
CREATE TABLE ledger (shard TEXT, row_id INTEGER, cents INTEGER, PRIMARY KEY (shard, row_id));
CREATE TABLE skipped (shard TEXT, row_id INTEGER, reason TEXT, PRIMARY KEY (shard, row_id));
INSERT INTO shards VALUES ('orders', 0), ('refunds', 0), ('frozen', 1);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 110)
    INSERT INTO old_rows SELECT 'orders', i, (i * 7 % 90 + 10) || '.50' FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
    INSERT INTO old_rows SELECT 'refunds', i, (i * 3) || '.00' FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO old_rows SELECT 'frozen', i, '1.00' FROM n;
UPDATE old_rows SET amount = 'n/a' WHERE shard = 'orders' AND row_id = 67;
COMMIT;
"""

# Rows that are neither imported nor skipped.
OPEN = """
FROM old_rows WHERE shard = :shard
    AND row_id NOT IN (SELECT row_id FROM ledger WHERE shard = :shard)
    AND row_id NOT IN (SELECT row_id FROM skipped WHERE shard = :shard)
"""


def archive(folder: Path) -> SqliteWorld:
    """The archive in this folder: made on first use, otherwise the one that is there."""
    world = SqliteWorld(folder / "archive.db")
    with closing(world.connect()) as db:
        if not db.execute("SELECT name FROM sqlite_master").fetchall():
            db.executescript(ARCHIVE)
    return world


def _frozen(db: Any, shard: str) -> bool:
    row = db.execute("SELECT frozen FROM shards WHERE shard = ?", (shard,)).fetchone()
    if row is None:
        raise LookupError(f"there is no shard {shard}")
    return bool(row[0])


@tool(read_only=True, open_world=False)
def count_remaining(ctx: ToolContext, shard: str) -> dict[str, Any]:
    """Count the rows of a shard that are neither imported nor skipped.

    Args:
        shard: the shard's name.
    """
    with closing(ctx.world.connect()) as db:
        _frozen(db, shard)
        (remaining,) = db.execute(f"SELECT count(*) {OPEN}", {"shard": shard}).fetchone()
    return {"shard": shard, "remaining": remaining}


@tool(open_world=False, destructive=False, timeout=60)
def import_batch(ctx: ToolContext, shard: str, size: int) -> dict[str, Any]:
    """Import the next rows of a shard: all of them, or none if one cannot be read.

    Args:
        shard: the shard's name.
        size: how many rows at most.
    """
    with closing(ctx.world.connect()) as db, db:
        db.execute("BEGIN IMMEDIATE")
        if _frozen(db, shard):
            return {"imported": 0}
        rows = db.execute(
            f"SELECT row_id, amount {OPEN} ORDER BY row_id LIMIT :size",
            {"shard": shard, "size": size},
        ).fetchall()
        for row_id, amount in rows:
            if not re.fullmatch(r"\d+\.\d\d", amount):
                raise ValueError(f"row {row_id}: amount {amount!r} is not a number")
            cents = int(amount.replace(".", ""))
            db.execute("INSERT INTO ledger VALUES (?, ?, ?)", (shard, row_id, cents))
    return {"imported": len(rows)}


@tool(idempotent=True, open_world=False, destructive=False)
def skip_row(ctx: ToolContext, shard: str, row_id: int, reason: str) -> dict[str, Any]:
    """Set a row aside that cannot be imported, for a person to look at.

    Args:
        shard: the shard's name.
        row_id: the row's number.
        reason: what is wrong with it.
    """
    with closing(ctx.world.connect()) as db, db:
        db.execute("INSERT OR IGNORE INTO skipped VALUES (?, ?, ?)", (shard, row_id, reason))
    return {"skipped": row_id}


@dataclass
class BackfillContext:
    shard: str | None = None
    remaining: int | None = None
    imported: int = 0
    skipped: list[int] = field(default_factory=list)
    reason: str | None = None


def backfill_policy(seen: Seen) -> Move:
    """The model when you run offline. It looks at the last result only, so that a long run costs
    no more per turn than a short one."""
    known = seen.context
    named = re.search(r"the (\w+) shard", seen.input)
    shard = named[1] if named else known["shard"]
    if shard is None:
        return say("Which shard? There are orders, refunds and frozen.")
    last = seen.last
    match seen.state:
        case "counting_rows":
            return call("count_remaining", shard=shard)
        case "importing" if last is not None and last.is_error and last.tool == "import_batch":
            bad = re.search(r"row (\d+): ", last.text)
            if bad is None:
                return call("import_batch", shard=shard, size=25)
            return say(
                f"Row {bad[1]} cannot be read. I skip it and go on.",
                call("skip_row", shard=shard, row_id=int(bad[1]), reason=last.text),
            )
        case "importing":
            return call("import_batch", shard=shard, size=25)
        case "done":
            text = f"Done: {known['imported']} rows of {shard} are imported"
            skipped = ", ".join(map(str, known["skipped"] or []))
            return say(f"{text}, skipped: {skipped}." if skipped else f"{text}.")
        case _:
            return say(f"I stopped: {known['reason']}.")


backfill = Workflow(
    "backfill",
    description="Old rows are imported batch by batch until none remains: a loop.",
    system=(
        "You import old rows into the ledger. Count what remains in the shard, import one batch of "
        "25, count again, until nothing remains. If a batch fails because of one row, skip that "
        "row and import the batch again. Do not skip a row without such an error."
    ),
    input="Backfill the orders shard.",
    tools=[count_remaining, import_batch, skip_row],
    context=BackfillContext,
    states=[
        State("counting_rows", [count_remaining], hint="Count what remains."),
        State("importing", [import_batch, skip_row], hint="Import the next 25 rows."),
        State("done", terminal=True, hint="Say how many rows were imported and skipped."),
        State("aborted", terminal=True, failure=True, hint="Say why."),
    ],
    transitions=[
        On(
            count_remaining,
            "counting_rows",
            "done",
            when="result.remaining == 0",
            save={"shard": "result.shard", "remaining": "result.remaining"},
        ),
        On(
            count_remaining,
            "counting_rows",
            "importing",
            when="result.remaining > 0",
            save={"shard": "result.shard", "remaining": "result.remaining"},
        ),
        On(count_remaining, "counting_rows", "aborted", error=True, save={"reason": "error"}),
        On(
            import_batch,
            "importing",
            "counting_rows",
            save={"imported": "context.imported + result.imported"},
        ),
        # Rows that lead back to their own state: nothing moves, but something is remembered.
        On(import_batch, "importing", "importing", error=True, save={"reason": "error"}),
        On(
            skip_row,
            "importing",
            "importing",
            save={"skipped": "context.skipped + [result.skipped]"},
        ),
    ],
    policy=backfill_policy,
    world=archive,
)
