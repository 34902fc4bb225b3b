"""Sessions that many tests begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.app.driven import begin, reach
from tests.tui.app.given import before
from tooltrace.debugger.debugger import Debugger


@pytest.fixture
def at_credit(tmp_path: Path) -> Debugger:
    """The refund, paused before it credits: fifteen records, three turns, two calls made."""
    return reach(begin(tmp_path), before("process_credit"))


@pytest.fixture
def at_start(tmp_path: Path) -> Debugger:
    """The refund before its first step."""
    return begin(tmp_path)
