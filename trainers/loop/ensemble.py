"""Several trained networks asked together: mean predictions, mean weights, and where they disagree."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from trainers.config import RunConfig
from trainers.data import Splits
from trainers.ensembles import Ensemble, Map, Scored
from trainers.loop.checkpoint import Checkpoint
from trainers.loop.evaluation import evaluate, predicted
from trainers.loop.hardware import choose_device
from trainers.loop.layers.statistics import measure_statistics
from trainers.loop.pictures import grid, probabilities, ranges
from trainers.loop.session import Session
from trainers.loop.training import own_random_numbers

SUBSETS = 40  # of each size, at the most
SIDE, POINTS = 45, 121
_ROWS = 1024  # that go through a network at once
_TINY = 1e-12

Told = Callable[[float], None]


def ensemble_of(
    members: Sequence[tuple[str, RunConfig, Splits, Checkpoint]],
    told: Told,
    *,
    one_run: bool = False,
    device: str | None = None,
) -> Ensemble:
    """What the members say together on the validation rows. members: (name, configuration, its rows, checkpoint).

    All must have the same validation rows; training rows, and with them the scaling, may differ. Classes are told by
    the mean of probabilities, numbers by the mean of outputs, in the units of the first member. one_run: they are
    checkpoints of one run, the last one last; a moving average of its weights is then scored beside them, not within
    each. told: is called with the share done.

    Raises:
        CheckpointMismatch: a checkpoint is of another model than its configuration. ValueError: an unknown device, or
        other validation rows.
    """
    chosen = choose_device(device)
    with own_random_numbers(chosen.key):
        sessions, outputs = [], []
        average: Scored | None = None
        for number, (_, config, splits, checkpoint) in enumerate(members):
            if list(splits.val.rows) != list(members[0][2].val.rows):
                raise ValueError("the members have other validation rows")
            session = Session(config, splits, chosen.key, checkpoint)
            if one_run and session.average is not None:
                if number == len(members) - 1:
                    average = _moving_average(session)
                session.average = None
            sessions.append(session)
            outputs.append(_in_units_of(sessions[0], session, _asked(session, session.val.inputs)))
            told((number + 1) / (len(members) + 2))
        first = sessions[0]
        weights, why = _mean_weights(sessions)
        told((len(members) + 1) / (len(members) + 2))
        return Ensemble(
            members=tuple(
                _score(first, _pooled(first, [output]), name)
                for (name, *_), output in zip(members, outputs, strict=True)
            ),
            predictions=_score(first, _pooled(first, outputs), "mean prediction"),
            weights=weights,
            why_none=why,
            sizes=tuple(_by_size(first, outputs)),
            disagreement=_disagreement(first, outputs),
            rows=len(first.val),
            classes=first.classes,
            map=_map(sessions),
            average=average,
        )


def _moving_average(session: Session) -> Scored:
    with session.evaluating() as model, torch.no_grad():
        loss, metric = evaluate(session, session.val, model)
    return Scored(name=f"moving average, {session.config.regularization.ema:g}", loss=float(loss), metric=float(metric))


def _asked(session: Session, inputs: Tensor) -> Tensor:
    """Probabilities ``(rows, classes)``, or the outputs of a regression; with averaged weights where there are such."""
    with session.evaluating() as model, torch.no_grad():
        raw = torch.cat([model(x) for x in inputs.split(_ROWS)])
        return probabilities(session, raw) if session.classes else raw


def _in_units_of(first: Session, session: Session, outputs: Tensor) -> Tensor:
    """The outputs of a regression, whose targets each member has scaled by its own training rows."""
    ours, theirs = first.splits, session.splits
    if first.classes or (ours.target_scale, ours.target_shift) == (theirs.target_scale, theirs.target_shift):
        return outputs
    return (outputs * theirs.target_scale + theirs.target_shift - ours.target_shift) / ours.target_scale


def _pooled(session: Session, outputs: Sequence[Tensor]) -> Tensor:
    """What a network that predicts the mean would put out."""
    mean = torch.stack(list(outputs)).mean(0)
    if not session.classes:
        return mean
    if session.loss.key == "bce":
        return torch.logit(mean[:, 1:] if session.outputs == 1 else mean, eps=_TINY)
    return mean.clamp_min(_TINY).log()


def _score(session: Session, raw: Tensor, name: str) -> Scored:
    targets = session.val.targets
    loss = session.losses(raw, targets, "mean")
    if session.classes:
        metric = (predicted(raw) == targets).float().mean()
    else:
        metric = 1 - (raw - targets).square().sum() / (targets - targets.mean()).square().sum()
    return Scored(name=name, loss=float(loss), metric=float(metric))


def _by_size(session: Session, outputs: Sequence[Tensor]) -> list[tuple[int, float, float]]:
    """Means over ensembles of each size: all there are, or some drawn by a fixed seed."""
    draw, found = random.Random(0), []
    for size in range(1, len(outputs) + 1):
        every = itertools.combinations(range(len(outputs)), size)
        some = list(itertools.islice(every, SUBSETS + 1))
        if len(some) > SUBSETS:
            some = [tuple(draw.sample(range(len(outputs)), size)) for _ in range(SUBSETS)]
        scores = [_score(session, _pooled(session, [outputs[i] for i in chosen]), "") for chosen in some]
        count = len(scores)
        found.append((size, sum(one.loss for one in scores) / count, sum(one.metric for one in scores) / count))
    return found


def _disagreement(session: Session, outputs: Sequence[Tensor]) -> float:
    if len(outputs) < 2:
        return 0.0
    if session.classes:
        called = torch.stack([one.argmax(1) for one in outputs])
        pairs = [(called[a] != called[b]).float().mean() for a, b in itertools.combinations(range(len(called)), 2)]
        return float(torch.stack(pairs).mean())
    spread = session.val.targets.std().clamp_min(_TINY)
    return float(torch.stack(list(outputs)).std(0).mean() / spread)


def _mean_weights(sessions: Sequence[Session]) -> tuple[Scored | None, str]:
    """One network with the mean of all weights; statistics of batch norm are measured anew on the training rows."""
    first = sessions[0]
    if any(one.config.model != first.config.model for one in sessions):
        return None, "The members are different models: there is no mean of their weights."
    states: list[dict[str, Tensor]] = []
    for one in sessions:
        with one.evaluating() as model:
            states.append({name: tensor.detach().clone() for name, tensor in model.state_dict().items()})
    mean: dict[str, Any] = {
        name: torch.stack([state[name] for state in states]).mean(0) if tensor.is_floating_point() else tensor
        for name, tensor in states[0].items()
    }
    own = {name: tensor.detach().clone() for name, tensor in first.model.state_dict().items()}
    first.model.load_state_dict(mean)
    with torch.no_grad():
        first.model.eval()
        rows = first.train.inputs
        measure_statistics(first.model, rows.tensor_split(-(-len(rows) // _ROWS)))
        loss, metric = evaluate(first, first.val, first.model)
    first.model.load_state_dict(own)
    first.model.train()
    return Scored(name="mean weights", loss=float(loss), metric=float(metric)), ""


def _map(sessions: Sequence[Session]) -> Map | None:
    """Over two features of a classification, or over the one of a regression; None where there are others."""
    first = sessions[0]
    splits, shape = first.splits, first.splits.shape
    if len(shape) != 1 or (shape[0], bool(first.classes)) not in ((2, True), (1, False)):
        return None
    scale, shift = (torch.from_numpy(each).to(first.device) for each in (splits.scale, splits.shift))
    ends = [
        (low * float(a) + float(b), high * float(a) + float(b))
        for (low, high), a, b in zip(ranges(first), splits.scale, splits.shift, strict=True)
    ]
    if first.classes:
        places = grid(first, SIDE) * scale + shift
        said = [_at(one, places) for one in sessions]
        winner = torch.stack(said).mean(0).argmax(1)
        against = (100 * torch.stack([one.argmax(1) != winner for one in said]).float().mean(0)).round().long()
        return Map(
            x=ends[0],
            y=ends[1],
            winner=tuple(map(tuple, winner.view(SIDE, SIDE).tolist())),
            against=tuple(map(tuple, against.view(SIDE, SIDE).tolist())),
        )
    places = torch.linspace(*ends[0], POINTS, device=first.device)[:, None]
    curves = [_at(one, places)[:, 0] * one.splits.target_scale + one.splits.target_shift for one in sessions]
    return Map(x=ends[0], curves=tuple(tuple(curve.tolist()) for curve in curves))


def _at(session: Session, places: Tensor) -> Tensor:
    """What a member says at places in the units of the data."""
    scale, shift = (torch.from_numpy(each).to(places) for each in (session.splits.scale, session.splits.shift))
    return _asked(session, (places - shift) / scale)
