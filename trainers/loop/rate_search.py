"""A learning rate is looked for: raised with every step until the loss breaks, and halved until a trial holds.

Both begin where the run itself would, with its own batches, optimizer and penalties; its schedule is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from trainers.config import RunConfig
from trainers.data import Part, Splits
from trainers.loop.hardware import choose_device, suitable_device
from trainers.loop.session import Session
from trainers.loop.training import own_random_numbers, own_threads, suitable_threads
from trainers.rates import RangeTest, RateRequest, RateSearch, Trial

TRIAL_ROWS, TRIAL_STEPS, MOST_TRIALS = 512, 40, 24
FAR = 6.0  # times the first loss: nothing is learned from going on
LOOK = 5  # steps between two looks at the loss, for which a device is waited for

Told = Callable[[RateSearch, float], None]
"""Called with what there is so far and the share done; what it raises ends the search."""


def search_rates(
    request: RateRequest, splits: Splits, told: Told, *, device: str | None = None, before: RateSearch | None = None
) -> RateSearch:
    """A range test on all training rows, then trials on some of them.

    before: what this very search had found when it was broken off: it goes on after the trials there are.

    Raises:
        ValueError: the configuration is none, or a device is unknown.
    """
    config = RunConfig.from_json(request.config).changed({"schedule.name": "constant", "budget.epochs": 1})
    chosen = suitable_device(config, splits) if device is None else choose_device(device)
    with own_random_numbers(chosen.key), own_threads():
        done = before is not None and bool(before.trials)  # else the range test itself was broken off
        test = before.range_test if before and done else _range_test(config, splits, chosen.key, request, told)
        few = replace(splits, train=_first(splits.train, TRIAL_ROWS))
        found = RateSearch(range_test=test, rows=len(few.train), trials=before.trials if before and done else ())
        if any(trial.held for trial in found.trials):
            return found
        for number in range(len(found.trials), MOST_TRIALS):
            rate = request.highest / 2**number
            if rate < request.lowest:
                break
            trial = _trial(config, few, chosen.key, rate)
            found = replace(found, trials=(*found.trials, trial))
            told(found, 0.5 + 0.5 * (number + 1) / MOST_TRIALS)
            if trial.held:
                break
    return found


def _range_test(config: RunConfig, splits: Splits, device: str, request: RateRequest, told: Told) -> RangeTest:
    session = Session(config, splits, device)
    torch.set_num_threads(suitable_threads(session))
    rates = np.geomspace(request.lowest, request.highest, request.steps).tolist()
    set_rate = _rate_setter(session)
    batches = _batches(session)
    losses: list[Tensor] = []
    seen: list[float] = []
    done = RangeTest(most=request.highest)
    for k, rate in enumerate([*rates, rates[-1]]):  # the loss after a step is told by the next one
        set_rate(rate)
        losses.append(session.take_step(next(batches)))
        if k % LOOK == 0 or k == request.steps:
            seen += [float(loss) for loss in losses[len(seen) :]]
            broken = _far(seen)
            done = RangeTest(
                rates=tuple(rates[: max(0, len(seen) - 1)]),
                losses=tuple(loss if math.isfinite(loss) else math.inf for loss in seen[1:]),
                passes=session.passes,
                most=request.highest,
            )
            told(RateSearch(range_test=done), 0.5 * k / request.steps)
            if broken is not None:  # entry 0 is the loss before the first step
                return replace(done, rates=done.rates[:broken], losses=done.losses[:broken])
    return done


def _far(losses: list[float]) -> int | None:
    """The number of the first loss that is none, or far above where it began."""
    top = FAR * max(abs(losses[0]), 1e-12)
    return next((k for k, loss in enumerate(losses) if not math.isfinite(loss) or loss > top), None)


def _trial(config: RunConfig, splits: Splits, device: str, rate: float) -> Trial:
    session = Session(config, splits, device)
    _rate_setter(session)(rate)
    batches = _batches(session)
    losses: list[Tensor] = []
    seen: list[float] = []
    for k in range(TRIAL_STEPS):
        losses.append(session.take_step(next(batches)))
        if (k + 1) % LOOK == 0:
            seen += [float(loss) for loss in losses[len(seen) :]]
            if _far(seen) is not None:
                break
    told = tuple(loss if math.isfinite(loss) else math.inf for loss in seen)
    part = max(1, len(told) // 5)
    held = _far(seen) is None and sum(told[-part:]) / part <= sum(told[:part]) / part
    return Trial(rate=rate, losses=told, held=held)


def _batches(session: Session) -> Iterator[Tensor]:
    while True:
        for rows in session.batches()[: session.steps]:
            yield rows
            session.batch += 1
        session.epoch, session.batch = session.epoch + 1, 0


def _rate_setter(session: Session) -> Callable[[float], None]:
    """What sets the rate of every parameter, each group's in its proportion to the run's."""
    usual = session.config.optimizer.lr or 1.0
    groups = [group for optimizer in session.optimizers for group in optimizer.param_groups]
    shares = [float(group["lr"]) / usual if usual else 1.0 for group in groups]

    def set_rate(rate: float) -> None:
        for group, share in zip(groups, shares, strict=True):
            group["lr"] = rate * share

    return set_rate


def _first(part: Part, rows: int) -> Part:
    """The first rows; they are in random order already."""
    return Part(inputs=part.inputs[:rows], targets=part.targets[:rows], rows=part.rows[:rows])
