"""A search over settings, or for a rate, as a table, and as a script that repeats it with PyTorch (and Optuna)."""

from __future__ import annotations

import json
import math
from typing import Any

from exports.csv_text import csv_text
from trainers.rates import RateRequest, RateSearch
from trainers.sweeps import (
    BATCH,
    REDUCTION,
    STARTUP,
    TPE_SEED,
    Part,
    Sweep,
    SweepRequest,
    distributions,
    own_name,
    rung,
)


def sweep_csv(request: SweepRequest, sweep: Sweep) -> str:
    """One row a trial: its values by dotted name, how it ended, what it was worth, and its runs."""
    names = [axis.name for axis in request.axes]
    beside = [] if request.beside is None else [request.beside.name]
    head = ["study", *beside, "trial", *names, "state", request.goal, "spread", "seconds", "ended_as", "runs"]
    sides = {part.key: [] if part.side is None else [part.side] for part in request.parts}
    rows: list[list[Any]] = [
        [
            trial.part,
            *sides.get(trial.part, []),
            trial.number,
            *trial.values,
            trial.state,
            trial.goal if trial.goal is not None and math.isfinite(trial.goal) else None,
            trial.spread,
            trial.seconds,
            None if trial.order is None else trial.order + 1,
            " ".join(trial.runs),
        ]
        for trial in sweep.trials
    ]
    return csv_text([head, *rows])


def sweep_curves_csv(request: SweepRequest, sweep: Sweep) -> str:
    """One row an epoch of each trial, as far as they are kept: its values by dotted name, and the mean of its seeds."""
    names = [axis.name for axis in request.axes]
    rows: list[list[Any]] = [["study", "trial", *names, "epoch", request.goal]]
    rows += [
        [trial.part, trial.number, *trial.values, epoch, _finite(value)]
        for trial in sweep.trials
        for epoch, value in zip(trial.epochs, trial.curve, strict=True)
    ]
    return csv_text(rows)


def sweep_script(request: SweepRequest) -> str:
    """The source of a script that searches the same: the same proposals and, on a CPU, the same losses.

    It trains one run after the other. What depends on others beside it may end elsewhere here: which runs are pruned,
    how many a budget of time pays for, and by the rounding of runs that the lab trains as one: at rates that are nearly
    too high it grows.
    """
    lines = json.dumps(json.loads(request.config), indent=2, ensure_ascii=True).splitlines()
    config = "\n".join(f"    {line!r}" for line in lines)
    space = "".join(f"    {name!r}: distributions.{held!r},\n" for name, held in distributions(request).items())
    studies = "".join(_study(request, part) for part in request.parts)
    best = "max" if request.maximize else "min"
    worst = "-math.inf" if request.maximize else "math.inf"
    names = {
        part.key: {axis.name: own_name(axis.name, request.run_config.changed(part.changes)) for axis in request.axes}
        for part in request.parts
    }
    return f'''"""A search of Descent Lab over {", ".join(axis.name for axis in request.axes)}, with PyTorch and Optuna.

Run it in the folder of the lab, with the lab's own Python. Runs that the lab has trained as one differ by rounding,
which grows at rates that are nearly too high.
"""

from __future__ import annotations

import math

import optuna
from optuna import distributions, pruners, samplers

from trainers import RunConfig, train

CONFIG = RunConfig.from_json(
{config}
)
SEEDS = {request.seeds}
SECONDS = {request.seconds!r}  # of training, all runs together, after which nothing new begins; 0 for no end
SPACE = {{
{space}}}
# Name: what it changes, the settings it varies, its sampler, its trials, how many are proposed at once.
STUDIES = {{
{studies}}}
NAMES = {names!r}


def pruner():
    return {_pruner(request)}


def run(config, seed, report):
    """The best {request.goal} of one run; {worst} where its loss becomes no number."""
    values = []

    def told(reports):
        for each in reports:
            if each.complete and each.{request.goal} is not None:
                values.append((each.epoch, each.{request.goal}))
        for epoch, value in values:
            report(seed, int(epoch), value)

    result = train(
        config.changed({{"budget.seed": (config.budget.seed + seed) % 2**32}}),
        report=told,
        should_stop=lambda: report.hopeless,
        device="cpu",
        threads=1,
    )
    finite = [value for _, value in values if math.isfinite(value)]
    return {worst} if result.reason == "diverged" or not finite else {best}(finite), result.seconds


class Report:
    """Tells Optuna the goal of the first seed by epoch."""

    def __init__(self, trial):
        self.trial, self.hopeless, self.epoch = trial, False, 0

    def __call__(self, seed, epoch, value):
        if seed == 0 and epoch > self.epoch and math.isfinite(value):
            self.epoch = epoch
            self.trial.report(value, epoch)
            self.hopeless = self.hopeless or self.trial.should_prune()


def search(name, changes, sampler, trials, at_once):
    """Gives the study and the seconds of a trial, after each one."""
    study = optuna.create_study(
        study_name=name, sampler=sampler, pruner=pruner(), direction="{"maximize" if request.maximize else "minimize"}"
    )
    base, done = CONFIG.changed(changes), 0
    while done < trials:
        asked = [study.ask(SPACE) for _ in range(min(at_once, trials - done))]
        for trial in asked:
            done += 1
            report, goals, spent = Report(trial), [], 0.0
            try:
                config = base.changed({{NAMES[name][key]: value for key, value in trial.params.items()}})
                for seed in range(SEEDS):
                    goal, seconds = run(config, seed, report)
                    goals.append(goal)
                    spent += seconds
            except ValueError as error:
                print(f"{{name}} {{trial.number}}: {{trial.params}} is refused: {{error}}")
            state = optuna.trial.TrialState.COMPLETE
            if not goals:
                state = optuna.trial.TrialState.FAIL
            elif report.hopeless:
                state = optuna.trial.TrialState.PRUNED
            value = sum(goals) / len(goals) if state == optuna.trial.TrialState.COMPLETE else None
            try:
                study.tell(trial, value, state=state)
            except RuntimeError:  # the last point of a grid wants to end a loop of Optuna's
                pass
            print(f"{{name}} {{trial.number}}: {{trial.params}} {{state.name.lower()}} {{value}}")
            yield study, spent


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    found, total = {{}}, 0.0
    going = {{name: search(name, *settings) for name, settings in STUDIES.items()}}
    while going:
        for name in list(going):  # in turn: they share the budget of time
            told = None if SECONDS and total >= SECONDS else next(going[name], None)
            if told is None:
                del going[name]
                continue
            found[name] = told[0]
            total += told[1]
    for name, study in found.items():
        complete = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
        if complete:
            print(f"{{name}}: best {{study.best_value:.6g}} at {{study.best_params}}")
        else:
            print(f"{{name}}: no trial came to its end")
'''


def rates_csv(found: RateSearch) -> str:
    """One row a step of both ways to a rate: its rate and the training loss; empty where that was no number.

    trial: of the rates that were halved, the largest is 1; held: whether its loss fell.
    """
    rows: list[list[Any]] = [["way", "trial", "rate", "step", "train_loss", "held"]]
    test = found.range_test
    rows += [
        ["raised", None, rate, step, _finite(loss), None]
        for step, (rate, loss) in enumerate(zip(test.rates, test.losses, strict=False), 1)
    ]
    rows += [
        ["halved", number, trial.rate, step, _finite(loss), trial.held]
        for number, trial in enumerate(found.trials, 1)
        for step, loss in enumerate(trial.losses, 1)
    ]
    return csv_text(rows)


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None


def rates_script(request: RateRequest) -> str:
    """The source of a script that looks for a rate as the lab does: on a CPU it comes to the same."""
    lines = json.dumps(json.loads(request.config), indent=2, ensure_ascii=True).splitlines()
    config = "\n".join(f"    {line!r}" for line in lines)
    return f'''"""A search of Descent Lab for a learning rate, with PyTorch.

Run it in the folder of the lab, with the lab's own Python.
"""

from __future__ import annotations

from trainers import RunConfig
from trainers.data import load
from trainers.loop import search_rates
from trainers.rates import RateRequest, held_rate, suggestion

CONFIG = (
{config}
)
REQUEST = RateRequest(config=CONFIG, lowest={request.lowest!r}, highest={request.highest!r}, steps={request.steps})

if __name__ == "__main__":
    splits = load(RunConfig.from_json(CONFIG).data)
    found = search_rates(REQUEST, splits, lambda so_far, share: None, device="cpu")
    for rate, loss in zip(found.range_test.rates, found.range_test.losses):
        print(f"raised: rate {{rate:.6g}}: loss {{loss:.6g}}")
    for trial in found.trials:
        print(f"halved: rate {{trial.rate:.6g}}: {{'held' if trial.held else 'diverged'}}")
    print(f"raising it suggests {{suggestion(found.range_test).rate}}")
    print(f"halving it suggests {{held_rate(found.trials)}}")
'''


def _study(request: SweepRequest, part: Part) -> str:
    trials = request.trials_of(part)
    at_once = BATCH if part.sampler == "tpe" else trials
    return f"    {part.key!r}: ({dict(part.changes)!r}, {_sampler(request, part)}, {trials}, {at_once}),\n"


def _sampler(request: SweepRequest, part: Part) -> str:
    if part.sampler == "grid":
        return f"samplers.GridSampler({request.grid!r}, seed={request.draw})"
    if part.sampler == "random":
        return f"samplers.RandomSampler(seed={request.draw})"
    return f"samplers.TPESampler(seed={request.draw + TPE_SEED}, constant_liar=True, n_startup_trials={STARTUP})"


def _pruner(request: SweepRequest) -> str:
    epochs = request.run_config.budget.epochs
    least = rung(epochs)
    if request.pruner == "halving":
        return f"pruners.SuccessiveHalvingPruner(min_resource={least}, reduction_factor={REDUCTION})"
    if request.pruner == "hyperband":
        return f"pruners.HyperbandPruner(min_resource={least}, max_resource={epochs}, reduction_factor={REDUCTION})"
    return "pruners.NopPruner()"
