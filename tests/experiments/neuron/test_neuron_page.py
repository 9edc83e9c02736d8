"""The page of the neuron as a link and back, its presets, and its numbers beside autograd."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import torch

from experiments.neuron import DATA_NAMES, KIND_NAMES, PARTS, PRESETS, features_of, row_numbers
from experiments.neuron_page import NeuronCodec, ShownNeuron
from experiments.race import finished_race
from exports import neuron_csv
from landscapes.neurons import DATA, KINDS

CODEC = NeuronCodec()


def opened(**query: str) -> ShownNeuron:
    state, problems = CODEC.read(query)
    assert problems == []
    return state


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_a_link_that_comes_back(key: str) -> None:
    preset = PRESETS[key]
    state, problems = CODEC.read(preset.query)
    assert problems == []
    assert CODEC.write(state) == preset.query
    assert len(preset.look_for.split()) <= 20


def test_what_is_set_is_in_the_link_and_comes_back() -> None:
    state = opened()
    changes = {"s.kind": "tanh", "s.data": "blobs", "row": 7, "o1": "adam", "steps": 100, "start_x": 1.25, "noise": 0.1}
    for name, value in changes.items():
        state = CODEC.changed(state, {name: value})
    link = CODEC.write(state)
    assert {"s.kind": "tanh", "s.data": "blobs", "row": "7", "steps": "100"}.items() <= link.items()
    assert CODEC.read(link) == (state, [])
    by_hand = CODEC.changed(state, {"row": 0, "a": 0.5, "b": -1.5, "t": 1})
    assert CODEC.read(CODEC.write(by_hand)) == (by_hand, [])


def test_a_bare_link_is_the_opening_and_the_default_race_is_another() -> None:
    assert CODEC.write(opened()) == {}
    plain = opened(steps="500")
    assert plain.race != opened().race
    assert CODEC.read(CODEC.write(plain)) == (plain, [])
    assert CODEC.read({"embed": "true"})[0] == opened()


def test_junk_is_told_of_and_falls_back() -> None:
    junk = {"s.kind": "<b>", "s.second": "9", "row": "-3", "a": "nan", "surface": "ackley", "window": "1", "zz": "1"}
    state, problems = CODEC.read({**junk, "part": "no", "steps": "1e9"})
    assert len(problems) == len(junk) + 2
    assert state.race.landscape.key == "neuron"
    assert state.values["part"] == "neuron"
    assert state.race.landscape.parameters["kind"] == "logistic"


def test_other_rows_begin_at_their_start_with_their_first_row_and_features_that_they_have() -> None:
    state = opened(row="80", **{"s.first": "4", "s.second": "3", "v.step": "3", "o1": "sgd", "o1.lr": "1"})
    other = CODEC.changed(state, {"s.data": "blobs"})
    assert other.race.landscape.parameters["first"] == 2
    assert other.race.start == other.race.landscape.start
    assert other.values["row"] == 1
    assert other.view == {}
    assert other.race.entries != state.race.entries, "the rate is tuned to the surface"
    unscaled = CODEC.changed(state, {"s.scaled": False})
    assert unscaled.race.entries == state.race.entries, "what scaling does to a rate is to be seen"
    assert CODEC.changed(state, {"o1.lr": 0.5}).values["row"] == 80


def test_every_choice_has_a_name() -> None:
    assert set(DATA_NAMES) == set(DATA)
    assert set(KIND_NAMES) == set(KINDS)
    assert len(features_of("setosa_virginica")) == 4
    assert set(PARTS) == {"neuron", "convexity", "penalties", "many"}


@pytest.mark.parametrize("second", [0, 2])
def test_numbers_of_all_rows_are_those_of_autograd(second: int) -> None:
    landscape = opened(**{"s.second": str(second), "s.offset": "0.4"}).race.landscape
    mine = row_numbers(landscape, (1.3, -0.6))
    rows = landscape.rows
    assert rows is not None
    weights = torch.tensor([1.3, -0.6], dtype=torch.float64, requires_grad=True)
    for i in (0, 40, 99):
        a, t = rows.by_name["a"][i], torch.tensor(rows.by_name["t"][i])
        z = weights[0] * a + weights[1] * (rows.by_name["b"][i] if second else 1.0) + 0.4
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, t)
        slopes = torch.autograd.grad(loss, weights)[0].tolist()
        assert mine["loss"][i] == pytest.approx(loss.item(), rel=1e-12)
        assert [mine["loss_by_first"][i], mine["loss_by_second"][i]] == pytest.approx(slopes, rel=1e-10)
    mean = [mine["loss_by_first"].mean(), mine["loss_by_second"].mean()]
    assert mean == pytest.approx(landscape.gradient(np.array([1.3, -0.6])), rel=1e-10)


def test_the_file_of_numbers_has_every_row_of_every_lane() -> None:
    state = opened(**{"s.second": "0", "o1": "sgd", "o1.lr": "1", "o2": "adam", "o2.lr": "0.1", "steps": "20"})
    result = finished_race(state.race).result
    text = neuron_csv(result, 3)
    table = list(csv.DictReader(io.StringIO(text)))
    assert len(table) == 200
    last = table[-1]
    assert (last["optimizer"], last["step"], last["row"]) == ("Adam", "3", "100")
    w, b = result.lanes[1].trajectory.points[3]
    assert (float(last["w"]), float(last["b"])) == (w, b)
    assert float(last["z"]) == pytest.approx(w * float(last["petal length"]) + b)
    with pytest.raises(ValueError, match="whole number from 0 to 20"):
        neuron_csv(result, 21)
