"""Loss and metric of a network on some rows, and of the best it could do without looking."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from trainers.loop.session import DevicePart, Session


def evaluate(session: Session, part: DevicePart, model: nn.Module) -> tuple[Tensor, Tensor]:
    """(loss, metric) over all rows, on the device: accuracy, or R^2 in a regression. ``model`` is in eval mode."""
    size = 1024 if part.inputs.ndim > 2 else 8192
    loss = torch.zeros((), device=part.inputs.device)
    hits = torch.zeros((), device=part.inputs.device)
    with torch.no_grad():
        for x, y in zip(part.inputs.split(size), part.targets.split(size), strict=True):
            outputs = model(x)
            loss += session.losses(outputs, y, "mean") * len(x)
            hits += (predicted(outputs) == y).sum() if session.classes else (outputs - y).square().sum()
        if session.classes:
            return loss / len(part), hits / len(part)
        spread = (part.targets - part.targets.mean()).square().sum()
        return loss / len(part), 1 - hits / spread


def predicted(outputs: Tensor) -> Tensor:
    """The class of each row; a single logit says no or yes."""
    return (outputs[:, 0] > 0).long() if outputs.shape[1] == 1 else outputs.argmax(1)


def baseline_loss(session: Session) -> float:
    """The training loss of the best constant prediction.

    Of classes that is their shares (of softmax probabilities under MAE the largest class alone, since that loss is
    linear in them); of numbers the mean, under MAE the median, under Huber what balances the clipped errors.
    """
    targets, loss = session.train.targets, session.loss.key
    with torch.no_grad():
        if session.classes:
            return _of_classes(
                session, torch.bincount(targets, minlength=session.classes).cpu().double() / len(targets)
            )
        if loss == "mae":
            outputs = targets.median(0).values
        elif loss == "huber":
            outputs = _balanced(targets.cpu().double(), session.config.loss["delta"]).to(targets)
        else:
            outputs = targets.mean(0)
        return float(session.losses(outputs.expand(len(targets), session.outputs), targets, "mean"))


def _of_classes(session: Session, shares: Tensor) -> float:
    """The lowest loss of one row of outputs for all rows, from the share of each class."""
    loss, classes = session.loss.key, torch.arange(len(shares), device=shares.device)

    def mean(outputs: Tensor) -> Tensor:
        return session.losses(outputs.expand(len(shares), -1), classes, "none").double() @ shares

    if loss == "bce":
        smoothing = session.config.loss["label_smoothing"]
        said = shares * (1 - smoothing) + smoothing / 2
        logits = torch.logit(said.clamp(1e-12, 1 - 1e-12))
        return float(mean(logits[1:] if session.outputs == 1 else logits))
    smoothing = session.config.loss.get("label_smoothing", 0.0)
    said = shares * (1 - smoothing) + smoothing / len(shares)
    largest = torch.nn.functional.one_hot(shares.argmax(), len(shares)).double()
    best = min(float(mean(start.clamp_min(1e-12).log())) for start in (said, largest))
    if loss == "huber":
        best = min(best, *(_descended(mean, 0.9 * start + 0.1 / len(shares)) for start in (said, largest)))
    return best


def _descended(mean: Callable[[Tensor], Tensor], start: Tensor) -> float:
    """The lowest loss near these probabilities."""
    with torch.enable_grad():
        logits = start.log().requires_grad_()
        optimizer = torch.optim.LBFGS([logits], max_iter=200, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

        def closure() -> Tensor:
            optimizer.zero_grad()
            value = mean(logits)
            value.backward()
            return value

        optimizer.step(closure)
    with torch.no_grad():
        return float(mean(logits))


def _balanced(targets: Tensor, delta: float) -> Tensor:
    """``(columns,)``: where errors clipped at delta have mean zero, the minimum of the Huber loss; by bisection."""
    low, high = targets.min(0).values, targets.max(0).values
    for _ in range(60):
        middle = (low + high) / 2
        above = (middle - targets).clamp(-delta, delta).mean(0) > 0
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return (low + high) / 2
