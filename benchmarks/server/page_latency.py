"""How long a page takes while two runs train, against the same page of the same server while it is idle.

    python -m benchmarks.server.page_latency

A rerun of the page is asked for as the frontend does after a control was moved, and timed until its end. Aim: 1.5x.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.server.viewers import asking, hear, until_training
from tests.browser.app_server import ROOT, serve
from trainers import RunConfig
from trainers.store import Store

PAGES = ("descent", "activations", "training")
RERUNS, PAUSE = 40, 0.1
LONG_RUN = {"data.size": 2000, "budget.epochs": 20_000, "watch.every": 10}


async def _rerun(socket: ClientConnection, page: str, query: str) -> float:
    begun = time.perf_counter()
    await socket.send(asking(query, page=page))
    while True:
        heard = await hear(socket, 30.0)
        if heard is None:
            raise RuntimeError(f"{page} did not answer within 30 s")
        if heard.WhichOneof("type") == "script_finished":
            return time.perf_counter() - begun


async def reruns(url: str, page: str, query: str) -> list[float]:
    """Seconds of each rerun after the first few."""
    address = urlsplit(url)
    async with connect(f"ws://{address.netloc}/_stcore/stream", max_size=None, origin=url) as socket:  # type: ignore[arg-type]
        took = []
        for _ in range(RERUNS):
            took.append(await _rerun(socket, page, query))
            await asyncio.sleep(PAUSE)
        return took[5:]


def main() -> None:
    """Print the ratio for each page."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/runs.sqlite3", Path(folder))
        done = store.create(RunConfig(), name="Ended", status="stopped")
        with serve(ROOT / "server.py", Path(folder) / "server.log", Path(folder)) as url:
            query = f"run={done.id}"  # a run that has ended: the page is the same in both measurements
            idle = {page: asyncio.run(reruns(url, page, query if page == "training" else "")) for page in PAGES}
            runs = [store.create(RunConfig().changed(LONG_RUN | {"budget.seed": seed})).id for seed in range(2)]
            until_training(store, url, f"run={runs[0]}", runs)
            busy = {page: asyncio.run(reruns(url, page, query if page == "training" else "")) for page in PAGES}
        for page in PAGES:
            before, after = (1e3 * np.array(times[page]) for times in (idle, busy))
            print(
                f"{page}: {np.median(before):.0f} ms idle, {np.median(after):.0f} ms while two runs train: "
                f"{np.median(after) / np.median(before):.2f}x (aim 1.5); 95 of 100 within "
                f"{np.quantile(before, 0.95):.0f} and {np.quantile(after, 0.95):.0f} ms"
            )
        store.close()


if __name__ == "__main__":
    main()
