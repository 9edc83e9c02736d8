"""A neuron's player in an offline file: its numbers are Python's, and what is moved moves the paths."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from experiments.neuron import row_names, row_numbers
from experiments.neuron_page import NeuronCodec, ShownNeuron
from experiments.race import RaceResult, run_race
from exports import standalone_html
from figures.neuron import neuron_payload
from figures.race import player_payload
from landscapes.neurons import KINDS
from optimizers import OPTIMIZERS, descend
from tests.browser.hand.races import LANES, SHOW, followed
from tests.browser.pages import OpenPage, eventually

STEPS = 40
NAMES = {
    "z": "z",
    "answer": "answer",
    "loss": "loss",
    "lossByAnswer": "loss_by_answer",
    "answerByZ": "answer_by_z",
    "lossByZ": "loss_by_z",
    "byFirst": "loss_by_first",
    "bySecond": "loss_by_second",
    "byBias": "loss_by_bias",
}
NUMBERS = """([row, step]) => {
    descentPlayer.readRow(row);
    descentPlayer.scrub(step);
    const { numbers, right, lane } = descentPlayer.scene(descentPlayer.position);
    return { numbers, right, lane: lane.index };
}"""

Shown = tuple[ShownNeuron, RaceResult, bytes]


def shown(**query: str) -> Shown:
    runners = {"o1": "sgd", "o1.lr": "0.1", "o2": "adam", "o2.lr": "0.1", "steps": str(STEPS)}
    state, problems = NeuronCodec().read({**runners, **query})
    assert problems == []
    result = run_race(state.race)
    names = row_names(str(state.race.landscape.parameters["data"]), state.values)
    payload = neuron_payload(player_payload(result, replay=False), state.race.landscape, names, state.values)
    return state, result, payload


@pytest.fixture(name="open_neuron")
def _open_neuron(open_page: OpenPage, tmp_path: Path) -> Callable[[Shown], Page]:
    def opened(neuron: Shown) -> Page:
        path = tmp_path / "neuron.html"
        path.write_text(standalone_html(neuron[2], "A neuron", "neuron"), encoding="utf-8")
        page = open_page(path.as_uri())
        page.wait_for_function("descentPlayer.map.trails.paths.size")
        return page

    return opened


def test_the_numbers_of_every_kind_are_those_of_python(open_neuron: Callable[[Shown], Page]) -> None:
    page = None
    for kind in KINDS:
        for more in ({}, {"s.second": "0", "s.offset": "0.5"}, {"s.data": "diabetes"}):
            neuron = shown(**{"s.kind": kind, **more})
            if page is None:
                page = open_neuron(neuron)
            else:
                page.evaluate(SHOW, base64.b64encode(neuron[2]).decode())
            landscape = neuron[0].race.landscape
            for row, step in ((1, 0), (60, 7), (100, STEPS)):
                told = page.evaluate(NUMBERS, [row, step])
                point = neuron[1].lanes[told["lane"]].trajectory.points[step]
                numbers = row_numbers(landscape, (float(point[0]), float(point[1])))
                mine = {name: float(numbers[python][row - 1]) for name, python in NAMES.items()}
                # Positions come in float32, beside the last point of their path.
                assert told["numbers"] == pytest.approx(mine, rel=2e-5, abs=2e-6), (kind, more, row, step)


def test_a_weight_under_the_finger_moves_every_path(open_neuron: Callable[[Shown], Page]) -> None:
    state, result, payload = shown()
    page = open_neuron((state, result, payload))
    before = page.evaluate(LANES)
    weight = page.get_by_role("slider", name="Weight w₁")
    weight.fill("2.5")
    lanes = followed(page)
    assert page.evaluate("descentPlayer.position") == 0
    start = page.evaluate("descentPlayer.race.start")
    assert start[0] == 2.5
    assert lanes[0]["x"] != before[0]["x"]
    for lane, entry in zip(lanes, state.race.entries, strict=True):
        path = descend(state.race.landscape, OPTIMIZERS[entry.optimizer], start=start, steps=STEPS, **entry.values)
        np.testing.assert_allclose(np.stack([lane["x"], lane["y"]], -1), path.points, rtol=1e-9, atol=1e-9)


def test_the_bias_moves_surface_and_paths_and_hides_a_minimum_that_is_not_known(
    open_neuron: Callable[[Shown], Page],
) -> None:
    state, result, payload = shown()
    page = open_neuron((state, result, payload))
    assert page.evaluate("descentPlayer.race.landscape.minima.length") == 1
    page.get_by_role("slider", name="Bias b").fill("3")
    lanes = followed(page)
    assert page.evaluate("descentPlayer.race.landscape.minima.length") == 0
    moved = state.race.landscape.with_parameters(offset=3.0)
    for lane, entry in zip(lanes, state.race.entries, strict=True):
        path = descend(moved, OPTIMIZERS[entry.optimizer], start=state.race.start, steps=STEPS, **entry.values)
        np.testing.assert_allclose(np.stack([lane["x"], lane["y"]], -1), path.points, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(lane["gap"], path.values, rtol=1e-9)
    assert page.evaluate("descentPlayer.scene(0).weights.offset") == 3


def test_rows_are_counted_that_are_on_the_right_side(open_neuron: Callable[[Shown], Page]) -> None:
    state, result, payload = shown()
    page = open_neuron((state, result, payload))
    told = page.evaluate(NUMBERS, [1, STEPS])
    x, y = result.lanes[told["lane"]].trajectory.points[STEPS]
    rows = state.race.landscape.rows
    assert rows is not None
    a, b, t = rows.table.T
    assert told["right"] == int(((a * x + b * y > 0) == (t == 1)).sum())


def test_a_feature_under_the_finger_makes_a_row_by_hand_and_a_press_reads_the_nearest(
    open_neuron: Callable[[Shown], Page],
) -> None:
    page = open_neuron(shown())
    page.get_by_role("slider", name="x₁, petal length of the row").fill("1.5")
    expect(page.locator(".dl-row-name")).to_have_text("A row made by hand")
    assert page.evaluate("descentPlayer.scene(0).row.a") == 1.5
    place = page.evaluate(
        """() => {
            const [data] = descentPlayer.panels.pictures;
            const [x, y] = data.place(descentPlayer.table.row(70));
            const box = data.plot.canvas.getBoundingClientRect();
            return [box.left + x, box.top + y];
        }"""
    )
    page.mouse.click(*place)
    row = eventually(lambda: page.evaluate("descentPlayer.read.row"), bool)
    same = "(i) => JSON.stringify(descentPlayer.table.row(i))"
    assert page.evaluate(same, row - 1) == page.evaluate(same, 70), "rows may lie on each other"


def test_the_rows_of_the_next_batch_are_those_that_python_takes(open_neuron: Callable[[Shown], Page]) -> None:
    state, result, payload = shown(**{"o1.batch": "7", "v.lane": "SGD"})
    page = open_neuron((state, result, payload))
    batches = state.race.batches(state.race.entries[0])
    assert batches is not None
    for step in (0, 5, STEPS - 1):
        told = page.evaluate(
            "(k) => { descentPlayer.choose({ lane: descentPlayer.race.lanes[0].label }); descentPlayer.scrub(k);"
            " return [...descentPlayer.scene(k).batch]; }",
            step,
        )
        assert told == batches.of_step(step).tolist()
    assert page.evaluate("(k) => descentPlayer.scene(k).batch", STEPS) is None, "there is no next step"
