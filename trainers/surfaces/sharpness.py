"""How sharp a minimum is: the ends of the Hessian's spectrum, its trace, and what SAM sees.

Largest eigenvalues: implicitly restarted Lanczos iteration (scipy.sparse.linalg.eigsh) on Hessian-vector products.
Trace: M. F. Hutchinson (1990), Commun. Stat. Simul. 19, 433-450: the mean of v^T H v over vectors of signs. SAM: Foret
et al. (2021), arXiv:2010.01412: L(w + rho g / |g|) - L(w).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh
from torch import Tensor

from trainers.loop import DevicePart, Session, differentiable_twice
from trainers.surfaces.result import Sharpness

RHO = 0.05
LARGEST = 4
PROBES = 40
MOST_PARAMETERS = 3_000_000  # beyond which the vectors of the Lanczos iteration would fill the memory
_TOLERANCE, _RESTARTS = 1e-2, 8
_VECTORS, _MORE_VECTORS = 20, 60  # between two restarts; more where so few find nothing


def sharpness_of(
    session: Session, part: DevicePart, *, told: Callable[[], None] = lambda: None, rho: float = RHO, seed: int = 0
) -> Sharpness:
    """Of the mean loss on these rows at the weights that the session's network has, in eval mode.

    told is called between products; what it raises ends the work.
    """
    session.model.eval()
    with differentiable_twice(), torch.enable_grad():
        loss = session.losses(session.model(part.inputs), part.targets, "mean")
        parameters = session.parameters
        made = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
        gradient = _flat(made, parameters)

        def product(vector: NDArray[np.float64]) -> NDArray[np.float64]:
            told()
            if not gradient.requires_grad:
                return np.zeros(vector.size)
            given = torch.from_numpy(np.ascontiguousarray(vector.reshape(-1))).to(gradient)
            images = torch.autograd.grad(gradient, parameters, given, retain_graph=True, allow_unused=True)
            return _flat(images, parameters).detach().cpu().double().numpy()

        size, generator = gradient.numel(), np.random.default_rng(seed)
        largest, lowest = ends_of_spectrum(product, size, generator)
        signs = [generator.choice((-1.0, 1.0), size) for _ in range(PROBES)]
        estimates = np.array([v @ product(v) for v in signs])
    return Sharpness(
        loss=float(loss.detach()),
        gradient=float(gradient.detach().norm()),
        eigenvalues=largest,
        lowest=lowest,
        trace=float(estimates.mean()),
        trace_error=float(estimates.std(ddof=1) / math.sqrt(PROBES)),
        probes=PROBES,
        sam=_rise(session, part, gradient.detach(), rho) - float(loss.detach()),
        rho=rho,
    )


def ends_of_spectrum(
    product: Callable[[NDArray[np.float64]], NDArray[np.float64]], size: int, generator: np.random.Generator
) -> tuple[tuple[float, ...], float | None]:
    """(the largest eigenvalues in falling order, the smallest one) of a symmetric matrix of which products are known.

    The smallest one may be a thousand times as small as the largest, and then takes a wider space of vectors; None
    where that does not find it either.
    """
    if size <= 2 * LARGEST + 2:
        values = np.linalg.eigvalsh(np.array([product(axis) for axis in np.eye(size)]))[::-1]
        return tuple(values[:LARGEST].tolist()), float(values[-1])
    if size > MOST_PARAMETERS:
        return (), None
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)  # pyright: ignore[reportCallIssue]
    start = generator.standard_normal(size)

    def found(which: str, count: int, vectors: int = _VECTORS) -> list[float]:
        if not product(start).any():  # a network without curvature
            return [0.0] * count
        try:
            values = eigsh(  # its stubs take the default of tol for its type
                operator,
                count,
                which=which,
                v0=start,
                ncv=min(size, vectors),
                tol=_TOLERANCE,  # pyright: ignore[reportArgumentType]
                maxiter=_RESTARTS,
                return_eigenvectors=False,
            )
        except ArpackNoConvergence as error:
            values = error.eigenvalues
        return sorted(np.asarray(values).ravel().tolist(), reverse=True)

    smallest = found("SA", 1)
    if not smallest and size * _MORE_VECTORS <= MOST_PARAMETERS * _VECTORS:
        smallest = found("SA", 1, _MORE_VECTORS)
    return tuple(found("LA", LARGEST)), smallest[0] if smallest else None


@torch.no_grad()
def _rise(session: Session, part: DevicePart, gradient: Tensor, rho: float) -> float:
    """The loss at a distance rho along the gradient; the weights are put back."""
    length = gradient.norm()
    scale = rho / length if length > 0 else torch.zeros_like(length)
    before = [p.detach().clone() for p in session.parameters]
    steps = gradient.split([p.numel() for p in session.parameters])
    try:
        for parameter, step in zip(session.parameters, steps, strict=True):
            parameter.add_(step.view_as(parameter) * scale)
        return float(session.losses(session.model(part.inputs), part.targets, "mean"))
    finally:
        for parameter, kept in zip(session.parameters, before, strict=True):
            parameter.copy_(kept)


def _flat(gradients: Sequence[Tensor | None], parameters: Sequence[Tensor]) -> Tensor:
    pairs = zip(gradients, parameters, strict=True)
    return torch.cat([(torch.zeros_like(p) if g is None else g).reshape(-1) for g, p in pairs])
