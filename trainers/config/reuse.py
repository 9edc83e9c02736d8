"""What a run takes from another, and which of its layers learn when: numbers alone, no network.

Freezing and fine-tuning: Yosinski et al. (2014), arXiv:1411.1792. A rate for each layer and layers that begin to learn
one by one: Howard and Ruder (2018), arXiv:1801.06146.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainers.config.run_config import RunConfig
from trainers.data import DATA_SETS

# Settings of a model that shape no weight.
_SHAPELESS = frozenset({"dropout", "initializer", "init_scale"})
# Settings of the data, with the name of the set, that decide what the classes or the target are.
_TARGETS = ("name", "classes", "half", "task", "target", "file")


def frozen_layers(reuse: Mapping[str, Any], layers: int, epoch: int) -> int:
    """How many of so many layers do not learn in the epoch that follows ``epoch`` passes; the last one always does."""
    frozen, after = min(reuse["freeze"], layers - 1), reuse["unfreeze"]
    if not after or epoch < after:
        return frozen
    return max(0, frozen - epoch // after) if reuse["gradual"] else 0


def rate_shares(reuse: Mapping[str, Any], layers: int) -> tuple[float, ...]:
    """The rate of each layer as a share of the run's, from the input on."""
    return tuple(reuse["factor"] ** (layers - 1 - number) for number in range(layers))


def same_targets(before: RunConfig, after: RunConfig) -> bool:
    """Whether two runs tell the same things apart, so that the last layer of one means something to the other."""
    return before.task == after.task and all(before.data.get(name) == after.data.get(name) for name in _TARGETS)


def why_no_body(before: RunConfig, after: RunConfig) -> str:
    """Why a run cannot begin with the layers of another, all but the last; empty where it can."""
    a, b = before.model, after.model
    if a.name != b.name:
        return f"the models differ: {a.name} there, {b.name} here"
    apart = [name for name in b if name not in _SHAPELESS and a.get(name) != b[name]]
    if apart:
        name = apart[0]
        return f"the models differ: {name.replace('_', ' ')} {a.get(name)} there, {b[name]} here"
    shapes = [DATA_SETS[config.data.name].shape(config.data) for config in (before, after)]
    if None not in shapes and shapes[0] != shapes[1]:
        there, here = (" x ".join(map(str, shape or ())) for shape in shapes)
        return f"samples differ: {there} numbers there, {here} here"
    return ""
