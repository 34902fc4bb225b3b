"""Settings for every test: nobody's environment, no deadline or database, cheap memory."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.util import get_temp_dir
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.environment import forget_the_person
from tests.examples import multiply
from tests.timing import at_most, measure, within

HERE = Path(__file__).parent
MEMORY = Path("/dev/shm")
"""Where files are best made, as each record is synced, and most of it is waiting for a disk."""

ROOM = 4 << 30
"""Bytes that must be free there: the files of a run take some hundred megabytes."""

# Every app and session of a worker's tests is among what would be looked through, again and again.
gc.set_threshold(100_000, 50, 100)

settings.register_profile(
    "tooltrace",
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tooltrace")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """After pytest has read how its own output is to look, before any test is imported."""
    home = tempfile.TemporaryDirectory(prefix="tooltrace-home-")
    config.add_cleanup(home.cleanup)
    forget_the_person(Path(home.name))
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        get_temp_dir()  # What multiprocessing needs until after the last of our own clean-ups.
        files = tempfile.TemporaryDirectory(dir=MEMORY, prefix="tt", ignore_cleanup_errors=True)
        config.add_cleanup(files.cleanup)
        os.environ["TMPDIR"], tempfile.tempdir = files.name, None
    measure(config.getoption("--timed"))
    multiply(config.getoption("--examples"))


def pytest_collection_finish() -> None:
    """The tests and all that was imported stay: nobody need look through them again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What can be found is found now; pytest looks five times more, and Python once."""
    gc.collect()
    gc.freeze()


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--timed", action="store_true", help="hold tests to their limits of time")
    parser.addoption("--examples", type=int, default=1, help="try so many times as many examples")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Three processes on two cores: a third of what the tests take is waiting for a terminal."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return cores + cores // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use, so that no list of them has to be kept."""
    for item in items:
        if isinstance(item, pytest.Function):
            uses = set(item.function.__code__.co_names)
            for mark in _marks(item.path.relative_to(HERE), uses):
                item.add_marker(mark)


def _marks(path: Path, uses: set[str]) -> Iterator[str]:
    if uses & {within.__name__, at_most.__name__}:
        yield "timed"
    if path.parts[0] == "terminal" or "PtyApp" in uses:
        yield "pty"
    if path.parts[:2] == ("tui", "app"):
        yield "app"
    if path.parts[0] == "attack":
        yield "long"
