"""One study of a search, by Optuna: which values come next, which trial is hopeless, what is best.

A study is not stored: it is made again from the trials by asking and telling in the same order, which brings the
sampler to where it was. A model-based one is asked in batches of a fixed size, each when all before it are told, so
that what it proposes depends on values alone and never on which worker was faster.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trainers.sweeps.request import Axis, Part, SweepRequest, variable

if TYPE_CHECKING:
    import optuna
    from optuna.distributions import BaseDistribution

BATCH = 4  # proposals of a model-based search that do not know each other's values
REDUCTION = 3  # one trial in so many goes on at each rung
TPE_SEED = 1  # added to the seed of a search
STARTUP = 8  # trials at random before a model is made


class Study:
    """Trials are known by their numbers, from 0 on. known: values of trials that are to be proposed first."""

    def __init__(self, request: SweepRequest, part: Part, known: Sequence[Mapping[str, Any]] = ()) -> None:
        import optuna

        optuna.logging.set_verbosity(logging.WARNING)
        self.part, self._request = part, request
        self._distributions = distributions(request)
        self._study = optuna.create_study(
            study_name=part.key,  # Hyperband draws brackets by it
            sampler=sampler_of(request, part, request.draw + len(known)),
            pruner=pruner_of(request),
            direction="maximize" if request.maximize else "minimize",
        )
        self._asked: list[optuna.Trial] = []
        self._told: set[int] = set()
        for values in known:
            self._study.enqueue_trial(dict(values))

    @property
    def asked(self) -> int:
        """How many trials were proposed."""
        return len(self._asked)

    @property
    def open(self) -> bool:
        """Whether the next trial may be asked for now."""
        if self.asked >= self._request.trials_of(self.part):
            return False
        return self.part.sampler != "tpe" or self.asked % BATCH > 0 or len(self._told) == self.asked

    def ask(self) -> dict[str, Any]:
        """The values of the next trial, by the names of the axes."""
        trial = self._study.ask(self._distributions)
        self._asked.append(trial)
        return dict(trial.params)

    def report(self, number: int, epoch: int, value: float) -> bool:
        """Tell the goal after an epoch; whether the trial is hopeless."""
        trial = self._asked[number]
        trial.report(value, epoch)
        return trial.should_prune()

    def tell(self, number: int, state: str, value: float | None = None) -> None:
        """How a trial has ended: ``complete`` with its value, inf or -inf for one that diverged, pruned or failed."""
        from optuna.trial import TrialState

        states = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
        ended = states.get(state, TrialState.FAIL)
        try:
            self._study.tell(self._asked[number], value if state == "complete" else None, state=ended)
        except RuntimeError:
            # The grid ends a loop of Optuna's at its last point, and here is none; what was told is told.
            if not self._study.trials[number].state.is_finished():
                raise
        self._told.add(number)

    def told(self, number: int) -> bool:
        """Whether it is known how a trial has ended."""
        return number in self._told

    def importance(self) -> dict[str, float]:
        """The share of each setting in what makes trials good; empty while there are too few.

        By PED-ANOVA: S. Watanabe et al. (2023), IJCAI, 4389-4396.
        """
        return importance_of(self._study)


def importance_of(study: optuna.Study) -> dict[str, float]:
    """See ``Study.importance``."""
    import optuna

    good = [
        trial
        for trial in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
        if math.isfinite(trial.value)  # pyright: ignore[reportArgumentType]
    ]
    if len(good) < 6 or any(len({trial.params[name] for trial in good}) < 2 for name in good[0].params):
        return {}
    quarter = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=0.25)
    return {
        name: float(share) for name, share in optuna.importance.get_param_importances(study, evaluator=quarter).items()
    }


def distributions(request: SweepRequest) -> dict[str, BaseDistribution]:
    """What each axis may be, for Optuna."""
    settings = variable(request.run_config)
    return {axis.name: _distribution(axis, settings[axis.name].kind == "int") for axis in request.axes}


def _distribution(axis: Axis, whole: bool) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.values:
        return CategoricalDistribution(axis.values)
    if whole:
        return IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)


def sampler_of(request: SweepRequest, part: Part, seed: int) -> optuna.samplers.BaseSampler:
    """The sampler of a study."""
    from optuna import samplers

    if part.sampler == "grid":
        return samplers.GridSampler(request.grid, seed=request.draw)
    if part.sampler == "random":
        return samplers.RandomSampler(seed=seed)
    # It begins at random, too: with the same seed those trials would be those of the random search beside it.
    return samplers.TPESampler(seed=seed + TPE_SEED, constant_liar=True, n_startup_trials=STARTUP)


def pruner_of(request: SweepRequest) -> optuna.pruners.BasePruner:
    """The pruner of a study; a rung is an epoch."""
    from optuna import pruners

    epochs = request.run_config.budget.epochs
    if request.pruner == "halving":
        return pruners.SuccessiveHalvingPruner(min_resource=rung(epochs), reduction_factor=REDUCTION)
    if request.pruner == "hyperband":
        return pruners.HyperbandPruner(min_resource=rung(epochs), max_resource=epochs, reduction_factor=REDUCTION)
    return pruners.NopPruner()


def rung(epochs: int) -> int:
    """The epoch of the first decision: each later one is three times as late."""
    return max(1, epochs // REDUCTION**3)
