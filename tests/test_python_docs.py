"""``docs/python.md``: its blocks run one after the other, and its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tooltrace
from tooltrace.debugger.commands import Commands

PAGE = (Path(__file__).parents[1] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    try:
        for number, block in enumerate(BLOCKS, 1):
            exec(compile(block, f"<block {number} of docs/python.md>", "exec"), names)
    finally:
        for value in names.values():
            if isinstance(value, tooltrace.Debugger):
                value.close()
    assert len(BLOCKS) > 7


def test_every_name_is_there_and_documented() -> None:
    for name in tooltrace.__all__:
        value = getattr(tooltrace, name)
        assert name == "__version__" or value.__doc__, name
        assert name in dir(tooltrace)
    with pytest.raises(AttributeError):
        tooltrace.open_session


def test_the_same_verbs_wait_and_do_not() -> None:
    assert issubclass(tooltrace.Debugger, Commands)
