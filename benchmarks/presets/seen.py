"""What came of a preset, in a line of numbers: those that its sentence speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import experiments.generalization as generalization
import experiments.reuse as reusing
import experiments.surface as surface
from numerals import readable
from trainers.ensembles import Ensemble
from trainers.lab import Feed
from trainers.presets import TrainingPreset
from trainers.surfaces import Surface
from trainers.sweeps import Sweep, SweepRequest, Trial, best_trial
from trainers.transfers import ALONE, ROWS, SHARED, WAYS, Study

SUPERSCRIPT = "\N{SUPERSCRIPT TWO}"
PLUS_MINUS = "\N{PLUS-MINUS SIGN}"


def n(value: Any) -> str:
    """A number to three digits."""
    return readable(float(value), 3)


# ---- training ------------------------------------------------------------------------------------------------------


def training(preset: TrainingPreset, told: Sequence[tuple[str, Feed]]) -> str:
    """What is said of the first run, and the validation loss of each at its end."""
    first = told[0][1].run.finding
    kind = "no verdict" if first is None else first.kind.replace("_", " ")
    wrong = (
        f" (instead of {preset.finding.replace('_', ' ')})" if preset.finding not in ("", first and first.kind) else ""
    )
    ends = [f"{role} {n(feed.series['val_loss'][-1])}".strip() for role, feed in told if len(feed.epochs)]
    return f"{kind}{wrong}; validation loss {', '.join(ends)}"


# ---- search --------------------------------------------------------------------------------------------------------


def search(key: str, request: SweepRequest, sweep: Sweep) -> str:
    """The numbers that the sentence of a search speaks of."""
    return _SEARCH[key](request, sweep)


def _goal(trial: Trial) -> str:
    return n(trial.goal) if trial.state == "complete" and trial.goal is not None else trial.state


def _each(request: SweepRequest, sweep: Sweep) -> str:
    """The goal of every trial."""
    spread = {trial.number: f" {PLUS_MINUS} {n(trial.spread)}" for trial in sweep.trials if trial.spread is not None}
    trials = sorted(sweep.trials, key=lambda trial: trial.values)
    return ", ".join(f"{n(trial.values[0])}: {_goal(trial)}{spread.get(trial.number, '')}" for trial in trials)


def _ends(request: SweepRequest, sweep: Sweep) -> str:
    """First and last loss of every curve."""
    return ", ".join(
        f"{n(trial.values[0])}: {n(trial.curve[0])} to {n(trial.curve[-1])}"
        + (" (diverged)" if trial.state == "diverged" else "")
        for trial in sorted(sweep.trials, key=lambda trial: trial.values)
        if trial.curve
    )


def _samplers(request: SweepRequest, sweep: Sweep) -> str:
    """How many values of the first setting each way of search has tried, and the best it found."""
    said = []
    for part in request.parts:
        trials = [trial for trial in sweep.trials if trial.part == part.key]
        best = best_trial(trials, request.maximize)
        count = len({trial.values[0] for trial in trials})
        said.append(f"{part.sampler}: {count} rates, best {_goal(best) if best else 'none'}")
    return "; ".join(said)


def _breaks(request: SweepRequest, sweep: Sweep) -> str:
    """The lowest rate that diverged, by width."""
    said = []
    for width in request.axes[1].values:
        broken = [trial.values[0] for trial in sweep.trials if trial.values[1] == width and trial.state == "diverged"]
        said.append(f"{n(width)}: {n(min(broken)) if broken else 'none'}")
    return f"diverges from rate, by width: {', '.join(said)}"


def _best_decay(request: SweepRequest, sweep: Sweep) -> str:
    """The best decay at each rate, side by side."""
    said = []
    for part in request.parts:
        best = []
        for rate in request.grid["optimizer.lr"]:
            here = [trial for trial in sweep.trials if trial.part == part.key and trial.values[0] == rate]
            found = best_trial(here, request.maximize)
            best.append(n(found.values[1]) if found else "none")
        said.append(f"{part.side}: {', '.join(best)}")
    return f"best decay by rate: {'; '.join(said)}"


def _best_rate(request: SweepRequest, sweep: Sweep) -> str:
    """The best rate of each batch size."""
    said = []
    for batch in request.axes[1].values:
        found = best_trial([trial for trial in sweep.trials if trial.values[1] == batch], request.maximize)
        said.append(f"{n(batch)}: {n(found.values[0]) if found else 'none'}")
    return f"best rate by batch: {', '.join(said)}"


def _highest(request: SweepRequest, sweep: Sweep) -> str:
    """The highest rate that still comes within twice the best loss of its own side."""
    said = []
    for part in request.parts:
        trials = [trial for trial in sweep.trials if trial.part == part.key and trial.goal is not None]
        best = best_trial(trials, request.maximize)
        good = [t.values[0] for t in trials if best and t.state == "complete" and (t.goal or 0) < 2 * (best.goal or 0)]
        said.append(f"{part.side}: up to {n(max(good)) if good else 'none'}, best {_goal(best) if best else 'none'}")
    return "learns at rates " + "; ".join(said)


def _by_side(request: SweepRequest, sweep: Sweep) -> str:
    """The goal by the first setting, side by side."""
    name = request.beside.name.partition(".")[2] if request.beside else ""
    said = []
    for part in request.parts:
        trials = sorted((t for t in sweep.trials if t.part == part.key), key=lambda trial: trial.values)
        said.append(f"{name} {part.side}: " + ", ".join(f"{n(t.values[0])}: {_goal(t)}" for t in trials))
    return "; ".join(said)


_SEARCH = {
    "rates": _ends,
    "grid_random": _samplers,
    "rows": _each,
    "width_rate": _breaks,
    "decay": _best_decay,
    "batch": _best_rate,
    "batch_norm": _highest,
    "depth": _by_side,
}


# ---- loss surfaces -------------------------------------------------------------------------------------------------


def surfaces(drawn: Sequence[tuple[str, Surface]]) -> str:
    """Sharpness, roughness and validation loss of each; barriers of ways; the path's shares."""
    said = []
    for role, one in drawn:
        if one.joints:
            said += [f"{joint.kind}: barrier {n(joint.barrier())}" for joint in one.joints]
            continue
        bends, parts = surface.roughness(one), []
        if one.sharpness:
            parts.append(f"largest eigenvalue {n(one.sharpness[0].eigenvalues[0])}")
        if bends is not None:
            parts.append(f"roughness {n(bends)}")
        if one.explained:
            parts.append(f"axes hold {n(100 * one.explained[0])} and {n(100 * one.explained[1])} %")
        else:
            parts.append(f"rises to {n(rise(one))} times, validation loss {n(_middle(one, 'val_loss'))}")
        said.append(f"{role}: {', '.join(parts)}".removeprefix(": "))
    return "; ".join(said)


def rise(drawn: Surface) -> float:
    """How many times its own training loss the picture's median is."""
    return float(np.nanmedian(drawn.values["train_loss"]) / _middle(drawn, "train_loss"))


def _middle(drawn: Surface, name: str) -> float:
    grid = drawn.values[name]
    return float(grid[grid.shape[0] // 2, grid.shape[1] // 2])


def saddles(told: Sequence[surface.Saddles]) -> str:
    """Minima by dimension, and how the share of negative eigenvalues goes with the height."""
    said = []
    for each in told:
        if each.source == "matrices":
            share = 100 * float((each.spectrum < 0).mean())
            said.append(f"height {n(each.height)}: {n(share)} % negative")
            continue
        counts = zip(each.dimensions, each.minima, each.found, strict=True)
        said.append("minima: " + ", ".join(f"{minima} of {found} in {d}" for d, minima, found in counts))
        said.append(f"height with share of negative eigenvalues by dimension: {', '.join(_correlations(each))}")
        if each.source == "functions":
            low = each.heights[each.shares == 0]
            said.append(f"median height of minima {n(np.median(low))}, of all {n(np.median(each.heights))}")
    return "; ".join(said)


def _correlations(each: surface.Saddles) -> list[str]:
    said = []
    for dimension in each.dimensions:
        here = each.of == dimension
        heights, shares = each.heights[here], each.shares[here]
        known = len(heights) > 2 and heights.std() and shares.std()
        said.append(readable(float(np.corrcoef(heights, shares)[0, 1]), 2) if known else "none")
    return said


# ---- generalization ------------------------------------------------------------------------------------------------


def tradeoff(errors: generalization.Tradeoff, values: Mapping[str, Any]) -> str:
    """Bias and variance at the chosen capacity; of networks at every width."""
    chosen = generalization.chosen_capacity(values)
    if values["model"] == "networks":
        each = zip(errors.capacities, errors.bias, errors.variance, strict=True)
        return f"bias{SUPERSCRIPT} and variance by width: " + ", ".join(f"{w}: {n(b)}, {n(v)}" for w, b, v in each)
    i = errors.capacities.index(chosen)
    off = float(np.max(np.abs(errors.total - errors.measured) / errors.spread))
    return (
        f"bias{SUPERSCRIPT} {n(errors.bias[i])}, variance {n(errors.variance[i])}, noise {n(errors.noise)}; the sum is "
        f"at most {n(off)} standard errors from what is measured"
    )


def capacity(errors: generalization.ByCapacity, values: Mapping[str, Any]) -> str:
    """The peak, and the errors at the chosen and the largest number of functions."""
    here, count = errors.at(values["functions"]), int(values["functions"])
    peak = errors.error[errors.at(errors.peak)]
    return (
        f"largest error {n(peak)} at {errors.peak} functions for {errors.rows} rows; {n(errors.error[here])} with "
        f"{count}, {n(errors.error[-1])} with {errors.counts[-1]}; training {n(errors.training[here])}"
    )


def epochs(errors: generalization.ByEpoch) -> str:
    """The valleys and the least error."""
    at = ", ".join(f"{epoch:,} ({n(errors.error[errors.at(epoch)])})" for epoch in errors.valleys)
    return f"valleys at epochs {at}"


def dropout(layer: generalization.Dropped) -> str:
    """The mean of masked passes beside the one scaled pass."""
    error = layer.here.std() / np.sqrt(len(layer.here))
    return f"mean of masks {n(layer.here.mean())} {PLUS_MINUS} {n(error)}, scaled pass {n(layer.scaled[layer.at])}"


def ensemble(answer: Ensemble) -> str:
    """The mean prediction and the mean weights beside the members."""
    losses = [one.loss for one in answer.members]
    better = sum(answer.predictions.loss < loss for loss in losses)
    said = (
        f"validation loss {n(answer.predictions.loss)} together, {n(np.mean(losses))} a member; better than {better} "
        f"of {len(losses)}; two differ on {n(100 * answer.disagreement)} %"
    )
    return said if answer.weights is None else f"{said}; mean weights {n(answer.weights.loss)}"


def augmentation(without: Feed, augmented: Feed) -> str:
    """Accuracy on new images."""
    plain, better = (float(feed.series["val_metric"][-1]) for feed in (without, augmented))
    return f"validation accuracy {n(100 * better)} % with, {n(100 * plain)} % without"


def penalties(runs: Sequence[generalization.Penalized]) -> str:
    """The validation loss at the end under each, and how many weights are zero."""
    if all(run.total == 1 for run in runs):
        return "weight " + ", ".join(f"{run.name} {n(run.top)}" for run in runs)
    ends = ", ".join(f"{run.name} {n(run.val[-1])}" for run in runs)
    zeros = ", ".join(f"{run.name} {run.zeros:,} of {run.total:,}" for run in runs if run.penalty in ("l1", "l1_sign"))
    return f"validation loss at the end: {ends}" + (f"; zeros: {zeros}" if zeros else "")


def scaling(found: generalization.Scaling) -> str:
    """The exponents with their errors, and what is left at infinity."""
    said = []
    for scale in found.scales:
        law = scale.law
        if law is None:
            said.append(f"{scale.key}: no law")
            continue
        floor = f", {n(law.floor)} {PLUS_MINUS} {readable(law.floor_error, 2)} left" if law.floor else ""
        ends = f"{n(scale.loss[0])} to {n(scale.loss[-1])}"
        said.append(f"{scale.key}: {n(law.exponent)} {PLUS_MINUS} {readable(law.error, 2)}{floor} ({ends})")
    return "exponents: " + "; ".join(said)


# ---- reuse ---------------------------------------------------------------------------------------------------------


def reuse(study: Study, values: Mapping[str, Any]) -> str:
    """The least loss of every way with the rows that are shown, and with all of them; or of both tasks."""
    if values["part"] == "tasks":
        pairs = [(reusing.least(study, SHARED, task=task), reusing.least(study, ALONE, task=task)) for task in (0, 1)]
        return "; ".join(
            f"{name} task: {n(shared)} shared, {n(alone)} alone"
            for name, (shared, alone) in zip(("first", "second"), pairs, strict=True)
            if shared is not None and alone is not None
        )
    said = []
    for rows in dict.fromkeys((int(values["rows"]), ROWS[-1])):
        told = [(name, reusing.least(study, way, rows)) for way, name in WAYS.items()]
        losses = ", ".join(f"{name} {n(loss)}" for name, loss in told if loss is not None)
        pace = reusing.pace_of(study, "tuned", rows)
        said.append(f"{rows} rows: {losses}" + (f" (fine-tuned {pace.words})" if pace else ""))
    return "; ".join(said)
