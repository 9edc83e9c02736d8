"""What the columns of another tool's log mean, read from their names.

Keras (``loss``, ``val_loss``), Lightning (``train_loss_epoch``), tags of TensorBoard (``epoch_loss``, ``Loss/val``),
Weights & Biases (``run - val_loss``, with ``__MIN`` and ``__MAX`` beside it), Hugging Face (``eval_loss``), words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_VAL = {"val", "valid", "validation", "eval", "evaluation", "dev", "test", "holdout"}
_TRAIN = {"train", "training", "trn", "tr"}
_LOSS = {"loss", "nll", "mse", "mae", "rmse", "crossentropy", "objective", "cost"}
_METRIC = {"acc", "accuracy", "r2", "auc", "f1", "score", "precision", "recall", "metric", "top1"}
_RATE = {"lr", "learningrate"}
_EPOCH, _STEP = {"epoch", "epochs"}, {"step", "steps", "iteration", "iterations", "iter", "batch", "globalstep"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
AXES = ("epoch", "step")
ROLES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm", *AXES)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """role: one of ``ROLES``. run: the name before `` - `` in an export of several runs. rank: smaller is preferred."""

    role: str
    run: str
    rank: int


def words(name: str) -> list[str]:
    """Lower-case words of a name: valLoss, val_loss, Loss/val and ``val loss`` give the same ones."""
    return [word.lower() for word in _WORDS.findall(name.replace("R²", "r2"))]


def meaning_of(name: str) -> Meaning | None:
    """What a column is, or None."""
    if name.endswith(("__MIN", "__MAX")):
        return None
    run, dash, tag = name.rpartition(" - ")
    tag = tag if dash else name
    found = words(tag)
    joined = {*found, *(a + b for a, b in pairwise(found))}
    val, train, rank = bool(joined & _VAL), bool(joined & _TRAIN), 0
    if joined & _RATE:
        return Meaning(role="lr", run=run, rank=len(found))
    if "grad" in joined and "norm" in joined:
        return Meaning(role="grad_norm", run=run, rank=len(found))
    side = "val" if val else "train"
    # A loss named so comes before an error that may be a metric; a mean of the epoch before single steps.
    rank += 10 * bool(joined & _STEP) + len(found) + 2 * (not val and not train)
    if "loss" in joined:
        return Meaning(role=f"{side}_loss", run=run, rank=rank)
    if joined & _METRIC:
        return Meaning(role=f"{side}_metric", run=run, rank=rank + 5 * (not joined & {"acc", "accuracy", "r2"}))
    if joined & _LOSS:
        return Meaning(role=f"{side}_loss", run=run, rank=rank + 20)
    if joined & _EPOCH:
        return Meaning(role="epoch", run="", rank=len(found))
    if joined & _STEP:
        return Meaning(role="step", run="", rank=len(found))
    if found in (["train"], ["training"], ["val"], ["validation"], ["valid"]):
        return Meaning(role=f"{side}_loss", run=run, rank=50)
    return None


def choose(names: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Column of each role, and the runs that are in the table; with more than one run, that of the first is chosen."""
    meanings = [(number, meaning) for number, name in enumerate(names) if (meaning := meaning_of(name)) is not None]
    runs = list(dict.fromkeys(meaning.run for _, meaning in meanings if meaning.role not in AXES))
    chosen: dict[str, tuple[int, int]] = {}
    for number, meaning in meanings:
        if meaning.role not in AXES and runs and meaning.run != runs[0]:
            continue
        if meaning.role not in chosen or meaning.rank < chosen[meaning.role][0]:
            chosen[meaning.role] = (meaning.rank, number)
    return {role: number for role, (_, number) in chosen.items()}, runs
