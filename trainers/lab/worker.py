"""One worker process: it waits, warm, for one run, trains it, writes all it tells to the run store, and ends.

Nothing of a run lives here alone: each delivery of reports is one transaction with the newest numbers and the diagnosis
so far, and checkpoints are kept every few seconds. Importing this module imports no PyTorch; the supervisor needs none.
"""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trainers.config import RunConfig
from trainers.lab.identity import identity
from trainers.lab.orders import SERVER_ENDED, Orders
from trainers.loop import devices
from trainers.store import Store

# What a first run would otherwise wait for: modules that PyTorch and scikit-learn import when they are first used.
PRELOAD = (
    "torch",
    "torch._dynamo",
    "sklearn.ensemble",
    "sklearn.datasets",
    "trainers.lab.worker",
    "trainers.lab.work",
    "trainers.lab.scoring",
)
DEVICES_KEY = f"devices of {socket.gethostname()[:60]}"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a worker finds the store, and how it computes. threads: of the CPU; None for as many as suit the model."""

    url: str = field(repr=False)  # it may hold a password
    folder: Path
    threads: int | None = 1


def serve(pipe: Any, site: Site) -> None:
    """The life of a worker: say that it is ready, get one task, do it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, which ends its workers in order
    warm_up()
    store = Store.open(site.url, site.folder)
    try:
        who = identity()
        pipe.send({"worker": who, "devices": [asdict(device) for device in devices()]})
        task = _task(pipe)
        if task is not None:
            do(store, task, who, pipe, site.threads)
    finally:
        store.close()


def _task(pipe: Any) -> Mapping[str, str] | None:
    """The one task of this process; None where the supervisor has gone or has none."""
    try:
        task = pipe.recv()
    except (EOFError, OSError):
        return None
    return task if isinstance(task, dict) else None


def do(store: Store, task: Mapping[str, str], who: str, pipe: Any = None, threads: int | None = 1) -> None:
    """Train or score a run."""
    from trainers.lab.scoring import score_test
    from trainers.lab.work import TrainingWork

    if task["task"] == "score":
        score_test(store, task["run"])
        return
    with Orders(store, task["run"], who, pipe) as orders:
        if hasattr(signal, "SIGTERM") and pipe is not None:
            signal.signal(signal.SIGTERM, lambda *_: orders.end(SERVER_ENDED))
        run = store.run(task["run"])
        if run is not None and run.config is not None:
            TrainingWork(store=store, run=run, orders=orders, threads=threads, own_process=pipe is not None).go()


def warm_up() -> None:
    """Train two steps of nothing: the first steps of a process load what the next ones have."""
    import torch

    from trainers.loop import train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    small = RunConfig().changed({"data.size": 20, "budget.epochs": 2, "watch.pictures": False})
    train(small, report=lambda reports: None, device="cpu", threads=1)
    torch.set_num_threads(threads)
