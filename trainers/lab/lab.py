"""Everything a page does with runs: start, pause, resume, stop, rewind, fork, try a remedy, watch.

The lab holds the run store and one process, the supervisor, which holds all others. No PyTorch is loaded here. A
supervisor that has died is started again at the next call; what it left is marked by its successor.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numerals import readable_epoch
from trainers.allowances import owner_of
from trainers.config import ModelTooLarge, RunConfig, fits, remedy_pair
from trainers.diagnosis import Finding, History, Remedy, diagnose
from trainers.lab.allowed import IMPORTED, ended_word, refusal
from trainers.lab.error import LabError
from trainers.lab.feed import Feed, watch
from trainers.lab.job import Job
from trainers.lab.job_kinds import JOBS, SCORE
from trainers.lab.ownership import TEACHER, not_yours
from trainers.lab.presented import members, presented
from trainers.lab.resuming import best_checkpoint, newest_checkpoint, queue_again, resumable, why_no_start
from trainers.lab.sizes import over, parameter_count
from trainers.lab.supervisor import READY
from trainers.lab.supervisor_handle import SupervisorHandle
from trainers.lab.turns import in_turn, no_room
from trainers.lab.varying.duration import about_seconds
from trainers.lab.worker import DEVICES_KEY, TROUBLE_KEY
from trainers.loop import Device
from trainers.store import (
    ENDED,
    TRAINING,
    Changes,
    LaidDown,
    RunFilter,
    Store,
    StoredCheckpoint,
    StoredJob,
    StoredRun,
    usable_folder,
)
from trainers.sweeps import SweepRequest

MAX_EPOCHS = 100_000
MAX_PINNED = 12
_PINNED = "pinned runs"
_DEVICES_SECONDS = 2.0
WENT_ON = "The run went on before it was done."
CANNOT_START = "The process that trains cannot be started; the server's log says why."


class Lab:
    """Safe to share between threads. url, folder: of the store; by default those of the environment.

    slots: runs at once; ``DESCENT_LAB_WORKERS`` or the CPU cores by default. threads: of the CPU for each run; one
    where several train at once. ready: workers kept warm for the next runs. ray: the address of a
    Ray cluster whose tasks the workers are, ``DESCENT_LAB_RAY`` by default; without one they are processes here.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        folder: Path | None = None,
        slots: int | None = None,
        threads: int | None = None,
        ready: int = READY,
        ray: str | None = None,
    ) -> None:
        folder = usable_folder(folder)
        self.store = Store.open(url, folder)
        self._slots = slots or _usual_slots()
        ray = ray or os.environ.get("DESCENT_LAB_RAY") or ""
        asked = slots or ("DESCENT_LAB_WORKERS" in os.environ and self._slots)
        self._supervisor = SupervisorHandle(
            {
                "url": url or os.environ.get("DESCENT_LAB_DATABASE") or "",
                "folder": str(folder),
                "slots": (asked or None) if ray else self._slots,  # a cluster says itself how many it has
                "ray": ray,
                "threads": threads or (1 if self._slots > 1 or ray else None),
                "ready": ready,
            }
        )
        self._devices: tuple[float, tuple[Device, ...] | None] = (-math.inf, None)

    # -- starting -----------------------------------------------------------------------------------------------

    def submit(
        self,
        config: RunConfig,
        *,
        name: str = "",
        device: str | None = None,
        experiment: str | None = None,
        role: str = "",
        visitor: str = "",
    ) -> str:
        """Put a run into the queue; its id. visitor: who asks; nobody fills the queue for all others.

        Raises:
            LabError: the queue is full, the model is too large for the user's own table, the run it begins with is gone
            or has another network, or no process can be started.
            StoreError: it cannot be stored.
        """
        parameters = self._count(config)
        with self._queueing(1, visitor) as change:
            columns: dict[str, Any] = {"device": device, "visitor": visitor, "parameters": parameters}
            made = change.create(config, name=name, experiment=experiment, role=role, **columns)
        return made.id

    def submit_together(
        self, runs: Sequence[tuple[str, RunConfig]], title: str, *, device: str | None = None, visitor: str = ""
    ) -> list[str]:
        """Put runs into the queue that are shown on one chart, each with its role, all or none; their ids."""
        counts = [self._count(config) for _, config in runs]
        with self._queueing(len(runs), visitor) as change:
            return _together(change, runs, counts, title, device=device, visitor=visitor)

    def members(self, run_id: str | None) -> list[StoredRun]:
        """The run and those it is shown with, in the order they were made; empty where there is no such run."""
        return members(self.store, run_id)

    def presented(self, runs: Sequence[tuple[str, RunConfig]]) -> str | None:
        """A run that shows these configurations already; None where they have to be trained."""
        return presented(self.store, runs)

    def shared(
        self, runs: Sequence[tuple[str, RunConfig]], title: str, *, device: str | None = None, visitor: str = ""
    ) -> str:
        """A run that shows these configurations, queued where there is none: of all who ask at once one trains them.

        Raises:
            LabError: as ``submit``.
        """
        known = self.presented(runs)
        if known is None:
            counts = [self._count(config) for _, config in runs]
            with self.store.changing(alone=True) as change:  # whoever was first has written by now
                known = self.presented(runs)
                if known is None:
                    self._room(change, len(runs), visitor)
                    known = _together(change, runs, counts, title, device=device, visitor=visitor)[0]
            self._supervisor.tell("wake")
        return known

    @contextmanager
    def _queueing(self, more: int, visitor: str = "", laid: Sequence[LaidDown] = ()) -> Iterator[Changes]:
        """A transaction that puts so many into the queue; the supervisor is woken when it is written."""
        with self.store.changing(alone=True, laid=laid) as change:
            self._room(change, more, visitor)
            yield change
        self._supervisor.tell("wake")

    # -- jobs beside training -----------------------------------------------------------------------------------

    def ask(
        self,
        kind: str,
        *,
        run: str | None = None,
        request: Mapping[str, Any] | None = None,
        device: str | None = None,
        visitor: str = "",
    ) -> str:
        """Put a job of this kind into the queue, about a run or none; its id. request: what it works on, plain values.

        The same that waits or is worked on already is not done twice: whoever asks for it too has a part in it, and
        where it was held it goes on.

        Raises:
            LabError: it cannot be done, or the queue is full. ValueError: an unknown kind, or a request that is no
            JSON.
        """
        job = JOBS.get(kind)
        if job is None or kind == TRAINING:
            raise ValueError(f"kind was given {kind!r:.40}; allowed is one of {', '.join(JOBS)}, runs are submitted")
        with self.store.changing(alone=True) as change:
            about = None if run is None else _known(change.run(run))
            _refuse(job.refused(change, about, request or {}))
            _refuse(_too_large(job, change, about, request or {}))
            made = _same(change, job, run, request or {})
            if made is None:
                self._room(change, 1, visitor)
                made = change.add_job(kind, run=run, request=request or {}, device=device, visitor=visitor)
                job.asked(change, made)
            else:
                change.join_job(made, visitor)
                if made.status == "paused" or made.wanted == "pause":
                    self._go_on(change, made)
        self._supervisor.tell("wake")
        return made.id

    def job(self, kind: str, id: str) -> StoredJob | None:
        """How far it is, and what has come of it; None where there is no such job."""
        seen = self.store.jobs.one(kind, id)
        if seen is not None and seen.active:
            self._supervisor.ensure()
        return seen

    def has_part(self, job: StoredJob, who: str | None) -> bool:
        """Whether orders of ``who`` about a job are heard: he has asked for it too, it is nobody's, or he teaches."""
        return not not_yours(job, who) or owner_of(who or "") in map(owner_of, self.store.jobs.askers(job))

    def stop_job(self, kind: str, id: str, *, by: str | None) -> bool:
        """End a job; one that waits leaves the queue. Whether it ends: where others wait for it, only ``by`` is let go.

        by: a visitor, who is to have a part in it; the teacher and the lab itself, None, end it for all.

        Raises:
            LabError: there is none, it has ended, or it is somebody else's.
        """
        return self._let_go(kind, id, by, looks=None)

    def leave_job(self, kind: str, id: str, *, by: str | None) -> bool:
        """One look less at a job: a page of a visitor turns away from it. As ``stop_job`` where that was the last."""
        return self._let_go(kind, id, by, looks=1)

    def _let_go(self, kind: str, id: str, by: str | None, *, looks: int | None) -> bool:
        with self.store.changing(alone=True) as change:
            job = _known_job(change, kind, id, by)
            if not job.active:
                raise LabError(f"This job has ended ({ended_word(job)}); there is nothing to stop.")
            if by is not None and by != TEACHER and change.leave_job(job, by, looks=looks):
                return False
            if _at_work(job):
                change.update_job(job, wanted="stop")
            else:
                change.update_job(job, status="stopped", sentence="Stopped before it began.", wanted="run")
                ended = change.job(kind, id)
                if ended is not None and kind in JOBS:
                    JOBS[kind].settled(change, ended)
        self._supervisor.ensure()
        return True

    def pause_job(self, kind: str, id: str, *, by: str | None) -> None:
        """Hold a job that can be gone on with. Raises LabError where there is none, it has ended or others wait."""
        with self.store.changing(alone=True) as change:
            job = _known_job(change, kind, id, by)
            if not job.active or job.wanted == "stop":
                raise LabError(f"This job has ended ({ended_word(job)}); there is nothing to pause.")
            if by is not None and by != TEACHER and len(change.askers(job)) > 1:
                raise LabError("Others wait for this too, so it is not held. Stop leaves it to them.")
            change.update_job(job, **({"wanted": "pause"} if _at_work(job) else {"status": "paused"}))
        self._supervisor.ensure()

    def resume_job(self, kind: str, id: str, *, by: str | None) -> None:
        """Let a job that is paused, or has ended before it was done, go on with what it has.

        What is done once for all who ask, and has ended, anybody may let go on: from then on it is his.

        Raises:
            LabError: there is none, it is done, or about to stop, or the queue is full.
        """
        with self.store.changing(alone=True) as change:
            job = change.job(kind, id)
            if job is not None and not job.active and kind in JOBS and JOBS[kind].shared:
                _hand_over(change, job, by)
            job = _known_job(change, kind, id, by)
            if job.status == "finished":
                raise LabError("This job is done; there is nothing to go on with.")
            if _at_work(job) and job.wanted == "stop":
                raise LabError("This job is about to stop; let it go on when it has stopped.")
            if job.status != "queued":
                self._go_on(change, job)
        self._supervisor.tell("wake")

    def _go_on(self, change: Changes, job: StoredJob) -> None:
        """A job that is held or has ended is worked on again. Raises LabError where it may not."""
        if job.kind in JOBS:
            _refuse(JOBS[job.kind].exhausted(job))
        if _at_work(job):
            change.update_job(job, wanted="run")
        else:
            self._room(change, 1, job.visitor)
            change.update_job(job, status="queued", sentence="", wanted="run", worker="", progress=None)

    # -- while it trains; ``by``: who gives the order, None the lab itself; whoever forgets it is told at once ------

    def pause(self, id: str, *, by: str | None) -> None:
        """Hold a run before its next step. Raises LabError where it does not train."""
        self._order("pause", id, by, wanted="pause")

    def stop(self, id: str, *, by: str | None) -> None:
        """End a run after its next step, with a checkpoint to go on from; one that waits leaves the queue.

        Raises:
            LabError: it has ended by itself meanwhile.
        """
        with self.store.changing() as change:
            run = _allowed("stop", change.run(id), by)
            if _at_work(run):
                change.update(id, wanted="stop")
            elif run.active:
                sentence = "Stopped." if run.step else "Stopped before it began."
                change.update(id, status="stopped", sentence=sentence, wanted="run")
        self._supervisor.ensure()

    def resume(self, id: str, *, by: str | None) -> None:
        """Let a paused run go on, or put one that has ended before its time into the queue again.

        Raises:
            LabError: there is nothing to go on with, or it is about to stop.
        """
        with self.store.changing(alone=True) as change:
            run = _allowed("resume", change.run(id), by)
            if _at_work(run):
                change.update(id, wanted="run")
            elif run.status != "queued":
                self._queue(change, run)
        self._supervisor.tell("wake")

    def rewind(self, id: str, checkpoint_id: str, *, by: str | None) -> None:
        """Back to a checkpoint: what came after it is dropped, and resuming goes on from there.

        Raises:
            LabError: it is not over, or somebody else has changed it meanwhile.
        """
        seen, kept = _allowed("rewind", self.store.run(id), by), self._checkpoint(id, checkpoint_id)
        told = [report for _, report in self.store.reports(id) if report.step <= kept.step]
        leaks = seen.facts.leaks if seen.facts else None
        reference = seen.facts.reference_metric if seen.facts else None
        history = History.from_reports(told, config=seen.config, leaks=leaks, reference_metric=reference)
        # The diagnosis takes a moment, in which others may have their say: nothing is locked meanwhile.
        findings = tuple(diagnose(history)) if len(history) else ()
        with self.store.changing() as change:
            run = _allowed("rewind", change.run(id), by)
            if (run.generation, run.last, run.config) != (seen.generation, seen.last, seen.config):
                raise LabError("Somebody else has changed this run meanwhile; look at it again before it is rewound.")
            _among(change.checkpoints(id), checkpoint_id)
            change.stop_jobs_about(id, WENT_ON)
            change.add_reports(
                id,
                [],
                drop_after_step=kept.step,
                status="stopped",
                sentence=f"Rewound to epoch {readable_epoch(kept.epoch)}.",
                findings=findings,
                test=None,
                resume=kept.id,
                wanted="run",
            )

    def train_on(self, id: str, epochs: int, *, by: str | None) -> None:
        """Train a run that has ended for so many more epochs than its configuration says, from its last checkpoint.

        Raises:
            LabError: it is active, has no checkpoint, or would have more epochs than are allowed.
        """
        with self.store.changing(alone=True) as change:
            run = _allowed("train_on", change.run(id), by)
            config = _config(run)
            if resumable(change.checkpoints(id), run) is None:
                raise LabError("No checkpoint of this run is left; start it anew with more epochs.")
            if epochs < 1 or config.budget.epochs + epochs > MAX_EPOCHS:
                raise LabError(f"Epochs were given as {epochs:,} more; allowed are up to {MAX_EPOCHS:,} in all.")
            longer = config.changed({"budget.epochs": config.budget.epochs + epochs})
            _count(longer)
            self._queue(change, run, config=longer)
        self._supervisor.tell("wake")

    def rename(self, id: str, name: str, *, by: str | None) -> None:
        """Raises LabError where there is no such run, ValueError for a name that is empty or too long."""
        self._order("rename", id, by, name=name)

    def delete(self, ids: Collection[str], *, by: str | None) -> None:
        """Runs with everything that belongs to them, all or none.

        Raises:
            ValueError: one is active, or another run is about to start from its checkpoint. LabError: one is somebody
            else's.
        """
        with self.store.changing() as change:
            for run in filter(None, map(change.run, ids)):
                _refuse(not_yours(run, by))
            change.delete(ids)
        self.store.give_back(quiet=False)

    # -- what only the teacher may do ---------------------------------------------------------------------------

    def pinned_ids(self) -> tuple[str, ...]:
        """Ids of the runs on the front page, the newest pin first."""
        kept = self.store.remembered(_PINNED)
        return tuple(one for one in kept if isinstance(one, str)) if isinstance(kept, list) else ()

    def pinned(self) -> list[StoredRun]:
        """The runs on the front page; those that were deleted are left out."""
        return [run for run in map(self.store.run, self.pinned_ids()) if run is not None]

    def pin(self, ids: Sequence[str], on: bool, *, by: str | None) -> None:
        """Put runs on the front page, or take them off it. Raises LabError: only the teacher may, and only so many."""
        _refuse(_no_teacher(by))
        others = [one for one in self.pinned_ids() if one not in ids]
        if on and len(others) + len(ids) > MAX_PINNED:
            raise LabError(f"{len(others)} runs are on the front page; {MAX_PINNED} may be. Take some off it first.")
        self.store.remember(_PINNED, [*ids, *others] if on else others)

    def clear(self, *, by: str | None) -> int:
        """Delete all runs that are over but those on the front page; how many. Raises LabError: only he may."""
        _refuse(_no_teacher(by))
        kept, gone = set(self.pinned_ids()), 0
        while True:
            some = [run.id for run in self.store.runs(RunFilter(statuses=ENDED)) if run.id not in kept]
            if not some:
                return gone
            before = gone
            for one in some:
                with suppress(ValueError):  # another run is about to start from its checkpoint
                    self.store.delete([one])
                    gone += 1
            if gone == before:
                return gone

    def _order(self, order: str, id: str, by: str | None, **columns: Any) -> None:
        with self.store.changing() as change:
            _allowed(order, change.run(id), by)
            change.update(id, **columns)
        self._supervisor.ensure()

    def _queue(self, change: Changes, run: StoredRun, **columns: Any) -> None:
        """Put a run that has ended, or has given up its place, into the queue."""
        self._room(change, 1, run.visitor)
        change.stop_jobs_about(run.id, WENT_ON)
        queue_again(change, run, **columns)

    # -- other runs from this one -------------------------------------------------------------------------------

    def fork(
        self,
        id: str,
        changes: Mapping[str, Any] | None = None,
        *,
        checkpoint_id: str | None = None,
        name: str = "",
        visitor: str = "",
    ) -> str:
        """A run of its own with other settings, from a checkpoint or, without one, from the beginning; its id.

        Where the changes make another network, it starts at the beginning.

        Raises:
            LabError: a change is refused, the model would be too large, or the checkpoint is gone or leaves no epoch.
        """
        run, checkpoint = _allowed("fork", self.store.run(id), None), None
        before = _config(run)
        after = _changed(before, changes or {})
        if checkpoint_id is not None and fits(before, after):
            checkpoint = self._checkpoint(id, checkpoint_id)
            if checkpoint.epoch >= after.budget.epochs:
                raise LabError(
                    f"This checkpoint stands at epoch {readable_epoch(checkpoint.epoch)} already; "
                    "give the fork more epochs."
                )
        return self._fork(run, checkpoint, [(name or f"Fork of {run.name}"[:80], "", after)], visitor=visitor)[0]

    def try_remedy(self, id: str, finding: Finding, remedy: Remedy, *, visitor: str = "") -> list[str]:
        """Two forks from the same start with the same seed and budget, unchanged and remedied, or none; their ids.

        Raises:
            LabError: the remedy changes nothing here, or is refused.
        """
        run = _allowed("remedy", self.store.run(id), None)
        config = _config(run)
        if not remedy.changes:
            raise LabError("This remedy is advice; there is no setting to change.")
        wanted, checkpoint = remedy.start, None
        if wanted != "beginning":
            checkpoint = self._start_of(run, wanted)
            wanted = wanted if checkpoint is not None else "beginning"
        if checkpoint is not None and not fits(config, _changed(config, remedy.changes)):
            wanted, checkpoint = "beginning", None
        epoch = checkpoint.epoch if checkpoint is not None else 0.0
        try:
            unchanged, remedied = remedy_pair(config, remedy.changes, epoch)
        except ValueError as error:
            raise LabError(f"This remedy is refused: {error}.") from None
        if unchanged == remedied:
            raise LabError("This remedy changes nothing in this run.")
        claim: dict[str, Any] = {
            "run": run.id,
            "kind": finding.kind,
            "evidence": finding.evidence,
            "label": remedy.label,
            "changes": dict(remedy.changes),
            "start": wanted,
            "epoch": epoch,
        }
        if wanted != remedy.start:
            claim["note"] = f"Both start at the beginning: the checkpoint ({remedy.start}) is gone or does not fit."
        both = (("unchanged", unchanged), ("remedied", remedied))
        sides = [(f"{run.name}, {role}"[-80:], role, side) for role, side in both]
        return self._fork(
            run, checkpoint, sides, experiment=(f"{finding.name}: {remedy.label}", claim), visitor=visitor
        )

    def _start_of(self, run: StoredRun, start: str) -> StoredCheckpoint | None:
        """The checkpoint that a remedy is to begin from; None where it is gone."""
        checkpoints = self.store.checkpoints(run.id)
        return newest_checkpoint([one for one in checkpoints if one.kind == "best"] if start == "best" else checkpoints)

    def _fork(
        self,
        run: StoredRun,
        kept: StoredCheckpoint | None,
        sides: Sequence[tuple[str, str, RunConfig]],
        *,
        experiment: tuple[str, Mapping[str, Any]] | None = None,
        visitor: str = "",
    ) -> list[str]:
        """A run for each (name, role, configuration), from this checkpoint or the beginning, or none; their ids."""
        counts = [self._count(config) if kept is None else _count(config) for _, _, config in sides]
        laid: list[LaidDown] = []
        if kept is not None:
            try:
                content = self.store.checkpoint_bytes(kept.id)
            except ValueError as error:
                raise LabError(str(error)) from None
            # Copies of their own: the run they come from may be deleted.
            laid = self.store.lay_down(content, kept.epoch, kept.step, len(sides))
        with self._queueing(len(sides), visitor, laid) as change:
            together = None if experiment is None else change.create_experiment(experiment[0], "remedy", experiment[1])
            made = [
                change.create(
                    config,
                    name=name,
                    role=role,
                    experiment=together.id if together else None,
                    start=start,
                    device=run.device,
                    parent=run.id,
                    parent_epoch=kept.epoch if kept is not None else 0.0,
                    parameters=count,
                    visitor=visitor,
                )
                for (name, role, config), start, count in zip(sides, laid or [None] * len(sides), counts, strict=True)
            ]
        return [each.id for each in made]

    def score_test(self, id: str, *, by: str | None) -> None:
        """Ask for the score on the test part; it arrives in ``StoredRun.test``.

        Raises:
            LabError: it is active, has no test part, or no checkpoint is left, or it is somebody else's.
        """
        _refuse(not_yours(_known(self.store.run(id)), by))  # which never changes
        self.ask(SCORE.kind, run=id, visitor="" if by is None else by)

    # -- what a page asks ---------------------------------------------------------------------------------------

    def refusal_of(self, config: RunConfig) -> str:
        """Why a run of these settings would be refused, in a sentence; empty where it would not."""
        try:
            self._count(config)
        except LabError as error:
            return str(error)
        return ""

    def best_weights(self, id: str) -> bytes:
        """The best kept weights of a run as one safetensors file, else the last; empty where none are left.

        Raises:
            StoreError: they cannot be read now.
        """
        kept = best_checkpoint(self.store.checkpoints(id))
        return b"" if kept is None else self.store.checkpoint_bytes(kept.id)

    def about_seconds(self, request: SweepRequest) -> float | None:
        """How long a search takes where nobody else trains; None where nothing like its runs was trained before."""
        return about_seconds(self.store, request, self._slots)

    def start_refused(self, config: RunConfig) -> str:
        """Why there are no weights of another run that this one could begin with; empty where none are asked for."""
        return why_no_start(self.store, config)

    def place(self, id: str) -> int | None:
        """The place in the queue, 1 is next; None for a run or a job that does not wait."""
        return self._places().get(id)

    def place_of_first(self, ids: Collection[str]) -> int | None:
        """The place of the next of these runs; None where one is at work or none waits."""
        places, runs = self._places(), [run for run in map(self.store.run, ids) if run is not None]
        if any(run.active and run.status != "queued" for run in runs):
            return None
        return min((places[id] for id in ids if id in places), default=None)

    def place_of_next(self, experiment: str) -> int | None:
        """The same of the runs of an experiment."""
        if self.store.count(RunFilter(statuses=("starting", "running", "paused"), experiment=experiment)):
            return None
        waiting = self.store.runs(RunFilter(statuses=("queued",), experiment=experiment))
        return self.place_of_first([run.id for run in waiting])

    def _places(self) -> dict[str, int]:
        return {job.id: number for number, job in enumerate(in_turn(*self.store.jobs.queue()), 1)}

    def slots(self) -> int:
        """Runs at once."""
        return self._slots

    def queue_length(self) -> int:
        """Runs that wait."""
        return self.store.count(RunFilter(statuses=("queued",)))

    def devices(self) -> tuple[Device, ...] | None:
        """All devices, the fastest first, as a worker has found them; None until one has."""
        asked, known = self._devices
        if known is None or time.monotonic() - asked > _DEVICES_SECONDS:
            stored = self.store.remembered(DEVICES_KEY)
            try:
                known = tuple(Device(**device) for device in stored) if stored else None
            except TypeError:
                known = None
            self._devices = (time.monotonic(), known)
        return known

    def trouble(self) -> str:
        """Why no run can begin now, as a sentence; empty where nothing is known to be wrong."""
        return str(self.store.remembered(TROUBLE_KEY) or "")

    def watch(self, id: str) -> Feed | None:
        """What there is to see of a run; None where there is no such run."""
        seen = watch(self.store, id)
        if seen is not None and seen.run.active:
            self._supervisor.ensure()
        return seen

    def warm(self) -> None:
        """Start the processes that train, in the background; at once where they run already."""
        self._supervisor.ensure()

    def close(self) -> None:
        """End all processes; runs are interrupted with a checkpoint to go on from."""
        self._supervisor.close()
        self.store.close()

    # -- within -------------------------------------------------------------------------------------------------

    def _room(self, change: Changes, more: int, visitor: str) -> None:
        """Raises LabError where so many more cannot wait, or nothing would ever begin."""
        if self._supervisor.failed:
            raise LabError(CANNOT_START)
        _refuse(no_room(change.waiting(), more, visitor))

    def _count(self, config: RunConfig) -> int | None:
        """``_count``. Raises LabError too where the run that it is to begin with is gone or does not fit."""
        _refuse(why_no_start(self.store, config))
        return _count(config)

    def _checkpoint(self, id: str, checkpoint_id: str) -> StoredCheckpoint:
        return _among(self.store.checkpoints(id), checkpoint_id)


def _together(
    change: Changes,
    runs: Sequence[tuple[str, RunConfig]],
    counts: Sequence[int | None],
    title: str,
    *,
    device: str | None,
    visitor: str,
) -> list[str]:
    """One run of its own, or several of one experiment; their ids."""
    experiment = change.create_experiment(title, "preset").id if len(runs) > 1 else None
    return [
        change.create(
            config,
            name=f"{title}: {role}"[:80] if role else title,
            experiment=experiment,
            role=role,
            device=device,
            visitor=visitor,
            parameters=count,
        ).id
        for (role, config), count in zip(runs, counts, strict=True)
    ]


def _no_teacher(by: str | None) -> str:
    return "" if by in (None, TEACHER) else "Only the teacher may do that."


def _known(run: StoredRun | None) -> StoredRun:
    if run is None:
        raise LabError("There is no such run; it may have been deleted.")
    return run


def _too_large(job: Job, change: Changes, run: StoredRun | None, request: Mapping[str, Any]) -> str:
    try:
        told = (over(size)[1] for size in job.largest(change, run, request))
        return next((why for why in told if why), "")
    except ModelTooLarge as error:
        return error.sentence


def _known_job(change: Changes, kind: str, id: str, by: str | None) -> StoredJob:
    """The job, in which ``by`` has a part. Raises LabError where there is none, or he has no part in it."""
    job = change.job(kind, id)
    if job is None:
        raise LabError("There is no such job; it may have been deleted.")
    if by is None or owner_of(by) not in map(owner_of, change.askers(job)):
        _refuse(not_yours(job, by))
    return job


def _hand_over(change: Changes, job: StoredJob, by: str | None) -> None:
    """What has ended stands with whoever lets it go on, where he has had no part in it."""
    if by is not None and by != TEACHER and owner_of(by) not in map(owner_of, change.askers(job)):
        change.join_job(job, by)
        change.leave_job(job, job.visitor)


def _same(change: Changes, job: Job, run: str | None, request: Mapping[str, Any]) -> StoredJob | None:
    """What waits or is worked on already, for the same request."""
    found = change.jobs_about(run, job.kind) if run is not None else []
    if job.shared and (same := change.same_job(job.kind, request)) is not None:
        found.append(same)
    goes_on = [same for same in found if same.active and same.wanted != "stop"]
    return next((same for same in goes_on if same.request == dict(request)), None)


def _at_work(job: StoredRun | StoredJob) -> bool:
    """Whether a worker has it; a paused run may have given up its place."""
    return job.active and (bool(job.worker) or job.status in ("starting", "running"))


def _refuse(why: str) -> None:
    if why:
        raise LabError(why)


def _allowed(order: str, run: StoredRun | None, by: str | None) -> StoredRun:
    """The run, which takes this order as it stands, and from this visitor. Raises LabError where it does not."""
    known = _known(run)
    _refuse(not_yours(known, by) or refusal(order, known))
    return known


def _among(kept: Sequence[StoredCheckpoint], checkpoint_id: str) -> StoredCheckpoint:
    checkpoint = next((one for one in kept if one.id == checkpoint_id), None)
    if checkpoint is None:
        raise LabError("This checkpoint is no longer kept; choose another one.")
    return checkpoint


def _config(run: StoredRun) -> RunConfig:
    if run.config is None:
        raise LabError(IMPORTED)
    return run.config


def _changed(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    try:
        return config.changed(changes)
    except ValueError as error:
        raise LabError(f"These settings are refused: {error}.") from None


def _count(config: RunConfig) -> int | None:
    """``parameter_count``. Raises LabError where the model is too large."""
    try:
        return parameter_count(config)
    except ModelTooLarge as error:
        raise LabError(error.sentence) from None


def _usual_slots() -> int:
    """``DESCENT_LAB_WORKERS``, else the CPU cores this process may use."""
    try:
        return max(1, min(256, int(os.environ["DESCENT_LAB_WORKERS"])))
    except (KeyError, ValueError):
        pass
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return os.cpu_count() or 1


_made: Lab | None = None
_making = threading.Lock()


def the_lab() -> Lab:
    """The one lab of this process, made at its first use."""
    global _made
    with _making:
        if _made is None:
            _made = Lab()
        return _made
