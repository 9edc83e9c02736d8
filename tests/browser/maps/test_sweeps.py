"""The loops that maps are made of, in a real browser: they say of every start what is true of descend's path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from experiments.maps import End, Goal, axes_of, flat_slope, is_offered, path_ends, path_goals, rest_points
from figures.frontend import joined_modules
from landscapes import LANDSCAPES, Landscape, parse_formula
from optimizers import OPTIMIZERS, descend, path_program

STARTS, STEPS = 200, 150
SCRIPT = joined_modules("maps/worker.js").partition("let waiting")[0]
PAGE = "<!doctype html><title>sweeps</title><script>{script}</script>"
RUN = """
async ({ program, surface, inputs, steps, a, b, names, ends, goal, start, moving, walked }) => {
  const sweep = new Sweep(program, surface);
  const run = walked ? sweep.walked() : await sweep.compiled(moving);
  const slots = new Float64Array(3 + sweep.names.length);
  sweep.names.forEach((name, i) => { slots[3 + i] = inputs[name]; });
  if (start) [slots[0], slots[1]] = start;
  const [first, second] = names.map((name) => sweep.slot(name));
  const count = a.length;
  const out = { kind: new Int16Array(count), number: new Float64Array(count), value: new Float64Array(count) };
  const watch = ends ? new EndWatch(ends, slopeOf(surface)) : new GoalWatch(goal);
  run({ slots, first, second, a: Float64Array.from(a), b: Float64Array.from(b), count, steps }, watch, out);
  return { kind: [...out.kind], number: [...out.number], value: [...out.value].map(String) };
}"""
RATES = {"newton": 1.0, "saddle_free_newton": 1.0, "sgd": 0.01, "adadelta": 3.0, "prodigy": 1.0}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PAGE.format(script=SCRIPT))
        yield page


def surface(landscape: Landscape) -> dict[str, Any]:
    codes = landscape.codes
    rows = landscape.rows and landscape.rows.as_lists
    return {part: getattr(codes, part) for part in ("value", "gradient", "hessian")} | {"rows": rows}


def swept(page: Page, rule: str, landscape: Landscape, values: Mapping[str, Any], **more: Any) -> dict[str, np.ndarray]:
    hyper = {**OPTIMIZERS[rule].defaults(), **values}
    program = path_program(OPTIMIZERS[rule], hyper, steps=STEPS)
    assert program is not None
    job = {
        "program": asdict(program),
        "surface": surface(landscape),
        "inputs": program.inputs,
        "steps": STEPS,
        "moving": False,
        "walked": False,
        "names": ["x", "y"],
    }
    found = page.evaluate(RUN, job | more)
    return {
        "kind": np.array(found["kind"]),
        "number": np.array(found["number"]),
        "value": np.array(found["value"], float),
    }


def steady(landscape: Landscape, rule: str, starts: np.ndarray, values: Mapping[str, Any]) -> Any:
    """The ends of descend's paths, their steps, and whether one unit in the last place of the start changes them."""
    window = landscape.domain
    rest = rest_points(landscape, window)
    near = np.stack([starts, np.nextafter(starts, np.inf), np.nextafter(starts, -np.inf)])
    path = descend(landscape, OPTIMIZERS[rule], start=near.reshape(-1, 2), steps=STEPS, record="points", **values)
    ends, steps = (each.reshape(3, -1) for each in path_ends(landscape, path, window, rest))
    return ends[0], steps[0], (ends == ends[0]).all(0) & (steps == steps[0]).all(0)


def watched(landscape: Landscape) -> dict[str, Any]:
    window = landscape.domain
    rest = [asdict(point) for point in rest_points(landscape, window)]
    return {"ends": {"rest": rest, "window": window, "flat": flat_slope(landscape, window)}}


def random_starts(landscape: Landscape, seed: int = 0) -> np.ndarray:
    low, high = np.array(landscape.domain).T
    return np.random.default_rng(seed).uniform(low, high, (STARTS, 2))


def assert_same(found: Mapping[str, np.ndarray], landscape: Landscape, rule: str, starts: np.ndarray, **values: Any):
    ends, steps, sure = steady(landscape, rule, starts, values)
    assert sure.mean() > 0.5
    np.testing.assert_array_equal(found["kind"][sure], ends[sure])
    counted = sure & (ends != End.RESTING)
    np.testing.assert_array_equal(found["number"][counted & (ends >= 0)], steps[counted & (ends >= 0)])


@pytest.mark.parametrize("rule", [rule for rule in OPTIMIZERS if is_offered(rule)])
def test_two_hundred_starts_end_where_descend_ends(page: Page, rule: str):
    landscape = LANDSCAPES["himmelblau"]
    starts = random_starts(landscape)
    values = {"lr": RATES.get(rule, 0.03)}
    found = swept(page, rule, landscape, values, a=starts[:, 0].tolist(), b=starts[:, 1].tolist(), **watched(landscape))
    assert_same(found, landscape, rule, starts, **values)


@pytest.mark.parametrize(
    "key", ["rosenbrock", "rastrigin", "monkey_saddle", "six_hump_camel", "deep_linear", "ackley", "least_squares"]
)
@pytest.mark.parametrize("rule", ["momentum", "adam", "newton"])
def test_starts_on_other_surfaces_end_where_descend_ends(page: Page, key: str, rule: str):
    landscape = LANDSCAPES[key]
    starts = random_starts(landscape, 1)
    values = {"lr": {"momentum": 0.002, "adam": 0.1, "newton": 1.0}[rule]}
    found = swept(page, rule, landscape, values, a=starts[:, 0].tolist(), b=starts[:, 1].tolist(), **watched(landscape))
    assert_same(found, landscape, rule, starts, **values)


def test_every_kind_of_end_is_told(page: Page):
    landscape = parse_formula("x^4/4 + y^2 - log(x)", domain=((-3.0, 3.0), (-3.0, 3.0)))
    starts = random_starts(landscape, 2)
    values = {"lr": 0.2}
    found = swept(
        page, "sgd", landscape, values, a=starts[:, 0].tolist(), b=starts[:, 1].tolist(), **watched(landscape)
    )
    assert_same(found, landscape, "sgd", starts, **values)
    assert set(found["kind"]) >= {0, End.UNDEFINED, End.DIVERGED}
    assert ((found["kind"] == End.UNDEFINED) == (starts[:, 0] < 0)).all()
    saddle = LANDSCAPES["saddle"]
    starts = np.concatenate([random_starts(saddle)[:9], [[1.5, 0.0]]])
    found = swept(page, "sgd", saddle, {"lr": 0.1}, a=starts[:, 0].tolist(), b=starts[:, 1].tolist(), **watched(saddle))
    assert found["kind"].tolist() == [End.LEFT] * 9 + [0]


@pytest.mark.parametrize("rule", ["sgd", "adam", "nadam", "lookahead", "prodigy"])
def test_what_is_walked_through_is_what_is_compiled(page: Page, rule: str):
    landscape = LANDSCAPES["himmelblau"]
    starts = random_starts(landscape)[:40]
    more = {"a": starts[:, 0].tolist(), "b": starts[:, 1].tolist(), **watched(landscape)}
    values = {"lr": RATES.get(rule, 0.03)}
    compiled = swept(page, rule, landscape, values, **more)
    for change in ({"walked": True}, {"moving": True}):
        other = swept(page, rule, landscape, values, **more, **change)
        np.testing.assert_array_equal(compiled["kind"], other["kind"])
        np.testing.assert_array_equal(compiled["number"], other["number"])


@pytest.mark.parametrize("rule", ["momentum", "adam", "rmsprop"])
def test_rates_come_near_the_minimum_when_descend_does(page: Page, rule: str):
    landscape, rng = LANDSCAPES["elongated_bowl"], np.random.default_rng(3)
    names = list(axes_of(rule))[:2]
    a, b = 10 ** rng.uniform(-3, 1, STARTS), rng.uniform(0, 0.99, STARTS)
    start, tolerance = (-2.5, 1.5), 1e-4
    goal = {"lowest": 0.0, "tolerance": tolerance, "window": landscape.domain, "steps": STEPS}
    more = {"a": a.tolist(), "b": b.tolist(), "names": names, "moving": True, "goal": goal, "start": start}
    found = swept(page, rule, landscape, {}, **more)
    values: dict[str, Any] = dict(zip(names, (a, b), strict=True))
    path = descend(landscape, OPTIMIZERS[rule], start=start, steps=STEPS, record="points", **values)
    below = path.values <= tolerance * path.values[0]
    since = np.where(below[-1], len(below) - (~below[::-1]).argmax(0), -1)
    since[path.first_nonfinite >= 0] = -1
    np.testing.assert_array_equal(found["number"], since)
    np.testing.assert_array_equal(found["kind"] == 0, since >= 0)
    kinds, steps, _ = path_goals(path, Goal(lowest=0.0, tolerance=tolerance), landscape.domain)
    np.testing.assert_array_equal(steps[kinds == 0], since[kinds == 0])
    assert (kinds == found["kind"]).mean() >= 0.99  # the last digit decides on who swings
    assert len(set(kinds)) >= 3
    finite = path.first_nonfinite < 0
    np.testing.assert_allclose(found["value"][finite], path.values[-1][finite], rtol=1e-6, atol=1e-200)
    assert (found["kind"][~finite] == End.DIVERGED).all()
    assert 0.05 < (since >= 0).mean() < 0.95
