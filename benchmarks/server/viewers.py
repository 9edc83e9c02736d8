"""Thirty viewers of one live run: updates a second each gets, how long one takes, and the server's memory.

    python -m benchmarks.server.viewers [viewers] [seconds]

Viewers are WebSocket clients that speak Streamlit's protocol as its frontend does: they ask for the fragment again at
the interval the server tells. The floor, in the same run, is one viewer alone. Aim: every viewer gets 2 updates a
second or more, 95 of 100 within 100 ms, and memory stays flat.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.app_server import ROOT, serve
from trainers import RunConfig
from trainers.store import Store

VIEWERS, SECONDS, WARM_UP = 30, 20.0, 6.0
LONG_RUN = {"data.size": 2000, "budget.epochs": 20_000, "watch.every": 10}


@dataclass
class Viewer:
    """What one viewer got: when each update came, and how long each took from asking to its end."""

    came: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    received: int = 0


def asking(query: str, *, page: str = "training", fragment: str = "") -> bytes:
    """The message that asks for a run of a page, or of a fragment of the one that is open."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = "" if fragment else page
    asked.rerun_script.fragment_id = fragment
    asked.rerun_script.is_auto_rerun = bool(fragment)
    return asked.SerializeToString()


async def _follow(url: str, query: str, viewer: Viewer, until: float) -> None:
    address = urlsplit(url)
    async with connect(f"ws://{address.netloc}/_stcore/stream", max_size=None, origin=url) as socket:  # type: ignore[arg-type]
        await socket.send(asking(query))
        interval, fragment, page = 0.4, "", ""
        asked, waiting, next_time, updated = 0.0, False, 0.0, False
        while (now := time.perf_counter()) < until:
            if fragment and not waiting and now >= next_time:
                message = BackMsg()
                message.ParseFromString(asking(query, fragment=fragment))
                message.rerun_script.page_script_hash = page
                await socket.send(message.SerializeToString())
                asked, waiting, updated = time.perf_counter(), True, False
                next_time = asked + interval
            heard = await hear(socket, max(0.005, min(0.05, next_time - now if fragment else 0.05)))
            if heard is None:
                continue
            viewer.received += heard.ByteSize()
            kind = heard.WhichOneof("type")
            if kind == "new_session":
                page = heard.new_session.page_script_hash or page
            elif kind == "auto_rerun":
                interval, fragment = heard.auto_rerun.interval, heard.auto_rerun.fragment_id
                next_time = max(next_time, time.perf_counter() + interval)
            elif kind == "delta" and waiting:
                updated = updated or heard.delta.new_element.WhichOneof("type") == "bidi_component"
            elif kind == "script_finished" and waiting:
                done, waiting = time.perf_counter(), False
                viewer.took.append(done - asked)
                if updated:
                    viewer.came.append(done)


async def hear(socket: ClientConnection, seconds: float) -> ForwardMsg | None:
    """The next message, None where none comes in so many seconds."""
    try:
        content = await asyncio.wait_for(socket.recv(), seconds)
    except TimeoutError:
        return None
    heard = ForwardMsg()
    heard.ParseFromString(content if isinstance(content, bytes) else content.encode())
    return heard


async def watched_by(url: str, query: str, count: int, seconds: float) -> list[Viewer]:
    """What so many viewers at once got in so many seconds, the start left out."""
    viewers = [Viewer() for _ in range(count)]
    begun = time.perf_counter()
    until = begun + WARM_UP + seconds
    async with asyncio.TaskGroup() as group:
        for viewer in viewers:
            group.create_task(_follow(url, query, viewer, until))
            await asyncio.sleep(WARM_UP / 2 / count)  # a class does not open a link in the same millisecond
    for viewer in viewers:
        warm = [i for i, moment in enumerate(viewer.came) if moment > begun + WARM_UP]
        viewer.took = viewer.took[-len(warm) or len(viewer.took) :]
        viewer.came = [viewer.came[i] for i in warm]
    return viewers


def until_training(store: Store, url: str, query: str, runs: list[str]) -> None:
    """Look at a run until the processes that train are up and at these runs.

    Raises:
        RuntimeError: they are not after a minute.
    """
    for _ in range(10):
        asyncio.run(watched_by(url, query, 1, 0.0))
        if all((run := store.run(one)) and run.status == "running" and run.last > 1 for one in runs):
            return
    raise RuntimeError("the runs that are to be watched do not train")


def server_of(url: str) -> psutil.Process:
    """The process that answers there, among those that this one has started."""
    port = urlsplit(url).port
    return next(
        process
        for process in psutil.Process().children(recursive=True)
        if any(c.status == "LISTEN" and c.laddr.port == port for c in process.net_connections())
    )


def _told(name: str, viewers: list[Viewer], seconds: float) -> None:
    rates = [len(viewer.came) / seconds for viewer in viewers]
    took = np.concatenate([viewer.took for viewer in viewers]) if viewers else np.zeros(1)
    print(
        f"{name}: {min(rates):.2f} to {max(rates):.2f} updates a second each (aim 2); a tick takes "
        f"{1e3 * np.median(took):.0f} ms, 95 of 100 within {1e3 * np.quantile(took, 0.95):.0f} ms (aim 100); "
        f"{sum(viewer.received for viewer in viewers) / len(viewers) / (seconds + WARM_UP) / 1e3:.0f} kB/s each"
    )


def main(count: int = VIEWERS, seconds: float = SECONDS) -> None:
    """Print what one viewer gets, what all get, and the server's memory before, in the middle and after."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/runs.sqlite3", Path(folder))
        run = store.create(RunConfig().changed(LONG_RUN), name="Feed by many")
        with serve(ROOT / "server.py", Path(folder) / "server.log", Path(folder)) as url:
            query = f"run={run.id}"
            until_training(store, url, query, [run.id])
            server = server_of(url)
            _told("1 viewer", asyncio.run(watched_by(url, query, 1, seconds)), seconds)
            memory = [server.memory_info().rss]
            for _ in range(2):
                _told(f"{count} viewers", asyncio.run(watched_by(url, query, count, seconds)), seconds)
                memory.append(server.memory_info().rss)
            print("server's memory, MB: " + ", then ".join(f"{size / 1e6:.0f}" for size in memory))
        store.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]), *(float(argument) for argument in sys.argv[2:3]))
