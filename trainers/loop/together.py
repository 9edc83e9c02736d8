"""Many runs that differ only in numbers, trained as one batched computation, each told and kept as if it were alone.

All take the same steps at the same time; each has its own weights, order of rows, rate and end. A run that ends, breaks
or is called away leaves with its last checkpoint, and the rest go on without it. Curves are those of single runs to
float rounding: products of many networks add up in another order than those of one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from networks.stacked import Stacked
from numerals import readable_epoch
from trainers.config import RunConfig, stack_key
from trainers.data import Splits, load
from trainers.loop.checkpoint import Checkpoint
from trainers.loop.hardware import choose_device, products, suitable_device
from trainers.loop.pictures import pictures
from trainers.loop.randomness import random_state
from trainers.loop.run import ASK_SECONDS, LOOK_ROWS, SPARING, End, Run, recalled
from trainers.loop.session import Moment, Session
from trainers.loop.stacked_inside import StackedInside, evaluate_stacked
from trainers.loop.stacked_rows import StackedRates, StackedRows
from trainers.loop.stacked_step import StackedStep, inner_numbers
from trainers.loop.training import SMALL_STEP, ended_run, own_random_numbers, own_threads
from trainers.report import Report, Result

DELIVERY_SHARE = 10  # handing over takes at most one part in this many
Reporter = Callable[[Mapping[int, Sequence[Report]]], None]
Keeper = Callable[[int, Checkpoint, str], None]


@dataclass(kw_only=True, eq=False)
class Member:
    """One run of the stack: its number among those given, its session and what the loop knows of it."""

    number: int
    run: Run
    random: dict[str, Tensor]
    best: tuple[Moment, dict[str, Any]] | None = None

    @property
    def session(self) -> Session:
        return self.run.session


def train_together(
    configs: Sequence[RunConfig],
    *,
    report: Reporter,
    checkpoint: Keeper | None = None,
    called_away: Callable[[], Collection[int]] | None = None,
    ended: Callable[[int, Result], None] = lambda number, result: None,
    device: str | None = None,
    splits: Sequence[Splits] | None = None,
    resume: Sequence[Checkpoint | None] | None = None,
    report_seconds: float = 0.25,
    checkpoint_seconds: float = 5.0,
    threads: int | None = None,
) -> list[Result]:
    """Train runs with one ``stack_key`` from one place on, each until its own end; see ``train`` for what they tell.

    Args:
        report: gets what was reported since the last call, by the number of the run.
        checkpoint: gets the number of a run, a checkpoint and its kind.
        called_away: the numbers of runs that are to leave now; asked between steps, at most every 20 ms.
        ended: told at once when a run has left, after its last checkpoint.
        splits: the data of each, where the caller has them.
        resume: where each goes on, all at the same step of the same epoch; None for those that begin.

    Returns:
        How each ended, in the order of ``configs``.

    Raises:
        ValueError: runs that cannot be trained together, or an unknown device. DataUnavailable: as its message says.
        CheckpointMismatch: a checkpoint is of another model.
        torch.OutOfMemoryError, MemoryError: all of them together do not fit.
    """
    keys = {stack_key(config) for config in configs}
    if len(keys) != 1 or None in keys:
        raise ValueError("runs were given that cannot be trained together; allowed are those with one stack_key")
    rows = list(splits) if splits is not None else _loaded(configs)
    work = sum(products(config, part) for config, part in zip(configs, rows, strict=True))
    chosen = choose_device(device) if device else suitable_device(configs[0], rows[0], runs=len(configs))
    with own_random_numbers(chosen.key), own_threads():
        if threads or work < SMALL_STEP:
            torch.set_num_threads(threads or 1)
        places = list(resume or [None] * len(configs))
        stack = _Stack(configs, rows, places, chosen.key, report, checkpoint, called_away, ended, report_seconds)
        stack.checkpoint_seconds = checkpoint_seconds
        stack.go()
    return [stack.results[number] for number in range(len(configs))]


def _loaded(configs: Sequence[RunConfig]) -> list[Splits]:
    known: dict[Any, Splits] = {}
    for config in configs:
        if config.data not in known:
            known[config.data] = load(config.data)
    return [known[config.data] for config in configs]


@dataclass(kw_only=True)
class _Clock:
    """When to look, to hand over and to keep next; each takes its share of the time at the most."""

    asked: float
    deliver: float
    look: float
    keep: float


class _Stack:
    def __init__(
        self,
        configs: Sequence[RunConfig],
        splits: Sequence[Splits],
        resume: Sequence[Checkpoint | None],
        device: str,
        report: Reporter,
        keep: Keeper | None,
        called_away: Callable[[], Collection[int]] | None,
        ended: Callable[[int, Result], None],
        report_seconds: float,
    ) -> None:
        self.report, self.keep, self.called_away, self.ended = report, keep, called_away, ended
        self.report_seconds, self.checkpoint_seconds = report_seconds, 5.0
        self.results: dict[int, Result] = {}
        self.turn = 0  # whose pictures are made next
        self.rows = StackedRows(splits, device)
        self.members: list[Member] = []
        for number in sorted(range(len(configs)), key=lambda number: (inner_numbers(configs[number]), number)):
            kept, placed = resume[number], self.rows.placed(splits[number])
            session = Session(configs[number], splits[number], device, kept, placed=placed)
            run = Run(
                session=session,
                report=lambda reports: None,
                keep=None,
                should_stop=None,
                report_seconds=report_seconds,
                checkpoint_seconds=math.inf,
                memory=recalled(kept, configs[number]),
                fresh=kept is None,
            )
            random = random_state(session.device)
            self.members.append(Member(number=number, run=run, random=random))
        if len({(each.run.fresh, each.session.epoch, each.session.batch) for each in self.members}) > 1:
            raise ValueError("runs were given that stand at different steps; allowed are those at the same one")
        self.epoch, self.batch = self.members[0].session.epoch, self.members[0].session.batch
        self.inside: StackedInside | None = None
        self.loss: Tensor | None = None
        self.rates = StackedRates([member.session for member in self.members])
        self._stack()

    # -- the stack ----------------------------------------------------------------------------------------------

    def _stack(self) -> None:
        """Put the networks of the members side by side."""
        sessions = [member.session for member in self.members]
        self.network = Stacked([session.model for session in sessions])
        self.step = StackedStep(sessions, self.network)
        self.starts = [torch.stack(each) for each in zip(*(session.starts for session in sessions), strict=True)]
        self.rows.arrange(sessions)
        self.rates.arrange(sessions)

    def _settle(self) -> None:
        """Tell each session where it stands."""
        for member in self.members:
            member.session.epoch, member.session.batch = self.epoch, self.batch
        self.rates.settle()

    def _moment(self, position: int, *, copied: bool = False) -> Moment:
        """One network as it stands now."""
        member = self.members[position]

        def own(value: Any) -> Any:
            return value.detach().clone() if copied and isinstance(value, Tensor) else value

        return Moment(
            weights={name: own(tensor) for name, tensor in member.session.model.state_dict().items()},
            average=[own(tensor) for tensor in member.session.average or ()],
            remembered=[
                {
                    number: {name: own(value) for name, value in state.items()}
                    for number, state in self.step.remembered(position).items()
                }
            ],
            random=member.random,
            standing=member.session.standing(),
        )

    # -- training -----------------------------------------------------------------------------------------------

    def go(self) -> None:
        try:
            self._go()
        except BaseException:
            self._hand_over()
            raise

    def _go(self) -> None:
        first = self.members[0].run
        now = time.perf_counter()
        self.clock = _Clock(
            asked=now, deliver=-math.inf, look=now + self.report_seconds, keep=now + self.checkpoint_seconds
        )
        if first.fresh:
            self._told(self._numbers(look=True), complete=True)
            self._deliver()
        for member in self.members:
            member.run.restart_clock()
        while self.members and self.epoch < first.epochs:
            self._epoch(first.is_due(self.epoch + 1))
            if self.members:
                self._after_epoch(first)
        self._leave(dict.fromkeys(range(len(self.members)), ("finished", f"Finished all {first.epochs:,} epochs.")))

    def _epoch(self, due: bool) -> None:
        steps, clock = self.members[0].session.steps, time.perf_counter
        for number in range(min(self.batch, steps - 1), steps):
            x, y = self.rows.batch(self.epoch, number)
            watch = due and number == steps - 1
            for member in self.members if watch else ():
                member.run.step_lr = self.rates.of(member.session)
            self._take(x, y, watched=watch)
            self.batch = number + 1
            now = clock()
            if self.called_away is not None and now - self.clock.asked > ASK_SECONDS and number + 1 < steps:
                self._call_away()
                if not self.members:
                    return
                now = clock()
            if now > self.clock.look and number + 1 < steps:
                self._look(now)

    def _take(self, x: Tensor, y: Tensor, *, watched: bool) -> None:
        first = self.members[0].run
        self.inside = None
        if watched and first.session.config.watch.internals:
            self.inside = StackedInside(first.layers, self.network, self.starts)
        self.loss = self.step(x, y, self.rates.now, None if self.inside is None else self.inside.gradient)
        self.rates.advance()

    def _after_epoch(self, first: Run) -> None:
        self.epoch, self.batch = self.epoch + 1, 0
        due = first.is_due(self.epoch)
        losses = [math.nan] * len(self.members)
        ends: dict[int, End] = {}
        better: list[int] = []
        if due:
            losses = self._told(self._numbers(), complete=True)
            for position, member in enumerate(self.members):
                good, end = member.run.judge(member.run.pending[-1])
                if end is not None:
                    ends[position] = end
                if good:
                    better.append(position)
        elif self.rates.watches_loss:
            self._settle()
            losses = self._val_losses()
        self.rates.advance(losses)
        if better and self.keep is not None:
            self._settle()
            for position in better:
                member = self.members[position]
                member.best = (self._moment(position, copied=True), self._extra(member))
        self._leave(ends)
        now = time.perf_counter()
        every = first.session.config.watch.checkpoint_every
        if self.members and (now >= self.clock.keep or (every and self.epoch % every == 0)):
            self._keep_regular()
        if time.perf_counter() >= self.clock.deliver:
            self._deliver()
        self.clock.look = max(self.clock.look, time.perf_counter() + self.report_seconds / 2)
        if self.members and self.called_away is not None and now - self.clock.asked > ASK_SECONDS:
            self._call_away()

    def _call_away(self) -> None:
        before = time.perf_counter()
        assert self.called_away is not None
        called = set(self.called_away())
        self.clock.asked = time.perf_counter()
        self._aside(before)
        epochs = self.members[0].run.epochs
        passes = self.epoch + self.batch / self.members[0].session.steps
        end: End = ("stopped", f"Stopped at epoch {readable_epoch(passes)} of {epochs:,}.")
        self._leave({position: end for position, member in enumerate(self.members) if member.number in called})

    # -- what is told -------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        if self.members[0].session.device.type == "cuda":
            torch.cuda.synchronize(self.members[0].session.device)

    def _aside(self, begun: float) -> None:
        """Time since then was not spent with steps."""
        spent = time.perf_counter() - begun
        for member in self.members:
            member.run.watch.aside += spent

    def _numbers(self, *, look: bool = False) -> list[list[float]]:
        """Of each network what ``Run.told`` wants, then what is inside."""
        self._settle()
        self._wait()
        begun = time.perf_counter()
        self.measured_at = begun
        first = self.members[0].run
        probe = LOOK_ROWS if look else len(first.probe)
        train, val = (
            self.rows.first(self.rows.train, min(probe, len(first.probe))),
            self.rows.first(self.rows.val, LOOK_ROWS if look else None),
        )
        with self._evaluated():
            tensors = [*evaluate_stacked(first.session, self.network, *train)]
            tensors += evaluate_stacked(first.session, self.network, *val)
        tensors.append(torch.full_like(tensors[0], math.nan) if self.loss is None else self.loss)
        self.read = None
        if self.inside is not None and not look:
            more, self.read = self.inside.after(self.rows.first(self.rows.train, len(first.inside_rows))[0])
            tensors += more
        self.inside = None
        return torch.stack(tensors).T.tolist()

    def _evaluated(self) -> AbstractContextManager[None]:
        """Averaged weights, where there are such, are what is evaluated."""
        average = self.step.average or self.network.parameters.values()
        return self.network.holding(dict(zip(self.network.parameters, average, strict=True)))

    def _told(self, numbers: Sequence[Sequence[float]], *, complete: bool) -> list[float]:
        """Add a report to each member's pending ones; the validation losses."""
        now = time.perf_counter()
        for member, own in zip(self.members, numbers, strict=True):
            run, session = member.run, member.session
            run.loss = self.loss
            watch = run.watch
            elapsed, rows = self.measured_at - watch.mark - watch.aside, session.rows_done - watch.mark_rows
            speed = rows / elapsed if rows and elapsed > 0 else None
            if not complete or self.loss is None:
                run.step_lr = session.lr
            made = run.told(own, complete=complete, now=now, speed=speed)
            if self.read is not None:
                grad_norm, internals = self.read(own[5:])
                made = replace(made, grad_norm=grad_norm, internals=internals)
            run.pending.append(made)
        self._aside(self.measured_at)
        return [own[2] for own in numbers]

    def _val_losses(self) -> list[float]:
        begun = time.perf_counter()
        first = self.members[0].session
        with self._evaluated():
            loss, _ = evaluate_stacked(first, self.network, *self.rows.first(self.rows.val))
        losses: list[float] = loss.tolist()
        self._aside(begun)
        return losses

    def _look(self, now: float) -> None:
        self._told(self._numbers(look=True), complete=False)
        for member in self.members:
            member.run.judge_look(member.run.pending[-1])
        if time.perf_counter() >= self.clock.keep:
            self._keep_regular()
        self._deliver()
        done = time.perf_counter()
        self.clock.look = done + max(self.report_seconds, (SPARING - 1) * (done - now))

    def _deliver(self) -> None:
        """Hand over what was reported, one run after another with pictures as their turn comes."""
        begun = time.perf_counter()
        share = self.report_seconds / SPARING
        for _ in range(len(self.members)):
            self.turn = (self.turn + 1) % len(self.members)
            self._picture(self.members[self.turn])
            if time.perf_counter() - begun > share:
                break
        self._hand_over()
        self._aside(begun)
        done = time.perf_counter()
        self.clock.deliver = done + max(self.report_seconds, (DELIVERY_SHARE - 1) * (done - begun))
        for member in self.members:
            member.run.restart_clock()

    def _picture(self, member: Member) -> None:
        pending = member.run.pending
        if pending and member.session.config.watch.pictures and pending[-1].pictures is None:
            pending[-1] = replace(pending[-1], pictures=pictures(member.session) or None)

    def _hand_over(self) -> None:
        batch = {member.number: member.run.pending for member in self.members if member.run.pending}
        for member in self.members:
            member.run.pending = []
        if batch:
            self.report(batch)

    # -- what is kept -------------------------------------------------------------------------------------------

    def _extra(self, member: Member) -> dict[str, Any]:
        member.run.memory.seconds = member.run.watch.seconds(time.perf_counter())
        return vars(member.run.memory).copy()

    def _keep_best(self, member: Member) -> None:
        if member.best is not None and self.keep is not None:
            moment, extra = member.best
            member.best = None
            self.keep(member.number, member.session.packed(moment, extra), "best")

    def _keep_regular(self) -> None:
        if self.keep is None:
            return
        self._deliver()
        begun = time.perf_counter()
        self._settle()
        for position, member in enumerate(self.members):
            self._keep_best(member)
            self.keep(member.number, member.session.packed(self._moment(position), self._extra(member)), "regular")
        done = time.perf_counter()
        self._aside(begun)
        self.clock.keep = done + max(self.checkpoint_seconds, (SPARING - 1) * (done - begun))

    def _leave(self, ends: Mapping[int, End]) -> None:
        """Those at these positions end: what they told is handed over, their last checkpoint kept."""
        if not ends:
            return
        self._settle()
        for position in ends:
            self._picture(self.members[position])
        self._hand_over()
        for position, (reason, sentence) in ends.items():
            member = self.members[position]
            member.run.restart_clock()
            if self.keep is not None and member.session.step:
                self._keep_best(member)
                self.keep(member.number, member.session.packed(self._moment(position), self._extra(member)), "last")
            result = ended_run(member.run, reason, sentence)
            self.results[member.number] = result
            self.ended(member.number, result)
        stay = [member for position, member in enumerate(self.members) if position not in ends]
        if not stay:
            self.members = []
        else:
            self.step.hand_back()
            places = [position for position in range(len(self.members)) if position not in ends]
            self.members = stay
            self._stack()
            self.loss = None if self.loss is None else self.loss[places]
