"""Configurations of forks: what may go on from a checkpoint, and the two sides of a remedy that is tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from trainers.config.run_config import RunConfig, differences

MIN_EXTRA_EPOCHS = 5
# Settings of the data that decide what a sample looks like, with the name of the set.
_SAMPLES = ("data.name", "data.leak", "data.drop_giveaways", "data.length", "data.features", "data.file", "data.target")
# Settings of a model that change no weight, for these models: elsewhere layers are numbered by what stands before them.
_WEIGHTLESS = {"mlp": ("model.dropout",), "resnet": ("model.dropout",), "transformer": ("model.dropout",)}


def fits(before: RunConfig, after: RunConfig) -> bool:
    """Whether weights of one configuration go into the network of another."""
    changed = set(differences(before, after))
    free = _WEIGHTLESS.get(after.model.name, ()) if before.model.name == after.model.name else ()
    if any(name.startswith("model.") and name not in free for name in changed):
        return False
    if "loss.name" in changed and "bce" in (before.loss.name, after.loss.name):
        return False  # another number of outputs
    return not changed & set(_SAMPLES)


def remedy_pair(config: RunConfig, changes: Mapping[str, Any], epoch: float) -> tuple[RunConfig, RunConfig]:
    """(unchanged, remedied) with the same number of epochs left at ``epoch``, where both begin.

    A remedy that changes the budget gives both the new one; where it does nothing else, the unchanged side keeps its
    own. Where no epoch is left, both get half the budget more, at least five.

    Raises:
        ValueError: what the configuration refuses.
    """
    remedied = config.changed(changes)
    if remedied.budget.epochs != config.budget.epochs:
        same = config.changed({"budget.epochs": remedied.budget.epochs})
        return (config if same == remedied else same), remedied
    if config.budget.epochs - epoch >= 1:
        return config, remedied
    extra = max(MIN_EXTRA_EPOCHS, math.ceil(config.budget.epochs / 2))
    longer = {"budget.epochs": math.ceil(epoch) + extra}
    return config.changed(longer), remedied.changed(longer)
