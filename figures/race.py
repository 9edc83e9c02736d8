"""A race: several optimizers from the same start on one landscape, with one budget."""

from __future__ import annotations

from figures.theme import style_lanes
from figures.types import Entry, Lane, Race, RaceResult
from optimizers import OPTIMIZERS, descend

__all__ = ["Entry", "Lane", "Race", "RaceResult", "run_race"]


def run_race(race: Race) -> RaceResult:
    """Run every entry. Raises ValueError as ``descend`` does."""
    trajectories = [
        descend(
            race.landscape,
            OPTIMIZERS[entry.optimizer],
            start=race.start,
            steps=race.steps,
            schedule=entry.chosen_schedule,
            noise=race.noise,
            seed=race.seed,
            **entry.values,
        )
        for entry in race.entries
    ]
    return RaceResult(race=race, lanes=style_lanes(race.entries, trajectories))
