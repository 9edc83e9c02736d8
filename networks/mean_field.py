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
from numpy.typing import ArrayLike, NDArray

from networks.types import Activation, Array, Hyper

_REACH = 10.0  # beyond ten standard deviations the normal density is 1e-22 of its peak
_NODES = 20  # of Gauss and Legendre, in each panel
_BOUNDED = 1e8  # a variance above this counts as divergent


def expectation(
    function: Callable[[Array], Array], q: ArrayLike, kinks: tuple[float, ...] = (), nodes: int = _NODES
) -> Array:
    """E[function(sqrt(q) z)], z standard normal, for each q >= 0; ``(*batch) -> (*batch)``.

    Gauss-Legendre, with so many nodes, on panels that end at the kinks and shrink towards zero, where a function that
    is steep on the scale of sqrt(q) bends. Gauss-Hermite alone converges slowly at kinks.
    """
    q = np.asarray(q, dtype=np.float64)
    spread = np.sqrt(q)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.array([*kinks, -16.0, -8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0, 16.0]) / spread
    own = np.nan_to_num(np.clip(own, -_REACH, _REACH), nan=0.0)
    fixed = np.broadcast_to([-_REACH, -6.0, -3.0, -1.5, 1.5, 3.0, 6.0, _REACH], (*q.shape, 8))
    edges = np.sort(np.concatenate([own, fixed], axis=-1), axis=-1)
    half, middle = np.diff(edges) / 2, (edges[..., 1:] + edges[..., :-1]) / 2
    places, weights = np.polynomial.legendre.leggauss(nodes)
    z = middle[..., None] + half[..., None] * places
    density = half[..., None] * weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    with np.errstate(over="ignore", invalid="ignore"):
        return (density * function(spread[..., None] * z)).sum((-2, -1))


def mean(activation: Activation, hyper: Hyper, q: ArrayLike) -> Array:
    """E[phi(sqrt(q) z)]"""
    return expectation(lambda x: activation.value(x, hyper), q, activation.kinks(hyper))


def second_moment(activation: Activation, hyper: Hyper, q: ArrayLike) -> Array:
    """E[phi(sqrt(q) z)^2]"""
    return expectation(lambda x: activation.value(x, hyper) ** 2, q, activation.kinks(hyper))


def squared_slope(activation: Activation, hyper: Hyper, q: ArrayLike, nodes: int = _NODES) -> Array:
    """E[phi'(sqrt(q) z)^2]"""
    return expectation(lambda x: activation.derivative(x, hyper) ** 2, q, activation.kinks(hyper), nodes)


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
    q = np.logspace(-10, np.log10(_BOUNDED), 1261)  # 70 to a decade, so that q = 1, where the map starts, is one
    return _Table(q=q, moment=second_moment(activation, hyper, q), slope=squared_slope(activation, hyper, q))


def _tabulate(activation: Activation, hyper: Hyper) -> _Table:
    return _table(activation, tuple(sorted(hyper.items())))


def fixed_point(activation: Activation, hyper: Hyper, sigma_w: ArrayLike, sigma_b: ArrayLike) -> tuple[Array, Array]:
    """(q*, chi at q*): where the variance map leads from q = 1. Both broadcast over sigma_w and sigma_b.

    q* is inf where the variance grows past 1e8, and 0 where it dies out; chi is then its limit. Relative error below
    1e-4, from a table of 1,261 variances.
    """
    table = _tabulate(activation, hyper)
    sw2, sb2 = np.broadcast_arrays(np.square(np.asarray(sigma_w, float)), np.square(np.asarray(sigma_b, float)))
    pieces = [
        _cross(table, sw2.ravel()[low : low + 512], sb2.ravel()[low : low + 512])
        for low in range(0, max(sw2.size, 1), 512)
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
        start = int(np.abs(log_q).argmin())
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

    The line needs no search: for each q, chi = 1 gives sigma_w and the fixed-point equation then gives sigma_b. It is
    drawn where ``fixed_point`` finds chi within 1 % of 1, also between its points: a fixed point that the map leaves
    is no edge (GELU, Swish and Mish near sigma_b = 0; slope of the variance map above 1). A pair of NaN parts branches
    that are not one line. For ReLU it is a single point. The line ends where the quadrature does not resolve the
    waves of a sine.
    """
    return _edge(activation, tuple(sorted(hyper.items())))


@lru_cache(maxsize=64)
def _edge(activation: Activation, settings: tuple[tuple[str, float], ...]) -> tuple[Array, Array]:
    hyper, table = dict(settings), _table(activation, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        sw2 = 1 / table.slope
        sb2 = table.q - sw2 * table.moment
        sb2[np.abs(sb2) <= 1e-9 * table.q] = 0.0  # that is rounding
        stable = sw2 * np.gradient(table.moment, table.q) <= 1 + 1e-6
        for left in np.flatnonzero(sb2[:-1] * sb2[1:] < 0):  # the line meets sigma_b = 0 between two points
            inner, outer = (left, left + 1) if sb2[left] > 0 else (left + 1, left)
            sw2[outer] = np.interp(0.0, [sb2[outer], sb2[inner]], [sw2[outer], sw2[inner]])
            sb2[outer], stable[outer] = 0.0, stable[inner]
        coarse = squared_slope(activation, hyper, table.q, nodes=_NODES - 4)
        resolved = np.logical_and.accumulate(np.abs(coarse - table.slope) <= 1e-3 * table.slope)
        line = np.sqrt(np.stack([sw2, sb2]))  # (2, n)
    line[:, ~np.logical_and.reduce([*np.isfinite(line), stable, resolved])] = np.nan
    on_edge = _is_critical(activation, hyper, line)
    share = np.array([0.25, 0.5, 0.75])
    between = line[:, :-1, None] + share * (line[:, 1:, None] - line[:, :-1, None])
    joined = on_edge[:-1] & on_edge[1:] & _is_critical(activation, hyper, between).all(-1)
    branches = np.split(np.arange(len(on_edge)), 1 + np.flatnonzero(~joined))
    pieces = [_distinct(line[:, branch]) for branch in branches if on_edge[branch].all()]
    gap = np.full((2, 1), np.nan)
    whole = np.concatenate([part for piece in pieces for part in (gap, piece)] or [gap], axis=1)[:, 1:]
    whole.flags.writeable = False
    return whole[0], whole[1]


def _is_critical(activation: Activation, hyper: Hyper, spreads: Array) -> NDArray[np.bool_]:
    """Where the theory's own chi is 1 within 1 %; ``(2, *batch) -> (*batch)``, False at NaN."""
    known = np.isfinite(spreads).all(0)
    critical = np.zeros(known.shape, dtype=bool)
    critical[known] = np.abs(fixed_point(activation, hyper, *spreads[:, known])[1] - 1) <= 0.01
    return critical


def _distinct(line: Array) -> Array:
    """The points ``(2, n)`` of a line without those that repeat the one before."""
    moved = np.abs(np.diff(line, axis=1)) > 1e-9 * (1 + np.abs(line[:, 1:]))
    return line[:, np.concatenate([[True], moved.any(0)])]


def _clipped(line: tuple[Array, Array], sigma_w: Array, sigma_b: Array) -> tuple[Array, Array]:
    """What of a line lies inside the plane; where the line leaves it, NaN parts what is before from what follows."""
    w, b = line
    inside = (w >= sigma_w.min()) & (w <= sigma_w.max()) & (b >= sigma_b.min()) & (b <= sigma_b.max())
    with_gap = inside.copy()
    with_gap[1:] |= inside[:-1]  # the first point outside is the gap
    w, b = np.where(inside, w, np.nan)[with_gap], np.where(inside, b, np.nan)[with_gap]
    last = len(w) - 1 if len(w) and np.isnan(w[-1]) else len(w)
    return w[:last], b[:last]


@dataclass(frozen=True, kw_only=True)
class PhaseDiagram:
    """The plane of weight and bias spread. sigma_w: (n,), sigma_b: (m,); q, chi and depth_scale: (m, n).

    depth_scale is 1 / |ln chi|, the number of layers over which the squared gradient changes by a factor e. edge_w and
    edge_b: the edge of chaos, clipped to the plane; NaN parts its branches.
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
    edge_w, edge_b = _clipped(edge_of_chaos(activation, hyper), sw, sb)
    return PhaseDiagram(
        activation=activation.key,
        sigma_w=sw,
        sigma_b=sb,
        q=q,
        chi=chi,
        depth_scale=depth_scale,
        edge_w=edge_w,
        edge_b=edge_b,
    )
