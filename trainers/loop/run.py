"""One run between its start and its end: when to step, to look, to report, to keep a checkpoint.

Complete reports stand at the ends of epochs and depend on the configuration alone. Looks into a long epoch, deliveries
and regular checkpoints follow the clock; none of them changes what a later step computes. Looks and checkpoints are
spaced so that they take a twentieth of the time at the most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from numerals import readable_epoch
from trainers.config import RunConfig
from trainers.loop.checkpoint import Checkpoint
from trainers.loop.curvature import cosine, curvature, noise_scale, probe_gradient
from trainers.loop.evaluation import baseline_loss, evaluate
from trainers.loop.inside import INSIDE_ROWS, PROBE_ROWS, Inside, LayerProbe
from trainers.loop.pictures import pictures
from trainers.loop.session import Session
from trainers.report import Internals, Reason, Report

MAX_REPORTS = 500
MAX_COSTLY = 100  # reports with sharpness and noise scale
LOOK_ROWS = 1024  # training and validation rows of a look into an epoch, and of the report before the first
SPARING = 20  # what the clock asks for takes at most one part in this many
ASK_SECONDS = 0.02
PAUSE_SECONDS = 0.05

Reporter = Callable[[Sequence[Report]], None]
Keeper = Callable[[Checkpoint, str], None]
End = tuple[Reason, str]


@dataclass(kw_only=True)
class Memory:
    """What a run remembers of its past; it travels in checkpoints."""

    seconds: float = 0.0
    best: float = math.inf
    best_epoch: float | None = None
    waited: int = 0
    bad_reports: int = 0
    bad_since: float | None = None


@dataclass(kw_only=True)
class Stopwatch:
    """Seconds of the run (pauses left out), and of its steps alone since the last delivery and in all."""

    begun: float
    before: float
    paused: float = 0.0
    mark: float
    mark_rows: int
    aside: float = 0.0
    stepping: float = 0.0
    rows: int = 0

    def seconds(self, now: float) -> float:
        return self.before + now - self.begun - self.paused


@dataclass(kw_only=True)
class Run:
    """A session and everything the loop needs beside it; ``go`` trains to the end."""

    session: Session
    report: Reporter
    keep: Keeper | None
    should_stop: Callable[[], bool] | None
    report_seconds: float
    checkpoint_seconds: float
    memory: Memory
    fresh: bool
    pending: list[Report] = field(default_factory=list)
    best_checkpoint: Checkpoint | None = None

    def __post_init__(self) -> None:
        session, watch, epochs = self.session, self.session.config.watch, self.session.config.budget.epochs
        self.epochs = epochs
        self.every = watch.every or math.ceil(epochs / MAX_REPORTS)
        self.costly_every = self.every * math.ceil(math.ceil(epochs / self.every) / MAX_COSTLY)
        self.layers = LayerProbe(session)
        self.probe, self.inside_rows = session.train.first(PROBE_ROWS), session.train.first(INSIDE_ROWS)
        self.baseline = baseline_loss(session)
        now = time.perf_counter()
        self.watch = Stopwatch(begun=now, before=self.memory.seconds, mark=now, mark_rows=session.rows_done)
        self.delivered, self.asked = -math.inf, now
        self.next_look, self.next_checkpoint = now + self.report_seconds, now + self.checkpoint_seconds
        self.inside: Inside | None = None
        self.old_gradient: list[torch.Tensor] | None = None
        self.loss: torch.Tensor | None = None
        self.step_lr = session.lr

    def go(self) -> End:
        """Train; returns the reason of the end and its sentence. Whatever happens, what was reported is handed over."""
        try:
            return self._go()
        except BaseException:
            if self.pending:
                batch, self.pending = self.pending, []
                self.report(batch)
            raise

    def _go(self) -> End:
        session = self.session
        if self.fresh:
            self._add(self._measured(complete=True, look=True))
            self._deliver()
        self.restart_clock()
        ended: End | None = None
        while ended is None and session.epoch < self.epochs:
            ended = self._epoch() or self._after_epoch()
        self._keep_last()
        self._deliver()
        return ended or ("finished", f"Finished all {self.epochs:,} epochs.")

    def _epoch(self) -> End | None:
        """The rest of this epoch; an end where it was stopped within."""
        self.session.freeze()
        session, take_step, steps, clock = self.session, self.session.take_step, self.session.steps, time.perf_counter
        batches, asks = session.batches(), self.should_stop is not None
        watched = steps - 1 if self.is_due(session.epoch + 1) else steps
        # A fork with other batches may stand beyond the last step of an epoch.
        for number in range(min(session.batch, steps - 1), steps):
            self.step_lr = session.lr
            if number == watched:
                self._watched_step(batches[number])
            else:
                self.loss = take_step(batches[number])
            session.batch = number + 1
            now = clock()
            if asks and now - self.asked > ASK_SECONDS and number + 1 < steps:
                if self._stopped():
                    return "stopped", f"Stopped at epoch {readable_epoch(session.passes)} of {self.epochs:,}."
                now = clock()
            if now > self.next_look and number + 1 < steps:
                self._look(now)
        return None

    def is_due(self, epoch: int) -> bool:
        return epoch % self.every == 0 or epoch == self.epochs

    def _after_epoch(self) -> End | None:
        session, ended, loss = self.session, None, math.nan
        session.epoch, session.batch = session.epoch + 1, 0
        due = self.is_due(session.epoch)
        better = False
        if due:
            made = self._measured(complete=True)
            self._add(made)
            loss = made.val_loss
            better, ended = self.judge(made)
        if session.scheduling.epoch is not None:
            if session.scheduling.plateau and not due:
                loss = self._val_loss()
            session.scheduling.epoch(loss)
        if better and self.keep is not None:
            self.best_checkpoint = self._checkpoint()
        now = time.perf_counter()
        self._keep_regular(now)
        if now - self.delivered >= self.report_seconds:
            self._deliver()
        self.next_look = max(self.next_look, time.perf_counter() + self.report_seconds / 2)
        if ended is None and self.should_stop is not None and now - self.asked > ASK_SECONDS and self._stopped():
            return "stopped", f"Stopped at epoch {session.epoch:,} of {self.epochs:,}."
        return ended

    def _stopped(self) -> bool:
        before = time.perf_counter()
        stop = self.should_stop is not None and self.should_stop()
        self.asked = time.perf_counter()
        if self.asked - before > PAUSE_SECONDS:
            self.watch.paused += self.asked - before
        self.watch.aside += self.asked - before
        return stop

    def _watched_step(self, rows: torch.Tensor) -> None:
        """The step that a complete report falls on: the same step, with gradient and update looked at."""
        session, config = self.session, self.session.config.watch
        self._wait()
        begun = time.perf_counter()
        if config.cosine:
            with session.evaluating(average=False):
                self.old_gradient = probe_gradient(session, self.inside_rows)
        self.inside = Inside(self.layers) if config.internals else None
        if self.inside is not None:
            self.inside.before()
        self.watch.aside += time.perf_counter() - begun
        self.loss = session.take_step(rows, None if self.inside is None else self.inside.gradient)

    def _look(self, now: float) -> None:
        """A report from within an epoch, for the eye."""
        self._add(self._measured(complete=False, look=True))
        self.judge_look(self.pending[-1])
        self._keep_regular(time.perf_counter())
        self._deliver()
        done = time.perf_counter()
        self.next_look = done + max(self.report_seconds, (SPARING - 1) * (done - now))

    def judge_look(self, made: Report) -> None:
        if not made.is_finite and self.memory.bad_since is None:
            self.memory.bad_since = made.epoch

    def _measured(self, *, complete: bool, look: bool = False) -> Report:
        """Everything that is watched, now."""
        session, config = self.session, self.session.config.watch
        self._wait()
        begun = time.perf_counter()
        elapsed, rows = begun - self.watch.mark - self.watch.aside, session.rows_done - self.watch.mark_rows
        train, val = (self.probe.first(LOOK_ROWS), session.val.first(LOOK_ROWS)) if look else (self.probe, session.val)
        tensors: list[torch.Tensor] = []
        read: Callable[[Sequence[float]], tuple[float, Internals]] | None = None
        with session.evaluating() as model:
            tensors += [*evaluate(session, train, model), *evaluate(session, val, model)]
        tensors.append(torch.full_like(tensors[0], math.nan) if self.loss is None else self.loss)
        if self.inside is not None and complete:
            with session.evaluating(average=False) as model:
                fetched, read = self.inside.after(model, self.inside_rows.inputs)
            tensors += fetched
        numbers: list[float] = torch.stack(tensors).tolist()
        grad_norm, internals = (None, None) if read is None else read(numbers[5:])
        agreement = None
        if self.old_gradient is not None and complete:
            with session.evaluating(average=False):
                agreement = cosine(self.old_gradient, probe_gradient(session, self.inside_rows))
        sharp = low = noise = None
        if complete and session.epoch and (session.epoch % self.costly_every == 0 or session.epoch == self.epochs):
            if config.sharpness:
                sharp, low = curvature(session, self.inside_rows)
            if config.noise_scale:
                noise = noise_scale(session, self.inside_rows)
        self.inside = self.old_gradient = None
        now = time.perf_counter()
        self.watch.aside += now - begun
        made = self.told(numbers, complete=complete, now=now, speed=rows / elapsed if rows and elapsed > 0 else None)
        return replace(
            made,
            grad_norm=grad_norm,
            internals=internals,
            sharpness=sharp,
            lowest_curvature=low,
            noise_scale=noise,
            cosine=agreement,
        )

    def told(self, numbers: Sequence[float], *, complete: bool, now: float, speed: float | None) -> Report:
        """A report of (loss, metric) on training rows, the same on validation rows, and the loss of the last batch."""
        return Report(
            epoch=self.session.passes,
            step=self.session.step,
            complete=complete,
            seconds=self.watch.seconds(now),
            samples_per_second=speed,
            train_loss=numbers[0],
            val_loss=numbers[2],
            train_metric=_finite(numbers[1]),
            val_metric=_finite(numbers[3]),
            batch_loss=None if self.loss is None else numbers[4],
            baseline_loss=self.baseline,
            lr=self.step_lr,
        )

    def _val_loss(self) -> float:
        begun = time.perf_counter()
        with self.session.evaluating() as model:
            loss = float(evaluate(self.session, self.session.val, model)[0])
        self.watch.aside += time.perf_counter() - begun
        return loss

    def _wait(self) -> None:
        """Let the device catch up, so that seconds are those of the steps; only reports do this."""
        if self.session.device.type == "cuda":
            torch.cuda.synchronize(self.session.device)
        elif self.session.device.type == "mps":
            torch.mps.synchronize()

    def judge(self, made: Report) -> tuple[bool, End | None]:
        """Whether this is the best report so far, and whether the run ends with it."""
        memory, session = self.memory, self.session
        regularization, budget = session.config.regularization, session.config.budget
        if not made.is_finite:
            memory.bad_since = made.epoch if memory.bad_since is None else memory.bad_since
            memory.bad_reports += 1
            if memory.bad_reports > budget.keep_going:
                return False, ("diverged", _diverged(memory.bad_since, session))
            return False, None
        if made.val_loss < memory.best - (regularization.min_gain if math.isfinite(memory.best) else 0.0):
            memory.best, memory.best_epoch, memory.waited = made.val_loss, made.epoch, 0
            return True, None
        memory.waited += 1
        if regularization.patience and memory.waited >= regularization.patience:
            since = (
                f"{memory.best:.4g} at epoch {readable_epoch(memory.best_epoch)}"
                if memory.best_epoch is not None
                else "the start"
            )
            return False, ("early_stopped", f"Stopped early: the validation loss has not fallen below {since}.")
        return False, None

    def _add(self, made: Report) -> None:
        self.pending.append(made)

    def _deliver(self) -> None:
        """Hand over what was reported since the last time, the last one with pictures."""
        if not self.pending:
            return
        begun = time.perf_counter()
        if self.session.config.watch.pictures:
            self.pending[-1] = replace(self.pending[-1], pictures=pictures(self.session) or None)
        batch, self.pending = self.pending, []
        self.report(batch)
        if self.best_checkpoint is not None and self.keep is not None:
            self.keep(self.best_checkpoint, "best")
            self.best_checkpoint = None
        self.delivered = time.perf_counter()
        self.watch.aside += self.delivered - begun
        self.restart_clock()

    def restart_clock(self) -> None:
        watch, rows, now = self.watch, self.session.rows_done, time.perf_counter()
        watch.stepping += max(0.0, now - watch.mark - watch.aside)
        watch.rows += rows - watch.mark_rows
        watch.mark, watch.mark_rows, watch.aside = now, rows, 0.0

    @property
    def samples_per_second(self) -> float | None:
        """Over the whole run, measuring left out."""
        return self.watch.rows / self.watch.stepping if self.watch.rows and self.watch.stepping > 0 else None

    def _checkpoint(self) -> Checkpoint:
        self.memory.seconds = self.watch.seconds(time.perf_counter())
        return self.session.checkpoint(vars(self.memory).copy())

    def _keep_regular(self, now: float) -> None:
        session, every = self.session, self.session.config.watch.checkpoint_every
        if self.keep is None or not session.step:
            return
        by_epoch = bool(every) and session.batch == 0 and session.epoch % every == 0
        if not by_epoch and now < self.next_checkpoint:
            return
        # What a checkpoint follows from must be told before it is kept.
        self._deliver()
        begun = time.perf_counter()
        self.keep(self._checkpoint(), "regular")
        done = time.perf_counter()
        self.watch.aside += done - begun
        self.next_checkpoint = done + max(self.checkpoint_seconds, (SPARING - 1) * (done - begun))

    def _keep_last(self) -> None:
        if self.keep is not None and self.session.step:
            self._deliver()
            self.keep(self._checkpoint(), "last")


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _diverged(since: float, session: Session) -> str:
    rate = session.config.optimizer.lr
    from_when = f"since epoch {readable_epoch(since)}"
    return f"The loss is no longer a number {from_when}; try a rate below {rate:g}, or clip the gradient."


def recalled(resume: Checkpoint | None, config: RunConfig) -> Memory:
    """What is remembered on the way in; with other data or another loss, the best so far means nothing."""
    if resume is None:
        return Memory()
    extra: dict[str, Any] = dict(resume.state["extra"])
    before = RunConfig.from_json(resume.state["config"])
    if before.data != config.data or before.loss != config.loss:
        return Memory(seconds=extra["seconds"])
    return Memory(**extra)
