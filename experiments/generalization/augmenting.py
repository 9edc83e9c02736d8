"""Augmentation: what a network is shown of some images, and what that does to its accuracy on new ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.generalization.settings import AUGMENTED, IMAGES
from numerals import readable
from trainers.config import RunConfig
from trainers.data import DATA_SETS, DataUnavailable, Splits, is_downloaded, load
from trainers.lab import Feed

if TYPE_CHECKING:
    from trainers.loop import Shown

DRAWS, COUNT = 7, 6  # of each image, and images
_RUN = {
    "digits": {"data.train_size": 50, "budget.epochs": 150, "watch.every": 3},
    "": {"data.train_size": 200, "budget.epochs": 60},
}
# At the end the rate is 0, so that the last accuracy is no accident of a late step.
_ALL = {
    "optimizer.lr": 0.003,
    "schedule.name": "cosine",
    "budget.batch_size": 25,
    "watch.internals": False,
    "watch.pictures": False,
}


def image_sets() -> dict[str, str]:
    """Names of the sets of images that are here, by key: digits always, the others once they have been fetched."""
    return {key: name for key, name in IMAGES.items() if not DATA_SETS[key].downloaded or is_downloaded(key)}


def augmented_config(values: Mapping[str, Any]) -> RunConfig:
    """The run with the augmentation that the page shows."""
    images = values["images"]
    start = RunConfig().changed({"data.name": images})
    changes = _RUN.get(images, _RUN[""]) | _ALL | {"budget.seed": values["seed"]}
    return start.changed({**changes, **{f"augmentation.{name}": values[name] for name in AUGMENTED}})


def with_and_without(values: Mapping[str, Any]) -> list[tuple[str, RunConfig]]:
    """(role, configuration) of the two runs: the same but for the augmentation."""
    augmented = augmented_config(values)
    nothing = {f"augmentation.{name}": "none" if name == "policy" else type(values[name])(0) for name in AUGMENTED}
    return [("without augmentation", augmented.changed(nothing)), ("with augmentation", augmented)]


def shown_of(values: Mapping[str, Any]) -> Shown:
    """Images beside what a network is shown of them.

    Raises:
        DataUnavailable: images that are not here.
    """
    if values["images"] not in image_sets():
        name = IMAGES[values["images"]]
        raise DataUnavailable(f"{name} is not on this machine yet; it comes with the first run that trains on it.")
    config = augmented_config(values)
    return _shown(values["images"], tuple(config.augmentation.items()), values["seed"], values["draw"])


@lru_cache(maxsize=128)
def _shown(images: str, augmentation: tuple[tuple[str, Any], ...], seed: int, draw: int) -> Shown:
    from trainers.loop import shown_images

    return shown_images(_rows(images), dict(augmentation), images=COUNT, draws=DRAWS, seed=1000 * draw + seed)


@lru_cache(maxsize=4)
def _rows(images: str) -> Splits:
    start = RunConfig().changed({"data.name": images})
    return load(start.changed({"data.train_size": _RUN.get(images, _RUN[""])["data.train_size"]}).data)


def label_sentences(values: Mapping[str, Any]) -> list[str]:
    """Which of these transforms change what an image is, and which do nothing here."""
    digits = values["images"] in ("digits", "mnist")
    said = []
    if digits and values["rotation"] > 45:
        said.append("Turned this far a 6 is a 9, and a 7 may be an L: the label no longer says what the image shows.")
    if digits and values["flip"]:
        said.append("A mirrored 2 is no digit, and a mirrored 5 looks like a 2. Cats may be mirrored; digits may not.")
    if digits and values["flip_vertical"]:
        said.append("Upside down a 6 is read as a 9 and a 2 as a 5: the label is wrong for half of what is shown.")
    if values["images"] == "digits" and values["crop"] > 2:
        said.append("Shifted by more than two of eight pixels a digit loses a stroke, and a 9 may become a 4.")
    colors = [name for name in ("saturation", "hue") if values[name]]
    if colors and values["images"] != "cifar10":
        verb = "changes" if len(colors) == 1 else "change"
        said.append(f"These images are gray: {' and '.join(colors)} {verb} nothing here.")
    if values["policy"] == "cifar10" and digits:
        said.append("This policy was learned for photographs; what is harmless there need not be so for digits.")
    if not said and any(value not in (0, "none") for value in (values[name] for name in AUGMENTED)):
        said.append("Look along each row: would you still give every image the name at its left?")
    return said


def accuracy_sentences(without: Feed, with_it: Feed) -> list[str]:
    """Accuracy and gap of both runs as they stand, at their ends."""
    told = []
    for name, feed in (("Without", without), ("With", with_it)):
        series = feed.series
        val, train = float(series["val_metric"][-1]), float(series["train_metric"][-1])
        told.append((name, val, train))
    (_, plain, plain_train), (_, augmented, train) = told
    better = augmented - plain
    how = "higher" if better > 0 else "lower"
    points = readable(100 * abs(better), 2)
    return [
        f"Validation accuracy {_percent(augmented)} with augmentation, {_percent(plain)} without: {points} points "
        f"{how}."
        if better
        else f"Validation accuracy is {_percent(plain)} with and without augmentation.",
        f"The gap to the training rows is {readable(100 * (train - augmented), 2)} points with it, "
        f"{readable(100 * (plain_train - plain), 2)} without.",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if np.isfinite(share) else "unknown"
