"""A fair race of eight rules at its usual budget, beside the descents that it is made of, without the search.

    python -m benchmarks.fair_race

The floor runs what a search runs, the defaults in place of what is proposed: as many batches of as many paths and
steps, then the race from the other starts. Three of each, in turn. Aim: a minute on two cores, by the search of either
kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np

from experiments.race import RACE_STARTS, TUNING_STARTS, FairCodec, FairRace, run_fair_race
from optimizers import OPTIMIZERS, descend

ROUNDS, AT_ONCE = 3, 5


def descents(race: FairRace) -> None:
    """The same number of paths and evaluations, with nothing to choose."""
    low, high = np.array(race.landscape.domain).T
    draw = np.random.default_rng(0)
    for key in race.rules:
        rule = OPTIMIZERS[key]
        spent = descend(race.landscape, rule, start=race.landscape.start, steps=4, record="points").evaluations
        steps = max(1, race.budget // max(1, int(spent[1])))
        for count in (*[AT_ONCE * TUNING_STARTS] * (race.trials // AT_ONCE), RACE_STARTS):
            starts = draw.uniform(low, high, (count, 2))
            descend(race.landscape, rule, start=starts, steps=steps, record="points")


def seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def main() -> None:
    asked, _ = FairCodec().read({})
    races = {search: replace(asked, search=search) for search in ("random", "model")}
    run_fair_race(replace(asked, trials=5))  # Optuna is loaded
    taken: dict[str, list[float]] = {name: [] for name in ("descents", *races)}
    for _ in range(ROUNDS):
        taken["descents"].append(seconds(lambda: descents(asked)))
        for search, race in races.items():
            taken[search].append(seconds(lambda race=race: run_fair_race(race)))
    floor = median(taken.pop("descents"))
    print(
        f"{len(asked.rules)} rules, {asked.trials} proposals, {asked.budget} evaluations: descents alone {floor:.1f} s"
    )
    for search, times in taken.items():
        print(f"  {search}: {median(times):.1f} s, {median(times) / floor:.2f}x (aim 60 s)")


if __name__ == "__main__":
    main()
