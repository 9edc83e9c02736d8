"""About how long a search takes, told from runs that were trained before."""

from __future__ import annotations

from statistics import median

from trainers.config import RunConfig
from trainers.store import RunFilter, Store
from trainers.sweeps import SweepRequest

_LOOKED_AT = 60  # of the newest runs on the same data


def about_seconds(store: Store, request: SweepRequest, slots: int) -> float | None:
    """Seconds until a search ends where nobody else trains; None where nothing like its runs was trained before.

    Runs of the same data, model and batch size tell what an epoch takes of a worker. What is varied may make one longer
    or shorter, and so may what is trained as one with others.
    """
    config = request.run_config
    epoch = _seconds_of_an_epoch(store, config)
    if epoch is None:
        return None
    training = request.runs * config.budget.epochs * epoch
    return (min(training, request.seconds) if request.seconds else training) / max(1, min(slots, request.runs))


def _seconds_of_an_epoch(store: Store, config: RunConfig) -> float | None:
    runs = store.runs(
        RunFilter(statuses=("finished", "early_stopped", "stopped"), data=(config.data.name,)), limit=_LOOKED_AT
    )
    found = [
        run.taken / run.epoch
        for run in runs
        if run.config is not None and run.epoch > 0 and run.taken > 0 and _shape(run.config) == _shape(config)
    ]
    return median(found) if found else None


def _shape(config: RunConfig) -> tuple[object, ...]:
    return config.model.name, config.data.get("size"), config.budget.batch_size
