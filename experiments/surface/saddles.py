"""Saddles in many dimensions: eigenvalues at critical points, which of them are minima, and how that follows height.

Bray and Dean, PRL 98, 150201 (2007); Dauphin et al., arXiv:1406.2572 (2014); for the chance that a random matrix has
no negative eigenvalue Dean and Majumdar, PRL 97, 160201 (2006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerals import readable
from trainers.studies import FLAT, StudyRequest

Floats = NDArray[np.float64]
_SMALL = (1, 2, 3, 4, 5)  # dimensions in which minima are met at all
_DRAWN, _EIGENVALUES = 6_000, 20_000  # matrices in each small dimension; eigenvalues in the histogram
_HEIGHTS, _AT_EACH = 23, 4  # of matrices whose share of negative eigenvalues is drawn over the height


@dataclass(frozen=True, kw_only=True, eq=False)
class Saddles:
    """Critical points. dimensions: each with how many were ``found``, and ``minima`` among them.

    heights, shares: of every point, the latter of its negative eigenvalues; of: its dimension. spectrum: all
    eigenvalues in dimension ``n``, of random matrices and functions in roots of it.
    """

    source: str
    n: int
    dimensions: tuple[int, ...]
    found: tuple[int, ...]
    minima: tuple[int, ...]
    heights: Floats
    shares: Floats
    of: Floats
    spectrum: Floats
    height: float = 0.0

    @property
    def chances(self) -> Floats:
        """The share of minima in each dimension."""
        return np.array(self.minima) / np.maximum(self.found, 1)


def semicircle(places: ArrayLike, height: float = 0.0) -> Floats:
    """Wigner's density of eigenvalues in roots of the dimension, at critical points of this height: around -height."""
    moved = np.asarray(places, dtype=np.float64) + height
    return np.sqrt(np.maximum(4 - moved**2, 0)) / (2 * np.pi)


def below(height: ArrayLike) -> Floats:
    """The share of the semicircle's eigenvalues below 0 at a height (in roots of the dimension)."""
    u = np.clip(np.asarray(height, dtype=np.float64) / 2, -1, 1)
    return 0.5 + (u * np.sqrt(1 - u**2) + np.arcsin(u)) / np.pi


def saddles_request(values: Mapping[str, Any]) -> StudyRequest:
    """What is asked of a worker."""
    return StudyRequest.of("saddles", values)


def saddles_of(values: Mapping[str, Any], cells: Mapping[str, Mapping[str, Any]]) -> Saddles:
    """The critical points that are known."""
    names = [name for name in saddles_request(values).cells if name in cells]
    spectra = {name: np.array(cells[name]["eigenvalues"], dtype=np.float64).reshape(-1, int(name)) for name in names}
    shares = {name: _negative(spectra[name]) for name in names}
    n = int(values["n"])
    spectrum = spectra.get(str(n), np.zeros((0, n))).ravel()
    return Saddles(
        source=values["source"],
        n=n,
        dimensions=tuple(map(int, names)),
        found=tuple(len(shares[name]) for name in names),
        minima=tuple(int((shares[name] == 0).sum()) for name in names),
        heights=np.concatenate([np.array(cells[name]["heights"], dtype=np.float64) for name in names] or [[]]),
        shares=np.concatenate([shares[name] for name in names] or [[]]),
        of=np.concatenate([np.full(len(shares[name]), int(name)) for name in names] or [[]]).astype(np.float64),
        spectrum=spectrum / np.sqrt(n) if values["source"] == "functions" else spectrum,
    )


def _negative(eigenvalues: Floats) -> Floats:
    """The share of negative eigenvalues of each point; what is flat to rounding counts as none."""
    if not len(eigenvalues):
        return np.zeros(0)
    flat = FLAT * np.abs(eigenvalues).max(1, keepdims=True)
    return (eigenvalues < -flat).mean(1)


@lru_cache(maxsize=32)
def matrices(n: int, height: float, seed: int) -> Saddles:
    """Matrices of the Gaussian orthogonal ensemble, moved by the height, as Hessians of critical points."""
    lowest, spectra, others = _drawn(n, seed)
    heights = np.repeat(np.linspace(-2.2, 2.2, _HEIGHTS), _AT_EACH)
    # A multiple of the identity moves every eigenvalue by as much, so that no height needs a decomposition of its own.
    return Saddles(
        source="matrices",
        n=n,
        dimensions=_SMALL,
        found=(_DRAWN,) * len(_SMALL),
        minima=tuple(int((least > height * np.sqrt(size)).sum()) for size, least in zip(_SMALL, lowest, strict=True)),
        heights=heights,
        shares=(others < heights[:, None] * np.sqrt(n)).mean(1),
        of=np.full(len(heights), float(n)),
        spectrum=spectra.ravel() / np.sqrt(n) - height,
        height=height,
    )


@lru_cache(maxsize=16)
def _drawn(n: int, seed: int) -> tuple[list[Floats], Floats, Floats]:
    """At height 0: the lowest eigenvalues in each small dimension, spectra in ``n``, and one more for each point."""
    random = np.random.default_rng((seed, 17))
    lowest = [_spectra(random, size, _DRAWN)[:, 0] for size in _SMALL]
    return lowest, _spectra(random, n, max(20, _EIGENVALUES // n)), _spectra(random, n, _HEIGHTS * _AT_EACH)


def _spectra(random: np.random.Generator, n: int, count: int) -> Floats:
    """Eigenvalues ``(count, n)``, ascending. Off the diagonal the variance is 1, on it 2."""
    drawn = random.standard_normal((count, n, n))
    return np.asarray(np.linalg.eigvalsh((drawn + drawn.transpose(0, 2, 1)) / np.sqrt(2)), dtype=np.float64)


def saddle_sentences(saddles: Saddles) -> list[str]:
    """How rare minima become, and how the share of negative eigenvalues follows the height."""
    if not saddles.dimensions:
        return []
    sentences = [_minima(saddles)]
    if saddles.source == "matrices":
        share, expected = float((saddles.spectrum < 0).mean()), float(below(saddles.height))
        sentences.append(
            f"At this height {readable(100 * share)} % of the eigenvalues in {saddles.n} dimensions are negative; in "
            f"many dimensions the semicircle has {readable(100 * expected)} %."
        )
    elif len(saddles.heights) > 2 and saddles.heights.std() and saddles.shares.std():
        known = saddles.of == saddles.n
        if known.sum() > 2 and saddles.heights[known].std() and saddles.shares[known].std():
            together = float(np.corrcoef(saddles.heights[known], saddles.shares[known])[0, 1])
            sentences.append(
                f"In {saddles.n} dimensions height and share of negative eigenvalues have correlation "
                f"{readable(together, 2)}: high critical points are saddles, low ones are nearly minima."
            )
    return sentences


def _minima(saddles: Saddles) -> str:
    parts = [
        f"{minima:,} of {found:,} in {n}"
        for n, found, minima in _ends(saddles.dimensions, saddles.found, saddles.minima)
    ]
    kind = "matrices have no negative eigenvalue" if saddles.source == "matrices" else "critical points are minima"
    return f"So many {kind}: {', '.join(parts)} dimension{'s' * (saddles.dimensions[-1] != 1)}."


def _ends(*lists: Sequence[int]) -> list[tuple[int, ...]]:
    rows = list(zip(*lists, strict=True))
    return rows if len(rows) < 4 else [rows[0], rows[1], rows[len(rows) // 2], rows[-1]]
