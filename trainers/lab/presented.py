"""Runs that show certain configurations already, so that a preset is trained once for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from trainers.config import RunConfig
from trainers.store import ACTIVE, RunFilter, Store, StoredRun

# A run with these ends shows what its configuration does; one that was stopped or broke off may not.
TELLING = (*ACTIVE, "finished", "early_stopped", "diverged")


def members(store: Store, run_id: str | None) -> list[StoredRun]:
    """The run and those it is shown with, in the order they were made; empty where there is no such run.

    A run that goes on from a checkpoint of another stands beside that one, whose curve leads up to it.
    """
    run = store.run(run_id) if run_id else None
    if run is None:
        return []
    together = [run]
    if run.experiment is not None and not _of_search(store, run.experiment):
        of_experiment = store.runs(RunFilter(experiment=run.experiment))
        together = sorted(of_experiment, key=lambda one: (one.created, one.role != "unchanged"))
    parent = store.run(run.parent) if run.parent and run.parent_epoch else None
    return [parent, *together] if parent and parent not in together else together


def _of_search(store: Store, experiment: str) -> bool:
    """Whether it holds the many runs of a search, each of which stands for itself."""
    found = store.experiment(experiment)
    return found is not None and found.kind == "search"


def presented(store: Store, runs: Sequence[tuple[str, RunConfig]]) -> str | None:
    """A run that shows these (role, configuration) already: one of its own, or of several, of an experiment with all.

    What others have tried on such a run is theirs, and stands apart.
    """
    candidates = store.of_config(runs[0][1], TELLING)
    if len(runs) == 1:
        return next((run.id for run in candidates if run.experiment is None), candidates[0].id if candidates else None)
    for run in candidates:
        have = {one.role: one.config for one in members(store, run.id)}
        if all(have.get(role) == config for role, config in runs):
            return run.id
    return None
