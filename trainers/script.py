"""A run as one plain PyTorch script that needs nothing of this project, only NumPy, scikit-learn and PyTorch.

What makes the data, the model and the augmentation is copied from the very functions that the lab runs, so the script
draws the same rows and weights; on a CPU it ends at the same losses. Reports, checkpoints and what is watched are left
out. Texts of the user enter it as Python literals, never as code.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable
from typing import Any

from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS, fans
from networks.models import MODELS, cnn_channels, cnn_features, hidden_widths
from trainers import data, losses, real_data, synthetic, table
from trainers import sequences as sequence_data
from trainers.config import RunConfig
from trainers.data_sets import DATA_SETS
from trainers.losses import LOSSES
from trainers.optimizers import OPTIMIZERS, arguments_of
from trainers.schedules import SCHEDULES

_IMPORTS = """from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
"""


def script(config: RunConfig) -> str:
    """The text of the script. A user's own table is read from ``table.csv`` beside it.

    The shape of the rows must be known to write the model down, so for a user's own table the data is read here.

    Raises:
        DataUnavailable: a user's own table that cannot be read.
    """
    entry = DATA_SETS[config.data.name]
    shape, classes = entry.shape(config.data), entry.classes(config.data)
    if shape is None or config.data.leak == "feature" or config.data.drop_giveaways:
        splits = data.load(config.data)
        shape, classes = splits.shape, len(splits.classes) or None
    outputs = LOSSES[config.loss.name].outputs(classes)
    changes = json.dumps(config.changes(), indent=2, ensure_ascii=True)
    parts = [
        f'"""{MODELS[config.model.name].name} on {entry.name}, as set up in Descent Lab. Run it with: python script.py"""',
        _IMPORTS,
        "# The settings that differ from the lab's defaults:\n"
        + "\n".join(f"# {line}" for line in changes.splitlines()),
        f"SEED, EPOCHS, BATCH = {config.budget.seed}, {config.budget.epochs}, {config.budget.batch_size or 'None'}\n"
        'device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"',
        _data(config),
        _model(config, shape, outputs),
        _loss(config, classes),
        _augmentation(config, classes),
        _optimizer(config),
        _training(config, classes),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _source(*things: Any) -> str:
    return "\n\n".join(inspect.getsource(thing).rstrip("\n") + "\n" for thing in things)


def _values(settings: Any) -> str:
    return repr(dict(settings))


# Data


def _rows(config: RunConfig) -> str:
    key = config.data.name
    if key == "csv":
        return _CSV.format(
            target=config.data.target, features=json.loads(config.data.features or "[]"), task=config.data.task
        )
    if key in real_data.SOURCES:
        found = real_data.SOURCES[key]
        return _OPENML.format(id=found.data_id, shape=found.shape, classes=found.classes)
    if hasattr(synthetic, key):
        maker = _source(synthetic._plane, synthetic._line, getattr(synthetic, key))
    elif hasattr(sequence_data, key):
        maker = _source(getattr(sequence_data, key))
    else:
        return f"{_source(table.Table, real_data.bundled)}\n\ntable = bundled({key!r})"
    return f"{_source(table.Table)}\n\n{maker}\n\ntable = {key}({_values(config.data)}, None)"


def _data(config: RunConfig) -> str:
    values, entry = config.data, DATA_SETS[config.data.name]
    task = entry.task_of(values)
    functions: list[Callable[..., Any]] = [data.split_rows, data._every, data.fit_scaling]
    lines = ["table = replace(table, inputs=table.inputs.astype(np.float32, copy=False))"]
    if values.leak == "feature" and entry.inputs == "vector":
        functions.append(data._with_target_as_feature)
        lines.append(f"table = _with_target_as_feature(table, {values.seed})")
    if values.leak == "duplicates":
        lines.append(
            "table = replace(table, inputs=np.repeat(table.inputs, 2, 0), targets=np.repeat(table.targets, 2))"
        )
    if values.drop_giveaways and entry.inputs == "vector":
        kept = data.load(values).features
        functions.append(data.without)
        lines.append(f"table = without(table, [name for name in table.features if name not in {list(kept)!r}])")
    groups = ""
    if values.grouped:
        functions.append(data._row_ids)
        groups = ", _row_ids(table.inputs)"
    lines += [
        "targets = table.targets",
        f"train, val, test = split_rows(targets, {values.val_share}, {values.test_share}, {values.seed}{groups})",
    ]
    if values.train_size:
        functions.append(data._subset)
        lines.append(f"if {values.train_size} < len(train):")
        lines.append(f"    train = _subset(targets, train, {values.train_size}, {values.seed})")
    lines.append("train_targets = targets[train]")
    if values.label_noise:
        functions.append(data._with_label_noise)
        share, seed = values.label_noise, values.seed
        lines.append(f"train_targets, _ = _with_label_noise(train_targets, {share}, len(table.classes), {seed})")
    lines.append(f"shift, scale = fit_scaling(table.inputs[train], {values.scaling!r}, {entry.inputs!r})")
    if task == "regression" and values.scale_targets:
        lines.append("target_shift, target_scale = float(train_targets.mean()), float(train_targets.std()) or 1.0")
    elif task == "regression":
        lines.append("target_shift, target_scale = 0.0, 1.0")
    shaped = "y" if task == "classification" else "((y - target_shift) / target_scale).astype(np.float32)[:, None]"
    lines += [
        "",
        "",
        "def tensors(rows, y):",
        f"    y = {shaped}",
        "    x = (table.inputs[rows] - shift) / scale",
        "    return torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)",
        "",
        "",
        "x_train, y_train = tensors(train, train_targets)",
        "x_val, y_val = tensors(val, targets[val])",
        "x_test, y_test = tensors(test, targets[test])",
    ]
    return "\n\n".join([f"# Data: {entry.name}\n\n{_rows(config)}", _source(*functions), "\n".join(lines)])


_OPENML = """from sklearn.datasets import fetch_openml
from types import SimpleNamespace

fetched = fetch_openml(data_id={id}, as_frame=True, parser="pandas")
classes = {classes!r}


@dataclass
class Table:
    inputs: np.ndarray
    targets: np.ndarray
    features: tuple = ()
    target: str = "y"
    classes: tuple = ()


answers = fetched.target.to_numpy()
answers = answers.astype(str).astype(float).astype(np.int64) if classes else answers.astype(np.float32)
inputs = fetched.data.to_numpy(dtype=np.float32).reshape(-1, *{shape!r})
table = Table(inputs=inputs, targets=answers, classes=classes)"""

_CSV = """import pandas as pd


@dataclass
class Table:
    inputs: np.ndarray
    targets: np.ndarray
    features: tuple = ()
    target: str = "y"
    classes: tuple = ()


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


frame = pd.read_csv("table.csv", sep=None, engine="python", dtype=str, keep_default_na=False).apply(lambda c: c.str.strip())
frame.columns = frame.columns.str.strip()
target = {target!r} or frame.columns[-1]
chosen = {features!r} or [name for name in frame.columns if name != target]
blocks, names = [], []
for name in chosen:
    if frame[name].map(is_number).sum() >= len(frame) / 2:
        blocks.append(frame[name].astype(float).to_numpy(np.float32)[:, None])
        names.append(name)
    else:
        for word in sorted(set(frame[name])):
            blocks.append((frame[name] == word).to_numpy(np.float32)[:, None])
            names.append(f"{{name}} = {{word}}")
if {task!r} == "classification":
    classes = sorted(set(frame[target]), key=lambda w: (0, float(w), w) if is_number(w) else (1, 0.0, w))
    answers = frame[target].map({{word: number for number, word in enumerate(classes)}}).to_numpy(np.int64)
else:
    classes, answers = [], frame[target].astype(float).to_numpy(np.float32)
table = Table(np.concatenate(blocks, 1), answers, tuple(names), target, tuple(classes))"""


# Model


def _activation(key: str) -> tuple[str, str]:
    """(what must be defined before, the expression that makes the module)."""
    from networks.construction import MODULES

    if key in MODULES:
        kind: Any = MODULES[key]
        return "", f"nn.{kind.__name__}"
    entry = ACTIVATIONS[key]
    line = entry.pytorch_line(entry.choose())
    return f"class Activation(nn.Module):\n    def forward(self, x):\n        return {line}\n", "Activation"


def _model(config: RunConfig, shape: tuple[int, ...], outputs: int) -> str:
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
    return "\n\n".join(
        part for part in ("# Model", before, _source(*classes) if classes else "", "\n".join(lines)) if part
    )


def _initial(config: RunConfig, shape: tuple[int, ...], outputs: int) -> list[str]:
    """The lines that draw the weights, one entry for each weight with its spread."""
    from networks.construction import bias_of, rescale, weight_blocks

    v = config.model
    if v.initializer == "pytorch" and v.init_scale == 1:
        return []
    model = MODELS[v.name].build(v, shape, outputs)
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
        source = _source(rescale, bias_of).replace("@torch.no_grad()\n", "", 1)
        lines = [source, "", *lines, "    rescale(model, x_train[:512].cpu(), " + f"{v.init_scale})"]
    return lines


_ORTHOGONAL = '''
def orthogonal(weight, std):
    """A random (semi-)orthogonal matrix whose entries have this standard deviation."""
    flat = nn.init.orthogonal_(weight.flatten(1))
    return flat.mul_(std * math.sqrt(max(flat.shape))).view(weight.shape)

'''


# Loss, augmentation, optimizer


def _loss(config: RunConfig, classes: int | None) -> str:
    v = config.loss
    mixing = config.augmentation.mixup or config.augmentation.cutmix
    if v.name == "cross_entropy":
        return f"criterion = nn.CrossEntropyLoss(label_smoothing={v.label_smoothing})"
    if classes is None and not mixing:
        plain = {"mse": "nn.MSELoss()", "mae": "nn.L1Loss()"}
        return f"criterion = {plain.get(v.name) or f'nn.HuberLoss(delta={v.delta})'}"
    compute = LOSSES[v.name].compute
    functions = _source(losses._as_numbers, losses._mixed, losses._one_hot, compute)
    return f"{functions}\n\ncriterion = partial({compute.__name__}, values={_values(v)}, reduction='mean')"


def _augmentation(config: RunConfig, classes: int | None) -> str:
    from trainers import augment

    v = config.augmentation
    if not any(v.values()):
        return ""
    uses = {
        "flip": [augment.flip],
        "crop": [augment.crop],
        "rotation": [augment.rotate],
        "cutout": [augment.cutout],
        "mixup": [augment.mixup],
        "cutmix": [augment.cutmix],
    }
    functions: list[Any] = [function for name, group in uses.items() if v[name] for function in group]
    if v.cutout or v.cutmix:
        functions.insert(0, augment._box)
    if v.mixup or v.cutmix:
        functions.insert(0, augment._weight)
    lines = ["def augment(x, y):"]
    calls = {"flip": "flip(x)", "crop": f"crop(x, {v.crop})", "rotation": f"rotate(x, {v.rotation})"}
    lines += [f"    x = {call}" for name, call in calls.items() if v[name]]
    lines += [f"    x = x + {v.noise} * torch.randn_like(x)"] if v.noise else []
    lines += [f"    x = cutout(x, {v.cutout})"] if v.cutout else []
    if (v.mixup or v.cutmix) and classes:
        lines.append(f"    y = functional.one_hot(y, {classes}).to(x.dtype)")
    lines += [f"    x, y = mixup(x, y, {v.mixup})"] if v.mixup else []
    lines += [f"    x, y = cutmix(x, y, {v.cutmix})"] if v.cutmix else []
    return "\n\n".join([_source(*functions) if functions else "", "\n".join([*lines, "    return x, y"])]).strip("\n")


def _call(name: str, first: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join([first, *(f'{key}={value!r}' for key, value in arguments.items())])})"


def _optimizer(config: RunConfig) -> str:
    entry, r = OPTIMIZERS[config.optimizer.name], config.regularization
    arguments = arguments_of(config.optimizer, l2=r.l2, decay=r.weight_decay, device="cpu")
    lines = ["weights = [p for p in model.parameters() if p.ndim > 1]"]
    if entry.matrices_only:
        lines += [
            "matrices = [p for p in weights if p.ndim == 2]",
            f"rest = [{{'params': [p for p in weights if p.ndim > 2], 'weight_decay': {r.weight_decay}}},",
            "        {'params': [p for p in model.parameters() if p.ndim < 2], 'weight_decay': 0.0}]",
            f"optimizers = [{_call(f'torch.optim.{entry.torch}', 'matrices', arguments)},",
            f"              torch.optim.AdamW([g for g in rest if g['params']], lr={config.optimizer.lr}, fused=True)]",
        ]
    else:
        groups = "list(model.parameters())"
        if arguments.get("weight_decay"):
            lines.append("others = [p for p in model.parameters() if p.ndim < 2]")
            groups = "[{'params': weights}, {'params': others, 'weight_decay': 0.0}] if others else weights"
        lines.append(f"optimizers = [{_call(f'torch.optim.{entry.torch}', groups, arguments)}]")
    if r.ema:
        lines.append("average = [p.detach().clone() for p in model.parameters()]")
    return "\n".join(lines)


def _schedulers(config: RunConfig) -> list[str]:
    """Lines that make ``by_step`` and ``by_epoch``, for ``steps`` steps an epoch."""
    v = config.schedule
    entry, rising = SCHEDULES[v.name], v.get("warmup", 0.0)
    lines = ["by_step, by_epoch = [], []", "for optimizer in optimizers:"]
    name = "torch.optim.lr_scheduler"
    if rising:
        lines.append(f"    rising = round({rising} * steps)")
        line = f"{name}.LinearLR(optimizer, start_factor=1 / (rising + 1), total_iters=rising)"
    if rising and entry.per == "step":
        lines.append(f"    first = {line}")
        lines.append(f"    then = {_scheduler_call(config, 'max(1, EPOCHS - rising // steps)')}")
        lines.append(f"    by_step.append({name}.SequentialLR(optimizer, [first, then], milestones=[rising]))")
        return lines
    if entry.torch:
        where = "by_step" if entry.per == "step" else "by_epoch"
        lines.append(f"    {where}.append({_scheduler_call(config, 'EPOCHS')})")
    if rising:
        lines.append(f"    by_step.append({line})")
    return lines if len(lines) > 2 else []


def _scheduler_call(config: RunConfig, epochs: str) -> str:
    """The scheduler with lengths left as expressions of ``EPOCHS`` and ``steps``."""
    v, lr = config.schedule, config.optimizer.lr
    name = f"torch.optim.lr_scheduler.{SCHEDULES[v.name].torch}"
    if v.name in ("polynomial", "cosine", "warm_restarts", "cyclical", "one_cycle"):
        written = {
            "polynomial": lambda: f"total_iters={epochs} * steps, power={v.power}",
            "cosine": lambda: f"T_max={epochs} * steps, eta_min={lr * v.final!r}",
            "warm_restarts": lambda: f"T_0={v.period} * steps, T_mult={v.growth}, eta_min={lr * v.final!r}",
            "cyclical": lambda: (
                f"base_lr={lr * v.lowest!r}, max_lr={lr}, step_size_up=max(1, {v.period} * steps // 2), cycle_momentum=False"
            ),
            "one_cycle": lambda: (
                f"max_lr={lr}, total_steps={epochs} * steps + 1, pct_start={v.rise}, cycle_momentum=False"
            ),
        }[v.name]()
        return f"{name}(optimizer, {written})"
    return _call(name, "optimizer", SCHEDULES[v.name].arguments(v, lr, config.budget.epochs, 1))


# The loop


def _training(config: RunConfig, classes: int | None) -> str:
    r, entry = config.regularization, OPTIMIZERS[config.optimizer.name]
    l2 = 0.0 if entry.decays == "l2" else r.l2
    decay = 0.0 if entry.decays == "decoupled" else r.weight_decay
    augmented = any(config.augmentation.values())
    made = _schedulers(config)
    batchnorm = config.model.get("normalization") == "batch"
    lines = ["batch = min(BATCH or len(x_train), len(x_train))", "steps = math.ceil(len(x_train) / batch)"]
    if batchnorm:
        lines.append("if len(x_train) % batch == 1 and steps > 1:  # batch normalization cannot see a single row")
        lines.append("    steps -= 1")
    lines += made
    lines += ["", "", *_EVALUATE_AVERAGE.splitlines()] if r.ema else ["", "", *_EVALUATE.splitlines()]
    predicted = (
        "(outputs[:, 0] > 0).long()"
        if classes and LOSSES[config.loss.name].outputs(classes) == 1
        else "outputs.argmax(1)"
    )
    metric = f"({predicted} == y).float().mean()"
    if not classes:
        metric = "1 - (outputs - y).square().sum() / (y - y.mean()).square().sum()"
    lines = [line.replace("METRIC", metric) for line in lines]
    if r.patience:
        lines += ["best, waited = math.inf, 0"]
    lines += [
        "model.train()",
        "for epoch in range(EPOCHS):",
        "    generator = torch.Generator().manual_seed((SEED << 32) + epoch)",
        "    order = torch.randperm(len(x_train), generator=generator).to(device)",
        "    for rows in order.split(batch)[:steps] if steps > 1 else [slice(None)]:",
        "        x, y = x_train[rows], y_train[rows]",
    ]
    if entry.closure:
        penalties = (f" + {l2} / 2 * sum(w.square().sum() for w in weights)" if l2 else "") + (
            f" + {r.l1} * sum(w.abs().sum() for w in weights)" if r.l1 else ""
        )
        lines += ["        state = torch.get_rng_state()", "", "        def closure():"]
        lines += ["            torch.set_rng_state(state)", "            model.zero_grad()"]
        lines += ["            inputs, answers = augment(x, y)" if augmented else "            inputs, answers = x, y"]
        lines += [f"            loss = criterion(model(inputs), answers){penalties}", "            loss.backward()"]
        lines += ["            return loss", ""]
        lines += (
            [
                f"        rate = optimizers[0].param_groups[0]['lr']\n        with torch.no_grad():\n            for w in weights:\n                w.mul_(1 - rate * {decay})"
            ]
            if decay
            else []
        )
        lines += ["        for optimizer in optimizers:", "            optimizer.step(closure)"]
    else:
        lines += ["        x, y = augment(x, y)"] if augmented else []
        lines += ["        model.zero_grad()", "        loss = criterion(model(x), y)", "        loss.backward()"]
        if r.clip_value:
            lines.append(f"        nn.utils.clip_grad_value_(model.parameters(), {r.clip_value})")
        if r.clip_norm:
            lines.append(f"        nn.utils.clip_grad_norm_(model.parameters(), {r.clip_norm})")
        if l2 or r.l1 or decay:
            lines += ["        rate = optimizers[0].param_groups[0]['lr']"] if decay else []
            lines += ["        with torch.no_grad():", "            for w in weights:"]
            lines += [f"                w.grad.add_(w, alpha={l2})"] if l2 else []
            lines += [f"                w.grad.add_(w.sign(), alpha={r.l1})"] if r.l1 else []
            lines += [f"                w.mul_(1 - rate * {decay})"] if decay else []
        lines += ["        for optimizer in optimizers:", "            optimizer.step()"]
    if r.ema:
        lines += ["        with torch.no_grad():", "            for a, p in zip(average, model.parameters()):"]
        lines += [f"                a.lerp_(p, {1 - r.ema!r})"]
    if any("by_step.append" in line for line in made):
        lines += ["        for scheduler in by_step:", "            scheduler.step()"]
    lines += ["    train_loss, train_metric = evaluate(x_train[:2048], y_train[:2048])"]
    lines += ["    val_loss, val_metric = evaluate(x_val, y_val)"]
    what = "accuracy" if classes else "R^2"
    lines += [
        '    print(f"epoch {epoch + 1}: training loss {train_loss:.6g}, validation loss {val_loss:.6g}, "',
        f'          f"validation {what} {{val_metric:.4f}}")',
    ]
    if any("by_epoch.append" in line for line in made):
        argument = "val_loss" if SCHEDULES[config.schedule.name].per == "loss" else ""
        lines += ["    for scheduler in by_epoch:", f"        scheduler.step({argument})"]
    if r.patience:
        lines += [
            f"    waited = 0 if val_loss < best - {r.min_gain} or math.isinf(best) else waited + 1",
            "    best = val_loss if waited == 0 else best",
            f"    if waited >= {r.patience}:",
            "        break",
        ]
    lines += ["if len(x_test):", '    print("test loss %.6g, metric %.4f" % evaluate(x_test, y_test))']
    return "# Training\n\n" + "\n".join(lines)


_EVALUATE = """@torch.no_grad()
def evaluate(x, y):
    model.eval()
    outputs = torch.cat([model(part) for part in x.split(1024)])
    loss, metric = float(criterion(outputs, y)), float(METRIC)
    model.train()
    return loss, metric


"""
_EVALUATE_AVERAGE = """@torch.no_grad()
def evaluate(x, y):
    kept = [p.detach().clone() for p in model.parameters()]
    for p, a in zip(model.parameters(), average):
        p.copy_(a)
    model.eval()
    outputs = torch.cat([model(part) for part in x.split(1024)])
    loss, metric = float(criterion(outputs, y)), float(METRIC)
    model.train()
    for p, k in zip(model.parameters(), kept):
        p.copy_(k)
    return loss, metric


"""
