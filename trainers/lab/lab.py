"""Everything a page does with runs: start, pause, resume, stop, rewind, fork, try a remedy, watch.

The lab holds the run store and one process, the supervisor, which holds all others. No PyTorch is loaded here. A
supervisor that has died is started again at the next call; what it left is marked by its successor.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainers.config import RunConfig, fits, remedy_pair
from trainers.diagnosis import Finding, History, Remedy, diagnose
from trainers.lab.feed import Watched, watch
from trainers.lab.resuming import best_checkpoint, newest_checkpoint, resumable
from trainers.lab.supervisor import READY
from trainers.lab.supervisor_handle import Supervised
from trainers.lab.worker import DEVICES_KEY
from trainers.loop import Device
from trainers.store import Store, StoredCheckpoint, StoredRun, usable_folder

MAX_QUEUE = 100
MAX_EPOCHS = 100_000
_DEVICES_SECONDS = 2.0
CANNOT_START = "The process that trains cannot be started; the server's log says why."


class LabError(ValueError):
    """What was asked for cannot be done; the message is a sentence for the user."""


class Lab:
    """Safe to share between threads. url, folder: of the store; by default those of the environment.

    slots: runs at once; ``DESCENT_LAB_WORKERS`` or the CPU cores by default. threads: of the CPU for each run; one
    where several train at once. ready: workers kept warm for the next runs.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        folder: Path | None = None,
        slots: int | None = None,
        threads: int | None = None,
        ready: int = READY,
    ) -> None:
        folder = usable_folder(folder)
        self.store = Store.open(url, folder)
        self._slots = slots or _usual_slots()
        self._supervised = Supervised(
            {
                "url": url or os.environ.get("DESCENT_LAB_DATABASE") or "",
                "folder": str(folder),
                "slots": self._slots,
                "threads": threads or (1 if self._slots > 1 else None),
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
    ) -> str:
        """Put a run into the queue; its id.

        Raises:
            LabError: the queue is full, or no process can be started. StoreError: it cannot be stored.
        """
        self._room(1)
        return self._submit(config, name=name, device=device, experiment=experiment, role=role)

    def submit_together(
        self, runs: Sequence[tuple[str, RunConfig]], title: str, *, device: str | None = None
    ) -> list[str]:
        """Put runs into the queue that are shown on one chart, each with its role; their ids."""
        self._room(len(runs))
        experiment = self.store.create_experiment(title, "preset").id
        return [
            self._submit(
                config, name=f"{title}: {role}"[:80] if role else title, device=device, experiment=experiment, role=role
            )
            for role, config in runs
        ]

    def _submit(self, config: RunConfig, **columns: Any) -> str:
        run = self.store.create(config, parameters=config.parameter_count(), **columns)
        self._supervised.tell("wake")
        return run.id

    def _room(self, runs: int) -> None:
        if self.queue_length() + runs > MAX_QUEUE:
            raise LabError(f"The queue is full: {MAX_QUEUE} runs wait. Stop some of them, or try again later.")
        if self._supervised.failed:
            raise LabError(CANNOT_START)

    # -- while it trains ----------------------------------------------------------------------------------------

    def pause(self, id: str) -> None:
        """Hold a run before its next step. Raises LabError where it does not train."""
        run = self._run(id)
        if run.status == "queued":
            raise LabError("This run waits in the queue; there is nothing to pause yet.")
        if not run.active:
            raise LabError(f"This run has ended ({_word(run)}); there is nothing to pause.")
        self._want(run, "pause")

    def stop(self, id: str) -> None:
        """End a run after its next step, with a checkpoint to go on from; one that waits leaves the queue."""
        run = self._run(id)
        if not run.active:
            return
        # Whoever claims a queued run owns it; a worker that was faster sees the wish.
        if run.status == "queued" and self.store.claim(id, ""):
            self.store.update(id, status="stopped", sentence="Stopped before it began.", wanted="run", worker="")
            return
        self._want(run, "stop")

    def resume(self, id: str) -> None:
        """Let a paused run go on, or put one that has ended before its time into the queue again.

        Raises:
            LabError: there is nothing to go on with.
        """
        run = self._run(id)
        if run.active:
            self._want(run, "run")
            return
        config = _config(run)
        if run.status == "finished":
            raise LabError("This run has finished its epochs; train on gives it more.")
        if run.status == "diverged":
            raise LabError("The loss of this run is no number; rewind to a checkpoint, or fork with another rate.")
        self._queue(run, config)

    def rewind(self, id: str, checkpoint_id: str) -> None:
        """Back to a checkpoint: what came after it is dropped, and resuming goes on from there."""
        run, kept = self._ended(id), self._checkpoint(id, checkpoint_id)
        config = _config(run)
        told = [report for _, report in self.store.reports(id) if report.step <= kept.step]
        leaks = run.facts.leaks if run.facts else None
        reference = run.facts.reference_metric if run.facts else None
        history = History.from_reports(told, config=config, leaks=leaks, reference_metric=reference)
        self.store.add_reports(
            id,
            [],
            drop_after_step=kept.step,
            status="stopped",
            sentence=f"Rewound to epoch {kept.epoch:.4g}.",
            findings=tuple(diagnose(history)) if len(history) else (),
            test=None,
            resume=kept.id,
        )

    def train_on(self, id: str, epochs: int) -> None:
        """Train a run that has ended for so many more epochs than its configuration says, from its last checkpoint.

        Raises:
            LabError: it is active, has no checkpoint, or would have more epochs than are allowed.
        """
        run = self._ended(id)
        config, kept = _config(run), resumable(self.store, run)
        if kept is None:
            raise LabError("No checkpoint of this run is left; start it anew with more epochs.")
        if epochs < 1 or config.budget.epochs + epochs > MAX_EPOCHS:
            raise LabError(f"Epochs were given as {epochs:,} more; allowed are up to {MAX_EPOCHS:,} in all.")
        self._queue(run, config.changed({"budget.epochs": config.budget.epochs + epochs}))

    def _queue(self, run: StoredRun, config: RunConfig) -> None:
        self._room(1)
        kept = resumable(self.store, run)
        columns: dict[str, Any] = {} if config == run.config else {"config": config}
        self.store.update(
            run.id, status="queued", sentence="", wanted="run", worker="", resume=kept.id if kept else None, **columns
        )
        self._supervised.tell("wake")

    # -- other runs from this one -------------------------------------------------------------------------------

    def fork(
        self, id: str, changes: Mapping[str, Any] | None = None, *, checkpoint_id: str | None = None, name: str = ""
    ) -> str:
        """A run of its own with other settings, from a checkpoint or, without one, from the beginning; its id.

        Where the changes make another network, it starts at the beginning.

        Raises:
            LabError: a change is refused, or the checkpoint is gone or leaves no epoch.
        """
        run = self._run(id)
        before, kept = _config(run), None
        after = _changed(before, changes or {})
        if checkpoint_id is not None and fits(before, after):
            kept = self._checkpoint(id, checkpoint_id)
            if kept.epoch >= after.budget.epochs:
                raise LabError(f"This checkpoint stands at epoch {kept.epoch:.4g} already; give the fork more epochs.")
        self._room(1)
        return self._fork(run, after, kept, name=name or f"Fork of {run.name}"[:80])

    def try_remedy(self, id: str, finding: Finding, remedy: Remedy) -> list[str]:
        """Two forks from the same start with the same seed and budget, unchanged and remedied; their ids.

        Raises:
            LabError: the remedy changes nothing here, or is refused.
        """
        run = self._run(id)
        config = _config(run)
        if not remedy.changes:
            raise LabError("This remedy is advice; there is no setting to change.")
        wanted, kept = remedy.start, None
        if wanted != "beginning":
            kept = self._start_of(run, wanted)
            wanted = wanted if kept is not None else "beginning"
        if kept is not None and not fits(config, _changed(config, remedy.changes)):
            wanted, kept = "beginning", None
        epoch = kept.epoch if kept is not None else 0.0
        try:
            unchanged, remedied = remedy_pair(config, remedy.changes, epoch)
        except ValueError as error:
            raise LabError(f"This remedy is refused: {error}.") from None
        if unchanged == remedied:
            raise LabError("This remedy changes nothing in this run.")
        self._room(2)
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
        experiment = self.store.create_experiment(f"{finding.name}: {remedy.label}", "remedy", claim).id
        sides = (("unchanged", unchanged), ("remedied", remedied))
        return [
            self._fork(run, side, kept, name=f"{run.name}, {role}"[-80:], experiment=experiment, role=role)
            for role, side in sides
        ]

    def _start_of(self, run: StoredRun, start: str) -> StoredCheckpoint | None:
        """The checkpoint that a remedy is to begin from; None where it is gone."""
        kept = self.store.checkpoints(run.id)
        return newest_checkpoint([one for one in kept if one.kind == "best"] if start == "best" else kept)

    def _fork(self, run: StoredRun, config: RunConfig, kept: StoredCheckpoint | None, **columns: Any) -> str:
        content = None
        if kept is not None:
            try:
                content = self.store.checkpoint_bytes(kept.id)
            except ValueError as error:
                raise LabError(str(error)) from None
        made = self.store.create(
            config,
            status="queued" if content is None else "stopped",
            device=run.device,
            parent=run.id,
            parent_epoch=kept.epoch if kept is not None else 0.0,
            parameters=config.parameter_count(),
            **columns,
        )
        if kept is not None and content is not None:
            # A copy of its own: the run it comes from may be deleted.
            own = self.store.keep_checkpoint(made.id, content, "regular", kept.epoch, kept.step)
            self.store.update(made.id, status="queued", resume=own.id)
        self._supervised.tell("wake")
        return made.id

    def score_test(self, id: str) -> None:
        """Ask for the score on the test part; it arrives in ``StoredRun.test``.

        Raises:
            LabError: it is active, has no test part, or no checkpoint is left.
        """
        run = self._ended(id)
        if _config(run).data.test_share == 0:
            raise LabError("This split has no test part; give the test a share of the rows and train again.")
        if best_checkpoint(self.store.checkpoints(id)) is None:
            raise LabError("No checkpoint of this run is left, so its weights are gone.")
        self.store.update(id, wanted="score")
        self._supervised.tell(f"score {id}")

    # -- what a page asks ---------------------------------------------------------------------------------------

    def place(self, id: str) -> int | None:
        """The place in the queue, 1 is next; None for a run that does not wait."""
        waiting = self.store.runs(statuses=("queued",), limit=2 * MAX_QUEUE)
        return next((number for number, run in enumerate(reversed(waiting), 1) if run.id == id), None)

    def slots(self) -> int:
        """Runs at once."""
        return self._slots

    def queue_length(self) -> int:
        """Runs that wait."""
        return self.store.count(statuses=("queued",))

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

    def watch(self, id: str) -> Watched | None:
        """What there is to see of a run; None where there is no such run."""
        seen = watch(self.store, id)
        if seen is not None and seen.run.active:
            self._supervised.ensure()
        return seen

    def warm(self) -> None:
        """Start the processes that train, in the background; at once where they run already."""
        self._supervised.ensure()

    def close(self) -> None:
        """End all processes; runs are interrupted with a checkpoint to go on from."""
        self._supervised.close()
        self.store.close()

    # -- within -------------------------------------------------------------------------------------------------

    def _run(self, id: str) -> StoredRun:
        run = self.store.run(id)
        if run is None:
            raise LabError("There is no such run; it may have been deleted.")
        return run

    def _ended(self, id: str) -> StoredRun:
        run = self._run(id)
        if run.active:
            raise LabError("This run is not over; stop it first.")
        return run

    def _want(self, run: StoredRun, wanted: str) -> None:
        self.store.update(run.id, wanted=wanted)
        self._supervised.ensure()

    def _checkpoint(self, id: str, checkpoint_id: str) -> StoredCheckpoint:
        kept = next((one for one in self.store.checkpoints(id) if one.id == checkpoint_id), None)
        if kept is None:
            raise LabError("This checkpoint is no longer kept; choose another one.")
        return kept


def _config(run: StoredRun) -> RunConfig:
    if run.config is None:
        raise LabError("These are imported curves; there is nothing to train.")
    return run.config


def _changed(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    try:
        return config.changed(changes)
    except ValueError as error:
        raise LabError(f"These settings are refused: {error}.") from None


def _word(run: StoredRun) -> str:
    return run.status.replace("_", " ")


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
