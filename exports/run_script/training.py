"""The part of a script with loss, augmentation, optimizer, schedule and loop."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from exports.python_text import call_of, with_helpers, written
from exports.run_script.model import activation_class
from exports.run_script.reuse import has_rates, is_layered
from networks.models import MIXES_ROWS
from trainers.config import LOSSES, OPTIMIZERS, SCHEDULES, RunConfig, TrainingSchedule, arguments_of, asked_for


def loss_text(config: RunConfig, classes: int | None) -> str:
    v = config.loss
    mixing = config.augmentation.mixup or config.augmentation.cutmix
    if v.name == "cross_entropy":
        return f"criterion = nn.CrossEntropyLoss(label_smoothing={v.label_smoothing})"
    if classes is None and not mixing:
        plain = {"mse": "nn.MSELoss()", "mae": "nn.L1Loss()"}
        return f"criterion = {plain.get(v.name) or f'nn.HuberLoss(delta={v.delta})'}"
    compute = LOSSES[v.name].compute
    functions = with_helpers(compute)
    return f"{functions}\n\ncriterion = partial({compute.__name__}, values={written(v)}, reduction='mean')"


def augmentation_text(config: RunConfig, classes: int | None) -> str:
    v = config.augmentation
    if not asked_for(v):
        return ""
    recolored = any((v.brightness, v.contrast, v.saturation, v.hue)) or v.policy != "none"
    functions = _augmenting(config)
    before = ""
    if recolored:
        lowest, highest = "table.inputs[train].min()", "table.inputs[train].max()"
        before += f"black = torch.from_numpy((({lowest} - shift) / scale).astype(np.float32)).to(device)\n"
        before += f"white = torch.from_numpy((({highest} - shift) / scale).astype(np.float32)).to(device)"
    lines = ["def augment(x, y):"]
    calls = {
        "flip": "flip(x)",
        "flip_vertical": "flip_vertical(x)",
        "crop": f"crop(x, {v.crop})",
        "rotation": f"rotate(x, {v.rotation})",
        "scale": f"resize(x, {v.scale})",
        "shear": f"slant(x, {v.shear})",
        "perspective": f"perspective(x, {v.perspective})",
    }
    lines += [f"    x = {call}" for name, call in calls.items() if v[name]]
    if recolored:
        lines += ["    x = (x - black) / (white - black)"]
        if any((v.brightness, v.contrast, v.saturation, v.hue)):
            lines += [f"    x = jitter(x, {v.brightness}, {v.contrast}, {v.saturation}, {v.hue})"]
        if v.policy != "none":
            from trainers.loop import POLICIES

            before += f"\nPAIRS = {POLICIES[v.policy]!r}"
            lines += ["    x = auto_augment(x, PAIRS)"]
        lines += ["    x = x * (white - black) + black"]
    lines += [f"    x = x + {v.noise} * torch.randn_like(x)"] if v.noise else []
    lines += [f"    x = cutout(x, {v.cutout})"] if v.cutout else []
    if (v.mixup or v.cutmix) and classes:
        lines.append(f"    y = functional.one_hot(y, {classes}).to(x.dtype)")
    lines += [f"    x, y = mixup(x, y, {v.mixup})"] if v.mixup else []
    lines += [f"    x, y = cutmix(x, y, {v.cutmix})"] if v.cutmix else []
    text = with_helpers(*functions) if functions else ""
    return "\n\n".join(part for part in (text, before, "\n".join([*lines, "    return x, y"])) if part).strip("\n")


def _augmenting(config: RunConfig) -> list[Any]:
    """The functions of augmentation that a script calls, and with them those that these call."""
    from trainers import loop

    v = config.augmentation
    names = {"crop": "crop", "cutmix": "cutmix", "cutout": "cutout", "flip": "flip", "mixup": "mixup"}
    names |= {"flip_vertical": "flip_vertical", "perspective": "perspective", "rotation": "rotate"}
    names |= {"scale": "resize", "shear": "slant"}
    used = [getattr(loop, function) for setting, function in names.items() if v[setting]]
    used += [loop.jitter] if any((v.brightness, v.contrast, v.saturation, v.hue)) else []
    return [*used, loop.auto_augment] if v.policy != "none" else used


def penalty_text(config: RunConfig) -> str:
    """The functions of penalties and noise that the loop calls."""
    from trainers.loop import from_orthogonal, orthogonal_gradient, shake_, shorten_, squared_slopes

    r, closure = config.regularization, OPTIMIZERS[config.optimizer.name].closure
    uses = [(squared_slopes, r.jacobian), (from_orthogonal if closure else orthogonal_gradient, r.orthogonality)]
    uses += [(shorten_, r.max_norm), (shake_, r.weight_noise)]
    text = with_helpers(*(function for function, used in uses if used))
    if not r.activity_noise:
        return text
    # As PyTorch calls a hook: module, inputs, output.
    noise = f"y + {r.activity_noise} * torch.randn_like(y) if module.training else y"
    kind = activation_class(config)
    hooks = ["for module in model.modules():", f"    if type(module) is {kind}:"]
    hooks += [f"        module.register_forward_hook(lambda module, x, y: {noise})"]
    return "\n\n".join(part for part in (text, "\n".join(hooks)) if part)


def optimizer_text(config: RunConfig) -> str:
    entry, r = OPTIMIZERS[config.optimizer.name], config.regularization
    arguments = arguments_of(config.optimizer, l2=r.l2, decay=r.weight_decay, device="cpu")
    lines = ["weights = [p for p in model.parameters() if p.ndim > 1]"]
    rates = has_rates(config)
    if entry.matrices_only:
        matrices = f"apart([{{'params': matrices}}], {config.optimizer.lr})" if rates else "matrices"
        others = "[g for g in rest if g['params']]"
        others = f"apart({others}, {config.optimizer.lr})" if rates else others
        lines += [
            "matrices = [p for p in weights if p.ndim == 2]",
            f"rest = [{{'params': [p for p in weights if p.ndim > 2], 'weight_decay': {r.weight_decay}}},",
            "        {'params': [p for p in model.parameters() if p.ndim < 2], 'weight_decay': 0.0}]",
            f"optimizers = [{call_of(f'torch.optim.{entry.torch}', matrices, arguments)},",
            f"              torch.optim.AdamW({others}, lr={config.optimizer.lr}, fused=True)]",
        ]
    elif config.optimizer.get("by_fan_in") and not rates:
        decay = ", 'weight_decay': 0.0" if arguments.get("weight_decay") else ""
        lines += [
            "by_inputs = {}  # the rate of a weight is divided by the inputs of its unit",
            "for p in model.parameters():",
            "    by_inputs.setdefault(p[0].numel() if p.ndim > 1 else 0, []).append(p)",
            f"groups = [{{'params': some, 'lr': {config.optimizer.lr} / inputs}}",
            "          for inputs, some in sorted(by_inputs.items()) if inputs]",
            f"groups = [{{'params': by_inputs[0]{decay}}}, *groups]",
            f"optimizers = [{call_of(f'torch.optim.{entry.torch}', 'groups', arguments)}]",
        ]
    else:
        groups = "list(model.parameters())"
        if arguments.get("weight_decay"):
            lines.append("others = [p for p in model.parameters() if p.ndim < 2]")
            groups = "[{'params': weights}, {'params': others, 'weight_decay': 0.0}] if others else weights"
        if rates:
            each = groups.removesuffix(" if others else weights")
            each = each if each.startswith("[") else "[{'params': list(model.parameters())}]"
            groups = f"apart({each}, {config.optimizer.lr})"
        lines.append(f"optimizers = [{call_of(f'torch.optim.{entry.torch}', groups, arguments)}]")
    if r.ema:
        lines.append("average = [p.detach().clone() for p in model.parameters()]")
    text = "\n".join(lines)
    # The script may run where PyTorch has no fused kernel of this optimizer.
    return text.replace("fused=True", 'fused=device == "cpu"') if entry.fused == {"cpu"} else text


def _schedulers(config: RunConfig) -> list[str]:
    """Lines that make ``by_step`` and ``by_epoch``, for ``steps`` steps an epoch."""
    v = config.schedule
    entry, rising = SCHEDULES[v.name], v.get("warmup", 0.0)
    if entry.is_constant and not rising:
        return []
    lines = [*_rate_source(entry), "by_step, by_epoch = [], []", "for optimizer in optimizers:"]
    name, line = "torch.optim.lr_scheduler", ""
    if rising:
        lines.append(f"    rising = round({rising} * steps)")
        line = f"{name}.LinearLR(optimizer, start_factor=1 / (rising + 1), total_iters=rising)"
    if rising and entry.per == "step":
        lines.append(f"    first = {line}")
        lines += _scheduler_lines(config, "then", "max(1, EPOCHS - rising // steps)")
        lines.append(f"    by_step.append({name}.SequentialLR(optimizer, [first, then], milestones=[rising]))")
        return lines
    if rising and entry.by_factor:
        both = f"(1 + min(k, rising)) / (rising + 1) * {_factor(config, 'k // steps')}"
        lines.append(f"    by_step.append({name}.LambdaLR(optimizer, lambda k: {both}))")
        return lines
    if not entry.is_constant:
        where = "by_step" if entry.per == "step" else "by_epoch"
        if _scaled(config):
            lines += [*_scheduler_lines(config, "own", "EPOCHS"), f"    {where}.append(own)"]
        else:
            lines.append(f"    {where}.append({_scheduler_call(config, 'EPOCHS')})")
    if rising:
        lines.append(f"    by_step.append({line})")
    return lines


class _Expression:
    """A number that only the script knows; products and whole quotients of it are written down."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __mul__(self, other: Any) -> _Expression:
        return _Expression(f"{self!r} * {other!r}")

    def __rmul__(self, other: Any) -> _Expression:
        return _Expression(f"{other!r} * {self!r}")

    def __floordiv__(self, other: Any) -> _Expression:
        return _Expression(f"{self!r} // {other!r}")


def _scaled(config: RunConfig) -> bool:
    """Whether groups have rates of their own, and the schedule is a class of PyTorch that knows one for all."""
    entry = SCHEDULES[config.schedule.name]
    return bool(config.optimizer.get("by_fan_in")) and not entry.by_factor and entry.per != "loss"


def _scheduler_lines(config: RunConfig, name: str, epochs: str) -> list[str]:
    """Lines that make the scheduler; of groups with rates of their own each is multiplied by what one rate would be."""
    call = _scheduler_call(config, epochs)
    if not _scaled(config):
        return [f"    {name} = {call}"]
    lr, count = config.optimizer.lr, f"{epochs} * steps" if SCHEDULES[config.schedule.name].per == "step" else epochs
    return [
        f"    alone = torch.optim.SGD([torch.zeros(1)], lr={lr})",
        f"    single = {call.replace('(optimizer', '(alone', 1)}",
        "    factors = []",
        f"    for k in range({count}):",
        f"        factors.append(alone.param_groups[0]['lr'] / {lr})",
        f"        if k + 1 < {count}:",
        "            alone.step()",
        "            single.step()",
        f"    {name} = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: factors[min(k, len(factors) - 1)])",
    ]


def _scheduler_call(config: RunConfig, epochs: str) -> str:
    """The scheduler with lengths left as expressions of ``EPOCHS`` and ``steps``."""
    v, lr, entry = config.schedule, config.optimizer.lr, SCHEDULES[config.schedule.name]
    name = "torch.optim.lr_scheduler"
    if entry.by_factor:
        return f"{name}.LambdaLR(optimizer, lambda k: {_factor(config, 'k')})"
    if entry.per == "step":
        arguments = entry.arguments(v, lr, _Expression(epochs), _Expression("steps"))
    else:
        arguments = entry.arguments(v, lr, config.budget.epochs, 1)
    return call_of(f"{name}.{entry.torch}", "optimizer", arguments)


def _rate_source(entry: TrainingSchedule) -> list[str]:
    """The function of a schedule that PyTorch lacks, where it can stand alone."""
    used = inspect.getclosurevars(entry.rate)
    alone = entry.rate.__qualname__.isidentifier() and not used.nonlocals and not set(used.globals) - {"math"}
    if not entry.by_factor or not alone:
        return []
    function = ast.parse(inspect.getsource(entry.rate)).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    return [*ast.unparse(function).splitlines(), "", ""]


def _factor(config: RunConfig, epoch: str) -> str:
    """What the rate is multiplied by in an epoch: a call of its function, or one number for each."""
    v, epochs, entry = config.schedule, config.budget.epochs, SCHEDULES[config.schedule.name]
    if _rate_source(entry):
        return f"{entry.rate.__name__}(1.0, {epoch}, EPOCHS, {entry.shared(v, 1.0, epochs, 1)!r}, None)"
    return f"{[entry.factor(v, k, epochs, 1) for k in range(epochs + 1)]!r}[{epoch}]"


def training_text(config: RunConfig, classes: int | None) -> str:
    r, entry = config.regularization, OPTIMIZERS[config.optimizer.name]
    l2 = 0.0 if entry.decays == "l2" else r.l2
    decay = 0.0 if entry.decays == "decoupled" else r.weight_decay
    l1, shrink = (0.0, r.l1) if r.proximal else (r.l1, 0.0)
    augmented = asked_for(config.augmentation)
    made = _schedulers(config)
    batchnorm = config.model.get("normalization") in MIXES_ROWS
    lines = ["batch = min(BATCH or len(x_train), len(x_train))", "steps = math.ceil(len(x_train) / batch)"]
    if batchnorm:
        lines.append("if len(x_train) % batch == 1 and steps > 1:  # batch normalization cannot see a single row")
        lines.append("    steps -= 1")
    lines += made
    layered, spread = is_layered(config), ["spread()"] if made and has_rates(config) else []
    each = "w in [w for w in weights if w.requires_grad]" if layered else "w in weights"
    weight_normed = config.model.get("normalization") == "weight" and bool(r.orthogonality)
    if weight_normed:
        lines += ["# Lengths of weight normalization are no matrices.", "directions = ["]
        lines += ["    p for name, p in model.named_parameters() if p.ndim > 1 and not name.endswith('original0')", "]"]
    rate = "rate * layer_share[id(w)]" if has_rates(config) else "rate"
    lines += spread
    lines += ["", "", *_EVALUATE_AVERAGE.splitlines()] if r.ema else ["", "", *_EVALUATE.splitlines()]
    predicted = "outputs.argmax(1)"
    if classes and LOSSES[config.loss.name].outputs(classes) == 1:
        predicted = "(outputs[:, 0] > 0).long()"
    metric = f"({predicted} == y).float().mean()"
    if not classes:
        metric = "1 - (outputs - y).square().sum() / (y - y.mean()).square().sum()"
    lines = [line.replace("METRIC", metric) for line in lines]
    if r.patience:
        lines += ["best, waited = math.inf, 0"]
    lines += [
        "model.train()",
        "for epoch in range(EPOCHS):",
        *(["    set_frozen(layers, frozen_layers(REUSE, len(layers), epoch))"] if layered else []),
        "    generator = torch.Generator().manual_seed((SEED << 32) + epoch)",
        "    order = torch.randperm(len(x_train), generator=generator).to(device)",
        "    for rows in order.split(batch)[:steps] if steps > 1 else [slice(None)]:",
        "        x, y = x_train[rows], y_train[rows]",
    ]
    if entry.closure:
        penalties = (f" + {l2} / 2 * sum(w.square().sum() for w in weights)" if l2 else "") + (
            f" + {l1} * sum(w.abs().sum() for w in weights)" if l1 else ""
        )
        penalties += f" + {r.jacobian} / 2 * squared_slopes(outputs, inputs).mean()" if r.jacobian else ""
        if r.orthogonality:
            matrices = "directions" if weight_normed else "weights"
            penalties += f" + {r.orthogonality} * sum(from_orthogonal(w.flatten(1)) for w in {matrices})"
        lines += ["        state = torch.get_rng_state()", "", "        def closure():"]
        lines += ["            torch.set_rng_state(state)", "            model.zero_grad()"]
        lines += ["            inputs, answers = augment(x, y)" if augmented else "            inputs, answers = x, y"]
        lines += ["            inputs = inputs.detach().requires_grad_()"] if r.jacobian else []
        lines += ["            outputs = model(inputs)"]
        lines += [f"            loss = criterion(outputs, answers){penalties}", "            loss.backward()"]
        lines += ["            return loss", ""]
        if decay or shrink:
            lines += ["        rate = optimizers[0].param_groups[0]['lr']"]
        lines += ["        for optimizer in optimizers:", "            optimizer.step(closure)"]
        if decay:
            lines += ["        with torch.no_grad():"]
            lines += [f"            for {each}:", f"                w.mul_(1 - {rate} * {decay})"]
    else:
        if r.weight_noise:
            lines += [f"        shaken = [{each.replace('w in', 'w for w in', 1)}]"]
            lines += ["        with torch.no_grad():", f"            before = shake_(shaken, {r.weight_noise})"]
        lines += ["        x, y = augment(x, y)"] if augmented else []
        lines += ["        state = torch.get_rng_state()"] if r.sam else []
        lines += ["        model.zero_grad()"]
        if r.jacobian:
            lines += ["        x = x.detach().requires_grad_()", "        outputs = model(x)"]
            lines += [f"        loss = criterion(outputs, y) + {r.jacobian} / 2 * squared_slopes(outputs, x).mean()"]
        else:
            lines += ["        loss = criterion(model(x), y)"]
        lines += ["        loss.backward()"]
        if r.weight_noise:
            lines += ["        with torch.no_grad():", "            for w, b in zip(shaken, before):"]
            lines += ["                w.copy_(b)"]
        lines += _SAM.replace("RHO", repr(r.sam)).splitlines() if r.sam else []
        if r.clip_value:
            lines.append(f"        nn.utils.clip_grad_value_(model.parameters(), {r.clip_value})")
        if r.clip_norm:
            lines.append(f"        nn.utils.clip_grad_norm_(model.parameters(), {r.clip_norm})")
        lines += ["        rate = optimizers[0].param_groups[0]['lr']"] if decay or shrink else []
        if r.orthogonality and weight_normed:
            of_these = each.replace("in weights", "in directions")
            lines += ["        with torch.no_grad():", f"            for {of_these}:"]
            pull = "orthogonal_gradient(w.flatten(1)).view_as(w)"
            lines += [f"                w.grad.add_({pull}, alpha={r.orthogonality})"]
        if l2 or l1 or decay or (r.orthogonality and not weight_normed):
            lines += ["        with torch.no_grad():", f"            for {each}:"]
            lines += [f"                w.grad.add_(w, alpha={l2})"] if l2 else []
            lines += [f"                w.grad.add_(w.sign(), alpha={l1})"] if l1 else []
            if r.orthogonality and not weight_normed:
                pull = "orthogonal_gradient(w.flatten(1)).view_as(w)"
                lines += [f"                w.grad.add_({pull}, alpha={r.orthogonality})"]
            lines += [f"                w.mul_(1 - {rate} * {decay})"] if decay else []
        lines += ["        for optimizer in optimizers:", "            optimizer.step()"]
    if shrink:
        lines += ["        with torch.no_grad():", f"            for {each}:"]
        lines += [f"                w.copy_(functional.softshrink(w, {rate} * {shrink}))"]
    if r.max_norm:
        lines += ["        with torch.no_grad():", f"            for {each}:"]
        lines += [f"                shorten_(w, {r.max_norm})"]
    if r.ema:
        lines += ["        with torch.no_grad():", "            for a, p in zip(average, model.parameters()):"]
        lines += [f"                a.lerp_(p, {1 - r.ema!r})"]
    if any("by_step.append" in line for line in made):
        lines += ["        for scheduler in by_step:", "            scheduler.step()"]
        lines += [f"        {line}" for line in spread]
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
        lines += [f"    {line}" for line in spread]
    if r.patience:
        lines += [
            f"    waited = 0 if val_loss < best - {r.min_gain} or math.isinf(best) else waited + 1",
            "    best = val_loss if waited == 0 else best",
            f"    if waited >= {r.patience}:",
            "        break",
        ]
    lines += ["if len(x_test):", '    print("test loss %.6g, metric %.4f" % evaluate(x_test, y_test))']
    return "# Training\n\n" + "\n".join(lines)


_SAM = """        here = [p.detach().clone() for p in model.parameters()]
        statistics = [(b, b.clone()) for b in model.buffers()]
        with torch.no_grad():  # SAM: the gradient is taken uphill; statistics of batch norm learn from the first pass
            length = torch.stack([p.grad.norm() for p in model.parameters() if p.grad is not None]).norm()
            for p in model.parameters():
                if p.grad is not None:
                    p.add_(p.grad * (RHO / (length + 1e-12)))
        torch.set_rng_state(state)
        model.zero_grad()
        criterion(model(x), y).backward()
        with torch.no_grad():
            for tensor, before in [*zip(model.parameters(), here), *statistics]:
                tensor.copy_(before)
"""
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
