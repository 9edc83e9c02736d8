"""What the columns of another tool's log mean, read from their names.

Keras (``loss``, ``val_loss``), Lightning (``train_loss_epoch``), tags of TensorBoard (``epoch_loss``, ``Loss/val``),
Weights & Biases (``run - val_loss``, with ``__MIN`` and ``__MAX`` beside it), Hugging Face (``eval_loss``), detectron2
(``total_loss`` beside ``loss_cls``), skorch (``train_loss_best`` is no curve), joined words (``trainloss``), plurals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_VAL = {"val", "valid", "validation", "eval", "evaluation", "dev", "holdout", "heldout", "cv", "validate"}
_TEST = {"test", "testing", "tst"}
_TRAIN = {"train", "training", "trn", "tr", "fit"}
_LOSS = {"loss", "objective", "cost"}
_LOSS_BY_KIND = {"nll", "mse", "mae", "rmse", "rmsle", "crossentropy", "logloss", "bce", "xent", "elbo", "huber"} | {
    "squarederror",
    "absoluteerror",
}
_ERROR = {"err", "error"}
_FIRST_METRICS = {"acc", "accuracy", "r2", "top1"}
_METRIC = (
    _FIRST_METRICS
    | {"auc", "auroc", "f1", "score", "precision", "recall", "metric", "top5", "rsquared"}
    | {"iou", "miou", "dice", "map", "mcc", "kappa"}
)
_RATE = {"lr", "learningrate", "lrate", "learnrate"}
_EPOCH = {"epoch", "ep"}
_STEP = {"step", "iteration", "iter", "batch", "globalstep", "round", "update"}
# What may stand beside the name of an axis.
_OF_AXES = {"global", "trainer", "train", "training", "current", "num", "number", "no", "n", "index", "idx", "x"}
# What says nothing of which loss it is.
_NEUTRAL = (
    {"total", "overall", "sum", "mean", "avg", "average", "running", "epoch", "step", "batch", "iter", "of", "per"}
    | {"the", "full", "all", "logs", "log", "scalar", "scalars", "metrics", "metric", "curve", "history"}
    | {"function", "value"}
)
_TOTAL = {"total", "overall", "full", "sum"}
# What makes a number of something else than a curve.
_NO_CURVE = {
    "best",
    "min",
    "max",
    "std",
    "var",
    "stderr",
    "sem",
    "time",
    "duration",
    "seconds",
    "weight",
    "scale",
    "patience",
}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_KNOWN = (_VAL | _TEST | _TRAIN | _LOSS | _LOSS_BY_KIND | _ERROR | _METRIC | _RATE | _EPOCH | _STEP | _TOTAL) | {
    "mean",
    "avg",
    "average",
    "running",
    "best",
    "box",
    "cls",
}


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a name says.

    kind: loss, error, metric, lr, grad_norm, epoch or step. side: train, val or empty. run: the name before `` - `` in
    an export of several runs. part: the words that make it a part of something or another one. rank: smaller is
    preferred.
    """

    kind: str
    side: str = ""
    run: str = ""
    part: frozenset[str] = frozenset()
    rank: int = 0


def words(name: str) -> list[str]:
    """Lower-case words of a name, in the singular: valLoss, val_losses, Loss/val and ``valloss`` give the same ones."""
    whole = [word.lower() for word in _WORDS.findall(name.replace("R²", "r2"))]
    return [part for word in whole for part in _parted(word)]


@lru_cache(maxsize=4096)
def _parted(word: str) -> tuple[str, ...]:
    """A word that is joined of known ones, as those; ``lr0`` is ``lr``, the first of several."""
    word = _singular(word)
    if word in _KNOWN or len(word) > 40:
        return (word,)
    if word.rstrip("0123456789") in _RATE:
        return ("lr",)
    for cut in range(2, len(word) - 1):
        first, rest = word[:cut], _singular(word[cut:])
        if first in _KNOWN and rest in _KNOWN:
            return first, rest
    return (word,)


def _singular(word: str) -> str:
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and word.removesuffix(ending) + instead in _KNOWN:
            return word.removesuffix(ending) + instead
    return word


@lru_cache(maxsize=4096)
def meaning_of(name: str) -> Meaning | None:
    """What a column is, or None."""
    if name.endswith(("__MIN", "__MAX")) or len(name) > 300:
        return None
    run, dash, tag = name.rpartition(" - ")
    parts = words(tag if dash else name)
    joined = {*parts, *(a + b for a, b in pairwise(parts))}
    if joined & _RATE:
        return Meaning(kind="lr", run=run, rank=len(parts))
    if joined & {"grad", "gradient"} and "norm" in joined:
        return Meaning(kind="grad_norm", run=run, rank=len(parts))
    for kind, axis in (("epoch", _EPOCH), ("step", _STEP)):
        if joined & axis and set(parts) <= axis | _OF_AXES:
            return Meaning(kind=kind, rank=len(parts) + 3 * ("batch" in parts))
    if joined & _NO_CURVE:
        return None
    held, train = joined & (_VAL | _TEST), joined & _TRAIN
    side = "val" if held else "train" if train else ""
    # A mean of the epoch comes before single steps, the validation part before the test part, the total before a part.
    rank = 5 * bool(joined & _STEP) + 4 * (not held & _VAL if held else 0) + 2 * (not side) - bool(joined & _TOTAL)
    rest = set(parts) - _VAL - _TEST - _TRAIN - _NEUTRAL - _STEP
    if joined & _LOSS:
        part = frozenset(rest - _LOSS - _LOSS_BY_KIND)
        return Meaning(kind="loss", side=side, run=run, part=part, rank=rank + 10 * len(part))
    if joined & _LOSS_BY_KIND:
        part = frozenset(rest - _LOSS_BY_KIND - {"error", "mean", "squared", "absolute", "cross", "entropy", "log"})
        return Meaning(kind="loss", side=side, run=run, part=part, rank=rank + 10 * len(part) + 40)
    if joined & _ERROR:
        part = frozenset(rest - _ERROR - {"rate"} - _METRIC)
        return Meaning(kind="error", side=side, run=run, part=part, rank=rank + 10 * len(part))
    if joined & _METRIC and parts != ["metric"]:
        part = frozenset(rest - _FIRST_METRICS)
        first = bool(joined & _FIRST_METRICS)
        return Meaning(kind="metric", side=side, run=run, part=part, rank=rank + 5 * (not first) + 2 * len(part))
    if parts in (["train"], ["training"], ["val"], ["validation"], ["valid"], ["eval"], ["test"]):
        return Meaning(kind="loss", side=side, run=run, rank=50)
    return None
