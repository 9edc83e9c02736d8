"""Train one case of the suite and confirm its label: forks from its own checkpoints must say the same.

A gain is a loss that is lower at the end by at least 3 % of L0 and by a tenth of itself. A label stands only where the
remedy that belongs to it gains beyond noise; a run counts as healthy only where nothing that was tried gains, however
surely. No label looks at what ``diagnose`` says.

Beyond noise is a gain that is one with two standard errors taken off. The error is that of the mean over the last tenth
of the reports, on both sides, from the means of the last three tenths and their successive differences (von Neumann,
1941), since the losses of one run hang together. A remedy that starts anew has to gain with a second seed too. Where
one temperature undoes the rise of V, accuracy has to be lost by more than its standard error to make it overfitting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.diagnosis_suite import Case
from trainers import Report, RunConfig
from trainers.data import Splits, leak_report, load, reference_metric
from trainers.diagnosis import GAIN_RELATIVE, GAIN_SHARE, gains

GAP = 0.15


@dataclass(kw_only=True)
class Outcome:
    """One trained run with its confirmed label ("" where none could be confirmed).

    doubtful: the label that its gain would give if noise did not count, as it did not in earlier freezes.
    """

    name: str
    group: str
    data: str
    model: str
    cause: str
    label: str
    why: str
    config: str
    reports: list[dict[str, Any]] = field(repr=False)
    val_rows: int = 0
    shared_val: int = 0
    giveaways: list[tuple[str, float]] = field(default_factory=list)
    reference: float | None = None
    doubtful: str = ""


@dataclass(kw_only=True)
class Trained:
    """A run that has ended. doubts: gains of what was tried on it that are not beyond noise."""

    config: RunConfig
    splits: Splits
    reports: list[Report]
    kept: dict[str, Any]
    doubts: list[str] = field(default_factory=list)

    @property
    def baseline(self) -> float:
        return self.reports[-1].baseline_loss

    def loss(self, which: str) -> float:
        """The mean over the last tenth; infinite where it is no number."""
        values = [getattr(report, which) for report in self.reports]
        tail = values[-max(3, len(values) // 10) :]
        return float(np.mean(tail)) if all(map(math.isfinite, values)) else math.inf

    def error(self, which: str) -> float:
        """Standard error of that mean: blocks as long as it is tell how far such means differ by chance."""
        values = np.array([getattr(report, which) for report in self.reports])
        size = max(3, len(values) // 10)
        if len(values) < 3 * size or not np.isfinite(values[-3 * size :]).all():
            return 0.0
        steps = np.diff(values[-3 * size :].reshape(3, size).mean(1))
        return float(np.sqrt(np.mean(steps**2) / 2))

    def best_val(self) -> tuple[float, int]:
        values = np.array([report.val_loss for report in self.reports])
        window = max(3, len(values) // 20)
        if len(values) < window or not np.isfinite(values).all():
            return math.inf, 0
        means = np.convolve(values, np.ones(window) / window, "valid")
        return float(means.min()), int(means.argmin()) + window // 2


def run(config: RunConfig, splits: Splits | None = None, resume: Any = None) -> Trained:
    import torch

    from trainers import train

    torch.set_num_threads(1)
    half = max(1, config.budget.epochs // 2)
    config = config.changed({"watch.checkpoint_every": half})
    splits = load(config.data) if splits is None else splits
    reports: list[Report] = []
    checkpoints: dict[str, Any] = {}

    def keep(checkpoint: Any, kind: str) -> None:
        name = "half" if kind == "regular" and checkpoint.epoch == half else kind
        checkpoints[name] = checkpoint

    result = train(
        config,
        report=reports.extend,
        checkpoint=keep,
        resume=resume,
        device="cpu",
        splits=splits,
        checkpoint_seconds=1e9,
        threads=1,
    )
    if result.reason in ("failed", "no_data", "out_of_memory"):
        raise RuntimeError(f"{config.data.name}, {config.model.name}: {result.sentence}")
    return Trained(config=config, splits=splits, reports=[r for r in reports if r.complete], kept=checkpoints)


def outcome(case: Case) -> Outcome:
    """Train, fork, judge."""
    trained = run(case.config)
    label, why = _label(case, trained)
    # What is healthy has no gain to doubt.
    doubtful = label if trained.doubts and label != "good_fit" else ""
    if doubtful:
        label, why = "", f"{doubtful}, but {trained.doubts[0]}"
    leaks = leak_report(trained.splits)
    return Outcome(
        name=case.name,
        group=case.group,
        data=case.data,
        model=case.model,
        cause=case.cause,
        label=label,
        why=why,
        config=trained.config.to_json(),
        reports=[report.to_dict() for report in trained.reports],
        val_rows=leaks.val_rows,
        shared_val=leaks.shared_val,
        giveaways=list(leaks.giveaways),
        reference=reference_metric(trained.splits),
        doubtful=doubtful,
    )


def _fork(trained: Trained, changes: dict[str, Any], at: str = "half") -> Trained:
    """The run with these changes from one of its checkpoints on. Of a fork the losses are asked for, not the inside."""
    same_data = not any(name.startswith("data.") for name in changes)
    config = trained.config.changed(changes | {"watch.internals": False, "watch.cosine": False})
    return run(config, trained.splits if same_data else None, trained.kept.get(at) if at != "beginning" else None)


def _better(trained: Trained, changes: dict[str, Any], which: str = "train_loss", at: str = "half") -> bool:
    fork = _fork(trained, changes, at)
    if not gains(trained.loss(which), fork.loss(which), trained.baseline):
        return False
    _doubt(trained, fork, which)
    if at == "beginning":
        _try_again(trained, changes, which)
    return True


def _doubt(trained: Trained, fork: Trained, which: str) -> None:
    """Note a gain of the fork that is none with two standard errors taken off."""
    error = math.hypot(trained.error(which), fork.error(which))
    if not gains(trained.loss(which) - 2 * error, fork.loss(which), trained.baseline):
        trained.doubts.append("the gain is within noise")


def _try_again(trained: Trained, changes: dict[str, Any], *which: str) -> None:
    """Note a remedy that starts anew and does not gain with a second seed."""
    again = _fork(trained, {**changes, "budget.seed": trained.config.budget.seed + 1000}, "beginning")
    if not all(gains(trained.loss(name), again.loss(name), trained.baseline) for name in which):
        trained.doubts.append("a second seed does not gain")


def _lr(trained: Trained, factor: float) -> dict[str, Any]:
    return {"optimizer.lr": trained.config.optimizer.lr * factor}


def _label(case: Case, trained: Trained) -> tuple[str, str]:
    return _JUDGES[case.cause](case, trained)


def _sound(case: Case, t: Trained) -> tuple[str, str]:
    if not math.isfinite(t.loss("train_loss")) or t.loss("val_loss") > 0.8 * t.baseline:
        return "", "not trained"
    if gains(t.loss("val_loss"), t.best_val()[0], t.baseline):
        return "", "stopping early gains"
    if t.loss("val_loss") - t.loss("train_loss") > GAP * t.baseline:
        return "", "a gap that nobody tried to close"
    for changes in (_lr(t, 5.0), _lr(t, 0.1), {"regularization.l2": 0.003}, {"regularization.l2": 0.03}):
        if _better(t, changes, "val_loss"):
            return "", f"{next(iter(changes))} gains"
    return "good_fit", "nothing tried gains"


def _rate_high(case: Case, t: Trained) -> tuple[str, str]:
    """Above where it began or no number: diverging. Below, and a tenth of the rate gains from half-time on and swings a
    third as much: oscillating."""
    if (away := _ran_away(t)) is None:
        return "", "between diverging and oscillating"
    if away:
        sound = {"optimizer.lr": case.sound.optimizer.lr}
        return ("diverging", "the sound rate gains") if _better(t, sound, at="beginning") else ("", "no gain")
    if "half" in t.kept:
        calm = _fork(t, _lr(t, 0.1))
        if gains(t.loss("train_loss"), calm.loss("train_loss"), t.baseline):
            _doubt(t, calm, "train_loss")
            if _swing(t) > 3 * _swing(calm):
                return "oscillating", "a tenth of the rate gains from half-time on, and swings less"
            return "", "a lower rate gains, without a swing"
    return _dead(case, t)


def _ran_away(t: Trained) -> bool | None:
    """Whether L ended above where it began, over the last third; None where swings about that level may do the same."""
    losses = np.array([report.train_loss for report in t.reports])
    if not np.isfinite(losses).all():
        return True
    above = float(losses[-max(6, len(losses) // 3) :].mean()) / max(t.baseline, float(losses[0]))
    return None if 1.1 < above < 1.35 else above >= 1.35


def _swing(t: Trained) -> float:
    """How far L moves from one report to the next, over the last third."""
    losses = np.array([report.train_loss for report in t.reports])
    return float(np.sqrt(np.mean(np.diff(losses[-max(6, len(losses) // 3) :]) ** 2)))


def _dead(case: Case, t: Trained) -> tuple[str, str]:
    """Units that cannot come back: the same weights learn with an activation that is nowhere flat, and at no other rate
    as they are."""
    if t.config.model.get("activation") != "relu" or not math.isfinite(t.loss("train_loss")):
        return "", "no gain"
    if t.loss("train_loss") < 0.25 * t.baseline or "half" not in t.kept:
        return "", "it learns"
    usual = {f"optimizer.{name}": case.sound.optimizer[name] for name in ("name", "lr")} | {"schedule.name": "constant"}
    for factor in (1.0, 0.1, 5.0):
        if _better(t, {**usual, "optimizer.lr": case.sound.optimizer.lr * factor}):
            return "", "another rate gains"
    for activation in ("leaky_relu", "elu"):
        if _better(t, {"model.activation": activation, **usual}):
            return "dead_relus", f"{activation} gains from half-time on, no rate does"
    return "", "no gain"


def _kills(case: Case, t: Trained) -> tuple[str, str]:
    if _ran_away(t) is not False:
        return _rate_high(case, t)
    if t.loss("train_loss") < 0.25 * t.baseline:
        return "", "it learns"
    return _dead(case, t)


def _slow(case: Case, t: Trained) -> tuple[str, str]:
    return ("slow", "ten times the rate gains") if _better(t, _lr(t, 10.0)) else ("", "no gain")


def _exploding(case: Case, t: Trained) -> tuple[str, str]:
    """The start is to blame where its usual size cures it and a tenth of the rate does not.

    Under an activation with two flat ends large weights saturate, whatever the depth.
    """
    if t.config.model.get("activation") in ("tanh", "sigmoid"):
        return _saturation(case, t)
    if t.loss("train_loss") < t.baseline:
        return "", "it learns"
    calm = _fork(t, _lr(t, 0.1), "beginning")
    if gains(t.loss("train_loss"), calm.loss("train_loss"), t.baseline) and calm.loss("train_loss") < t.baseline:
        _doubt(t, calm, "train_loss")
        return "diverging", "a tenth of the rate cures it"
    usual = {"model.init_scale": 1.0}
    return ("exploding_gradients", "usual weights gain") if _better(t, usual, at="beginning") else ("", "no gain")


def _vanishing(case: Case, t: Trained) -> tuple[str, str]:
    relu = {"model.activation": "relu", "model.initializer": "kaiming_normal"}
    if _better(t, _lr(t, 10.0)):
        return "", "ten times the rate gains"
    return ("vanishing_gradients", "ReLU gains") if _better(t, relu, at="beginning") else ("", "no gain")


def _saturation(case: Case, t: Trained) -> tuple[str, str]:
    cure = {"data.scaling": "standard"} if case.cause == "no scaling" else {"model.init_scale": 1.0}
    if not math.isfinite(t.loss("train_loss")) or t.loss("train_loss") < 0.25 * t.baseline:
        return "", "it learns"
    return ("saturation", "the usual size gains") if _better(t, cure, at="beginning") else ("", "no gain")


def _plateau(case: Case, t: Trained) -> tuple[str, str]:
    if t.loss("train_loss") < 0.85 * t.baseline:
        return "", "it learns"
    momentum = {"optimizer.name": "momentum", "optimizer.lr": t.config.optimizer.lr}
    for changes, at in ((_lr(t, 3.0), "half"), (momentum, "half"), ({"model.init_scale": 1.0}, "beginning")):
        if _better(t, changes, at=at):
            return "plateau", f"{next(iter(changes))} gains"
    return "", "no gain"


def _underfitting(case: Case, t: Trained) -> tuple[str, str]:
    """More capacity gains in training and validation; another rate does not."""
    if not math.isfinite(t.loss("train_loss")):
        return "", "no number"
    for factor in (5.0, 0.2):
        if _better(t, _lr(t, factor)):
            return "", "another rate gains"
    if case.cause == "penalty":
        cure: dict[str, Any] = {"regularization.l2": 0.0}
    else:
        cure = {n: case.sound[n] for n in ("model.name", "model.depth", "model.width", "model.activation")}
    freed = _fork(t, cure, "beginning")
    if not all(gains(t.loss(w), freed.loss(w), t.baseline) for w in ("train_loss", "val_loss")):
        return "", "no gain"
    for which in ("train_loss", "val_loss"):
        _doubt(t, freed, which)
    _try_again(t, cure, "train_loss", "val_loss")
    return "underfitting", "capacity gains"


def _memorizing(case: Case, t: Trained) -> tuple[str, str]:
    """More and clean rows must gain. V has risen and one temperature cures it: miscalibration; it has risen and costs
    accuracy: overfitting; it has not: a gap."""
    clean = {"data.train_size": 0, "data.label_noise": 0.0, "budget.epochs": case.sound.budget.epochs}
    end, (best, at) = t.loss("val_loss"), t.best_val()
    if not math.isfinite(end) or not _better(t, clean, "val_loss", "beginning"):
        return "", "more rows do not gain"
    if gains(end, best, t.baseline):
        if not gains(end - 2 * math.sqrt(2) * t.error("val_loss"), best, t.baseline):
            t.doubts.append("the gain is within noise")
        lost = _metric(t, at) - _metric(t, len(t.reports) - 2)
        warm = _tempered(t)
        if warm is not None and end - warm > 0.7 * (end - best) and lost <= 0.01:
            return "miscalibration", "one temperature undoes the rise"
        if warm is None or lost > 0.02:
            if warm is not None and end - warm > 0.7 * (end - best) and lost < _metric_error(t, at):
                t.doubts.append("accuracy is lost within noise")
            return "overfitting", "stopping early and more rows gain"
        return "", "between overfitting and miscalibration"
    if end - best > 0.5 * max(GAIN_SHARE * t.baseline, GAIN_RELATIVE * end):
        return "", "between overfitting and a gap"
    if t.loss("train_loss") < 0.5 * end and end - t.loss("train_loss") > GAP * t.baseline:
        return "generalization_gap", "more rows gain, validation has not turned"
    return "", "no gap"


def _metric(t: Trained, at: int) -> float:
    values = [report.val_metric for report in t.reports[max(0, at - 1) : at + 2]]
    return float(np.mean([v for v in values if v is not None]))


def _metric_error(t: Trained, at: int) -> float:
    """Standard error of an accuracy on the rows of validation."""
    share = min(max(_metric(t, at), 0.0), 1.0)
    return math.sqrt(share * (1 - share) / max(1, len(t.splits.val.targets)))


def _tempered(t: Trained) -> float | None:
    """V at the end with one temperature, fitted on one half of the validation rows and measured on the other."""
    import torch

    from trainers.loop.session import Session

    session = Session(t.config, t.splits, "cpu", t.kept["last"])
    if not session.classes:
        return None
    with session.evaluating() as model, torch.no_grad():
        outputs = model(session.val.inputs)
    targets, measured = session.val.targets, 0.0
    temperatures = torch.logspace(0, 2, 40)
    for fitted, judged in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        losses = [float(session.losses(outputs[fitted] / k, targets[fitted], "mean")) for k in temperatures]
        chosen = temperatures[int(np.argmin(losses))]
        measured += float(session.losses(outputs[judged] / chosen, targets[judged], "mean")) / 2
    return measured


def _leaking(case: Case, t: Trained) -> tuple[str, str]:
    """Kept apart, or without the feature, the same model is worse on validation than it seemed."""
    clean = _fork(t, {"data.grouped": True, "data.drop_giveaways": True}, "beginning")
    worse = clean.loss("val_loss") - t.loss("val_loss")
    if worse > 0:
        if worse <= 2 * math.hypot(clean.error("val_loss"), t.error("val_loss")):
            t.doubts.append("the difference is within noise")
        return "leakage", "the clean rows are harder"
    return "", "the clean rows are no harder"


def _few_rows(case: Case, t: Trained) -> tuple[str, str]:
    """Other splits of the same rows move V by more than a fifth of what was learned."""
    seed = t.config.data.seed
    ends = [t.loss("val_loss")] + [
        _fork(t, {"data.seed": seed + k}, "beginning").loss("val_loss") for k in (50, 60, 70)
    ]
    spread, learned = float(np.std(ends, ddof=1)), t.baseline - float(np.mean(ends))
    if np.isfinite(spread) and spread > 0.15 * abs(learned):
        return "validation_too_small", f"splits differ by {spread:.2g}"
    return "", "splits agree"


_JUDGES = {
    "": _sound,
    "rate far too high": _rate_high,
    "rate too high": _rate_high,
    "rate too low": _slow,
    "weights too large": _exploding,
    "deep sigmoid": _vanishing,
    "rate that kills units": _kills,
    "narrow and deep": _dead,
    "large weights under tanh": _saturation,
    "no scaling": _saturation,
    "tiny weights": _plateau,
    "penalty": _underfitting,
    "no hidden layer": _underfitting,
    "one unit": _underfitting,
    "wrong labels": _memorizing,
    "few rows, long": _memorizing,
    "few rows": _memorizing,
    "rows in both parts": _leaking,
    "target as a feature": _leaking,
    "few validation rows": _few_rows,
}
