from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.drive import Run, Start


def names(run: Run) -> list[str]:
    return [name for name, _ in run.calls]


async def test_the_loop_goes_on_until_nothing_remains(start: Start) -> None:
    run = start("backfill")
    await run.say()
    assert (run.outcome, run.states[-1]) == ("completed", "done")
    assert run.states[:-1] == ["counting_rows", "importing"] * 5 + ["counting_rows"]
    assert run.said == "Done: 109 rows of orders are imported, skipped: 67."
    assert run.rows("SELECT count(*) FROM ledger") == [(109,)]
    assert run.rows("SELECT row_id, reason FROM skipped") == [
        (67, "ValueError: row 67: amount 'n/a' is not a number")
    ]


async def test_a_poisoned_row_fails_its_batch_as_a_whole_and_is_skipped(start: Start) -> None:
    run = start("backfill")
    await run.say()
    at = names(run).index("skip_row")
    assert names(run)[at - 1 : at + 2] == ["import_batch", "skip_row", "import_batch"]
    assert [error for _, error in run.results].count(True) == 1
    assert run.results[at - 1] == ("ValueError: row 67: amount 'n/a' is not a number", True)


async def test_a_shard_without_trouble_needs_two_batches(start: Start) -> None:
    run = start("backfill")
    await run.say("Backfill the refunds shard.")
    assert names(run) == ["count_remaining", "import_batch"] * 2 + ["count_remaining"]
    assert run.said == "Done: 30 rows of refunds are imported."


async def test_the_frozen_shard_gets_stuck(start: Start) -> None:
    run = start("backfill")
    await run.say("Backfill the frozen shard.")
    assert run.outcome == "stuck"
    assert "count_remaining and import_batch have taken turns" in run.snapshot.why
    assert run.rows("SELECT * FROM ledger") == []


async def test_a_missing_shard_aborts(start: Start) -> None:
    run = start("backfill")
    await run.say("Backfill the missing shard.")
    assert (run.outcome, run.states) == ("failed", ["counting_rows", "aborted"])


@pytest.mark.parametrize(("remaining", "end"), [(0, "done"), (1, "done")])
async def test_an_edited_count_ends_the_loop_early_or_not(
    start: Start, remaining: int, end: str
) -> None:
    seen: list[dict[str, Any]] = []

    def edit(result: dict[str, Any]) -> dict[str, Any]:
        seen.append(result)
        return {**result, "remaining": remaining} if len(seen) == 2 else result

    run = start("backfill", edits={"count_remaining": edit})
    await run.say("Backfill the refunds shard.")
    assert run.states[-1] == end
    assert names(run).count("import_batch") == 1 + (remaining > 0)


async def test_a_batch_that_fails_for_another_reason_is_tried_again(start: Start) -> None:
    run = start("backfill", fail={"import_batch": 1})
    await run.say("Backfill the refunds shard.")
    assert run.outcome == "completed"
    assert names(run).count("import_batch") == 3


async def test_a_batch_that_never_works_is_stuck(start: Start) -> None:
    run = start("backfill", fail={"import_batch": 100})
    await run.say("Backfill the refunds shard.")
    assert (run.outcome, run.snapshot.why) == (
        "stuck",
        "import_batch failed the same way 3 times in a row",
    )
