"""Sixty students follow a lecture: how soon each hears of a change, has its picture, and has the whole page.

    python -m benchmarks.server.follow [followers] [changes] [servers]

Followers are WebSocket clients that speak Streamlit's protocol as its frontend does, each with the stream of the room
beside it: on a new link, each asks for a run of the page. The floor, in the same run, is one follower alone. Aim: 95 of
100 have the picture within a second. Several servers share a store, and followers are on them by turns; the lecturer is
on the first. Shares are of one core, of all servers and their processes. On a machine that others use, too, what a run
takes of the CPU says more than the seconds: one server runs pages on one core.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.server.viewers import hear, server_of
from tests.browser.app_server import ROOT, serve

FOLLOWERS, CHANGES, PAUSE, IDLE = 60, 8, 2.0, 8.0
SERIES, DRAGGED = 12, 4.0  # stops, and how many of them a second: a lecturer's browser tells no more
NO_PICTURES = ("address", "classroom", "pictures")
LINKS = {
    "descent": [f"steps={steps}" for steps in range(200, 400)],
    "losses": [f"error={error / 100}" for error in range(100, 300)],
}


@dataclass
class Follower:
    """heard, seen, ran: by the link, when he heard of it, when its picture came and when his page had run with it."""

    heard: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    ran: dict[str, float] = field(default_factory=dict)


async def post(netloc: str, what: str, told: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The answer to a post of a class, from the end of its head on."""
    host, port = netloc.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(told).encode()
    head = f"POST /class/{what} HTTP/1.1\r\nHost: {netloc}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def answered(netloc: str, what: str, told: Any) -> Any:
    """What a post is answered with."""
    reader, writer = await post(netloc, what, told)
    content = await reader.readuntil(b"}")
    writer.close()
    return json.loads(content)


def asking(page: str, query: str) -> bytes:
    """A run of a page as who follows asks for it: as for the browser's own back button."""
    asked = BackMsg()
    asked.rerun_script.query_string, asked.rerun_script.page_name = query, page
    asked.rerun_script.is_history_navigation = True
    return asked.SerializeToString()


def is_picture(element: Element) -> bool:
    """Whether it is one that a page is about; every page has components, too, that show nothing or stand aside."""
    kind = element.WhichOneof("type")
    if kind == "bidi_component":
        return element.bidi_component.component_name.rpartition(".")[2] not in NO_PICTURES
    return kind == "plotly_chart"


async def run(socket: ClientConnection, page: str, query: str) -> float:
    """Ask for a run, and await its end; gives when the first picture of the page came."""
    await socket.send(asking(page, query))
    seen = math.inf
    while True:
        heard = await hear(socket, 60.0)
        if heard is None:
            raise RuntimeError(f"{page} did not answer within a minute")
        kind, early = heard.WhichOneof("type"), ForwardMsg.FINISHED_EARLY_FOR_RERUN
        if kind == "delta" and is_picture(heard.delta.new_element):
            seen = min(seen, time.perf_counter())
        if kind == "script_finished" and heard.script_finished != early:
            if seen == math.inf:
                raise RuntimeError(f"{page} has no picture for {query!r}")
            return seen


async def follow(netloc: str, room: str, number: int, socket: ClientConnection, follower: Follower) -> None:
    """Listen, and go along: the latest link where several came while the page ran."""
    reader, _ = await post(netloc, "events", {"room": room, "id": f"Follower{number:06d}", "follows": True})
    latest: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def listening() -> None:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                told = json.loads(line[6:])
                follower.heard.setdefault(told["query"], time.perf_counter())
                latest.put_nowait(told)

    task = asyncio.create_task(listening())
    try:
        while True:
            told = await latest.get()
            while not latest.empty():
                told = latest.get_nowait()
            if told["path"]:
                seen = await run(socket, told["path"], told["query"])
                follower.seen.setdefault(told["query"], seen)
                follower.ran.setdefault(told["query"], time.perf_counter())
    finally:
        task.cancel()


def share(servers: Sequence[psutil.Process], before: float, began: float) -> float:
    """The share of a core since then."""
    return (used(servers) - before) / (time.perf_counter() - began)


def used(servers: Sequence[psutil.Process]) -> float:
    """CPU seconds of the servers and their processes."""
    times = [each.cpu_times() for server in servers for each in [server, *server.children(recursive=True)]]
    return sum(each.user + each.system for each in times)


async def lecture(urls: Sequence[str], servers: Sequence[psutil.Process], count: int, page: str, changes: int) -> None:
    """Print what so many followers get."""
    netlocs = [urlsplit(url).netloc for url in urls]
    netloc = netlocs[0]
    room = await answered(netloc, "open", {})
    followers = [Follower() for _ in range(count)]
    async with AsyncExitStack() as stack:
        sockets = []
        for number in range(count):
            url = urls[number % len(urls)]
            address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
            sockets.append(await stack.enter_async_context(connect(address, max_size=None, origin=url)))  # type: ignore[arg-type]
            await run(sockets[-1], page, LINKS[page][0])
        tasks = [
            asyncio.create_task(follow(netlocs[number % len(urls)], room["room"], number, socket, follower))
            for number, (socket, follower) in enumerate(zip(sockets, followers, strict=True))
        ]
        await asyncio.sleep(1.0)
        before, began = used(servers), time.perf_counter()
        await asyncio.sleep(IDLE)
        idle = share(servers, before, began)
        told: dict[str, float] = {}
        before, began, own = used(servers), time.perf_counter(), time.process_time()
        key = {"room": room["room"], "key": room["key"]}
        for query in LINKS[page][1 : changes + 1]:
            told[query] = time.perf_counter()
            await answered(netloc, "show", {**key, "path": page, "query": query, "front": False})
            await asyncio.sleep(max(0.0, told[query] + PAUSE - time.perf_counter()))
        busy, own = share(servers, before, began), (time.process_time() - own) / (time.perf_counter() - began)
        last = list(told)[-1]
        while not all(last in follower.ran for follower in followers):
            await asyncio.sleep(0.1)
        runs = sum(query in follower.ran for follower in followers for query in told)
        each = (used(servers) - before) / runs
        moment = 0.0
        dragged = LINKS[page][changes + 1 : changes + 1 + SERIES]
        for query in dragged:
            moment = time.perf_counter()
            await answered(netloc, "show", {**key, "path": page, "query": query, "front": False})
            await asyncio.sleep(max(0.0, moment + 1 / DRAGGED - time.perf_counter()))
        while not all(dragged[-1] in follower.ran for follower in followers):
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await answered(netloc, "close", {"room": room["room"], "key": room["key"]})
    heard = [follower.heard[query] - moment for follower in followers for query, moment in told.items()]
    seen = [follower.seen[q] - moment for follower in followers for q, moment in told.items() if q in follower.seen]
    ran = [follower.ran[q] - moment for follower in followers for q, moment in told.items() if q in follower.ran]
    missed = len(heard) - len(ran)
    last_seen = [follower.seen[dragged[-1]] - moment for follower in followers]
    pictures = sum(query in follower.seen for follower in followers for query in dragged) / count
    print(
        f"{count} on {page}: heard after {_ms(heard)}, picture after {_ms(seen)}, page run after {_ms(ran)}"
        f"{f' ({missed} of {len(heard)} overtaken by the next change)' if missed else ''}; "
        f"server{'s' * (len(urls) > 1)} {100 * idle:.1f} % of a core idle, {100 * busy:.0f} % with a change every "
        f"{PAUSE:g} s; {1e3 * each:.1f} ms of CPU a run; followers take {100 * own:.0f} % of a core, load of the "
        f"machine {os.getloadavg()[0]:.1f}\n"
        f"  a slider dragged through {SERIES} stops, {DRAGGED:g} a second: each sees {pictures:.1f} pictures, the last "
        f"after {_ms(last_seen)}",
        flush=True,
    )


def _ms(seconds: Sequence[float]) -> str:
    half, most = np.quantile(seconds, [0.5, 0.95])
    return f"{1e3 * half:.0f} ms, 95 of 100 within {1e3 * most:.0f} ms"


def main(count: int = FOLLOWERS, changes: int = CHANGES, servers: int = 1) -> None:
    """Print what one follower gets, and what all get, page by page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = [
            stack.enter_context(serve(ROOT / "server.py", folder / f"{number}.log", folder / "data"))
            for number in range(servers)
        ]
        processes = [server_of(url) for url in urls]
        for page in LINKS:
            for followers in (1, count):
                asyncio.run(lecture(urls, processes, followers, page, changes))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
