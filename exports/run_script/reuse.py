"""The part of a script for layers that begin with another run's weights, stand still, or have rates of their own."""

from __future__ import annotations

from exports.python_text import with_helpers, written
from trainers.config import RunConfig, frozen_layers, rate_shares


def is_layered(config: RunConfig) -> bool:
    """Whether layers are told apart at all."""
    return bool(config.reuse.run or config.reuse.freeze or has_rates(config))


def has_rates(config: RunConfig) -> bool:
    """Whether layers have rates of their own."""
    return config.reuse.factor != 1


def start_file(config: RunConfig) -> str:
    """What the kept weights of the run that this one begins with are called, beside the script."""
    return f"run-{config.reuse.run}.safetensors"


def reuse_text(config: RunConfig) -> str:
    """Layers, the weights that they begin with, and which of them learn; empty where nothing is reused."""
    if not is_layered(config):
        return ""
    from trainers.loop import begin_with, layers_of, set_frozen

    functions = [layers_of, set_frozen, frozen_layers, rate_shares, *([begin_with] if config.reuse.run else [])]
    parts = [_HEAD, with_helpers(*functions), f"REUSE = {written(config.reuse)}", "layers = layers_of(model)"]
    if config.reuse.run:
        parts.append(_START.format(file=start_file(config), data=written(config.data)))
    if has_rates(config):
        by_inputs = " / (p[0].numel() if p.ndim > 1 else 1)" if config.optimizer.get("by_fan_in") else ""
        parts.append(_RATES.replace("BY_INPUTS", by_inputs))
    return "\n\n".join(part.strip("\n") for part in parts)


_HEAD = """# Layers, numbered from the input

KINDS = (nn.Linear, nn.Conv2d, nn.RNNBase)
"""
_START = """# The weights of the run it begins with, from the page of runs: Export, Kept weights.
import json
from types import SimpleNamespace

from safetensors import safe_open

with safe_open("{file}", framework="pt") as kept:
    before = json.loads(json.loads(kept.metadata()["checkpoint"])["config"])["data"]
    start = SimpleNamespace(tensors={{name: kept.get_tensor(name).to(device) for name in kept.keys()}})
data = {data}
same = all(before.get(name) == data.get(name) for name in ("name", "classes", "half", "task", "target", "file"))
begin_with(model, start, head=REUSE["head"] == "fitting" and same)"""
_RATES = '''layer_share = {
    id(p): share for layer, share in zip(layers, rate_shares(REUSE, len(layers))) for p in layer.parameters
}
share_of = {id(p): layer_share[id(p)]BY_INPUTS for p in model.parameters()}


def apart(groups, rate):
    """Groups of parameters, one for each share of the rate, the largest first."""
    shares = sorted(set(share_of.values()), reverse=True)
    split = [(group, share, [p for p in group["params"] if share_of[id(p)] == share]) for share in shares
             for group in groups]
    return [{**group, "params": some, "lr": rate * share, "share": share} for group, share, some in split if some]


def spread():
    """Every group follows the first one of its optimizer, at its share."""
    for optimizer in optimizers:
        first = optimizer.param_groups[0]
        for group in optimizer.param_groups:
            group["lr"] = first["lr"] * group["share"] / first["share"]'''
