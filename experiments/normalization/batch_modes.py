"""Batch normalization in training and in evaluation: running averages, and a test value in both modes.

One channel with one value a sample; the population is drawn once, skewed as activations are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.normalization import EPS, batch_error, forgotten_eval, running_path
from numerals import readable

Array = NDArray[np.float64]

SIZES = (1, 2, 4, 8, 32)
_SIMILAR = 0.1  # share of the population that counts as similar to a value


@cache
def population() -> Array:
    """20,000 values of one channel: four fifths around 2, one fifth around 7. Read-only."""
    generator = np.random.default_rng(20_000)
    high = generator.random(20_000) < 0.2
    values = np.where(high, generator.normal(7, 1.5, 20_000), generator.normal(2, 1.0, 20_000))
    values.setflags(write=False)
    return values


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """running_mean, running_variance: ``(steps + 1,)``, or None where batches of one cannot be trained on.

    batch_mean, batch_variance: ``(steps,)``. trained, ideal: the value in evaluation mode, with the running averages
    and with the population's statistics. forgotten: by batch size, the same value in training mode ``(draws,)``.
    """

    size: int
    value: float
    running_mean: Array | None = field(repr=False)
    running_variance: Array | None = field(repr=False)
    batch_mean: Array = field(repr=False)
    batch_variance: Array = field(repr=False)
    trained: float
    ideal: float
    forgotten: dict[int, Array] = field(repr=False)


def batch_view(
    *, size: int, momentum: float, batches: int, value: float, similar: bool, seed: int, draws: int = 200
) -> BatchView:
    """Train on ``batches`` batches of ``size``, then normalize one test value in both modes.

    similar: the other samples of its batch are the tenth of the population that is nearest to the value, as in a test
    set sorted by class.
    """
    everyone = population()
    drawn = np.random.default_rng(seed).choice(everyone, (batches, size, 1, 1))
    if size > 1:
        mean, variance = (path[:, 0] for path in running_path(drawn, momentum))
        end = float(mean[-1]), float(variance[-1])
    else:
        mean = variance = None
        end = 0.0, 1.0
    others = everyone
    if similar:
        others = everyone[np.argsort(np.abs(everyone - value))[: round(_SIMILAR * len(everyone))]]
    return BatchView(
        size=size,
        value=value,
        running_mean=mean,
        running_variance=variance,
        batch_mean=drawn.mean((1, 2, 3)),
        batch_variance=drawn.var((1, 2, 3), ddof=1) if size > 1 else np.zeros(batches),
        trained=(value - end[0]) / float(np.sqrt(end[1] + EPS)),
        ideal=float((value - everyone.mean()) / np.sqrt(everyone.var() + EPS)),
        forgotten={
            each: forgotten_eval(value, others, size=each, draws=draws, seed=seed) for each in sorted({*SIZES, size})
        },
    )


def forgotten_sentence(view: BatchView) -> str:
    """Both modes in numbers, for the batch size that is set."""
    values = view.forgotten[view.size]
    fixed = f"Evaluation mode gives {readable(view.trained)}, whatever the batch."
    if view.size == 1:
        return f"{fixed} Training mode with a batch of 1 gives 0 for every input: the value itself is its own mean."
    low, high = np.quantile(values, [0.05, 0.95])
    flips = float(np.mean(np.sign(values) != np.sign(view.trained)))
    return (
        f"{fixed} Training mode in batches of {view.size} gives {readable(float(low), 2)} to "
        f"{readable(float(high), 2)}, with the wrong sign in {readable(100 * flips, 2)} % of batches."
    )


def running_sentence(view: BatchView, momentum: float) -> str:
    """How far the running averages have come."""
    if view.running_mean is None or view.running_variance is None:
        return "PyTorch refuses to train on one value a channel: its variance is zero, and every output would be too."
    everyone = population()
    share = 100 * (1 - momentum) ** len(view.batch_mean)
    return (
        f"After {readable(len(view.batch_mean))} batches the running mean is {readable(float(view.running_mean[-1]))}, "
        f"the population's {readable(float(everyone.mean()))}. "
        f"The first guess still weighs {readable(share, 2) if share >= 0.1 else 'less than 0.1'} %."
    )


def error_table(seed: int) -> pd.DataFrame:
    """The errors by batch size, numbers as text."""
    errors = batch_error(population(), sizes=SIZES, seed=seed)
    return pd.DataFrame(
        {
            "samples in a batch": [readable(size) for size in errors.sizes],
            "error of the mean (standard deviations)": _texts(errors.mean),
            "error of the variance (share)": _texts(errors.variance),
            "error of normalized values": _texts(errors.output),
        }
    )


def _texts(values: Array | Sequence[float]) -> list[str]:
    return [readable(float(value)) for value in values]


def train_and_eval_code(momentum: float) -> str:
    """The order of both modes in PyTorch."""
    return (
        f"layer = torch.nn.BatchNorm1d(1, momentum={momentum:g})\n"
        "layer.train()   # each batch is its own yardstick\n"
        "# ... training ...\n"
        "layer.eval()    # forget this line, and the answer depends on who else is in the batch\n"
        "y = layer(x)"
    )
