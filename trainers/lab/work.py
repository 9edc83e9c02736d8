"""The work of one worker on one run, from its configuration in the store to its end in the store."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from trainers.config import RunConfig
from trainers.data import Splits, load
from trainers.diagnosis import Finding, History, diagnose
from trainers.lab.job import PROGRESS_SECONDS, End, Ended, Task, give_way
from trainers.lab.orders import SERVER_ENDED
from trainers.lab.resuming import going_on, start_bytes
from trainers.lab.sizes import time_is_up, too_many_rows
from trainers.lab.yardstick import Yardstick
from trainers.loop import Checkpoint, choose_device, suitable_device, train
from trainers.report import Report, Result
from trainers.store import StoreError, TakenOver

LOG = logging.getLogger(__name__)
DIAGNOSIS_SHARE = 20  # the diagnosis takes at most one part in this many of the time


@dataclass(kw_only=True)
class TrainingWork:
    """Everything between the row of a run and ``train``."""

    task: Task
    told: list[Report] = field(default_factory=list)  # complete ones, without pictures
    drop_after: int | None = None
    delivered: bool = False
    first_columns: dict[str, Any] = field(default_factory=dict)
    diagnose_at: float = 0.0
    progress_at: float = 0.0
    yardstick: Yardstick | None = None
    gave_way: bool = False
    over: str = ""  # why it was stopped, where its time was up
    seconds: float = 0.0  # trained by the last report; a pause takes none
    taken: float = 0.0  # of them from the worker, see StoredRun.worker_seconds
    trouble: str = ""  # with checkpoints, shown while the run goes on

    def __post_init__(self) -> None:
        run = self.task.store.run(self.task.job.id)
        if run is None:
            raise TakenOver("the run was deleted")
        self.run, self.store, self.orders = run, self.task.store, self.task.orders
        self.owner = self.task.job.worker
        self.seconds, self.taken = run.seconds, run.taken

    @property
    def config(self) -> RunConfig:
        assert self.run.config is not None
        return self.run.config

    def go(self) -> End:
        """Train the run."""
        if self.run.config is None:
            return End(status="failed", sentence="The settings of this run cannot be read.")
        self.task.at_end = self._at_end
        return self._train()

    def _at_end(self) -> dict[str, Any]:
        """However it ends, it is diagnosed once more, with what is known of its data by then."""
        if self.yardstick is not None and not self.orders.ending:
            self.yardstick.wait()
        return {"findings": self.findings()} if self.told else {}

    def _train(self) -> End:
        device = choose_device(self.run.device)
        resume = self.resumed()
        start = None
        if resume is None:
            try:
                content = start_bytes(self.store, self.config)
                start = None if content is None else Checkpoint.from_bytes(content)
            except ValueError as error:
                return End(status="failed", sentence=str(error))
        splits = load(self.config.data, self._progress)
        if why := too_many_rows(len(splits.train) + len(splits.val) + len(splits.test)):
            return End(status="failed", sentence=why)
        if self.run.device is None:
            device = suitable_device(self.config, splits)
        self.task.write(lambda: self._update(device_name=device.name, heartbeat=datetime.now(UTC)))
        if self.orders.stop:
            raise Ended(self._stop_sentence())
        self.prepare(splits)
        result = train(
            self.config,
            report=self._report,
            checkpoint=self.keep,
            should_stop=self._should_stop,
            resume=resume,
            start=start,
            device=device.key,
            splits=splits,
            threads=self.task.threads,
        )
        return self.end_of(result)

    def end_of(self, result: Result, *, together: int = 1) -> End:
        """How it ended, for its row. together: the runs that were trained as one until then."""
        columns: dict[str, Any] = {}
        if result.step:  # it may have gone on a little after its last report
            self._clocked(result.seconds, together)
            columns = {"epoch": result.epoch, "step": result.step}
            columns |= {"seconds": result.seconds, "worker_seconds": self.taken}
        if result.samples_per_second is not None:
            columns["samples_per_second"] = result.samples_per_second
        if result.reason == "stopped" and self.orders.ending:
            return End(status="interrupted", sentence=self._stop_sentence(), columns=columns)
        if result.reason == "stopped" and self.over:
            return End(status="stopped", sentence=self.over, columns=columns)
        if result.reason == "stopped" and self.gave_way:
            sentence = f"Paused; {going_on(self.store, self.run.id, begin=False)} {self.trouble}".strip()
            return End(status="paused", sentence=sentence, columns=columns)
        return End(status=result.reason, sentence=f"{result.sentence} {self.trouble}".strip(), columns=columns)

    def _stop_sentence(self) -> str:
        if self.orders.ending == SERVER_ENDED:
            return f"{SERVER_ENDED}; {going_on(self.store, self.run.id, begin=False)}"
        return self.orders.ending or "Stopped before it began."

    # -- on the way in ------------------------------------------------------------------------------------------

    def resumed(self) -> Checkpoint | None:
        """The checkpoint to go on from. Reports that come after it are dropped with the first new ones."""
        checkpoint = None
        if self.run.resume is not None:
            try:
                checkpoint = Checkpoint.from_bytes(self.store.checkpoint_bytes(self.run.resume))
                checkpoint = _patient(checkpoint, self.config)
            except ValueError as error:  # not where the store is away: it is there later
                LOG.warning("run %s begins anew: %s", self.run.id, error)
                self.trouble = "Its checkpoint was gone, so it began anew."
        reports = [report for _, report in self.store.reports(self.run.id)]
        at = checkpoint.step if checkpoint is not None else -1
        stay = [report for report in reports if report.step <= at]
        if len(stay) < len(reports):
            self.drop_after = at
        self.told = [report for report in stay if report.complete]
        return checkpoint

    def _progress(self, sentence: str, share: float | None) -> None:
        """Tell what is waited for while data are fetched."""
        if self.orders.stop:
            raise Ended(self._stop_sentence())
        now = time.monotonic()
        if now >= self.progress_at:
            self.progress_at = now + PROGRESS_SECONDS
            self._update(sentence=sentence if share is None else f"{sentence} {share:.0%}")

    def prepare(self, splits: Splits, yardstick: Yardstick | None = None) -> None:
        """Before its first report. yardstick: that of another run on the same rows."""
        self.yardstick = yardstick or Yardstick(store=self.store, run_id=self.run.id, config=self.config, splits=splits)
        parameters = self.config.parameters(splits.shape, len(splits.classes) or None)
        # From the first delivery on, the newest checkpoint is the one to go on from.
        self.first_columns = {"facts": self.yardstick.facts, "parameters": parameters, "resume": None}

    # -- while it trains ----------------------------------------------------------------------------------------

    def news(self, batch: Sequence[Report], *, diagnosed: bool, together: int = 1) -> dict[str, Any]:
        """What is written with these reports.

        diagnosed: whether the curve so far is looked at. together: the runs that were trained as one until then.
        """
        self.told += [replace(report, pictures=None) for report in batch if report.complete]
        self._clocked(batch[-1].seconds, together)
        columns: dict[str, Any] = {"status": "running", "sentence": self.trouble}
        columns |= {"heartbeat": datetime.now(UTC), "worker_seconds": self.taken}
        if self.told and diagnosed:
            columns["findings"] = self.findings()
        if not self.delivered:
            columns.update(self.first_columns)
            columns["drop_after_step"] = self.drop_after
        return columns

    def _clocked(self, seconds: float, together: int) -> None:
        """It has trained for so long; where it goes on from an older checkpoint that is less than before."""
        self.taken += max(0.0, seconds - self.seconds) / together
        self.seconds = seconds

    def _report(self, batch: Sequence[Report]) -> None:
        """One transaction: the reports and everything the row says with them."""
        now = time.monotonic()
        columns = self.news(batch, diagnosed=now >= self.diagnose_at)
        if "findings" in columns:
            done = time.monotonic()
            self.diagnose_at = done + (DIAGNOSIS_SHARE - 1) * (done - now)
        self.task.write(lambda: self.store.add_reports(self.run.id, batch, owner=self.owner, **columns))
        if not self.delivered and self.yardstick is not None:
            self.yardstick.start()
            if self.task.own_process:
                give_way()  # once the first curve is there
        self.delivered = True

    def findings(self) -> tuple[Finding, ...]:
        facts = self.yardstick.facts if self.yardstick is not None else None
        try:
            history = History.from_reports(
                self.told,
                config=self.config,
                leaks=facts.leaks if facts else None,
                val_rows=facts.rows[1] if facts else None,
                reference_metric=facts.reference_metric if facts else None,
            )
            return tuple(diagnose(history))
        except Exception:
            # The training does not need it.
            LOG.exception("run %s cannot be diagnosed", self.run.id)
            return ()

    def keep(self, checkpoint: Checkpoint, kind: str) -> None:
        """A checkpoint that cannot be kept ends no run; it is told."""
        try:
            content = checkpoint.to_bytes()
            self.store.keep_checkpoint(self.run.id, content, kind, checkpoint.epoch, checkpoint.step, owner=self.owner)
            self.trouble = ""
        except (StoreError, OSError) as error:
            LOG.warning("run %s cannot keep a checkpoint: %s", self.run.id, error)
            self.trouble = "Checkpoints cannot be kept now; is the disk full?"

    def _should_stop(self) -> bool:
        if self.orders.pause:
            self.task.write(lambda: self._update(status="paused", sentence="Paused."))
            self.orders.wait_while_paused()
            if self.orders.pause:
                self.gave_way = True  # its place is waited for: it goes on later from a checkpoint
                return True
            if not self.orders.ending:
                self.task.write(lambda: self._update(status="running", sentence=self.trouble))
        if why := self.too_long():
            self.over = why
            return True
        return self.orders.stop

    def too_long(self) -> str:
        """The sentence of a run whose time on this server is up; empty where it may go on."""
        return time_is_up(self.seconds)

    def _update(self, **columns: Any) -> None:
        self.store.update(self.run.id, owner=self.owner, **columns)


def _patient(kept: Checkpoint, config: RunConfig) -> Checkpoint:
    """A run that early stopping has ended waits anew when the user lets it go on."""
    extra, patience = kept.state["extra"], config.regularization.patience
    if not patience or extra.get("waited", 0) < patience:
        return kept
    return replace(kept, state={**kept.state, "extra": {**extra, "waited": 0}})
