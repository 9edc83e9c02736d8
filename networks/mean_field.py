r"""Mean-field theory of a wide random network: what the spread of weights and biases makes of signal and gradient.

A layer is z = W h + b, h = phi(z), with weights of variance sigma_w^2 / fan_in and biases of variance sigma_b^2. In
wide layers z is normal with variance q, and

    q_{l+1} = sigma_w^2 E[phi(sqrt(q_l) z)^2] + sigma_b^2          (variance map, z standard normal)
    chi     = sigma_w^2 E[phi'(sqrt(q) z)^2]                       (growth of the squared gradient by layer)

chi < 1 at the fixed point q* is the ordered phase (gradients vanish), chi > 1 the chaotic phase (they explode), chi = 1
the edge of chaos. Source: Poole et al. (2016), arXiv:1606.05340; Schoenholz et al. (2017), arXiv:1611.01232.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from networks.types import Activation, Array, Hyper

_REACH = 10.0  # beyond ten standard deviations the normal density is 1e-22 of its peak
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_BOUNDED = 1e8  # a variance above this counts as divergent


def expectation(function: Callable[[Array], Array], q: ArrayLike, kinks: tuple[float, ...] = ()) -> Array:
    """E[function(sqrt(q) z)], z standard normal, for each q >= 0; ``(*batch) -> (*batch)``.

    Gauss-Legendre on panels that end at the kinks and shrink towards zero, where a function that is steep on the scale
    of sqrt(q) bends. Gauss-Hermite alone converges slowly at kinks.
    """
    q = np.asarray(q, dtype=np.float64)
    spread = np.sqrt(q)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.array([*kinks, -16.0, -8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0]) / spread
    own = np.nan_to_num(np.clip(own, -_REACH, _REACH), nan=0.0)
    fixed = np.broadcast_to([-_REACH, -6.0, -3.0, -1.5, 1.5, 3.0, 6.0, _REACH], (*q.shape, 8))
    edges = np.sort(np.concatenate([own, fixed], axis=-1), axis=-1)
    half, middle = np.diff(edges) / 2, (edges[..., 1:] + edges[..., :-1]) / 2
    z = middle[..., None] + half[..., None] * _NODES
    density = half[..., None] * _WEIGHTS * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    with np.errstate(over="ignore", invalid="ignore"):
        return (density * function(spread[..., None] * z)).sum((-2, -1))


def mean(activation: Activation, hyper: Hyper, q: ArrayLike) -> Array:
    """E[phi(sqrt(q) z)]"""
    return expectation(lambda x: activation.value(x, hyper), q, activation.kinks(hyper))


def second_moment(activation: Activation, hyper: Hyper, q: ArrayLike) -> Array:
    """E[phi(sqrt(q) z)^2]"""
    return expectation(lambda x: activation.value(x, hyper) ** 2, q, activation.kinks(hyper))


def squared_slope(activation: Activation, hyper: Hyper, q: ArrayLike) -> Array:
    """E[phi'(sqrt(q) z)^2]"""
    return expectation(lambda x: activation.derivative(x, hyper) ** 2, q, activation.kinks(hyper))


def variance_map(activation: Activation, hyper: Hyper, q: ArrayLike, sigma_w: ArrayLike, sigma_b: ArrayLike) -> Array:
    """The pre-activation variance of the next layer."""
    return np.square(sigma_w) * second_moment(activation, hyper, q) + np.square(sigma_b)


def gradient_factor(activation: Activation, hyper: Hyper, q: ArrayLike, sigma_w: ArrayLike) -> Array:
    """chi: the factor by which the squared gradient grows through one layer, backwards."""
    return np.square(sigma_w) * squared_slope(activation, hyper, q)


@dataclass(frozen=True, kw_only=True)
class _Table:
    """E[phi^2] and E[phi'^2] over a logarithmic grid of q."""

    q: Array
    moment: Array
    slope: Array


@lru_cache(maxsize=64)
def _table(activation: Activation, settings: tuple[tuple[str, float], ...]) -> _Table:
    hyper = dict(settings)
    q = np.logspace(-10, np.log10(_BOUNDED), 1200)
    return _Table(q=q, moment=second_moment(activation, hyper, q), slope=squared_slope(activation, hyper, q))


def _tabulate(activation: Activation, hyper: Hyper) -> _Table:
    return _table(activation, tuple(sorted(hyper.items())))


def fixed_point(activation: Activation, hyper: Hyper, sigma_w: ArrayLike, sigma_b: ArrayLike) -> tuple[Array, Array]:
    """(q*, chi at q*): where the variance map leads from q = 1. Both broadcast over sigma_w and sigma_b.

    q* is inf where the variance grows past 1e8, and 0 where it dies out; chi is then its limit. Relative error below
    1e-4, from a table of 1,200 variances.
    """
    table = _tabulate(activation, hyper)
    sw2, sb2 = np.broadcast_arrays(np.square(np.asarray(sigma_w, float)), np.square(np.asarray(sigma_b, float)))
    pieces = [
        _cross(table, sw2.ravel()[low : low + 512], sb2.ravel()[low : low + 512]) for low in range(0, sw2.size, 512)
    ]
    q = np.concatenate(pieces)
    slope = np.interp(np.log(np.clip(q, table.q[0], table.q[-1])), np.log(table.q), table.slope)
    return q.reshape(sw2.shape), sw2 * slope.reshape(sw2.shape)


def _cross(table: _Table, sw2: Array, sb2: Array) -> Array:
    """The first zero of ln(map(q) / q), upwards or downwards from q = 1 as its sign there says. ``(n,) -> (n,)``"""
    log_q = np.log(table.q)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log((sw2[:, None] * table.moment + sb2[:, None]) / table.q)
        growth[np.isnan(growth)] = -np.inf
        start = int(np.searchsorted(log_q, 0.0))
        rows = np.arange(len(sw2))
        up = growth[:, start] > 0
        above = growth[:, start:] <= 0
        below = growth[:, start::-1] >= 0
        right = np.where(up, start + above.argmax(1), start - below.argmax(1) + 1)
        left = right - 1
        here, there = growth[rows, left], growth[rows, np.minimum(right, len(log_q) - 1)]
        share = np.clip(np.nan_to_num(here / (here - there), nan=1.0), 0, 1)
    q = np.exp(log_q[left] + share * (log_q[np.minimum(right, len(log_q) - 1)] - log_q[left]))
    q = np.where(up & ~above.any(1), np.inf, np.where(~up & ~below.any(1), 0.0, q))
    return np.where(np.abs(growth[:, start]) < 1e-9, 1.0, q)


def edge_of_chaos(activation: Activation, hyper: Hyper) -> tuple[Array, Array]:
    """(sigma_w, sigma_b) along the line chi = 1, by growing q*; empty where there is none.

    The line needs no search: for each q, chi = 1 gives sigma_w and the fixed-point equation then gives sigma_b. Fixed
    points that the map leaves (slope of the variance map above 1) are not on the edge. For ReLU it is a single point.
    """
    table = _tabulate(activation, hyper)
    with np.errstate(divide="ignore", invalid="ignore"):
        sw2 = 1 / table.slope
        sb2 = table.q - sw2 * table.moment
        stable = sw2 * np.gradient(table.moment, table.q) <= 1 + 1e-6
        keep = stable & np.isfinite(sw2) & (sb2 >= -1e-9 * table.q)
    sb2 = np.where(sb2 > 1e-9 * table.q, sb2, 0.0)  # below that it is rounding
    return np.sqrt(sw2[keep]), np.sqrt(sb2[keep])


@dataclass(frozen=True, kw_only=True)
class PhaseDiagram:
    """The plane of weight and bias spread. sigma_w: (n,), sigma_b: (m,); q, chi and depth_scale: (m, n).

    depth_scale is 1 / |ln chi|, the number of layers over which the squared gradient changes by a factor e. edge_w and
    edge_b: the edge of chaos, clipped to the plane.
    """

    activation: str
    sigma_w: Array = field(repr=False)
    sigma_b: Array = field(repr=False)
    q: Array = field(repr=False)
    chi: Array = field(repr=False)
    depth_scale: Array = field(repr=False)
    edge_w: Array = field(repr=False)
    edge_b: Array = field(repr=False)


def phase_diagram(activation: Activation, hyper: Hyper, sigma_w: ArrayLike, sigma_b: ArrayLike) -> PhaseDiagram:
    """q*, chi and depth scale over the plane, with the edge of chaos.

    Raises:
        ValueError: axes that are not one-dimensional, finite and at least 0.
    """
    axes = [np.asarray(axis, dtype=np.float64) for axis in (sigma_w, sigma_b)]
    for name, axis in zip(("sigma_w", "sigma_b"), axes, strict=True):
        if axis.ndim != 1 or not len(axis) or not (np.isfinite(axis).all() and (axis >= 0).all()):
            raise ValueError(f"{name} was given shape {axis.shape}; allowed is one axis of finite numbers from 0")
    sw, sb = axes
    q, chi = fixed_point(activation, hyper, sw[None, :], sb[:, None])
    with np.errstate(divide="ignore"):
        depth_scale = 1 / np.abs(np.log(chi))
    edge_w, edge_b = edge_of_chaos(activation, hyper)
    inside = (edge_w >= sw.min()) & (edge_w <= sw.max()) & (edge_b >= sb.min()) & (edge_b <= sb.max())
    return PhaseDiagram(
        activation=activation.key,
        sigma_w=sw,
        sigma_b=sb,
        q=q,
        chi=chi,
        depth_scale=depth_scale,
        edge_w=edge_w[inside],
        edge_b=edge_b[inside],
    )
