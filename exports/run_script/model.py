"""The part of a script that makes the model and draws its weights."""

from __future__ import annotations

import math
from typing import Any

from exports.python_text import source
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS, fans
from networks.models import MODELS
from networks.shapes import cnn_channels, cnn_features, hidden_widths
from trainers.config import RunConfig


def _activation(key: str) -> tuple[str, str]:
    """(what must be defined before, the expression that makes the module)."""
    from networks.construction import MODULES

    if key in MODULES:
        kind: Any = MODULES[key]
        return "", f"nn.{kind.__name__}"
    entry = ACTIVATIONS[key]
    line = entry.pytorch_line(entry.choose())
    return f"class Activation(nn.Module):\n    def forward(self, x):\n        return {line}\n", "Activation"


def activation_class(config: RunConfig) -> str:
    """The class of a model's activations, as the script names it."""
    return _activation(config.model["activation"])[1]


def model_text(config: RunConfig, shape: tuple[int, ...], outputs: int) -> str:
    from networks import convolutional, feedforward
    from networks import sequential as sequence_models

    v, key = config.model, config.model.name
    before, activation = _activation(v["activation"]) if "activation" in v else ("", "")
    size = math.prod(shape)
    if key == "mlp":
        classes = [feedforward.Hidden, feedforward.MLP]
        call = (
            f"MLP(\n    {size}, {hidden_widths(v)!r}, {outputs}, activation={activation}, "
            f"normalization={v.normalization!r},\n    norm_first={v.norm_position == 'before'}, dropout={v.dropout}, "
            f"residual={v.residual},\n)"
        )
    elif key in ("linear", "logistic"):
        classes = [feedforward.Powers] if v.degree > 1 else []
        powers = f"Powers({v.degree}), " if v.degree > 1 else ""
        call = f"nn.Sequential(nn.Flatten(), {powers}nn.Linear({size * v.degree}, {outputs}))"
    elif key == "cnn":
        classes = [convolutional.channel_norm, convolutional.CNN]
        call = (
            f"CNN(\n    {cnn_channels(v, shape)!r}, {cnn_features(v, shape)}, {v.hidden}, {outputs},\n"
            f"    activation={activation}, normalization={v.normalization!r}, dropout={v.dropout},\n)"
        )
    elif key == "resnet":
        classes = [convolutional.channel_norm, convolutional.ResidualBlock, convolutional.ResNet]
        call = (
            f"ResNet(\n    {shape[0]}, {v.stages}, {v.blocks}, {v.width}, {outputs},\n"
            f"    activation={activation}, normalization={v.normalization!r}, dropout={v.dropout},\n)"
        )
    elif key == "transformer":
        classes = [sequence_models.Attention, sequence_models.EncoderBlock, sequence_models.Transformer]
        call = (
            f"Transformer(\n    {shape[0]}, {shape[1]}, {v.heads * v.head_width}, {v.heads}, {v.depth}, {outputs},\n"
            f"    activation={activation}, dropout={v.dropout},\n)"
        )
    else:
        classes = [sequence_models.Recurrent]
        nonlinearity = v.get("nonlinearity", "tanh")
        call = (
            f"Recurrent({key!r}, {shape[1]}, {v.width}, {v.depth}, {outputs}, dropout={v.dropout}, "
            f"nonlinearity={nonlinearity!r})"
        )
    lines = ["torch.manual_seed(SEED)", f"model = {call}", *_initial(config, shape, outputs), "model.to(device)"]
    parts = ["# Model", before, source(*classes) if classes else "", "\n".join(lines)]
    return "\n\n".join(part for part in parts if part)


def _initial(config: RunConfig, shape: tuple[int, ...], outputs: int) -> list[str]:
    """The lines that draw the weights, one entry for each weight with its spread."""
    from networks.construction import bias_of, outline, rescale, weight_blocks

    v = config.model
    if v.initializer == "pytorch" and v.init_scale == 1:
        return []
    model = outline(lambda: MODELS[v.name].build(v, shape, outputs))
    names = {id(module): name for name, module in model.named_modules()}
    blocks = [(names[id(module)], name, parts) for module, name, parts in weight_blocks(model)]
    lines = ["", "with torch.no_grad():"]
    if v.initializer != "pytorch":
        entry = INITIALIZERS[v.initializer]
        activation = v.get("activation", v.get("nonlinearity", "tanh" if v.name in ("gru", "lstm") else "identity"))
        gain = ACTIVATIONS[activation].gain(ACTIVATIONS[activation].choose())
        hyper = entry.choose()
        rows = []
        for number, (module, name, parts) in enumerate(blocks):
            last = number == len(blocks) - 1
            sizes = [part.shape for part in parts]
            stds = [math.sqrt(entry.variance(*fans(size), hyper, 1.0 if last else gain)) for size in sizes]
            rows.append((f"{module}.{name}", [len(part) for part in parts], stds[0]))
        draw = {
            "normal": "block.normal_(0, std)",
            "uniform": "block.uniform_(-math.sqrt(3) * std, math.sqrt(3) * std)",
            "constant": f"block.fill_({entry.level(hyper)})",
            "orthogonal": "block.copy_(orthogonal(block, std))",
        }[entry.distribution]
        if entry.distribution == "orthogonal":
            lines.insert(0, _ORTHOGONAL)
        lines.append("    # (weight, rows of its blocks, standard deviation); a gate of a recurrent layer is a block")
        lines.append(f"    for name, sizes, std in {rows!r}:")
        lines.append("        for block in model.get_parameter(name).split(sizes):")
        # In PyTorch a random fill of a view draws otherwise than one of a tensor of its own.
        lines.append("            new = torch.empty(block.shape)")
        lines.append(f"            block.copy_({draw.replace('block.', 'new.').replace('(block', '(new')})")
        lines.append("    for module in model.modules():")
        lines.append("        if isinstance(module, nn.Linear | nn.Conv2d | nn.RNNBase):")
        lines.append("            for name, bias in module.named_parameters(recurse=False):")
        lines.append("                if name.startswith('bias'):")
        lines.append("                    bias.zero_()")
    if v.init_scale != 1:
        names_only = [f"{module}.{name}" for module, name, _ in blocks]
        lines.append(f"    for name in {names_only!r}:")
        lines.append(f"        model.get_parameter(name).mul_({v.init_scale})")
    if v.get("normalization") == "weight":
        lines.append("    for module in model.modules():")
        lines.append("        if nn.utils.parametrize.is_parametrized(module, 'weight'):")
        lines.append("            weight = module.parametrizations['weight']")
        lines.append("            weight.original0.copy_(weight.original1.norm(dim=1, keepdim=True))")
    if v.initializer == "lsuv":
        functions = source(rescale, bias_of).replace("@torch.no_grad()\n", "", 1)
        lines = [functions, "", *lines, f"    rescale(model, x_train[:512].cpu(), {v.init_scale})"]
    return lines


_ORTHOGONAL = '''
def orthogonal(weight, std):
    """A random (semi-)orthogonal matrix whose entries have this standard deviation."""
    flat = nn.init.orthogonal_(weight.flatten(1))
    return flat.mul_(std * math.sqrt(max(flat.shape))).view(weight.shape)

'''
