"""How fast Claude Code's sessions are read; figures of the processor, not of the clock."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats.importers.files import assistant, call, lines_file, person, result, tool_result
from tooltrace.debugger.session.secrets import hider
from tooltrace.formats.imported.session import Imported

CALLS = 10_000
TEXT = {"type": "text", "text": "I look at the next file."}


def lines(calls: int) -> Iterator[object]:
    yield person("u", None, "go")
    before = "u"
    for n in range(calls):
        numbered = "".join(
            f"{k:6d}\tdef function_{k}(x: int) -> str:\n" for k in range(20 + n % 40)
        )
        twin = {"type": "text", "file": {"filePath": f"/src/{n}.py", "content": numbered}}
        name = ("Read", "Bash", "Grep")[n % 3]
        yield assistant(f"a{n}", before, f"m{n}", TEXT)
        yield assistant(f"b{n}", f"a{n}", f"m{n}", call(f"t{n}", name, path=f"/src/{n}.py"))
        yield result(f"r{n}", f"b{n}", tool_result(f"t{n}", numbered), toolUseResult=twin)
        before = f"r{n}"


@pytest.mark.benchmark
def test_ten_thousand_calls_are_read_at_twenty_megabytes_a_second(tmp_path: Path) -> None:
    path = lines_file(tmp_path, lines(CALLS))
    imported = Imported(path, hide=hider())
    gc.collect()
    gc.disable()  # As it is while a session is opened.
    began = time.process_time()
    count = sum(1 for _ in imported.records())
    took = time.process_time() - began
    gc.enable()
    assert imported.counts.results == CALLS and count > 4 * CALLS
    speed = path.stat().st_size / 1e6 / took
    print(f"{speed:.1f} MB/s")
    assert speed > 20


def test_a_file_is_read_piece_by_piece(tmp_path: Path) -> None:
    path = lines_file(tmp_path, lines(1500))
    tracemalloc.start()
    try:
        for _ in Imported(path).records():
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < path.stat().st_size
