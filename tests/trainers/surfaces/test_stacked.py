"""Losses of many weights together are those of loading each and evaluating it."""

from __future__ import annotations

import pytest
import torch

from tests.trainers.surfaces.networks_at_hand import KINDS, session_of
from trainers.loop.evaluation import predicted
from trainers.loop.session import Session
from trainers.surfaces import Evaluation, Plane, random_plane


def loaded(session: Session, evaluation: Evaluation, plane: Plane, at: torch.Tensor) -> dict[str, list[float]]:
    """Losses and metrics of the network with the weights of each point in it, one after another."""
    found: dict[str, list[float]] = {}
    start = evaluation.layout.vector(session.model)
    for place in at:
        weights = plane.origin + sum(a * d for a, d in zip(place, plane.directions, strict=True))
        evaluation.layout.load(session.model, weights)
        for name, part in evaluation.parts.items():
            with torch.no_grad():
                outputs = session.model.eval()(part.inputs)
                loss = session.losses(outputs, part.targets, "mean")
            if session.classes:
                metric = (predicted(outputs) == part.targets).double().mean()
            else:
                spread = (part.targets - part.targets.mean()).square().sum()
                metric = 1 - (outputs - part.targets).square().sum() / spread
            found.setdefault(f"{name}_loss", []).append(float(loss))
            found.setdefault(f"{name}_metric", []).append(float(metric))
    evaluation.layout.load(session.model, start)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_point_is_what_loading_its_weights_and_evaluating_gives(kind: str):
    changes, way = KINDS[kind]
    session = session_of(changes)
    evaluation = Evaluation(session=session, rows=30)
    assert evaluation.way == way
    start = evaluation.layout.vector(session.model)
    plane = random_plane(evaluation.layout, start, 3)
    at = torch.tensor([[0.0, 0.0], [0.5, -0.25], [-1.0, 0.125], [0.3, 2.0]]).double()
    measured, expected = evaluation.measure(plane, at), loaded(session, evaluation, plane, at)
    assert set(measured) == set(expected)
    for name, values in expected.items():
        assert measured[name].tolist() == pytest.approx(values, rel=1e-10, abs=1e-12), name
    assert torch.equal(evaluation.layout.vector(session.model), start)
    assert len(set(expected["train_loss"])) == len(at)  # they are no mere constants


@pytest.mark.parametrize("way", ["products", "vmap", "one"])
@pytest.mark.parametrize("threads", [1, 2])
def test_ways_chunks_and_threads_make_no_difference(way: str, threads: int):
    session = session_of({"model.normalization": "batch"})
    at = torch.linspace(-1, 1, 60).double().reshape(30, 2)
    reference = Evaluation(session=session, rows=30, way="one")
    plane = random_plane(reference.layout, reference.layout.vector(session.model), 1)
    expected = reference.measure(plane, at)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(threads)
        for most in (1, 7, 4096):
            evaluation = Evaluation(session=session, rows=30, way=way, most_points=most)
            measured = evaluation.measure(plane, at)
            for name, values in expected.items():
                assert measured[name].tolist() == pytest.approx(values.tolist(), rel=1e-10, abs=1e-12), name
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_rows_are_the_first_ones_and_go_through_in_passes_of_any_length(monkeypatch: pytest.MonkeyPatch):
    session = session_of({"data.size": 400}, rows=200)
    plane_of = Evaluation(session=session, rows=60)
    plane = random_plane(plane_of.layout, plane_of.layout.vector(session.model), 0)
    at = torch.tensor([[0.2, 0.4]]).double()
    expected = loaded(session, plane_of, plane, at)
    monkeypatch.setattr(Evaluation, "passing", 7)
    measured = plane_of.measure(plane, at)
    for name, values in expected.items():
        assert measured[name].tolist() == pytest.approx(values, rel=1e-10), name


def test_weights_that_overflow_have_no_finite_loss():
    session = session_of({})
    evaluation = Evaluation(session=session, rows=30)
    plane = random_plane(evaluation.layout, evaluation.layout.vector(session.model), 0)
    measured = evaluation.measure(plane, torch.tensor([[1e300, 0.0], [0.0, 0.0]]).double())
    assert torch.isfinite(measured["train_loss"]).tolist() == [False, True]


def test_statistics_that_are_measured_anew_are_those_of_loading_and_measuring():
    session = session_of({"model.normalization": "batch", "model.width": 6})
    evaluation = Evaluation(session=session, rows=80, anew=True)
    layout, before = evaluation.layout, evaluation.layout.vector(session.model)
    plane = random_plane(layout, before, 3)
    at = torch.tensor([[0.0, 0.0], [0.4, -0.3], [-1.0, 0.2]], dtype=before.dtype)
    measured = evaluation.measure(plane, at)
    assert torch.equal(layout.vector(session.model), before)
    some = session.train.first(80)
    for number, place in enumerate(at):
        layout.load(session.model, plane.origin + place @ plane.directions)
        torch.optim.swa_utils.update_bn([some.inputs], session.model)
        with torch.no_grad():
            outputs = session.model.eval()(some.inputs)
        expected = float(session.losses(outputs, some.targets, "mean"))
        assert measured["train_loss"][number].item() == pytest.approx(expected, rel=1e-9)
