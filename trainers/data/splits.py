"""Rows ready for training: split, spoiled where asked, scaled by what the training rows alone tell.

The order is: rows, leak on purpose, give-away features out, split, train-set size, label noise (training part only),
scaling fitted on the training part. All of it is NumPy; the loop moves the arrays to its device once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from settings import Settings
from trainers.data.catalogue import DATA_SETS
from trainers.data.table import DataUnavailable, Progress, Table, silent

GIVEAWAY_SCORE, GIVEAWAY_LEAD = 0.98, 0.02


@dataclass(frozen=True, kw_only=True)
class Part:
    """inputs ``(n, *shape)`` float32; targets ``(n,)`` int64 classes or ``(n, 1)`` float32; rows: their numbers."""

    inputs: NDArray[np.float32] = field(repr=False)
    targets: NDArray[Any] = field(repr=False)
    rows: NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, kw_only=True)
class Splits:
    """Three parts and what was done to them.

    A raw input is ``inputs * scale + shift`` and a raw regression target ``targets * target_scale + target_shift``.
    flipped: positions in ``train`` whose label was made wrong.
    """

    train: Part
    val: Part
    test: Part
    task: str
    inputs: str
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    shift: NDArray[np.float32] = field(repr=False)
    scale: NDArray[np.float32] = field(repr=False)
    target_shift: float = 0.0
    target_scale: float = 1.0
    unit: tuple[str, float] = ("", 1.0)
    flipped: NDArray[np.int64] = field(repr=False, default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return self.train.inputs.shape[1:]


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """Evidence in the data that validation does not measure what it should.

    shared_val, shared_test: rows whose inputs also stand in the training part. giveaways: features that predict the
    target alone, with their score (balanced accuracy, or R^2).
    """

    shared_val: int
    shared_test: int
    val_rows: int
    test_rows: int
    giveaways: tuple[tuple[str, float], ...]

    def sentences(self) -> list[str]:
        """What was found, each in one sentence; empty where nothing was."""
        sentences = []
        for shared, rows, part in (
            (self.shared_val, self.val_rows, "validation"),
            (self.shared_test, self.test_rows, "test"),
        ):
            if shared:
                sentences.append(f"{shared:,} of {rows:,} {part} rows also stand in the training part.")
        sentences += [
            f"The feature {name} predicts the target alone, with a score of {score:.2f}."
            for name, score in self.giveaways
        ]
        return sentences


def load(data: Settings, progress: Progress = silent) -> Splits:
    """The rows of a configuration's data section, ready for training.

    Raises:
        DataUnavailable: they cannot be had, or too few are left for a part; the message says what to do.
    """
    entry = DATA_SETS[data.name]
    table = entry.make(data, progress)
    task = entry.task_of(data)
    table = replace(table, inputs=table.inputs.astype(np.float32, copy=False))
    if data.leak == "feature" and entry.inputs == "vector":
        table = with_target_as_feature(table, data.seed)
    if data.leak == "duplicates":  # every row twice, as when a table is oversampled before it is split
        table = replace(table, inputs=np.repeat(table.inputs, 2, 0), targets=np.repeat(table.targets, 2))
    if len(table.targets) < 3:
        raise DataUnavailable(f"{entry.name} has {len(table.targets)} rows; a split into parts needs 3 at the least.")
    if data.drop_giveaways and entry.inputs == "vector":
        table = without(table, [name for name, _ in giveaways(table, data)])
    groups = row_ids(table.inputs) if data.grouped else None
    train, val, test = split_rows(table.targets, data.val_share, data.test_share, data.seed, groups)
    if not len(train) or not len(val):
        raise DataUnavailable("The split leaves a part without rows; use more rows or other shares.")
    if data.train_size and data.train_size < len(train):
        train = subset(table.targets, train, data.train_size, data.seed)
    if data.bootstrap:
        train = resampled(train, data.seed, data.bootstrap)
    targets = table.targets
    train_targets, flipped = with_label_noise(targets[train], data.label_noise, len(table.classes), data.seed)
    parts = {}
    for name, rows in (("train", train), ("val", val), ("test", test)):
        part_targets = train_targets if name == "train" else targets[rows]
        parts[name] = (table.inputs[rows], part_targets, rows)
    shift, scale = fit_scaling(parts["train"][0], data.scaling, entry.inputs)
    target_shift, target_scale = 0.0, 1.0
    if task == "regression" and data.scale_targets:
        target_shift, target_scale = float(train_targets.mean()), float(train_targets.std()) or 1.0
    made = {}
    for name, (inputs, part_targets, rows) in parts.items():
        if task == "regression":
            part_targets = ((part_targets - target_shift) / target_scale).astype(np.float32)[:, None]
        made[name] = Part(inputs=(inputs - shift) / scale, targets=part_targets, rows=rows)
    return Splits(
        **made,
        task=task,
        inputs=entry.inputs,
        features=table.features,
        target=table.target,
        classes=table.classes,
        shift=shift,
        scale=scale,
        target_shift=target_shift,
        target_scale=target_scale,
        unit=table.unit,
        flipped=flipped,
    )


def split_rows(
    targets: NDArray[Any], val_share: float, test_share: float, seed: int, groups: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers of training, validation and test; every row is in one of them.

    Rows are shuffled, then sorted by target, and every n-th is taken: each class (each stretch of a regression's
    targets) is in each part in its own proportion, within one row. ``groups``: rows of one number stay together.
    """
    rng = np.random.default_rng((seed, 1))
    if groups is not None:
        firsts = np.unique(groups, return_index=True)[1]
        parts = split_rows(targets[firsts], val_share, test_share, seed)
        train, val, test = (np.flatnonzero(np.isin(groups, groups[firsts[part]])) for part in parts)
        return rng.permutation(train), rng.permutation(val), rng.permutation(test)
    order = rng.permutation(len(targets))
    order = order[np.argsort(targets[order], kind="stable")]
    test_rows = round(len(targets) * test_share)
    val_rows = max(1, round(len(targets) * val_share))
    order, test = _every(order, test_rows, rng)
    order, val = _every(order, val_rows, rng)
    return rng.permutation(order), rng.permutation(val), rng.permutation(test)


def _every(
    order: NDArray[np.int64], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Take ``count`` rows at even distances; returns the rest and the taken."""
    if not count:
        return order, order[:0]
    taken = np.floor((np.arange(count) + rng.random()) * len(order) / count).astype(np.int64)
    return np.delete(order, taken), order[taken]


def subset(targets: NDArray[Any], rows: NDArray[np.int64], size: int, seed: int) -> NDArray[np.int64]:
    rng = np.random.default_rng((seed, 2))
    order = rows[np.argsort(targets[rows], kind="stable")]
    return rng.permutation(_every(order, size, rng)[1])


def resampled(rows: NDArray[np.int64], seed: int, number: int) -> NDArray[np.int64]:
    """As many rows drawn with replacement: a bootstrap sample (Efron 1979), another for every ``number``."""
    return np.random.default_rng((seed, 6, number)).choice(rows, len(rows))


def with_label_noise(
    targets: NDArray[Any], share: float, classes: int, seed: int
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Give ``share`` of the rows another class each, or in a regression shuffle their targets among them."""
    chosen = np.sort(np.random.default_rng((seed, 4)).permutation(len(targets))[: round(share * len(targets))])
    if not len(chosen):
        return targets, chosen
    rng, noisy = np.random.default_rng((seed, 5)), targets.copy()
    if classes:
        noisy[chosen] = (targets[chosen] + rng.integers(1, classes, len(chosen))) % classes
    else:
        noisy[chosen] = rng.permutation(targets[chosen])
    return noisy, chosen


def fit_scaling(inputs: NDArray[np.float32], kind: str, of: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(shift, scale), so that ``(inputs - shift) / scale`` is scaled; one number a feature, or a channel of an image.

    standard: mean 0, standard deviation 1. minmax: from 0 to 1. A feature that never changes keeps scale 1.
    """
    axes = {"vector": (0,), "image": (0, 2, 3), "sequence": (0, 1)}[of]
    shape = tuple(1 if axis in axes else size for axis, size in enumerate(inputs.shape))[1:]
    if kind == "none":
        return np.zeros(shape, np.float32), np.ones(shape, np.float32)
    if kind == "minmax":
        shift, scale = inputs.min(axes), inputs.max(axes) - inputs.min(axes)
    else:
        shift, scale = inputs.mean(axes, dtype=np.float64), inputs.std(axes, dtype=np.float64)
    # Where all values agree, the spread is rounding error and no scale.
    constant = scale <= 1e-6 * np.abs(inputs).max(axes)
    scale = np.where(constant, 1.0, scale)
    return shift.astype(np.float32).reshape(shape), scale.astype(np.float32).reshape(shape)


def with_target_as_feature(table: Table, seed: int) -> Table:
    rng = np.random.default_rng((seed, 6))
    answer = table.targets.astype(np.float64)
    answer = answer + 0.01 * (answer.std() or 1.0) * rng.normal(size=len(answer))
    inputs = np.concatenate([table.inputs, answer[:, None].astype(np.float32)], 1)
    return replace(table, inputs=inputs, features=(*table.features, f"{table.target} (leaked)"))


def without(table: Table, names: Sequence[str]) -> Table:
    """The table less these features."""
    keep = [i for i, name in enumerate(table.features) if name not in names]
    return replace(table, inputs=table.inputs[:, keep], features=tuple(table.features[i] for i in keep))


def row_ids(inputs: NDArray[np.float32]) -> NDArray[np.int64]:
    """A number for each row, the same for identical rows."""
    flat = np.ascontiguousarray(inputs.reshape(len(inputs), -1)) + 0.0  # turns -0 into 0
    view = flat.view(np.dtype((np.void, flat.dtype.itemsize * flat.shape[1]))).ravel()
    return np.unique(view, return_inverse=True)[1].astype(np.int64)


def leak_report(splits: Splits) -> Leaks:
    """Rows shared by the parts, and features that predict alone."""
    counts = [len(splits.train), len(splits.val), len(splits.test)]
    ids = row_ids(np.concatenate([splits.train.inputs, splits.val.inputs, splits.test.inputs]))
    train, val, test = np.split(ids, np.cumsum(counts)[:2])
    giveaways: tuple[tuple[str, float], ...] = ()
    if splits.inputs == "vector":
        giveaways = _giveaways(splits.train, splits.val, splits.features, len(splits.classes))
    return Leaks(
        shared_val=int(np.isin(val, train).sum()),
        shared_test=int(np.isin(test, train).sum()),
        val_rows=counts[1],
        test_rows=counts[2],
        giveaways=giveaways,
    )


def giveaways(table: Table, data: Settings) -> tuple[tuple[str, float], ...]:
    """Features of a raw table that predict the target alone, by the split that the configuration asks for."""
    train, val, _ = split_rows(table.targets, data.val_share, data.test_share, data.seed)
    parts = [Part(inputs=table.inputs[rows], targets=table.targets[rows], rows=rows) for rows in (train, val)]
    return _giveaways(parts[0], parts[1], table.features, len(table.classes))


def _giveaways(train: Part, val: Part, features: Sequence[str], classes: int) -> tuple[tuple[str, float], ...]:
    """A feature is suspect where it scores 0.98 alone and the best of the honest others is 0.02 behind.

    With fewer than three features nothing is said: in a plane one coordinate may well decide.
    """
    if len(features) < 3 or len(val) < 10:
        return ()
    scores = np.array([_alone(train, val, column, classes) for column in range(len(features))])
    suspects = scores >= GIVEAWAY_SCORE
    honest = scores[~suspects].max() if (~suspects).any() else 1.0
    if not suspects.any() or suspects.sum() > len(features) // 2 or honest > scores[suspects].min() - GIVEAWAY_LEAD:
        return ()
    order = np.argsort(-scores, kind="stable")
    return tuple((features[int(i)], float(scores[i])) for i in order if suspects[i])


def _alone(train: Part, val: Part, column: int, classes: int) -> float:
    """How well one feature predicts each row by the five other rows nearest in it: balanced accuracy, or R^2.

    All rows are judged, not those of validation alone: among thirty rows many an honest feature is right every time.
    """
    x = np.concatenate([part.inputs[:, column] for part in (train, val)])
    truth = np.concatenate([part.targets.ravel() for part in (train, val)])
    order = np.argsort(x, kind="stable")
    x, truth = x[order], truth[order]
    window = np.arange(len(x))[:, None] + np.array([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5])
    inside = (window >= 0) & (window < len(x))
    window = np.clip(window, 0, len(x) - 1)
    apart = np.where(inside, np.abs(x[window] - x[:, None]), np.inf)
    near = np.take_along_axis(window, np.argsort(apart, axis=1, kind="stable")[:, :5], 1)
    if classes:
        votes = (truth[near][..., None] == np.arange(classes)).sum(1)
        right = votes.argmax(1) == truth
        return float(np.mean([right[truth == k].mean() for k in np.unique(truth)]))
    truth = truth.astype(np.float64)
    spread = ((truth - truth.mean()) ** 2).sum()
    return float(1 - ((truth[near].mean(1) - truth) ** 2).sum() / spread) if spread > 0 else 0.0
