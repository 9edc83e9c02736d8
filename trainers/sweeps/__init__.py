"""Searches over settings of a run: what is asked, which values come next, and what has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.sweeps.database import study_file as study_file
    from trainers.sweeps.request import DECAY as DECAY
    from trainers.sweeps.request import GOALS as GOALS
    from trainers.sweeps.request import MAX_RUNS as MAX_RUNS
    from trainers.sweeps.request import PRUNERS as PRUNERS
    from trainers.sweeps.request import SAMPLERS as SAMPLERS
    from trainers.sweeps.request import Axis as Axis
    from trainers.sweeps.request import Part as Part
    from trainers.sweeps.request import SweepRequest as SweepRequest
    from trainers.sweeps.request import own_name as own_name
    from trainers.sweeps.request import variable as variable
    from trainers.sweeps.study import BATCH as BATCH
    from trainers.sweeps.study import REDUCTION as REDUCTION
    from trainers.sweeps.study import STARTUP as STARTUP
    from trainers.sweeps.study import TPE_SEED as TPE_SEED
    from trainers.sweeps.study import Study as Study
    from trainers.sweeps.study import distributions as distributions
    from trainers.sweeps.study import rung as rung
    from trainers.sweeps.sweep import NOT_BEGUN as NOT_BEGUN
    from trainers.sweeps.sweep import OVER as OVER
    from trainers.sweeps.sweep import RUNNING as RUNNING
    from trainers.sweeps.sweep import WAITING as WAITING
    from trainers.sweeps.sweep import Sweep as Sweep
    from trainers.sweeps.sweep import Trial as Trial
    from trainers.sweeps.sweep import best_trial as best_trial
    from trainers.sweeps.sweep import of_role as of_role
    from trainers.sweeps.sweep import role_of as role_of
    from trainers.sweeps.sweep import thinned as thinned
    from trainers.sweeps.sweep import trial_name as trial_name

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "database": {
            "study_file": "The file, with a study for each of the search's; trials that go on are left out.",
        },
        "request": {
            "Axis": "One setting that is varied: over a range from ``low`` to ``high``, or over ``values`` where "
            "there are some.",
            "DECAY": "The weight decay of whatever optimizer is chosen: in the gradient where it has L2, beside the "
            "step where not.",
            "GOALS": "What is made good, by key.",
            "MAX_RUNS": "Runs of one search, at the most.",
            "PRUNERS": "What ends hopeless trials early, by key.",
            "Part": "One of the studies that a search holds side by side: its sampler, and the value that sets it "
            "apart.",
            "SAMPLERS": "How values are proposed, by key.",
            "SweepRequest": "What is asked for; a search is the same for all who ask the same.",
            "own_name": "The dotted name of a setting: that of the optimizer's own weight decay for ``decay``.",
            "variable": "What of a configuration can be varied, by name; ``decay`` is among it.",
        },
        "study": {
            "BATCH": "Proposals of a model-based search that do not know each other's values.",
            "REDUCTION": "One trial in so many goes on at each rung.",
            "STARTUP": "Trials at random before a model is made.",
            "distributions": "What each axis may be, for Optuna.",
            "rung": "The epoch of the first decision: each later one is three times as late.",
            "TPE_SEED": "What the seed of a model-based search is above that of the search.",
            "Study": "Trials are known by their numbers, from 0 on.",
        },
        "sweep": {
            "NOT_BEGUN": "The state of a trial that came too late for the seconds of its search.",
            "OVER": "The states of a trial that has ended.",
            "RUNNING": "The state of a trial of which a run has begun.",
            "Sweep": "A search as it stands.",
            "WAITING": "The state of a trial of which no run has begun.",
            "Trial": "One trial: its values, runs, curve and end.",
            "best_trial": "The best of those that are complete; None where none is.",
            "of_role": "(study, number, seed) of a role; None where it is none.",
            "role_of": "The role of a run: which trial of which study it is, and which of its seeds.",
            "thinned": "Positions of at most so many of ``count``, the first and the last among them.",
            "trial_name": "The name of a trial within its search.",
        },
    },
)
