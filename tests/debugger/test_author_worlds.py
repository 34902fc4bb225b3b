"""What an author's world raises or gives is said as theirs, and nothing odd gets into a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tooltrace.core.model.errors import BadWorld
from tooltrace.debugger.world.branch_worlds import BranchWorlds


class Memory:
    """A world that is somewhere else."""

    path = Path("/nowhere")

    def digest(self) -> str:
        return "ab" * 32

    def snapshot(self, folder: Path) -> str:
        return "ab" * 32

    def restore(self, folder: Path, digest: str) -> None:
        """Nothing to do."""

    def describe(self) -> str:
        return "memory"


class Strange(BaseException):
    """Not even an Exception."""


def raising(error: BaseException) -> Callable[..., Any]:
    def method(*_: object) -> Any:
        raise error

    return method


def other_than(method: str, does: Any) -> type[Memory]:
    return type("Other", (Memory,), {method: does})


HERE = r"test_author_worlds.py:\d+"


@pytest.mark.parametrize("error", [Strange("x"), SystemExit(3), OSError(5, "bad"), KeyError("k")])
@pytest.mark.parametrize("method", ["make", "snapshot", "digest", "restore"])
def test_what_it_raises_is_theirs_with_the_line(
    error: BaseException, method: str, tmp_path: Path
) -> None:
    factory = (
        raising(error) if method == "make" else (lambda _: other_than(method, raising(error))())
    )
    worlds = BranchWorlds(tmp_path / "x.world", factory)
    with pytest.raises(BadWorld, match=HERE):
        if method == "restore":
            worlds.restore("cd" * 32)
        elif method == "digest":
            worlds.digest()
        else:
            worlds.snapshot()


def test_ctrl_c_in_it_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        BranchWorlds(tmp_path / "x.world", raising(KeyboardInterrupt())).snapshot()


def test_what_cannot_be_called_as_it_must_be_is_theirs(tmp_path: Path) -> None:
    wrong: Any = Memory
    few: Any = lambda: "ab" * 32  # noqa: E731
    with pytest.raises(BadWorld, match="cannot be made: TypeError"):
        BranchWorlds(tmp_path / "a", wrong).snapshot()
    with pytest.raises(BadWorld, match="the class Memory is not a World"):
        BranchWorlds(tmp_path / "b", lambda _: Memory).snapshot()  # type: ignore[arg-type, return-value]
    other = type("Other", (Memory,), {"snapshot": few, "digest": few})
    worlds = BranchWorlds(tmp_path / "c", lambda _: other())
    for method in (worlds.snapshot, worlds.digest):
        with pytest.raises(BadWorld, match="TypeError"):
            method()


@pytest.mark.parametrize("given", [None, 5, "", b"ab", "x" * 10_000_000, "a\nb", "\ud800", ["ab"]])
@pytest.mark.parametrize("method", ["snapshot", "digest"])
def test_what_is_no_digest_stands_in_no_record(given: object, method: str, tmp_path: Path) -> None:
    other = other_than(method, lambda *_: given)
    with pytest.raises(BadWorld, match=rf"no digest: {method}\(\) is to return 64 hex digits"):
        getattr(BranchWorlds(tmp_path / "x.world", lambda _: other()), method)()
