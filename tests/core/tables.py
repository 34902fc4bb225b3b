"""Transition tables that several tests use, and the prompt of a session under one of them."""

from __future__ import annotations

from tests.core.given import Given, workflow
from tooltrace.core.model.messages import StatePrompt
from tooltrace.core.model.workflow import ContextField, Row

__all__ = ["BRANCHING", "JOIN", "LINEAR", "LOOP", "prompt"]

LINEAR = workflow(
    Row(("fetch",), "fetching", "crediting", save={"order": "result", "total": "result.total"}),
    Row(("credit",), "crediting", "mailing"),
    Row(("mail",), "mailing", "done"),
    context=(ContextField("order"), ContextField("total", "float", 0)),
)
BRANCHING = workflow(
    Row(("check",), "checking", "approved", when="result.score >= 700"),
    Row(("check",), "checking", "referred", when="result.score >= 600"),
    Row(("check",), "checking", "declined"),
    Row(("pay",), "approved", "done"),
    Row(("ask",), "referred", "done"),
    Row(("tell",), "declined", "done"),
)
JOIN = workflow(
    Row(("a", "b", "c"), "reading", "drafting", save={"all": "results"}),
    Row(("a", "b", "c"), "reading", "failed", error=True),
    Row(("draft",), "drafting", "done"),
    context=(ContextField("all"),),
)
LOOP = workflow(
    Row(("count",), "counting", "done", when="result.left == 0"),
    Row(("count",), "counting", "importing", save={"left": "result.left"}),
    Row(("load",), "importing", "importing", when="result.more", save={"loaded": "result.loaded"}),
    Row(("load",), "importing", "counting", when="not result.more"),
    context=(ContextField("left"), ContextField("loaded")),
)


def prompt(given: Given) -> str:
    """The state prompt of the request that would be made now."""
    last = given.request[-1]
    assert isinstance(last, StatePrompt)
    return last.text
