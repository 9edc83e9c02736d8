"""A small load balancer for tests: a visitor's connections go to the same server each time, WebSockets among them."""

from __future__ import annotations

import asyncio
import re
import threading
import zlib
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from widgets.browser import OWN_COOKIE

_COOKIE = re.compile(rf"(?mi)^cookie:.*?\b{OWN_COOKIE}=([^;\s]+)")
_UPGRADE = re.compile(r"(?mi)^upgrade:\s*websocket")


class Balancer:
    """Passes each connection on as it is, to one of these servers. sockets: how many WebSockets each has been given."""

    def __init__(self, servers: Sequence[str]) -> None:
        self.places = [(urlsplit(url).hostname or "", urlsplit(url).port or 0) for url in servers]
        self.sockets: Counter[int] = Counter()
        self.loop = asyncio.new_event_loop()

    def server_of(self, cookie: str) -> int:
        """Which server whoever has this cookie is sent to."""
        return zlib.crc32(cookie.encode()) % len(self.places)

    async def start(self) -> int:
        """Listen; the port."""
        self.listening = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        return self.listening.sockets[0].getsockname()[1]

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        text = head.decode("latin-1")
        cookie = _COOKIE.search(text)
        number = 0 if cookie is None else self.server_of(cookie[1])
        self.sockets[number] += _UPGRADE.search(text) is not None
        behind_reader, behind_writer = await asyncio.open_connection(*self.places[number])
        behind_writer.write(head)
        await asyncio.gather(_pump(reader, behind_writer), _pump(behind_reader, writer))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while content := await source.read(65_536):
            sink.write(content)
            await sink.drain()
    sink.close()


@contextmanager
def balanced(servers: Sequence[str]) -> Iterator[tuple[str, Balancer]]:
    """The address of a balancer in front of these servers, below the path that they are under."""
    balancer = Balancer(servers)
    thread = threading.Thread(target=balancer.loop.run_forever, daemon=True)
    thread.start()

    def within(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, balancer.loop).result(60)

    async def end() -> None:
        balancer.listening.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield f"http://127.0.0.1:{within(balancer.start())}{urlsplit(servers[0]).path}", balancer
    finally:
        within(end())
        balancer.loop.call_soon_threadsafe(balancer.loop.stop)
        thread.join()
        balancer.loop.close()
