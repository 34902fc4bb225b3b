"""Who opened a session without its workflow is told how that was named when it was run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.tui.app.driven import DEADLINE, Driven, reach, shipped
from tests.tui.app.given import before
from tooltrace.assemble import Code, new_run, reopen
from tooltrace.core.model.events import Settings
from tooltrace.debugger.stop import Stop


@pytest.mark.parametrize(
    ("ref", "told"),
    [
        ("orders.py", "--workflow orders.py"),
        ("my flows/orders.py:one", "--workflow 'my flows/orders.py:one'"),
        ("x; \x1b[2J\u202e", "--workflow 'x; \\u{1b}[2J\\u{202e}'"),
        ("", "--workflow REF"),
        ("x" * 201, "--workflow REF"),
    ],
    ids=["file", "space", "hostile", "none", "long"],
)
async def test_every_refusal_names_it(tmp_path: Path, ref: str, told: str) -> None:
    path = tmp_path / "s.jsonl"
    debugger = new_run(Code(ref, shipped().workflow), path, Settings())
    debugger.submit.step().result(DEADLINE)
    debugger.close()
    async with Driven(reopen(path), (200, 36)) as d:
        for key in ("n", "R", "M"):
            await d.press(key)
            assert told in d.note, key
    debugger = reopen(path)
    doing: list[Callable[[], Future[Stop]]] = [
        debugger.submit.step,
        lambda: debugger.submit.edit.retry(2),
        lambda: debugger.submit.samples.ask(1),
        lambda: debugger.submit.replay.start(True, "live model"),
        lambda: debugger.submit.replay.start(True, "live tools"),
    ]
    for do in doing:
        assert told in do().result(DEADLINE).text
    debugger.close()


async def test_a_scenario_is_run_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    debugger = new_run(Code("my flow.py", shipped().workflow), tmp_path / "s.jsonl", Settings())
    reach(debugger, before("process_credit"))
    async with Driven(debugger, (200, 36)) as d:
        await d.press("x", "enter", "X", *("backspace",) * 60, *"a b.json", "enter")
        assert "tooltrace run 'my flow.py' --headless --scenario 'a b.json'" in d.note
    assert (tmp_path / "a b.json").exists()
