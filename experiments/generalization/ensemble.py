"""Ensembles: which runs speak together, and what came of it in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from numerals import readable
from trainers.config import RunConfig
from trainers.ensembles import Ensemble

_SMALL = {
    "data.size": 400,
    "data.noise": 0.35,
    "data.label_noise": 0.1,
    "data.val_share": 0.5,
    "model.width": 48,
    "optimizer.lr": 0.01,
    "budget.epochs": 60,
    "watch.pictures": False,
}
_CURVES = {
    "data.name": "noisy_sine",
    "data.size": 40,
    "data.noise": 0.3,
    "data.val_share": 0.5,
    "model.width": 64,
    "optimizer.lr": 0.01,
    "budget.epochs": 300,
}
# Small batches at a constant rate: in the end the weights wander around a low place that no checkpoint is at.
_LONG = {
    **_SMALL,
    "data.size": 1000,
    "data.noise": 0.25,
    "data.label_noise": 0.0,
    "model.width": 16,
    "optimizer.name": "sgd",
    "optimizer.lr": 0.3,
    "budget.batch_size": 8,
    "watch.checkpoint_every": 5,
    "regularization.ema": 0.995,
}


def members_of(values: Mapping[str, Any]) -> list[tuple[str, RunConfig]]:
    """(role, configuration) of every run that the choice of members trains."""
    kind = values["members"]
    if kind == "checkpoints":
        return [("", RunConfig().changed(_LONG))]
    changes = _CURVES if kind == "curves" else _SMALL
    varied = "data.bootstrap" if kind == "bagging" else "budget.seed"
    word = "sample" if kind == "bagging" else "seed"
    start = RunConfig().changed({"data.name": changes.get("data.name", "moons")}).changed(changes)
    return [(f"{word} {number}", start.changed({varied: number})) for number in range(1, 6)]


def own_runs(values: Mapping[str, Any]) -> list[str]:
    """Ids of the runs that the link names; empty where it names none."""
    return [id for id in values["runs"].split(",") if id]


def ensemble_sentences(ensemble: Ensemble) -> list[str]:
    """The mean prediction beside its members, mean weights, and how far the members disagree."""
    losses = [one.loss for one in ensemble.members]
    mean, together = sum(losses) / len(losses), ensemble.predictions.loss
    better = sum(together < loss for loss in losses)
    metric = "R²" if not ensemble.classes else "accuracy"
    own = sum(one.metric for one in ensemble.members) / len(losses)
    sentences = [
        f"The mean prediction of {len(losses)} networks has a validation loss of {readable(together)}, a member "
        f"{readable(mean)} on average; it is better than {_share(better, len(losses))} of them. In {metric}: "
        f"{readable(ensemble.predictions.metric)} against {readable(own)}."
    ]
    weights = ensemble.weights
    if weights is None:
        sentences.append(ensemble.why_none)
    elif not math.isfinite(weights.loss) or weights.loss > 1.2 * max(losses):
        sentences.append(
            f"One network with the mean of their weights has {readable(weights.loss)}, worse than every member: they "
            "lie in different valleys, and between those is a hill."
        )
    else:
        sentences.append(
            f"One network with the mean of their weights has {readable(weights.loss)}: the members lie in one valley, "
            "and the mean costs no more to ask than one of them."
        )
    if ensemble.average is not None:
        last = ensemble.members[-1].loss
        sentences.append(
            f"A moving average of the weights, which follows every step a little ({ensemble.average.name}), has "
            f"{readable(ensemble.average.loss)}, the last checkpoint {readable(last)}: all it takes is one more copy "
            "of the weights."
        )
    if ensemble.classes:
        sentences.append(
            f"Two members call {readable(100 * ensemble.disagreement)} % of {ensemble.rows} validation rows "
            "differently. Where all agree there is nothing to gain."
        )
    else:
        sentences.append(
            f"Members spread by {readable(ensemble.disagreement)} standard deviations of the targets: most where rows "
            "are few."
        )
    return sentences


def _share(part: int, whole: int) -> str:
    return "every one" if part == whole else "none" if part == 0 else f"{part} of {whole}"
