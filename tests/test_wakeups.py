"""An event loop that is woken once for many: nothing that threads hand over is left lying."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any

from wakeups import wake_once

THREADS, EACH = 8, 2000


def test_all_that_threads_hand_over_is_done_with_few_wakeups():
    async def handed() -> tuple[int, int]:
        loop: Any = asyncio.get_running_loop()
        bytes_written = done = 0
        write = loop._write_to_self

        def counted() -> None:
            nonlocal bytes_written
            bytes_written += 1
            write()

        loop._write_to_self = counted
        assert wake_once(loop)
        finished = asyncio.Event()

        def one() -> None:
            nonlocal done
            done += 1
            if done == THREADS * EACH:
                finished.set()

        def hand_over() -> None:
            for _ in range(EACH):
                loop.call_soon_threadsafe(one)

        threads = [Thread(target=hand_over) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        await asyncio.wait_for(finished.wait(), 60)
        for thread in threads:
            thread.join()
        return done, bytes_written

    done, written = asyncio.run(handed())
    assert done == THREADS * EACH
    assert 0 < written < done


def test_a_loop_that_sleeps_is_woken_each_time_anew():
    async def woken() -> list[int]:
        loop = asyncio.get_running_loop()
        assert wake_once(loop)
        told: list[int] = []
        for number in range(50):
            came = asyncio.Event()
            thread = Thread(target=lambda event=came: loop.call_soon_threadsafe(event.set))
            thread.start()
            await asyncio.wait_for(came.wait(), 60)
            thread.join()
            told.append(number)
        return told

    assert asyncio.run(woken()) == list(range(50))


def test_a_loop_of_another_kind_stays_as_it_is():
    class Other(asyncio.AbstractEventLoop):
        pass

    assert not wake_once(Other())
