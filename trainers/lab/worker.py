"""One worker process: it waits, warm, for one job, does it, writes all it tells to the run store, and ends.

Nothing of a run lives here alone: each delivery of reports is one transaction with the newest numbers and the diagnosis
so far, and checkpoints are kept every few seconds. Importing this module imports no PyTorch; the supervisor needs none.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from trainers.config import RunConfig
from trainers.lab.identity import identity
from trainers.lab.job import Job, Task, carry_out
from trainers.lab.job_kinds import JOBS
from trainers.lab.orders import SERVER_ENDED, Orders
from trainers.loop import devices
from trainers.store import Store, StoreError

# What a first job would otherwise wait for: modules that are imported when they are first used.
PRELOAD = ("trainers.lab.worker", *dict.fromkeys(name for job in JOBS.values() for name in job.preload))
LOG = logging.getLogger(__name__)
DEVICES_KEY = f"devices of {socket.gethostname()[:60]}"
TROUBLE_KEY = f"trouble of {socket.gethostname()[:60]}"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where a worker finds the store, and how it computes. threads: of the CPU; None for as many as suit the model.

    checkpoints: their address, where a worker on another machine does not have it of its environment.
    """

    url: str = field(repr=False)  # it may hold a password
    folder: Path
    threads: int | None = 1
    checkpoints: str = ""


def serve(pipe: Any, site: Site) -> None:
    """The life of a worker: say that it is ready, get one job, do it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, which ends its workers in order
    warm_up()
    try:
        store = Store.open(site.url, site.folder, make=False)
    except StoreError as error:
        LOG.error("a worker cannot open the run store: %s", error)
        sys.exit(1)
    try:
        who = identity()
        pipe.send({"worker": who, "devices": [asdict(device) for device in devices()]})
        given = _given(pipe)
        if given is not None:
            do(store, *given, who, pipe, site.threads)
    finally:
        store.close()


def _given(pipe: Any) -> tuple[Job, str] | None:
    """The one job of this process and its id; None where the supervisor has gone or has none."""
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return None


def do(store: Store, job: Job, id: str, who: str, pipe: Any = None, threads: int | None = 1) -> None:
    """Do a job that this worker has claimed."""
    claimed = store.jobs.one(job.kind, id)
    if claimed is None or claimed.worker != who:
        return
    with Orders(store, claimed, pipe) as orders:
        if hasattr(signal, "SIGTERM") and pipe is not None:
            signal.signal(signal.SIGTERM, lambda *_: orders.end(SERVER_ENDED))
        own_process = pipe is not None
        carry_out(job, Task(store=store, job=claimed, orders=orders, threads=threads, own_process=own_process))


def warm_up() -> None:
    """Train two steps of nothing: the first steps of a process load what the next ones have."""
    import torch

    from trainers.loop import train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    small = RunConfig().changed({"data.size": 20, "budget.epochs": 2, "watch.pictures": False})
    train(small, report=lambda reports: None, device="cpu", threads=1)
    torch.set_num_threads(threads)
