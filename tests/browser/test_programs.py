"""The programs of rules and schedules, run by the browser, move as ``descend`` does; what is no program is refused."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Page

from figures.frontend import joined_modules
from landscapes import LANDSCAPES, Landscape
from landscapes.compile import MovingCodes
from optimizers import OPTIMIZERS, SCHEDULES, Batches, Hyperparameter, PathProgram, Trajectory, descend, path_program
from optimizers.meter import noise_tilts

ROWS = ("least_squares", "logistic", "sigmoid_squared")
SURFACES = ("rosenbrock", "elongated_bowl", "himmelblau", "beale", "rastrigin", "monkey_saddle", *ROWS)
STEPS = 40
MODULES = joined_modules("race/live.js")
RUN = """
function asText(numbers) {
  let text = "";
  for (const byte of new Uint8Array(Float64Array.from(numbers).buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
function run({ jobs, steps, compiling }) {
  return jobs.map(({ program, surface, start, tilts, given, batches }) => {
    const runner = laneRunner(program, surface, compiling, Boolean(batches));
    given = { ...given, batches: batches && new Batches(batches) };
    const size = Object.values(program.memory).reduce((sum, each) => sum + each, 0);
    const out = runner.path(start, pathRoom(steps, size), { ...given, tilts });
    const columns = [out.x, out.y, out.value, out.rate, out.evaluations, ...out.memory];
    return asText([out.diverged, ...columns.flatMap((each) => [...each])]);
  });
}
// After a moment of its own: what Playwright calls itself may compile whatever the page's policy says.
function later(act) {
  return new Promise((done, failed) => setTimeout(() => { try { done(act()); } catch (problem) { failed(problem); } }));
}
function compiles() {
  try { return Boolean(new Function("return 1")); } catch { return false; }
}
"""
BATCHES = [
    Batches(rows=100, size=size, seed=seed, replacement=replacement)
    for size, seed, replacement in (
        (1, 0, False),
        (7, 2**31 - 1, False),
        (32, 5, True),
        (100, 1, True),
        (100, 1, False),
    )
]
PAGE = "<!doctype html>{policy}<title>programs</title><script>{script}</script>"
FORBIDDEN = '<meta http-equiv="Content-Security-Policy" content="script-src \'unsafe-inline\'">'


def codes_of(landscape: Landscape) -> dict[str, Any]:
    codes = landscape.codes
    rows = landscape.rows and landscape.rows.as_lists
    return {"value": codes.value, "gradient": codes.gradient, "hessian": codes.hessian, "rows": rows}


@dataclass(frozen=True)
class Walk:
    """A lane and its path, and those from the start moved by one unit in the last place."""

    name: str
    program: PathProgram
    landscape: Landscape
    trajectory: Trajectory
    tilts: np.ndarray | None

    def job(self) -> dict[str, Any]:
        return {
            "program": asdict(self.program),
            "surface": {"codes": codes_of(self.landscape)},
            "start": self.trajectory.points[0, 0].tolist(),
            "tilts": None if self.tilts is None else self.tilts.T.tolist(),
            "given": {},
        }


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE.format(policy="", script=MODULES + RUN))
        yield page


def ran(page: Page, jobs: list[dict[str, Any]], steps: int = STEPS, compiling: bool = True) -> list[np.ndarray]:
    """(diverged, x, y, value, rate, evaluations, memory) of each job, one after another."""
    texts = page.evaluate("(given) => later(() => run(given))", {"jobs": jobs, "steps": steps, "compiling": compiling})
    return [np.frombuffer(base64.b64decode(text)) for text in texts]


def drawn(parameter: Hyperparameter, rng: np.random.Generator) -> Any:
    if parameter.kind == "bool":
        return bool(rng.integers(2))
    if parameter.kind == "choice":
        return parameter.choices[rng.integers(len(parameter.choices))]
    if parameter.kind == "int":
        return int(rng.integers(int(parameter.low), int(min(parameter.high, 40)) + 1))
    if parameter.slider_stops:
        return float(rng.choice(parameter.slider_stops))
    return float(rng.uniform(parameter.low, parameter.high))


def walks(surface: str) -> list[Walk]:
    """Every rule that has a program with every schedule, half of them warmed up, half with noise."""
    landscape, rng, made = LANDSCAPES[surface], np.random.default_rng(len(surface)), []
    start = np.array(landscape.start)
    near = np.stack([start, np.nextafter(start, np.inf), np.nextafter(start, -np.inf)])
    for key, rule in OPTIMIZERS.items():
        for name, schedule in SCHEDULES.items():
            chosen = schedule.choose(**{p.name: drawn(p, rng) for p in schedule.hyperparameters})
            if rng.random() < 0.5:
                chosen = SCHEDULES["linear_warmup"].choose(then=chosen, total_iters=int(rng.integers(1, 30)))
            values = {p.name: drawn(p, rng) for p in rule.hyperparameters if p.name == "lr" or rng.random() < 0.5}
            noise = float(rng.choice([0.0, 0.2]))
            hyper = {**rule.defaults(), **values}
            has_rate = "lr" in hyper
            program = path_program(rule, hyper, schedule=chosen if has_rate else None, steps=STEPS, noisy=bool(noise))
            if program is None:
                break
            trajectory = descend(
                landscape, rule, start=near, steps=STEPS, schedule=chosen if has_rate else None, noise=noise, **values
            )
            tilts = noise_tilts(noise, 0, STEPS) if noise else None
            made.append(Walk(f"{key}, {name}", program, landscape, trajectory, tilts))
    return made


def trusted(trajectory: Trajectory) -> int:
    """How many entries of a path come before it has made more of one unit in the last place of its start."""
    points = trajectory.points
    with np.errstate(all="ignore"):
        apart = np.abs(points[:, 1:] - points[:, :1]).max((1, 2))
        size = np.abs(points[:, 0]).max(1)
        amplified = ~(apart <= 1e-14 * np.maximum(size, np.abs(points[0]).max()))
    ends = [int(amplified.argmax())] if amplified.any() else []
    ends += [int(first) for first in trajectory.first_nonfinite if first >= 0]
    return min([len(points), *ends])


def rounding(landscape: Landscape) -> float:
    """What a mean may lose where the rows' parts cancel: a unit in the last place of the largest, once for each row."""
    rows = landscape.rows
    return 0.0 if rows is None else float(len(rows) * np.finfo(np.float64).eps * np.square(rows.table).max())


@pytest.mark.parametrize("surface", SURFACES)
def test_the_browser_moves_points_as_descend_does(page: Page, surface: str):
    made = walks(surface)
    assert len({walk.name.partition(",")[0] for walk in made}) >= 28
    compared = 0
    for walk, numbers in zip(made, ran(page, [walk.job() for walk in made]), strict=True):
        x, y, value, rate, evaluations, *memory = numbers[1:].reshape(-1, STEPS + 1)
        path, length = walk.trajectory, trusted(walk.trajectory)
        compared += length
        points = path.points[:length, 0]
        scale = max(1.0, np.abs(points).max())
        message = f"{walk.name} on {surface}, {length} entries"
        np.testing.assert_allclose(np.stack([x, y], -1)[:length], points, rtol=0, atol=1e-12 * scale, err_msg=message)
        if length == STEPS + 1:
            assert numbers[0] == -1, message
            np.testing.assert_array_equal(evaluations, path.evaluations[:, 0], err_msg=message)
            np.testing.assert_allclose(rate, path.rates[:, 0], rtol=1e-12, atol=1e-300, err_msg=message)
            np.testing.assert_allclose(value[0], path.values[0, 0], rtol=1e-14, err_msg=message)
            columns = [state[:, 0].reshape(STEPS + 1, -1) for state in path.states.values()]
            for mine, own in zip(memory, np.concatenate(columns, 1).T if columns else (), strict=False):
                near = 1e-10 * np.abs(own).max() + rounding(walk.landscape)
                np.testing.assert_allclose(mine, own, rtol=1e-10, atol=near, err_msg=message)
    assert compared >= 0.5 * len(made) * (STEPS + 1)


def job(rule: str = "adam", surface: str = "rosenbrock", steps: int = STEPS, **given: Any) -> dict[str, Any]:
    landscape, optimizer = LANDSCAPES[surface], OPTIMIZERS[rule]
    program = path_program(optimizer, optimizer.defaults(), steps=steps)
    assert program is not None
    codes: MovingCodes = landscape.moving_codes
    return {
        "program": asdict(program),
        "surface": {
            "codes": {**asdict(codes), "rows": landscape.rows and landscape.rows.as_lists},
            "parameters": {name: landscape.parameters[name] for name in landscape.moving},
        },
        "start": list(landscape.start),
        "tilts": None,
        "given": given,
    }


def test_where_compiling_is_forbidden_the_same_is_done_step_by_step(browser: Browser, page: Page):
    jobs = [job(key) for key in ("sgd", "nadam", "lookahead", "prodigy", "saddle_free_newton")]
    jobs += [job(key, surface) for key in ("adam", "newton") for surface in ROWS]
    with browser.new_context() as context:
        strict = context.new_page()
        strict.set_content(PAGE.format(policy=FORBIDDEN, script=MODULES + RUN))
        assert not strict.evaluate("later(compiles)")
        assert page.evaluate("later(compiles)")
        compiled, walked = ran(page, jobs), ran(strict, jobs)
    for one, other, third in zip(compiled, walked, ran(page, jobs, compiling=False), strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, third)


def test_rates_and_parameters_move_without_another_program(page: Page):
    landscape = LANDSCAPES["elongated_bowl"].with_parameters(condition=60.0, rotation=25.0)
    moved = job("momentum", "elongated_bowl", inputs={"lr": 0.01}, parameters={"condition": 60.0, "rotation": 25.0})
    (numbers,) = ran(page, [moved])
    trajectory = descend(landscape, OPTIMIZERS["momentum"], start=moved["start"], steps=STEPS, lr=0.01)
    x, y, *_ = numbers[1:].reshape(-1, STEPS + 1)
    np.testing.assert_allclose(np.stack([x, y], -1), trajectory.points, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rate", [0.05, 1e100])
def test_a_path_that_diverges_stays_at_its_last_finite_entry(page: Page, rate: float):
    (numbers,) = ran(page, [job("sgd", inputs={"lr": rate})])
    path = descend(LANDSCAPES["rosenbrock"], OPTIMIZERS["sgd"], start=job()["start"], steps=STEPS, lr=rate)
    x, y, value, rates, evaluations = numbers[1:].reshape(-1, STEPS + 1)
    assert numbers[0] == path.first_nonfinite > 0
    for mine, own in ((x, path.points[:, 0]), (y, path.points[:, 1]), (value, path.values), (rates, path.rates)):
        np.testing.assert_allclose(mine, own, rtol=1e-9)
    np.testing.assert_array_equal(evaluations, path.evaluations)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": ["x", "y", "alert(1)"]}, "holds alert(1)"),
        ({"step": ["x", "y", "constructor"]}, "holds constructor"),
        ({"step": ["x", "y", "@other"]}, "holds @other"),
        ({"step": ["x", "y", "$0"]}, r"holds $0"),
        ({"step": ["x", "add"]}, "holds add"),
        ({"step": ["x", "y", ["x"]]}, "words and finite numbers only"),
        ({"step": ["x", "y", None]}, "words and finite numbers only"),
        ({"step": ["x", "y"]}, "leaves 2 results; it should leave"),
        ({"step": "x y"}, "a list of at most"),
        ({"step": ["x"] * 100_001}, "a list of at most 100000"),
        ({"init": ["@0"]}, "holds @0"),
        ({"memory": {"m": 1e9}}, "remembers 1000000000 numbers"),
        ({"step": ["x", *(word for i in range(40_001) for word in (float(i), "add"))]}, "more than 40000 operations"),
    ],
)
def test_what_is_no_program_is_refused(page: Page, change: dict[str, Any], said: str):
    hostile = job("momentum")
    hostile["program"] |= change
    with pytest.raises(Error) as problem:
        ran(page, [hostile])
    assert said in str(problem.value)


def test_a_surface_may_not_ask_itself(page: Page):
    hostile = job("sgd")
    hostile["surface"]["codes"]["gradient"] = ["x", "y", "dx", "y"]
    with pytest.raises(Error, match="holds dx"):
        ran(page, [hostile])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"names": ["a"], "columns": []}, "a name for each column"),
        ({"names": ["a"], "columns": [{"length": "alert(1)"}]}, "rows of finite numbers"),
        ({"names": ["a"], "columns": [["alert(1)"]]}, "rows of finite numbers"),
        ({"names": ["a", "b"], "columns": [[1.0], [1.0, 2.0]]}, "rows of finite numbers"),
        ({"names": ["a"], "columns": [[1.0] * 1001]}, "1 to 1000 rows"),
        ({"names": ["a"], "columns": [[]]}, "1 to 1000 rows"),
        ({"names": ["q"], "columns": [[1.0]]}, "holds @a"),
    ],
)
def test_rows_that_are_none_are_refused(page: Page, rows: dict[str, Any], said: str):
    hostile = job("sgd", "logistic")
    hostile["surface"]["codes"]["rows"] = rows
    with pytest.raises(Error, match=said):
        ran(page, [hostile])


def test_a_block_for_each_row_is_no_result(page: Page):
    hostile = job("sgd", "logistic")
    hostile["surface"]["codes"]["value"] = ["@a", "x", "mul"]
    with pytest.raises(Error, match="leaves a block for each row"):
        ran(page, [hostile])


@pytest.mark.parametrize("batches", BATCHES, ids=lambda each: f"{each.size}{'r' * each.replacement}")
@pytest.mark.parametrize("compiling", [True, False])
def test_batches_are_those_of_descend(page: Page, batches: Batches, compiling: bool):
    landscape = LANDSCAPES["logistic"]
    rules = ("sgd", "adam", "nesterov", "sam", "lookahead", "newton") if compiling else ("sgd", "sam")
    jobs = [job(rule, "logistic") | {"batches": asdict(batches)} for rule in rules]
    for rule, numbers in zip(rules, ran(page, jobs, compiling=compiling), strict=True):
        path = descend(landscape, OPTIMIZERS[rule], start=landscape.start, steps=STEPS, batches=batches)
        x, y, value, _, evaluations, *_ = numbers[1:].reshape(-1, STEPS + 1)
        length = int(path.first_nonfinite) if rule == "newton" and path.first_nonfinite >= 0 else STEPS + 1
        near: Any = {"rtol": 1e-9, "atol": 1e-9}
        np.testing.assert_allclose(np.stack([x, y], -1)[:length], path.points[:length], err_msg=rule, **near)
        np.testing.assert_allclose(value[:length], path.values[:length], err_msg=rule, **near)
        np.testing.assert_array_equal(evaluations[:length], path.evaluations[:length])


@pytest.mark.parametrize("surface", ["least_squares", "logistic"])
def test_a_lean_walk_over_rows_has_the_same_points_and_memory(page: Page, surface: str):
    rules = ("sgd", "momentum", "nesterov", "adam", "sam", "lookahead", "prodigy", "newton")
    whole = [job(rule, surface) for rule in rules]
    whole += [each | {"batches": asdict(batches)} for batches in BATCHES for each in whole[:6]]
    whole += [walk.job() for walk in walks(surface)[:26]]  # with schedules, one of which watches the loss
    lean = [each | {"given": {"lean": True}} for each in whole]
    left_out = 0
    for one, other in zip(ran(page, whole), ran(page, lean), strict=True):
        assert one[0] == other[0]
        columns, others = (numbers[1:].reshape(-1, STEPS + 1) for numbers in (one, other))
        np.testing.assert_array_equal(np.delete(columns, 2, 0), np.delete(others, 2, 0))
        left_out += not np.array_equal(columns[2], others[2], equal_nan=True)
    assert left_out >= len(rules)


def test_names_never_reach_what_is_compiled(page: Page):
    name = "lr;window.broken=1;//"
    odd = json.loads(json.dumps(job("sgd")).replace('"lr"', json.dumps(name)).replace('"@lr"', json.dumps(f"@{name}")))
    (numbers,) = ran(page, [odd])
    (usual,) = ran(page, [job("sgd")])
    np.testing.assert_array_equal(numbers, usual)
    assert page.evaluate("window.broken === undefined")


_NESTED = {  # one select within another, and one that waits for another of its condition: no blocks then
    "value": [
        *("x", "@a", "mul", "=z", 0.0, "lt", "=c"),
        *("$z", -1.0, "lt", "$z", "exp", "$z", "$z", "mul", "select"),
        *(1.0, "$z", "$z", "mul", "add", "log", "select", "=first"),
        *("$c", "$first", "$z", "exp", "add", "y", "$z", "cos", "mul", "select", "add", "mean"),
    ],
    "rows": {"names": ["a"], "columns": [[-2.0, -0.5, 0.0, 0.25, 3.0]]},
}


@pytest.mark.parametrize("key", [*ROWS, "nested"])
def test_what_one_side_of_a_select_needs_is_worked_out_there_alone_to_the_same_bits(page: Page, key: str):
    surface: dict[str, Any] = _NESTED
    if key != "nested":
        codes, rows = LANDSCAPES[key].codes, LANDSCAPES[key].rows
        assert rows is not None
        surface = {"value": codes.value, "gradient": codes.gradient, "rows": rows.as_lists}
    points = np.random.default_rng(5).normal(scale=4.0, size=(200, 2)).tolist()
    compiled, walked, sides = page.evaluate(
        """({ surface, points }) => {
            const assembly = new Assembly(surface);
            const at = [assembly.input(), assembly.input()];
            const words = surface.gradient ? ["value", "dx", "dy"] : ["value"];
            const outputs = words.map((word) => assembly.ask(word, ...at));
            const told = [true, false].map((compiling) => {
                const run = assembly.kernel(outputs, compiling);
                return points.map((point) => {
                    const out = new Float64Array(outputs.length);
                    run(Float64Array.from(point), out);
                    return [...new BigUint64Array(out.buffer)].map(String);
                });
            });
            const loops = assembly.steps(assembly.order(outputs)).filter((step) => typeof step !== "number");
            const text = loops.map((loop) => assembly.loop(loop, (node) => `t${node}`)).join();
            return [...told, text.split("} else {").length - 1];
        }""",
        {"surface": surface, "points": points},
    )
    assert compiled == walked
    assert bool(sides) == (key in ("logistic", "sigmoid_squared"))
