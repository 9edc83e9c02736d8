"""What a search over settings has come to: the best so far, after every trial."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trainers.sweeps import Part, Sweep, SweepRequest, Trial


@dataclass(frozen=True, kw_only=True)
class BestSoFar:
    """The best goal of a study after each trial that ended. seconds: of training of its runs until then."""

    part: Part
    trials: tuple[Trial, ...]
    best: tuple[float, ...]
    seconds: tuple[float, ...]


def best_so_far(request: SweepRequest, sweep: Sweep) -> list[BestSoFar]:
    """For each study, in the order in which its trials ended."""
    found = []
    for part in request.parts:
        ended = [trial for trial in sweep.trials if trial.part == part.key and trial.order is not None]
        ended.sort(key=lambda trial: trial.order or 0)
        best, spent, lows, times = math.nan, 0.0, [], []
        for trial in ended:
            spent += trial.seconds
            if trial.state == "complete" and trial.goal is not None:
                better = max if request.maximize else min
                best = trial.goal if math.isnan(best) else better(best, trial.goal)
            lows.append(best)
            times.append(spent)
        found.append(BestSoFar(part=part, trials=tuple(ended), best=tuple(lows), seconds=tuple(times)))
    return found
