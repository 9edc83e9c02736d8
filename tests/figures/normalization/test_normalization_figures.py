"""What the normalization page draws is what was computed: races on stages, leaks, shared cells, both modes, depth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from experiments.initialization.settings import declared as initialization
from experiments.initialization.settings import setups_of
from experiments.links import initialization_link
from experiments.normalization.batch_modes import batch_view, population, running_sentence
from experiments.normalization.coupling import coupled_rows
from experiments.normalization.depth import measure_effects
from experiments.normalization.leak import leak_view
from experiments.normalization.settings import PARTS, PRESETS, compared_kinds, declared, network_settings
from experiments.normalization.stages import ARRIVED, race_stages, stage_sentence, stage_table, weight_window
from experiments.normalization.tensor import normalized_example
from experiments.normalization.whitening import two_features
from experiments.normalization.worked_example import by_hand
from figures.normalization.batch_statistics import forgotten_figure, running_figure
from figures.normalization.coupled import coupling_figure
from figures.normalization.depth_effect import effect_figure, effect_table
from figures.normalization.inputs import excess_figure, stage_figure
from figures.normalization.leakage import leak_figure, leak_sentences
from figures.normalization.sharing import formula, group_table, pytorch_line, sharing_figure, tensor_figure
from figures.normalization.worked import worked_figure
from networks import Setup, propagate
from networks.normalization import KINDS, sharing
from settings.linked import read_settings, write_settings

STAGES = ("raw", "centered", "scaled", "rotated", "whitened")


def races(correlation: float = 0.9, **settings):
    data = two_features(correlation=correlation)
    return race_stages(data, STAGES, **{"start": (-2.0, -1.0), "steps": 1000, **settings})


def traces(figure: Any) -> Any:
    return figure.data


def numbers(values) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)


# ---- data -----------------------------------------------------------------------------------------------------------


def test_the_worse_the_condition_number_the_longer_the_race():
    """Rotation alone changes neither: the shape of the bowl stays."""
    found = {race.stage: race for race in races(share=1.0)}
    arrived = {stage: race.arrived or 0 for stage, race in found.items()}
    assert arrived["whitened"] == 1  # the best rate of a round bowl hits the minimum
    assert arrived["raw"] > 2 * arrived["centered"] > 8 * arrived["scaled"] > 80
    assert arrived["rotated"] == pytest.approx(arrived["centered"], rel=0.02)
    assert found["rotated"].condition == pytest.approx(found["centered"].condition)


@pytest.mark.parametrize("race", races(share=0.9), ids=lambda race: race.stage)
def test_excess_is_the_loss_above_its_minimum(race):
    values = race.trajectory.values
    above = (values - race.loss.value(race.loss.minimum)) / (values[0] - race.loss.value(race.loss.minimum))
    np.testing.assert_allclose(race.excess, above, atol=1e-9)
    assert race.arrived is not None
    assert race.excess[race.arrived] <= ARRIVED < race.excess[race.arrived - 1]


def test_scaling_suffices_for_independent_features_only():
    assert "scaling suffices" in stage_sentence(races(0.0))
    assert "only whitening" in stage_sentence(races(0.9))


def test_one_rate_above_a_stage_s_limit_is_told_as_divergence():
    found = races(share=None, rate=0.1, steps=200)
    table = stage_table(found)
    told = dict(zip(table["stage"], table["steps to 1/1,000"], strict=True))
    assert told["As measured"] == "diverges"
    assert told["Whitened (PCA)"].isdigit()
    for race in found:
        stage_figure(race, weight_window(found)).to_json()
    assert numbers(traces(excess_figure(found))[0].y)[-1] == 1e9  # clipped, far outside the picture


@pytest.mark.parametrize("dark", [False, True])
def test_each_panel_holds_the_prepared_inputs_and_the_path_in_one_window(dark: bool):
    found = races()
    window = weight_window(found)
    for race in found:
        figure = stage_figure(race, window, dark=dark)
        inputs, field, path = traces(figure)[:3]
        np.testing.assert_allclose(
            np.stack([numbers(inputs.x), numbers(inputs.y)], 1), race.inputs, rtol=1e-5, atol=1e-5
        )
        layout: Any = figure.layout
        assert tuple(layout.xaxis2.range) == window[0]
        assert tuple(layout.yaxis2.range) == window[1]
        points = race.trajectory.points
        np.testing.assert_allclose(numbers(path.x), points[:, 0], rtol=1e-5, atol=1e-5)
        assert all(low <= w <= high for (low, high), w in zip(window, race.loss.minimum, strict=True))
        z = numbers(field.z)
        row, column = np.unravel_index(z.argmin(), z.shape)
        spacing = (window[0][1] - window[0][0]) / (len(field.x) - 1)
        away = np.array([numbers(field.x)[column], numbers(field.y)[row]]) - race.loss.minimum
        assert race.loss.value(race.loss.minimum + away) <= race.loss.value(race.loss.minimum + spacing)


# ---- leak -----------------------------------------------------------------------------------------------------------


def test_the_right_way_leaves_the_training_part_standard_and_the_leak_does_not():
    view = leak_view("scaled", correlation=0.9, drift=2.0, train=10, test=30, noise=0.5, seed=0)
    train, both = view.honest[0], np.concatenate(view.leaked)
    np.testing.assert_allclose(train.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(train.std(0), 1)
    np.testing.assert_allclose(both.mean(0), 0, atol=1e-12)
    shown = traces(leak_figure(view, leaked=True))
    np.testing.assert_allclose(numbers(shown[3].x), view.leaked[1][:, 0])
    leaked, honest = (leak_figure(view, leaked=one).to_plotly_json()["layout"] for one in (True, False))
    assert leaked["xaxis"]["range"] == honest["xaxis"]["range"]


def test_the_sentence_says_which_way_the_score_is_wrong():
    def told(stage: str = "scaled", **others) -> str:
        settings = {"correlation": 0.9, "drift": 0.0, "train": 10, "test": 30, "noise": 0.5, "seed": 0, **others}
        return leak_sentences(leak_view(stage, **settings))[1]

    assert "too good" in told()
    assert "spoils training" in told(drift=2.0)
    assert "Both ways" in told(train=200, test=4)


# ---- layers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(KINDS))
def test_colors_and_numbers_mark_exactly_the_cells_that_share(kind: str):
    shape = (3, 4, 2)
    x, result = normalized_example(kind, shape, groups=2, scale=2.0, shift=1.0, seed=1)
    groups, before, after = traces(tensor_figure(x, result, kind, groups=2))
    cells = ~np.isnan(numbers(groups.z))
    expected = sharing(kind, shape, 2).reshape(3, -1)
    np.testing.assert_array_equal(np.asarray(groups.text)[cells].astype(int).reshape(3, -1), expected + 1)
    np.testing.assert_allclose(numbers(before.z)[cells], x.ravel())
    np.testing.assert_allclose(numbers(after.z)[cells], result.output.ravel())
    colors = numbers(groups.z)[cells].reshape(3, -1)
    across = expected[:, 1:] != expected[:, :-1]
    down = expected[1:] != expected[:-1]
    np.testing.assert_array_equal(colors[:, 1:] != colors[:, :-1], across)
    np.testing.assert_array_equal(colors[1:] != colors[:-1], down)
    assert len(group_table(x, result)) == expected.max() + 1
    assert len(traces(sharing_figure(kind, shape, groups=2))) == len(KINDS)
    assert (r"\mu" in formula(kind)) == KINDS[kind].centers


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_line_of_code_does_what_the_picture_shows(kind: str):
    shape = (3, 4, 2)
    x, result = normalized_example(kind, shape, groups=2, scale=1.0, shift=0.0, seed=1)
    layer = eval(pytorch_line(kind, shape, 2), {"torch": torch}).double()
    np.testing.assert_allclose(result.output, layer(torch.from_numpy(x)).detach().numpy(), rtol=1e-9, atol=1e-12)


# ---- train and eval -------------------------------------------------------------------------------------------------


def batches(**settings):
    return batch_view(
        **{"size": 8, "momentum": 0.1, "batches": 200, "value": 4.0, "similar": False, "seed": 0, **settings}
    )


def test_evaluation_uses_the_running_averages_of_pytorch():
    view = batches()
    layer: Any = torch.nn.BatchNorm1d(1, momentum=0.1, affine=False).double()
    drawn = np.random.default_rng(0).choice(population(), (200, 8, 1, 1))
    for batch in drawn:
        layer(torch.from_numpy(batch[:, :, 0].copy()))
    expected = layer.eval()(torch.tensor([[4.0]], dtype=torch.float64)).item()
    assert view.trained == pytest.approx(expected, rel=1e-9)
    lines = [trace for trace in traces(running_figure(view)) if trace.name == "running average"]
    assert lines[0].y[-1] == pytest.approx(layer.running_mean.item())
    assert lines[1].y[-1] == pytest.approx(layer.running_var.item())


def test_a_forgotten_eval_mode_is_chance_in_small_batches_and_zero_in_batches_of_one():
    view = batches()
    spreads = [values.std() for values in view.forgotten.values()]
    np.testing.assert_array_equal(view.forgotten[1], 0)
    assert (np.abs(view.forgotten[2]) > 0.9).all()  # one of two lies a standard deviation from their mean
    assert spreads[1] > spreads[2] > spreads[3] > spreads[4] > 0
    marks = traces(forgotten_figure(view))
    np.testing.assert_array_equal(marks[3].y, view.forgotten[8])
    assert set(marks[-1].y) == {view.trained}


def test_among_its_like_a_large_value_loses_what_made_it_large():
    assert np.median(batches(value=8.0, similar=True).forgotten[32]) < 0.5 < batches(value=8.0).ideal / 2


def test_batches_of_one_cannot_be_trained_on_and_that_is_said():
    view = batches(size=1)
    assert view.running_mean is None
    assert "refuses" in running_sentence(view, 0.1)
    assert not [trace for trace in traces(running_figure(view)) if trace.name == "running average"]


# ---- effect ---------------------------------------------------------------------------------------------------------


def test_the_lines_are_those_of_propagate():
    values, _ = read_settings(declared, {"depth": "5", "width": "32"})
    effects = measure_effects(network_settings(values), ("none", "batch"))
    expected = propagate(**{**network_settings(values), "normalization": "batch"})
    np.testing.assert_array_equal(effects[1].table["std"], expected["std"])
    np.testing.assert_array_equal(traces(effect_figure(effects, "grad_std"))[1].y, expected["grad_std"])
    assert "vanishes" in effects[0].verdict
    assert "Healthy" in effects[1].verdict
    assert list(effect_table(effects)["normalization"]) == ["No normalization", "Batch normalization"]


def test_what_is_zero_ends_its_line_and_breaks_nothing():
    values, _ = read_settings(declared, {"depth": "5", "width": "16", "initializer": "zeros"})
    figure = effect_figure(measure_effects(network_settings(values), ("none",)), "std")
    assert np.isnan(numbers(traces(figure)[0].y)).all()


# ---- coupled rows ----


def test_the_matrices_of_rows_stand_side_by_side_on_one_scale():
    coupled = [coupled_rows(way, rows=5, deep=1, activation="tanh", seed=0) for way in ("none", "batch")]
    figure = coupling_figure(coupled, top=7.0)
    maps = traces(figure)
    assert [trace.type for trace in maps] == ["heatmap", "heatmap"]
    for trace, one in zip(maps, coupled, strict=True):
        np.testing.assert_array_equal(trace.z, one.matrix)
        assert (trace.zmin, trace.zmax) == (0, 7.0)
        assert list(trace.x) == list(trace.y) == [1, 2, 3, 4, 5]
    layout: Any = figure.layout
    assert layout.yaxis.autorange == "reversed"
    titles = ["<b>No<br>normalization</b>", "<b>Batch,<br>training</b>"]  # in one line they would touch on a phone
    assert [note.text for note in layout.annotations] == titles


# ---- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", list(PRESETS))
def test_every_preset_is_a_valid_link_written_as_the_page_writes_it(key: str):
    values, problems = read_settings(declared, PRESETS[key].query)
    assert not problems
    assert write_settings(declared, values) == PRESETS[key].query
    assert len(PRESETS[key].look_for.split()) <= 20


def test_every_part_has_a_preset():
    assert {read_settings(declared, preset.query)[0]["part"] for preset in PRESETS.values()} == set(PARTS)


def test_the_link_to_the_initialization_page_opens_the_same_networks():
    query = {"activation": "relu", "scale": "0.3", "residual": "true", "position": "after", "norm.rms": "true"}
    values, _ = read_settings(declared, query | {"depth": "7", "width": "48", "seed": "3", "norm.weight": "true"})
    there, problems = read_settings(initialization, initialization_link(values))
    assert not problems
    expected = [Setup(**{**network_settings(values), "normalization": kind}) for kind in compared_kinds(values)[:4]]
    for setup, wanted in zip(setups_of(there), expected, strict=True):
        # Without batch, layer or RMS normalization the position means nothing, and that page has none.
        assert replace(setup, norm_position=wanted.norm_position, parameters={}) == wanted


def test_groups_must_divide_the_channels():
    values, problems = read_settings(declared, {"channels": "6", "groups": "4"})
    assert values["groups"] == "2"
    assert "groups was given '4'; allowed is one of 1, 2, 3, 6" in problems[0]


# ---- by hand --------------------------------------------------------------------------------------------------------


def test_a_batch_by_hand_lies_where_the_table_says_before_and_after():
    worked = by_hand("1,2,3,4,5|0,0,0,0,10|-4,0,2,4,8", scale=2.0, shift=-1.0)
    drawn = [trace for trace in traces(worked_figure(worked)) if trace.mode == "markers"]
    bars = [trace for trace in traces(worked_figure(worked)) if trace.mode == "lines+markers"]
    for panel, cells in zip((drawn[:3], drawn[3:]), (worked.cells, worked.output), strict=True):
        np.testing.assert_allclose([numbers(trace.x) for trace in panel], cells)
    assert [trace.xaxis for trace in drawn] == ["x"] * 3 + ["x2"] * 3
    np.testing.assert_allclose(numbers(bars[1].x), [2 - 4, 2, 2 + 4])  # unit 2: mean 2, deviation 4
    for bar in bars[3:]:  # after: scale and shift alone decide
        np.testing.assert_allclose(numbers(bar.x), [-3, -1, 1], atol=1e-3)
    assert worked_figure(worked, dark=True).to_dict() != worked_figure(worked).to_dict()
