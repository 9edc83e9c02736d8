"""The whole chain of a typed formula, with inputs by the thousand: text to landscape, LaTeX, program, race, exports.

    python -m tests.fuzz.formulas 100000 --seed 1

prints every input that breaks the chain; each belongs into formulas.txt, which the tests go through.
"""

from __future__ import annotations

import ast
import json
import sys
import time

import numpy as np

# What a page makes of a race, in one place.
from experiments.race.link import race_from_query, race_to_query
from experiments.race.race import make_entry, run_race
from experiments.race.types import Race
from exports.race_csv import paths_csv
from exports.race_script import python_script
from figures.race.player import player_payload
from landscapes import FormulaError, Landscape, parse_formula
from landscapes.program import run_program
from tests.fuzz.campaign import campaign
from tests.fuzz.formula_inputs import formula_input
from tests.landscapes.latex_reader import read_latex

ACCEPTED_WITHIN = 1.0  # seconds of this process's own time, for a formula of 200 characters
SHOWN_WITHIN = 2.0
ENTRIES = (make_entry("sgd", {"lr": 0.01}), make_entry("adam", {"lr": 0.1}), make_entry("newton"))
STEPS = 12


def run_chain(text: str, *, link: bool = False) -> Landscape | None:
    """The landscape of a text after all that a page does with it; None where the text is refused in a sentence.

    Raises:
        AssertionError: something is not as promised, or not in time.
    """
    begin = time.process_time()
    try:
        landscape = parse_formula(text)
    except FormulaError as error:
        _check_refusal(error, text)
        landscape = None
    took = time.process_time() - begin
    assert took < ACCEPTED_WITHIN, f"answered after {took:.2f} s"
    if landscape is not None:
        _check_landscape(landscape)
        _check_latex(landscape)
        _check_race(landscape)
        if link:
            _check_link(landscape)
        took = time.process_time() - begin
        assert took < SHOWN_WITHIN, f"shown after {took:.2f} s"
    return landscape


def _check_refusal(error: FormulaError, text: str) -> None:
    assert error.message
    assert len(error.message) < 400
    assert error.position is None or 0 <= error.position <= len(text)


def _check_landscape(landscape: Landscape) -> None:
    start = np.array(landscape.start)
    low, high = np.array(landscape.domain).T
    assert ((start >= low) & (start <= high)).all()
    assert np.isfinite(landscape.value(start))
    assert np.isfinite(landscape.gradient(start)).all()
    assert all(np.isfinite(point).all() for point in landscape.minima)
    axes = [np.linspace(a, b, 7) for a, b in landscape.domain]
    points = np.stack(np.meshgrid(*axes), axis=-1)
    values = landscape.value(points)
    assert values.shape == (7, 7)
    assert landscape.gradient(points).shape == (7, 7, 2)
    assert landscape.hessian(points).shape == (7, 7, 2, 2)
    program = landscape.program
    json.dumps([program.value, program.dx, program.dy], allow_nan=False)
    np.testing.assert_array_equal(run_program(program.value, points), values)
    np.testing.assert_array_equal(run_program(program.dx, points), landscape.gradient(points)[..., 0])


def _check_latex(landscape: Landscape) -> None:
    """Read back, the LaTeX has the landscape's values, where they do not hang on last digits, of the point or within.

    Constants near the ends of float64's range are left out: there the order of products decides what becomes 0.
    """
    if r"\cdot 10^{" in landscape.latex:
        read_latex(landscape.latex)
        return
    points = np.random.default_rng(0).uniform(-2.9, 2.9, (40, 2))
    read = read_latex(landscape.latex)
    shown, computed = read(*points.T), landscape.value(points)
    with np.errstate(all="ignore"):
        steady = np.isclose(landscape.value(points * (1 + 1e-13)), computed, rtol=1e-7, atol=1e-300)
        steady &= np.isclose(read(*points.astype(np.longdouble).T).astype(np.float64), shown, rtol=1e-7, atol=1e-300)
        both = np.isfinite(shown) & np.isfinite(computed) & steady
        close = np.isclose(shown, computed, rtol=1e-5, atol=1e-300)[both]
    if len(close) > 5:
        assert close.mean() > 0.8, f"{landscape.latex} shows {shown[both][:3]}, computed is {computed[both][:3]}"


def _check_race(landscape: Landscape) -> None:
    result = run_race(Race(landscape=landscape, entries=ENTRIES, start=landscape.start, steps=STEPS, noise=0.0, seed=0))
    assert all(np.isfinite(lane.trajectory.points[0]).all() for lane in result.lanes)
    assert player_payload(result)
    assert paths_csv(result)
    ast.parse(python_script(result))


def _check_link(landscape: Landscape) -> None:
    race = Race(landscape=landscape, entries=ENTRIES, start=landscape.start, steps=STEPS, noise=0.0, seed=0)
    again, problems = race_from_query(race_to_query(race))
    assert not problems
    assert again.landscape.name == landscape.name
    assert again.start == race.start


def main(arguments: list[str]) -> int:
    run_chain("x + y", link=True)  # imports what is slow to import
    return campaign(
        arguments,
        "Fuzz the chain of a typed formula.",
        formula_input,
        lambda text, number: "refused" if run_chain(text, link=number % 100 == 0) is None else "taken",
        20_000,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
