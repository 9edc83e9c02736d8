"""A search as the database of Optuna: a SQLite file that its own tools, such as its dashboard, open."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trainers.sweeps.request import Part, SweepRequest
from trainers.sweeps.study import distributions
from trainers.sweeps.sweep import Sweep, Trial

if TYPE_CHECKING:
    import optuna


def study_file(request: SweepRequest, sweep: Sweep) -> bytes:
    """The file, with a study for each of the search's; trials that go on are left out.

    Curves are thinned to what ``Trial.curve`` holds. A trial that diverged is complete with an infinite value.
    """
    import optuna

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.sqlite"
        storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
        try:
            for part in request.parts:
                study = optuna.create_study(
                    storage=storage,
                    study_name=part.key,
                    direction="maximize" if request.maximize else "minimize",
                )
                study.set_user_attr("goal", request.goal)
                trials = sorted(
                    (trial for trial in sweep.trials if trial.part == part.key and trial.over),
                    key=lambda trial: trial.number,
                )
                study.add_trials([_frozen(request, part, trial) for trial in trials])
        finally:
            storage.engine.dispose()
        return path.read_bytes()


def _frozen(request: SweepRequest, part: Part, trial: Trial) -> optuna.trial.FrozenTrial:
    import optuna
    from optuna.trial import TrialState

    states = {"complete": TrialState.COMPLETE, "diverged": TrialState.COMPLETE, "pruned": TrialState.PRUNED}
    state = states.get(trial.state, TrialState.FAIL)
    value = trial.goal
    if trial.state == "diverged":
        value = -math.inf if request.maximize else math.inf
    curve = {int(epoch): value for epoch, value in zip(trial.epochs, trial.curve, strict=True) if math.isfinite(value)}
    return optuna.trial.create_trial(
        state=state,
        value=value if state == TrialState.COMPLETE else None,
        params={axis.name: held for axis, held in zip(request.axes, trial.values, strict=True)},
        distributions=distributions(request),
        intermediate_values=curve,
        user_attrs={"state": trial.state, "runs": list(trial.runs), "seconds": trial.seconds},
    )
