"""A curve of low loss between two sets of weights: a quadratic Bezier curve whose middle point is trained.

phi(t) = (1 - t)^2 w1 + 2 t (1 - t) theta + t^2 w2; theta minimizes the mean loss over t, by gradients at random t.
Source: Garipov, Izmailov, Podoprikhin, Vetrov & Wilson (2018), arXiv:1802.10026.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from networks.normalizing import BatchRenorm
from trainers.loop import Session, batch_alone
from trainers.surfaces.directions import Layout

STEPS, BATCH, RATE = 1200, 256, 0.02


def bezier(first: Tensor, control: Tensor, second: Tensor, share: Tensor | float) -> Tensor:
    """The point of the curve at this share of the way; shares ``(points, 1)`` give ``(points, numbers)``."""
    return (1 - share) ** 2 * first + 2 * share * (1 - share) * control + share**2 * second


def trained_control(
    session: Session,
    layout: Layout,
    first: Tensor,
    second: Tensor,
    *,
    seed: int = 0,
    steps: int = STEPS,
    told: Callable[[float], None] = lambda share: None,
) -> Tensor:
    """The middle point of a curve from ``first`` to ``second``, trained with Adam on the session's training rows.

    Networks are in train mode, as when they were trained: batch normalization takes the statistics of each batch, and
    so does batch renormalization. told is called with the share done; what it raises ends the work. The session's own
    weights are put back.
    """
    before = layout.vector(session.model)
    generator = torch.Generator().manual_seed(seed)
    control = ((first + second) / 2).requires_grad_()
    optimizer = torch.optim.Adam([control], lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 - k / steps)
    rows, count = len(session.train), layout.parameters
    renorms = [module for module in session.model.modules() if isinstance(module, BatchRenorm)]
    session.model.train()
    for module in renorms:
        module.track_running_stats = False  # so that its steps are not counted either
    try:
        with batch_alone(session.model):
            for step in range(steps):
                if step % 20 == 0:
                    told(step / steps)
                share = float(torch.rand((), generator=generator))
                picked = torch.randint(rows, (min(BATCH, rows),), generator=generator).to(session.device)
                layout.load(session.model, bezier(first, control.detach(), second, share))
                x, y = session.train.inputs.index_select(0, picked), session.train.targets.index_select(0, picked)
                loss = session.losses(session.model(x), y, "mean")
                gradients = torch.autograd.grad(loss, session.parameters, allow_unused=True)
                flat = torch.zeros_like(control)
                flat[:count] = torch.cat(
                    [
                        (torch.zeros_like(p) if g is None else g).reshape(-1)
                        for g, p in zip(gradients, session.parameters, strict=True)
                    ]
                )
                control.grad = flat * (2 * share * (1 - share))
                optimizer.step()
                schedule.step()
    finally:
        for module in renorms:
            module.track_running_stats = True
        session.model.eval()
        layout.load(session.model, before)
    return control.detach()
