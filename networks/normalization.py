r"""Normalization of a tensor ``(samples, channels, positions)``: y = (x - mean) / sqrt(variance + eps) * scale + shift.

The kinds differ only in which cells share a mean and a variance. batch: a channel over the batch; layer: a sample;
group: a group of channels of a sample; instance: one channel of one sample; rms: a sample, with the mean left in and
the root mean square in place of the spread. Source: Ioffe & Szegedy (2015), arXiv:1502.03167; Ba, Kiros & Hinton
(2016), arXiv:1607.06450; Wu & He (2018), arXiv:1803.08494; Ulyanov, Vedaldi & Lempitsky (2016), arXiv:1607.08022;
Zhang & Sennrich (2019), arXiv:1910.07467.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from networks.types import Array
from settings import Hyperparameter, by_key

EPS = 1e-5

GROUPS = Hyperparameter(
    name="groups",
    symbol="G",
    kind="int",
    default=2,
    low=1,
    high=8,
    valid="[1, inf)",
    meaning="Into how many groups the channels are split.",
)
MOMENTUM = Hyperparameter(
    name="momentum",
    symbol=r"\rho",
    default=0.1,
    low=0.01,
    high=1.0,
    valid="(0, 1]",
    meaning="The weight of the newest batch in the running averages.",
)


@dataclass(frozen=True, kw_only=True)
class Normalization:
    """One kind. axes: over which of (samples, channels, positions) statistics are taken; torch: the module's line."""

    key: str
    name: str
    axes: tuple[int, ...]
    torch: str
    source: str
    when_to_use: str
    centers: bool = True
    grouped: bool = False


KINDS: Mapping[str, Normalization] = MappingProxyType(
    by_key(
        [
            Normalization(
                key="batch",
                name="Batch",
                axes=(0, 2),
                torch="torch.nn.BatchNorm1d({channels})",
                source="Ioffe & Szegedy (2015), arXiv:1502.03167",
                when_to_use="Convolutional networks with batches of 32 or more.",
            ),
            Normalization(
                key="layer",
                name="Layer",
                axes=(1, 2),
                torch="torch.nn.LayerNorm([{channels}, {positions}])",
                source="Ba, Kiros & Hinton (2016), arXiv:1607.06450",
                when_to_use="Transformers and recurrent networks, where batches say little.",
            ),
            Normalization(
                key="group",
                name="Group",
                axes=(1, 2),
                torch="torch.nn.GroupNorm({groups}, {channels})",
                source="Wu & He (2018), arXiv:1803.08494",
                when_to_use="Detection and segmentation, where memory allows only small batches.",
                grouped=True,
            ),
            Normalization(
                key="instance",
                name="Instance",
                axes=(2,),
                torch="torch.nn.InstanceNorm1d({channels})",
                source="Ulyanov, Vedaldi & Lempitsky (2016), arXiv:1607.08022",
                when_to_use="Style transfer, where the contrast of an image should not matter.",
            ),
            Normalization(
                key="rms",
                name="RMS",
                axes=(1, 2),
                torch="torch.nn.RMSNorm([{channels}, {positions}], eps=1e-5)",
                source="Zhang & Sennrich (2019), arXiv:1910.07467",
                when_to_use="Large language models, as a cheaper layer normalization.",
                centers=False,
            ),
        ]
    )
)


@dataclass(frozen=True, kw_only=True)
class Normalized:
    """output: as x, after scale and shift. standardized: before them. mean, variance: as x, what each cell was given.

    For rms, mean is zero and variance the mean square. sharing: int, as x; cells with one number share statistics.
    """

    output: Array = field(repr=False)
    standardized: Array = field(repr=False)
    mean: Array = field(repr=False)
    variance: Array = field(repr=False)
    sharing: NDArray[np.int64] = field(repr=False)


def sharing(kind: str, shape: tuple[int, int, int], groups: int = 2) -> NDArray[np.int64]:
    """Which cells of ``(samples, channels, positions)`` share statistics: the same number, counted from 0.

    Raises:
        ValueError: an unknown kind, a shape without three axes, or groups that do not divide the channels.
    """
    if kind not in KINDS:
        raise ValueError(f"normalization was given {kind!r}; allowed is one of {', '.join(KINDS)}")
    if len(shape) != 3 or min(shape) < 1:
        raise ValueError(f"a tensor of shape {tuple(shape)} was given; allowed is (samples, channels, positions)")
    samples, channels, positions = shape
    sample, channel, _ = np.ogrid[:samples, :channels, :positions]
    entry = KINDS[kind]
    if entry.grouped:
        if groups < 1 or channels % groups:
            raise ValueError(f"groups was given {groups!r}; allowed is a divisor of the {channels} channels")
        number = sample * groups + channel // (channels // groups)
    else:
        axes = [axis for axis in range(3) if axis not in entry.axes]
        number = {(1,): channel, (0,): sample, (0, 1): sample * channels + channel}[tuple(axes)]
    return np.broadcast_to(number, shape).astype(np.int64)


def normalize(
    x: ArrayLike, kind: str, *, groups: int = 2, scale: ArrayLike = 1.0, shift: ArrayLike = 0.0, eps: float = EPS
) -> Normalized:
    """Normalize ``(samples, channels, positions)``. scale and shift: one number, or one a channel ``(channels,)``.

    Raises:
        ValueError: as ``sharing``.
    """
    x = np.asarray(x, dtype=np.float64)
    number = sharing(kind, x.shape, groups)  # pyright: ignore[reportArgumentType]  # it checks the axes
    flat, count = number.ravel(), np.bincount(number.ravel())
    mean = np.bincount(flat, x.ravel()) / count
    if not KINDS[kind].centers:
        mean = np.zeros_like(mean)
    centered = x - mean[number]
    variance = np.bincount(flat, centered.ravel() ** 2) / count
    standardized = centered / np.sqrt(variance[number] + eps)
    return Normalized(
        output=standardized * _by_channel(scale) + _by_channel(shift),
        standardized=standardized,
        mean=mean[number],
        variance=variance[number],
        sharing=number,
    )


def _by_channel(value: ArrayLike) -> Array:
    value = np.asarray(value, dtype=np.float64)
    return value[:, None] if value.ndim else value


@dataclass(frozen=True, kw_only=True)
class RunningAverages:
    """What batch normalization remembers for evaluation, ``(channels,)`` each, and how many batches it has seen."""

    mean: Array
    variance: Array
    batches: int = 0

    @classmethod
    def fresh(cls, channels: int) -> RunningAverages:
        """Before the first batch: mean 0, variance 1."""
        return cls(mean=np.zeros(channels), variance=np.ones(channels))

    def update(self, x: ArrayLike, momentum: float = 0.1) -> RunningAverages:
        """After one more training batch ``(samples, channels, positions)``.

        momentum weighs the new batch. As in PyTorch the variance remembered is the unbiased one, while the batch itself
        is normalized by the biased one.

        Raises:
            ValueError: fewer than two values a channel, or a momentum outside (0, 1].
        """
        x = np.asarray(x, dtype=np.float64)
        momentum = float(MOMENTUM.check(momentum))  # pyright: ignore[reportArgumentType]
        count = x.shape[0] * x.shape[2]
        if count < 2:
            raise ValueError(
                "a batch with one value a channel was given; batch normalization needs two or more to train"
            )
        mean, variance = x.mean((0, 2)), x.var((0, 2), ddof=1)
        return RunningAverages(
            mean=(1 - momentum) * self.mean + momentum * mean,
            variance=(1 - momentum) * self.variance + momentum * variance,
            batches=self.batches + 1,
        )

    def normalize(self, x: ArrayLike, *, scale: ArrayLike = 1.0, shift: ArrayLike = 0.0, eps: float = EPS) -> Array:
        """Evaluation mode: every sample by the running averages, whatever its batch."""
        x = np.asarray(x, dtype=np.float64)
        standardized = (x - self.mean[:, None]) / np.sqrt(self.variance[:, None] + eps)
        return standardized * _by_channel(scale) + _by_channel(shift)


def running_path(batches: ArrayLike, momentum: float = 0.1) -> tuple[Array, Array]:
    """Running mean and variance after 0, 1, ... of ``(steps, samples, channels, positions)``: (steps + 1, channels)."""
    batches = np.asarray(batches, dtype=np.float64)
    states = [RunningAverages.fresh(batches.shape[2])]
    for batch in batches:
        states.append(states[-1].update(batch, momentum))
    return np.stack([state.mean for state in states]), np.stack([state.variance for state in states])


@dataclass(frozen=True, kw_only=True)
class BatchError:
    """How far statistics of batches are from the population's. Each ``(sizes,)``, root mean square over draws.

    mean: error of the batch mean, in population standard deviations. variance: error of the biased batch variance, as a
    share of the population variance. output: error of the normalized values against those by the population.
    """

    sizes: tuple[int, ...]
    mean: Array
    variance: Array
    output: Array


def batch_error(
    population: ArrayLike,
    *,
    sizes: Sequence[int] = (1, 2, 4, 8, 32),
    draws: int = 2000,
    seed: int = 0,
    eps: float = EPS,
) -> BatchError:
    """Draw batches of each size from ``(n,)`` numbers, with replacement, and compare their statistics with all of them.

    Raises:
        ValueError: a population without spread.
    """
    population = np.asarray(population, dtype=np.float64).ravel()
    center, spread = population.mean(), population.std()
    if not spread > 0:
        raise ValueError("a population of equal numbers was given; allowed is one with a spread")
    generator = np.random.default_rng(seed)
    rows = []
    for size in sizes:
        batch = generator.choice(population, (draws, size))
        mean, variance = batch.mean(1, keepdims=True), batch.var(1, keepdims=True)
        wrong = (batch - mean) / np.sqrt(variance + eps) - (batch - center) / np.sqrt(spread**2 + eps)
        rows.append([((mean - center) / spread).ravel(), (variance / spread**2 - 1).ravel(), wrong.ravel()])
    errors = np.array([[np.sqrt(np.mean(column**2)) for column in row] for row in rows])
    return BatchError(sizes=tuple(sizes), mean=errors[:, 0], variance=errors[:, 1], output=errors[:, 2])


def forgotten_eval(
    sample: float, population: ArrayLike, *, size: int, draws: int = 200, seed: int = 0, eps: float = EPS
) -> Array:
    """What one test value becomes in training mode, in ``draws`` random batches of ``size`` with it: ``(draws,)``.

    In evaluation mode it is one number. With size 1 it is always zero.
    """
    others = np.random.default_rng(seed).choice(np.asarray(population, dtype=np.float64).ravel(), (draws, size - 1))
    batch = np.concatenate([np.full((draws, 1), float(sample)), others], axis=1)
    return (sample - batch.mean(1)) / np.sqrt(batch.var(1) + eps)
