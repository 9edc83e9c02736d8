"""A race: several optimizers from the same start on one landscape, with one budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from experiments.race.labels import lane_labels
from experiments.race.types import Entry, Lane, Race, RaceResult
from optimizers import OPTIMIZERS, SCHEDULES, descend
from settings import Hyperparameter


def run_race(race: Race, progress: Callable[[float], None] | None = None) -> RaceResult:
    """Run every entry, and record of what rules remember all that can be drawn.

    progress: called now and then with the share done, 0 to 1; what it raises ends the race.

    Raises:
        ValueError: as ``descend`` does.
    """

    def share_of_all(lane: int) -> Callable[[float], None] | None:
        told = progress
        return None if told is None else lambda share: told((lane + share) / len(race.entries))

    trajectories = [
        descend(
            race.landscape,
            OPTIMIZERS[entry.optimizer],
            start=race.start,
            steps=race.steps,
            schedule=entry.chosen_schedule,
            noise=race.noise,
            seed=race.seed,
            batches=race.batches(entry),
            record="small",
            progress=share_of_all(lane),
            **entry.values,
        )
        for lane, entry in enumerate(race.entries)
    ]
    labels = lane_labels(race.entries, trajectories)
    return RaceResult(
        race=race,
        lanes=tuple(
            Lane(entry=entry, label=label, trajectory=trajectory)
            for entry, label, trajectory in zip(race.entries, labels, trajectories, strict=True)
        ),
    )


def make_entry(
    optimizer: str,
    values: Mapping[str, Any] | None = None,
    schedule: str = "constant",
    schedule_values: Mapping[str, Any] | None = None,
    warmup: int = 0,
    *,
    batch: int = 0,
    draw: str = "shuffled",
) -> Entry:
    """An entry that holds only what differs from the defaults, so that equal settings are equal entries."""
    return Entry(
        optimizer=optimizer,
        values=_changed(OPTIMIZERS[optimizer].hyperparameters, values or {}),
        schedule=schedule,
        schedule_values=_changed(SCHEDULES[schedule].hyperparameters, schedule_values or {}),
        warmup=warmup,
        batch=batch,
        draw=draw if batch else "shuffled",
    )


def _changed(parameters: Sequence[Hyperparameter], values: Mapping[str, Any]) -> dict[str, Any]:
    return {p.name: values[p.name] for p in parameters if p.name in values and values[p.name] != p.default}
