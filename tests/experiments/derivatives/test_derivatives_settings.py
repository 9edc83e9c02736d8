"""Links of the page of derivatives: presets, junk, formulas, what starts anew when the graph changes."""

from __future__ import annotations

import pytest

from experiments.derivatives import PRESETS, DerivativesCodec, expression_of, tape_of, walk_length

CODEC = DerivativesCodec()


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_is_a_link_that_is_written_as_it_is_read(key: str):
    values, problems = CODEC.read(PRESETS[key].query)
    assert not problems
    assert CODEC.write(values) == PRESETS[key].query
    assert len(PRESETS[key].look_for.split()) <= 20


def test_presets_differ():
    assert len({tuple(sorted(preset.query.items())) for preset in PRESETS.values()}) == len(PRESETS)


def test_junk_falls_back_and_says_so():
    junk = {
        "view": "no",
        "f": "own",
        "formula": "x + y",
        "g": "own",
        "expression": "3",
        "log_h": "7",
        "in.w": "1",
        "z": "0",
    }
    values, problems = CODEC.read(junk)
    assert values["view"] == "numbers"
    assert values["log_h"] == -0.75
    told = " ".join(problems)
    for part in ("view was given 'no'", "holds y", "neither x nor y", "log_h was given '7'", "in.w", "z"):
        assert part in told
    assert CODEC.read(CODEC.write(values)) == (values, [])


@pytest.mark.parametrize(
    ("name", "text", "said"), [("formula", "x +", "ends too early"), ("expression", "y" * 300, "at the most")]
)
def test_a_formula_that_cannot_be_used_is_refused(name: str, text: str, said: str):
    values, _ = CODEC.read({})
    with pytest.raises(ValueError, match=said):
        CODEC.changed(values, {name: text})


def test_another_graph_brings_its_inputs_and_is_shown_whole():
    values, _ = CODEC.read({"view": "graph", "in.w": "2", "step": "3"})
    values = CODEC.changed(values, {"g": "spiral"})
    assert values["in.t"] == 1.2
    assert values["step"] == walk_length(tape_of(expression_of(values)), "reverse")
    assert "in.w" not in values


def test_a_moved_input_keeps_the_step():
    values, _ = CODEC.read({"view": "graph", "step": "3"})
    assert CODEC.changed(values, {"in.w": 2.0})["step"] == 3
