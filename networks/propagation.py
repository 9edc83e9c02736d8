"""A random network at initialization, one batch sent through it and one gradient sent back.

Forward, layer l is z = h_{l-1} W^T + b, h_l = phi(z). Backward, the gradient of every sample with respect to the
outputs h_L is drawn from a standard normal, independent of the network, as a stand-in for a loss; what is reported is
how it changes on its way down. Gradients of activations are per sample; gradients of weights are the mean over samples.
Source: Glorot & Bengio (2010), AISTATS, section 4; He et al. (2015), arXiv:1502.01852, section 2.2.

Only the elementwise part of a layer uses autograd, one small graph a layer; the products are written out, so nothing
else is kept alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch.nn import functional

from networks.initializers import draw
from networks.measurement import histogram, mean_and_std, shares_beyond, summarize
from networks.setup import Setup
from networks.types import SHUT

MEMORY_LIMIT = 1 << 30  # bytes
_SMALL_PRODUCT = 1 << 31  # multiplications of one layer
_EPS = 1e-5  # PyTorch's default in batch and layer normalization


class Stopped(Exception):
    """``should_stop`` asked for the end; nothing was returned."""


@dataclass(frozen=True, kw_only=True)
class SignalTrace:
    """What was measured. One row of ``table`` and of each array is one layer, 1 to depth.

    table: mean, std, saturated, dead, grad_std, weight_grad_std as in ``propagate``, then min and max (of the
    activations), sample_std (spread over the samples, root mean square over units: what is left of the differences
    between inputs), preactivation_std (of what enters the activation) and identical (all units of the layer equal).
    edges, shares: ``(depth, bins + 1)`` and ``(depth, bins)``, histogram of the activations; gradient_edges,
    gradient_shares: of their gradients. samples: how many were sent, fewer than asked where memory did not suffice.
    """

    setup: Setup
    samples: int
    table: pd.DataFrame = field(repr=False)
    edges: NDArray[np.float64] = field(repr=False)
    shares: NDArray[np.float64] = field(repr=False)
    gradient_edges: NDArray[np.float64] = field(repr=False)
    gradient_shares: NDArray[np.float64] = field(repr=False)


def propagate(
    *,
    activation: str = "tanh",
    initializer: str = "normal",
    scale: float | None = None,
    widths: Any = (500,) * 11,
    samples: int = 1000,
    seed: int = 0,
    **others: Any,
) -> pd.DataFrame:
    """Send a batch through a random network and a gradient back; one row a layer.

    Takes every field of ``Setup`` by name; what each means is said there. Columns: mean and std of the activations,
    saturated (share of entries where the slope of the activation is at most 5.9 % of its steepest; for tanh, beyond
    0.97), dead (share of units without slope for every sample), grad_std (gradient of the activations) and
    weight_grad_std, then those named in ``SignalTrace``.

    Raises:
        ValueError: a setting outside what is allowed.
    """
    setup = Setup(
        activation=activation,
        initializer=initializer,
        scale=scale,
        widths=widths,
        samples=samples,
        seed=seed,
        **others,
    )
    return trace(setup).table


def trace(
    setup: Setup,
    *,
    bins: int = 60,
    memory_limit: int = MEMORY_LIMIT,
    device: str = "cpu",
    progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> SignalTrace:
    """The measurement behind ``propagate``, with histograms.

    Args:
        memory_limit: bytes for stored activations and weights; at the most about a layer's temporaries more are used.
            Activations take up to three quarters (samples are reduced to fit), weights the rest: those that do not fit
            are drawn again on the way back.
        progress: called after each layer, each way, with the share done.
        should_stop: asked before each layer.

    Raises:
        Stopped: when should_stop returned True.
    """
    with _suitable_threads(setup):
        return _trace(setup, bins, _Pass(setup, memory_limit, device), progress, should_stop)


@contextmanager
def _suitable_threads(setup: Setup) -> Iterator[None]:
    """One thread for products so small that threads wait for each other longer than they compute: on a machine that
    others use, too, these waits are most of the time (seven times as much at 500 units and 1,000 inputs)."""
    before = torch.get_num_threads()
    largest = max(a * b for a, b in pairwise(setup.widths)) * setup.samples
    torch.set_num_threads(1 if largest < _SMALL_PRODUCT else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _trace(
    setup: Setup,
    bins: int,
    pass_: _Pass,
    progress: Callable[[float], None] | None,
    should_stop: Callable[[], bool] | None,
) -> SignalTrace:
    rows: list[dict[str, Any]] = [{} for _ in range(setup.depth)]
    forward, backward = [], []
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done / (2 * setup.depth))

    def check() -> None:
        if should_stop is not None and should_stop():
            raise Stopped

    for layer in range(1, setup.depth + 1):
        check()
        z, h = pass_.forward(layer)
        summary = summarize(h)
        saturated, dead = shares_beyond(z, pass_.tails, pass_.shut)
        low, high = (float(bound) for bound in torch.aminmax(h))
        forward.append(histogram(h, summary.mean, summary.std, bins, low, high))
        rows[layer - 1] = {
            "mean": summary.mean,
            "std": summary.std,
            "saturated": saturated,
            "dead": dead,
            "grad_std": np.nan,
            "weight_grad_std": np.nan,
            "min": low,
            "max": high,
            "sample_std": summary.sample_std,
            "preactivation_std": mean_and_std(z)[1],
            "identical": h.shape[1] > 1 and bool((h[:8] == h[:8, :1]).all()),
        }
        step()
    for layer in range(setup.depth, 0, -1):
        check()
        mean, std = mean_and_std(pass_.gradient)
        backward.append(histogram(pass_.gradient, mean, std, bins))
        rows[layer - 1]["grad_std"] = std
        rows[layer - 1]["weight_grad_std"] = mean_and_std(pass_.backward(layer))[1]
        step()
    backward.reverse()
    return SignalTrace(
        setup=setup,
        samples=pass_.samples,
        table=pd.DataFrame(rows, index=pd.RangeIndex(1, setup.depth + 1, name="layer")),
        edges=np.stack([edges for edges, _ in forward]),
        shares=np.stack([shares for _, shares in forward]),
        gradient_edges=np.stack([edges for edges, _ in backward]),
        gradient_shares=np.stack([shares for _, shares in backward]),
    )


class _Pass:
    """One batch on its way: what the way back needs, and no more."""

    def __init__(self, setup: Setup, memory_limit: int, device: str) -> None:
        self.setup, self.device = setup, device
        activation, hyper = setup.activation_entry, setup.activation_settings
        self.tails, self.shut = activation.tails(hyper), activation.tails(hyper, SHUT)
        self._phi = lambda x: activation.tensor(x, hyper)
        row = 4 * sum(setup.widths)  # bytes of one sample in every layer
        self.samples = max(2, min(setup.samples, int(0.75 * memory_limit / (2 * row))))
        stored = 2 * row * self.samples
        self._keep_graphs = 3 * stored < memory_limit
        self._weight_room = max(memory_limit - stored * (3 if self._keep_graphs else 1), 0)
        self._weights: dict[int, torch.Tensor] = {}
        self._scales: dict[int, float] = {}
        self._stored: dict[int, tuple[torch.Tensor, ...]] = {}
        self._h = self._inputs()
        self.gradient = torch.empty(0)

    def _generator(self, stream: int) -> torch.Generator:
        seed = np.random.SeedSequence([self.setup.seed, stream]).generate_state(1, np.uint64)[0]
        return torch.Generator().manual_seed(int(seed) >> 1)

    def _inputs(self) -> torch.Tensor:
        generator, kind = self._generator(0), self.setup.input_distribution
        x = torch.empty(self.samples, self.setup.widths[0])
        if kind == "normal":
            x.normal_(generator=generator)
        elif kind == "binary":
            x.bernoulli_(0.5, generator=generator).mul_(2).sub_(1)
        elif kind == "uniform":
            x.uniform_(-(3**0.5), 3**0.5, generator=generator)
        else:
            x.uniform_(0, 1, generator=generator)
        return x.to(self.device)

    def _drawn(self, layer: int) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weights ``(out, in)`` and biases of a layer, as the initializer draws them."""
        setup, generator = self.setup, self._generator(layer + 1)
        shape = (setup.widths[layer], setup.widths[layer - 1])
        weights = draw(setup.initializer_entry, shape, setup.initializer_settings, setup.activation_gain, generator)
        bias = None
        if setup.bias_scale:
            bias = torch.empty(shape[0]).normal_(0, setup.bias_scale, generator=generator).to(self.device)
        return weights.to(self.device), bias

    def _remember(self, layer: int, weights: torch.Tensor) -> None:
        """Keep the weights while there is room; the latest are needed first on the way back."""
        self._weights[layer] = weights
        room = self._weight_room
        for kept in sorted(self._weights, reverse=True):
            room -= 4 * self._weights[kept].numel()
            if room < 0 and kept != layer:
                del self._weights[kept]

    def _recall(self, layer: int) -> torch.Tensor:
        weights = self._weights.pop(layer, None)
        if weights is None:
            weights = self._drawn(layer)[0]
            if layer in self._scales:
                weights *= self._scales[layer]
        return weights

    def _normalize(self, x: torch.Tensor) -> torch.Tensor:
        kind = self.setup.normalization
        if kind == "batch":
            return functional.batch_norm(x, None, None, training=True, eps=_EPS)
        if kind == "layer":
            return functional.layer_norm(x, x.shape[1:], eps=_EPS)
        return functional.rms_norm(x, x.shape[1:], eps=_EPS) if kind == "rms" else x

    def _activate(self, z: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(what enters the activation, what the layer makes of z)"""
        if self.setup.norm_position == "before":
            z = self._normalize(z)
            return z, self._phi(z)
        return z, self._normalize(self._phi(z))

    def forward(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """(what enters the activation, outputs), both ``(samples, units)``."""
        h = self._h
        weights, bias = self._drawn(layer)
        used = _unit_rows(weights) if self.setup.normalization == "weight" else weights
        z = h @ used.T
        if self.setup.initializer_entry.data_dependent:
            spread = mean_and_std(z)[1]
            if np.isfinite(spread) and spread > 0:
                self._scales[layer] = self.setup.initializer_settings["scale"] / spread
                weights *= self._scales[layer]
                z *= self._scales[layer] if used is weights else 1.0
        if bias is not None:
            z += bias
        if self._keep_graphs:
            z.requires_grad_()
        entering, out = self._activate(z)
        self._stored[layer] = (h, z, out) if self._keep_graphs else (h, z)
        out = out.detach()
        self._h = h + out if self._is_residual(layer) else out
        self._remember(layer, weights)
        if layer == self.setup.depth:
            drawn = torch.empty(self._h.shape).normal_(generator=self._generator(1))
            self.gradient = drawn.to(self.device)
        return entering.detach(), self._h

    def backward(self, layer: int) -> torch.Tensor:
        """The weight gradient ``(out, in)``; ``gradient`` moves on from this layer's outputs to its inputs."""
        h, z, *out = self._stored.pop(layer)
        if not out:
            z.requires_grad_()
            out = [self._activate(z)[1]]
        (delta,) = torch.autograd.grad(out[0], z, self.gradient)
        weights = self._recall(layer)
        weight_gradient = (delta.T @ h).div_(len(h))
        if self.setup.normalization == "weight":
            weight_gradient = _through_unit_rows(weight_gradient, weights)
            weights = _unit_rows(weights)
        if layer > 1:
            below = delta @ weights
            self.gradient = below + self.gradient if self._is_residual(layer) else below
        return weight_gradient

    def _is_residual(self, layer: int) -> bool:
        return self.setup.residual and self.setup.widths[layer] == self.setup.widths[layer - 1]


def _lengths(weights: torch.Tensor) -> torch.Tensor:
    return torch.linalg.vector_norm(weights, dim=1, keepdim=True).clamp_min(torch.finfo(weights.dtype).tiny)


def _unit_rows(weights: torch.Tensor) -> torch.Tensor:
    """w = v / |v| for each unit; zero vectors stay zero. Source: Salimans & Kingma (2016), arXiv:1602.07868."""
    return weights / _lengths(weights)


def _through_unit_rows(gradient: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The gradient with respect to v, from the one with respect to w = v / |v|."""
    unit = _unit_rows(weights)
    return (gradient - unit * (gradient * unit).sum(1, keepdim=True)) / _lengths(weights)
