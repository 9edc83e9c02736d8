"""What an activation and an initializer declare. Pages, theory and the propagated network read nothing else.

Values and derivatives are NumPy float64, so that a page about activations needs no PyTorch. ``tensor`` is the same
function on a PyTorch tensor; it uses the tensor's own methods or imports torch when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from settings import Hyperparameter, check_all

Array = NDArray[np.float64]
Hyper = Mapping[str, Any]
Function = Callable[[Array, Hyper], Array]

# A unit counts as saturated where its slope is below this share of the steepest: for tanh, where |tanh| > 0.97.
SATURATED = 1 - 0.97**2
# ... and as shut where the slope is below this share: for tanh beyond |z| = 7.6. ReLU is shut for every z <= 0.
SHUT = 1e-6


def _no_kinks(hyper: Hyper) -> tuple[float, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Activation:
    """A function of one number: ``value``, ``derivative``, ``second_derivative`` of ``(x, hyper)``, any shape.

    latex and latex_derivative: the formulas, right-hand sides only. kinks: where a derivative jumps; there the
    functions return what PyTorch's autograd returns (at a jump of the slope, one of the two slopes). range: the values
    taken, as an interval in usual notation. saturates: the sides on which the slope tends to (or is) zero. torch: the
    PyTorch line, with ``{name}`` for hyperparameters; ``tensor(x, hyper)`` does the same. torch_gain:
    ``calculate_gain`` where PyTorch has one. trainable: whether gradient descent can use it. when_to_use: one sentence.
    """

    key: str
    name: str
    latex: str
    latex_derivative: str
    value: Function = field(repr=False)
    derivative: Function = field(repr=False)
    second_derivative: Function = field(repr=False)
    range: Callable[[Hyper], str] = field(repr=False)
    saturates: Literal["none", "left", "right", "both"]
    monotonic: bool
    zero_centered: bool
    torch: str
    tensor: Callable[[Any, Hyper], Any] = field(repr=False)
    source: str
    when_to_use: str
    hyperparameters: tuple[Hyperparameter, ...] = ()
    kinks: Callable[[Hyper], tuple[float, ...]] = field(default=_no_kinks, repr=False)
    torch_gain: Callable[[Hyper], float] | None = field(default=None, repr=False)
    trainable: bool = True
    notes: str = ""

    def choose(self, **values: Any) -> dict[str, Any]:
        """Every hyperparameter, defaults completed by what is given.

        Raises:
            ValueError: an unknown name or a value outside its range, with what is allowed.
        """
        return check_all(self.hyperparameters, values, self.name)

    def gain(self, hyper: Hyper) -> float:
        """The factor that Kaiming's initialization multiplies in.

        ``torch.nn.init.calculate_gain`` where PyTorch defines it, else ``1 / sqrt(E[phi(z)^2])``, z standard normal,
        which keeps the second moment at 1; NaN where that moment is zero or not finite.
        """
        if self.torch_gain is not None:
            return self.torch_gain(hyper)
        from networks.mean_field import second_moment

        with np.errstate(all="ignore"):
            moment = float(second_moment(self, hyper, np.array([1.0]))[0])
        return float(1 / np.sqrt(moment)) if np.isfinite(moment) and moment > 0 else float("nan")

    def pytorch_line(self, hyper: Hyper) -> str:
        """The same function in PyTorch for a tensor ``x``, ready to paste after ``import torch``."""
        return self.torch.format(**{name: _number(value) for name, value in hyper.items()})

    def slope_limit(self, hyper: Hyper) -> float:
        """The steepest slope on [-1, 1], which saturation is measured against."""
        grid = np.linspace(-1, 1, 2001)
        return float(np.abs(self.derivative(grid, hyper)).max())

    def steepest_slope(self, hyper: Hyper) -> float:
        """The largest size of the slope at any input up to 10,000 on either side, to some six digits."""
        sizes = np.logspace(-4, 4, 8001)
        grid = np.concatenate([-sizes[::-1], [0.0], sizes])
        with np.errstate(all="ignore"):
            return float(np.nanmax(np.abs(self.derivative(grid, hyper))))

    def tails(self, hyper: Hyper, share: float = SATURATED) -> tuple[float, float]:
        """(low, high): below low and above high the slope stays at or under ``share`` of the steepest on [-1, 1].

        Infinite on a side that does not saturate; low == high for a function whose slope is zero everywhere.
        """
        return _tails(self, tuple(sorted(hyper.items())), share)


@lru_cache(maxsize=256)
def _tails(activation: Activation, settings: tuple[tuple[str, Any], ...], share: float) -> tuple[float, float]:
    hyper = dict(settings)
    level = share * activation.slope_limit(hyper)
    low, high = -np.inf, np.inf
    if activation.saturates in ("left", "both"):
        low = 0.0 - _tail(lambda x: activation.derivative(-x, hyper), level)
    if activation.saturates in ("right", "both"):
        high = _tail(lambda x: activation.derivative(x, hyper), level)
    return (low, high) if low <= high else (0.0, 0.0)


def _tail(slope: Callable[[Array], Array], level: float) -> float:
    """The smallest x from -1e7 beyond which |slope(x)| stays at or under level, to 1e-12 of its size or better."""
    grid = np.concatenate([-np.logspace(7, -4, 500), [0.0], np.logspace(-4, 7, 1500)])
    for _ in range(5):
        above = np.flatnonzero(np.abs(slope(grid)) > level)
        if not len(above):
            return float(grid[0])
        if above[-1] + 1 == len(grid):
            return float("inf")
        grid = np.linspace(grid[above[-1]], grid[above[-1] + 1], 1000)
    return 0.0 if abs(grid[-1]) < 1e-9 else float(grid[-1])


@dataclass(frozen=True, kw_only=True)
class Gated:
    """A function of two numbers, a and b: ``value``, ``gradient`` (d/da, d/db) and ``hessian``, components last.

    value(a, b): ``(*batch)``; gradient: ``(*batch, 2)``; hessian: ``(*batch, 2, 2)``. In a layer, a and b are two
    linear maps of the same input. ``torch`` and ``tensor(a, b)`` are the same in PyTorch.
    """

    key: str
    name: str
    latex: str
    value: Callable[[Array, Array], Array] = field(repr=False)
    gradient: Callable[[Array, Array], Array] = field(repr=False)
    hessian: Callable[[Array, Array], Array] = field(repr=False)
    torch: str
    tensor: Callable[[Any, Any], Any] = field(repr=False)
    source: str
    when_to_use: str
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Initializer:
    """How the weights of one layer are drawn.

    ``variance(fan_in, fan_out, hyper, gain)`` is the variance of one weight; for ``constant`` it is zero. What is drawn
    is normal, uniform, a random (semi-)orthogonal matrix or a constant of ``level(hyper)``. ``data_dependent``: the
    drawn weights are then scaled so that the layer's pre-activations have the wanted spread on the batch.
    ``uses_gain``: the gain is taken from the activation. ``torch`` is the PyTorch line for a tensor ``w``.
    """

    key: str
    name: str
    idea: str
    latex: str
    distribution: Literal["normal", "uniform", "orthogonal", "constant"]
    variance: Callable[[int, int, Hyper, float], float] = field(repr=False)
    reference: str
    torch: str
    hyperparameters: tuple[Hyperparameter, ...] = ()
    level: Callable[[Hyper], float] = field(default=lambda hyper: 0.0, repr=False)
    uses_gain: bool = False
    data_dependent: bool = False
    notes: str = ""

    def choose(self, **values: Any) -> dict[str, Any]:
        """Every hyperparameter, defaults completed by what is given.

        Raises:
            ValueError: an unknown name or a value outside its range, with what is allowed.
        """
        return check_all(self.hyperparameters, values, self.name)

    def pytorch_line(self, hyper: Hyper, gain: float, fan_in: int, fan_out: int) -> str:
        """The same draw in PyTorch for a weight tensor ``w``, ready to paste after ``import torch``."""
        std = np.sqrt(self.variance(fan_in, fan_out, hyper, gain))
        numbers = {"gain": gain, "std": std, "bound": np.sqrt(3) * std, **hyper}
        return self.torch.format(**{name: _number(value) for name, value in numbers.items()})


def _number(value: Any) -> str:
    return f"{float(value):.6g}" if not isinstance(value, str | bool) else str(value)
