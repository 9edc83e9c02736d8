"""The part of a script that makes the model and draws its weights."""

from __future__ import annotations

import math
from typing import Any

from exports.python_text import source
from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS, variance_of
from networks.models import MODELS
from networks.shapes import cnn_channels, cnn_features, hidden_widths, maxout_pieces
from trainers.config import RunConfig


def _activation(key: str) -> tuple[str, str]:
    """(what must be defined before, the expression that makes the module)."""
    from networks.construction import MODULES

    if key in MODULES:
        kind: Any = MODULES[key]
        own = not kind.__module__.startswith("torch.")
        return (source(kind), kind.__name__) if own else ("", f"nn.{kind.__name__}")
    entry = ACTIVATIONS[key]
    line = entry.pytorch_line(entry.choose())
    return f"class Activation(nn.Module):\n    def forward(self, x):\n        return {line}\n", "Activation"


def activation_class(config: RunConfig) -> str:
    """The class of a model's activations, as the script names it."""
    key = config.model["activation"]
    return "Maxout" if key == "maxout" else _activation(key)[1]


def _normalization(config: RunConfig, image: bool = False) -> tuple[list[Any], str, bool]:
    """(what must be defined before, the expression that makes the layer for a number of units, by weight)."""
    from networks import normalizing

    kind = config.model.normalization
    made = (normalizing.IMAGE_NORMS if image else normalizing.UNIT_NORMS).get(kind)
    helpers: list[Any] = [normalizing.weight_normed]
    if made is None:
        return helpers, "None" if config.model.name != "transformer" else "nn.Identity", kind == "weight"
    name = made.__name__
    if not made.__module__.startswith("networks."):
        return helpers, f"nn.{name}", False
    own = [normalizing.renorm_limits, normalizing.renormalized, made] if made is normalizing.BatchRenorm else [made]
    return [*helpers, *own], name, False


def model_text(config: RunConfig, shape: tuple[int, ...], outputs: int) -> str:
    from networks import convolutional, feedforward
    from networks import sequential as sequence_models

    v, key = config.model, config.model.name
    before, activation = "", ""
    if v.get("activation") == "maxout":
        activation = f"lambda: Maxout({v.pieces})"
    elif "activation" in v:
        before, activation = _activation(v["activation"])
    size = math.prod(shape)
    if key == "mlp":
        helpers, norm, by_weight = _normalization(config)
        pieces = maxout_pieces(v)
        classes = [*helpers, *([feedforward.Maxout] if pieces > 1 else []), feedforward.Hidden, feedforward.MLP]
        call = (
            f"MLP(\n    {size}, {hidden_widths(v)!r}, {outputs}, activation={activation}, norm={norm},\n"
            f"    norm_first={v.norm_position == 'before'}, dropout={v.dropout}, residual={v.residual}, "
            f"weight_norm={by_weight}, pieces={pieces},\n)"
        )
    elif key in ("linear", "logistic"):
        classes = [feedforward.Powers] if v.degree > 1 else []
        powers = f"Powers({v.degree}), " if v.degree > 1 else ""
        call = f"nn.Sequential(nn.Flatten(), {powers}nn.Linear({size * v.degree}, {outputs}))"
    elif key == "cnn":
        helpers, norm, by_weight = _normalization(config, image=True)
        classes = [*helpers, convolutional.CNN]
        call = (
            f"CNN(\n    {cnn_channels(v, shape)!r}, {cnn_features(v, shape)}, {v.hidden}, {outputs},\n"
            f"    activation={activation}, norm={norm}, weight_norm={by_weight}, dropout={v.dropout},\n)"
        )
    elif key == "resnet":
        helpers, norm, by_weight = _normalization(config, image=True)
        classes = [*helpers, convolutional.ResidualBlock, convolutional.ResNet]
        call = (
            f"ResNet(\n    {shape[0]}, {v.stages}, {v.blocks}, {v.width}, {outputs},\n"
            f"    activation={activation}, norm={norm}, weight_norm={by_weight}, dropout={v.dropout},\n)"
        )
    elif key == "transformer":
        helpers, norm, by_weight = _normalization(config)
        classes = [*helpers, sequence_models.Attention, sequence_models.EncoderBlock, sequence_models.Transformer]
        call = (
            f"Transformer(\n    {shape[0]}, {shape[1]}, {v.heads * v.head_width}, {v.heads}, {v.depth}, {outputs},\n"
            f"    activation={activation}, dropout={v.dropout}, norm={norm}, norm_first={v.norm_first},\n"
            f"    weight_norm={by_weight},\n)"
        )
    else:
        from networks import recurrence

        plain = v.normalization == "none"
        classes = [] if plain else [recurrence.GateLinear, recurrence.NormalizedLayer, recurrence.NormalizedStack]
        classes.append(sequence_models.Recurrent)
        sizes = f"{shape[1]}, {v.width}, {v.depth}"
        options = f"dropout={v.dropout if v.depth > 1 else 0.0}"
        options += f", nonlinearity={v.nonlinearity!r}" if key == "rnn" else ""
        cell = f"nn.{recurrence.PLAIN[key].__name__}({sizes}, batch_first=True, {options})"
        cell = cell if plain else f"NormalizedStack({key!r}, {sizes}, {v.normalization!r}, {options})"
        call = f"Recurrent(\n    {cell},\n    {v.width}, {outputs}, dropout={v.dropout},\n)"
    lines = ["torch.manual_seed(SEED)", f"model = {call}", *_initial(config, shape, outputs), "model.to(device)"]
    parts = ["# Model", before, source(*classes) if classes else "", "\n".join(lines)]
    return "\n\n".join(part for part in parts if part)


def _initial(config: RunConfig, shape: tuple[int, ...], outputs: int) -> list[str]:
    """The lines that draw the weights, one entry for each weight with its spread."""
    from networks.construction import bias_of, outline, rescale, usual_gain, weight_blocks

    v = config.model
    shifted: list[str] = []
    if v.get("first_bias") and hidden_widths(v):
        shifted = ["", "with torch.no_grad():", f"    model.hidden[0].linear.bias.add_({v.first_bias})"]
    if v.initializer == "pytorch" and v.init_scale == 1:
        return shifted
    model = outline(lambda: MODELS[v.name].build(v, shape, outputs))
    names = {id(module): name for name, module in model.named_modules()}
    blocks = [(names[id(module)], name, parts) for module, name, parts in weight_blocks(model)]
    lines = ["", "with torch.no_grad():"]
    if v.initializer != "pytorch":
        entry = INITIALIZERS[v.initializer]
        activation = v.get("activation", v.get("nonlinearity", "tanh" if v.name in ("gru", "lstm") else "identity"))
        gain = usual_gain(activation)
        hyper = entry.choose()
        rows = []
        for number, (module, name, parts) in enumerate(blocks):
            last = number == len(blocks) - 1
            sizes = [part.shape for part in parts]
            stds = [math.sqrt(variance_of(entry, size, hyper, 1.0 if last else gain)) for size in sizes]
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
        lines.append("            length = weight.original1.flatten(1).norm(dim=1)")
        lines.append("            weight.original0.copy_(length.view_as(weight.original0))")
        lines.append("            weight.original1[length == 0] = 1.0  # without a direction w is no number")
    lines += shifted
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
