"""A loan application is approved, referred or declined: what a tool returns picks the branch.

    reading_application → checking_credit ─┬─ score 700 and more → preparing_offer  → approved
                                           ├─ in between         → assigning_review → referred
                                           └─ score below 550    → writing_decline  → declined

The bank is an SQLite file. Try these inputs:

    Decide on application A-100.   score 742, little debt: approved
    Decide on application A-200.   score 640: referred to a person
    Decide on application A-300.   score 488: declined
    Decide on application A-400.   the bureau has no file, the call fails: referred to a person
    Decide on application A-500.   score 790, but much debt: referred to a person
    Decide on application A-900.   is not there: closed

What to try while it is paused: change ``score`` in the result of pull_credit_report to 560, 700 or
400 and see another branch being taken; a fork at this place keeps both, to be compared.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tooltrace import Move, On, Seen, SqliteWorld, State, ToolContext, Workflow, call, say, tool

BANK = """
BEGIN;
CREATE TABLE applications (
    application_id TEXT PRIMARY KEY, applicant TEXT, amount INTEGER, months INTEGER,
    income INTEGER, debt INTEGER
);
CREATE TABLE bureau (applicant TEXT PRIMARY KEY, score INTEGER, late_payments INTEGER);
CREATE TABLE rates (min_score INTEGER PRIMARY KEY, percent REAL);
CREATE TABLE decisions (
    application_id TEXT PRIMARY KEY, decision TEXT, detail TEXT
);
INSERT INTO applications VALUES
    ('A-100', 'Maya Lindqvist', 12000, 36, 4200, 600),
    ('A-200', 'Omar Haddad', 9000, 24, 3100, 700),
    ('A-300', 'Pia Brandt', 20000, 60, 2400, 1300),
    ('A-400', 'Jun Sato', 5000, 12, 3800, 0),
    ('A-500', 'Noor de Vries', 15000, 48, 3500, 2100);
INSERT INTO bureau VALUES
    ('Maya Lindqvist', 742, 0), ('Omar Haddad', 640, 2), ('Pia Brandt', 488, 7),
    ('Noor de Vries', 790, 0);
INSERT INTO rates VALUES (800, 3.9), (700, 5.4), (600, 7.9);
COMMIT;
"""


def bank(folder: Path) -> SqliteWorld:
    """The bank in this folder: made on first use, otherwise the one that is there."""
    world = SqliteWorld(folder / "bank.db")
    with closing(world.connect()) as db:
        if not db.execute("SELECT name FROM sqlite_master").fetchall():
            db.executescript(BANK)
    return world


@tool(read_only=True, open_world=False)
def read_application(ctx: ToolContext, application_id: str) -> dict[str, Any]:
    """Read a loan application.

    Args:
        application_id: such as A-100.
    """
    with closing(ctx.world.connect()) as db:
        row = db.execute(
            "SELECT applicant, amount, months, income, debt FROM applications"
            " WHERE application_id = ?",
            (application_id,),
        ).fetchone()
    if row is None:
        raise LookupError(f"there is no application {application_id}")
    applicant, amount, months, income, debt = row
    return {
        "application_id": application_id,
        "applicant": applicant,
        "amount": amount,
        "months": months,
        "debt_ratio": round(debt / income, 2),
    }


@tool(read_only=True, timeout=20)
def pull_credit_report(ctx: ToolContext, applicant: str) -> dict[str, Any]:
    """Ask the credit bureau about a person.

    Args:
        applicant: the full name, as on the application.
    """
    with closing(ctx.world.connect()) as db:
        row = db.execute(
            "SELECT score, late_payments FROM bureau WHERE applicant = ?", (applicant,)
        ).fetchone()
    if row is None:
        raise LookupError(f"the bureau has no file on {applicant}")
    return {"applicant": applicant, "score": row[0], "late_payments": row[1]}


@tool(read_only=True, open_world=False)
def calculate_offer(ctx: ToolContext, amount: int, months: int, score: int) -> dict[str, Any]:
    """Work out the interest rate and the monthly payment.

    Args:
        amount: the loan in euros.
        months: how long it runs.
        score: the applicant's credit score.
    """
    with closing(ctx.world.connect()) as db:
        row = db.execute(
            "SELECT percent FROM rates WHERE min_score <= ? ORDER BY min_score DESC", (score,)
        ).fetchone()
    if row is None:
        raise ValueError(f"there is no rate for a score of {score}")
    rate = row[0] / 1200
    monthly = amount * rate / (1 - (1 + rate) ** -months)
    return {"percent": row[0], "monthly": round(monthly, 2), "months": months}


# The three that write, one for each branch. Deciding the same application again changes nothing
# more, so they are idempotent.
@tool(idempotent=True, critical=True, open_world=False, after=[calculate_offer])
def issue_offer(
    ctx: ToolContext, application_id: str, percent: float, monthly: float
) -> dict[str, Any]:
    """Approve an application with an offer. Only after the offer was calculated.

    Args:
        application_id: such as A-100.
        percent: the yearly interest rate.
        monthly: the monthly payment in euros.
    """
    return _decide(ctx, application_id, "approved", f"{percent} %, {monthly:.2f} a month")


@tool(idempotent=True, open_world=False)
def open_review(ctx: ToolContext, application_id: str, question: str) -> dict[str, Any]:
    """Hand an application over to a person who decides.

    Args:
        application_id: such as A-100.
        question: what that person should look at, in one sentence.
    """
    return _decide(ctx, application_id, "referred", question)


@tool(idempotent=True, open_world=False)
def send_decline(ctx: ToolContext, application_id: str, reason: str) -> dict[str, Any]:
    """Decline an application in writing.

    Args:
        application_id: such as A-100.
        reason: why, in one sentence the applicant will read.
    """
    return _decide(ctx, application_id, "declined", reason)


def _decide(ctx: ToolContext, application_id: str, decision: str, detail: str) -> dict[str, Any]:
    with closing(ctx.world.connect()) as db, db:
        db.execute(
            "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?)", (application_id, decision, detail)
        )
    return {"application_id": application_id, "decision": decision, "detail": detail}


@dataclass
class LoanContext:
    application: dict[str, Any] | None = None
    score: int | None = None
    offer: dict[str, Any] | None = None
    reason: str | None = None


def loan_policy(seen: Seen) -> Move:
    """The model when you run offline: it goes by the state and by what was saved on the way."""
    known = seen.context
    form = known["application"] if isinstance(known["application"], dict) else {}
    offer = known["offer"] if isinstance(known["offer"], dict) else {}
    number = form.get("application_id")
    match seen.state:
        case "reading_application":
            asked = re.search(r"\bA-\d+\b", seen.input)
            if asked is None:
                return say("Which application? They are numbered like A-100.")
            return say(
                "Reading the application.", call("read_application", application_id=asked[0])
            )
        case "checking_credit":
            return call("pull_credit_report", applicant=form.get("applicant"))
        case "preparing_offer" if not offer:
            return say(
                f"A score of {known['score']} qualifies for an offer.",
                call(
                    "calculate_offer",
                    amount=form.get("amount"),
                    months=form.get("months"),
                    score=known["score"],
                ),
            )
        case "preparing_offer":
            return call(
                "issue_offer",
                application_id=number,
                percent=offer.get("percent"),
                monthly=offer.get("monthly"),
            )
        case "assigning_review":
            question = known["reason"] or (
                f"Score {known['score']}, debt ratio {form.get('debt_ratio')}: can they afford it?"
            )
            return say(
                "This one is for a person to decide.",
                call("open_review", application_id=number, question=question),
            )
        case "writing_decline":
            reason = f"The credit score of {known['score']} is below what we can accept."
            return call("send_decline", application_id=number, reason=reason)
        case "approved":
            return say(f"{number} is approved at {offer.get('percent')} %.")
        case "referred":
            return say(f"{number} waits for a person to decide.")
        case "declined":
            return say(f"{number} is declined.")
        case _:
            why = known["reason"] or seen.failed("issue_offer") or "the offer was not issued"
            return say(f"I had to close this: {why}.")


# Rows with the same source and tool are asked in order; the first whose guard holds is taken.
GOOD = "result.score >= 700 and context.application.debt_ratio <= 0.4"
BAD = "result.score < 550"
SCORE = {"score": "result.score"}
REASON = {"reason": "error"}

loan = Workflow(
    "loan",
    description="A loan application is approved, referred or declined: branches on results.",
    system=(
        "You prepare decisions on loan applications for a bank. Follow the workflow: read the "
        "application, pull the credit report, then do what the state you are in asks for. Use the "
        "numbers the tools return, never your own."
    ),
    input="Decide on application A-100.",
    tools=[
        read_application,
        pull_credit_report,
        calculate_offer,
        issue_offer,
        open_review,
        send_decline,
    ],
    context=LoanContext,
    states=[
        State("reading_application", [read_application], hint="Read the application."),
        State("checking_credit", [pull_credit_report], hint="Pull the applicant's report."),
        State(
            "preparing_offer",
            [calculate_offer, issue_offer],
            hint="Calculate the offer, then issue it.",
        ),
        State("assigning_review", [open_review], hint="Hand it over, with a question."),
        State("writing_decline", [send_decline], hint="Decline it, with a reason."),
        State("approved", terminal=True),
        State("referred", terminal=True),
        State("declined", terminal=True),
        State("closed", terminal=True, failure=True, hint="Say why it could not be decided."),
    ],
    transitions=[
        On(
            read_application,
            "reading_application",
            "checking_credit",
            save={"application": "result"},
        ),
        On(read_application, "reading_application", "closed", error=True, save=REASON),
        On(pull_credit_report, "checking_credit", "preparing_offer", when=GOOD, save=SCORE),
        On(pull_credit_report, "checking_credit", "writing_decline", when=BAD, save=SCORE),
        # No guard: everything that neither of the two above took.
        On(pull_credit_report, "checking_credit", "assigning_review", save=SCORE),
        # A bureau that does not answer is no reason to decline anybody.
        On(pull_credit_report, "checking_credit", "assigning_review", error=True, save=REASON),
        On(calculate_offer, "preparing_offer", "preparing_offer", save={"offer": "result"}),
        On(calculate_offer, "preparing_offer", "assigning_review", error=True, save=REASON),
        On(issue_offer, "preparing_offer", "approved"),
        On(open_review, "assigning_review", "referred"),
        On(send_decline, "writing_decline", "declined"),
    ],
    critical_to="closed",
    policy=loan_policy,
    world=bank,
)
