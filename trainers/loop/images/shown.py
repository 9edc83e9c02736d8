"""Images beside what a network is shown of them: the very augmentation of a run, on some rows of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from trainers.data import Splits
from trainers.loop.augmentation import augmentation, black_and_white


@dataclass(frozen=True, kw_only=True)
class Shown:
    """originals: uint8 ``(images, height, width, channels)``, black 0 and white 255; drawn: the same with draws behind
    the images. classes: the name of each image's class. rows: their numbers in the data set.
    """

    originals: np.ndarray = field(repr=False)
    drawn: np.ndarray = field(repr=False)
    classes: tuple[str, ...]
    rows: tuple[int, ...]


def shown_images(splits: Splits, values: Mapping[str, Any], *, images: int, draws: int, seed: int) -> Shown:
    """Training images of as many classes as there are, each drawn some times by a seed; mixing is left out.

    PyTorch's own generator is left as it was. What noise or a policy moves beyond black and white is shown as these.
    """
    train = splits.train
    order = np.argsort(train.targets, kind="stable")
    by_class = [list(order[train.targets[order] == number]) for number in range(len(splits.classes))]
    turns = [rows[turn] for turn in range(max(map(len, by_class))) for rows in by_class if turn < len(rows)]
    chosen = np.array(turns[:images])
    ends = black_and_white(train.inputs, splits.shift, splits.scale)
    augment = augmentation({**values, "mixup": 0.0, "cutmix": 0.0}, len(splits.classes), ends)
    x = torch.from_numpy(train.inputs[chosen])
    repeated = x.repeat_interleave(draws, 0)
    if augment is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            repeated, _ = augment(repeated, torch.zeros(len(repeated), dtype=torch.long))
    black, white = ends

    def pixels(scaled: torch.Tensor) -> np.ndarray:
        levels = ((scaled - black) / (white - black) * 255).round().clamp(0, 255).to(torch.uint8)
        return levels.movedim(1, -1).contiguous().numpy()

    drawn = pixels(repeated)
    return Shown(
        originals=pixels(x),
        drawn=drawn.reshape(len(chosen), draws, *drawn.shape[1:]),
        classes=tuple(splits.classes[number] for number in train.targets[chosen]),
        rows=tuple(int(row) for row in train.rows[chosen]),
    )
