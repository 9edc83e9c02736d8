"""The one process that starts workers and watches them: ``python -m trainers.lab.supervisor``.

It keeps a few workers warm, gives waiting jobs to them in turn, and marks those whose worker has died. What kinds of
jobs there are it takes from their catalogue. A line on standard input wakes it at once; it also looks into the store
about every second, since another server may have put jobs there. The end of standard input is the end of the server:
workers keep a last checkpoint, and all processes end.
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
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from trainers.data import let_go_unused
from trainers.disk import checkpoint_limit
from trainers.lab.identity import is_alive
from trainers.lab.job import Job
from trainers.lab.job_kinds import JOBS
from trainers.lab.orders import LET_GO
from trainers.lab.places.place import Need, Place, PlaceAway
from trainers.lab.places.processes import Processes
from trainers.lab.places.ray_tasks import RayTasks
from trainers.lab.resuming import queue_again
from trainers.lab.turns import BUSY, at_work, has_his_share, in_turn, took_place
from trainers.lab.worker import DEVICES_KEY, TROUBLE_KEY, Site
from trainers.store import TRAINING, Store, StoredJob, StoreError, TakenOver

LOG = logging.getLogger("trainers.lab.supervisor")
LOOK_SECONDS = 1.0
LINGER_SECONDS = 1.0  # that a worker which has done a job waits for another before it ends
SWEEP_SECONDS = 5.0
PRUNE_SECONDS = 60.0
SILENT_SECONDS = 60.0  # without a heartbeat, after which a worker on another host is taken for dead
CALM_SECONDS = 1.0  # a job that has just begun has the machine to itself before the next worker is made ready
END_SECONDS = 10.0  # that workers have to keep a last checkpoint
READY = 2  # workers kept warm
MAX_FAILURES = 3  # of workers in a row that never became ready, before those who wait are told
MAX_MOVED = 2  # times that a run goes on by itself elsewhere, where the machine it was on is gone
AWAY_SECONDS = 5.0  # before workers are asked for again where there are none now
GPU_BYTES_A_RUN = 4_000_000_000


@dataclass(kw_only=True, eq=False)
class Worker:
    """A worker process: starting (no ``who`` yet), ready, or at work on a job.

    let_go: whether it was told to give up its place. dismissed: whether to end. until: when it ends, where it is used.
    """

    process: Any
    pipe: Any
    who: str = ""
    kind: Job | None = None
    job: StoredJob | None = None
    on_gpu: bool = False
    let_go: bool = False
    dismissed: bool = False
    until: float | None = None
    need: Need = field(default_factory=Need)

    @property
    def ready(self) -> bool:
        return bool(self.who) and self.job is None and not self.let_go


@dataclass(kw_only=True)
class Supervisor:
    """All workers of one server. slots: runs at once, None for as many as the place has. ready: workers kept warm."""

    store: Store
    site: Site
    slots: int | None
    ready: int = READY
    place: Place = field(default_factory=Processes)
    workers: list[Worker] = field(default_factory=list)
    devices: list[dict[str, Any]] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)  # of jobs that could begin if there were a worker
    moved: Counter[str] = field(default_factory=Counter)
    trouble: str = ""
    failures: int = 0
    start_at: float = 0.0
    sweep_at: float = 0.0
    prune_at: float = 0.0
    heard: dict[str, tuple[StoredJob, float]] = field(default_factory=dict)
    noticed: threading.Event = field(default_factory=threading.Event)  # that the server has ended

    @property
    def waiting(self) -> int:
        return len(self.needs)

    # -- the loop -----------------------------------------------------------------------------------------------

    def serve(self, lines: Any) -> None:
        """Until ``lines``, a connection that gets each line of standard input, says that it has ended."""
        while True:
            if self._attempt(self._sweep) and self._attempt(self._give_work):
                self._dismiss_used()
                self._start_workers()
                self._attempt(self._prune)
            watched = [lines, *(worker.process.sentinel for worker in self.workers)]
            watched += [worker.pipe for worker in self.workers if not (worker.ready or worker.dismissed)]
            happened = wait(watched, LOOK_SECONDS)
            for worker in [worker for worker in self.workers if worker.pipe in happened]:
                self._hear(worker)
            for worker in [worker for worker in self.workers if worker.process.sentinel in happened]:
                self._bury(worker)
            while lines.poll():
                if lines.recv() is None:
                    self.noticed.set()
                    return

    def _attempt(self, step: Callable[[], Any]) -> bool:
        """Whether it could be done: the store may be out of reach for a while, and the next round tries again."""
        try:
            step()
        except StoreError:
            return False
        return True

    def _hear(self, worker: Worker) -> None:
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            return  # its sentinel tells the rest
        if "free" in said:
            self._freed(worker)
            return
        worker.who = said["worker"]
        self.failures = 0
        devices = list(self.place.devices(self.devices, said["devices"]))
        if devices != self.devices:
            self.devices = devices
            self._attempt(lambda: self.store.remember(DEVICES_KEY, self.devices))

    def _freed(self, worker: Worker) -> None:
        """It has done its job, and may do another."""
        worker.kind, worker.job, worker.on_gpu = None, None, False
        worker.until = time.monotonic() + LINGER_SECONDS
        if worker.let_go:  # just when it had ended
            self._dismiss(worker)

    def _dismiss(self, worker: Worker) -> None:
        worker.let_go = worker.dismissed = True
        worker.pipe.close()

    def _dismiss_used(self) -> None:
        """Workers that have done a job and found no other end: what comes next has a fresh process."""
        for worker in self.workers:
            if worker.ready and worker.until is not None and time.monotonic() >= worker.until:
                self._dismiss(worker)

    # -- workers ------------------------------------------------------------------------------------------------

    def _start_workers(self) -> None:
        idle = [worker for worker in self.workers if worker.job is None and not worker.let_go]
        if self.place.on_demand:
            self._match(idle)
            return
        if len(idle) >= max(min(self.ready, self._slots()), min(self.waiting, 1)):
            return
        # One at a time: several that load at once keep the first from being ready.
        if all(worker.who for worker in self.workers):
            self._start(Need())

    def _match(self, idle: list[Worker]) -> None:
        """As many workers that have no job as there are jobs that wait for such, within the slots."""
        surplus = list(idle)
        unmet = []
        for need in self.needs:
            fit = next((worker for worker in surplus if worker.need == need), None)
            if fit is None:
                unmet.append(need)
            else:
                surplus.remove(fit)
        for worker in surplus:
            self._dismiss(worker)  # its job has been stopped, or another server has it
            if not worker.who:
                worker.process.kill()
        taken = sum(worker.need.cpus > 0 for worker in self.workers if not worker.let_go or worker.job is not None)
        for need in unmet:
            if need.cpus == 0 or taken < self._slots():
                taken += need.cpus > 0
                if not self._start(need):
                    return

    def _start(self, need: Need) -> bool:
        if time.monotonic() < self.start_at:
            return False
        try:
            process, pipe = self.place.start(need, self.site)
        except PlaceAway as error:
            self.start_at = time.monotonic() + AWAY_SECONDS
            self._tell_trouble(str(error))
            return False
        except (OSError, EOFError) as error:
            LOG.error("a worker cannot be started: %s", error)
            self._failed()
            return False
        self._tell_trouble("")
        self.workers.append(Worker(process=process, pipe=pipe, need=need))
        return True

    def forget_trouble(self) -> None:
        """What one before this has told."""
        if self.store.remembered(TROUBLE_KEY):
            self.store.remember(TROUBLE_KEY, "")

    def _tell_trouble(self, sentence: str) -> None:
        """Pages say why nothing begins."""
        if sentence != self.trouble:
            if sentence:
                LOG.error("%s", sentence)
            self.trouble = sentence
            self._attempt(lambda: self.store.remember(TROUBLE_KEY, sentence))

    def _failed(self) -> None:
        """A worker did not become ready: wait longer each time, and tell those who wait for one."""
        self.failures += 1
        self.start_at = time.monotonic() + min(30.0, 0.25 * 2**self.failures)
        if self.failures >= MAX_FAILURES and not any(worker.who for worker in self.workers):
            self._attempt(self._tell_waiting)

    def _tell_waiting(self) -> None:
        for job in self.store.jobs.listed(("queued",)):
            self._end(job, "No worker process can be started; the server's log says why.")

    def _bury(self, worker: Worker) -> None:
        """A worker has ended. What it left undone is marked; a store out of reach is asked again by the sweep."""
        worker.process.join()
        why, lost = self.place.death(worker.process), self.place.is_lost(worker.process)
        worker.process.close()
        worker.pipe.close()
        self.workers.remove(worker)
        if not worker.who and not worker.let_go:
            LOG.error("a worker ended before it was ready: %s", why)
            self._failed()
        elif worker.job is not None:
            self._attempt(lambda: self._left(worker, why, lost=lost))
            self.prune_at = 0.0

    def _left(self, worker: Worker, why: str, *, lost: bool = False) -> None:
        job = worker.job
        now = None if job is None else self.store.jobs.one(job.kind, job.id)
        left = [] if now is None or not now.active or now.worker != worker.who else [now]
        # It may have taken other runs, to train them with its own.
        left += [other for other in self.store.jobs.of_worker(worker.who) if now is None or other.id != now.id]
        for each in left:
            self._end(each, why)
            if lost and each.kind == TRAINING and self.moved[each.id] < MAX_MOVED:
                self.moved[each.id] += 1
                self._go_on_elsewhere(each.id)

    def _go_on_elsewhere(self, id: str) -> None:
        """The machine that a run was on is gone, which is no fault of its own: it waits for another."""
        with self.store.changing(alone=True) as change:
            run = change.run(id)
            if run is not None and run.status == "interrupted":
                queue_again(change, run)

    def _end(self, job: StoredJob, why: str) -> None:
        """It is interrupted, unless something has become of it since it was read."""
        kind = JOBS.get(job.kind)
        if kind is not None:
            with suppress(TakenOver):
                sentence = kind.interrupted(self.store, job, why)
                self.store.jobs.end(job, "interrupted", sentence, settled=kind.settled)

    # -- work ---------------------------------------------------------------------------------------------------

    def _give_work(self) -> None:
        # Used ones first: fresh ones cost a process, and stay for whoever comes when it is quiet.
        ready = sorted((worker for worker in self.workers if worker.ready), key=lambda worker: worker.until is None)
        self.needs, crowded = [], False
        jobs, served = self.store.jobs.queue()
        going = at_work(jobs)
        for job in in_turn(jobs, served):
            kind = JOBS.get(job.kind)
            if kind is None:
                continue  # of a program newer than this one
            if has_his_share(job, going):
                continue
            on_gpu = kind.slot and self._on_gpu(job)
            if not self._has_room(kind, on_gpu):
                crowded = crowded or kind.slot
                continue
            need = self.place.need(slot=kind.slot, on_gpu=on_gpu)
            fit = next((worker for worker in ready if worker.need == need), None)
            if fit is None:
                self.needs.append(need)
            elif self.store.jobs.claim(job, fit.who):
                ready.remove(fit)
                took_place(job, going)
                self._give(fit, kind, job, on_gpu)
        if crowded:
            self._ask_to_let_go()

    def _has_room(self, kind: Job, on_gpu: bool) -> bool:
        """Whether one more of this kind may be at work."""
        kinds = [worker.kind for worker in self.workers if worker.kind is not None]
        if kind.at_once is not None and sum(each.kind == kind.kind for each in kinds) >= kind.at_once:
            return False
        if kind.slot and sum(each.slot for each in kinds) >= self._slots():
            return False
        return not on_gpu or sum(worker.on_gpu for worker in self.workers) < self._gpu_slots()

    def _slots(self) -> int:
        return self.slots or self.place.slots() or 1

    def _give(self, worker: Worker, kind: Job, job: StoredJob, on_gpu: bool = False) -> None:
        worker.kind, worker.job, worker.on_gpu, worker.until = kind, job, on_gpu, None
        if any(other.ready for other in self.workers):
            # Where none is ready, the next one is needed at once.
            self.start_at = max(self.start_at, time.monotonic() + CALM_SECONDS)
        try:
            worker.pipe.send((kind, job.id))
        except OSError:
            LOG.warning("a worker died before it got its job")  # its sentinel tells the rest

    def _ask_to_let_go(self) -> None:
        """Others wait and no place is free: a paused run gives up its own; it goes on later from a checkpoint."""
        paused = {job.id for job in self.store.jobs.listed(("paused",))}
        for worker in self.workers:
            if worker.job is not None and worker.job.id in paused and not worker.let_go:
                worker.let_go = True
                with suppress(OSError):
                    worker.pipe.send(LET_GO)
                return

    def _on_gpu(self, job: StoredJob) -> bool:
        there = self.place.gpu_slots()
        if there is not None:
            return (job.device or ("cuda" if there else "cpu")).startswith("cuda")
        fastest = self.devices[0]["key"] if self.devices else "cpu"
        return (job.device or fastest).startswith("cuda")

    def _gpu_slots(self) -> int:
        """Runs at once on GPUs; each is given 4 GB, and one always fits."""
        there = self.place.gpu_slots()
        if there is not None:
            return max(1, there)
        memory = sum(device["memory"] or 0 for device in self.devices if device["kind"] == "cuda")
        return max(1, memory // GPU_BYTES_A_RUN)

    # -- what others left ---------------------------------------------------------------------------------------

    def _sweep(self) -> None:
        """Jobs whose worker is dead on this host, or has long been silent on another, are interrupted."""
        now = time.monotonic()
        if now < self.sweep_at:
            return
        self.sweep_at = now + SWEEP_SECONDS
        ours = {worker.who for worker in self.workers if worker.who}
        live = [job for job in self.store.jobs.listed((*BUSY, "paused")) if job.worker or job.status != "paused"]
        self.heard = {job.id: self.heard[job.id] for job in live if job.id in self.heard}
        for job in live:
            if job.worker in ours:
                continue
            alive = is_alive(job.worker)
            if alive is None:
                # Clocks of two hosts differ: what counts is how long the same signs of life have stood here.
                if job.id not in self.heard or self.heard[job.id][0] != job:
                    self.heard[job.id] = (job, now)
                alive = now - self.heard[job.id][1] < SILENT_SECONDS
            if not alive:
                self._end(job, "The process that worked on it is gone.")

    def _prune(self) -> None:
        if time.monotonic() >= self.prune_at:
            self.prune_at = time.monotonic() + PRUNE_SECONDS
            self.store.prune(checkpoint_limit(self.site.folder))
            let_go_unused(self.site.folder, self.store.uploads_in_use())
            self.store.give_back(quiet=not any(worker.job is not None for worker in self.workers))

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
            if worker.job is not None:
                self._attempt(lambda worker=worker: self._left(worker, self.place.death(worker.process)))
        self.place.close()


def _listen(stream: Any, pipe: Any, supervisor: Supervisor) -> None:
    """Pass on each line of standard input; None when it ends."""
    try:
        for line in stream:
            pipe.send(line.strip())
    finally:
        pipe.send(None)
        # While the first worker is made, which takes seconds, nothing else is noticed, and there is nothing to keep.
        if not supervisor.noticed.wait(2 * LOOK_SECONDS) and all(worker.job is None for worker in supervisor.workers):
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
    if settings.get("ray"):
        supervisor.place = RayTasks(settings["ray"])
    threading.Thread(target=_listen, args=(stream, told, supervisor), daemon=True).start()
    with suppress(StoreError):
        supervisor.forget_trouble()
    try:
        supervisor.serve(heard)
    finally:
        supervisor.close()
        store.close()


if __name__ == "__main__":
    sys.exit(main())
