"""Whose error it is: told from where it was raised."""

from __future__ import annotations

import errno
import os
import sqlite3
from types import ModuleType
from typing import Any

import pytest

from tooltrace.core.text.error_origin import authors_line, fault_of
from tooltrace.core.text.exact_json import dumps


def module(name: str, source: str) -> Any:
    made = ModuleType(name)
    exec(compile(source, f"/home/me/{name}.py", "exec"), made.__dict__)
    return made


def raised_by(function: Any, *args: Any) -> BaseException:
    with pytest.raises(BaseException) as caught:
        function(*args)
    error = caught.value
    # As it reaches the debugger: without the frames of the test.
    assert error.__traceback__ is not None
    return error.with_traceback(error.__traceback__.tb_next)


def test_an_author_is_told_their_own_line() -> None:
    flow = module("flow", "import os\ndef world(home):\n    return {}[home]\n")
    assert fault_of(raised_by(flow.world, "x")) == (
        "the workflow's code failed: /home/me/flow.py:3: KeyError: 'x'"
    )


def test_what_an_author_asked_of_the_system_is_the_authors() -> None:
    flow = module("flow", "import os\ndef world(home):\n    return os.stat(home)\n")
    assert "flow.py:3: FileNotFoundError" in fault_of(raised_by(flow.world, "/no/such"))
    flow = module("flow", "from pathlib import Path\ndef go():\n    return Path('/no').read_text()")
    assert "flow.py:3: FileNotFoundError" in fault_of(raised_by(flow.go))


def test_a_text_that_raises_or_acts_is_harmless() -> None:
    flow = module(
        "flow",
        "class Bad(Exception):\n    def __str__(self): raise ValueError\ndef go(): raise Bad()",
    )
    assert "Bad: <its text raised ValueError>" in fault_of(raised_by(flow.go))
    flow = module("flow", "def go(): raise ValueError('a\\x1b]0;x\\x07\\nb')")
    assert fault_of(raised_by(flow.go)).isprintable()


@pytest.mark.parametrize("name", ["queue", "click", "tooltrace_flow"])
def test_an_authors_file_may_be_called_like_any_other(name: str) -> None:
    flow = module(name, "def world(home):\n    return {}[home]\n")
    assert f"failed: /home/me/{name}.py:2: KeyError" in fault_of(raised_by(flow.world, "x"))


def test_it_is_the_line_in_their_own_file_not_in_a_library_of_theirs() -> None:
    library = module("library", "def deep():\n    return {}['x']\n")
    flow = module("flow", "def world(deep):\n    return deep()\n")
    assert authors_line(raised_by(flow.world, library.deep)) == ("/home/me/flow.py", 2)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EMFILE, os.strerror(errno.EMFILE)),
        PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/data/s.world"),
        OSError("odd"),
        MemoryError(),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("can't start new thread"),
    ],
)
def test_the_system(error: BaseException) -> None:
    said = fault_of(error)
    assert said.startswith("the system failed: ")
    assert getattr(error, "filename", None) is None or "/data/s.world" in said


def test_what_is_left_is_ours() -> None:
    assert fault_of(raised_by(dumps, {1: object()})).startswith("a fault in tooltrace itself: ")
