"""All that can be said of a session file and must stay so: folds, requests, and checks of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.old.record import MODEL
from tooltrace.assemble import load_code
from tooltrace.cli.check.one import CheckOptions, CheckResult, check_file
from tooltrace.core.decide.next_action import model_called, next_action, request_at
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot
from tooltrace.debugger.replay.check import BranchVerdict
from tooltrace.debugger.session.clock import now
from tooltrace.debugger.session.session import Session
from tooltrace.models.anthropic.request_body import body
from tooltrace.store.journal import Journal

__all__ = ["verdicts"]


def verdicts(path: Path) -> dict[str, Any]:
    """Each branch's end, each request that was made or would be, and three kinds of check."""
    with Journal.open(path) as journal:
        session = Session(now, journal)
        problems = [str(problem) for problem in journal.problems]
    tree = session.tree
    ref = next(r.event.ref for r in tree.records.values() if isinstance(r.event, e.RunStarted))
    ref = ref or "tests.old.flows:side_by_side"
    names = [tool.name for tool in load_code(ref).workflow.spec.tools]
    return {
        "problems": problems,
        "branches": [
            _branch(branch.name, tree.snapshot_at(branch.tip)) for branch in tree.branches()
        ],
        "requests": {
            str(record.id): _request(tree.snapshot_at(record.id))
            for record in tree.records.values()
            if isinstance(record.event, e.ModelCalled)
        },
        "check": _checked(check_file(path, CheckOptions())),
        "check today": _checked(check_file(path, CheckOptions(ref=ref), load_code(ref))),
        "check tools": _checked(
            check_file(path, CheckOptions(ref=ref, live=True, allowed=tuple(names)), load_code(ref))
        ),
    }


def _branch(name: str, s: Snapshot) -> dict[str, Any]:
    action = next_action(s)
    asked = model_called(s)
    return {
        "name": name,
        "at": s.at,
        "state": s.state,
        "outcome": s.outcome,
        "why": s.why,
        "turn": s.turn,
        "context": _short(s.context),
        "messages": _short([message.key() for message in s.messages]),
        "digest": s.digest,
        "next": type(action).__name__,
        "next digest": asked.digest,
        "next prompt": asked.prompt,
        "problems": list(s.problems),
    }


def _request(s: Snapshot) -> list[str]:
    """What a request is known by, and its body for each place of the state prompt."""
    request = request_at(s)
    bodies = [body(request, model=MODEL, placement=p) for p in ("message", "beside", "system")]
    # How a reply comes is asked for in the body, and was not part of it once.
    return [s.digest, *(_short({k: v for k, v in b.items() if k != "stream"}) for b in bodies)]


def _short(value: Any) -> str:
    return hashlib.blake2b(json.dumps(value).encode(), digest_size=8).hexdigest()


def _checked(found: CheckResult) -> Any:
    return [found.why, [_verdict(one) for one in found.checked]]


def _verdict(one: BranchVerdict) -> list[Any]:
    """How many steps of a branch are as recorded, and where it differs; not in which words."""
    differs = one.divergence
    where = None if differs is None else [differs.record, differs.what, differs.field]
    return [one.branch, one.steps, where]
