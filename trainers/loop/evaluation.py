"""Loss and metric of a network on some rows, and of the best it could do without looking."""

from __future__ import annotations

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
    """The training loss of the best constant prediction: class shares, or the mean (the median for MAE)."""
    targets = session.train.targets
    with torch.no_grad():
        if session.classes:
            shares = torch.bincount(targets, minlength=session.classes).float() / len(targets)
            smoothing = session.config.loss.get("label_smoothing", 0.0)
            shares = (shares * (1 - smoothing) + smoothing / session.classes).clamp_min(1e-12)
            logits = (shares / (1 - shares)).clamp(1e-12, 1e12).log() if session.loss.key == "bce" else shares.log()
            outputs = logits[1:] if session.outputs == 1 else logits
        else:
            outputs = targets.median(0).values if session.loss.key == "mae" else targets.mean(0)
        return float(session.losses(outputs.expand(len(targets), session.outputs), targets, "mean"))
