"""What visitors who leave at once cost a server: 500 sockets opened, a page asked for, and dropped.

    python -m benchmarks.server.dropped_sockets [sockets] [page]

A page of its own runs on a free port. Printed are the server's memory and open files before, right after, and once a
minute later, in which nobody comes: Streamlit keeps a session for two minutes, and what is over is looked for every two
minutes. Before is after some first visitors, when all is imported. Linux only: both are read from /proc.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

ROOT = Path(__file__).parents[2]
AT_ONCE = 10
MINUTES = 5
FIRST = 40


def main(count: int, page: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")),
                *("--server.port", str(port), "--server.headless", "true"),
            ],
            env=os.environ | {"DESCENT_LAB_DATA": folder},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(_measure(server.pid, port, count, page))
        finally:
            server.terminate()
            server.wait()


async def _measure(pid: int, port: int, count: int, page: str) -> None:
    while not await _answers(port):
        await asyncio.sleep(0.2)
    await _visit(port, page, stay=50.0)
    await _drop(port, page, FIRST)
    await _visit(port, page, stay=20.0)
    _tell(pid, "after the first visitors")
    begin = time.monotonic()
    await _drop(port, page, count)
    _tell(pid, f"after {count} dropped sockets, {time.monotonic() - begin:.0f} s")
    for minute in range(1, MINUTES + 1):
        await asyncio.sleep(60)
        _tell(pid, f"{minute} min later")


async def _drop(port: int, page: str, count: int) -> None:
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(_visit(port, page, stay=0.2) for _ in range(min(AT_ONCE, count - first))))


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _visit(port: int, page: str, stay: float) -> None:
    """Open a socket, ask for a page, and leave after some seconds without a word."""
    asked = BackMsg()
    asked.rerun_script.page_name = page
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as connection:
        await connection.send(asked.SerializeToString())
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(stay):
                while True:
                    await connection.recv()
        connection.transport.abort()


def _tell(pid: int, when: str) -> None:
    status = Path(f"/proc/{pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
    threads = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads"))
    links = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            links.append(os.readlink(f"/proc/{pid}/fd/{name}"))
    kinds = {
        kind: sum(kind in link for link in links) for kind in ("sqlite", "socket:", "pipe:", "eventfd", "eventpoll")
    }
    told = ", ".join(f"{number} {kind.strip(':')}" for kind, number in kinds.items() if number)
    print(f"{when:>40}: {memory:5.0f} MB, {threads} threads, {len(links)} open files ({told})", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 500, given[1] if len(given) > 1 else "training")
