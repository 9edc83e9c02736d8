"""The exported script, run by Python, ends where the race ended."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from exports.race_script import pytorch_line, pytorch_script
from exports.torch_formula import torch_function
from landscapes import LANDSCAPES, parse_formula
from optimizers import OPTIMIZERS, SCHEDULES
from tests.figures.races import valley

HAS_RATE = [key for key, rule in OPTIMIZERS.items() if any(p.name == "lr" for p in rule.hyperparameters)]
OWN_RATE = {"newton", "saddle_free_newton", "lbfgs", "prodigy"}
OTHER_SETTINGS = (
    Entry(optimizer="adam", values={"lr": 0.1, "bias_correction": False}),
    Entry(optimizer="momentum", values={"lr": 0.005, "dampening": 0.3, "weight_decay": 0.1}),
    Entry(optimizer="rmsprop", values={"lr": 0.02, "centered": True, "momentum": 0.5}),
    Entry(optimizer="nadam", values={"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    Entry(optimizer="lookahead", values={"lr": 0.1, "base": "adam", "k": 3}),
    Entry(optimizer="sam", values={"lr": 0.01, "rho": 0.2, "adaptive": True, "momentum": 0.5}),
    Entry(optimizer="muon", values={"lr": 0.1, "nesterov": False, "ns_steps": 0}),
    Entry(optimizer="ademamix", values={"lr": 0.1, "t_alpha_beta3": 20}),
    Entry(optimizer="prodigy", values={"d0": 1e-3, "bias_correction": True}),
    Entry(optimizer="schedule_free_adamw", values={"lr": 0.1, "warmup_steps": 10, "weight_decay": 0.01}),
    Entry(optimizer="conjugate_gradient", values={"formula": "fletcher_reeves"}),
    Entry(optimizer="coordinate_descent", values={"order": "greedy"}),
    Entry(optimizer="lbfgs", values={"line_search_fn": "strong_wolfe"}),
)
SHORT = {
    "step": {"step_size": 6},
    "multistep": {"milestone1": 5, "milestone2": 12},
    "cosine_restarts": {"T_0": 4, "T_mult": 2},
    "cyclical": {"step_size_up": 3},
    "reduce_on_plateau": {"patience": 1, "factor": 0.5},
}


def everybody(landscape: str, start: tuple[float, float], noise: float) -> Race:
    entries = tuple(
        Entry(optimizer=key, values={"lr": 0.01} if key in HAS_RATE and key not in OWN_RATE else {})
        for key in OPTIMIZERS
    )
    return Race(landscape=LANDSCAPES[landscape], entries=entries, start=start, steps=40, noise=noise, seed=5)


def scheduled(optimizer: str) -> Race:
    entries = tuple(
        Entry(optimizer=optimizer, values={"lr": 0.05}, schedule=key, schedule_values=SHORT.get(key, {}), warmup=warmup)
        for key in SCHEDULES
        for warmup in ((0,) if key == "linear_warmup" else (0, 5, 40))
    )
    return Race(landscape=LANDSCAPES["elongated_bowl"], entries=entries, start=(2.0, 1.0), steps=25, noise=0.1)


def hostile() -> RaceResult:
    result = valley()
    landscape = replace(result.race.landscape, name='"""\nraise SystemExit(9)\n\'\\ # \u2028')
    lanes = (replace(result.lanes[0], label='x\', None), (raise_ := 1/0, \'\n"""'), *result.lanes[1:])
    return RaceResult(race=replace(result.race, landscape=landscape), lanes=lanes)


RACES = {
    "all with noise": lambda: run_race(everybody("himmelblau", (0.3, -1.0), 0.3)),
    "all without noise": lambda: run_race(everybody("elongated_bowl", (2.0, 1.3), 0.0)),
    "other settings": lambda: run_race(
        Race(landscape=LANDSCAPES["himmelblau"], entries=OTHER_SETTINGS, start=(0.3, -1.0), steps=40, noise=0.1)
    ),
    "schedules of torch's rules": lambda: run_race(scheduled("adam")),
    "schedules of carried rules": lambda: run_race(scheduled("lion")),
    "divergence and hostile names": hostile,
}

DRIVER = """
import contextlib, io, json, runpy, sys
*others, last = sys.argv[1:]
for path in [*others, last]:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        namespace = runpy.run_path(path, run_name="__main__" if path == last else "script")
    ends = [[label, *namespace["run"](*makers)] for label, *makers in namespace["RACE"]]
    print(json.dumps([shown.getvalue(), [[label, path[-1], diverged] for label, path, diverged in ends]]))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RaceResult, str, list]]:
    """Every race's script, all run by one Python process with warnings as errors."""
    import json

    folder = tmp_path_factory.mktemp("scripts")
    results = {name: make() for name, make in RACES.items()}
    files = []
    for i, result in enumerate(results.values()):
        files.append(folder / f"race_{i}.py")
        files[-1].write_text(pytorch_script(result), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DRIVER, *map(str, files)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: (result, *answer) for (name, result), answer in zip(results.items(), answers, strict=True)}


@pytest.mark.parametrize("name", [name for name in RACES if name != "divergence and hostile names"])
def test_the_script_ends_where_the_race_ended(name: str, ran: dict) -> None:
    result, _, ends = ran[name]
    for lane, (label, end, diverged) in zip(result.lanes, ends, strict=True):
        assert label == lane.label
        assert diverged is None, label
        assert end == pytest.approx(lane.trajectory.points[-1].tolist(), rel=1e-8, abs=1e-8), label


def test_a_diverging_lane_stops_at_its_last_finite_point_and_says_so(ran: dict) -> None:
    result, shown, ends = ran["divergence and hostile names"]
    assert [diverged for _, _, diverged in ends] == [None, 7, None, None]
    assert ends[1][1] == pytest.approx(result.lanes[1].trajectory.points[-1].tolist(), rel=1e-8)
    assert "it diverges at step 7" in shown


def test_names_of_a_user_enter_as_quoted_text_only(ran: dict) -> None:
    result, shown, ends = ran["divergence and hostile names"]
    assert ends[0][0] == result.lanes[0].label
    assert result.race.landscape.name in shown


def test_the_script_uses_torchs_class_where_there_is_one_and_carries_only_what_it_needs() -> None:
    text = pytorch_script(valley())
    assert "torch.optim.SGD(points, lr=0.01" in text
    assert "torch.optim.Adam(points, lr=0.1" in text
    functions = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    assert "newton" in functions
    assert not functions & {"strong_wolfe", "lion", "advance", "adam_averages"}
    assert "numpy" not in text


def test_a_rule_beside_its_formula_is_torchs_call_or_a_function() -> None:
    line = pytorch_line(Entry(optimizer="adamw", values={"lr": 0.02}))
    assert line == "torch.optim.AdamW(model.parameters(), lr=0.02, eps=1e-08, weight_decay=0.01, betas=(0.9, 0.999))"
    for key in OPTIMIZERS:
        ast.parse(pytorch_line(Entry(optimizer=key)))
    assert pytorch_line(Entry(optimizer="lion")).startswith("def lion(")
    with pytest.raises(ValueError, match="optimizer was given 'sgdd'; allowed is one of sgd, momentum"):
        pytorch_line(Entry(optimizer="sgdd"))


FORMULAS = (
    "3",
    "x",
    "-x**-2*-3*y",
    "2**x - exp(-y)/3",
    "(x*x)**0.3 + 1/3 - pi*e",
    "sin(1)*x/(y*y + 1)/2",
    "x - (y - 1) - (-2)*-x",
    "-(x + y)**2",
    "sqrt(x^2 + y^2) + abs(x - 1)",
    "10**30*x - y/7/x",
    "x**y*tanh(x) - -3",
)


@pytest.mark.parametrize("name", [*LANDSCAPES, *FORMULAS])
def test_the_landscape_in_torch_has_the_same_values_and_gradients(name: str) -> None:
    import torch

    landscape = LANDSCAPES[name] if name in LANDSCAPES else parse_formula(name)
    namespace: dict[str, Any] = {"math": math, "torch": torch}
    exec(torch_function(landscape.expression), namespace)
    (x_low, x_high), (y_low, y_high) = landscape.domain
    points = np.random.default_rng(1).uniform((x_low, y_low), (x_high, y_high), (25, 2))
    points = np.concatenate([points[np.isfinite(landscape.value(points))], np.array(landscape.minima).reshape(-1, 2)])
    for point in points:
        tensor = torch.tensor(point, dtype=torch.float64, requires_grad=True)
        value = namespace["f"](tensor)
        value.backward()
        assert value.item() == pytest.approx(float(landscape.value(point)), rel=1e-10, abs=1e-9)
        assert tensor.grad is not None
        assert tensor.grad.numpy() == pytest.approx(landscape.gradient(point), rel=1e-8, abs=1e-7)


def test_the_carried_rules_are_written_for_every_optimizer_that_torch_lacks() -> None:
    source = (Path(__file__).parents[2] / "exports" / "torch_rules.py").read_text(encoding="utf-8")
    names = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert {key for key, rule in OPTIMIZERS.items() if rule.torch is None} <= names
