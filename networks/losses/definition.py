"""What a loss declares. The page of losses, the training page and its menu read nothing else.

Values and gradients are NumPy float64, so that a page about losses needs no PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from networks.types import Array
from settings import Hyperparameter

Hyper = Mapping[str, Any]
Function = Callable[[Array, Array, Hyper], Array]


def _no_kinks(hyper: Hyper) -> tuple[float, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class LossFunction:
    """A loss of one row: ``value`` and ``gradient`` of ``(prediction, target, hyper)``.

    takes: what a prediction is, and with it the shapes. "number": a number and a target number, any shape in, the same
    shape out. "logit": a number before the sigmoid and a target in [0, 1]. "score": a number and a target of -1 or 1.
    "logits": ``(*batch, classes)`` before the softmax and target probabilities of the same shape; the value is
    ``(*batch)``, the gradient ``(*batch, classes)``. The loss of several rows is the mean of theirs.

    latex and latex_gradient: right-hand sides only; the gradient is by the prediction. where: what a letter in them is.
    kinks: errors where the gradient jumps or bends (of a "score", margins); there it is what PyTorch's autograd gives.
    output: the unit that gives the prediction. torch: the PyTorch line for tensors ``prediction`` and ``target``, with
    ``{name}`` for hyperparameters, the mean over rows. short: the name for legends and sentences. constant: the best
    prediction that is the same for all rows. meaning and used_for: one sentence each.
    """

    key: str
    name: str
    short: str
    meaning: str
    latex: str
    latex_gradient: str
    where: str = ""
    takes: Literal["number", "logit", "score", "logits"]
    value: Function = field(repr=False)
    gradient: Function = field(repr=False)
    output: str
    torch: str
    torch_class: str
    constant: str
    used_for: str
    source: str
    settings: tuple[Hyperparameter, ...] = ()
    kinks: Callable[[Hyper], tuple[float, ...]] = field(default=_no_kinks, repr=False)

    def defaults(self) -> dict[str, Any]:
        """The default of each hyperparameter by name."""
        return {setting.name: setting.default for setting in self.settings}

    def pytorch_line(self, hyper: Hyper) -> str:
        """The same loss in PyTorch, ready to paste after ``from torch.nn import functional as F``."""
        return self.torch.format(**{setting.name: f"{hyper[setting.name]:.12g}" for setting in self.settings})
