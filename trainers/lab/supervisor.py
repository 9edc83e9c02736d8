"""The one process that starts workers and watches them: ``python -m trainers.lab.supervisor``.

Its settings come on standard input.
It keeps a few workers warm, gives queued runs to them in order, and marks runs whose worker has died. A line on
standard input wakes it at once; it also looks into the store about every second, since another server may have put runs
there. The end of standard input is the end of the server: workers keep a last checkpoint, and all processes end.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from trainers.disk import checkpoint_limit
from trainers.lab.identity import is_alive
from trainers.lab.resuming import death_of, going_on, unscored
from trainers.lab.worker import DEVICES_KEY, PRELOAD, Site, serve
from trainers.store import Store, StoredRun, StoreError

LOG = logging.getLogger("trainers.lab.supervisor")
LOOK_SECONDS = 1.0
SWEEP_SECONDS = 5.0
PRUNE_SECONDS = 60.0
SILENT_SECONDS = 60.0  # without a heartbeat, after which a worker on another host is taken for dead
CALM_SECONDS = 1.0  # a run that has just begun has the machine to itself before the next worker is made ready
END_SECONDS = 10.0  # that workers have to keep a last checkpoint
READY = 2  # workers kept warm
MAX_FAILURES = 3  # of workers in a row that never became ready, before waiting runs are told
GPU_BYTES_A_RUN = 4_000_000_000


@dataclass(kw_only=True, eq=False)
class Worker:
    """A worker process: starting (no ``who`` yet), ready, or at work on a run."""

    process: Any
    pipe: Any
    who: str = ""
    run: str = ""
    task: str = ""
    on_gpu: bool = False

    @property
    def ready(self) -> bool:
        return bool(self.who) and not self.run


@dataclass(kw_only=True)
class Supervisor:
    """All workers of one server. slots: runs at once. ready: workers kept warm."""

    store: Store
    site: Site
    slots: int
    ready: int = READY
    workers: list[Worker] = field(default_factory=list)
    to_score: list[str] = field(default_factory=list)
    devices: list[dict[str, Any]] = field(default_factory=list)
    waiting: int = 0  # runs that could train if there were a worker
    failures: int = 0
    start_at: float = 0.0
    sweep_at: float = 0.0
    prune_at: float = 0.0
    heard: dict[str, tuple[Any, float]] = field(default_factory=dict)
    noticed: threading.Event = field(default_factory=threading.Event)  # that the server has ended

    def __post_init__(self) -> None:
        methods = multiprocessing.get_all_start_methods()
        self.context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self.context.set_forkserver_preload(list(PRELOAD))
        # Asked for by a server that has ended since.
        self.to_score = [run.id for run in self.store.runs(limit=500) if run.wanted == "score" and not run.active]

    # -- the loop -----------------------------------------------------------------------------------------------

    def serve(self, lines: Any) -> None:
        """Until ``lines``, a connection that gets each line of standard input, says that it has ended."""
        while True:
            self._attempt(self._sweep)
            self._attempt(self._give_work)
            self._start_workers()
            self._attempt(self._prune)
            watched = [lines, *(worker.process.sentinel for worker in self.workers)]
            watched += [worker.pipe for worker in self.workers if not worker.who]
            happened = wait(watched, LOOK_SECONDS)
            for worker in [worker for worker in self.workers if worker.pipe in happened]:
                self._hear(worker)
            for worker in [worker for worker in self.workers if worker.process.sentinel in happened]:
                self._bury(worker)
            while lines.poll():
                line = lines.recv()
                if line is None:
                    self.noticed.set()
                    return
                word, _, run_id = line.partition(" ")
                if word == "score" and run_id not in self.to_score:
                    self.to_score.append(run_id)

    def _attempt(self, step: Any) -> None:
        """The store may be out of reach for a while; the next round tries again."""
        try:
            step()
        except StoreError as error:
            LOG.warning("the run store does not answer: %s", error)

    def _hear(self, worker: Worker) -> None:
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            return  # its sentinel tells the rest
        worker.who = said["worker"]
        self.failures = 0
        if said["devices"] != self.devices:
            self.devices = said["devices"]
            self._attempt(lambda: self.store.remember(DEVICES_KEY, self.devices))

    # -- workers ------------------------------------------------------------------------------------------------

    def _start_workers(self) -> None:
        idle = sum(not worker.run for worker in self.workers)
        if idle >= max(min(self.ready, self.slots), min(self.waiting, 1)) or time.monotonic() < self.start_at:
            return
        # One at a time: several that load at once keep the first from being ready.
        if any(not worker.who for worker in self.workers):
            return
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=serve, args=(theirs, self.site), daemon=True)
        try:
            process.start()
        except (OSError, EOFError) as error:
            LOG.error("a worker cannot be started: %s", error)
            self._failed()
            ours.close()
        else:
            self.workers.append(Worker(process=process, pipe=ours))
        finally:
            theirs.close()

    def _failed(self) -> None:
        """A worker did not become ready: wait longer each time, and tell those who wait for one."""
        self.failures += 1
        self.start_at = time.monotonic() + min(30.0, 0.25 * 2**self.failures)
        if self.failures >= MAX_FAILURES and not any(worker.who for worker in self.workers):
            self._attempt(self._tell_waiting)

    def _tell_waiting(self) -> None:
        for run in self.store.runs(statuses=("queued",), limit=500):
            if self.store.claim(run.id, ""):
                self._end(run, "No worker process can be started; the server's log says why.")

    def _bury(self, worker: Worker) -> None:
        """A worker has ended. What it left undone is marked; a store out of reach is asked again by the sweep."""
        worker.process.join()
        code = worker.process.exitcode
        worker.process.close()
        worker.pipe.close()
        self.workers.remove(worker)
        if not worker.who:
            LOG.error("a worker ended before it was ready, with exit code %s", code)
            self._failed()
        elif worker.run:
            self._attempt(lambda: self._left(worker, code))
            self.prune_at = 0.0

    def _left(self, worker: Worker, code: int | None) -> None:
        run = self.store.run(worker.run)
        if run is None:
            return
        if worker.task == "score" and run.wanted == "score":
            unscored(self.store, run.id, death_of(code))
        elif run.active and run.worker == worker.who:
            self._end(run, death_of(code))

    def _end(self, run: StoredRun, why: str) -> None:
        sentence = f"{why} {going_on(self.store, run.id)}"
        self.store.update(run.id, status="interrupted", sentence=sentence, wanted="run", worker="")

    # -- work ---------------------------------------------------------------------------------------------------

    def _give_work(self) -> None:
        ready = [worker for worker in self.workers if worker.ready]
        self.waiting = len(self.to_score)
        if ready and self.to_score and not any(worker.task == "score" for worker in self.workers):
            self._give(ready.pop(), self.to_score.pop(0), "score")
        busy = sum(worker.task == "train" for worker in self.workers)
        if busy >= self.slots:
            return
        for run in reversed(self.store.runs(statuses=("queued",), limit=500)):
            if busy >= self.slots:
                return
            on_gpu = self._on_gpu(run)
            if on_gpu and sum(worker.on_gpu for worker in self.workers) >= self._gpu_slots():
                continue
            if not ready:
                self.waiting += 1
            elif self.store.claim(run.id, ready[0].who):
                self._give(ready.pop(0), run.id, "train", on_gpu)
                busy += 1

    def _give(self, worker: Worker, run_id: str, task: str, on_gpu: bool = False) -> None:
        worker.run, worker.task, worker.on_gpu = run_id, task, on_gpu
        if any(other.ready for other in self.workers):
            # Where none is ready, the next one is needed at once.
            self.start_at = max(self.start_at, time.monotonic() + CALM_SECONDS)
        try:
            worker.pipe.send({"task": task, "run": run_id})
        except OSError:
            LOG.warning("a worker died before it got its run")  # its sentinel tells the rest

    def _on_gpu(self, run: StoredRun) -> bool:
        fastest = self.devices[0]["key"] if self.devices else "cpu"
        return (run.device or fastest).startswith("cuda")

    def _gpu_slots(self) -> int:
        """Runs at once on GPUs; each is given 4 GB, and one always fits."""
        memory = sum(device["memory"] or 0 for device in self.devices if device["kind"] == "cuda")
        return max(1, memory // GPU_BYTES_A_RUN)

    # -- what others left ---------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Runs whose worker is dead on this host, or has long been silent on another, are interrupted."""
        now = time.monotonic()
        if now < self.sweep_at:
            return
        self.sweep_at = now + SWEEP_SECONDS
        ours = {worker.who for worker in self.workers if worker.who}
        live = self.store.runs(statuses=("starting", "running", "paused"), limit=500)
        self.heard = {run.id: self.heard[run.id] for run in live if run.id in self.heard}
        for run in live:
            if run.worker in ours:
                continue
            alive = is_alive(run.worker)
            if alive is None:
                # Clocks of two hosts differ: what counts is how long the same heartbeat has stood here.
                sign = (run.worker, run.heartbeat, run.revision)
                if self.heard.get(run.id, (None, 0.0))[0] != sign:
                    self.heard[run.id] = (sign, now)
                alive = now - self.heard[run.id][1] < SILENT_SECONDS
            if not alive:
                self._end(run, "The process that trained it is gone.")

    def _prune(self) -> None:
        if time.monotonic() >= self.prune_at:
            self.prune_at = time.monotonic() + PRUNE_SECONDS
            self.store.prune(checkpoint_limit(self.site.folder))

    # -- the end ------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End all workers: idle ones at once, others when they have kept a last checkpoint."""
        for worker in self.workers:
            worker.pipe.close()  # its end of the line says that the server has ended
        until = time.monotonic() + END_SECONDS
        for worker in self.workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
            if worker.run:
                self._attempt(lambda worker=worker: self._left(worker, worker.process.exitcode))


def _listen(stream: Any, pipe: Any, supervisor: Supervisor) -> None:
    """Pass on each line of standard input; None when it ends."""
    try:
        for line in stream:
            pipe.send(line.strip())
    finally:
        pipe.send(None)
        # While the first worker is made, which takes seconds, nothing else is noticed, and there is nothing to keep.
        if not supervisor.noticed.wait(2 * LOOK_SECONDS) and not any(worker.run for worker in supervisor.workers):
            os._exit(0)


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    # Workers inherit standard input: theirs is to be empty.
    stream = os.fdopen(os.dup(0), encoding="utf-8", errors="replace")
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    settings = json.loads(stream.readline() or "null")
    if settings is None:
        return
    heard, told = multiprocessing.Pipe(duplex=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.send(None))
    site = Site(url=settings["url"], folder=Path(settings["folder"]), threads=settings["threads"])
    store = Store.open(site.url, site.folder)
    supervisor = Supervisor(store=store, site=site, slots=settings["slots"], ready=settings["ready"])
    threading.Thread(target=_listen, args=(stream, told, supervisor), daemon=True).start()
    try:
        supervisor.serve(heard)
    finally:
        supervisor.close()
        store.close()


if __name__ == "__main__":
    sys.exit(main())
