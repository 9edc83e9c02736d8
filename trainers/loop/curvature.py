"""What the gradients say of the loss surface: curvature, noise, and how directions agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from trainers.loop import foreach
from trainers.loop.foreach import squared_lengths

if TYPE_CHECKING:
    from trainers.loop.session import DevicePart, Session
from trainers.loop.inside import LANCZOS_STEPS, NOISE_BATCH


@contextmanager
def differentiable_twice() -> Iterator[None]:
    """Fused attention and cuDNN's recurrent layers have no second derivative."""
    with sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
        yield


def probe_gradient(session: Session, part: DevicePart, *, create_graph: bool = False) -> list[Tensor]:
    """The gradient of the mean loss on these rows, in eval mode."""
    loss = session.losses(session.model(part.inputs), part.targets, "mean")
    grads = torch.autograd.grad(loss, session.parameters, create_graph=create_graph, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(session.parameters, grads, strict=True)]


def curvature(session: Session, part: DevicePart) -> tuple[float, float]:
    """(largest, smallest) eigenvalue of the Hessian on these rows, as far as 20 Lanczos steps see them.

    The start vector is drawn from a generator of its own, so that watching changes nothing.
    """
    parameters = session.parameters
    sizes = [p.numel() for p in parameters]
    steps = min(LANCZOS_STEPS, sum(sizes))
    generator = torch.Generator().manual_seed(0)
    vector = torch.randn(sum(sizes), generator=generator).to(session.device)
    vector /= vector.norm()
    with session.evaluating(average=False), differentiable_twice(), torch.enable_grad():
        grads = probe_gradient(session, part, create_graph=True)
        flat = torch.cat([g.reshape(-1) for g in grads])
        basis: list[Tensor] = []
        diagonal: list[Tensor] = []
        beside: list[Tensor] = []
        for _ in range(steps):
            basis.append(vector)
            products = (
                torch.autograd.grad(flat, parameters, vector, retain_graph=True, allow_unused=True)
                if flat.requires_grad
                else []
            )
            image = (
                torch.cat(
                    [
                        torch.zeros_like(p).reshape(-1) if g is None else g.reshape(-1)
                        for p, g in zip(parameters, products, strict=False)
                    ]
                )
                if products
                else torch.zeros_like(vector)
            )
            diagonal.append(vector @ image)
            stacked = torch.stack(basis)
            for _ in range(2):  # twice is enough for orthogonality in single precision
                image = image - stacked.T @ (stacked @ image)
            length = image.norm()
            beside.append(length)
            vector = image / length.clamp_min(1e-30)
    numbers = torch.stack([*diagonal, *beside]).cpu().double()
    alphas, betas = numbers[:steps], numbers[steps:-1]
    # A length of almost nothing ends the space that the start vector reaches.
    small = (betas <= 1e-6 * alphas.abs().max()).nonzero()
    if len(small):
        steps = int(small[0]) + 1
        alphas, betas = alphas[:steps], betas[: steps - 1]
    if not torch.isfinite(numbers).all():
        return math.nan, math.nan
    tridiagonal = torch.diag(alphas) + torch.diag(betas, 1) + torch.diag(betas, -1)
    values = torch.linalg.eigvalsh(tridiagonal)
    return float(values[-1]), float(values[0])


def noise_scale(session: Session, part: DevicePart) -> float | None:
    """tr(Sigma) / |G|^2: the batch size at which noise and signal of the gradient are equally large.

    From the gradients of batches of 32 and of all of them together, both squares corrected for their bias; None where
    there are fewer than two batches, or where the signal is lost in the noise.
    """
    batches = len(part) // NOISE_BATCH
    if batches < 2:
        return None
    small = torch.zeros((), device=session.device)
    total: Sequence[Tensor] | None = None
    with session.evaluating(average=False):
        for number in range(batches):
            piece = slice(number * NOISE_BATCH, (number + 1) * NOISE_BATCH)
            grads = probe_gradient(session, type(part)(inputs=part.inputs[piece], targets=part.targets[piece]))
            small += torch.stack(list(squared_lengths(grads))).sum()
            total = grads if total is None else foreach.added(total, grads)
    assert total is not None
    large = torch.stack(list(squared_lengths(total))).sum() / batches**2
    few, many = NOISE_BATCH, NOISE_BATCH * batches
    mean_small = small / batches
    signal = (many * large - few * mean_small) / (many - few)
    noise = (mean_small - large) / (1 / few - 1 / many)
    signal, noise = float(signal), float(noise)
    return noise / signal if signal > 0 and math.isfinite(noise) else None


def cosine(first: Sequence[Tensor], second: Sequence[Tensor]) -> float:
    """The cosine between two gradients; NaN where one is zero."""
    inner = sum((a * b).sum() for a, b in zip(first, second, strict=True))
    lengths = [torch.stack(list(squared_lengths(grads))).sum().sqrt() for grads in (first, second)]
    return float(inner / (lengths[0] * lengths[1]))
