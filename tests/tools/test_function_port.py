"""Whatever a tool does, its call comes back as an answer, and the event loop stays free."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from tests.tools.calls import call, capturing, tools
from tooltrace.core.model.events import ToolReturned
from tooltrace.core.text import exact_json
from tooltrace.tools.functions.function_port import FunctionPort
from tooltrace.tools.functions.result_json import TAG
from tooltrace.tools.functions.tool_context import ToolContext


def raises() -> None:
    raise KeyError("x")


def exits() -> None:
    sys.exit(3)


async def exits_later() -> None:
    sys.exit("bye")


async def interrupts() -> None:
    raise KeyboardInterrupt


async def cancels_itself() -> None:
    raise asyncio.CancelledError("mine")


def stops_iterating() -> None:
    raise StopIteration(1)


def fails_in_parts() -> None:
    raise ExceptionGroup("", [ValueError("a"), KeyError("b"), OSError("c"), OSError("d")])


class Mute(Exception):
    def __str__(self) -> str:
        raise SystemExit


def fails_mutely() -> None:
    raise Mute


def recurses() -> None:
    recurses()


def fails_at_length() -> None:
    raise ValueError("x" * 1_000_000)


def asks() -> str:
    return input("name? ")


def reads() -> str:
    return sys.stdin.read() + os.read(0, 10).decode()


def writes_below() -> None:
    os.write(1, b"one\n")
    os.write(2, b"two\xff\n")


def runs_a_program() -> None:
    subprocess.run(["sh", "-c", "echo out; echo err >&2"], check=True)


def prints_in_a_fork() -> None:
    child = os.fork()
    if child == 0:
        print("from the child", flush=True)
        os._exit(0)
    os.waitpid(child, 0)


def prints_everywhere() -> None:
    print("a")
    os.write(1, b"b\n")
    print("c", file=sys.stderr)
    sys.stdout.buffer.write(b"d\n")
    print("\ud800", end="", flush=True)


def returns_much() -> str:
    return "x" * 100_000_000


def returns_nan() -> float:
    return float("nan")


def returns_a_cycle() -> Any:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def returns_bytes() -> bytes:
    return b"\xff"


def returns_a_coroutine() -> Any:
    return asyncio.sleep(0, "awaited")


def raises_hup() -> None:
    signal.raise_signal(signal.SIGWINCH)


def closes_stdout() -> None:
    sys.stdout.close()
    print("still there")


def spoils(box: dict[str, Any]) -> None:
    box.clear()


MISBEHAVING = [
    (raises, {}, "KeyError: 'x'", ""),
    (exits, {}, "SystemExit: 3", ""),
    (exits_later, {}, "SystemExit: bye", ""),
    (interrupts, {}, "KeyboardInterrupt", ""),
    (cancels_itself, {}, "CancelledError: mine", ""),
    (stops_iterating, {}, "StopIteration: 1", ""),
    (
        fails_in_parts,
        {},
        "ExceptionGroup:  (4 sub-exceptions): ValueError: a; KeyError: 'b'; OSError: c; and 1 more",
        "",
    ),
    (fails_mutely, {}, "Mute: <its text raised SystemExit>", ""),
    (recurses, {}, "RecursionError: maximum recursion depth exceeded", ""),
    (asks, {}, "EOFError: EOF when reading a line", "name? "),
    (reads, {}, "", ""),
    (writes_below, {}, None, "one\ntwo\\xff\n"),
    (runs_a_program, {}, None, "out\nerr\n"),
    (prints_in_a_fork, {}, None, "from the child\n"),
    (prints_everywhere, {}, None, "a\nb\nc\nd\n\\ud800"),
    (closes_stdout, {}, None, "still there\n"),
    (returns_nan, {}, {TAG: "float", "text": "nan"}, ""),
    (returns_a_cycle, {}, [{TAG: "cycle", "text": "the list 1 level up"}], ""),
    (returns_bytes, {}, {TAG: "bytes", "text": "/w==", "encoding": "base64"}, ""),
    (returns_a_coroutine, {}, "awaited", ""),
    (raises_hup, {}, None, ""),
    (
        spoils,
        {"box": {"a": 1}},
        None,
        "[the tool changed box: recorded is what it was called with]\n",
    ),
]


@pytest.mark.parametrize(
    ("function", "arguments", "content", "output"),
    MISBEHAVING,
    ids=lambda value: getattr(value, "__name__", "-"),
)
async def test_a_misbehaving_tool_is_answered_for(
    function: Any, arguments: Any, content: Any, output: str
) -> None:
    with capturing() as capture:
        port = FunctionPort(tools(function), None, capture)
        asked = call(function.__name__, **arguments)
        before = exact_json.dumps(asked.arguments)
        answer = await port.call(asked)
        given = answer.event
        port.close()
        assert isinstance(given, ToolReturned)
        assert (given.content, given.output) == (content, output)
        assert exact_json.dumps(given.content)
        assert exact_json.dumps(asked.arguments) == before
        assert answer.source == "live" and not given.abandoned and given.ms >= 0
        if given.is_error:
            assert given.error is not None
            assert given.content.startswith(given.error.type)
            first_frame = given.error.traceback.splitlines()[1]
            assert "test_function_port.py" in first_frame and function.__name__ in first_frame


async def test_a_large_result_arrives_whole() -> None:
    given = (await FunctionPort(tools(returns_much)).call(call("returns_much"))).event
    assert len(given.content) == 100_000_000


async def test_the_model_gets_a_short_message_and_the_person_a_long_one() -> None:
    given = (await FunctionPort(tools(fails_at_length)).call(call("fails_at_length"))).event
    assert len(given.content) < 2_100 and given.content.endswith("more characters)")
    assert given.error is not None and len(given.error.message) > 100_000


async def test_arguments_that_do_not_fit_never_reach_the_tool() -> None:
    called = []

    def pay(amount: float) -> None:
        called.append(amount)

    given = (await FunctionPort(tools(pay)).call(call("pay", amount="all"))).event
    assert given.content == "BadArguments: amount: expected a number, got text"
    assert given.is_error and not called


async def test_a_tool_that_is_not_there_is_answered_for() -> None:
    given = (await FunctionPort(tools(raises, exits)).call(call("fly"))).event
    assert given.content == "UnknownTool: there is no tool 'fly'; there is raises, exits"
    assert given.is_error


async def test_a_tool_is_told_where_it_stands() -> None:
    seen: list[ToolContext] = []

    def look(what: list[int], ctx: ToolContext) -> str:
        seen.append(ctx)
        ctx.context["order"].clear()
        ctx.arguments["what"].clear()
        return str(ctx.world)

    asked = call("look", what=[1])
    context = {"order": {"id": 1}}
    asked = type(asked)(asked.ref, asked.tool, asked.arguments, asked.key, "paying", context)
    for world in ("the world", lambda: "the world"):
        given = (await FunctionPort(tools(look), world).call(asked)).event  # type: ignore[arg-type]
        assert given.content == "the world"
        assert (seen[-1].state, seen[-1].idempotency_key) == ("paying", "key-1")
    assert (context, asked.arguments) == ({"order": {"id": 1}}, {"what": [1]})
    with pytest.raises(TypeError):
        seen[0].context["order"] = 1  # type: ignore[index]


async def test_concurrent_calls_print_to_their_own_records() -> None:
    with capturing() as capture:
        both = threading.Barrier(3, timeout=10)

        def speaks(word: str) -> None:
            for _ in range(50):
                both.wait()
                print(word)

        async def speaks_later(word: str) -> None:
            for _ in range(50):
                await asyncio.to_thread(both.wait)
                print(word)

        port = FunctionPort(tools(speaks, speaks_later), None, capture)
        given = await asyncio.gather(
            port.call(call("speaks", word="a")),
            port.call(call("speaks", word="b")),
            port.call(call("speaks_later", word="c")),
        )
        port.close()
        assert [one.event.output for one in given] == ["a\n" * 50, "b\n" * 50, "c\n" * 50]


async def test_bytes_that_could_be_either_calls_are_marked() -> None:
    with capturing() as capture:
        both = threading.Barrier(2, timeout=10)

        def below(word: str) -> None:
            both.wait()
            os.write(1, word.encode())
            both.wait()

        port = FunctionPort(tools(below), None, capture)
        one, two = await asyncio.gather(
            port.call(call("below", word="a")), port.call(call("below", word="b"))
        )
        for given in (one, two):
            text, note = given.event.output.split("\n", 1)
            assert sorted(text) == ["a", "b"]
            assert note == "[other calls were running: part of this may be theirs]\n"


async def test_a_function_out_of_time_is_abandoned_and_its_late_result_ignored() -> None:
    with capturing() as capture:
        release, ended = threading.Event(), threading.Event()

        def hangs() -> str:
            print("before")
            release.wait(10)
            print("after")
            ended.set()
            return "late"

        port = FunctionPort(tools(hangs, timeout=0.01), None, capture)
        given = (await port.call(call("hangs"))).event
        assert given.content == (
            "Timeout: no result within 0.01 s; it could not be stopped and may still act"
        )
        assert (given.abandoned, given.is_error, given.output) == (True, True, "before\n")
        assert given.ms >= 10
        release.set()
        assert await asyncio.to_thread(ended.wait, 10)
        assert capture.stray.text() == "after\n"


async def test_a_coroutine_out_of_time_is_stopped() -> None:
    stopped = threading.Event()

    async def hangs() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    port = FunctionPort(tools(hangs, timeout=0.01))
    given = (await port.call(call("hangs"))).event
    assert stopped.is_set() and not given.abandoned
    assert given.error is not None and given.error.type == "Timeout"
    assert "it was stopped" in given.content
    port.close()


async def test_a_coroutine_that_will_not_stop_is_abandoned() -> None:
    release = asyncio.Event()

    async def clings() -> None:
        while not release.is_set():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue

    async def quick() -> str:
        return "still served"

    both = {**tools(clings, timeout=0.01), **tools(quick)}
    port = FunctionPort(both, grace=0.01)
    given = (await port.call(call("clings"))).event
    assert given.abandoned and "may still act" in given.content
    assert (await port.call(call("quick"))).event.content == "still served"
    release.set()
    port.close()


async def test_a_coroutine_that_blocks_holds_up_neither_us_nor_the_next_call() -> None:
    release = threading.Event()

    async def blocks() -> None:
        release.wait(10)

    async def quick() -> str:
        return threading.current_thread().name

    port = FunctionPort({**tools(blocks, timeout=0.01), **tools(quick)}, grace=0.01)
    given = (await port.call(call("blocks"))).event
    assert given.abandoned
    assert (await port.call(call("quick"))).event.content == "tooltrace-async-tools"
    release.set()
    port.close()


@pytest.mark.parametrize("kind", ["function", "coroutine"])
async def test_a_person_gives_up_on_a_call_and_it_is_answered_for(kind: str) -> None:
    started, release = threading.Event(), threading.Event()

    def function() -> None:
        started.set()
        release.wait(10)

    async def coroutine() -> None:
        started.set()
        await asyncio.Event().wait()

    port = FunctionPort(tools(function, coroutine))
    asked = call(kind)
    waiting = asyncio.create_task(port.call(asked))
    assert not port.cancel(asked.ref)
    assert await asyncio.to_thread(started.wait, 10)
    assert port.cancel(asked.ref)
    given = (await waiting).event
    release.set()
    assert given.error is not None and given.error.type == "Cancelled"
    assert given.content.startswith("Cancelled: cancelled after 0.")
    assert given.abandoned is (kind == "function")
    assert not port.cancel(asked.ref)
    port.close()


@pytest.mark.parametrize("kind", ["function", "coroutine"])
async def test_cancelling_the_task_gives_no_answer(kind: str) -> None:
    with capturing() as capture:
        started, release, ended = threading.Event(), threading.Event(), threading.Event()

        def function() -> None:
            started.set()
            release.wait(10)
            ended.set()

        async def coroutine() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        port = FunctionPort(tools(function, coroutine), None, capture)
        waiting = asyncio.create_task(port.call(call(kind)))
        assert await asyncio.to_thread(started.wait, 10)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        release.set()
        assert await asyncio.to_thread(ended.wait, 10)
        port.close()


async def test_an_abandoned_call_may_be_the_one_that_writes() -> None:
    with capturing() as capture:
        release, wrote = threading.Event(), threading.Event()

        def hangs() -> None:
            release.wait(10)
            os.write(1, b"late\n")
            wrote.set()

        def waits() -> None:
            release.set()
            wrote.wait(10)

        port = FunctionPort({**tools(hangs, timeout=0.01), **tools(waits)}, None, capture)
        assert (await port.call(call("hangs"))).event.abandoned
        given = (await port.call(call("waits"))).event
        assert given.output == "late\n[other calls were running: part of this may be theirs]\n"


async def test_tools_see_the_callers_context() -> None:
    who: ContextVar[str] = ContextVar("who")
    who.set("ada")

    def function() -> str:
        return who.get()

    async def coroutine() -> str:
        return who.get()

    port = FunctionPort(tools(function, coroutine))
    assert (await port.call(call("function"))).event.content == "ada"
    assert (await port.call(call("coroutine"))).event.content == "ada"
    port.close()


def test_a_hung_tool_does_not_keep_the_process_alive() -> None:
    script = (
        "import asyncio, threading\n"
        "from tests.tools.calls import call, tools\n"
        "from tooltrace.tools.functions.function_port import FunctionPort\n"
        "def hangs():\n    threading.Event().wait()\n"
        "async def blocks():\n    threading.Event().wait()\n"
        "async def main():\n"
        "    port = FunctionPort(tools(hangs, blocks, timeout=0.01), grace=0.01)\n"
        "    for name in ('hangs', 'blocks'):\n"
        "        print((await port.call(call(name))).event.abandoned)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\nTrue\n", "")
