"""The theory: quadrature against closed forms, published critical points, and networks of width 2,048."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from networks import ACTIVATIONS, Setup, edge_of_chaos, fixed_point, phase_diagram, predict, trace
from networks.mean_field import expectation, gradient_factor, mean, second_moment, squared_slope, variance_map

TANH, RELU = ACTIVATIONS["tanh"], ACTIVATIONS["relu"]
Q = np.array([1e-8, 1e-3, 0.1, 1.0, 7.0, 300.0, 1e5])


@pytest.mark.parametrize("power", [0, 1, 2, 4, 8])
def test_moments_of_the_normal_distribution_are_exact(power: int):
    exact = {0: 1, 1: 0, 2: 1, 4: 3, 8: 105}[power]
    np.testing.assert_allclose(expectation(lambda x: x**power, Q), exact * Q ** (power / 2), rtol=1e-12, atol=1e-12)


def test_relu_has_half_of_the_second_moment_and_slope():
    np.testing.assert_allclose(second_moment(RELU, {}, Q), Q / 2, rtol=1e-12)
    np.testing.assert_allclose(squared_slope(RELU, {}, Q), 0.5, rtol=1e-12)
    np.testing.assert_allclose(mean(RELU, {}, Q), np.sqrt(Q / (2 * np.pi)), rtol=1e-12)


def test_sine_and_hard_tanh_agree_with_their_closed_forms():
    np.testing.assert_allclose(
        second_moment(ACTIVATIONS["sine"], {"omega": 1.0}, Q[:5]), -np.expm1(-2 * Q[:5]) / 2, rtol=1e-10
    )
    from scipy.special import erf

    hyper = ACTIVATIONS["hard_tanh"].choose()
    np.testing.assert_allclose(squared_slope(ACTIVATIONS["hard_tanh"], hyper, Q), erf(1 / np.sqrt(2 * Q)), rtol=1e-10)


@pytest.mark.parametrize("key", ["tanh", "gelu", "selu", "softsign", "sigmoid", "mish"])
@pytest.mark.parametrize("q", [0.05, 1.0, 400.0])
def test_quadrature_agrees_with_scipy(key: str, q: float):
    from scipy.integrate import quad

    activation, hyper = ACTIVATIONS[key], ACTIVATIONS[key].choose()

    def integrand(z: float) -> float:
        return float(activation.value(np.sqrt(q) * np.array(z), hyper)) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    expected = sum(quad(integrand, a, b, epsabs=1e-13)[0] for a, b in ((-12, -0.2), (-0.2, 0), (0, 0.2), (0.2, 12)))
    assert float(second_moment(activation, hyper, q)) == pytest.approx(expected, rel=1e-8)


def test_relu_is_critical_at_a_weight_variance_of_two_and_only_there():
    sigma_w, sigma_b = edge_of_chaos(RELU, {})
    np.testing.assert_allclose(sigma_w, np.sqrt(2), rtol=1e-12)
    assert (sigma_b == 0).all()
    q, chi = fixed_point(RELU, {}, np.sqrt([1.9, 2.0, 2.1]), 0.0)
    assert q[0] == 0
    assert q[1] == 1
    assert np.isinf(q[2])
    np.testing.assert_allclose(chi, [0.95, 1, 1.05], rtol=1e-12)


def test_the_edge_of_tanh_starts_at_one_and_passes_the_published_points():
    """Schoenholz et al. (2017): sigma_w^2 = 1.76 at sigma_b^2 = 0.05. Xiao et al. (2018): 1.05 at 2.01e-5."""
    sigma_w, sigma_b = edge_of_chaos(TANH, {})
    assert (sigma_w[0], sigma_b[0]) == pytest.approx((1, 0), abs=1e-4)
    assert np.interp(0.05, sigma_b**2, sigma_w**2) == pytest.approx(1.76, abs=0.005)
    assert np.interp(1.05, sigma_w**2, sigma_b**2) == pytest.approx(2.01e-5, rel=0.005)


def settings_of(key: str) -> list[dict]:
    """The defaults, and each hyperparameter at both ends of its slider."""
    activation = ACTIVATIONS[key]
    ends = [{p.name: end} for p in activation.hyperparameters if not p.choices for end in (p.low, p.high)]
    return [activation.choose(**given) for given in [{}, *ends]]


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_chi_is_one_wherever_the_edge_is_drawn_also_between_its_points(key: str):
    activation = ACTIVATIONS[key]
    for hyper in settings_of(key):
        line = np.stack(edge_of_chaos(activation, hyper))
        between = line[:, :-1, None] + np.linspace(0, 1, 11) * (line[:, 1:, None] - line[:, :-1, None])
        for sigma_w, sigma_b in (line, between.reshape(2, -1)):
            drawn = np.isfinite(sigma_w)
            assert (np.isfinite(sigma_b) == drawn).all()
            _, chi = fixed_point(activation, hyper, sigma_w[drawn], sigma_b[drawn])
            np.testing.assert_allclose(chi, 1, atol=0.02, err_msg=str(hyper))


def test_which_activations_have_an_edge_a_point_or_none():
    drawn = {key: edge_of_chaos(item, item.choose())[0] for key, item in ACTIVATIONS.items()}
    assert not any(np.isnan(line).any() for line in drawn.values())
    assert {key for key, line in drawn.items() if not len(line)} == {"step", "softplus", "squared_relu"}
    assert {key for key, line in drawn.items() if len(line) == 1} == {"identity", "relu", "leaky_relu", "prelu"}
    assert all(len(line) > 400 for line in drawn.values() if len(line) > 1)


@pytest.mark.parametrize(
    ("key", "bias", "weight"), [("gelu", 0.17292239, 1.98305826), ("swish", 0.55514317, 1.98800468)]
)
def test_the_edge_begins_at_the_published_critical_point(key: str, bias: float, weight: float):
    """sigma_b^2 and sigma_w^2 of Roberts, Yaida and Hanin (2022), arXiv:2106.10165, chapter 5."""
    activation = ACTIVATIONS[key]
    sigma_w, sigma_b = edge_of_chaos(activation, activation.choose())
    assert sigma_b.min() == sigma_b[0]
    assert sigma_b[0] ** 2 == pytest.approx(bias, rel=0.02)
    assert sigma_w[0] ** 2 == pytest.approx(weight, rel=0.001)


@pytest.mark.parametrize("key", ["sigmoid", "hard_sigmoid", "tanh", "selu", "relu6"])
def test_a_line_that_meets_the_axis_begins_on_it(key: str):
    activation = ACTIVATIONS[key]
    sigma_w, sigma_b = edge_of_chaos(activation, activation.choose())
    assert sigma_b[0] == 0
    step = np.hypot(sigma_w[1] - sigma_w[0], sigma_b[1] - sigma_b[0])
    assert step < 1
    _, chi = fixed_point(activation, activation.choose(), sigma_w[0], sigma_b[0])
    assert chi == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("key", ["gelu", "gelu_tanh", "swish", "silu", "mish", "hard_swish"])
def test_weights_of_spread_two_without_biases_are_chaotic_for_smooth_relus(key: str):
    activation = ACTIVATIONS[key]
    _, chi = fixed_point(activation, activation.choose(), 2.0, 0.0)
    assert chi > 1.9
    sigma_w, sigma_b = edge_of_chaos(activation, activation.choose())
    assert sigma_b.min() > 0.2
    assert sigma_w.max() < 1.5


def test_a_line_that_leaves_the_plane_is_not_joined_to_where_it_comes_back():
    """The line of GELU runs from a weight spread of 1.408 down to 1.398 and up to 1.414."""
    activation = ACTIVATIONS["gelu"]
    diagram = phase_diagram(activation, activation.choose(), np.linspace(1.402, 1.6, 5), np.linspace(0, 40, 5))
    gaps = np.isnan(diagram.edge_w)
    assert gaps.sum() == 1
    assert not gaps[[0, -1]].any()
    assert (np.isnan(diagram.edge_b) == gaps).all()


@pytest.mark.parametrize("key", ["tanh", "sigmoid", "hard_tanh", "selu", "relu", "softplus", "step"])
def test_the_fixed_point_is_where_iterating_the_map_leads(key: str):
    activation, hyper = ACTIVATIONS[key], ACTIVATIONS[key].choose()
    sigma_w, sigma_b = np.meshgrid([0.3, 0.9, 1.3, 3.0], [0.0, 0.2, 1.0])
    found, chi = fixed_point(activation, hyper, sigma_w, sigma_b)
    q = np.ones(sigma_w.shape)
    for _ in range(400):
        q = np.minimum(variance_map(activation, hyper, q, sigma_w, sigma_b), 1e12)
    q = np.maximum(q, 1e-200)  # at exactly 0 the slope of ReLU is a convention, not the limit
    grown = np.isinf(found)
    assert (q[grown] > 1e6).all()
    np.testing.assert_allclose(found[~grown], q[~grown], rtol=1e-3, atol=1e-7)
    np.testing.assert_allclose(
        chi[~grown], gradient_factor(activation, hyper, q, sigma_w)[~grown], rtol=1e-3, atol=1e-9
    )


def test_poole_ordered_and_chaotic_phases_of_tanh():
    """Poole et al. (2016), figure 1: with sigma_b = 0.3, sigma_w = 1.3 is ordered, 2.5 and 4 are chaotic."""
    _, chi = fixed_point(TANH, {}, [1.3, 2.5, 4.0], 0.3)
    assert chi[0] < 1 < chi[1] < chi[2]


def test_a_phase_diagram_has_rows_of_biases_and_is_fast():
    axes = np.linspace(0.1, 4, 80), np.linspace(0, 2, 60)
    phase_diagram(TANH, {}, *axes)
    begin = process_time()
    diagram = phase_diagram(TANH, {}, *axes)
    assert process_time() - begin < 0.3
    assert diagram.q.shape == diagram.chi.shape == diagram.depth_scale.shape == (60, 80)
    q, chi = fixed_point(TANH, {}, axes[0][30], axes[1][20])
    assert (diagram.q[20, 30], diagram.chi[20, 30]) == (q, chi)
    assert diagram.depth_scale[20, 30] == pytest.approx(1 / abs(np.log(chi)))
    assert diagram.edge_w.max() <= 4
    assert diagram.edge_b.max() <= 2
    assert len(diagram.edge_w) > 50


@pytest.mark.parametrize("axes", [(np.zeros((2, 2)), [1.0]), ([1.0], [-1.0]), ([np.nan], [1.0]), ([], [1.0])])
def test_axes_that_are_no_axes_are_refused(axes):
    with pytest.raises(ValueError, match="allowed is one axis of finite numbers from 0"):
        phase_diagram(TANH, {}, *axes)


WIDE = [
    {"activation": "tanh", "initializer": "lecun_normal", "gain": 1.5, "bias_scale": 0.3},
    {"activation": "relu", "initializer": "kaiming_normal"},
    {"activation": "gelu", "initializer": "normal", "scale": 0.04},
    {"activation": "sigmoid", "initializer": "xavier_uniform"},
    {"activation": "relu", "initializer": "kaiming_normal", "residual": True},
    {"activation": "relu", "initializer": "kaiming_normal", "normalization": "batch"},
    {"activation": "tanh", "initializer": "xavier_normal", "normalization": "layer", "norm_position": "after"},
]


@pytest.mark.parametrize("given", WIDE, ids=lambda given: "-".join(str(value) for value in given.values()))
def test_networks_of_width_2048_follow_the_theory(given: dict):
    """A spread over n units varies by about 1 / sqrt(2 n) = 1.6 % a layer, 3.1 % after four; 6 % is two of these."""
    setup = Setup(widths=[2048] * 5, samples=128, **given)
    measured, expected = trace(setup).table, predict(setup)
    assert expected is not None
    for column in ("std", "preactivation_std", "grad_std", "weight_grad_std"):
        np.testing.assert_allclose(measured[column], getattr(expected, column), rtol=0.06, err_msg=column)
    np.testing.assert_allclose(measured["mean"], expected.mean, atol=0.06 * float(measured["std"].to_numpy().max()))


def test_the_gradient_of_a_residual_relu_stack_outgrows_two_to_the_depth_as_predicted():
    """The plain factor sqrt(1 + 1) a layer would be 450 times too small here."""
    setup = Setup(activation="relu", initializer="kaiming_normal", widths=[300] * 51, samples=100, residual=True)
    measured, expected = trace(setup).table["grad_std"].to_numpy()[0], predict(setup)
    assert expected is not None
    assert measured / 2 ** (49 / 2) > 100
    assert abs(np.log(measured / expected.grad_std[0])) < 1


def test_there_is_no_theory_without_randomness():
    assert predict(Setup(initializer="zeros")) is None
    assert predict(Setup(initializer="constant")) is None
    assert predict(Setup(normalization="batch", norm_position="after", bias_scale=0.1)) is None
