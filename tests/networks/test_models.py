from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from networks.activations.catalogue import ACTIVATIONS
from networks.construction import activation_factory, activation_key, rescale, weight_blocks
from networks.initializers import INITIALIZERS
from networks.models import MODELS, TRAINABLE
from networks.sequential import Attention, EncoderBlock
from networks.shapes import cnn_channels

SHAPES = {"vector": (5,), "image": (3, 12, 12), "sequence": (7, 2)}
VARIANTS = [
    ("mlp", {}),
    ("mlp", {"depth": 0}),
    ("mlp", {"widths": "8-6"}),
    ("mlp", {"normalization": "batch", "norm_position": "after"}),
    ("mlp", {"normalization": "layer", "residual": True, "dropout": 0.2}),
    ("mlp", {"normalization": "rms"}),
    ("mlp", {"normalization": "weight", "activation": "prelu"}),
    ("mlp", {"normalization": "batch_renorm", "norm_position": "after"}),
    ("mlp", {"normalization": "group", "widths": "8-6"}),
    ("mlp", {"activation": "maxout", "pieces": 3, "normalization": "layer"}),
    ("mlp", {"activation": "maxout", "normalization": "rms", "norm_position": "after"}),
    ("mlp", {"activation": "maxout", "normalization": "weight", "norm_position": "after"}),
    ("linear", {"degree": 4}),
    ("logistic", {}),
    ("cnn", {}),
    ("cnn", {"hidden": 0, "depth": 5, "width": 4, "activation": "prelu"}),
    ("cnn", {"normalization": "instance", "width": 4}),
    ("cnn", {"normalization": "rms"}),
    ("cnn", {"normalization": "weight"}),
    ("cnn", {"normalization": "batch_renorm"}),
    ("resnet", {"stages": 2, "width": 8}),
    ("resnet", {"stages": 2, "width": 8, "normalization": "weight"}),
    ("resnet", {"stages": 2, "width": 8, "normalization": "rms"}),
    ("resnet", {"stages": 2, "width": 8, "normalization": "none", "blocks": 2}),
    ("rnn", {"depth": 2, "nonlinearity": "relu"}),
    ("gru", {}),
    ("lstm", {"dropout": 0.1, "depth": 2}),
    ("rnn", {"normalization": "layer", "depth": 2}),
    ("rnn", {"normalization": "weight", "nonlinearity": "relu"}),
    ("gru", {"normalization": "rms", "depth": 2, "dropout": 0.1}),
    ("gru", {"normalization": "layer"}),
    ("lstm", {"normalization": "layer"}),
    ("lstm", {"normalization": "weight"}),
    ("transformer", {}),
    ("transformer", {"normalization": "none"}),
    ("transformer", {"normalization": "rms", "norm_first": False}),
    ("transformer", {"normalization": "weight", "norm_first": False}),
]


def _values(key, **given):
    values = {setting.name: setting.default for setting in MODELS[key].settings}
    assert set(given) <= set(values)
    return values | given


def _build(key, shape, outputs=3, seed=0, **given):
    torch.manual_seed(seed)
    return MODELS[key].build(_values(key, **given), shape, outputs)


@pytest.mark.parametrize(("key", "given"), VARIANTS)
def test_every_model_gives_its_outputs_for_all_inputs_that_suit_it_and_counts_its_parameters(key, given):
    for kind in MODELS[key].inputs:
        model = _build(key, SHAPES[kind], **given)
        rows = torch.randn(4, *SHAPES[kind], generator=torch.Generator().manual_seed(0))
        assert model(rows).shape == (4, 3)
        count = sum(p.numel() for p in model.parameters())
        assert MODELS[key].parameters(_values(key, **given), SHAPES[kind], 3) == count


@pytest.mark.parametrize(("key", "given"), VARIANTS)
def test_one_seed_gives_one_network_and_every_parameter_gets_a_gradient(key, given):
    shape = SHAPES[sorted(MODELS[key].inputs)[-1]]
    first, again, other = (_build(key, shape, seed=seed, **given) for seed in (0, 0, 1))
    pairs = list(zip(first.parameters(), again.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b, _ in pairs)
    assert not all(torch.equal(a, c) for a, _, c in pairs)
    first(torch.randn(8, *shape, generator=torch.Generator().manual_seed(1))).square().sum().backward()
    assert all(p.grad is not None for p in first.parameters())


def test_the_perceptron_is_the_chain_of_pytorch_layers_that_it_names():
    model = _build("mlp", (5,), widths="8-6", activation="tanh")
    plain = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
    for mine, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        theirs.data.copy_(mine.data)
    rows = torch.randn(10, 5, generator=torch.Generator().manual_seed(0))
    assert torch.equal(model(rows), plain(rows))


@pytest.mark.parametrize("first", ["before", "after"])
def test_normalization_stands_before_or_after_the_activation(first):
    model = _build("mlp", (5,), depth=1, width=9, normalization="batch", norm_position=first)
    rows = torch.randn(64, 5, generator=torch.Generator().manual_seed(0))
    hidden = model.get_submodule("hidden.0")
    z = hidden.linear(rows)  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
    norm = nn.BatchNorm1d(9)
    expected = functional.relu(norm(z)) if first == "before" else norm(functional.relu(z))
    assert torch.allclose(hidden(rows), expected)


def test_a_residual_layer_adds_its_input_where_the_width_stays():
    model = _build("mlp", (5,), widths="6-6", residual=True)
    first, second = model.get_submodule("hidden.0"), model.get_submodule("hidden.1")
    rows = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    inner = functional.relu(second.linear(rows))  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
    assert torch.allclose(second(rows), rows + inner)
    assert not first.residual


def test_powers_of_features_make_a_straight_model_a_polynomial():
    model = _build("linear", (1,), outputs=1, degree=3)
    x = torch.linspace(-2, 2, 50)[:, None]
    (layer,) = [m for m in model.modules() if isinstance(m, nn.Linear)]
    expected = np.polyval([*layer.weight.detach().numpy()[0][::-1], layer.bias.item()], x.numpy()[:, 0])
    assert model(x).detach().numpy()[:, 0] == pytest.approx(expected, abs=1e-4)


def test_the_convolutional_network_halves_the_image_and_doubles_the_channels():
    assert cnn_channels(_values("cnn"), (3, 32, 32)) == ((3, 16, True), (16, 32, True), (32, 64, True))
    assert cnn_channels(_values("cnn", depth=4), (1, 8, 8)) == (
        (1, 16, True),
        (16, 32, True),
        (32, 64, False),
        (64, 64, False),
    )


def test_resnet_20_has_the_published_number_of_parameters():
    values = _values("resnet", stages=3, blocks=3, width=16)
    # 0.27 million in He et al. (2016), table 6, without 1 x 1 shortcuts, which add 2,752 with their norms.
    assert MODELS["resnet"].parameters(values, (3, 32, 32), 10) == 272_474


def test_attention_is_softmax_of_scaled_products():
    torch.manual_seed(0)
    attention, rows = Attention(8, 2), torch.randn(3, 5, 8)
    query, key, value = attention.query_key_value(rows).split(8, -1)
    out = []
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        scores = query[..., part] @ key[..., part].transpose(1, 2) / 2
        out.append(scores.softmax(-1) @ value[..., part])
    assert torch.allclose(attention(rows), attention.output(torch.cat(out, -1)), atol=1e-6)


@pytest.mark.parametrize("first", [True, False])
def test_the_encoder_block_is_that_of_pytorch_with_the_norm_first_or_last(first):
    torch.manual_seed(0)
    mine, theirs = (
        EncoderBlock(8, 2, nn.GELU, 0.0, norm_first=first),
        nn.TransformerEncoderLayer(8, 2, 32, 0.0, functional.gelu, batch_first=True, norm_first=first),
    )
    norm, first, _, second = mine.perceptron
    pairs = [
        (theirs.self_attn.in_proj_weight, mine.attention.query_key_value.weight),
        (theirs.self_attn.in_proj_bias, mine.attention.query_key_value.bias),
        (theirs.self_attn.out_proj.weight, mine.attention.output.weight),
        (theirs.self_attn.out_proj.bias, mine.attention.output.bias),
        (theirs.linear1.weight, first.weight),
        (theirs.linear1.bias, first.bias),
        (theirs.linear2.weight, second.weight),
        (theirs.linear2.bias, second.bias),
        (theirs.norm1.weight, mine.attention_norm.weight),
        (theirs.norm2.weight, norm.weight),
    ]
    for target, source in pairs:
        target.data.copy_(source.data)  # pyright: ignore[reportCallIssue, reportArgumentType]
    rows = torch.randn(3, 5, 8)
    assert torch.allclose(mine(rows), theirs.train()(rows), atol=1e-5)


@pytest.mark.parametrize("key", TRAINABLE)
def test_the_module_of_an_activation_is_the_catalogued_function(key):
    module = activation_factory(key)()
    assert activation_key(module) == key
    x = torch.linspace(-6, 6, 101)
    entry = ACTIVATIONS[key]
    expected = entry.value(x.double().numpy(), entry.choose())
    assert module(x).detach().numpy() == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("key", TRAINABLE)
def test_the_slope_of_every_activation_has_a_derivative(key):
    """The curvature of a loss and a penalty on slopes need it, and not every function of PyTorch's has one."""
    module, entry = activation_factory(key)().double(), ACTIVATIONS[key]
    x = torch.linspace(-6.05, 6.0, 100, dtype=torch.float64, requires_grad=True)  # beside every kink
    (slope,) = torch.autograd.grad(module(x).sum(), x, create_graph=True)
    bent = torch.autograd.grad(slope.sum(), x)[0] if slope.requires_grad else torch.zeros_like(x)
    expected = entry.second_derivative(x.detach().numpy(), entry.choose())
    assert bent.numpy() == pytest.approx(expected, abs=1e-6)


def test_what_is_no_activation_has_no_key():
    assert activation_key(nn.Linear(1, 1)) is None


@pytest.mark.parametrize("key", [key for key in INITIALIZERS if key not in ("lsuv", "zeros", "constant")])
def test_weights_are_drawn_with_the_variance_of_the_initializer(key):
    model = _build("mlp", (300,), outputs=200, widths="400", initializer=key, activation="relu")
    entry = INITIALIZERS[key]
    hyper, gain = entry.choose(), ACTIVATIONS["relu"].gain({})
    hidden, output = (parts[0] for *_, parts in weight_blocks(model))
    assert hidden.var().item() == pytest.approx(entry.variance(300, 400, hyper, gain), rel=0.02)
    assert output.var().item() == pytest.approx(entry.variance(400, 200, hyper, 1.0), rel=0.02)
    assert all(not p.any() for name, p in model.named_parameters() if name.endswith("bias"))


def test_pytorchs_own_start_is_left_as_it_is():
    model = _build("mlp", (5,), widths="8", initializer="pytorch")
    torch.manual_seed(0)
    plain = [nn.Linear(5, 8), nn.Linear(8, 3)]
    assert torch.equal(model.get_parameter("hidden.0.linear.weight"), plain[0].weight)
    assert torch.equal(model.get_parameter("output.bias"), plain[1].bias)


def test_the_scale_multiplies_every_drawn_weight():
    plain = _build("gru", (7, 2), initializer="xavier_normal")
    scaled = _build("gru", (7, 2), initializer="xavier_normal", init_scale=3.0)
    for (*_, parts), (*_, larger) in zip(weight_blocks(plain), weight_blocks(scaled), strict=True):
        assert all(torch.allclose(3 * a, b) for a, b in zip(parts, larger, strict=True))


def test_each_gate_of_an_lstm_is_drawn_as_a_matrix_of_its_own():
    model = _build("lstm", (7, 2), initializer="orthogonal")
    for gate in model.get_parameter("cell.weight_hh_l0").detach().split(32):
        assert torch.allclose(gate @ gate.T, torch.eye(32), atol=1e-5)


@pytest.mark.parametrize("key", ["mlp", "gru"])
def test_normalized_weights_of_zeros_are_zeros_and_learn(key):
    """w = g v / |v|: where v were zero, too, w would be no number from the start."""
    shape = (5,) if key == "mlp" else (7, 2)
    normed, plain = (_build(key, shape, normalization=kind, initializer="zeros") for kind in ("weight", "none"))
    x = torch.randn(4, *shape, generator=torch.Generator().manual_seed(0))
    assert torch.equal(normed(x), plain(x))
    normed(x).square().add(normed(x)).sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in normed.parameters())


def test_a_normalized_weight_starts_as_it_was_drawn():
    model = _build("mlp", (5,), widths="8", normalization="weight", initializer="orthogonal")
    linear = model.get_submodule("hidden.0.linear")
    direction = linear.parametrizations["weight"].original1  # pyright: ignore
    weight = linear.weight
    assert isinstance(weight, torch.Tensor)
    assert torch.allclose(weight, direction, atol=1e-6)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_each_gate_of_a_normalized_layer_is_drawn_as_a_matrix_of_its_own(cell):
    model = _build(cell, (7, 2), normalization="layer", initializer="orthogonal")
    for gate in model.get_parameter("cell.layers.0.hidden.weight").detach().split(32):
        assert torch.allclose(gate @ gate.T, torch.eye(32), atol=1e-5)


def test_the_first_biases_are_moved_and_no_others():
    plain, moved = (_build("mlp", (5,), first_bias=bias) for bias in (0.0, -1.5))
    for (name, before), after in zip(plain.named_parameters(), moved.parameters(), strict=True):
        assert torch.equal(after, before - 1.5 if name == "hidden.0.linear.bias" else before)
    assert _build("mlp", (5,), depth=0, first_bias=2.0)(torch.zeros(1, 5)).shape == (1, 3)


def test_a_maxout_unit_is_the_largest_of_its_linear_maps():
    model = _build("mlp", (5,), outputs=1, widths="4", activation="maxout", pieces=3)
    rows = torch.randn(9, 5, generator=torch.Generator().manual_seed(0))
    weight, bias = model.get_parameter("hidden.0.linear.weight"), model.get_parameter("hidden.0.linear.bias")
    maps = [rows @ weight[k::3].T + bias[k::3] for k in range(3)]
    largest = torch.maximum(torch.maximum(maps[0], maps[1]), maps[2])
    expected = model.output(largest)  # pyright: ignore[reportCallIssue]
    assert torch.allclose(model(rows), expected)


def test_lsuv_gives_every_layer_outputs_of_unit_spread():
    model = _build("mlp", (20,), widths="30-30-30", activation="tanh", initializer="lsuv")
    rows = 5 * torch.randn(512, 20, generator=torch.Generator().manual_seed(0))
    rescale(model, rows)
    seen = []
    for layer in [m for m in model.modules() if isinstance(m, nn.Linear)]:
        layer.register_forward_hook(lambda module, args, output: seen.append(output.std().item()))
    model(rows)
    assert seen == pytest.approx([1.0] * 4, rel=1e-4)
