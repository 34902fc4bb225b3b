"""Transition tables that several tests use, and the prompt of a session under one of them."""

from __future__ import annotations

from tests.core.given import Given, workflow
from tooltrace.core.model.messages import StatePrompt
from tooltrace.core.model.workflow import ContextField, Transition

__all__ = ["BRANCHING", "JOIN", "LINEAR", "LOOP", "prompt"]

LINEAR = workflow(
    Transition(
        ("fetch",), "fetching", "crediting", save={"order": "result", "total": "result.total"}
    ),
    Transition(("credit",), "crediting", "mailing"),
    Transition(("mail",), "mailing", "done"),
    context=(ContextField("order"), ContextField("total", "float", 0)),
)
BRANCHING = workflow(
    Transition(("check",), "checking", "approved", when="result.score >= 700"),
    Transition(("check",), "checking", "referred", when="result.score >= 600"),
    Transition(("check",), "checking", "declined"),
    Transition(("pay",), "approved", "done"),
    Transition(("ask",), "referred", "done"),
    Transition(("tell",), "declined", "done"),
)
JOIN = workflow(
    Transition(("a", "b", "c"), "reading", "drafting", save={"all": "results"}),
    Transition(("a", "b", "c"), "reading", "failed", error=True),
    Transition(("draft",), "drafting", "done"),
    context=(ContextField("all"),),
)
LOOP = workflow(
    Transition(("count",), "counting", "done", when="result.left == 0"),
    Transition(("count",), "counting", "importing", save={"left": "result.left"}),
    Transition(
        ("load",), "importing", "importing", when="result.more", save={"loaded": "result.loaded"}
    ),
    Transition(("load",), "importing", "counting", when="not result.more"),
    context=(ContextField("left"), ContextField("loaded")),
)


def prompt(given: Given) -> str:
    """The state prompt of the request that would be made now."""
    last = given.request[-1]
    assert isinstance(last, StatePrompt)
    return last.text
