"""What the player of a neuron gets beside the race."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from experiments.neuron import row_names
from experiments.neuron_page import NeuronCodec
from experiments.race import finished_race
from figures.frontend import framed
from figures.neuron import neuron_payload
from figures.race import player_payload
from landscapes.neurons import CHAIN, KINDS


def header_of(payload: bytes) -> dict[str, Any]:
    (length,) = struct.unpack_from("<I", payload)
    return json.loads(payload[8 : 8 + length])


def header(**query: str) -> tuple[dict[str, Any], bytes, bytes]:
    state, problems = NeuronCodec().read({"o1": "sgd", "o1.lr": "0.1", "steps": "10", **query})
    assert problems == []
    race = player_payload(finished_race(state.race).result)
    names = row_names(str(state.race.landscape.parameters["data"]), state.values)
    payload = neuron_payload(framed(race, height=500, pickable=True), state.race.landscape, names, state.values)
    return header_of(payload), race, payload


def test_the_race_is_there_as_it_was_with_the_neuron_beside_it() -> None:
    with_neuron, race, payload = header(row="7")
    neuron = with_neuron.pop("neuron")
    assert with_neuron.pop("axes") == ["w₁", "w₂"]
    assert with_neuron == header_of(race)
    assert struct.unpack_from("<HH", payload, 4) == (500, 1), "height and whether a start can be picked"
    (before,), (after,) = struct.unpack_from("<I", race), struct.unpack_from("<I", payload)
    assert payload[8 + after :] == race[8 + before :], "the columns"
    assert neuron["read"] == {"row": 7, "a": 0.0, "b": 0.0, "t": 0.0}
    assert neuron["classes"] == ["versicolor", "virginica"]
    assert neuron["features"] == ["petal length", "petal width"]
    assert set(neuron["chain"]) == set(CHAIN)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_its_loss_is_drawn_over(kind: str) -> None:
    neuron = header(**{"s.kind": kind})[0]["neuron"]
    low, high = neuron["window"]
    assert low < high
    assert neuron["targets"] == list(KINDS[kind].targets or (0.0, 1.0))
    assert neuron["along"] == ("z" if KINDS[kind].unit == "sign" else "answer")


def test_a_number_has_no_classes_and_one_feature_has_a_bias() -> None:
    with_neuron, _, _ = header(**{"s.kind": "linear", "s.data": "diabetes", "s.second": "0", "s.offset": "1"})
    neuron = with_neuron["neuron"]
    assert with_neuron["axes"] == ["w", "b"]
    assert (neuron["two"], neuron["classes"], neuron["targets"], neuron["along"]) == (False, None, None, "error")
    assert neuron["offset"] == 1
    assert neuron["target"] == "progression, scaled"
