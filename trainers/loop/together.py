"""Many runs that differ only in numbers, trained as one batched computation, each told and kept as if it were alone.

All take the same steps at the same time; each has its own weights, order of rows, rate and end. A run that ends, breaks
or is called away leaves with its last checkpoint, and the rest go on without it. Curves are those of single runs to
float rounding: products of many networks add up in another order than those of one.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from networks.stacked import Stacked
from trainers.config import RunConfig, stack_key
from trainers.data import Splits, load
from trainers.loop.checkpoint import Checkpoint
from trainers.loop.hardware import choose_device, products, suitable_device
from trainers.loop.pictures import pictures
from trainers.loop.randomness import random_state
from trainers.loop.run import ASK_SECONDS, LOOK_ROWS, SPARING, End, Run, recalled
from trainers.loop.session import DevicePart, Moment, Session, epoch_order, place
from trainers.loop.stacked_inside import StackedInside, evaluate_stacked
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
    source: int  # which of the data it has
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
    report_seconds: float = 0.25,
    checkpoint_seconds: float = 5.0,
    threads: int | None = None,
) -> list[Result]:
    """Train runs with one ``stack_key`` from their start, each until its own end; see ``train`` for what they tell.

    Args:
        report: gets what was reported since the last call, by the number of the run.
        checkpoint: gets the number of a run, a checkpoint and its kind.
        called_away: the numbers of runs that are to leave now; asked between steps, at most every 20 ms.
        ended: told at once when a run has left, after its last checkpoint.
        splits: the data of each, where the caller has them.

    Returns:
        How each ended, in the order of ``configs``.

    Raises:
        ValueError: runs that cannot be trained together, or an unknown device. DataUnavailable: as its message says.
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
        stack = _Stack(configs, rows, chosen.key, report, checkpoint, called_away, ended, report_seconds)
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
        parts = list({id(each): each for each in splits}.values())
        placed = {id(each): (place(each.train, device), place(each.val, device)) for each in parts}
        sizes = {tuple(tuple(part.inputs.shape) for part in each) for each in placed.values()}
        if len(sizes) > 1 or len({len(each.classes) for each in parts}) > 1:
            raise ValueError("the data of these runs have different sizes; only rows of one shape train together")
        self.train = _joined([placed[id(each)][0] for each in parts])
        self.val = _joined([placed[id(each)][1] for each in parts])
        self.members: list[Member] = []
        where = {id(each): number for number, each in enumerate(parts)}
        for number in sorted(range(len(configs)), key=lambda number: (inner_numbers(configs[number]), number)):
            session = Session(configs[number], splits[number], device, placed=placed[id(splits[number])])
            run = Run(
                session=session,
                report=lambda reports: None,
                keep=None,
                should_stop=None,
                report_seconds=report_seconds,
                checkpoint_seconds=math.inf,
                memory=recalled(None, configs[number]),
                fresh=True,
            )
            random = random_state(session.device)
            self.members.append(Member(number=number, run=run, source=where[id(splits[number])], random=random))
        self.epoch = self.batch = 0
        self.inside: StackedInside | None = None
        self.loss: Tensor | None = None
        # Schedules are factors of the rate: one of them moves for all, but those that watch each its own loss.
        self.leader = max((member.session for member in self.members), key=lambda each: each.config.optimizer.lr)
        self.lead = self.leader.config.optimizer.lr
        self.own_rates = bool(self.leader.scheduling.plateau)
        self._stack()

    # -- the stack ----------------------------------------------------------------------------------------------

    def _stack(self) -> None:
        """Put the networks of the members side by side."""
        sessions = [member.session for member in self.members]
        first = sessions[0]
        self.network = Stacked([session.model for session in sessions])
        self.step = StackedStep(sessions, self.network)
        self.starts = [torch.stack(each) for each in zip(*(session.starts for session in sessions), strict=True)]
        self.sources = torch.tensor([member.source for member in self.members], device=first.device)
        self.bases = torch.tensor([session.config.optimizer.lr for session in sessions], device=first.device)
        self._set_rates()
        self._order_epoch = -1

    def _set_rates(self) -> None:
        if self.own_rates:
            lrs = [member.session.lr for member in self.members]
            self.rates = torch.tensor(lrs, device=self.bases.device)
        else:
            self.rates = self.bases * self._factor()

    def _factor(self) -> float:
        return self.leader.lr / self.lead if self.lead else 1.0

    def _settle(self) -> None:
        """Tell each session where it stands."""
        factor = 1.0 if self.own_rates else self._factor()
        for member in self.members:
            session = member.session
            session.epoch, session.batch = self.epoch, self.batch
            if not self.own_rates and session is not self.leader:
                for optimizer in session.optimizers:
                    for group in optimizer.param_groups:
                        group["lr"] = session.config.optimizer.lr * factor

    def _advance(self, losses: Sequence[float] | None = None) -> None:
        """Move the rates after a step or, with the validation losses, after an epoch."""
        scheduling = self.leader.scheduling
        if (scheduling.step if losses is None else scheduling.epoch) is None:
            return
        movers = [member.session for member in self.members] if self.own_rates else [self.leader]
        with warnings.catch_warnings():
            # PyTorch warns of a scheduler whose optimizer has not moved; here another one moves in its position.
            warnings.simplefilter("ignore")
            for position, session in enumerate(movers):
                step, epoch = session.scheduling.step, session.scheduling.epoch
                if losses is None and step is not None:
                    step()
                elif losses is not None and epoch is not None:
                    epoch(losses[position])
        self._set_rates()

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
        for number in range(steps):
            x, y = self._rows(number)
            watch = due and number == steps - 1
            for member in self.members if watch else ():
                member.run.step_lr = self._rate_of(member)
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

    def _rate_of(self, member: Member) -> float:
        return member.session.lr if self.own_rates else member.session.config.optimizer.lr * self._factor()

    def _rows(self, number: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of each network's batch, ``(n, rows, ...)``."""
        first = self.members[0].session
        if first.steps == 1:
            return self._of(self.train)
        if self._order_epoch != self.epoch:
            rows = len(first.train)
            seeds = {member.session.config.budget.seed for member in self.members}
            orders = {seed: epoch_order(seed, self.epoch, rows) for seed in seeds}
            order = torch.stack([orders[member.session.config.budget.seed] for member in self.members])
            order = order.to(first.device) + self.sources[:, None] * rows
            self._batches, self._order_epoch = order.split(first.batch_size, 1), self.epoch
        index = self._batches[number]
        x = self.train.inputs.flatten(0, 1).index_select(0, index.flatten())
        y = self.train.targets.flatten(0, 1).index_select(0, index.flatten())
        return x.view(*index.shape, *x.shape[1:]), y.view(*index.shape, *y.shape[1:])

    def _of(self, part: DevicePart, rows: int | None = None) -> tuple[Tensor, Tensor]:
        """The first rows of each network's data, ``(n, rows, ...)``; one copy where all share them."""
        inputs, targets = part.inputs[:, :rows], part.targets[:, :rows]
        if len(inputs) == 1:
            n = len(self.members)
            return inputs.expand(n, *inputs.shape[1:]), targets.expand(n, *targets.shape[1:])
        return inputs.index_select(0, self.sources), targets.index_select(0, self.sources)

    def _take(self, x: Tensor, y: Tensor, *, watched: bool) -> None:
        first = self.members[0].run
        self.inside = None
        if watched and first.session.config.watch.internals:
            self.inside = StackedInside(first.layers, self.network, self.starts)
        self.loss = self.step(x, y, self.rates, None if self.inside is None else self.inside.gradient)
        self._advance()

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
        elif self.own_rates:
            self._settle()
            losses = self._val_losses()
        self._advance(losses)
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
        end: End = ("stopped", f"Stopped at epoch {passes:.4g} of {epochs:,}.")
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
        train, val = self._of(self.train, min(probe, len(first.probe))), self._of(self.val, LOOK_ROWS if look else None)
        with self._evaluated():
            tensors = [*evaluate_stacked(first.session, self.network, *train)]
            tensors += evaluate_stacked(first.session, self.network, *val)
        tensors.append(torch.full_like(tensors[0], math.nan) if self.loss is None else self.loss)
        self.read = None
        if self.inside is not None and not look:
            more, self.read = self.inside.after(self._of(self.train, len(first.inside_rows))[0])
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
            loss, _ = evaluate_stacked(first, self.network, *self._of(self.val))
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


def _joined(parts: Sequence[DevicePart]) -> DevicePart:
    """``(sources, rows, ...)``."""
    if len(parts) == 1:
        return DevicePart(inputs=parts[0].inputs[None], targets=parts[0].targets[None])
    return DevicePart(
        inputs=torch.stack([part.inputs for part in parts]), targets=torch.stack([part.targets for part in parts])
    )
