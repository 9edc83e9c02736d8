"""What a race costs a server that others share, and the longest one that it runs.

The estimate is made from what a lane is, never from a clock: a link shows the same race on every machine. It counts in
nominal microseconds, about those of one core; what a step costs was measured over all rules.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from experiments.race.types import Entry, Race
from numerals import readable
from optimizers import OPTIMIZERS, descend

MOST = 10_000_000  # nominal microseconds of a race
QUICK = 500_000  # those of one for which nobody need wait

_STEP, _EVALUATION, _OPERATION, _REMEMBERED = 20.0, 40.0, 0.1, 1.5
_MOST_EVALUATIONS = 28  # of a step: PyTorch's line search tries 25 lengths
_PROBED = 16  # steps that are run to see how often a rule that searches looks


def work(race: Race) -> float:
    """Nominal microseconds: steps times what a step of every lane evaluates and remembers."""
    return race.steps * sum(_step(race, entry, _MOST_EVALUATIONS) for entry in race.entries)


def affordable(race: Race) -> Race:
    """The race itself, or one of fewer steps where it is more work than a server does for one link."""
    if work(race) <= MOST:
        return race
    step = sum(_step(race, entry, _evaluations(race, entry)) for entry in race.entries)
    if race.steps * step <= MOST:
        return race
    steps = max(10, int(MOST / step))
    coarse = 10 ** max(math.floor(math.log10(steps)) - 1, 0)
    return replace(race, steps=steps // coarse * coarse)


def shortened(asked: Race, ran: Race) -> str:
    """One sentence on what was run instead of what was asked, empty where that is the same."""
    if asked.steps == ran.steps:
        return ""
    lanes = f"{len(asked.entries)} optimizers" if len(asked.entries) > 1 else "this optimizer"
    return (
        f"{readable(asked.steps)} steps of {lanes} with these settings are more than one race may take; "
        f"{readable(ran.steps)} steps were run. Fewer optimizers, or a shorter memory, leave room for more."
    )


def _step(race: Race, entry: Entry, evaluations: float) -> float:
    rule = OPTIMIZERS[entry.optimizer]
    state = rule.init(np.zeros(2), {**rule.defaults(), **entry.values})
    remembered = sum(np.size(each) for each in state.values())
    evaluation = _EVALUATION + _OPERATION * len(race.landscape.program.dx)
    return _STEP + _REMEMBERED * remembered + evaluation * min(evaluations, _MOST_EVALUATIONS)


def _evaluations(race: Race, entry: Entry) -> float:
    """Of a step, seen on the first ones; at least one."""
    path = descend(
        race.landscape,
        OPTIMIZERS[entry.optimizer],
        start=race.start,
        steps=_PROBED,
        noise=race.noise,
        seed=race.seed,
        record="points",
        **entry.values,
    )
    return max(1.0, float(path.evaluations[-1]) / _PROBED)
