"""A race as a PyTorch script that anybody can run and read.

The script defines the landscape as a function of a tensor (autograd gives the gradient), uses ``torch.optim`` and
``torch.optim.lr_scheduler`` where they have the rule, and carries a short implementation where they do not. What a user
wrote enters only as code generated from the parsed expression, or as a quoted string.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from experiments.race import Entry, Lane, RaceResult
from exports.torch_formula import torch_function
from optimizers import OPTIMIZERS, ChosenSchedule, Optimizer, Trajectory
from settings import check_all

_OPENING = '''"""A race of optimizers, made by Descent Lab. It needs Python 3.10, PyTorch 2.9 or later{also}."""

{imports}

torch.set_default_dtype(torch.float64)

LANDSCAPE = {name!r}
START = {start!r}
STEPS = {steps}
'''

_NOISE = """NOISE, SEED = {noise!r}, {seed}

# The noise of a step is a random tilt of the whole landscape, the same for value and gradient, as a minibatch's is.
TILTS = NOISE * torch.from_numpy(np.random.default_rng(SEED).standard_normal((STEPS, 2)))
"""

_NO_NOISE = """TILTS = torch.zeros(STEPS, 2)  # no gradient noise
"""

_OBJECTIVE = '''class Objective:
    """What one step sees: f, tilted by that step's noise."""

    def __init__(self, tilt):
        self.tilt = tilt

    def value(self, x):
        return f(x) + self.tilt @ x

    def gradient(self, x):
        x = x.detach().requires_grad_()
        with torch.enable_grad():
            return torch.autograd.grad(self.value(x), x)[0]

    def hessian(self, x):
        with torch.enable_grad():
            return torch.autograd.functional.hessian(f, x.detach())
'''

_RULE = '''class Rule(torch.optim.Optimizer):
    """A rule that PyTorch lacks, as a function, in the shape that PyTorch's schedules expect."""

    def __init__(self, points, function, **settings):
        super().__init__(points, settings)
        self.function, self.names, self.memory, self.k = function, tuple(settings), {}, 0

    @torch.no_grad()
    def step(self, objective):
        group = self.param_groups[0]
        point = group["params"][0]
        settings = {name: group[name] for name in self.names}
        point.copy_(self.function(point.clone(), objective, self.memory, self.k, **settings))
        self.k += 1
'''

_WARM_UP = '''class WarmUp:
    """A rate that rises in a straight line, then another schedule, which counts its steps from there."""

    def __init__(self, optimizer, start_factor, steps, then):
        self.optimizer, self.left, self.then = optimizer, steps, then
        self.current = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor, total_iters=steps)

    def step(self, value):
        self.left -= 1
        if self.left == 0:
            for group in self.optimizer.param_groups:
                group["lr"] = group.pop("initial_lr")
            self.current = self.then(self.optimizer)
        else:
            advance(self.current, value)
'''

_ADVANCE = '''def advance(scheduler, value):
    """The next step's rate. Only a schedule that waits for a plateau looks at the value."""
    if isinstance(scheduler, {watching}):
        scheduler.step(value)
    else:
        scheduler.step()
'''

_RUN = '''def run(make_optimizer{make_scheduler}):
    """The path from START as a list of points, and the step at which it diverged, or None."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer([point])
{scheduler}    path = [START]
    for k in range(STEPS):
        objective = Objective(TILTS[k])

        def closure(objective=objective):
            optimizer.zero_grad()
            loss = objective.value(point)
            loss.backward()
            return loss

        optimizer.step({argument})
        value = f(point.detach()).item()
        if not math.isfinite(value) or not point.isfinite().all():
            return path, k + 1
        path.append(tuple(point.tolist()))
{advance}    return path, None
'''

_MAIN = """if __name__ == "__main__":
    print(f"{LANDSCAPE}: {STEPS} steps from {START}")
    for label, *makers in RACE:
        path, diverged = run(*makers)
        value = f(torch.tensor(path[-1])).item()
        ending = "" if diverged is None else f" (the last finite point: it diverges at step {diverged})"
        print(f"{label}: f({path[-1][0]!r}, {path[-1][1]!r}) = {value!r}{ending}")
"""

_RULE_NAMES = {"adam": "adam_without_correction"}
_ARGUMENT_NAMES = {("lookahead", "k"): "k_steps"}
_SCHEDULER = "torch.optim.lr_scheduler."


def pytorch_script(result: RaceResult) -> str:
    """The source of a script that runs the same race and prints where everybody ends.

    Raises:
        ValueError: an optimizer that neither PyTorch nor ``exports/torch_rules.py`` has.
    """
    race = result.race
    optimizers = [_optimizer(lane.trajectory.optimizer, lane.trajectory.hyperparameters) for lane in result.lanes]
    schedulers = [_scheduler(lane.trajectory) for lane in result.lanes]
    functions = _needed(name for _, name in optimizers if name)
    scheduled, own = any(schedulers), bool(functions)
    warm = any(text and text.startswith("WarmUp(") for text in schedulers)

    imports = ["import math", "", *(["import numpy as np"] if race.noise else []), "import torch"]
    facts = {
        "also": " and NumPy" if race.noise else "",
        "imports": "\n".join(imports),
        "name": str(race.landscape.name),
        "start": tuple(float(x) for x in race.start),
        "steps": int(race.steps),
    }
    noise = _NOISE.format(noise=float(race.noise), seed=int(race.seed)) if race.noise else _NO_NOISE
    parts = [_OPENING.format(**facts) + noise, torch_function(race.landscape.expression), _OBJECTIVE]
    if own:
        parts += [_RULE, *functions]
    if scheduled:
        plateau = f"{_SCHEDULER}ReduceLROnPlateau"
        parts.append(_ADVANCE.format(watching=f"(WarmUp, {plateau})" if warm else plateau))
    if warm:
        parts.append(_WARM_UP)
    parts.append(_run(own=own, mixed=any(name is None for _, name in optimizers), scheduled=scheduled))
    parts.append(_entries(result.lanes, [text for text, _ in optimizers], schedulers if scheduled else None))
    parts.append(_MAIN)
    return "\n\n".join(part.strip("\n") + "\n" for part in parts)


def pytorch_line(entry: Entry) -> str:
    """How an optimizer is written in PyTorch: the call of its class, or the rule as a function where there is none.

    Raises:
        ValueError: an unknown optimizer or a value outside its range.
    """
    if entry.optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer was given {entry.optimizer!r}; allowed is one of {', '.join(OPTIMIZERS)}")
    rule = OPTIMIZERS[entry.optimizer]
    call, name = _optimizer(rule, check_all(rule.hyperparameters, entry.values, rule.name))
    if name is None:
        return call.replace("(points, ", "(model.parameters(), ", 1)
    return _functions()[name][0]


def _run(*, own: bool, mixed: bool, scheduled: bool) -> str:
    text = _RUN.format(
        make_scheduler=", make_scheduler" if scheduled else "",
        scheduler="    scheduler = make_scheduler and make_scheduler(optimizer)\n" if scheduled else "",
        argument="objective if isinstance(optimizer, Rule) else closure"
        if own and mixed
        else "objective"
        if own
        else "closure",
        advance="        if scheduler and k + 1 < STEPS:\n            advance(scheduler, value)\n" if scheduled else "",
    )
    if mixed:
        return text
    begin, end = text.index("        def closure"), text.index("        optimizer.step")
    return text[:begin].rstrip("\n") + "\n" + text[end:]


def _entries(lanes: Iterable[Lane], optimizers: Iterable[str], schedulers: Iterable[str | None] | None) -> str:
    rows = []
    for i, (lane, optimizer) in enumerate(zip(lanes, optimizers, strict=True)):
        cells = [repr(str(lane.label)), f"lambda points: {optimizer}"]
        if schedulers is not None:
            text = list(schedulers)[i]
            cells.append(f"lambda optimizer: {text}" if text else "None")
        rows.append("    (\n" + "".join(f"        {cell},\n" for cell in cells) + "    ),\n")
    return f"RACE = [\n{''.join(rows)}]\n"


def _optimizer(rule: Optimizer, values: Mapping[str, Any]) -> tuple[str, str | None]:
    """The call that makes a lane's optimizer, and the name of the carried function it uses."""
    hyper = dict(values)
    arguments = None
    # torch.optim.Muon takes matrices only and computes in bfloat16, so the script carries the rule itself.
    if rule.torch is not None and rule.torch_arguments is not None and rule.key != "muon":
        try:
            arguments = rule.torch_arguments(hyper)
        except ValueError:  # a setting that PyTorch does not offer
            arguments = None
    if arguments is not None:
        return f"{rule.torch}(points, {_keywords(arguments)})", None
    name = _RULE_NAMES.get(rule.key, rule.key)
    if name not in _functions():
        raise ValueError(f"{rule.name} has no PyTorch form; scripts know {', '.join(sorted(_functions()))}")
    if rule.key == "adam":
        hyper.pop("bias_correction")
    renamed = {_ARGUMENT_NAMES.get((rule.key, argument), argument): value for argument, value in hyper.items()}
    return f"Rule(points, {name}, {_keywords(renamed)})", name


def _scheduler(trajectory: Trajectory) -> str | None:
    """The call that makes a lane's schedule, or None where the rate is constant."""
    chosen = trajectory.schedule
    if chosen is None:
        return None
    lr, steps = float(trajectory.hyperparameters["lr"]), trajectory.steps
    if chosen.then is None:
        return _plain_scheduler(chosen, lr, steps)
    factor, total = float(chosen.values["start_factor"]), int(chosen.values["total_iters"])
    then = _plain_scheduler(chosen.then, lr, steps - total) if steps > total else None
    if then is None:
        return f"{_SCHEDULER}LinearLR(optimizer, start_factor={factor!r}, total_iters={total})"
    return f"WarmUp(optimizer, {factor!r}, {total}, lambda optimizer: {then})"


def _plain_scheduler(chosen: ChosenSchedule, lr: float, steps: int) -> str | None:
    schedule, values = chosen.schedule, chosen.values
    if schedule.key == "constant":
        return None
    if schedule.key == "inverse_time":
        return f"{_SCHEDULER}LambdaLR(optimizer, lambda k: 1 / (1 + {values['decay_rate']!r} * k))"
    if schedule.key == "inverse_sqrt":
        return f"{_SCHEDULER}LambdaLR(optimizer, lambda k: 1 / math.sqrt(1 + {values['decay_rate']!r} * k))"
    divides_by_zero = schedule.key == "one_cycle" and values["pct_start"] * steps == 1
    if schedule.torch is None or schedule.torch_arguments is None or divides_by_zero:
        rates = [float(schedule.rate(1.0, k, steps, values, None)) for k in range(steps)]
        return f"{_SCHEDULER}LambdaLR(optimizer, {rates!r}.__getitem__)"
    return f"{schedule.torch}(optimizer, {_keywords(schedule.torch_arguments(values, lr, steps))})"


def _keywords(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


@cache
def _functions() -> dict[str, tuple[str, frozenset[str]]]:
    """Every definition of ``exports/torch_rules.py``: name -> source and the names it uses, in order."""
    source = Path(__file__).with_name("torch_rules.py").read_text(encoding="utf-8")
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            name = node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        else:
            continue
        used = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
        found[name] = "\n".join(lines), used - {name}
    return found


def _needed(names: Iterable[str]) -> list[str]:
    """The sources of these functions and of all that they call, in the order of the module."""
    functions = _functions()
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue.extend(functions[name][1] & functions.keys())
    return [source for name, (source, _) in functions.items() if name in wanted]
