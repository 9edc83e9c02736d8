"""The measurement: published statistics, an autograd twin, limits, and what each column means."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import networks
from networks import Setup, Stopped, trace
from networks.measurement import histogram, mean_and_std, summarize
from networks.propagation import _Pass

SMALL = (20, 24, 24, 16)


def test_normal_001_with_tanh_gives_the_published_spreads():
    table = networks.propagate(
        activation="tanh", initializer="normal", scale=0.01, widths=[500] * 11, samples=1000, seed=0
    )
    assert table.index.tolist() == list(range(1, 11))
    assert table.columns[:6].tolist() == ["mean", "std", "saturated", "dead", "grad_std", "weight_grad_std"]
    np.testing.assert_allclose(table["std"][:5], [0.2131, 0.0476, 0.0106, 0.0024, 0.0005], rtol=0.05)


def test_normal_1_with_tanh_saturates_every_layer():
    table = networks.propagate(activation="tanh", initializer="normal", scale=1.0, widths=[500] * 11)
    np.testing.assert_allclose(table["std"], 0.98, atol=0.005)
    assert table["saturated"].to_numpy().min() > 0.9


def test_a_seed_repeats_every_number_and_another_seed_changes_them():
    one, same, other = (networks.propagate(widths=SMALL, samples=50, seed=seed) for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one["std"].equals(other["std"])


@pytest.mark.parametrize("position", ["before", "after"])
@pytest.mark.parametrize("normalization", list(networks.NORMALIZATIONS))
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_forward_and_backward_equal_autograd_of_the_whole_network(
    normalization: str, position: str, residual: bool, activation: str
):
    """The twin is built from the same numbers with PyTorch's modules and one graph over all layers."""
    setup = Setup(
        activation=activation,
        initializer="xavier_normal",
        bias_scale=0.3,
        widths=SMALL,
        samples=30,
        residual=residual,
        normalization=normalization,
        norm_position=position,
    )
    run, twin = _Pass(setup, 1 << 30, "cpu"), _Pass(setup, 1 << 30, "cpu")
    x = twin._h
    weights, outputs = [], []
    for layer in range(1, 4):
        raw, bias = twin._drawn(layer)
        raw.requires_grad_()
        weights.append(raw)
        used = raw / raw.norm(dim=1, keepdim=True) if normalization == "weight" else raw
        width = raw.shape[0]
        norm = {
            "batch": torch.nn.BatchNorm1d(width, affine=False),
            "layer": torch.nn.LayerNorm(width, elementwise_affine=False),
            "rms": torch.nn.RMSNorm(width, eps=1e-5, elementwise_affine=False),
        }.get(normalization, torch.nn.Identity())
        phi = {"tanh": torch.nn.Tanh(), "relu": torch.nn.ReLU(), "gelu": torch.nn.GELU()}[activation]
        z = torch.nn.functional.linear(x, used, bias)
        out = phi(norm(z)) if position == "before" else norm(phi(z))
        x = x + out if residual and x.shape == out.shape else out
        outputs.append(x)
        x.retain_grad()
    for layer in range(1, 4):
        _, h = run.forward(layer)
        torch.testing.assert_close(h, outputs[layer - 1].detach(), rtol=1e-5, atol=1e-6)
    x.backward(run.gradient)
    for layer in (3, 2, 1):
        torch.testing.assert_close(run.gradient, outputs[layer - 1].grad, rtol=1e-4, atol=1e-5)
        theirs = weights[layer - 1].grad / setup.samples
        torch.testing.assert_close(run.backward(layer), theirs, rtol=1e-4, atol=1e-6)


def test_the_first_gradient_is_standard_normal():
    table = networks.propagate(widths=[10, 300], samples=1000)
    assert table["grad_std"].to_numpy()[0] == pytest.approx(1, abs=5 / np.sqrt(2 * 300_000))


@pytest.mark.parametrize("initializer", ["kaiming_normal", "orthogonal", "lsuv", "uniform"])
def test_little_memory_gives_the_same_numbers_as_much(initializer: str):
    """With room for one layer's weights and no graph, weights are drawn and activations computed again."""
    setup = Setup(activation="gelu", initializer=initializer, widths=[40] * 9, samples=40, bias_scale=0.1)
    much = trace(setup)
    stored = 2 * 4 * sum(setup.widths) * 40
    little = trace(setup, memory_limit=int(stored / 0.75) + 4096)
    assert little.samples == much.samples == 40
    assert little.table.equals(much.table)


def test_samples_are_reduced_to_what_memory_allows_and_reported():
    setup = Setup(widths=[100] * 51, samples=1000)
    assert trace(setup, memory_limit=4_000_000).samples == int(0.75 * 4_000_000 / (8 * 5100))


def test_what_is_kept_stays_within_the_limit():
    setup = Setup(widths=[200] * 30, samples=500)
    limit = 10_000_000
    run = _Pass(setup, limit, "cpu")
    for layer in range(1, setup.depth + 1):
        run.forward(layer)
        tensors = {t.data_ptr(): t.numel() * 4 for kept in run._stored.values() for t in kept}
        tensors |= {t.data_ptr(): t.numel() * 4 for t in run._weights.values()}
        assert sum(tensors.values()) <= limit + 4 * 200 * 200


def test_progress_rises_to_one_and_a_stop_ends_at_the_next_layer():
    heard: list[float] = []
    trace(Setup(widths=SMALL, samples=10), progress=heard.append)
    np.testing.assert_allclose(heard, np.arange(1, 7) / 6)
    heard.clear()
    with pytest.raises(Stopped):
        trace(Setup(widths=SMALL, samples=10), progress=heard.append, should_stop=lambda: len(heard) == 2)
    assert len(heard) == 2


def test_histograms_hold_the_values():
    result = trace(Setup(activation="tanh", scale=1.0, widths=[50] * 4, samples=200), bins=40)
    assert result.edges.shape == (3, 41)
    assert result.shares.shape == (3, 40)
    assert result.gradient_edges.shape == (3, 41)
    np.testing.assert_allclose(result.shares.sum(1), 1, atol=1e-6)
    assert (result.gradient_shares.sum(1) > 1 - 1 / 16).all()  # Chebyshev, 4 standard deviations
    np.testing.assert_allclose(result.edges[:, 0], result.table["min"])
    # A saturated tanh has its mass in the outermost bins.
    assert (result.shares[:, 0] + result.shares[:, -1] > 0.5).all()


def test_a_histogram_counts_as_numpy_does():
    x = torch.randn(100, 50, generator=torch.Generator().manual_seed(0))
    summary = summarize(x)
    edges, shares = histogram(x, summary.mean, summary.std, 30)
    inside = x.double().numpy()
    expected, _ = np.histogram(inside[(inside >= edges[0]) & (inside <= edges[-1])], edges)
    np.testing.assert_allclose(shares * 5000, expected, atol=1.5)  # a value on an edge may fall on either side


@pytest.mark.parametrize("scale", [1e-40, 1e-30, 1e-6, 1.0, 1e6, 1e30])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4])
def test_spreads_are_right_for_values_of_any_size(scale: float, offset: float):
    x = ((torch.randn(400, 30, generator=torch.Generator().manual_seed(1)) + offset) * scale).float()
    expected = x.double().numpy()
    summary = summarize(x)
    assert summary.mean == pytest.approx(expected.mean(), rel=1e-4, abs=1e-5 * scale)
    assert summary.std == pytest.approx(expected.std(), rel=1e-3)
    assert summary.sample_std == pytest.approx(np.sqrt(expected.var(0).mean()), rel=1e-3)
    assert mean_and_std(x) == pytest.approx((summary.mean, summary.std), rel=1e-3, abs=1e-5 * scale)


def test_overflow_is_recorded_not_raised():
    table = networks.propagate(activation="relu", scale=1.0, widths=[200] * 60, samples=20)
    assert np.isfinite(table["std"][1])
    assert np.isnan(table["std"][59])


def test_dead_and_saturated_count_what_they_say():
    setup = Setup(activation="hard_tanh", scale=3.0, bias_scale=20.0, widths=(10, 400), samples=7)
    run = _Pass(setup, 1 << 30, "cpu")
    z, _ = run.forward(1)
    row = trace(setup).table.iloc[0]
    outside = (z.abs() >= 1).numpy()
    assert row["saturated"] == pytest.approx(outside.mean())
    assert row["dead"] == pytest.approx(outside.all(0).mean())
    assert 0.1 < outside.all(0).mean() < 0.99


@pytest.mark.parametrize("activation", ["relu", "relu6"])
def test_dead_relus_are_those_that_no_sample_opens(activation: str):
    setup = Setup(activation=activation, scale=0.3, bias_scale=2.0, widths=(10, 400), samples=6)
    z, _ = _Pass(setup, 1 << 30, "cpu").forward(1)
    closed = z <= 0 if activation == "relu" else (z <= 0) | (z >= 6)
    share = float(closed.all(0).double().mean())
    assert trace(setup).table["dead"].to_numpy()[0] == pytest.approx(share)
    assert 0.05 < share < 0.9


def test_zeros_leave_a_silent_network_of_equal_units():
    for activation, dead in (("tanh", 0.0), ("relu", 1.0)):
        table = networks.propagate(activation=activation, initializer="zeros", widths=SMALL, samples=20)
        assert table["std"].tolist() == [0.0] * 3
        assert table["identical"].tolist() == [True] * 3
        assert table["dead"].tolist() == [dead] * 3
        assert table["grad_std"].tolist()[:2] == [0.0] * 2


def test_lsuv_gives_every_preactivation_the_wanted_spread():
    for scale in (None, 0.5):
        table = networks.propagate(activation="relu", initializer="lsuv", scale=scale, widths=[100] * 6, samples=300)
        np.testing.assert_allclose(table["preactivation_std"], scale or 1.0, rtol=1e-5)


def test_orthogonal_linear_keeps_every_length_at_depth_100():
    table = networks.propagate(activation="identity", initializer="orthogonal", widths=[60] * 101, samples=100)
    np.testing.assert_allclose(table["std"], table["std"][1], rtol=2e-3)
    np.testing.assert_allclose(table["grad_std"], 1, rtol=0.05)


@pytest.mark.parametrize("kind", list(networks.INPUTS))
def test_inputs_have_the_declared_moments(kind: str):
    x = _Pass(Setup(input_distribution=kind, widths=[300, 2], samples=2000), 1 << 30, "cpu")._h.double()
    declared = networks.INPUTS[kind]
    assert float(x.mean()) == pytest.approx(declared.mean, abs=5e-3)
    assert float(x.square().mean()) == pytest.approx(declared.second_moment, rel=2e-2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"activation": "rellu"}, "activation was given 'rellu'"),
        ({"initializer": "he"}, "initializer was given 'he'; allowed is one of zeros"),
        ({"scale": -1.0}, r"scale was given -1\.0; allowed is a number in \(0, inf\)"),
        ({"scale": float("nan")}, "scale was given nan"),
        ({"initializer": "zeros", "scale": 1.0}, "Zeros has no hyperparameter 'scale'"),
        ({"initializer": "kaiming_normal", "gain": 0.0}, "gain was given 0.0"),
        ({"initializer": "kaiming_normal", "mode": "fan"}, "mode was given 'fan'"),
        ({"widths": [500]}, "widths was given 1 numbers"),
        ({"widths": [500, 0]}, "each of widths was given 0"),
        ({"widths": [500, 1e9]}, "each of widths was given 1000000000.0"),
        ({"widths": [5] * 300}, "widths was given 300 numbers"),
        ({"samples": 1}, "samples was given 1"),
        ({"samples": float("nan")}, "samples was given nan"),
        ({"seed": -1}, "seed was given -1"),
        ({"bias_scale": float("inf")}, "bias_scale was given inf"),
        ({"normalization": "spectral"}, "normalization was given 'spectral'"),
        ({"norm_position": "between"}, "norm_position was given 'between'"),
        ({"input_distribution": "cauchy"}, "input_distribution was given 'cauchy'"),
        ({"parameters": {"slope": 1}}, "Tanh has no hyperparameter 'slope'"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(given: dict, message: str):
    with pytest.raises(ValueError, match=message):
        networks.propagate(**given)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_accelerator_gives_the_numbers_of_the_processor():
    setup = Setup(activation="gelu", initializer="kaiming_normal", widths=[200] * 11, samples=300)
    here, there = trace(setup).table, trace(setup, device="cuda").table
    np.testing.assert_allclose(there["std"], here["std"], rtol=1e-2)
    np.testing.assert_allclose(there["grad_std"], here["grad_std"], rtol=1e-2)


def test_a_small_network_is_measured_by_one_thread_and_the_others_are_left_as_they_were():
    """So its numbers are those of every machine, whatever its processors."""
    before, setup = torch.get_num_threads(), Setup(widths=(40, 40, 40), samples=64)
    seen: list[int] = []
    try:
        tables = []
        for threads in (1, 3):
            torch.set_num_threads(threads)
            tables.append(trace(setup, progress=lambda share: seen.append(torch.get_num_threads())).table)
            assert torch.get_num_threads() == threads
        assert set(seen) == {1}
        assert tables[0].equals(tables[1])
        with pytest.raises(Stopped):
            trace(setup, should_stop=lambda: True)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
