"""What a search over settings has come to: the best so far, after every trial."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trainers.sweeps import Part, Sweep, SweepRequest, Trial, best_trial


@dataclass(frozen=True, kw_only=True)
class BestSoFar:
    """The best goal of a study after each trial that ended. seconds: of training of its runs until then.

    holders: the trials that had it by then, None before there was one.
    """

    part: Part
    trials: tuple[Trial, ...]
    best: tuple[float, ...]
    seconds: tuple[float, ...]
    holders: tuple[Trial | None, ...]


def best_so_far(request: SweepRequest, sweep: Sweep) -> list[BestSoFar]:
    """For each study, in the order in which its trials ended."""
    found = []
    for part in request.parts:
        ended = [trial for trial in sweep.trials if trial.part == part.key and trial.order is not None]
        ended.sort(key=lambda trial: trial.order or 0)
        holder: Trial | None = None
        spent, lows, times, holders = 0.0, [], [], []
        for trial in ended:
            spent += trial.seconds
            if trial.state == "complete":
                holder = best_trial([each for each in (holder, trial) if each is not None], request.maximize)
            lows.append(math.nan if holder is None or holder.goal is None else holder.goal)
            times.append(spent)
            holders.append(holder)
        found.append(
            BestSoFar(part=part, trials=tuple(ended), best=tuple(lows), seconds=tuple(times), holders=tuple(holders))
        )
    return found
