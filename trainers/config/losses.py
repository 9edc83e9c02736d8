"""The losses. Keys are a public format; PyTorch is imported when a loss is computed, not when the menu is read.

``compute(outputs, targets, values, reduction)`` gives the mean over rows or, with "none", one loss a row. outputs are
``(rows, outputs)``: logits, or predicted numbers. targets are class numbers ``(rows,)``, probabilities
``(rows, classes)`` (mixed images), or numbers ``(rows, outputs)``. Binary cross-entropy has one logit for two classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from networks.losses import LOSS_FUNCTIONS
from settings import Setting, by_key

if TYPE_CHECKING:
    from torch import Tensor

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One loss: which tasks it suits, its formula, and ``compute(outputs, targets, values, reduction)``.

    latex: the loss of one row; where: what a letter in it is.
    """

    key: str
    name: str
    meaning: str
    latex: str
    tasks: frozenset[str]
    compute: Callable[[Tensor, Tensor, Values, str], Tensor] = field(repr=False)
    where: str = ""
    settings: tuple[Setting, ...] = ()

    def outputs(self, classes: int | None) -> int:
        """How many numbers the model gives: one for each class; one for regression and for two classes under BCE."""
        if classes is None:
            return 1
        return 1 if self.key == "bce" and classes == 2 else classes


def _as_numbers(outputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """What is compared: predicted and true numbers, or softmax probabilities and one-hot classes."""
    if targets.dtype.is_floating_point and targets.shape == outputs.shape and not _mixed(targets):
        return outputs, targets
    return outputs.softmax(-1), _one_hot(outputs, targets)


def _mixed(targets: Tensor) -> bool:
    return targets.ndim == 2 and targets.shape[1] > 1


def _one_hot(outputs: Tensor, targets: Tensor) -> Tensor:
    from torch.nn import functional

    if targets.dtype.is_floating_point:
        return targets
    return functional.one_hot(targets, outputs.shape[-1]).to(outputs.dtype)


def _mse(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    loss = functional.mse_loss(*_as_numbers(outputs, targets), reduction=reduction)
    return loss if reduction == "mean" else loss.mean(-1)


def _mae(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    loss = functional.l1_loss(*_as_numbers(outputs, targets), reduction=reduction)
    return loss if reduction == "mean" else loss.mean(-1)


def _huber(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    loss = functional.huber_loss(*_as_numbers(outputs, targets), reduction=reduction, delta=values["delta"])
    return loss if reduction == "mean" else loss.mean(-1)


def _bce(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    if outputs.shape[-1] == 1:
        true = targets[:, 1:] if targets.dtype.is_floating_point else targets[:, None].to(outputs.dtype)
    else:
        true = _one_hot(outputs, targets)
    smoothing = values["label_smoothing"]
    true = true * (1 - smoothing) + smoothing / 2 if smoothing else true
    loss = functional.binary_cross_entropy_with_logits(outputs, true, reduction=reduction)
    return loss if reduction == "mean" else loss.mean(-1)


def _cross_entropy(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    return functional.cross_entropy(outputs, targets, reduction=reduction, label_smoothing=values["label_smoothing"])


def _kl(outputs: Tensor, targets: Tensor, values: Values, reduction: str) -> Tensor:
    from torch.nn import functional

    smoothing = values["label_smoothing"]
    true = _one_hot(outputs, targets) * (1 - smoothing) + smoothing / outputs.shape[-1]
    if reduction == "mean":
        return functional.kl_div(outputs.log_softmax(-1), true, reduction="batchmean")
    return functional.kl_div(outputs.log_softmax(-1), true, reduction="none").sum(-1)


_CLASSES = frozenset({"classification"})
_BOTH = frozenset({"classification", "regression"})


def _trained(key: str, tasks: frozenset[str], compute: Callable[[Tensor, Tensor, Values, str], Tensor]) -> Loss:
    """A loss as networks defines it, for these tasks."""
    own = LOSS_FUNCTIONS[key]
    return Loss(
        key=key,
        name=own.name,
        meaning=own.meaning,
        latex=own.latex,
        where=own.where,
        tasks=tasks,
        compute=compute,
        settings=own.settings,
    )


LOSSES: Mapping[str, Loss] = MappingProxyType(
    by_key(
        [
            _trained("mse", _BOTH, _mse),
            _trained("mae", _BOTH, _mae),
            _trained("huber", _BOTH, _huber),
            _trained("cross_entropy", _CLASSES, _cross_entropy),
            _trained("bce", _CLASSES, _bce),
            _trained("kl", _CLASSES, _kl),
        ]
    )
)


def usual_loss(task: str) -> str:
    """The key of the loss that is taken where the user leaves it open."""
    return "mse" if task == "regression" else "cross_entropy"
