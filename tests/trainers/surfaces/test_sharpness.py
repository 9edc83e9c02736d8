"""Sharpness against the exact Hessian of a tiny network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.trainers.surfaces.networks_at_hand import ADDING, session_of
from trainers.loop.session import Session
from trainers.surfaces import Layout, sharpness_of
from trainers.surfaces.sharpness import ends_of_spectrum

TRANSFORMER = {**ADDING, "model.name": "transformer", "model.heads": 1, "model.depth": 1}
SMALL = {"model.widths": "5-4", "model.activation": "tanh"}


def exact(session: Session) -> np.ndarray:
    """The Hessian of the mean loss, by PyTorch itself."""
    layout = Layout.of(session.model)
    vector = layout.vector(session.model)[: layout.parameters]
    buffers = dict(session.model.named_buffers())

    def loss(weights: torch.Tensor) -> torch.Tensor:
        parts = zip(layout.names, weights.split(layout.sizes[: layout.trained]), layout.shapes, strict=False)
        tensors = buffers | {name: part.view(shape) for name, part, shape in parts}
        outputs = torch.func.functional_call(session.model.eval(), tensors, (session.train.inputs,))
        return session.losses(outputs, session.train.targets, "mean")

    return torch.autograd.functional.hessian(loss, vector).numpy()  # pyright: ignore


@pytest.mark.parametrize("changes", [SMALL, {**SMALL, "model.normalization": "batch"}, {"model.name": "logistic"}])
def test_ends_and_trace_are_those_of_the_exact_hessian(changes: dict[str, object]):
    session = session_of(changes)
    hessian = exact(session)
    values = np.linalg.eigvalsh(hessian)[::-1]
    found = sharpness_of(session, session.train)
    assert found.eigenvalues == pytest.approx(values[:4], rel=2e-3, abs=1e-8)
    assert found.lowest == pytest.approx(values[-1], rel=2e-2, abs=1e-3 * values[0])
    assert found.trace == pytest.approx(np.trace(hessian), abs=4 * found.trace_error + 1e-9)
    # Beside the size of the eigenvalues: where they cancel, the trace itself may be next to nothing.
    assert 0 < found.trace_error < 0.5 * np.abs(values).sum()
    # The spread of an estimate from signs is 2 sum of squares off the diagonal (Hutchinson 1990).
    off = hessian - np.diag(np.diag(hessian))
    assert found.trace_error == pytest.approx(np.sqrt(2 * (off**2).sum() / found.probes), rel=0.5)


def test_the_smallest_eigenvalue_is_found_beside_much_larger_ones():
    """As of twenty plain layers, where the largest is 130 times as large: so few vectors as are usual find none."""
    values = np.concatenate([np.geomspace(1e-3, 1280, 300), -np.geomspace(1e-3, 9.6, 300)])
    largest, smallest = ends_of_spectrum(lambda v: values * v.reshape(-1), len(values), np.random.default_rng(0))
    assert largest == pytest.approx(np.sort(values)[:-5:-1], rel=1e-2)
    assert smallest == pytest.approx(-9.6, rel=1e-2)


def test_what_sam_sees_is_the_loss_at_rho_along_the_gradient():
    session = session_of(SMALL)
    layout = Layout.of(session.model)
    before = layout.vector(session.model)
    found = sharpness_of(session, session.train, rho=0.3)
    session.losses(session.model(session.train.inputs), session.train.targets, "mean").backward()
    gradient = torch.cat([p.grad.reshape(-1) for p in session.parameters if p.grad is not None])
    assert found.gradient == pytest.approx(float(gradient.norm()))
    assert torch.equal(layout.vector(session.model), before)
    layout.load(session.model, before + 0.3 * gradient / gradient.norm())
    with torch.no_grad():
        there = float(session.losses(session.model(session.train.inputs), session.train.targets, "mean"))
    assert found.sam == pytest.approx(there - found.loss)
    assert found.sam > 0


@pytest.mark.parametrize("changes", [ADDING, TRANSFORMER, {"model.residual": True}])
def test_every_kind_of_network_has_one_and_equal_seeds_give_it_again(changes: dict[str, object]):
    session = session_of(changes, rows=8)
    first, again = (sharpness_of(session, session.train) for _ in range(2))
    assert first == again
    assert first.eigenvalues[0] > 0
    assert list(first.eigenvalues) == sorted(first.eigenvalues, reverse=True)


def test_what_is_told_may_end_the_work():
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sharpness_of(session_of(SMALL), session_of(SMALL).train, told=stop)
