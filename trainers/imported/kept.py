"""Imported curves are kept as runs, within bounds: so many rows of one, and so many of all together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainers.diagnosis import History, diagnose
from trainers.imported.reports import reports_of
from trainers.store import RunFilter, Store, StoreError

MAX_ROWS_KEPT = 20_000  # of one run: nine megabytes in the database
MAX_ROWS_OF_ALL = 400_000
_LOSSES = ("train_loss", "val_loss")
_OTHERS = ("train_metric", "val_metric", "lr", "grad_norm")


def keep_curves(store: Store, history: History, name: str) -> str:
    """The id of a new run with these curves; a run without its curves does not stay.

    Raises:
        ValueError: imported curves take all the room they may. StoreError: the store's own.
    """
    history = thinned(history, MAX_ROWS_KEPT)
    count = store.count(RunFilter(statuses=("imported",)))
    present = sum(run.last for run in store.runs(RunFilter(statuses=("imported",)), limit=count))
    if present + len(history) > MAX_ROWS_OF_ALL:
        raise ValueError(
            f"Imported curves have {present:,} rows here, and these {len(history):,}; there is room for "
            f"{MAX_ROWS_OF_ALL:,}. Delete imported runs that nobody needs."
        )
    run = store.create(None, name=name, status="imported")
    try:
        store.add_reports(run.id, reports_of(history), findings=tuple(diagnose(history)))
    except (StoreError, ValueError):
        store.delete([run.id])
        raise
    return run.id


def thinned(history: History, most: int) -> History:
    """Means over neighbouring rows where there are more than ``most``, each at the last epoch of its rows."""
    width = -(-len(history) // most)
    if width <= 1:
        return history
    starts = np.arange(0, len(history), width)

    def means(values: NDArray[np.float64], there: NDArray[np.bool_]) -> NDArray[np.object_]:
        counts = np.add.reduceat(there.astype(float), starts)
        with np.errstate(all="ignore"):  # losses that broke, and stretches without any
            means = (np.add.reduceat(np.where(there, values, 0), starts) / counts).astype(object)
        means[counts == 0] = None
        return means

    series = {
        name: means(getattr(history, name), ~getattr(history, f"missing_{name.partition('_')[0]}")) for name in _LOSSES
    }
    series |= {name: means(values := getattr(history, name), ~np.isnan(values)) for name in _OTHERS}
    last = np.append(starts[1:], len(history)) - 1
    return History(**series, epochs=history.epochs[last])  # pyright: ignore[reportArgumentType]
