"""Which runs can be trained as one batched computation: those that differ only in numbers.

They share data of one size, network, loss, schedule and budget. What may differ is what leaves every tensor its shape
and every step its place: the rate and the other numbers of the optimizer, penalties, seeds, noise, how the weights
start, and when a run gives up. A run that draws random numbers while it trains would have to share their generator, and
measurements that differentiate twice and SAM's second gradient take one network at a time: such runs are trained alone,
and so are those that begin with another's weights or whose layers learn at rates of their own.
"""

from __future__ import annotations

import json

from trainers.config.optimizers import OPTIMIZERS
from trainers.config.run_config import RunConfig
from trainers.config.sections import SECTIONS, asked_for

STACKED_MODELS = frozenset({"mlp", "linear", "logistic"})
# Beside every setting of the optimizer but its name.
MAY_DIFFER = frozenset(
    {
        "data.noise",
        "data.seed",
        "data.label_noise",
        "model.initializer",
        "model.init_scale",
        "regularization.l1",
        "regularization.l2",
        "regularization.proximal",
        "regularization.jacobian",
        "regularization.orthogonality",
        "regularization.max_norm",
        "regularization.weight_decay",
        "regularization.patience",
        "regularization.min_gain",
        "budget.seed",
        "budget.keep_going",
    }
)


def may_differ(name: str) -> bool:
    """Whether runs that are trained as one may differ in this setting, by its dotted name."""
    return name in MAY_DIFFER or (name.startswith("optimizer.") and name != "optimizer.name")


def stack_key(config: RunConfig) -> str | None:
    """The same text for runs that can be trained as one; None for a run that has to be trained alone."""
    watch, regularization = config.watch, config.regularization
    if regularization.weight_noise or regularization.activity_noise:
        return None
    if config.model.name not in STACKED_MODELS or config.model.get("dropout") or asked_for(config.augmentation):
        return None
    if config.regularization.sam:  # two passes a step, of which the second moves no statistics
        return None
    reuse = config.reuse
    if reuse.run or reuse.freeze or reuse.factor != 1 or config.optimizer.get("by_fan_in"):
        return None
    if not OPTIMIZERS[config.optimizer.name].by_rate or watch.sharpness or watch.noise_scale or watch.cosine:
        return None
    shared = {
        f"{section}.{name}": value
        for section in SECTIONS
        for name, value in getattr(config, section).items()
        if not may_differ(f"{section}.{name}")
    }
    return json.dumps(shared, sort_keys=True)
