"""A race as a script that anybody can run and read, and the code of one rule.

Where PyTorch has a rule the script uses ``torch.optim`` and ``torch.optim.lr_scheduler``. Otherwise it carries the
rule's own ``init`` and ``step``, the schedule's own ``rate``, and all that they call, as NumPy code: the text of the
very functions that ``descend`` ran. What a user wrote enters only as code generated from the parsed expression, or as a
quoted string.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any
from urllib.parse import quote

from experiments.race import RaceResult
from exports import race_script_parts as parts
from exports.code_layout import Code, as_dict, as_lambda, laid_out, quoted
from exports.landscape_source import numpy_landscape
from exports.source import Source, SourceUnavailable, source_of
from exports.torch_calls import SCHEDULERS, torch_optimizer, torch_scheduler
from exports.torch_formula import torch_function
from optimizers import Batches, Optimizer, Trajectory
from optimizers.meter import Meter, noise_tilts
from optimizers.rates import Rates, RateStage, stages

_IN_A_LINK = "%/:?&=#+,;@!$()*~'[]"
_IMPORTED = {"np": "numpy", "math": "math", "torch": "torch"}
_LOOPS = ("Surface", "Scheduled", "WarmUp", "advance", "run_rule", "run_torch")
_SETTINGS = ("LANDSCAPE", "START", "STEPS", "NOISE", "SEED", "TILTS", "RACE", "LEFT_OUT")
_RESERVED = frozenset(["f", "gradient", "hessian", "mean", "ROWS", *_LOOPS, *_SETTINGS])


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """How one lane is run: by PyTorch's optimizer (the call of its class) or by the rule's own functions.

    scheduler: the call of PyTorch's scheduler. stages: what makes the rate where PyTorch does not. A constant rate has
    neither. batches: which rows each step sees, where those are not all.
    """

    label: str
    trajectory: Trajectory
    call: str | None
    scheduler: Code | None
    stages: Sequence[RateStage]
    batches: Batches | None = None

    @property
    def entries(self) -> list[tuple[str, Any]]:
        """The functions that the lane needs the source of, and what they are best called."""
        rule, chosen = self.trajectory.optimizer, self.trajectory.schedule
        sources: list[tuple[str, Any]] = []
        if self.call is None:
            sources += [(f"{rule.key}_init", rule.init), (rule.key, rule.step)]
        if self.stages:
            sources += [("RateStage", RateStage), ("Rates", Rates)]
        for _ in self.stages:
            assert chosen is not None
            schedule, chosen = chosen.schedule, chosen.then
            functions = {"rate": schedule.rate, "init": schedule.init, "observe": schedule.observe}
            sources += [(f"{schedule.key}_{part}", each) for part, each in functions.items() if each is not None]
        return sources


def python_script(result: RaceResult, address: str = "") -> str:
    """The source of a script that runs the same race and prints where everybody ends.

    address: a link that opens the race, for the script's head. A lane whose rule or schedule has no source at hand is
    left out, and the script says so in a sentence.
    """
    race, noise = result.race, bool(result.race.noise)
    plans, left_out = _plans(result)
    own, by_torch = any(plan.call is None for plan in plans), any(plan.call is not None for plan in plans)
    rows, in_batches = race.landscape.rows, any(plan.batches is not None for plan in plans)
    # PyTorch's optimizers alone get their gradients by autograd, but for rows, whose mean must add up as it does here.
    in_numpy = own or not by_torch or rows is not None
    entries = [entry for plan in plans for entry in plan.entries]
    entries += [("Meter", Meter)] * in_numpy + [("noise_tilts", noise_tilts)] * noise
    entries += [("Batches", Batches)] * in_batches
    entries = list({id(value): (name, value) for name, value in reversed(entries)}.values())[::-1]
    source = source_of(entries, _RESERVED, _IMPORTED)
    names = {id(value): name for (_, value), name in zip(entries, source.names, strict=True)}
    blocks = [
        _opening(result, address, source, in_numpy=in_numpy, own=own, by_torch=by_torch),
        numpy_landscape(race.landscape.codes, rows) if in_numpy else torch_function(race.landscape.expression),
        (parts.SURFACE_OF_ROWS if in_batches else parts.SURFACE) if in_numpy else "",
        source.text,
        _tilts(noise, race.landscape.dimensions, in_numpy=in_numpy),
        *_loops(plans, in_numpy=in_numpy, noise=noise, in_batches=in_batches),
        _race(plans, names),
        "LEFT_OUT = [\n" + "".join(f"    {quoted(each)},\n" for each in left_out) + "]\n" if left_out else "",
        parts.MAIN.format(
            value="float(f(np.array(path[-1])))" if in_numpy else "f(torch.tensor(path[-1])).item()",
            **(parts.ON_A_LINE if race.landscape.dimensions == 1 else parts.IN_THE_PLANE),
        )
        + (parts.LEFT_OUT if left_out else ""),
    ]
    return "\n\n".join(block.strip("\n") + "\n" for block in blocks if block)


def rule_code(rule: Optimizer) -> str | None:
    """A rule's own ``step``, with what it calls in its own module; None where its source is not at hand."""
    return _code(rule.key, rule.step) if isinstance(rule.step, FunctionType) else _code.__wrapped__(rule.key, rule.step)


@lru_cache(maxsize=128)
def _code(key: str, step: Any) -> str | None:
    try:
        source = source_of([(key, step)])
    except SourceUnavailable:
        return None
    module = [place for place, _ in source.definitions if place][-1:]
    return "\n\n".join(text for place, text in source.definitions if place in ("", *module))


def _plans(result: RaceResult) -> tuple[list[_Plan], list[str]]:
    """The lanes that can be written, and a sentence for each that cannot."""
    plans, left_out = [], []
    for lane in result.lanes:
        trajectory = lane.trajectory
        call = torch_optimizer(trajectory.optimizer, trajectory.hyperparameters)
        scheduler, own_schedule = (
            (None, trajectory.schedule is not None) if call is None else torch_scheduler(trajectory)
        )
        chosen = trajectory.schedule
        plan = _Plan(
            label=str(lane.label),
            trajectory=trajectory,
            call=call,
            scheduler=scheduler,
            stages=stages(chosen, trajectory.steps) if own_schedule and chosen is not None else (),
            batches=result.race.batches(lane.entry),
        )
        try:
            source_of(plan.entries)
        except SourceUnavailable as problem:
            left_out.append(f"{plan.label} is left out: {problem}.")
        else:
            plans.append(plan)
    return plans, left_out


def _opening(result: RaceResult, address: str, source: Source, *, in_numpy: bool, own: bool, by_torch: bool) -> str:
    race = result.race
    imports = {*source.imports, *(["import numpy as np"] if in_numpy else [])}
    imports |= {"import math", "import torch"} if by_torch else set()
    first, then = _grouped(imports)
    needs = [
        name for name, line in (("NumPy", "numpy"), ("PyTorch 2.9 or later", "torch")) if any(line in i for i in then)
    ]
    settings = parts.IN_NUMPY if in_numpy else ""
    settings += parts.IN_TORCH if by_torch else ""
    noise = parts.NOISE.format(noise=float(race.noise), seed=int(race.seed)) if race.noise else ""
    return parts.OPENING.format(
        how=(parts.OWN_RULES if own else "") + (parts.TORCH_RULES if by_torch else ""),
        needs=" and ".join(needs),
        link=f"# The same race, to play with: {quote(address, safe=_IN_A_LINK, errors='replace')}\n" if address else "",
        imports="\n\n".join("\n".join(group) for group in (first, then) if group),
        settings=settings,
        name=quoted(race.landscape.name),
        start=tuple(float(x) for x in race.start),
        steps=int(race.steps),
        noise=noise,
    )


def _grouped(imports: set[str]) -> tuple[list[str], list[str]]:
    """Import lines of the standard library, and the others, each in order."""
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    first = [line for line in ordered if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    return first, [line for line in ordered if line not in first]


def _tilts(noise: bool, dimensions: int, *, in_numpy: bool) -> str:
    if not noise:
        return parts.NO_TILTS if in_numpy else ""
    tilts = parts.NUMPY_TILTS if in_numpy else parts.TORCH_TILTS
    return tilts.format(dimensions=", 1" if dimensions == 1 else "")


def _loops(plans: Sequence[_Plan], *, in_numpy: bool, noise: bool, in_batches: bool) -> list[str]:
    """The functions that run a lane, as short as these lanes allow."""
    seen = parts.IN_BATCHES if in_batches else parts.ALL_AT_ONCE
    own, by_torch = [p for p in plans if p.call is None], [p for p in plans if p.call is not None]
    blocks = []
    if own:
        rates = parts.RATES if any(p.stages for p in own) else dict.fromkeys(parts.RATES, "")
        blocks.append(parts.RUN_RULE.format(**rates, **seen))
    scheduled = [p for p in by_torch if p.scheduler or p.stages]
    if scheduled:
        warm = any(p.scheduler and p.scheduler[0].startswith("WarmUp(") for p in scheduled)
        ours = any(p.stages for p in scheduled)
        watching = ["WarmUp"] * warm + ["Scheduled"] * ours + [f"{SCHEDULERS}ReduceLROnPlateau"]
        blocks.append(parts.ADVANCE.format(watching=watching[0] if len(watching) == 1 else f"({', '.join(watching)})"))
        blocks += [parts.WARM_UP] * warm + [parts.SCHEDULED] * ours
    if by_torch:
        gradient = parts.BY_NUMPY if in_numpy else parts.BY_AUTOGRAD
        closure = (
            gradient["closure"] if noise else gradient["closure"].replace(" + TILTS[k] @ point", "").replace("k=k", "")
        )
        schedule = parts.SCHEDULER if scheduled else dict.fromkeys(parts.SCHEDULER, "")
        told = {"objective": gradient["objective"].format(**seen), "closure": closure.rstrip("\n")}
        blocks.append(parts.RUN_TORCH.format(**{**gradient, **told}, **schedule, batches=seen["batches"]))
    return blocks


def _race(plans: Sequence[_Plan], names: Mapping[int, str]) -> str:
    rows: list[Code] = []
    for plan in plans:
        rule, hyper = plan.trajectory.optimizer, plan.trajectory.hyperparameters
        steps: list[Code] = [_stage(each, names) for each in plan.stages]
        rates: Code = ("Rates(", [("[", steps, "]"), repr(hyper.get("lr"))], ")")
        if plan.call is None:
            called, arguments = "run_rule(", [names[id(rule.init)], names[id(rule.step)], as_dict(hyper)]
            arguments += [rates] if plan.stages else []
        else:
            called, arguments = "run_torch(", [as_lambda("points", plan.call)]
            scheduler: Code | None = ("Scheduled(", ["optimizer", rates], ")") if plan.stages else plan.scheduler
            arguments += [as_lambda("optimizer", scheduler)] if scheduler else []
        if plan.batches is not None:
            called_with: list[Code] = [f"{name}={value!r}" for name, value in asdict(plan.batches).items()]
            arguments += [("batches=Batches(", called_with, ")")]
        rows.append(("(", [quoted(plan.label), (f"lambda: {called}", arguments, ")")], ")"))
    return "RACE = [\n" + "".join(f"    {laid_out(row, 4)},\n" for row in rows) + "]\n"


def _stage(stage: RateStage, names: Mapping[int, str]) -> Code:
    watching: list[Code] = [] if stage.init is None else [names[id(stage.init)], names[id(stage.observe)]]
    return ("RateStage(", [str(stage.steps), names[id(stage.rate)], as_dict(stage.values), *watching], ")")
