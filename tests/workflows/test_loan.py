from __future__ import annotations

import pytest

from tests.workflows.drive import Start

APPROVED = ["reading_application", "checking_credit", "preparing_offer", "approved"]
REFERRED = ["reading_application", "checking_credit", "assigning_review", "referred"]
DECLINED = ["reading_application", "checking_credit", "writing_decline", "declined"]


@pytest.mark.parametrize(
    ("number", "states", "detail"),
    [
        ("A-100", APPROVED, "5.4 %, 361.81 a month"),
        ("A-200", REFERRED, "Score 640, debt ratio 0.23: can they afford it?"),
        ("A-300", DECLINED, "The credit score of 488 is below what we can accept."),
        ("A-400", REFERRED, "LookupError: the bureau has no file on Jun Sato"),
        ("A-500", REFERRED, "Score 790, debt ratio 0.6: can they afford it?"),
    ],
)
async def test_each_application_takes_its_branch(
    start: Start, number: str, states: list[str], detail: str
) -> None:
    run = start("loan")
    await run.say(f"Decide on application {number}.")
    assert (run.outcome, run.states) == ("completed", states)
    assert run.rows("SELECT * FROM decisions") == [(number, states[-1], detail)]


async def test_an_application_that_is_not_there_is_closed(start: Start) -> None:
    run = start("loan")
    await run.say("Decide on application A-900.")
    assert (run.outcome, run.states) == ("failed", ["reading_application", "closed"])
    assert run.said == "I had to close this: LookupError: there is no application A-900."


@pytest.mark.parametrize(
    ("score", "states"),
    [(549, DECLINED), (550, REFERRED), (699, REFERRED), (700, APPROVED), (850, APPROVED)],
)
async def test_an_edited_score_picks_another_branch(
    start: Start, score: int, states: list[str]
) -> None:
    edits = {"pull_credit_report": lambda report: {**report, "score": score}}
    run = start("loan", edits=edits)
    await run.say()
    assert run.states == states
    assert run.snapshot.context["score"] == score


async def test_an_edited_amount_changes_the_offer(start: Start) -> None:
    run = start("loan", edits={"read_application": lambda form: {**form, "amount": 1200}})
    await run.say()
    assert ("calculate_offer", {"amount": 1200, "months": 36, "score": 742}) in run.calls
    assert run.snapshot.context["offer"]["monthly"] == 36.18


async def test_a_score_that_cannot_be_compared_waits_for_a_person(start: Start) -> None:
    run = start("loan", edits={"pull_credit_report": lambda report: {"score": None}})
    waiting = await run.say()
    assert waiting.why == "guard"
    assert run.states == ["reading_application", "checking_credit"]


async def test_an_offer_that_cannot_be_issued_closes_the_application(start: Start) -> None:
    run = start("loan", fail={"issue_offer": 1})
    await run.say()
    assert run.states[-1] == "closed"
    assert run.said == "I had to close this: TimeoutError: no answer."


async def test_deciding_again_in_the_same_world_changes_nothing_more(start: Start) -> None:
    for _ in range(2):
        run = start("loan")
        await run.say()
    assert len(run.rows("SELECT * FROM decisions")) == 1
