"""Beats: where a branch is worth stopping at, and that a live run stops at the same places."""

from __future__ import annotations

from tests.core.free import free
from tests.core.given import Given, call
from tests.core.test_caption import at_check, at_pay, refund
from tooltrace.core.caption.beats import Beat, beat_caption, beat_kind, beats
from tooltrace.core.caption.words import plain_words
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import Bookmarked


def told(given: Given) -> list[Beat]:
    return list(beats(given.tree, given.at))


def kinds(given: Given) -> list[str]:
    return [beat.kind for beat in told(given)]


def paid() -> Given:
    """The whole run: 22 records."""
    return at_pay().step("pay", {"credit_id": 1}).moves("done").replies("It is paid.").finishes()


def test_a_call_with_its_result_a_transition_and_the_end_are_a_beat_each() -> None:
    given = paid()
    assert kinds(given) == ["said", "call", "move", "call", "move", "call", "move", "end"]
    found = told(given)
    assert [beat.first for beat in found] == [1, *(beat.record + 1 for beat in found[:-1])]
    assert found[-1].record == given.at
    assert all(len(beat.returned) == (beat.kind == "call") for beat in found)


def test_a_live_run_stops_where_its_recording_does() -> None:
    given = paid()
    ends = [
        record.id
        for record in given.tree.path(given.at)
        if beat_kind(record, given.tree.snapshot_at(record.id)) is not None
    ]
    assert ends == [beat.record for beat in told(given)]


def test_one_never_stops_where_something_is_in_flight() -> None:
    given = refund().replies(call("fetch", id=7)).starts("fetch")
    assert beat_kind(given.tree[given.at], given.snapshot) is None
    assert kinds(given) == ["said", "call"]  # but the end of a branch is shown, whatever it is


def test_calls_side_by_side_are_one_beat_that_names_all() -> None:
    given = free().replies(call("look", "a", at=1), call("look", "b", at=2))
    first, second = given.snapshot.calls
    given.append(e.ToolStarted(first.ref, "look")).append(e.ToolStarted(second.ref, "look"))
    given.append(e.ToolReturned(second.ref, 2)).append(e.ToolReturned(first.ref, "no", True))
    assert kinds(given) == ["said", "call"]
    beat = told(given)[-1]
    assert len(beat.returned) == 2
    assert plain_words(beat_caption(given.tree, beat).happened) == (
        "2 calls came back: look at 1 and look at 2; look at 1 failed."
    )


def test_what_a_person_changed_is_a_beat() -> None:
    given = at_check().replies(call("check")).starts("check")
    given.append(e.ToolReturned(given.snapshot.calls[0].ref, {"eligible": False}), "edited")
    assert kinds(given)[-1] == "edit"
    assert kinds(at_check().forces("failed"))[-1] == "edit"
    assert kinds(at_check().append(e.ContextEdited("order", None)))[-1] == "edit"


def test_where_a_person_is_needed_a_beat_ends() -> None:
    assert kinds(refund().replies("Which order?"))[-1] == "reply"
    assert kinds(refund().request_fails())[-1] == "trouble"
    given = refund().replies("Which order?").user("7")
    assert kinds(given) == ["said", "reply", "said"]


def test_a_bookmark_is_a_titled_stop() -> None:
    given = paid()
    asked = next(r.id for r in given.tree.path(given.at) if isinstance(r.event, e.ModelReplied))
    given.tree.add(
        e.Record(given.tree.last_id + 1, None, "", "live", Bookmarked(asked, "Here it decides"))
    )
    titled = [beat for beat in told(given) if beat.title]
    assert [(beat.record, beat.title) for beat in titled] == [(asked, "Here it decides")]
    assert len(told(given)) == 9
