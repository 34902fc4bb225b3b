"""A customer wants money back: one step after the other, with a way out at each.

    pending → fetching_order → validating_refund → processing_credit → sending_email → complete
                     └──────────────────┴──────────────────┴──────────────────┴─→ failed

The shop is an SQLite file with four tables: orders, policies, credits and outbox. Try these inputs:

    Refund order 1001, the mug arrived broken.   delivered two weeks ago: credited, complete
    Refund order 1002, please.                   delivered months ago: refused, failed
    Refund order 1003, please.                   was refunded before: refused, failed
    Refund order 1004, please.                   is not there: fetch_order fails, failed
    I want my money back.                        names no order: the model asks, and waits

What to try while it is paused: change ``eligible`` in the result of check_refund_policy and see the
other way being taken; change ``total`` in the result of fetch_order and see another amount being
credited, or refused if it is more than was paid; make send_email fail once, or twice.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tooltrace import Move, On, Seen, SqliteWorld, State, ToolContext, Workflow, call, say, tool

# The world: "today" is a row like any other, so that the same order is in time every day.
SHOP = """
BEGIN;
CREATE TABLE orders (
    order_id TEXT PRIMARY KEY, customer TEXT, email TEXT, item TEXT,
    cents INTEGER, status TEXT, delivered_on TEXT
);
CREATE TABLE policies (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE credits (
    credit_id INTEGER PRIMARY KEY, key TEXT UNIQUE, order_id TEXT, cents INTEGER
);
CREATE TABLE outbox (
    message_id INTEGER PRIMARY KEY, recipient TEXT, subject TEXT, body TEXT
);
INSERT INTO orders VALUES
    ('1001', 'Ines Duarte', 'ines@example.com', 'stoneware mug', 5990, 'delivered', '2026-03-02'),
    ('1002', 'Tom Akers', 'tom@example.com', 'desk lamp', 8400, 'delivered', '2025-11-20'),
    ('1003', 'Wei Zhang', 'wei@example.com', 'wool blanket', 12900, 'refunded', '2026-03-05');
INSERT INTO policies VALUES ('today', '2026-03-15'), ('window_days', '30');
COMMIT;
"""


def shop(folder: Path) -> SqliteWorld:
    """The shop in this folder: made on first use, otherwise the one that is there."""
    world = SqliteWorld(folder / "shop.db")
    with closing(world.connect()) as db:
        if not db.execute("SELECT name FROM sqlite_master").fetchall():
            db.executescript(SHOP)
    return world


# The tools. A parameter of type ToolContext is filled in by tooltrace; the model never sees it.
@tool(read_only=True, open_world=False)
def fetch_order(ctx: ToolContext, order_id: str) -> dict[str, Any]:
    """Look up an order.

    Args:
        order_id: the four digits on the receipt.
    """
    with closing(ctx.world.connect()) as db:
        row = db.execute(
            "SELECT customer, email, item, cents, status, delivered_on FROM orders"
            " WHERE order_id = ?",
            (order_id,),
        ).fetchone()
    if row is None:
        raise LookupError(f"there is no order {order_id}")
    customer, email, item, cents, status, delivered_on = row
    return {
        "order_id": order_id,
        "customer": customer,
        "email": email,
        "item": item,
        "total": cents / 100,
        "status": status,
        "delivered_on": delivered_on,
    }


@tool(read_only=True, open_world=False)
def check_refund_policy(ctx: ToolContext, status: str, delivered_on: str) -> dict[str, Any]:
    """Say whether an order may be refunded, and why.

    Args:
        status: the order's status.
        delivered_on: the day it was delivered, as YYYY-MM-DD.
    """
    with closing(ctx.world.connect()) as db:
        policies = dict(db.execute("SELECT name, value FROM policies"))
    days = (date.fromisoformat(policies["today"]) - date.fromisoformat(delivered_on)).days
    window = int(policies["window_days"])
    if status != "delivered":
        return {"eligible": False, "reason": f"its status is {status}", "days": days}
    if days > window:
        reason = f"it was delivered {days} days ago, and refunds are possible for {window}"
        return {"eligible": False, "reason": reason, "days": days}
    return {"eligible": True, "reason": f"delivered {days} days ago", "days": days}


# It moves money: its failure fails the workflow, and one call credits once, however often it is
# made. The key is the same when a call is repeated, in every branch.
@tool(critical=True, open_world=False, timeout=30)
def process_credit(ctx: ToolContext, order_id: str, amount: float) -> dict[str, Any]:
    """Pay an amount back to the customer. Only after the policy was checked.

    Args:
        order_id: the order that is refunded.
        amount: how much, in euros; at most the order's total.
    """
    cents = round(amount * 100)
    with closing(ctx.world.connect()) as db, db:
        db.execute("BEGIN IMMEDIATE")
        done = db.execute(
            "SELECT credit_id, cents FROM credits WHERE key = ?", (ctx.idempotency_key,)
        ).fetchone()
        if done is not None:
            return {"credit_id": done[0], "order_id": order_id, "amount": done[1] / 100}
        total, status = db.execute(
            "SELECT cents, status FROM orders WHERE order_id = ?", (order_id,)
        ).fetchone() or (0, "not there")
        if status != "delivered":
            raise ValueError(f"order {order_id} is {status}, so nothing was credited")
        if not 0 < cents <= total:
            raise ValueError(f"{amount:.2f} is not between 0.01 and {total / 100:.2f}")
        db.execute("UPDATE orders SET status = 'refunded' WHERE order_id = ?", (order_id,))
        credit_id = db.execute(
            "INSERT INTO credits (key, order_id, cents) VALUES (?, ?, ?)",
            (ctx.idempotency_key, order_id, cents),
        ).lastrowid
    return {"credit_id": credit_id, "order_id": order_id, "amount": cents / 100}


@tool(open_world=True, destructive=False, timeout=10)
def send_email(ctx: ToolContext, to: str, subject: str, body: str) -> dict[str, Any]:
    """Send an e-mail to a customer.

    Args:
        to: the address.
        subject: one line.
        body: plain text.
    """
    with closing(ctx.world.connect()) as db, db:
        message_id = db.execute(
            "INSERT INTO outbox (recipient, subject, body) VALUES (?, ?, ?)", (to, subject, body)
        ).lastrowid
    return {"message_id": message_id, "to": to}


# What is known so far. The transitions save results into it; the model is told, and so are you.
@dataclass
class RefundContext:
    order_id: str | None = None
    order: dict[str, Any] | None = None
    eligible: bool | None = None
    reason: str | None = None
    credit_id: int | None = None
    email_failures: int = 0


# The policy plays the model when you run offline. It reads what happened and decides; nothing is
# remembered between turns, so it goes another way as soon as something it reads is changed.
def refund_policy(seen: Seen) -> Move:
    known = seen.context
    order = known["order"] if isinstance(known["order"], dict) else {}
    match seen.state:
        case "fetching_order":
            number = re.search(r"\b\d{4}\b", seen.input)
            if number is None:
                return say("Which order is it about? I need the four digits on your receipt.")
            return say("I'll look up your order.", call("fetch_order", order_id=number[0]))
        case "validating_refund" if order:
            return call(
                "check_refund_policy",
                status=order.get("status"),
                delivered_on=order.get("delivered_on"),
            )
        case "processing_credit" if order:
            return say(
                "The order is eligible. Crediting now.",
                call("process_credit", order_id=known["order_id"], amount=order.get("total")),
            )
        case "sending_email":
            return call(
                "send_email",
                to=order.get("email"),
                subject=f"Your refund for order {known['order_id']}",
                body=f"Hello {order.get('customer')}, we have refunded your {order.get('item')}.",
            )
        case "complete":
            return say(f"Done: the refund for order {known['order_id']} is on its way.")
        case "failed":
            return say(_apology(known, seen.failed("process_credit")))
        case _:
            return say("I cannot make sense of the order. Could you look at its data?")


def _apology(known: dict[str, Any], credit_failed: str | None) -> str:
    if known["credit_id"] is not None:
        return "Your money is on its way, but I could not send you an e-mail about it."
    if known["eligible"]:
        return f"I am sorry, the credit did not go through: {credit_failed or 'ask the shop'}."
    return f"I am sorry, I cannot refund this: {known['reason']}."


# The workflow. It is checked as a whole when this file is loaded: a misspelt state or a guard that
# cannot be parsed is named with its line.
refund = Workflow(
    "refund",
    description="A customer wants money back: one step after the other, with a way out.",
    system=(
        "You are a customer service agent of a small shop. Handle one refund at a time, in the "
        "order the workflow tells you, with the tools it allows. Never promise money before the "
        "policy was checked. If a refund is not possible, say why in one friendly sentence."
    ),
    input="Refund order 1001, the mug arrived broken.",
    tools=[fetch_order, check_refund_policy, process_credit, send_email],
    context=RefundContext,
    states=[
        State("pending"),
        State("fetching_order", [fetch_order], hint="Look the order up."),
        State("validating_refund", [check_refund_policy], hint="Check it against the policy."),
        State("processing_credit", [process_credit], hint="Credit the order's total."),
        State("sending_email", [send_email], hint="Tell the customer by e-mail."),
        State("complete", terminal=True, hint="Tell the customer that it is done."),
        State("failed", terminal=True, failure=True, hint="Tell the customer why not."),
    ],
    transitions=[
        On(None, "pending", "fetching_order"),
        On(
            fetch_order,
            "fetching_order",
            "validating_refund",
            save={"order_id": "result.order_id", "order": "result"},
        ),
        On(fetch_order, "fetching_order", "failed", error=True, save={"reason": "error"}),
        On(
            check_refund_policy,
            "validating_refund",
            "processing_credit",
            when="result.eligible",
            save={"eligible": "result.eligible", "reason": "result.reason"},
        ),
        On(
            check_refund_policy,
            "validating_refund",
            "failed",
            when="not result.eligible",
            save={"eligible": "result.eligible", "reason": "result.reason"},
        ),
        On(
            check_refund_policy, "validating_refund", "failed", error=True, save={"reason": "error"}
        ),
        On(
            process_credit,
            "processing_credit",
            "sending_email",
            save={"credit_id": "result.credit_id"},
        ),
        On(send_email, "sending_email", "complete"),
        # The first failure leads back to the same state, so that the model tries once more.
        On(
            send_email,
            "sending_email",
            "sending_email",
            error=True,
            when="context.email_failures < 1",
            save={"email_failures": "context.email_failures + 1"},
        ),
        On(
            send_email,
            "sending_email",
            "failed",
            error=True,
            when="context.email_failures >= 1",
            save={"reason": "error"},
        ),
    ],
    critical_to="failed",
    policy=refund_policy,
    world=shop,
)
