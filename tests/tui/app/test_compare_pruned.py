"""Which branches are offered for comparing: pruned ones come last and are called so."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.record import SESSIONS
from tests.tui.app.driven import Driven
from tooltrace.assemble import reopen


async def test_a_pruned_branch_is_marked_and_comes_last(tmp_path: Path) -> None:
    path = Path(shutil.copy(SESSIONS / "demo-refund-edited.jsonl", tmp_path / "refund.jsonl"))
    debugger = reopen(path)
    view = debugger.view()
    first, second = [branch for branch in view.branches if branch.begin != view.branch.begin]
    debugger.submit.notes.prune(first.begin).result(20)
    async with Driven(debugger, (100, 30)) as d:
        await d.press("d")
        lines = [line for line in d.lines if f"to #{first.tip}" in line or f"#{second.tip}" in line]
        assert second.name in lines[0] and "pruned" not in lines[0]
        assert first.name in lines[1] and "· pruned" in lines[1]
