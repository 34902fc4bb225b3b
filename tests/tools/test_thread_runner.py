"""Threads are used again, given up, and cheap to hand work to."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from tooltrace.tools.functions.thread_runner import ThreadRunner


async def test_an_idle_thread_is_used_again() -> None:
    pool = ThreadRunner()
    names = {
        await pool.submit(lambda: threading.current_thread().name, copy_context()) for _ in "abc"
    }
    assert names == {"tooltrace-tool-1"}
    pool.close()


async def test_concurrent_work_has_threads_of_its_own() -> None:
    pool, all_there = ThreadRunner(), threading.Barrier(8, timeout=10)
    await asyncio.gather(*(pool.submit(all_there.wait, copy_context()) for _ in range(8)))
    pool.close()


async def test_threads_beyond_what_is_kept_end() -> None:
    pool, all_there = ThreadRunner(keep=1), threading.Barrier(3, timeout=10)
    threads: list[threading.Thread] = []

    def work() -> None:
        threads.append(threading.current_thread())
        all_there.wait()

    await asyncio.gather(*(pool.submit(work, copy_context()) for _ in range(3)))
    pool.close()
    for thread in threads:
        thread.join(10)
        assert thread.daemon and not thread.is_alive()


async def test_a_hung_thread_is_in_nobodys_way() -> None:
    pool, release = ThreadRunner(), threading.Event()
    hung = pool.submit(lambda: release.wait(10), copy_context())
    assert await pool.submit(lambda: "served", copy_context()) == "served"
    hung.cancel()
    release.set()
    assert await pool.submit(lambda: "again", copy_context()) == "again"
    pool.close()


@pytest.mark.parametrize("error", [KeyError("x"), StopIteration(), KeyboardInterrupt()])
async def test_an_error_comes_back_to_whoever_waits(error: BaseException) -> None:
    pool = ThreadRunner()

    def work() -> None:
        raise error

    with pytest.raises((KeyError, RuntimeError)):
        await pool.submit(work, copy_context())
    pool.close()


def test_work_that_ends_after_its_event_loop_disturbs_nobody() -> None:
    pool, release, threads = ThreadRunner(keep=0), threading.Event(), []

    def work() -> None:
        threads.append(threading.current_thread())
        release.wait(10)

    async def start() -> None:
        pool.submit(work, copy_context())

    asyncio.run(start())
    release.set()
    while not threads:
        time.sleep(0)
    threads[0].join(10)
    assert not threads[0].is_alive()


@pytest.mark.benchmark
async def test_handing_over_and_back_costs_no_more_than_the_standard_executor() -> None:
    pool, context, loop = ThreadRunner(), copy_context(), asyncio.get_running_loop()
    ours, theirs = 1.0, 1.0
    with ThreadPoolExecutor(1) as executor:
        for _ in range(500):
            began = time.perf_counter()
            await pool.submit(int, context)
            between = time.perf_counter()
            await loop.run_in_executor(executor, int)
            ours = min(ours, between - began)
            theirs = min(theirs, time.perf_counter() - between)
    pool.close()
    # The best of many, side by side: what it costs, not what else the machine was doing.
    assert ours < theirs * 1.25
