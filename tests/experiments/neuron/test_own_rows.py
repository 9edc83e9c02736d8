"""A user's own table as the rows of a neuron: what is taken, what is refused with a sentence, and the link."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.neuron import OwnTableError, own_landscape, own_table, row_names
from experiments.neuron_page import NeuronCodec, ShownNeuron, finished_neuron
from trainers.data import keep_upload

PEOPLE = """height,weight,name,sex
180,80,Ann,m
165,60,Bob,f
175,77,Cy,m
160,52,Di,f
190,95,Ed,m
170,64,Flo,f
"""
CODEC = NeuronCodec()


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DESCENT_LAB_DATA", str(tmp_path))
    own_table.cache_clear()
    own_landscape.cache_clear()


def kept(text: str) -> str:
    return keep_upload(text.encode())


def shown(file: str, **changes: str) -> ShownNeuron:
    return CODEC.changed(CODEC.read({})[0], {"file": file, **changes})


def test_numbers_are_features_and_two_values_are_classes() -> None:
    table = own_table(kept(PEOPLE), "")
    assert table.names == ("height", "weight")
    assert table.classes == ("f", "m")
    assert table.target.tolist() == [1, 0, 1, 0, 1, 0]
    assert table.inputs[0].tolist() == [180, 80]
    assert table.sentence == "6 rows, 2 features."


def test_a_number_is_told_scaled_by_linear_regression() -> None:
    file = kept(PEOPLE)
    state = shown(file, target="weight")
    landscape = state.race.landscape
    assert landscape.parameters["kind"] == "linear"
    assert landscape.parameters["second"] == 0, "one feature is left"
    assert landscape.rows is not None
    told = landscape.rows.by_name["t"]
    np.testing.assert_allclose([told.mean(), told.std()], [0, 1], atol=1e-12)
    assert row_names("", state.values).target == "weight, scaled"
    assert own_table(file, "weight").classes is None


def test_the_link_opens_the_same_race_on_the_same_rows() -> None:
    state = shown(kept(PEOPLE))
    link = CODEC.write(state)
    assert set(link) >= {"file", "o1", "o1.lr"}
    assert "s.data" not in link
    assert CODEC.read(link) == (state, [])
    other = CODEC.changed(state, {"s.kind": "tanh", "s.second": 0})
    assert CODEC.read(CODEC.write(other)) == (other, [])
    values = finished_neuron(other).result.lanes[0].trajectory.values
    assert values[-1] < values[0]
    back = CODEC.changed(other, {"s.data": "blobs"})
    assert back.values["file"] == ""
    assert back.race.landscape.key == "neuron"


def test_two_tables_are_two_surfaces() -> None:
    first, second = (own_landscape(kept(text), "") for text in (PEOPLE, PEOPLE.replace("180", "181")))
    assert first.key != second.key
    assert first != second


def test_a_large_table_is_thinned_evenly() -> None:
    lines = [f"{i},{i % 7},{'yes' if i >= 1500 else 'no'}" for i in range(3000)]
    table = own_table(kept("a,b,c\n" + "\n".join(lines)), "")
    assert table.sentence == "3,000 rows, 2 features; 1,000 rows, evenly spaced, are used."
    assert table.inputs.shape == (1000, 2)
    assert table.target.mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        (PEOPLE, "name", "holds 6 different words"),
        (PEOPLE, "age", "no column 'age'"),
        ("a,b\n1,2\n2,2\n", "", "the same in every row"),
        ("a,b\nx,1\ny,2\nz,4\n", "", "No column beside 'b'"),
        ("a,b\n1,2\n2,\n3,5\n", "", "no value in line 3"),
        ("a,b\n1e300,2\n2,3\n3,5\n", "", "No column beside 'b'"),
    ],
)
def test_what_a_neuron_cannot_learn_is_said(text: str, target: str, words: str) -> None:
    with pytest.raises(OwnTableError, match=words):
        own_table(kept(text), target)


def test_a_link_to_a_table_that_is_not_here_says_so_and_shows_iris() -> None:
    for file, words in (("0" * 64, "no longer here"), ("../secret", "64 digits")):
        state, problems = CODEC.read({"file": file})
        assert len(problems) == 1
        assert words in problems[0]
        assert state.race.landscape.key == "neuron"
        assert state.values["file"] == ""
