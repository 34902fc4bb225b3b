"""Whatever a tool does, in the debugger and on disk: one answers, the other is whole.

Each misbehaviour goes through a real run with a real session file. Afterwards the debugger goes on,
the file reads back as what is in memory, the person can see all of it, and the model gets no more
than a capped copy.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.debugger.sitting import Sitting, records_of
from tests.timing import within
from tests.tools.calls import capturing
from tooltrace import Move, Seen, ToolContext, Workflow, call, say, tool
from tooltrace.core.decide.next_action import request_at
from tooltrace.core.model import events as e
from tooltrace.core.text.exact_json import dumps, loads
from tooltrace.models.anthropic.request_body import body
from tooltrace.models.request.turns import RESULT_LIMIT
from tooltrace.store.journal import Journal
from tooltrace.tools.functions.result_json import TAG

MIB = 1 << 20
ARGUMENTS: dict[str, Any] = {"items": [1, {"a": [2]}], "name": "n"}


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit


class Spiteful:
    def __repr__(self) -> str:
        raise RuntimeError("no")

    def __eq__(self, other: object) -> bool:
        raise SystemExit("never equal")

    __hash__ = None  # type: ignore[assignment]


def raises() -> Any:
    raise KeyError("order")


def raises_a_long_text() -> Any:
    raise ValueError("y" * MIB)


def raises_without_a_text() -> Any:
    raise Mute


def raises_in_parts() -> Any:
    raise ExceptionGroup("both", [ValueError("a"), OSError("b")])


def exits() -> Any:
    sys.exit(3)


async def exits_in_a_coroutine() -> Any:
    sys.exit("bye")


def is_interrupted() -> Any:
    raise KeyboardInterrupt


async def cancels_itself() -> Any:
    raise asyncio.CancelledError


def recurses() -> Any:
    return recurses()


def closes_its_streams() -> Any:
    sys.stdout.close()
    sys.stderr.close()
    print("still there")


def prints() -> Any:
    print("one")
    print("two", file=sys.stderr)
    print("\x1b[2J\x1b]0;owned\x07\ud800")


def prints_much() -> Any:
    for _ in range(64):
        print("z" * (MIB // 16))


def writes_below() -> Any:
    os.write(1, b"one\n")
    os.write(2, b"two\xff\n")
    ctypes.CDLL(None).write(1, b"three\n", 6)


def starts_a_program() -> Any:
    subprocess.run(["sh", "-c", "echo out; echo err >&2; cat"], check=True)


def leaves_a_program_behind() -> Any:
    subprocess.Popen(["sh", "-c", "echo early; exec sleep 0.2"]).poll()


def asks() -> Any:
    return input("name? ")


def reads_the_keyboard() -> Any:
    return sys.stdin.read() + os.read(0, 10).decode()


def returns_nan() -> Any:
    return [float("nan"), float("inf")]


def returns_a_cycle() -> Any:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    return loop


def returns_bytes() -> Any:
    return b"\xff\x00"


def returns_half_a_character() -> Any:
    return {"\ud83d": "\ud83d"}


def returns_a_huge_number() -> Any:
    return 10**5000


def returns_an_object() -> Any:
    return Spiteful()


def returns_depth() -> Any:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    return deep


def returns_without_end() -> Any:
    class Endless(list[int]):
        def __iter__(self) -> Any:
            while True:
                yield 1

    return Endless()


def returns_much() -> Any:
    return "x" * (3 * MIB)


def changes_its_arguments(ctx: ToolContext, items: list[Any], name: str) -> Any:
    items[1]["a"].append("mine")
    ctx.context["k"] = 1  # type: ignore[index]


def changes_them_deep_down(ctx: ToolContext, items: list[Any], name: str) -> Any:
    items[1]["a"].append("mine")
    ctx.arguments["items"].clear()


def changes_them_and_fails(items: list[Any], name: str) -> Any:
    items.clear()
    raise ValueError("too late")


def puts_something_vile_into_them(items: list[Any], name: str) -> Any:
    items[:] = [Spiteful()]


async def changes_them_in_a_coroutine(items: list[Any], name: str) -> Any:
    items.reverse()
    return "reversed"


def leaves_a_thread_that_prints() -> Any:
    began = threading.Event()

    def later() -> None:
        began.set()
        time.sleep(0.02)
        print("late")

    threading.Thread(target=later).start()
    began.wait()


def changes_directory_and_umask() -> Any:
    before = Path.cwd(), os.umask(0o777)
    os.chdir("/")
    os.chdir(before[0])
    os.umask(before[1])
    return "back"


CHANGED = "[the tool changed {}: recorded is what it was called with]\n"
TOO_MANY = "the rest is left out: it holds more than 1000000 values"

# What the tool does; what came back: a part of the error, or the result; and what was printed.
TABLE: list[tuple[Callable[..., Any], Any, Any, str | None]] = [
    (raises, True, "KeyError: 'order'", ""),
    (raises_a_long_text, True, "ValueError: yyyy", ""),
    (raises_without_a_text, True, "Mute: <its text raised SystemExit>", ""),
    (raises_in_parts, True, "ValueError: a; OSError: b", ""),
    (exits, True, "SystemExit: 3", ""),
    (exits_in_a_coroutine, True, "SystemExit: bye", ""),
    (is_interrupted, True, "KeyboardInterrupt", ""),
    (cancels_itself, True, "CancelledError", ""),
    (recurses, True, "RecursionError", ""),
    (closes_its_streams, False, None, "still there\n"),
    (prints, False, None, "one\ntwo\n\x1b[2J\x1b]0;owned\x07\\ud800\n"),
    (prints_much, False, None, None),
    (writes_below, False, None, "one\ntwo\\xff\nthree\n"),
    (starts_a_program, False, None, "out\nerr\n"),
    (leaves_a_program_behind, False, None, None),
    (asks, True, "EOFError", "name? "),
    (reads_the_keyboard, False, "", ""),
    (returns_nan, False, [{TAG: "float", "text": "nan"}, {TAG: "float", "text": "inf"}], ""),
    (returns_a_cycle, False, {"loop": {TAG: "cycle", "text": "the dict 1 level up"}}, ""),
    (returns_bytes, False, {TAG: "bytes", "text": "/wA=", "encoding": "base64"}, ""),
    (returns_half_a_character, False, {"\ud83d": "\ud83d"}, ""),
    (returns_a_huge_number, False, {TAG: "int", "text": hex(10**5000)}, ""),
    (
        returns_an_object,
        False,
        {TAG: "object", "text": "<Spiteful whose repr raised RuntimeError>"},
        "",
    ),
    (returns_depth, False, ..., ""),
    (returns_without_end, False, ..., ""),
    (returns_much, False, "x" * (3 * MIB), ""),
    (changes_its_arguments, True, "TypeError", CHANGED.format("items")),
    (changes_them_deep_down, False, None, CHANGED.format("items, ctx.arguments")),
    (changes_them_and_fails, True, "ValueError: too late", CHANGED.format("items")),
    (
        puts_something_vile_into_them,
        False,
        None,
        CHANGED.format("items"),
    ),
    (changes_them_in_a_coroutine, False, "reversed", CHANGED.format("items")),
    (leaves_a_thread_that_prints, False, None, ""),
    (changes_directory_and_umask, False, "back", ""),
]


def workflow(function: Callable[..., Any], times: int = 2, **options: Any) -> Workflow:
    """The tool is called twice, whatever comes of it."""
    name = function.__name__
    takes = {key: value for key, value in ARGUMENTS.items() if key in function.__annotations__}

    def policy(seen: Seen) -> Move:
        return call(name, **takes) if seen.turn < times else say("Done.")

    return Workflow("w", tools=[tool(**options)(function)], policy=policy, input="Go.")


def sent(s: Sitting, returned: int) -> str:
    """What the model is sent after this result."""
    tree = s.session.tree
    (called,) = tree.children(returned)
    request = request_at(tree.snapshot_at(called))
    return dumps(body(request, model="claude-sonnet-5-5"))


def assert_whole(s: Sitting) -> None:
    """The file, read again, is what is in memory."""
    with Journal.open(s.file) as journal:
        assert journal.problems == []
        assert journal.records == list(s.session.tree.records.values())


@pytest.mark.parametrize(
    ("function", "is_error", "content", "output"), TABLE, ids=lambda v: getattr(v, "__name__", "")
)
def test_the_debugger_lives_and_tells_all_of_it(
    function: Any, is_error: bool, content: Any, output: str | None, tmp_path: Path
) -> None:
    before = loads(dumps(ARGUMENTS))
    flow = workflow(function, times=1 if function is returns_without_end else 2)
    with capturing() as capture, Sitting(tmp_path, flow, capture=capture) as s:
        s.to_call(function.__name__)
        s.done("step")
        returned = s.head
        event = s.session.tree[returned].event
        assert isinstance(event, e.ToolReturned)
        assert event.is_error is is_error and not event.abandoned
        if is_error:
            assert content in event.content and len(event.content) < 2_100
            assert event.error is not None
            if function is not cancels_itself and function is not is_interrupted:
                assert event.error.traceback
        elif content is not ...:
            assert event.content == content
        if output is not None:
            assert event.output == output
        # The recorded arguments are those it was called with.
        uses = s.session.tree[event.call.reply].event.reply["content"]  # type: ignore[attr-defined]
        assert all(ARGUMENTS[key] == value for key, value in uses[-1]["input"].items())
        # The debugger goes on, the second call too, to the end.
        assert s.do("go").kind == "finished"
        # The model: its answer is capped and says so; nothing that was printed is in it.
        request = sent(s, returned)
        assert len(request) < 2 * RESULT_LIMIT
        if function in (returns_much, returns_depth, returns_without_end):
            assert "tooltrace cut" in request or TAG in request
        assert_whole(s)
    assert before == ARGUMENTS
    assert not s.journal.problems


def test_a_long_error_is_whole_enough_for_the_person(tmp_path: Path) -> None:
    with Sitting(tmp_path, workflow(raises_a_long_text)) as s:
        s.to_call("raises_a_long_text")
        s.done("step")
        event: Any = s.session.tree[s.head].event
        assert event.content.endswith("more characters)") and len(event.content) < 2_100
        assert len(event.error.message) > 90_000 and event.error.message.endswith("characters)")


def test_what_is_printed_is_kept_up_to_a_limit_and_the_rest_is_counted(tmp_path: Path) -> None:
    with capturing() as capture, Sitting(tmp_path, workflow(prints_much), capture=capture) as s:
        s.to_call("prints_much")
        s.done("step")
        event: Any = s.session.tree[s.head].event
        assert len(event.output) > MIB
        assert "more bytes were dropped" in event.output


def memory(what: str) -> int:
    """Bytes, as the system counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(what))) << 10


@pytest.mark.long
def test_a_hundred_megabytes_are_seen_soon_and_fit_into_memory(tmp_path: Path) -> None:
    def returns_a_hundred() -> str:
        """Too much for anybody."""
        return "x" * 100_000_000

    Path("/proc/self/clear_refs").write_text("5")  # From here on the peak is counted afresh.
    before = memory("VmRSS")
    with Sitting(tmp_path, workflow(returns_a_hundred, times=1)) as s:
        with within(10, time.process_time):
            s.to_call("returns_a_hundred")
            s.done("step")
            event: Any = s.session.tree[s.head].event
            assert len(event.content) == 100_000_000
        returned = s.head
        s.done("turn")
        request = sent(s, returned)
        assert len(request) < 2 * RESULT_LIMIT
        assert "[tooltrace cut 99,934,464 of 100,000,000 bytes here]" in request
    (blob,) = (tmp_path / "s.jsonl.blobs").iterdir()
    assert blob.stat().st_size > 100_000_000 and blob.stat().st_mode & 0o777 == 0o600
    assert s.file.stat().st_size < 10_000
    assert event in [record.event for record in records_of(s.file)]
    assert memory("VmHWM") - before < 1_000 * MIB


# -- what hangs ---------------------------------------------------------------------------------


class Gate:
    """A tool that does not come back until the test lets it, and what it did then."""

    def __init__(self) -> None:
        self.began, self.free, self.ended = (threading.Event() for _ in range(3))

    def hang(self) -> str:
        self.began.set()
        self.free.wait(20)
        print("too late")
        self.ended.set()
        return "late"


@pytest.mark.parametrize("way", ["a person", "the time limit", "leaving"])
def test_what_hangs_is_given_up_and_its_late_result_is_ignored(way: str, tmp_path: Path) -> None:
    gate = Gate()

    def hangs() -> str:
        """Wait."""
        return gate.hang()

    flow = workflow(hangs, timeout=0.05 if way == "the time limit" else None)
    with capturing() as capture, Sitting(tmp_path, flow, capture=capture) as s:
        s.to_call("hangs")
        answer = s.debugger.submit.step()
        assert gate.began.wait(20)
        if way == "leaving":
            s.close()
            assert answer.result(20).kind == "paused"
            gate.free.set()
            assert gate.ended.wait(20)
            records = records_of(s.file)
            assert records[-1].event.name == "tool_started"
            return
        if way == "a person":
            assert s.view.running
            s.debugger.cancel()
        assert answer.result(20).kind == "step"
        event: Any = s.session.tree[s.head].event
        assert event.abandoned and event.is_error
        assert "may still act" in event.content
        gate.free.set()
        assert gate.ended.wait(20)
        assert s.session.tree[s.session.tree.last_id].event == event
        assert event.output == ""
        assert_whole(s)


def test_a_coroutine_that_hangs_is_stopped(tmp_path: Path) -> None:
    began = threading.Event()

    async def hangs() -> str:
        """Wait."""
        began.set()
        await asyncio.Event().wait()
        return "late"

    with Sitting(tmp_path, workflow(hangs)) as s:
        s.to_call("hangs")
        answer = s.debugger.submit.step()
        assert began.wait(20)
        s.debugger.cancel()
        assert answer.result(20).kind == "step"
        event: Any = s.session.tree[s.head].event
        assert not event.abandoned and "it was stopped" in event.content
        assert_whole(s)


def test_leaving_lets_go_of_every_thread(tmp_path: Path) -> None:
    def threads() -> set[threading.Thread]:
        return {t for t in threading.enumerate() if t.name.startswith("tooltrace")}

    async def waits() -> None:
        """Wait a little."""
        await asyncio.sleep(0)

    def slow() -> None:
        """Long enough for a thread of its own."""
        time.sleep(0.001)

    for number, function in enumerate((waits, slow)):
        folder = tmp_path / str(number)
        folder.mkdir()
        before = threads()
        s = Sitting(folder, workflow(function))
        assert s.do("go").kind == "finished"
        # Those of other tests may be ending just now.
        ours = threads() - before
        assert {t.name for t in ours} > {"tooltrace-debugger"}
        s.debugger.close()
        for thread in ours:
            thread.join(20)
        assert not any(t.is_alive() for t in ours)
        with pytest.raises(Exception, match="closed"):
            s.session.note(e.UserSaid("x"))
