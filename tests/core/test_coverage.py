"""What many sessions went through: each record once, guards as they were looked at, force apart."""

from __future__ import annotations

from msgspec.structs import replace

from tests.core.given import Given, call
from tests.core.tables import BRANCHING
from tooltrace.core.compare.coverage import Coverage, row_key
from tooltrace.core.model.events import Record


def covered(*sessions: Given) -> Coverage:
    found = Coverage(BRANCHING)
    for session in sessions:
        found.add(session.tree)
    return found


def scored(score: object, to: str) -> Given:
    return Given(BRANCHING).user("Go.").step("check", {"score": score}).moves(to)


def guards(found: Coverage) -> dict[str | None, tuple[int, int]]:
    rows = [key for key, _ in found.rows() if key[0] == ("check",) and key[1] == "checking"]
    return {key[3]: (found.tried[key], found.taken[key]) for key in rows}


def test_guards_are_looked_at_in_order_until_one_holds() -> None:
    found = covered(scored(710, "approved"), scored(610, "referred"), scored(100, "declined"))
    assert guards(found) == {
        "result.score >= 700": (3, 1),
        "result.score >= 600": (2, 1),
        None: (1, 1),
    }


def test_a_guard_that_never_held_and_one_that_was_never_reached() -> None:
    found = covered(scored(710, "approved"), scored(720, "approved"))
    assert guards(found) == {
        "result.score >= 700": (2, 2),
        "result.score >= 600": (0, 0),
        None: (0, 0),
    }
    assert (found.visits["approved"], found.seen_in["approved"]) == (2, 2)
    assert found.visits["declined"] == 0


def test_a_guard_that_cannot_be_decided() -> None:
    given = Given(BRANCHING).user("Go.").step("check", {"score": "high"})
    found = covered(given.forces("declined"))
    assert found.forced == {("checking", "declined"): 1}
    assert found.reasons == {("checking", "declined"): ["because"]}
    assert not found.taken and not found.tried
    assert found.forced_into == {"declined"}


def test_branches_share_what_came_before_them() -> None:
    given = scored(710, "approved")
    end = given.tree.last_id
    found = covered(given.back_to(end - 1).moves("approved"))
    assert (found.sessions, found.branches) == (1, 2)
    assert found.called["checking", "check"] == 1
    assert (found.visits["checking"], found.visits["approved"]) == (1, 2)
    assert found.seen_in["approved"] == 1


def test_what_a_replay_repeats_is_not_counted() -> None:
    given = scored(710, "approved")
    last = given.tree.last_id
    for record in list(given.tree.records.values()):
        parent = None if record.parent is None else record.parent + last
        given.tree.add(Record(record.id + last, parent, record.at, "recorded", record.event))
    found = covered(given)
    assert (found.branches, found.visits["approved"]) == (1, 1)


def test_a_row_that_the_definition_no_longer_has() -> None:
    found = covered(scored(710, "approved"))
    gone = BRANCHING.rows[0]
    found.spec = replace(BRANCHING, rows=BRANCHING.rows[1:])
    assert found.rows()[-1] == (row_key(gone), False)
    assert all(there for _, there in found.rows()[:-1])


def test_failures_are_counted_where_they_happened() -> None:
    given = Given(BRANCHING).user("Go.").replies(call("check")).starts("check")
    found = covered(given.fails("check", "no"))
    assert (found.called["checking", "check"], found.failed["checking", "check"]) == (1, 1)
