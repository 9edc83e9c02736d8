"""Pictures of what a network has learned, as small arrays.

surface (two features, classification): ``x``, ``y`` (ranges in raw units), ``winner`` and ``confidence`` uint8
``(size, size)``, row 0 at the bottom. curve (one feature, regression): ``x`` and ``y`` float32, raw units. confusion:
``counts`` int32 ``(classes, classes)``, rows true. mistakes (images): ``images`` uint8
``(n, channels, height, width)``, ``true``, ``predicted`` int32, ``confidence`` float32, ``rows``: their numbers in the
data set. weights: ``counts`` int32 ``(bins,)`` of all weights from ``-top`` to ``top``, the largest of them; ``zeros``:
how many are exactly zero, of ``total``. network (small ones): see ``trainers.loop.diagram``. units (with a surface):
see ``trainers.loop.unit_lines``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from trainers.loop.diagram import MAP_SIDE, diagram
from trainers.loop.evaluation import predicted
from trainers.loop.inside import INSIDE_ROWS
from trainers.loop.unit_lines import unit_lines

if TYPE_CHECKING:
    from trainers.loop.session import DevicePart, Session

SURFACE_SIZE = 64
CURVE_POINTS = 200
MARGIN = 0.15
MISTAKES = 25
ROWS = 4096
DIAGRAM_ROWS = 512
BINS = 41  # an odd number: zero is in the middle of one


def pictures(session: Session) -> dict[str, Any]:
    """All pictures that suit the data, on the validation rows where rows are needed."""
    made: dict[str, Any] = {}
    splits = session.splits
    with session.evaluating() as model, torch.no_grad():
        if splits.inputs == "vector" and splits.shape == (2,) and session.classes:
            made["surface"] = _surface(session, model)
            if (lines := unit_lines(session, model, INSIDE_ROWS)) is not None:
                made["units"] = lines
        if splits.inputs == "vector" and splits.shape == (1,) and not session.classes:
            made["curve"] = _curve(session, model)
        if session.classes:
            part = session.val.first(ROWS)
            outputs = torch.cat([model(x) for x in part.inputs.split(1024)])
            made["confusion"] = {"counts": confusion(session, outputs, part.targets)}
            if splits.inputs == "image" and session.config.watch.mistakes:
                made["mistakes"] = _mistakes(session, outputs, part)
        if splits.inputs == "vector":
            flat = splits.shape == (2,)
            places = grid(session, MAP_SIDE) if flat else None
            if (network := diagram(model, session.val.first(DIAGRAM_ROWS).inputs, places)) is not None:
                made["network"] = network
        if (weights := histogram([p for p in session.parameters if p.ndim > 1])) is not None:
            made["weights"] = weights
    return made


@torch.no_grad()
def histogram(weights: list[Tensor]) -> dict[str, Any] | None:
    """How often weights have which value; None where one of them is no number."""
    top = max((float(weight.abs().max()) for weight in weights), default=0.0)
    if not all(bool(torch.isfinite(weight).all()) for weight in weights):
        return None
    counts, zeros = np.zeros(BINS, dtype=np.int64), 0
    for weight in weights:
        places = ((weight / (top or 1.0) + 1) * (BINS / 2)).long().clamp(0, BINS - 1)
        counts += torch.bincount(places.flatten(), minlength=BINS).cpu().numpy()
        zeros += weight.numel() - int(torch.count_nonzero(weight))
    return {"counts": counts.astype(np.int32), "top": top, "zeros": zeros, "total": int(counts.sum())}


def probabilities(session: Session, outputs: Tensor) -> Tensor:
    """``(rows, classes)`` from logits."""
    if session.loss.key == "bce":
        yes = outputs.sigmoid()
        return torch.cat([1 - yes, yes], 1) if outputs.shape[1] == 1 else yes
    return outputs.softmax(1)


def confusion(session: Session, outputs: Tensor, targets: Tensor) -> np.ndarray:
    """How often each true class (rows) was called each class (columns)."""
    pairs = targets * session.classes + predicted(outputs)
    counts = torch.bincount(pairs, minlength=session.classes**2)
    return counts.view(session.classes, session.classes).cpu().numpy().astype(np.int32)


def ranges(session: Session) -> list[tuple[float, float]]:
    seen = session.splits.train.inputs
    low, high = seen.min(0), seen.max(0)
    margin = MARGIN * (high - low)
    return list(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))


def grid(session: Session, side: int) -> Tensor:
    """``(side * side, 2)``: places over the two features, those with the lowest second one first."""
    x, y = (torch.linspace(low, high, side) for low, high in ranges(session))
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).view(-1, 2).to(session.device)


def _surface(session: Session, model: nn.Module) -> dict[str, Any]:
    (left, right), (bottom, top) = ranges(session)
    likely = probabilities(session, model(grid(session, SURFACE_SIZE))).nan_to_num()
    confidence, winner = likely.max(1)
    shape = (SURFACE_SIZE, SURFACE_SIZE)
    shift, scale = session.splits.shift, session.splits.scale
    return {
        "x": [left * float(scale[0]) + float(shift[0]), right * float(scale[0]) + float(shift[0])],
        "y": [bottom * float(scale[1]) + float(shift[1]), top * float(scale[1]) + float(shift[1])],
        "winner": winner.view(shape).to(torch.uint8).cpu().numpy(),
        "confidence": (confidence.clamp(0, 1) * 255).round().view(shape).to(torch.uint8).cpu().numpy(),
    }


def _curve(session: Session, model: nn.Module) -> dict[str, Any]:
    ((left, right),) = ranges(session)
    x = torch.linspace(left, right, CURVE_POINTS)[:, None]
    y = model(x.to(session.device)).cpu().numpy()[:, 0]
    splits = session.splits
    return {
        "x": (x.numpy()[:, 0] * splits.scale[0] + splits.shift[0]).astype(np.float32),
        "y": (y * splits.target_scale + splits.target_shift).astype(np.float32),
    }


def _mistakes(session: Session, outputs: Tensor, part: DevicePart) -> dict[str, Any]:
    """The wrong rows it was surest of."""
    likely = probabilities(session, outputs)
    confidence, called = likely.max(1)
    wrong = (called != part.targets).nonzero()[:, 0]
    order = wrong[confidence[wrong].argsort(descending=True, stable=True)][:MISTAKES]
    images = part.inputs[order].cpu().numpy() * session.splits.scale + session.splits.shift
    top = float(session.splits.train.inputs.max() * session.splits.scale.max() + session.splits.shift.max())
    return {
        "images": np.clip(images * (255 / max(top, 1e-6)), 0, 255).round().astype(np.uint8),
        "true": part.targets[order].cpu().numpy().astype(np.int32),
        "predicted": called[order].cpu().numpy().astype(np.int32),
        "confidence": confidence[order].cpu().numpy().astype(np.float32),
        "rows": session.splits.val.rows[order.cpu().numpy()].astype(np.int32),
    }
