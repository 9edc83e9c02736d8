"""A fair race: every rule chooses its hyperparameters on the same budget, and then all race from other starts.

A search with Optuna (random, or model-based by a tree-structured Parzen estimator: Bergstra et al., NIPS 2011) proposes
values among the stops of the sliders. Each proposal runs from the same few starts, drawn by a seed; it is worth the
median of the values that stand when the gradient evaluations of a race are spent, and never what a known minimum
says. What was best then runs from starts that no rule has seen. A start counts as solved once f has fallen by all but
a thousandth of what it can fall from there, as far as any of the rules got: the data profiles of Moré and Wild, SIAM
J. Optim. 20 (2009).
"""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.turns import turn
from landscapes import Landscape
from optimizers import OPTIMIZERS, Optimizer, Trajectory, descend
from settings import Hyperparameter

if TYPE_CHECKING:
    import optuna

Array = NDArray[np.float64]

MOST = 40_000  # trials times budget of a rule
TUNING_STARTS, RACE_STARTS = 8, 32
SOLVED = 1e-3  # of the way down that may be left
_AT_ONCE = 5  # proposals that run in one batch
_NOT_TUNED = frozenset({"weight_decay", "eps"})  # the first changes what is minimised, the other guards a division
_TINY = 1e-300
_WORST = 1e300  # a value that a model of the search can still compare
_LINEAR = 21  # values of a slider with even steps
_KEPT = 16


@dataclass(frozen=True, kw_only=True)
class FairRace:
    """What is asked.

    rules: keys, each once. budget: gradient evaluations of a race (a value counts 1, a Hessian 2). trials: proposals
    of a rule. draw: fixes the starts and the search. noise: standard deviation on every gradient.
    """

    landscape: Landscape
    rules: tuple[str, ...]
    budget: int = 500
    noise: float = 0.0
    search: str = "model"
    trials: int = 40
    draw: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Tuned:
    """One rule: what was chosen and what became of it. N are the starts of the race, in the order of their drawing.

    values: by name, those that were searched. spent: gradient evaluations of the search. best: (trials,), the lowest
    worth so far. finals: (N,), f when the budget is spent, inf where the path has diverged. left: (N,), the share that
    then remains of the way down to the lowest f that any rule has reached from there, 0 to inf. solved: (N,),
    evaluations until a start counts as solved, inf where it never does.
    """

    rule: str
    values: Mapping[str, float]
    spent: int
    best: Array
    finals: Array
    left: Array
    solved: Array

    def share_solved(self, evaluations: float) -> float:
        """The share of starts that are solved within so many evaluations: one point of a data profile."""
        return float((self.solved <= evaluations).mean())


@dataclass(frozen=True, kw_only=True, eq=False)
class FairResult:
    """The rules in the order asked. starts: (N, 2)."""

    race: FairRace
    tuned: tuple[Tuned, ...]
    starts: Array


def searched(rule: Optimizer) -> tuple[Hyperparameter, ...]:
    """What of a rule is searched: its real hyperparameters but for weight decay and guards against zero."""
    return tuple(each for each in rule.hyperparameters if each.kind == "float" and each.name not in _NOT_TUNED)


def affordable_fair_race(race: FairRace) -> FairRace:
    """The race itself, or one of fewer trials where a server that others share does not take more for one link."""
    return replace(race, trials=min(race.trials, max(5, MOST // race.budget)))


def run_fair_race(race: FairRace, progress: Callable[[float], None] | None = None) -> FairResult:
    """Search for every rule, then race. The same race gives the same result.

    progress: called with the share done, 0 to 1; what it raises ends the search.
    """
    low, high = np.array(race.landscape.domain).T
    draw = np.random.default_rng([race.draw, 2009])
    tuning = draw.uniform(low, high, (TUNING_STARTS, 2))
    starts = draw.uniform(low, high, (RACE_STARTS, 2))
    chosen = []
    for number, key in enumerate(race.rules):

        def told(share: float, number: int = number) -> None:
            if progress is not None:
                progress((number + share) / len(race.rules))

        chosen.append(_search(race, OPTIMIZERS[key], tuning, told))
    runs = [
        _run(race, OPTIMIZERS[key], _steps(race, OPTIMIZERS[key]), starts, values)
        for key, (values, _, _) in zip(race.rules, chosen, strict=True)
    ]
    lowest = np.min([lows for _, _, lows in runs], axis=0)
    first = race.landscape.value(starts)
    with np.errstate(invalid="ignore", over="ignore"):
        goal = lowest + SOLVED * (first - lowest)
        tuned = [
            Tuned(
                rule=key,
                values=values,
                spent=spent,
                best=best,
                finals=finals,
                left=np.where(np.isfinite(finals), (finals - lowest) / np.maximum(first - lowest, _TINY), np.inf),
                solved=_first_below(path, goal, race.budget),
            )
            for key, (values, spent, best), (path, finals, _) in zip(race.rules, chosen, runs, strict=True)
        ]
    return FairResult(race=race, tuned=tuple(tuned), starts=starts)


def _search(
    race: FairRace, rule: Optimizer, starts: Array, told: Callable[[float], None]
) -> tuple[Mapping[str, float], int, Array]:
    """(the best values, evaluations spent, the lowest worth so far after each trial)"""
    import optuna

    optuna.logging.set_verbosity(logging.WARNING)
    parameters = searched(rule)
    stops = {each.name: _stops(each) for each in parameters}
    seed = race.draw
    sampler = (
        optuna.samplers.RandomSampler(seed=seed) if race.search == "random" else optuna.samplers.TPESampler(seed=seed)
    )
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial({name: _nearest(offered, rule.defaults()[name]) for name, offered in stops.items()})
    trials = race.trials if parameters else 1  # without anything to choose one is as good as many
    steps, spent, best = _steps(race, rule), 0, []
    while len(best) < trials:
        asked = [study.ask() for _ in range(min(_AT_ONCE, trials - len(best)))]
        proposals = [_proposed(trial, stops) for trial in asked]
        columns = {name: np.array([[each[name]] for each in proposals]) for name in stops}
        path, finals, _ = _run(race, rule, steps, starts, columns, len(proposals))
        worth = np.minimum(np.median(finals, axis=-1), _WORST)
        cost = np.minimum(path.evaluations[-1], race.budget)
        spent += int(np.broadcast_to(cost, finals.shape).sum())
        for trial, value in zip(asked, worth, strict=True):
            study.tell(trial, float(value))
            best.append(float(value))
        told(len(best) / trials)
    values = {name: float(stops[name][index]) for name, index in study.best_params.items()}
    return values, spent, np.minimum.accumulate(best)


def _stops(parameter: Hyperparameter) -> list[float]:
    """The values that are proposed; a rate of 0 is none."""
    linear = np.linspace(parameter.low, parameter.high, _LINEAR).round(12).tolist()
    return [stop for stop in parameter.slider_stops or linear if stop > 0 or parameter.name != "lr"]


def _proposed(trial: optuna.Trial, stops: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: offered[trial.suggest_int(name, 0, len(offered) - 1)] for name, offered in stops.items()}


def _nearest(stops: Sequence[float], value: float) -> int:
    return int(np.abs(np.array(stops) - value).argmin())


def _run(
    race: FairRace,
    rule: Optimizer,
    steps: int,
    starts: Array,
    values: Mapping[str, Any],
    proposals: int | None = None,
) -> tuple[Trajectory, Array, Array]:
    """(paths, f when the budget is spent, the lowest f until then), for each start, and each proposal before it."""
    origin = starts if proposals is None else np.broadcast_to(starts, (proposals, *starts.shape))
    path = descend(
        race.landscape,
        rule,
        start=origin,
        steps=steps,
        noise=race.noise,
        seed=race.draw,
        record="points",
        **values,
    )
    within = path.evaluations <= race.budget
    last = within.sum(0) - 1
    finals = np.take_along_axis(path.values, last[None], 0)[0]
    diverged = (path.first_nonfinite >= 0) & (path.first_nonfinite <= last)
    lows = np.where(within & np.isfinite(path.values), path.values, np.inf).min(0)
    return path, np.where(diverged | ~np.isfinite(finals), np.inf, finals), lows


def _steps(race: FairRace, rule: Optimizer) -> int:
    """As many as the budget pays: what a step costs is what the cheapest of a few costs."""
    middle = np.mean(np.array(race.landscape.domain), axis=1)
    path = descend(race.landscape, rule, start=np.stack([race.landscape.start, middle]), steps=12, record="points")
    spent = np.diff(path.evaluations, axis=0)
    return max(1, math.ceil(race.budget / max(1, int(spent[spent > 0].min(initial=28)))))


def _first_below(path: Trajectory, goal: Array, budget: int) -> Array:
    """Evaluations until f is at most ``goal``, inf where that is not within the budget."""
    reached = (path.values <= goal) & (path.evaluations <= budget)
    first = reached.argmax(0)
    spent = np.take_along_axis(path.evaluations, first[None], 0)[0].astype(np.float64)
    return np.where(reached.any(0), spent, np.inf)


class _FairRaces:
    """The results that were asked for last, each run once for everybody, one after the other."""

    def __init__(self) -> None:
        self._lock, self._running = Lock(), Lock()
        self._kept: OrderedDict[tuple[Any, ...], FairResult] = OrderedDict()

    def known(self, key: tuple[Any, ...]) -> FairResult | None:
        with self._lock:
            return self._kept.get(key)

    def of(self, key: tuple[Any, ...], race: FairRace, progress: Callable[[float], None] | None) -> FairResult:
        if (result := self.known(key)) is not None:
            return result
        with turn(self._running, progress):
            if (result := self.known(key)) is None:
                result = run_fair_race(race, progress)
                with self._lock:
                    self._kept[key] = result
                    while len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
        return result


_RESULTS = _FairRaces()


def known_fair_result(link: Mapping[str, str]) -> FairResult | None:
    """The result of the race that has this link, where it is at hand."""
    return _RESULTS.known(tuple(sorted(link.items())))


def fair_result(link: Mapping[str, str], race: FairRace, progress: Callable[[float], None] | None = None) -> FairResult:
    """The result of the race that has this link, run once for everybody."""
    return _RESULTS.of(tuple(sorted(link.items())), race, progress)
