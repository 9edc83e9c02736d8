"""How far two distributions over the same bins are apart: Kullback-Leibler both ways, Jensen-Shannon, Wasserstein-1.

p and q are probabilities ``(*batch, bins)`` over bins of equal width; logarithms are natural. Source: Kullback and
Leibler (1951); Lin (1991), IEEE Trans. Inf. Theory 37; Arjovsky, Chintala & Bottou (2017), arXiv:1701.07875.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from networks.types import Array
from settings import by_key

Measure = Callable[[Array, Array, float], Array]


def _log_ratio(a: Array, b: Array) -> Array:
    """log(a / b); 0 where a is 0, infinite where only b is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a > 0, np.log(a) - np.log(b), 0.0)


def _sum(terms: Array) -> Array:
    return np.asarray(terms.sum(-1), dtype=np.float64)


def entropy(p: Array) -> Array:
    """-sum p log p in nats, ``(*batch, n) -> (*batch)``; a probability of 0 adds nothing."""
    p = np.asarray(p, dtype=np.float64)
    return -_sum(p * np.log(np.where(p > 0, p, 1.0)))


def _kl(p: Array, q: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return _sum(np.where(p > 0, p * _log_ratio(p, q), 0.0))


def _forward_gradient(p: Array, q: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, -p / q, 0.0)


def _reverse_gradient(p: Array, q: Array) -> Array:
    return np.where(q > 0, _log_ratio(q, p) + 1, 0.0)


def _js(p: Array, q: Array) -> Array:
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


def _js_gradient(p: Array, q: Array) -> Array:
    return _log_ratio(q, (p + q) / 2) / 2


def _ahead(p: Array, q: Array) -> Array:
    """How much more of q than of p lies in this bin and those before it."""
    return np.cumsum(q - p, -1)


# Differences of sums that are rounding alone; the sign of these is 0.
_ROUNDING = 1e-14


def _w1(p: Array, q: Array, width: float) -> Array:
    return width * _sum(np.abs(_ahead(p, q)))


def _w1_gradient(p: Array, q: Array, width: float) -> Array:
    ahead = _ahead(p, q)
    signs = np.where(np.abs(ahead) > _ROUNDING, np.sign(ahead), 0.0)
    return width * np.flip(np.cumsum(np.flip(signs, -1), -1), -1)


@dataclass(frozen=True, kw_only=True)
class Distance:
    """How far q is from p: ``value(p, q, width)`` is ``(*batch)``, ``gradient`` by q ``(*batch, bins)``.

    width: of a bin. infinite: whether it is infinite where one has bins that the other lacks; the gradient has no
    meaning there. latex: the right-hand side. torch: a line for tensors ``p``, ``q`` and a number ``width``.
    """

    key: str
    name: str
    latex: str
    value: Measure = field(repr=False)
    gradient: Measure = field(repr=False)
    infinite: bool
    torch: str
    meaning: str


DISTANCES: Mapping[str, Distance] = MappingProxyType(
    by_key(
        [
            Distance(
                key="forward",
                name="KL(P‖Q)",
                latex=r"\sum_i p_i \log\frac{p_i}{q_i}",
                value=lambda p, q, width: _kl(p, q),
                gradient=lambda p, q, width: _forward_gradient(p, q),
                infinite=True,
                torch='F.kl_div(q[p > 0].log(), p[p > 0], reduction="sum")',
                meaning="Q must cover all of P; a bin of P without Q makes it infinite.",
            ),
            Distance(
                key="reverse",
                name="KL(Q‖P)",
                latex=r"\sum_i q_i \log\frac{q_i}{p_i}",
                value=lambda p, q, width: _kl(q, p),
                gradient=lambda p, q, width: _reverse_gradient(p, q),
                infinite=True,
                torch='F.kl_div(p[q > 0].log(), q[q > 0], reduction="sum")',
                meaning="Q must stay inside P; one peak of P is enough.",
            ),
            Distance(
                key="js",
                name="Jensen-Shannon",
                latex=r"\tfrac12 \mathrm{KL}(P\,\|\,M) + \tfrac12 \mathrm{KL}(Q\,\|\,M),\quad M = \tfrac12(P + Q)",
                value=lambda p, q, width: _js(p, q),
                gradient=lambda p, q, width: _js_gradient(p, q),
                infinite=False,
                torch='(F.kl_div(((p + q) / 2)[p > 0].log(), p[p > 0], reduction="sum")'
                ' + F.kl_div(((p + q) / 2)[q > 0].log(), q[q > 0], reduction="sum")) / 2',
                meaning="At most log 2, and flat once the two have nothing in common.",
            ),
            Distance(
                key="wasserstein",
                name="Wasserstein-1",
                latex=r"\int |F_P(x) - F_Q(x)|\,dx",
                value=_w1,
                gradient=_w1_gradient,
                infinite=False,
                torch="(q - p).cumsum(-1).abs().sum() * width",
                meaning="How far the mass has to be carried, in units of x.",
            ),
        ]
    )
)
"""Every distance of two distributions by key."""
