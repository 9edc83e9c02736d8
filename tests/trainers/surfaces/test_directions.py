"""Directions and planes in the space of weights."""

from __future__ import annotations

import pytest
import torch

from tests.trainers.surfaces.networks_at_hand import DIGITS, KINDS, session_of
from trainers.surfaces import Layout, path_plane, plane_through, random_direction, random_plane
from trainers.surfaces.stacked import Evaluation


@pytest.mark.parametrize("kind", KINDS)
def test_a_layout_takes_a_network_apart_and_puts_it_together(kind: str):
    session = session_of(KINDS[kind][0])
    layout = Layout.of(session.model)
    vector = layout.vector(session.model)
    assert layout.parameters == sum(p.numel() for p in session.parameters)
    other = torch.randn(vector.shape, generator=torch.Generator().manual_seed(1)).double().abs()
    layout.load(session.model, other)
    assert torch.equal(layout.vector(session.model), other)
    flat = torch.cat([tensor.reshape(-1) for tensor in layout.tensors(other).values()])
    assert torch.equal(flat, other)


def test_filters_of_a_direction_are_as_long_as_those_of_the_weights_and_biases_stay():
    session = session_of({**DIGITS, "model.normalization": "batch"})
    layout = Layout.of(session.model)
    weights = layout.vector(session.model)
    direction = layout.tensors(random_direction(layout, weights, 7))
    moved = set()
    for name, weight in layout.tensors(weights).items():
        if weight.ndim > 1:
            moved.add(name)
            ours, theirs = (tensor.reshape(len(tensor), -1).norm(dim=1) for tensor in (direction[name], weight))
            assert torch.allclose(ours, theirs, rtol=1e-12, atol=0), name
        else:
            assert not direction[name].any(), name
    assert any(name.startswith("convolutions") for name in moved)
    assert any(name.startswith("dense") for name in moved)


def test_the_length_of_a_weight_norm_and_a_filter_of_zeros_stay():
    session = session_of({"model.normalization": "weight"})
    layout = Layout.of(session.model)
    weights = layout.vector(session.model)
    layout.tensors(weights)["hidden.0.linear.parametrizations.weight.original1"][3] = 0
    direction = layout.tensors(random_direction(layout, weights, 7))
    assert not direction["hidden.0.linear.parametrizations.weight.original0"].any()
    filters = direction["hidden.0.linear.parametrizations.weight.original1"]
    assert not filters[3].any()
    assert filters[2].any()


def test_around_a_weight_norm_of_one_input_every_loss_is_a_number():
    """Filters of one number are as long as the weights only at plus or minus these, and so are 0 where a + b = 1."""
    session = session_of({"data.name": "noisy_sine", "model.normalization": "weight"})
    layout = Layout.of(session.model)
    plane = random_plane(layout, layout.vector(session.model), 0)
    side = torch.linspace(-1, 1, 5).double()
    losses = Evaluation(session=session, rows=20).measure(plane, torch.cartesian_prod(side, side))["train_loss"]
    assert losses.isfinite().all()
    assert losses.unique().numel() == 25


def test_a_seed_is_a_plane_and_its_directions_differ():
    session = session_of({})
    layout = Layout.of(session.model)
    weights = layout.vector(session.model)
    first, same, other = (random_plane(layout, weights, seed) for seed in (4, 4, 5))
    assert torch.equal(first.directions, same.directions)
    assert not torch.equal(first.directions, other.directions)
    a, b = first.directions
    assert abs(float(a @ b / (a.norm() * b.norm()))) < 0.2
    assert first.points.tolist() == [[0, 0]]


def test_a_path_in_a_plane_is_given_back_and_ends_at_the_origin():
    layout = Layout.of(session_of({"model.normalization": "batch"}).model)
    count, size = layout.parameters, sum(layout.sizes)
    generator = torch.Generator().manual_seed(0)
    e1, e2, far = torch.linalg.qr(torch.randn(count, 3, generator=generator).double())[0].T
    places = torch.tensor([[4.0, 0.0], [2.0, 1.0], [1.0, 1.0], [0.0, 0.0]]).double()
    end = torch.randn(size, generator=generator).double()
    path = []
    for x, y in places:
        point = end.clone()
        point[:count] += x * e1 + y * e2
        point[count:] = torch.rand(size - count, generator=generator).double()  # statistics are no part of it
        path.append(point)
    path[-1] = end
    plane = path_plane(layout, path)
    assert torch.allclose(
        plane.directions[:, :count] @ plane.directions[:, :count].T, torch.eye(2).double(), atol=1e-12
    )
    assert not plane.directions[:, count:].any()
    back = plane.origin[:count] + plane.points @ plane.directions[:, :count]
    assert torch.allclose(back, torch.stack(path)[:, :count], atol=1e-12)
    assert plane.points[-1].tolist() == pytest.approx([0, 0], abs=1e-12)
    assert sum(plane.explained) == pytest.approx(1)
    assert plane.explained[0] > plane.explained[1]
    assert max(plane.beside) < 1e-7
    aside = [point.clone() for point in path]
    aside[1][:count] += 0.5 * far
    assert path_plane(layout, aside).beside[1] > 0.01


def test_the_main_directions_are_those_of_scikit_learn():
    from sklearn.decomposition import PCA

    layout = Layout.of(session_of({}).model)
    path = list(torch.randn(6, sum(layout.sizes), generator=torch.Generator().manual_seed(3)).double().cumsum(0))
    plane = path_plane(layout, path)
    peer = PCA(2, svd_solver="full").fit(torch.stack(path).numpy())
    agreement = abs((plane.directions.numpy() * peer.components_).sum(1))
    assert agreement == pytest.approx([1, 1], abs=1e-9)
    assert plane.explained == pytest.approx(tuple(peer.explained_variance_ratio_))


def test_three_points_lie_in_their_plane_at_their_distances_and_two_on_their_line():
    points = list(torch.randn(3, 50, generator=torch.Generator().manual_seed(2)).double())
    plane = plane_through(points)
    back = plane.origin + plane.points @ plane.directions
    assert torch.allclose(back, torch.stack(points), atol=1e-12)
    assert torch.allclose(
        torch.cdist(plane.points, plane.points), torch.cdist(torch.stack(points), torch.stack(points))
    )
    line = plane_through(points[:2])
    assert torch.allclose(line.origin + line.points @ line.directions, torch.stack(points[:2]), atol=1e-12)
    assert line.points.tolist() == [[0], [1]]


def test_points_that_span_nothing_are_refused():
    a = torch.ones(5).double()
    b = 2 * a
    layout = Layout.of(session_of({}).model)
    with pytest.raises(ValueError, match="the same weights"):
        plane_through([a, a])
    with pytest.raises(ValueError, match="on one line"):
        plane_through([a, b, 3 * a])
    with pytest.raises(ValueError, match="three or more"):
        path_plane(layout, [torch.zeros(sum(layout.sizes))] * 2)
    with pytest.raises(ValueError, match="all the same"):
        path_plane(layout, [torch.zeros(sum(layout.sizes))] * 3)
