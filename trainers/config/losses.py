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

from settings import Setting, by_key, number

if TYPE_CHECKING:
    from torch import Tensor

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One loss: which tasks it suits, its formula, and ``compute(outputs, targets, values, reduction)``."""

    key: str
    name: str
    meaning: str
    latex: str
    tasks: frozenset[str]
    compute: Callable[[Tensor, Tensor, Values, str], Tensor] = field(repr=False)
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


_SMOOTHING = number(
    "label_smoothing",
    0.0,
    0.0,
    0.5,
    "Share of each target spread over all classes.",
    symbol=r"\varepsilon",
    valid="[0, 1)",
)
_CLASSES = frozenset({"classification"})
_BOTH = frozenset({"classification", "regression"})

LOSSES: Mapping[str, Loss] = MappingProxyType(
    by_key(
        [
            Loss(
                key="mse",
                name="Mean squared error",
                meaning="The square of the error; for classes, of the error of the probabilities.",
                latex=r"\frac{1}{n}\sum (\hat y - y)^2",
                tasks=_BOTH,
                compute=_mse,
            ),
            Loss(
                key="mae",
                name="Mean absolute error",
                meaning="The size of the error; outliers count less.",
                latex=r"\frac{1}{n}\sum |\hat y - y|",
                tasks=_BOTH,
                compute=_mae,
            ),
            Loss(
                key="huber",
                name="Huber",
                meaning="Square for small errors, straight for large ones.",
                latex=(
                    r"\begin{cases}\frac12 e^2 & |e| \le \delta\\"
                    r" \delta(|e| - \frac12\delta) & |e| > \delta\end{cases}"
                ),
                tasks=_BOTH,
                compute=_huber,
                settings=(
                    number(
                        "delta", 1.0, 0.1, 5.0, "Where square turns into straight.", symbol=r"\delta", valid="(0, 1000]"
                    ),
                ),
            ),
            Loss(
                key="cross_entropy",
                name="Cross-entropy",
                meaning="Minus the log of the probability given to the true class.",
                latex=r"-\sum_c y_c \log \hat p_c",
                tasks=_CLASSES,
                compute=_cross_entropy,
                settings=(_SMOOTHING,),
            ),
            Loss(
                key="bce",
                name="Binary cross-entropy",
                meaning="Each class is a yes or no of its own.",
                latex=r"-y\log\hat p - (1 - y)\log(1 - \hat p)",
                tasks=_CLASSES,
                compute=_bce,
                settings=(_SMOOTHING,),
            ),
            Loss(
                key="kl",
                name="Kullback-Leibler divergence",
                meaning="Cross-entropy less what the smoothed targets cannot do without.",
                latex=r"\sum_c y_c \log\frac{y_c}{\hat p_c}",
                tasks=_CLASSES,
                compute=_kl,
                settings=(_SMOOTHING,),
            ),
        ]
    )
)


def usual_loss(task: str) -> str:
    """The key of the loss that is taken where the user leaves it open."""
    return "mse" if task == "regression" else "cross_entropy"
