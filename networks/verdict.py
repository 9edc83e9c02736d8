"""One or two sentences that say, with the numbers, what happens to the signal and to the gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from networks.types import Activation, Array, Hyper
from numerals import readable

if TYPE_CHECKING:
    from networks.propagation import SignalTrace

# A total change over the depth of less than this is healthy.
_HARMLESS = 10.0
_CROWDED = 0.7  # share of saturated entries (beyond what a standard normal input gives) that deserves the word


@dataclass(frozen=True, kw_only=True)
class SignalFacts:
    """What the sentences are made of. Factors are per layer, above 1 for growth: with depth, or backward going down."""

    depth: int
    forward: float
    forward_total: float
    backward: float
    backward_total: float
    saturated: float
    dead: float
    contrast: float
    overflow_layer: int | None
    silent_layer: int | None
    identical: bool


def facts(trace: SignalTrace) -> SignalFacts:
    """Measure the table: factors by layer, the most saturated and most dead layer, where the signal ends."""
    table = trace.table
    std, grad = table["std"].to_numpy(), table["grad_std"].to_numpy()
    forward, forward_total = growth(std)
    backward, backward_total = growth(grad[::-1])
    broken = np.flatnonzero(~np.isfinite(std))
    silent = np.flatnonzero(std == 0)
    last_std, last_sample_std = std[-1], table["sample_std"].to_numpy()[-1]
    return SignalFacts(
        depth=len(table),
        forward=forward,
        forward_total=forward_total,
        backward=backward,
        backward_total=backward_total,
        saturated=float(table["saturated"].to_numpy().max()),
        dead=float(table["dead"].to_numpy().max()),
        contrast=float(last_sample_std / last_std) if last_std > 0 else 0.0,
        overflow_layer=int(broken[0]) + 1 if len(broken) else None,
        silent_layer=int(silent[0]) + 1 if len(silent) else None,
        identical=bool(table["identical"].to_numpy().any()),
    )


def growth(std: Array) -> tuple[float, float]:
    """(factor a layer, factor in all) of ``(layers,)`` spreads, up to where one becomes zero or infinite."""
    usable = np.isfinite(std) & (std > 0)
    count = len(std) if usable.all() else int(np.argmin(usable))
    if count < 2:
        return (1.0, 1.0) if usable.all() else (np.nan, np.nan)
    total = float(std[count - 1] / std[0])
    return total ** (1 / (count - 1)), total


def verdict(trace: SignalTrace) -> str:
    """What a lecturer would say about this network, in at most 25 words."""
    known = facts(trace)
    setup = trace.setup
    return f"{_forward(known, setup.activation_entry, setup.activation_settings)} {_backward(known, trace)}".strip()


def _forward(known: SignalFacts, activation: Activation, hyper: Hyper) -> str:
    if known.silent_layer == 1:
        return "Silent: every activation is the same number, whatever the input."
    if known.overflow_layer is not None:
        return f"The signal explodes and overflows at layer {known.overflow_layer}."
    if known.identical:
        return "All units of a layer compute the same number, so they also learn the same."
    if known.forward_total > _HARMLESS:
        return f"The signal explodes by a factor {_number(known.forward)} a layer."
    if known.dead > 0.5:
        return f"Dead: {known.dead:.0%} of units never respond.".replace("%", " %")
    if known.saturated - _ordinary(activation, hyper) > 0.3 or known.saturated > _CROWDED:
        return f"Saturated: {known.saturated:.0%} of units {_beyond(activation, hyper)}.".replace("%", " %")
    if known.silent_layer is not None:
        return f"The signal vanishes and is exactly zero from layer {known.silent_layer}."
    if known.forward_total < 1 / _HARMLESS:
        return f"The signal vanishes by a factor {_number(1 / known.forward)} a layer."
    if known.contrast < 0.01:
        share = readable(known.contrast**2, 1)
        return f"Inputs become indistinguishable: they explain {share} of the last layer's variance."
    if 0.9 < known.forward_total < 1.1:
        return "Healthy: the signal keeps its spread."
    return f"Healthy: the spread of the signal changes by a factor {_number(known.forward_total)} over all layers."


def _backward(known: SignalFacts, trace: SignalTrace) -> str:
    grad = trace.table["grad_std"].to_numpy()
    if known.overflow_layer is not None or not np.isfinite(grad).all():
        return "The gradient overflows too." if known.overflow_layer is not None else "The gradient overflows."
    zero = np.flatnonzero(grad == 0)
    if len(zero):
        last = int(zero[-1]) + 1
        return "Layer 1 gets no gradient." if last == 1 else f"Layers 1 to {last} get no gradient."
    if known.backward_total < 1 / _HARMLESS:
        return f"The gradient vanishes by a factor {_number(1 / known.backward)} a layer."
    if known.backward_total > _HARMLESS:
        return f"The gradient explodes by a factor {_number(known.backward)} a layer."
    return "The gradient arrives." if known.depth > 1 else ""


def _ordinary(activation: Activation, hyper: Hyper) -> float:
    """The saturated share on standard normal inputs: one half for ReLU, by design."""
    low, high = activation.tails(hyper)
    if low == high:
        return 1.0
    sample = np.random.default_rng(0).standard_normal(10_000)
    return float(((sample <= low) | (sample >= high)).mean())


def _beyond(activation: Activation, hyper: Hyper) -> str:
    low, high = activation.tails(hyper)
    ends = [float(activation.value(np.array(end), hyper)) for end in (low, high) if np.isfinite(end)]
    if len(ends) == 2 and np.isclose(ends[0], -ends[1]) and ends[1] > 0:
        return f"beyond {_number(ends[1])}"
    if len(ends) == 2 and ends[0] < ends[1]:
        return f"below {_number(ends[0])} or above {_number(ends[1])}"
    return "where the slope is almost zero"


def _number(value: float) -> str:
    """Two or three digits: 4.4, 15.8, 1.05, 0.97, 1e6."""
    if value >= 1e4 or value < 1e-2:
        return f"{value:.1e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    if abs(value - 1) < 0.1:
        return f"{value:.3g}"
    if value < 1:
        return f"{value:.2g}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"
