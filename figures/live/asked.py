"""What a lesson asks of training runs: how low a loss ends, or which of several runs ends lowest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from figures.drawing import Asked, AskedCurve, asked_curves
from figures.live.payload import RUN_COLORS
from figures.theme import DASHED, TRAINING, VALIDATION

if TYPE_CHECKING:
    from trainers.lab import Feed

Array = NDArray[np.float64]


def asked_loss(
    feeds: Sequence[Feed], number: int, until: float, *, width: int, height: int, dark: bool, guess: float | None = None
) -> Asked:
    """The first epochs of the validation loss of a run (from 0), and dashed the training loss; with a guess all."""
    epochs, values = loss_by_epoch(feeds[number])
    curves = [AskedCurve(steps=epochs, values=values, color=VALIDATION, label="validation")]
    train_epochs, train = _known(feeds[number], "train_loss")
    if len(train) > 1:
        dashed = tuple(map(float, DASHED))
        curves.append(AskedCurve(steps=train_epochs, values=train, color=TRAINING, dash=dashed, label="training"))
    return asked_curves(curves, until, clock="epoch", width=width, height=height, dark=dark, guess=guess)


def asked_losses(feeds: Sequence[Feed], until: float, *, width: int, height: int, dark: bool) -> str:
    """The first epochs of the validation losses of several runs, each with its name, as SVG."""
    curves = []
    for place, feed in enumerate(feeds):
        epochs, values = loss_by_epoch(feed)
        if len(values) > 1:
            color = RUN_COLORS[place % len(RUN_COLORS)]
            curves.append(AskedCurve(steps=epochs, values=values, color=color, label=feed.run.role or feed.run.name))
    if not curves:
        return ""
    return asked_curves(curves, until, clock="epoch", width=width, height=height, dark=dark).svg


def loss_by_epoch(feed: Feed) -> tuple[Array, Array]:
    """Epochs and validation loss ``(n,)`` as far as it is known; the training loss where there is no other."""
    epochs, values = _known(feed, "val_loss")
    return (epochs, values) if len(values) > 1 else _known(feed, "train_loss")


def _known(feed: Feed, name: str) -> tuple[Array, Array]:
    values = np.asarray(feed.series.get(name, np.full(len(feed.epochs), np.nan)), dtype=np.float64)
    known = np.isfinite(values)
    return np.asarray(feed.epochs, dtype=np.float64)[known], values[known]
