"""Normalizations of networks against PyTorch's own layers and the formulas of their papers, in double precision."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from networks.construction import cnn
from networks.models import MODELS
from networks.normalizing import IMAGE_NORMS, UNIT_NORMS, BatchRenorm, ChannelRMSNorm, renorm_limits
from networks.recurrence import PLAIN, NormalizedLayer, NormalizedStack
from settings import complete


def _drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def _spread(module: nn.Module) -> nn.Module:
    """With scales and shifts that are not one and zero, so that they count."""
    for number, parameter in enumerate(module.parameters()):
        parameter.data = _drawn(*parameter.shape, seed=number)
    return module.double()


def test_the_layers_for_units_are_pytorchs_own():
    theirs = {"batch": nn.BatchNorm1d(8), "layer": nn.LayerNorm(8), "rms": nn.RMSNorm(8), "group": nn.GroupNorm(4, 8)}
    for kind, layer in theirs.items():
        mine = UNIT_NORMS[kind](8)
        assert (type(mine), mine.extra_repr()) == (type(layer), layer.extra_repr())


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        ("batch", lambda: nn.BatchNorm2d(6)),
        ("layer", lambda: nn.LayerNorm([6, 5, 4])),
        ("instance", lambda: nn.InstanceNorm2d(6, affine=True)),
        ("rms", lambda: nn.RMSNorm([6, 5, 4])),
        ("group", lambda: nn.GroupNorm(3, 6)),
    ],
)
def test_the_layers_for_images_equal_pytorchs_with_one_scale_a_channel(kind, theirs):
    x = 3 + 2 * _drawn(7, 6, 5, 4)
    mine, other = _spread(IMAGE_NORMS[kind](6)), theirs().double()
    for name, parameter in mine.named_parameters():
        own = other.get_parameter(name)
        own.data = parameter.data if own.ndim == 1 else parameter.data[:, None, None].expand(own.shape).clone()
    torch.testing.assert_close(mine(x), other(x), rtol=1e-12, atol=1e-12)


def test_an_images_root_mean_square_is_over_all_its_numbers():
    x = _drawn(3, 2, 4, 4)
    expected = x.numpy() / np.sqrt((x.numpy() ** 2).mean((1, 2, 3), keepdims=True))
    np.testing.assert_allclose(ChannelRMSNorm(2).double()(x).detach(), expected, rtol=1e-12)


def _as_the_paper(x: np.ndarray, mean: np.ndarray, std: np.ndarray, limits: tuple[float, float], eps: float = 1e-5):
    """Algorithm 1 of Ioffe (2017) without scale and shift: (output, r, d, new mean, new std)."""
    of_batch, spread = x.mean(0), np.sqrt(x.var(0) + eps)
    r = np.clip(spread / std, 1 / limits[0], limits[0])
    d = np.clip((of_batch - mean) / std, -limits[1], limits[1])
    out = (x - of_batch) / spread * r + d
    return out, r, d, mean + 0.1 * (of_batch - mean), std + 0.1 * (spread - std)


@pytest.mark.parametrize("shape", [(12, 5), (6, 5, 3, 2)])
def test_batch_renormalization_is_the_papers_algorithm_at_every_stage(shape):
    layer = _spread(BatchRenorm(5))
    mean, std = np.zeros(5), np.ones(5)
    cut = free = False
    for step in range(420):
        drifting = 1 + step / 100
        x = drifting * _drawn(*shape, seed=step) + 20 * math.sin(step / 9)
        flat = x.movedim(1, -1).reshape(-1, 5).numpy()
        limits = tuple(float(value) for value in renorm_limits(torch.tensor(float(step), dtype=torch.float64)))
        expected, r, d, mean, std = _as_the_paper(flat, mean, std, limits)  # pyright: ignore[reportArgumentType]
        cut |= bool((np.abs(d) == limits[1]).any()) and step > 100
        free |= bool(((np.abs(d) < limits[1]) & (r < limits[0]) & (r > 1 / limits[0])).any())
        expected = expected * layer.weight.detach().numpy() + layer.bias.detach().numpy()  # pyright: ignore
        np.testing.assert_allclose(layer(x).detach().movedim(1, -1).reshape(-1, 5), expected, rtol=1e-9, atol=1e-9)
    assert cut
    assert free
    np.testing.assert_allclose(layer.running_mean, mean)  # pyright: ignore
    np.testing.assert_allclose(layer.running_std, std)  # pyright: ignore
    x = _drawn(*shape)
    shown = layer.eval()(x).detach().movedim(1, -1).reshape(-1, 5).numpy()
    plain = (x.movedim(1, -1).reshape(-1, 5).numpy() - mean) / std
    np.testing.assert_allclose(shown, plain * layer.weight.detach().numpy() + layer.bias.detach().numpy())  # pyright: ignore


def test_batch_renormalization_begins_as_batch_normalization_and_widens_to_three_and_five():
    mine, theirs = BatchRenorm(5).double(), nn.BatchNorm1d(5).double()
    for step in range(50):
        x = 2 + 3 * _drawn(16, 5, seed=step)
        torch.testing.assert_close(mine(x), theirs(x), rtol=1e-12, atol=1e-12)
    assert [float(v) for v in renorm_limits(torch.tensor(50))] == [1.0, 0.0]
    assert [float(v) for v in renorm_limits(torch.tensor(10_000))] == [3.0, 5.0]


def test_groups_of_units_have_two_or_more_of_which_something_comes_through():
    for units, size in {2: 2, 3: 3, 4: 2, 5: 5, 6: 2, 8: 2, 9: 3, 32: 8}.items():
        layer = UNIT_NORMS["group"](units)
        assert isinstance(layer, nn.GroupNorm)
        assert layer.num_groups * size == units
    x = torch.randn(1, 4, generator=torch.Generator().manual_seed(0))
    assert UNIT_NORMS["group"](4)(x).abs().min() > 0.5


@pytest.mark.parametrize("kind", UNIT_NORMS)
def test_a_single_unit_of_a_single_row_is_normalized_wherever_a_batch_is_not(kind):
    layer = UNIT_NORMS[kind](1).eval() if kind.startswith("batch") else UNIT_NORMS[kind](1)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            parameter.fill_(0.5 if name == "bias" else 2.0)
        told = layer(torch.tensor([[3.0]]))
        both = layer(torch.tensor([[3.0], [-4.0]]))
    assert told[0] == both[0]
    assert told.item() == pytest.approx({"rms": 2.0, "batch": 6.5, "batch_renorm": 6.5}.get(kind, 0.5), rel=1e-4)


def test_averages_stand_still_where_they_are_not_tracked():
    layer = BatchRenorm(3).double()
    layer.track_running_stats = False
    before = [buffer.clone() for buffer in layer.buffers()]
    layer(3 + _drawn(8, 3))
    assert all(torch.equal(a, b) for a, b in zip(before, layer.buffers(), strict=True))


def test_no_gradient_flows_through_r_and_d():
    layer = BatchRenorm(3).double()
    layer.num_batches_tracked.fill_(10_000)
    layer.running_mean.copy_(_drawn(3))
    layer.running_std.copy_(1 + _drawn(3, seed=1).abs())
    x, weights = _drawn(8, 3, seed=2).requires_grad_(), _drawn(8, 3, seed=3)
    with torch.no_grad():
        spread = (x.var(0, correction=0) + 1e-5).sqrt()
        r = (spread / layer.running_std).clamp(1 / 3, 3)
        batch = (x - x.mean(0)) / spread
        # Of batch normalization, Ioffe & Szegedy (2015), times r.
        expected = r / spread * (weights - weights.mean(0) - batch * (weights * batch).mean(0))
    (gradient,) = torch.autograd.grad((layer(x) * weights).sum(), x)
    torch.testing.assert_close(gradient, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("cell", "nonlinearity"), [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
)
def test_recurrent_layers_under_weight_norm_compute_what_pytorchs_do(cell, nonlinearity):
    torch.manual_seed(0)
    mine = NormalizedStack(cell, 3, 5, 2, "weight", nonlinearity=nonlinearity).double()
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    theirs = PLAIN[cell](3, 5, 2, batch_first=True, **options).double()
    x = _drawn(4, 6, 3)
    for number, layer in enumerate(mine.layers):
        for name, part in (("ih", layer.input), ("hh", layer.hidden)):  # pyright: ignore
            theirs.get_parameter(f"weight_{name}_l{number}").data = part.weight.detach().clone()  # pyright: ignore
            theirs.get_parameter(f"bias_{name}_l{number}").data = part.bias.detach().clone()  # pyright: ignore
    torch.testing.assert_close(mine(x)[0], theirs(x)[0], rtol=1e-12, atol=1e-12)


def test_weight_norm_has_the_gradients_of_its_paper():
    values = complete("cnn", MODELS["cnn"].settings, {"normalization": "weight", "width": 4})
    torch.manual_seed(0)
    model = cnn(values, (1, 8, 8), 3).double()
    layer = model.get_submodule("convolutions.0")
    held = layer.parametrizations["weight"]  # pyright: ignore
    length, direction = held.original0, held.original1  # pyright: ignore
    norm = direction.flatten(1).norm(dim=1).view(-1, 1, 1, 1)  # pyright: ignore
    torch.testing.assert_close(length, norm)  # it starts as it was drawn
    weight, slopes = (length * direction / norm).detach(), _drawn(*layer.weight.shape)  # pyright: ignore
    torch.testing.assert_close(layer.weight, weight, rtol=1e-12, atol=1e-12)
    of_length, of_direction = torch.autograd.grad((layer.weight * slopes).sum(), [length, direction])  # pyright: ignore
    along = (slopes * direction / norm).flatten(1).sum(1).view(-1, 1, 1, 1)
    torch.testing.assert_close(of_length, along)
    torch.testing.assert_close(of_direction, length / norm * (slopes - along * direction / norm))


def _ba(z: np.ndarray, module: nn.Module, kind: str) -> np.ndarray:
    """Equation 4 of Ba et al. (2016) at one step, or the root mean square alone."""
    scale = module.get_parameter("weight").detach().numpy()
    if kind == "rms":
        return z / np.sqrt((z**2).mean(-1, keepdims=True) + np.finfo(float).eps) * scale
    centered = z - z.mean(-1, keepdims=True)
    plain = centered / np.sqrt((centered**2).mean(-1, keepdims=True) + 1e-5)
    return plain * scale + module.get_parameter("bias").detach().numpy()


@pytest.mark.parametrize("kind", ["layer", "rms"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_normalized_recurrent_layers_follow_the_formulas_of_ba_and_others(cell, kind):
    layer = _spread(NormalizedLayer(cell, 3, 4, kind, "tanh"))
    x = _drawn(5, 6, 3)
    given = layer(x).detach().numpy()
    w, b = (layer.get_parameter(f"input.{name}").detach().numpy() for name in ("weight", "bias"))
    u, norms = layer.get_parameter("hidden.weight").detach().numpy(), list(layer.norms)  # pyright: ignore
    h = c = np.zeros((5, 4))
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
    for t in range(6):
        from_x, from_h = x[:, t].numpy() @ w.T + b, h @ u.T
        if cell == "rnn":
            h = np.tanh(_ba(from_x + from_h, norms[0], kind))
        elif cell == "gru":
            gates = sigmoid(_ba(from_x[:, :8], norms[0], kind) + _ba(from_h[:, :8], norms[2], kind))
            fresh = np.tanh(_ba(from_x[:, 8:], norms[1], kind) + gates[:, :4] * _ba(from_h[:, 8:], norms[3], kind))
            h = (1 - gates[:, 4:]) * fresh + gates[:, 4:] * h
        else:
            i, f, g, o = np.split(_ba(from_x, norms[0], kind) + _ba(from_h, norms[1], kind), 4, -1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(_ba(c, norms[2], kind))
        np.testing.assert_allclose(given[:, t], h, rtol=1e-10, atol=1e-12)
