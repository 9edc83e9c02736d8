"""One worker process: it waits, warm, for a job, does it, and writes all it tells to the run store.

After a run that ended in order it may get another, for a process costs more than a short run does; else it ends.

Nothing of a run lives here alone: each delivery of reports is one transaction with the newest numbers and the diagnosis
so far, and checkpoints are kept every few seconds. Importing this module imports no PyTorch; the supervisor needs none.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # on Windows
    resource = None

from trainers.config import RunConfig
from trainers.lab.identity import identity
from trainers.lab.job import Job, Task, carry_out
from trainers.lab.job_kinds import JOBS
from trainers.lab.orders import LET_GO, SERVER_ENDED, Orders
from trainers.loop import devices
from trainers.store import Store, StoreError

# What a first job would otherwise wait for: modules that are imported when they are first used.
PRELOAD = ("trainers.lab.worker", *dict.fromkeys(name for job in JOBS.values() for name in job.preload))
LOG = logging.getLogger(__name__)
MOST_JOBS = 50  # of one process, before a fresh one takes its place
MOST_GROWTH = 1.5  # times the memory of one that is ready, likewise
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


def serve(pipe: Any, site: Site, jobs: int = MOST_JOBS) -> None:
    """The life of a worker: say that it is ready, get a job, do it, say that it is free, and so on for some jobs."""
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
        fresh = _Traces()
        for after in reversed(range(jobs)):
            given = _given(pipe)
            if given is None or not do(store, *given, who, pipe, site.threads) or fresh.has_changed():
                return
            if after:
                pipe.send({"free": who})
    except OSError:
        LOG.warning("a worker ends: its supervisor has gone")
    finally:
        store.close()


def _given(pipe: Any) -> tuple[Job, str] | None:
    """The next job of this process and its id; None where the supervisor has gone or has none."""
    try:
        while (said := pipe.recv()) == LET_GO:
            pass  # said to a run that had just ended
        return said
    except (EOFError, OSError):
        return None


def do(store: Store, job: Job, id: str, who: str, pipe: Any = None, threads: int | None = 1) -> bool:
    """Do a job that this worker has claimed; whether its process may do another after it."""
    claimed = store.jobs.one(job.kind, id)
    if claimed is None or claimed.worker != who:
        return False
    with Orders(store, claimed, pipe) as orders:
        if hasattr(signal, "SIGTERM") and pipe is not None:
            signal.signal(signal.SIGTERM, lambda *_: orders.end(SERVER_ENDED))
        own_process = pipe is not None
        task = Task(store=store, job=claimed, orders=orders, threads=threads, own_process=own_process)
        followed = carry_out(job, task) and job.followed and not orders.let_go
    if hasattr(signal, "SIGTERM") and pipe is not None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # between two jobs there is nothing to keep
    return followed


class _Traces:
    """What a job could leave in its process, as it was before the first."""

    def __init__(self) -> None:
        self._threads, self._memory = threading.active_count(), _most_memory()

    def has_changed(self) -> bool:
        """Whether a thread goes on, memory has grown by much, or a GPU has memory set aside."""
        import torch

        on_gpu = torch.cuda.is_initialized() and any(map(torch.cuda.memory_reserved, range(torch.cuda.device_count())))
        grown = _most_memory() > MOST_GROWTH * self._memory
        return on_gpu or grown or threading.active_count() > self._threads


def _most_memory() -> float:
    """The most that was in memory at once, in any unit; 0 where the system does not say."""
    if resource is None:
        return 0.0
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def warm_up() -> None:
    """Train two steps of nothing: the first steps of a process load what the next ones have."""
    import torch

    from trainers.loop import train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    small = RunConfig().changed({"data.size": 20, "budget.epochs": 2, "watch.pictures": False})
    train(small, report=lambda reports: None, device="cpu", threads=1)
    torch.set_num_threads(threads)
