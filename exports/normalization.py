"""What the normalization page shows as a PyTorch script that runs by itself and prints its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments.normalization import (
    cells_of,
    compared_kinds,
    coupling_inputs,
    drifted_features,
    effect_setups,
    group_count,
    network_settings,
    normalized_example,
    two_features,
)
from networks.activations import ACTIVATIONS
from networks.normalization import KINDS

_HEAD = "import torch\nfrom torch import nn\n\n"
_DOUBLE = "torch.set_default_dtype(torch.float64)\n"

_PREPARE = '''
def prepare(stage, train):
    """(shift, matrix) fitted on the training inputs: x -> (x - shift) @ matrix"""
    shift = train.mean(0) if stage != "raw" else torch.zeros(2)
    if stage in ("raw", "centered"):
        return shift, torch.eye(2)
    if stage == "scaled":
        return shift, torch.diag(1 / train.std(0, correction=0))
    variances, axes = torch.linalg.eigh(torch.cov(train.T, correction=0))
    variances, axes = variances.flip(0), axes.flip(1)  # the widest first
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()  # an eigenvector has no sign of its own
    if stage == "rotated":
        return shift, axes
    white = axes / variances.sqrt()
    return shift, white if stage == "whitened" else white @ axes.T

'''

_RACE = """
for stage in {stages}:
    shift, matrix = prepare(stage, x)
    inputs = (x - shift) @ matrix
    hessian = inputs.T @ inputs / len(inputs)
    curvatures = torch.linalg.eigvalsh(hessian)
    minimum = torch.linalg.solve(hessian, inputs.T @ y / len(inputs))
    weights = nn.Parameter(torch.tensor({start}))
    optimizer = torch.optim.SGD([weights], lr={rate})

    def above():
        away = (weights - minimum).detach()
        return float(away @ hessian @ away / 2)

    first, arrived = above(), None
    for step in range(1, {steps} + 1):
        optimizer.zero_grad()
        (0.5 * (inputs @ weights - y).square().mean()).backward()
        optimizer.step()
        if arrived is None and above() <= 0.001 * first:
            arrived = step
    condition = float(curvatures[-1] / curvatures[0])
    print(f"{{stage}}: condition number {{condition:.4g}}, 1/1,000 of the loss after {{arrived}} steps")
"""

_LEAK = """
for seen, rows in (("training part", train_x), ("both parts", torch.cat([train_x, test_x]))):
    shift, matrix = prepare("{stage}", rows)  # of the training part alone, never of the whole data set
    inputs, tested = (train_x - shift) @ matrix, (test_x - shift) @ matrix
    weights = torch.linalg.lstsq(inputs, train_y[:, None]).solution[:, 0]
    loss = 0.5 * (tested @ weights - test_y).square().mean()
    print(f"statistics of the {{seen}}: loss on the test part {{loss:.4g}}")
"""

_TENSOR = """
layer = {layer}
for name, value in (("weight", {gamma}), ("bias", {beta})):
    if getattr(layer, name, None) is not None:
        nn.init.constant_(getattr(layer, name), value)
print(layer(x))
"""

_BATCH = """
torch.manual_seed({seed})
layer = nn.BatchNorm1d(1, momentum={momentum:g})
layer.train()  # each batch is its own yardstick
for _ in range({batches}):
    layer(3 + 3**0.5 * torch.randn({rows}, 1))  # any law; here mean 3 and variance 3
print("running mean", layer.running_mean.item(), "and variance", layer.running_var.item())

value = torch.tensor([[{value!r}]])
layer.eval()
print("evaluation mode:", layer(value).item())
layer.train()  # eval() forgotten: the answer depends on who else is in the batch
for _ in range(5 if {batch} > 1 else 0):
    rows = torch.cat([value, 3 + 3**0.5 * torch.randn({batch} - 1, 1)])
    print("training mode:", layer(rows)[0].item())
"""

_COUPLING = """

def activation(x):
    return {activation}


def network(x, norm):
    for weight in weights:
        x = activation(norm(x @ weight.T))
    return x


units = x.shape[1]
for name, norm in (
    ("none", nn.Identity()),
    ("batch, training", nn.BatchNorm1d(units, affine=False, track_running_stats=False)),
    ("layer", nn.LayerNorm(units)),
):
    jacobian = torch.autograd.functional.jacobian(lambda x: network(x, norm), x)
    squares = jacobian.square().sum((1, 3))  # (output row, input row)
    others = 100 * float(1 - squares.trace() / squares.sum())
    print(f"{{name}}: {{others:.3f}} % of the squared gradient is of other rows")
    print(squares.sqrt())
"""

_EFFECT = """

def draw(w, inputs):
    {draw}
    return w


def activation(x):
    return {activation}


for kind in {kinds}:
    torch.manual_seed({seed})
    x = torch.randn({samples}, {width}, requires_grad=True)
    norm = nn.Identity()
    if kind in ("batch", "layer"):
        norm = nn.BatchNorm1d({width}) if kind == "batch" else nn.LayerNorm({width})
    elif kind == "rms":
        norm = nn.RMSNorm({width}, eps=1e-5)
    outputs = []
    for _ in range({depth}):
        with torch.no_grad():
            w = draw(torch.empty({width}, {width}), x)
            if kind == "weight":
                w = w / w.norm(dim=1, keepdim=True)
        z = x @ w.T
        h = {layer}
        x = {output}
        x.retain_grad()
        outputs.append(x)
    x.backward(torch.randn_like(x))
    print(kind)
    for number, h in enumerate(outputs, 1):
        print(f"  layer {{number}}: signal {{h.std():.3g}}, gradient {{h.grad.std():.3g}}")
"""


def normalization_script(values: Mapping[str, Any]) -> str:
    """The part that is shown. values: the settings of the page.

    The data are those of the page, digit for digit. Where the page draws at random from its own generator (running
    averages, networks) the script draws anew by the same law.
    """
    return _PARTS[values["part"]](values)


def _tensors(**arrays: Any) -> str:
    return "".join(f"{name} = torch.tensor({np.asarray(array).tolist()})\n" for name, array in arrays.items())


def _data(values: Mapping[str, Any]) -> str:
    data = two_features(
        correlation=values["correlation"],
        mean=(values["mean1"], values["mean2"]),
        spread=(values["spread1"], values["spread2"]),
        noise=values["noise"],
        seed=values["seed"],
    )
    best = f"{values['share']:g} * 2 / float(curvatures.sum())"  # of a quadratic, Polyak (1964)
    race = _RACE.format(
        stages=("raw", "centered", "scaled", "rotated", values["whitening"]),
        start=[float(values["w1"]), float(values["w2"])],
        rate=best if values["rates"] == "best" else f"{values['rate']:g}",
        steps=values["steps"],
    )
    return _HEAD + _DOUBLE + _tensors(x=data.train_x, y=data.train_y) + "\n" + _PREPARE + race


def _leak(values: Mapping[str, Any]) -> str:
    data = drifted_features(**{key: values[key] for key in ("correlation", "drift", "train", "test", "noise", "seed")})
    rows = _tensors(train_x=data.train_x, train_y=data.train_y, test_x=data.test_x, test_y=data.test_y)
    return _HEAD + _DOUBLE + rows + "\n" + _PREPARE + _LEAK.format(stage=values["stage"])


def _layers(values: Mapping[str, Any]) -> str:
    kind, groups = values["kind"], group_count(values)
    shape = (values["samples"], values["channels"], values["hw"])
    x, _ = normalized_example(kind, shape, groups=groups, scale=1.0, shift=0.0, seed=values["seed"])
    layer = KINDS[kind].torch.format(channels=shape[1], positions=shape[2], groups=groups)
    if kind == "instance":
        layer = layer.replace(")", ", affine=True)")
    return _HEAD + _DOUBLE + _tensors(x=x) + _TENSOR.format(layer=layer, gamma=values["gamma"], beta=values["beta"])


def _hand(values: Mapping[str, Any]) -> str:
    units = cells_of(values["cells"])
    filled = _TENSOR.format(layer=f"nn.BatchNorm1d({len(units)})", gamma=values["gamma"], beta=values["beta"])
    return _HEAD + _DOUBLE + "# A row a sample, a column a unit.\n" + _tensors(x=units.T) + filled


def _batch(values: Mapping[str, Any]) -> str:
    names = ("seed", "momentum", "batches", "batch", "value")
    chosen = {name: values[name] for name in names} | {"value": float(values["value"])}
    return _HEAD + _DOUBLE + _BATCH.format(**chosen, rows=max(2, values["batch"]))


def _coupling(values: Mapping[str, Any]) -> str:
    x, weights = coupling_inputs(values["rows"], values["deep"], values["seed"])
    entry = ACTIVATIONS[values["activation"]]
    line = entry.pytorch_line(entry.choose())
    return _HEAD + _DOUBLE + _tensors(x=x, weights=weights) + _COUPLING.format(activation=line)


def _effect(values: Mapping[str, Any]) -> str:
    kinds = compared_kinds(values)
    setup = effect_setups(network_settings(values), kinds)[0]
    width = setup.widths[0]
    line = setup.initializer_entry.pytorch_line(setup.initializer_settings, setup.activation_gain, width, width)
    before = setup.norm_position == "before"
    return _HEAD.rstrip("\n") + _EFFECT.format(
        draw=line,
        activation=setup.activation_entry.pytorch_line(setup.activation_settings),
        kinds=kinds,
        seed=setup.seed,
        samples=setup.samples,
        width=width,
        depth=setup.depth,
        layer="activation(norm(z))" if before else "norm(activation(z))",
        output="x + h" if setup.residual else "h",
    )


_PARTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "data": _data,
    "leak": _leak,
    "layers": _layers,
    "hand": _hand,
    "batch": _batch,
    "coupling": _coupling,
    "effect": _effect,
}
