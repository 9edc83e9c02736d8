"""The exported script, run by a Python that knows nothing of this project, makes the race's own paths."""

from __future__ import annotations

import ast
import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.race.race import run_race
from experiments.race.types import Entry, Lane, Race, RaceResult
from exports.code_layout import quoted
from exports.race_script import python_script, rule_code
from exports.torch_calls import torch_call
from exports.torch_formula import torch_function
from landscapes import LANDSCAPES, LINES, parse_formula
from optimizers import OPTIMIZERS, SCHEDULES, ChosenSchedule, Optimizer, descend
from tests.exports import made_up_rules
from tests.figures.races import valley

HAS_RATE = [key for key, rule in OPTIMIZERS.items() if any(p.name == "lr" for p in rule.hyperparameters)]
OWN_RATE = {"newton", "saddle_free_newton", "lbfgs", "prodigy"}
OTHER_SETTINGS = (
    Entry(optimizer="adam", values={"lr": 0.1, "bias_correction": False}),
    *(
        Entry(optimizer=key, values={"lr": 0.05, "eps": 0.1, "eps_place": place})
        for key, place in (
            ("adam", "inside"),
            ("adam_l2", "uncorrected"),
            ("adamw", "inside"),
            ("amsgrad", "uncorrected"),
            ("adagrad", "inside"),
            ("rmsprop", "inside"),
            ("adamax", "outside"),
            ("radam", "outside"),
        )
    ),
    Entry(optimizer="adamw", values={"lr": 0.05, "bias_correction": False}),
    Entry(optimizer="rmsprop", values={"lr": 0.02, "bias_correction": True, "centered": True}),
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
    "one_cycle": {"pct_start": 0.04},  # of 25 steps: PyTorch would divide by zero
    "reduce_on_plateau": {"patience": 1, "factor": 0.5},
}
HOSTILE = (
    '"""\nraise SystemExit(9)\n\'\\ # \u2028',
    'x\', None), (raise_ := 1/0, \'\n"""',
    "\u2028raise SystemExit(9)\u2029raise SystemExit(9)\x85raise SystemExit(9)\x0b\x0c\r\x1c\x1d\x1e",
    "\\",
    "\\'",
    '\\"',
    "'\"\\\n{0!r}%s{STEPS}\ud800\x00\u202e",
)


def everybody(landscape: str, start: tuple[float, float], noise: float) -> Race:
    entries = tuple(
        Entry(optimizer=key, values={"lr": 0.01} if key in HAS_RATE and key not in OWN_RATE else {})
        for key in OPTIMIZERS
    )
    return Race(landscape=LANDSCAPES[landscape], entries=entries, start=start, steps=40, noise=noise, seed=5)


def in_batches() -> Race:
    """Rules of PyTorch's and our own on batches, drawn and shuffled, on a schedule, and one that sees all rows."""
    entries = (
        Entry(optimizer="sgd", values={"lr": 0.1}, batch=1),
        Entry(optimizer="adam", values={"lr": 0.1}, batch=30, draw="replaced", schedule="cosine", warmup=3),
        Entry(optimizer="lion", values={"lr": 0.05}, batch=32, schedule="reduce_on_plateau"),
        Entry(optimizer="sam", values={"lr": 0.1}, batch=7, draw="replaced"),
        Entry(optimizer="lbfgs", batch=50),
        Entry(optimizer="momentum", values={"lr": 0.05}),
    )
    landscape = LANDSCAPES["least_squares"].with_parameters(data="iris", inputs="one_feature", l1=0.1)
    return Race(landscape=landscape, entries=entries, start=(2.0, -1.0), steps=40, seed=17)


def scheduled(optimizer: str) -> Race:
    entries = tuple(
        Entry(optimizer=optimizer, values={"lr": 0.05}, schedule=key, schedule_values=SHORT.get(key, {}), warmup=warmup)
        for key in SCHEDULES
        for warmup in ((0,) if key == "linear_warmup" else (0, 5, 40))
    )
    return Race(landscape=LANDSCAPES["elongated_bowl"], entries=entries, start=(2.0, 1.0), steps=25, noise=0.1)


def on_a_schedule() -> Race:
    """Every rule that has a rate, with a warm-up and a cosine."""
    entries = tuple(
        Entry(optimizer=key, values={} if key in OWN_RATE else {"lr": 0.02}, schedule="cosine", warmup=4)
        for key in HAS_RATE
    )
    return Race(landscape=LANDSCAPES["elongated_bowl"], entries=entries, start=(2.0, 1.0), steps=25, noise=0.05)


def without_torch(result: RaceResult) -> RaceResult:
    """The same race, if PyTorch had none of its rules."""
    lanes = []
    for lane in result.lanes:
        rule = replace(lane.trajectory.optimizer, torch=None, torch_arguments=None)
        lanes.append(replace(lane, trajectory=replace(lane.trajectory, optimizer=rule)))
    return replace(result, lanes=tuple(lanes))


def hostile() -> RaceResult:
    result = valley()
    landscape = replace(result.race.landscape, name=HOSTILE[0])
    lanes = (replace(result.lanes[0], label=HOSTILE[1]), *result.lanes[1:])
    return RaceResult(race=replace(result.race, landscape=landscape), lanes=lanes)


def made_up(*rules: Optimizer, noise: float = 0.0, schedule: ChosenSchedule | None = None) -> RaceResult:
    """A race of rules that no catalogue knows."""
    landscape, start, steps = LANDSCAPES["himmelblau"], (0.3, -1.0), 30
    lanes = [
        Lane(
            entry=Entry(optimizer=rule.key),
            label=rule.name,
            trajectory=descend(landscape, rule, start=start, steps=steps, noise=noise, seed=3, schedule=schedule),
        )
        for rule in rules
    ]
    entries = tuple(lane.entry for lane in lanes)
    race = Race(landscape=landscape, entries=entries, start=start, steps=steps, noise=noise, seed=3)
    return RaceResult(race=race, lanes=tuple(lanes))


def own_formula() -> RaceResult:
    landscape = parse_formula("min(x^2, abs(y) + 1) + 0.1*(x - y)**4 + sqrt(x*x + y*y)/3")
    entries = tuple(Entry(optimizer=key) for key in ("adam", "lion", "newton", "bfgs"))
    return run_race(Race(landscape=landscape, entries=entries, start=(1.5, 1.0), steps=30, noise=0.05))


def on_a_line(*rules: str) -> RaceResult:
    entries = tuple(Entry(optimizer=key) for key in rules)
    return run_race(Race(landscape=LINES["quartic"], entries=entries, start=(1.7, 0.0), steps=20))


RACES: dict[str, Callable[[], RaceResult]] = {
    "all with noise": lambda: run_race(everybody("himmelblau", (0.3, -1.0), 0.3)),
    "all without noise": lambda: run_race(everybody("elongated_bowl", (2.0, 1.3), 0.0)),
    "all by their own functions, with noise": lambda: without_torch(
        run_race(everybody("himmelblau", (0.3, -1.0), 0.3))
    ),
    "all by their own functions": lambda: without_torch(run_race(everybody("rosenbrock", (-1.5, 2.0), 0.0))),
    "other settings": lambda: run_race(
        Race(landscape=LANDSCAPES["himmelblau"], entries=OTHER_SETTINGS, start=(0.3, -1.0), steps=40, noise=0.1)
    ),
    "schedules of torch's rules": lambda: run_race(scheduled("adam")),
    "schedules of carried rules": lambda: run_race(scheduled("lion")),
    "every rule on a schedule": lambda: run_race(on_a_schedule()),
    "every rule on a schedule, by its own functions": lambda: without_torch(run_race(on_a_schedule())),
    "a schedule that PyTorch lacks and that watches the value": lambda: made_up(
        OPTIMIZERS["adam"],
        OPTIMIZERS["lion"],
        noise=0.1,
        schedule=SCHEDULES["linear_warmup"].choose(
            total_iters=3,
            then=replace(SCHEDULES["reduce_on_plateau"], torch=None, torch_arguments=None).choose(patience=0),
        ),
    ),
    "a formula of one's own": own_formula,
    "made up": lambda: made_up(*made_up_rules.RULES, noise=0.1),
    "PyTorch's alone": lambda: run_race(
        replace(valley().race, entries=valley().race.entries[:3:2], start=(0.5, 1.0), noise=0.2)
    ),
    "rows": lambda: run_race(everybody("logistic", (1.0, -1.0), 0.0)),
    "rows in batches": lambda: run_race(in_batches()),
    "rows in batches, with noise and by their own functions": lambda: without_torch(
        run_race(replace(in_batches(), noise=0.1))
    ),
    "on a line": lambda: on_a_line("sgd", "newton"),
    "on a line, PyTorch's alone": lambda: on_a_line("sgd"),
    "divergence and hostile names": hostile,
}

PRINTED = ("on a line", "on a line, PyTorch's alone", "divergence and hostile names")
"""Whose scripts are run to their last lines, too."""

DRIVER = """
import contextlib, io, json, runpy, sys
class Ours:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OURS:
            raise AssertionError(name)
sys.meta_path.insert(0, Ours())
for path in sys.argv[1:]:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        namespace = runpy.run_path(path, run_name="__main__" if path.endswith("_main.py") else "script")
    print(json.dumps([shown.getvalue(), [[label, *run()] for label, run in namespace["RACE"]]]))
"""
OURS = ["app", "experiments", "exports", "figures", "hyperparameters", "landscapes", "networks"]
OURS += ["numerals", "optimizers", "pages", "programs", "settings", "tests", "trainers", "widgets"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[RaceResult, str, list]]:
    """Every race's script, all run by one isolated Python process, elsewhere, with warnings as errors."""
    folder = tmp_path_factory.mktemp("scripts")
    results = {name: make() for name, make in RACES.items()}
    (folder / "driver.py").write_text(DRIVER.replace("OURS:", f"{OURS}:"), encoding="utf-8")
    files = []
    for i, (name, result) in enumerate(results.items()):
        files.append(folder / f"race_{i}{'_main' if name in PRINTED else ''}.py")
        files[-1].write_text(python_script(result), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "driver.py", *map(str, files)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {name: (result, *answer) for (name, result), answer in zip(results.items(), answers, strict=True)}


@pytest.mark.parametrize("name", [name for name in RACES if name != "divergence and hostile names"])
def test_the_script_makes_the_path_of_the_race(name: str, ran: dict) -> None:
    result, _, lanes = ran[name]
    assert len(lanes) == len(result.lanes)
    for lane, (label, path, diverged) in zip(result.lanes, lanes, strict=True):
        assert label == lane.label
        trajectory, first = lane.trajectory, int(lane.trajectory.first_nonfinite)
        assert diverged == (None if first < 0 else first), label
        points, expected = np.array(path), trajectory.points[:diverged]
        assert points.shape == expected.shape, label
        if torch_call(trajectory.optimizer, trajectory.hyperparameters) is None:
            np.testing.assert_array_equal(points, expected, err_msg=label)
        else:
            np.testing.assert_allclose(points, expected, rtol=1e-9, atol=1e-9, err_msg=label)
    assert sum(diverged is None for *_, diverged in lanes) > 0.6 * len(lanes)


def test_a_diverging_lane_stops_at_its_last_finite_point_and_says_so(ran: dict) -> None:
    result, shown, lanes = ran["divergence and hostile names"]
    assert [diverged for *_, diverged in lanes] == [None, 7, None, None]
    assert lanes[1][1][-1] == pytest.approx(result.lanes[1].trajectory.points[-1].tolist(), rel=1e-8)
    assert "it diverges at step 7" in shown


@pytest.mark.parametrize("name", ["on a line", "on a line, PyTorch's alone"])
def test_a_race_on_a_line_prints_one_number_a_point(name: str, ran: dict) -> None:
    result, shown, _ = ran[name]
    first, *lines = shown.splitlines()
    assert first == "Quartic: 20 steps from 1.7"
    for line, lane in zip(lines, result.lanes, strict=True):
        place = float(line.removeprefix(f"{lane.label}: f(").partition(") = ")[0])
        assert place == pytest.approx(lane.trajectory.points[-1, 0], rel=1e-12)


def test_names_of_a_user_enter_as_quoted_text_only(ran: dict) -> None:
    result, shown, lanes = ran["divergence and hostile names"]
    assert lanes[0][0] == result.lanes[0].label
    assert result.race.landscape.name in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_formula_or_link_leaves_its_string_or_comment(text: str) -> None:
    def script(name: str, address: str) -> str:
        result = valley()
        landscape = replace(result.race.landscape, name=name)
        lanes = tuple(replace(lane, label=name) for lane in result.lanes)
        return python_script(RaceResult(race=replace(result.race, landscape=landscape), lanes=lanes), address)

    plain, attacked = script("plain", "https://a/?x=plain"), script(text, f"https://a/?x={text}")
    texts = [node for node in ast.walk(ast.parse(attacked)) if isinstance(node, ast.Constant) and node.value == text]
    assert len(texts) == 1 + len(valley().lanes)
    for node in texts:
        node.value = "plain"
    assert ast.dump(ast.parse(plain)) == ast.dump(_without_places(attacked, text))
    heads = [script.split("import math")[0].splitlines() for script in (plain, attacked)]
    assert len(heads[0]) == len(heads[1])
    assert all(line.isascii() and line.isprintable() for line in heads[1])


def _without_places(script: str, text: str) -> ast.Module:
    tree = ast.parse(script)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == text:
            node.value = "plain"
    return tree


@given(st.text())
def test_a_quoted_text_is_one_line_and_reads_back(text: str) -> None:
    assert len(quoted(text).splitlines()) == 1
    assert ast.literal_eval(quoted(text)) == text


def test_the_script_uses_torchs_class_where_there_is_one_and_carries_only_what_it_needs() -> None:
    text = python_script(valley())
    assert "torch.optim.SGD(points, lr=0.01" in text
    assert "torch.optim.Adam(points, lr=0.1" in text
    functions = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    assert "newton" in functions
    assert not functions & {"strong_wolfe", "lion", "advance", "averages"}
    alone = python_script(replace(valley(), lanes=valley().lanes[:3]))
    assert "numpy" not in alone
    assert "loss.backward()" in alone
    assert "torch" not in python_script(replace(valley(), lanes=valley().lanes[3:])).replace("run_torch", "")


def test_a_script_has_the_link_of_its_race_and_lines_that_can_be_read() -> None:
    address = "https://lab.example/descent?surface=rosenbrock&o1=sgd"
    text = python_script(without_torch(run_race(scheduled("adam"))), address)
    assert f"\n# The same race, to play with: {address}\n" in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_a_rule_in_torch_is_the_call_of_its_class() -> None:
    rule = OPTIMIZERS["adamw"]
    call = torch_call(rule, rule.defaults() | {"lr": 0.02})
    assert call == "torch.optim.AdamW(model.parameters(), lr=0.02, eps=1e-08, weight_decay=0.01, betas=(0.9, 0.999))"
    assert torch_call(OPTIMIZERS["lion"], OPTIMIZERS["lion"].defaults()) is None
    assert torch_call(OPTIMIZERS["muon"], OPTIMIZERS["muon"].defaults()) is None  # of matrices only
    adam = OPTIMIZERS["adam"]
    assert torch_call(adam, adam.defaults() | {"bias_correction": False}) is None


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_the_code_beside_a_formula_is_the_rules_own(key: str) -> None:
    code = rule_code(OPTIMIZERS[key])
    assert code is not None
    *_, last = ast.parse(code).body
    assert isinstance(last, ast.FunctionDef)
    assert last.name == key
    assert [argument.arg for argument in last.args.args][2:] == ["state", "hyper", "k"]
    own = {each for each in OPTIMIZERS[key].step.__code__.co_consts if isinstance(each, str) and each.isidentifier()}
    assert own <= set(ast.walk(last) and [n.value for n in ast.walk(last) if isinstance(n, ast.Constant)])


def test_the_code_of_a_rule_made_up_shows_what_it_is_made_of() -> None:
    codes = {rule.key: rule_code(rule) or "" for rule in made_up_rules.RULES}
    assert all(f"\ndef {key}(" in f"\n{codes[key]}" for key in ("factory", "decorated", "short"))
    assert codes["partial"].endswith("partial = functools.partial(plain, share=0.5)\n")
    assert "class Ball:" in codes["method"]
    assert "def __call__(self, objective" in codes["called"]


def test_a_rule_without_source_is_left_out_and_said() -> None:
    namespace: dict[str, Any] = {}
    exec(
        "def init(points, hyper):\n    return {}\ndef step(objective, points, state, hyper, k):\n    return points, {}",
        namespace,
    )
    typed = replace(made_up_rules.RULES[0], key="typed", name="Typed", init=namespace["init"], step=namespace["step"])
    assert rule_code(typed) is None
    for rules in ((typed,), (typed, made_up_rules.RULES[0])):
        tree = ast.parse(python_script(made_up(*rules)))
        assigned = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
        assert ast.literal_eval(assigned["LEFT_OUT"]) == ["Typed is left out: the source of init is not at hand."]
        assert len(list(ast.iter_child_nodes(assigned["RACE"]))) == len(rules)  # its context is a node, too


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


@pytest.mark.parametrize("name", [*(key for key, item in LANDSCAPES.items() if item.rows is None), *FORMULAS])
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
