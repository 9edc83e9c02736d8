"""Critical points against autograd and theory: derivatives, points where the gradient is 0, heights and eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from experiments.surface import below, matrices, semicircle
from trainers.studies import STUDIES, StudyRequest, saddles, weights_of
from trainers.studies.saddles import critical_points, network_loss, random_function


def functions(kind: str, n: int) -> tuple:
    return random_function(n, torch.Generator().manual_seed(0)) if kind == "function" else network_loss((n - 1) // 3, 0)


@pytest.mark.parametrize(("kind", "n"), [("function", 5), ("network", weights_of(2))])
def test_gradient_and_hessian_are_those_of_autograd(kind: str, n: int) -> None:
    value, gradient, hessian = functions(kind, n)
    points = torch.randn(3, n, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for number, point in enumerate(points):
        theirs = torch.autograd.functional.jacobian(lambda x: value(x[None])[0], point)
        torch.testing.assert_close(gradient(points)[number], theirs)
        theirs = torch.autograd.functional.hessian(lambda x: value(x[None])[0], point)
        torch.testing.assert_close(hessian(points)[number], theirs)


def test_a_random_function_has_the_covariance_it_names() -> None:
    drawn = []
    for seed in range(1500):
        value, *_ = random_function(2, torch.Generator().manual_seed(seed))
        drawn.append(value(torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)).tolist())
    covariance = np.cov(np.array(drawn).T)
    np.testing.assert_allclose(covariance[0], [1, np.exp(-0.5), np.exp(-1)], atol=0.12)  # 4 standard errors


def test_minima_maxima_and_saddles_are_all_found_and_nothing_else() -> None:
    def gradient(x: torch.Tensor) -> torch.Tensor:  # of cos x + cos y
        return -torch.sin(x)

    def hessian(x: torch.Tensor) -> torch.Tensor:
        return torch.diag_embed(-torch.cos(x))

    starts = 6 * torch.rand(60, 2, generator=torch.Generator().manual_seed(2), dtype=torch.float64) - 3
    points = critical_points(gradient, hessian, starts)
    assert len(points) == 60
    turns = points / np.pi
    torch.testing.assert_close(turns, turns.round(), atol=1e-7, rtol=0)
    negative = (torch.cos(points) > 0).sum(1)
    assert set(negative.tolist()) == {0, 1, 2}


def test_where_the_gradient_has_no_zero_there_is_no_critical_point() -> None:
    points = critical_points(
        lambda x: 1 + x**2, lambda x: torch.diag_embed(2 * x), torch.ones(3, 1, dtype=torch.float64)
    )
    assert not len(points)


def test_negative_eigenvalues_of_a_random_function_follow_the_height_as_theory_says() -> None:
    request = StudyRequest.of("saddles", {"source": "functions"})
    cell = STUDIES["saddles"].cell(request.values, "12", lambda share: None)
    heights, eigenvalues = np.array(cell["heights"]), np.array(cell["eigenvalues"])
    assert len(heights) > 40
    shares = (eigenvalues < 0).mean(1)
    assert abs(np.mean(shares - below(heights))) < 0.03
    assert np.corrcoef(heights, shares)[0, 1] > 0.8


def test_saddles_of_a_network_lie_higher_the_more_they_bend_down() -> None:
    request = StudyRequest.of("saddles", {"source": "networks"})
    cell = STUDIES["saddles"].cell(request.values, str(weights_of(1)), lambda share: None)
    negative = (np.array(cell["eigenvalues"]) < 0).sum(1)
    heights = np.array(cell["heights"])
    assert {0, 1} <= set(negative.tolist())
    assert heights[negative == 0].max() < heights[negative > 0].min()


def test_random_matrices_have_as_many_minima_as_known_and_fill_the_semicircle() -> None:
    drawn = matrices(64, 0.0, 0)
    exact = [1 / 2, (2 - np.sqrt(2)) / 4, (np.pi - 2 * np.sqrt(2)) / (4 * np.pi)]
    for chance, minima, found in zip(exact, drawn.minima, drawn.found, strict=False):
        assert abs(minima / found - chance) < 4 * np.sqrt(chance / found)
    for place in (-1.5, -0.5, 0.8):
        assert (drawn.spectrum < place).mean() == pytest.approx(float(below(place)), abs=0.01)
    lifted = matrices(64, 1.0, 0)
    assert (lifted.spectrum < 0).mean() == pytest.approx(float(below(1.0)), abs=0.01)
    places = np.linspace(-2, 2, 2001)
    assert np.trapezoid(semicircle(places), places) == pytest.approx(1, abs=1e-3)


def test_the_size_of_a_study_counts_every_pass_of_a_network_through_its_rows() -> None:
    passes = 0

    def gradient(points: torch.Tensor) -> torch.Tensor:
        nonlocal passes
        passes += 1
        return torch.zeros_like(points)

    saddles._descended(gradient, torch.zeros(saddles.POINTS, 2))
    assert passes > 0
    assert saddles.largest({"source": "networks"}).epochs == passes + saddles._ROUNDS
    assert saddles.largest({"source": "functions"}).epochs == saddles._ROUNDS
