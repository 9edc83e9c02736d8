"""Least squares on many rows with many weights: gradient descent against batches and single rows, by two axes.

The rows are drawn by a seed: features of unequal variance, a target that is linear in them, and noise on it. The loss
is the mean squared error, without a factor 1/2. What is told of each path is how far the loss is above its least,
which all rows give exactly: (w - w*)^T G (w - w*) with G = X^T X / n.

L. Bottou (2010), Large-scale machine learning with stochastic gradient descent, COMPSTAT, 177-186.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.turns import Progress, turn
from numerals import readable
from optimizers import Batches
from settings import Hyperparameter, LinkPreset, Setting, choice, number, switch, whole

Array = NDArray[np.float64]
AXES: Mapping[str, str] = {"iteration": "By iteration", "epoch": "By epoch"}
_LOOKS = 160  # places of a path at which its loss is told, evenly on a logarithmic axis
_SHOWN = 2048  # single rows between two signs of progress

_DECLARED: Mapping[str, Hyperparameter] = {
    "m.axis": choice("axis", tuple(AXES), "What the horizontal axis counts."),
    "m.rows": whole("rows", 10_000, 100, 10_000, "Rows of the table.", stops=(100, 1000, 3000, 10_000)),
    "m.features": whole("features", 500, 2, 500, "Features of a row, and weights.", stops=(2, 10, 50, 100, 200, 500)),
    "m.spread": number(
        "spread",
        10.0,
        1.0,
        1000.0,
        "The largest variance of a feature over the smallest: how narrow the bowl is.",
        log=True,
    ),
    "m.noise": number(
        "noise", 0.3, 0.0, 3.0, "Standard deviation of the noise; that of the signal is 1.", symbol="\\sigma"
    ),
    "m.batch": whole("batch", 100, 2, 1000, "Rows of a mini-batch.", stops=(2, 10, 30, 100, 300, 1000)),
    "m.all": number(
        "all", 0.5, 0.02, 1.2, "Rate of gradient descent, as a share of 2/L, from which on it diverges.", valid="[0, 2]"
    ),
    "m.some": number(
        "some",
        0.1,
        0.01,
        1.2,
        "Rate of rows and batches, as a share of that from which on they diverge in the mean.",
        valid="[0, 2]",
    ),
    "m.falls": switch("falls", "Whether the rate of rows and batches falls as 1/(1 + epochs)."),
    "m.epochs": whole("epochs", 20, 1, 30, "How often each optimizer may see every row."),
    "m.draw": whole("draw", 0, 0, 9999, "Draws the rows and their order.", valid="[0, 2147483647]"),
}


PRESETS = (
    LinkPreset(
        key="gd_and_sgd",
        title="GD against SGD, 10,000 rows",
        look_for="By iteration all rows lead. Switch to epochs: one row a step is far ahead, until its noise holds it.",
        query={"part": "many"},
    ),
    LinkPreset(
        key="falling_rate",
        title="A rate that falls lets SGD settle",
        look_for="The rate falls as 1/(1 + epochs): single rows go on sinking, and are not overtaken so soon.",
        query={"part": "many", "m.axis": "epoch", "m.some": "0.3", "m.falls": "true"},
    ),
)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part by key."""
    yield from _DECLARED.items()


@dataclass(frozen=True, kw_only=True)
class ManyRows:
    """What is solved, and how. Shares are of the largest rate that is stable; see ``largest_rate``."""

    rows: int = 10_000
    features: int = 500
    spread: float = 10.0
    noise: float = 0.3
    batch: int = 100
    all: float = 0.5
    some: float = 0.1
    falls: bool = False
    epochs: int = 20
    draw: int = 0


def many_rows_of(values: Mapping[str, Any]) -> ManyRows:
    """What these settings ask for; a batch is never larger than the table."""
    given = {key.removeprefix("m."): values[key] for key in _DECLARED if key != "m.axis"}
    return ManyRows(**given | {"batch": min(given["batch"], given["rows"])})


@dataclass(frozen=True, kw_only=True, eq=False)
class Walked:
    """One path. batch: rows of a step, 0 for all. rate: of the first step.

    iterations, epochs, excess: ``(looks,)``: steps made, passes over the rows, and the loss above its least.
    """

    name: str
    batch: int
    rate: float
    iterations: NDArray[np.int64]
    epochs: Array
    excess: Array

    def at_iteration(self, iteration: float) -> float:
        """The excess after so many steps, of the last look before."""
        return float(self.excess[np.searchsorted(self.iterations, iteration, side="right") - 1])

    def at_epoch(self, epoch: float) -> float:
        """The excess after so many passes, of the last look before."""
        return float(self.excess[np.searchsorted(self.epochs, epoch * (1 + 1e-12), side="right") - 1])


@dataclass(frozen=True, kw_only=True)
class Solved:
    """All paths, gradient descent first; the least loss, the loss at the start, and the condition number of G."""

    asked: ManyRows
    walked: tuple[Walked, ...]
    least: float
    start: float
    condition: float


def drawn_rows(asked: ManyRows) -> tuple[Array, Array]:
    """Features ``(rows, features)`` and target ``(rows,)``; the signal has variance 1."""
    random = np.random.default_rng(asked.draw)
    deviations = asked.spread ** (-0.5 * np.linspace(0.0, 1.0, asked.features))
    deviations /= np.sqrt(np.mean(deviations**2))
    features = random.standard_normal((asked.rows, asked.features))
    features *= deviations
    weights = random.standard_normal(asked.features) / deviations
    weights /= np.linalg.norm(weights * deviations)
    target = features @ weights
    target += asked.noise * random.standard_normal(asked.rows)
    return features, target


def largest_rate(curvatures: Array, batch: int) -> float:
    """The rate from which on steps of ``batch`` normal rows grow in the mean square; of all rows (0) it is 2/L.

    curvatures: the eigenvalues of the Hessian H. With b rows the second moment of a step's own Hessian is H^2 (1 - 1/b)
    + (tr(H) H + 2 H^2) / b for normal features, and rate times that must stay below 2 H.
    """
    steepest = float(np.max(curvatures))
    if not batch:
        return 2 / steepest
    return 2 / (steepest * (1 + 1 / batch) + float(np.sum(curvatures)) / batch)


def _looks(steps: int) -> NDArray[np.int64]:
    """Where a path of so many steps is looked at: often at first, the start and the end among them."""
    return np.unique(np.concatenate([[0], np.geomspace(1, steps, _LOOKS).round()])).astype(np.int64)


class _Excess:
    """The loss above its least, by the Gram matrix: as exact as by all rows, and ``rows / features`` times as fast."""

    def __init__(self, features: Array, target: Array) -> None:
        n = len(features)
        self.gram, self.with_target = features.T @ features / n, features.T @ target / n
        eigenvalues, vectors = np.linalg.eigh(self.gram)
        known = eigenvalues > eigenvalues[-1] * 1e-12  # fewer rows than features: the shortest of the best
        self.best = vectors[:, known] @ ((vectors[:, known].T @ self.with_target) / eigenvalues[known])
        self.curvatures = 2 * eigenvalues
        self.condition = float(eigenvalues[-1] / eigenvalues[known][0])
        self.least = float(np.mean((features @ self.best - target) ** 2))

    def __call__(self, weights: Array) -> float:
        off = weights - self.best
        return float(off @ (self.gram @ off))


def _by_all(excess: _Excess, rate: float, looks: NDArray[np.int64]) -> Array:
    weights, told = np.zeros(len(excess.gram)), []
    for _ in range(int(looks[-1]) + 1):
        told.append(excess(weights))
        weights = weights - rate * 2 * (excess.gram @ weights - excess.with_target)
    return np.array(told)[looks]


def _by_some(
    excess: _Excess,
    features: Array,
    target: Array,
    rates: Array,
    batches: Batches,
    looks: NDArray[np.int64],
    progress: Progress,
) -> Array:
    weights, told = np.zeros(features.shape[1]), [excess(np.zeros(features.shape[1]))]
    wanted, steps = iter(looks[1:].tolist()), int(looks[-1])
    next_look, single = next(wanted), batches.size == 1
    an_epoch = batches.an_epoch
    doubled = 2 * rates
    for first in range(0, steps, an_epoch):
        order = batches.of_epoch(first // an_epoch) if single else None
        for k in range(first, first + an_epoch):
            if order is not None:
                row = order[k - first]
                seen = features[row]
                weights -= (doubled[k] * (seen @ weights - target[row])) * seen
            else:
                rows = batches.of_step(k)
                seen = features[rows]
                weights -= (doubled[k] / len(rows)) * ((seen @ weights - target[rows]) @ seen)
            if k + 1 == next_look:
                told.append(excess(weights))
                next_look = next(wanted, -1)
            if progress is not None and not k % _SHOWN:
                progress(k / steps)
    return np.array(told)


def solve(asked: ManyRows, progress: Progress = None) -> Solved:
    """Walk all paths from 0: gradient descent, mini-batches and single rows, each over as many epochs.

    A path that diverges has an excess that grows up to infinity; nothing is raised for it.
    """
    tell = progress or (lambda share: None)
    with np.errstate(over="ignore", invalid="ignore"):
        features, target = drawn_rows(asked)
        tell(0.1)
        excess = _Excess(features, target)
        tell(0.2)
        walked = []
        for place, batch in enumerate((0, asked.batch, 1)):
            rate = (asked.some if batch else asked.all) * largest_rate(excess.curvatures, batch)
            if not batch:
                looks = np.arange(asked.epochs + 1)
                heights, epochs = _by_all(excess, rate, looks), looks.astype(np.float64)
            else:
                batches = Batches(rows=asked.rows, size=batch, seed=asked.draw)
                steps = asked.epochs * batches.an_epoch
                looks = np.union1d(_looks(steps), np.arange(asked.epochs + 1) * batches.an_epoch)
                fall = 1 + np.arange(steps) / batches.an_epoch if asked.falls else np.ones(steps)
                begun = 0.2 + 0.2 * (place - 1)
                part = 0.2 if batch > 1 else 0.6
                heights = _by_some(
                    excess,
                    features,
                    target,
                    rate / fall,
                    batches,
                    looks,
                    None if progress is None else lambda share, a=begun, b=part: progress(a + b * share),
                )
                epochs = looks / batches.an_epoch
            name = "all rows" if not batch else "one row" if batch == 1 else f"{batch} rows"
            walked.append(
                Walked(
                    name=name, batch=batch, rate=rate, iterations=looks, epochs=epochs, excess=np.maximum(heights, 0.0)
                )
            )
        start = float(np.mean(target**2))
    return Solved(asked=asked, walked=tuple(walked), least=excess.least, start=start, condition=excess.condition)


def many_rows_sentences(solved: Solved) -> list[str]:
    """Who leads by iteration, who by epoch, and who is overtaken; one sentence each."""
    whole, *others = solved.walked
    last = int(whole.iterations[-1])
    by_iteration = {walked: walked.at_iteration(last) for walked in solved.walked}
    by_epoch = {walked: walked.at_epoch(1) for walked in solved.walked}
    return [
        _leads("By iteration", f"after {last:,} step{'s' * (last != 1)}", by_iteration),
        _leads("By epoch", "after one pass over the rows", by_epoch),
        *(_overtaken(whole, other) for other in others),
    ]


def _leads(axis: str, when: str, heights: Mapping[Walked, float]) -> str:
    ranked = sorted(heights, key=lambda walked: (not np.isfinite(heights[walked]), heights[walked]))
    first, *rest = ranked
    others = ", ".join(f"{walked.name} at {_height(heights[walked])}" for walked in rest)
    verb = "leads" if first.batch == 1 else "lead"
    return f"{axis} {first.name} {verb}: {when} at {_height(heights[first])} above the least, {others}."


def _height(value: float) -> str:
    return readable(value) if np.isfinite(value) else "infinity"


def _overtaken(whole: Walked, other: Walked) -> str:
    """Whether gradient descent comes below a path that was ahead of it, by epoch."""
    name, its, it = (other.name, "its", "it") if other.batch == 1 else (other.name, "their", "them")
    if not np.isfinite(other.excess).all() or other.excess[-1] > other.excess[0]:
        verb = "diverges" if other.batch == 1 else "diverge"
        return f"{name[0].upper()}{name[1:]} {verb}: a rate of {readable(other.rate)} is too much."
    passes = whole.epochs[1:].tolist()
    ahead = [other.at_epoch(each) < whole.at_epoch(each) for each in passes]
    if not any(ahead):
        return f"{name[0].upper()}{name[1:]} {'is' if other.batch == 1 else 'are'} never ahead of all rows by epoch."
    if ahead[-1]:
        return f"All rows do not overtake {name} within {len(passes)} pass{'es' * (len(passes) != 1)}."
    at = len(ahead) - ahead[::-1].index(True) + 1
    late = float(np.mean(other.excess[other.epochs >= 0.75 * other.epochs[-1]]))
    return f"All rows overtake {name} after {at} passes: {its} noise holds {it} at about {readable(late)}."


_MOST_KNOWN = 64
_KNOWN: dict[ManyRows, Solved] = {}  # the oldest first
_ONE_BY_ONE = Lock()  # it takes both cores, and 80 MB


def solved(asked: ManyRows, progress: Progress = None) -> Solved:
    """The paths of these settings, worked out once for everybody; what is known waits for nobody. See ``Progress``."""
    known = _KNOWN.get(asked)
    if known is not None:
        return known
    with turn(_ONE_BY_ONE, progress):
        if asked not in _KNOWN:
            result = solve(asked, progress)
            if len(_KNOWN) >= _MOST_KNOWN:
                del _KNOWN[next(iter(_KNOWN))]
            _KNOWN[asked] = result
        return _KNOWN[asked]
