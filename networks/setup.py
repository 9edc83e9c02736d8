"""What a propagated network is made of, checked: the one description that experiment, theory and verdict share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.types import Activation, Initializer
from settings import by_key

NORMALIZATIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "No normalization",
        "batch": "Batch normalization",
        "layer": "Layer normalization",
        "rms": "RMS normalization",
        "weight": "Weight normalization",
    }
)
NORM_POSITIONS = ("before", "after")
MAX_WIDTH, MAX_DEPTH, MAX_SAMPLES = 8192, 256, 100_000

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class InputDistribution:
    """How the inputs are drawn, independently. mean and second_moment are of one input."""

    key: str
    name: str
    mean: float
    second_moment: float


INPUTS: Mapping[str, InputDistribution] = MappingProxyType(
    by_key(
        [
            InputDistribution(key="normal", name="Standard normal", mean=0.0, second_moment=1.0),
            InputDistribution(key="uniform", name="Uniform, unit variance", mean=0.0, second_moment=1.0),
            InputDistribution(key="binary", name="Minus or plus one", mean=0.0, second_moment=1.0),
            InputDistribution(key="pixels", name="Pixels, uniform from 0 to 1", mean=0.5, second_moment=1 / 3),
        ]
    )
)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A stack of linear layers, each followed by an activation, at initialization.

    widths: inputs, then units of each layer, so ``len(widths) - 1`` layers. scale and gain: the settings of those names
    of the initializer; None keeps its default (Kaiming: the gain of the activation). mode: fan_in or fan_out, for
    Kaiming. bias_scale: standard deviation of normal biases. parameters: hyperparameters of the activation. residual:
    adds a layer's input to its output where both have the same width. normalization: none, batch, layer, rms, weight;
    norm_position: before or after the activation (weight normalization acts on the weights, which then have unit length
    for each unit). None of them has a trained scale or shift.

    Raises:
        ValueError: a key, number or setting outside what is allowed; it says what was given.
    """

    activation: str = "tanh"
    initializer: str = "normal"
    scale: float | None = None
    gain: float | None = None
    mode: str | None = None
    bias_scale: float = 0.0
    widths: Sequence[int] = (500,) * 11
    samples: int = 1000
    seed: int = 0
    residual: bool = False
    normalization: str = "none"
    norm_position: str = "before"
    input_distribution: str = "normal"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        widths = tuple(_whole("each of widths", width, 1, MAX_WIDTH) for width in self.widths)
        if not 2 <= len(widths) <= MAX_DEPTH + 1:
            raise ValueError(f"widths was given {len(widths)} numbers; allowed are 2 to {MAX_DEPTH + 1}")
        object.__setattr__(self, "widths", widths)
        _whole("samples", self.samples, 2, MAX_SAMPLES)
        _whole("seed", self.seed, 0, 2**63 - 1)
        if not 0 <= self.bias_scale < float("inf"):
            raise ValueError(f"bias_scale was given {self.bias_scale!r}; allowed is a number in [0, inf)")
        _entry("normalization", self.normalization, NORMALIZATIONS)
        _entry("norm_position", self.norm_position, dict.fromkeys(NORM_POSITIONS))
        _entry("input_distribution", self.input_distribution, INPUTS)
        _ = self.activation_settings, self.initializer_settings, self.activation_gain

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @property
    def activation_entry(self) -> Activation:
        return _entry("activation", self.activation, ACTIVATIONS)

    @property
    def initializer_entry(self) -> Initializer:
        return _entry("initializer", self.initializer, INITIALIZERS)

    @cached_property
    def activation_settings(self) -> dict[str, Any]:
        return self.activation_entry.choose(**self.parameters)

    @cached_property
    def initializer_settings(self) -> dict[str, Any]:
        entry = self.initializer_entry
        given = {"scale": self.scale, "gain": None if entry.uses_gain else self.gain, "mode": self.mode}
        return entry.choose(**{name: value for name, value in given.items() if value is not None})

    @cached_property
    def activation_gain(self) -> float:
        """The gain Kaiming multiplies in: ``gain`` where it is given, else the activation's."""
        if self.gain is not None and self.initializer_entry.uses_gain:
            if not 0 < self.gain < float("inf"):
                raise ValueError(f"gain was given {self.gain!r}; allowed is a number in (0, inf)")
            return float(self.gain)
        return self.activation_entry.gain(self.activation_settings)

    def weight_variance(self, layer: int) -> float:
        """Variance of one weight of layer 1, 2, ..., by the initializer's formula."""
        fan_in, fan_out = self.widths[layer - 1], self.widths[layer]
        return self.initializer_entry.variance(fan_in, fan_out, self.initializer_settings, self.activation_gain)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or isinstance(value, bool) or whole != value or not low <= whole <= high:
        raise ValueError(f"{name} was given {value!r}; allowed is a whole number from {low} to {high}")
    return whole


def _entry(name: str, key: str, catalogue: Mapping[str, T]) -> T:
    if key not in catalogue:
        raise ValueError(f"{name} was given {key!r}; allowed is one of {', '.join(catalogue)}")
    return catalogue[key]
