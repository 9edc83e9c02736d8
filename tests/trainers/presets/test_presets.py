"""Presets show what they say: each is a valid run, and what it is named for is found in it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from tests.trainers.preset_runs import config_of, trained
from trainers import Report, RunConfig, diagnose
from trainers.data.splits import split_rows
from trainers.diagnosis import KINDS
from trainers.presets.catalogue import MAX_ROLE, MAX_RUNS, PRESETS, TrainingPreset

ALL = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS.keys())
# One or more of each kind of finding that train in about two seconds.
QUICK = (
    "good_fit",
    "underfitting",
    "overfitting",
    "miscalibration",
    "rate_too_high",
    "rate_far_too_high",
    "three_rates",
    "plateau",
    "dying_relu",
    "vanishing_gradients",
    "exploding_gradients",
    "saturation",
    "leakage_feature",
    "few_validation_rows",
    "iris_mlp",
    "sine_cubic",
    "decay_by_epoch",
)


@ALL
def test_every_run_is_a_valid_configuration_that_its_link_brings_back(preset: TrainingPreset):
    for (role, config), (_, changes) in zip(preset.configs(), preset.runs, strict=True):
        assert all(config[name] == value for name, value in changes.items()), role
        assert RunConfig.from_query(config.to_query())[0] == config
    assert len({config for _, config in preset.configs()}) == len(preset.runs)


@ALL
def test_words_are_few(preset: TrainingPreset):
    assert len(preset.title.split()) <= 5
    assert len(preset.look_for.split()) <= 20
    assert preset.look_for.endswith(".")


@ALL
def test_runs_beside_each_other_have_short_roles_of_their_own(preset: TrainingPreset):
    roles = [role for role, _ in preset.runs]
    assert 1 <= len(roles) <= MAX_RUNS
    assert len(set(roles)) == len(roles)
    assert roles == [""] if len(roles) == 1 else all(0 < len(role) <= MAX_ROLE for role in roles)


def test_titles_differ_and_every_group_has_presets():
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS)
    groups = ["Fit", "Rate", "Signal", "Optimizers", "Data", "Lecture"]
    assert list(dict.fromkeys(preset.group for preset in PRESETS.values())) == groups
    assert next(iter(PRESETS)) == "good_fit"


def test_no_two_presets_have_one_first_run_so_that_a_link_tells_its_preset():
    assert len({preset.configs()[0][1] for preset in PRESETS.values()}) == len(PRESETS)


def test_findings_named_are_kinds_of_the_diagnosis():
    assert {preset.finding for preset in PRESETS.values()} - {""} <= set(KINDS)
    # Whatever the diagnosis can raise an alarm for has a preset that shows it, but for the gap that needs no remedy.
    shown = {PRESETS[key].finding for key in QUICK}
    assert {key for key, entry in KINDS.items() if entry.alarm} - shown == {"generalization_gap"}


@pytest.mark.parametrize("key", QUICK)
def test_the_first_run_is_diagnosed_with_what_the_preset_is_named_for(key: str):
    _, history = trained(config_of(key, PRESETS[key].runs[0][0]))
    first = diagnose(history)[0]
    assert (first.kind, first.secondary) == (PRESETS[key].finding, False), first.evidence


def test_the_classic_sizes_of_the_lecture_are_those_of_its_networks():
    for key, sizes in {"iris_mlp": (4, 8, 6, 3), "boston_mlp": (13, 8, 6, 1)}.items():
        weights = sum((a + 1) * b for a, b in pairwise(sizes))
        assert PRESETS[key].configs()[0][1].parameter_count() == weights
    assert PRESETS["sine_cubic"].configs()[0][1].parameter_count() == 4


def test_the_cubic_comes_close_to_the_best_cubic_there_is():
    from trainers.data.splits import load

    train = load(config_of("sine_cubic").data).train
    x, y = train.inputs[:, 0].astype(float), train.targets[:, 0].astype(float)
    best = float(np.mean((np.polynomial.Polynomial.fit(x, y, 3)(x) - y) ** 2))
    _, history = trained(config_of("sine_cubic"))
    assert best < history.train_loss[-1] < 1.1 * best


def test_validation_loss_rises_to_where_weights_match_rows_and_falls_again_beyond():
    widths = ("2 units", "6 units", "400 units")
    plain = {"watch.internals": False, "watch.every": 100}
    ends = [trained(config_of("double_descent", role).changed(plain))[1] for role in widths]
    two, six, most = (float(history.val_loss[-3:].mean()) for history in ends)
    assert six > 2 * two
    assert most < 0.5 * six
    # The last two meet the training rows, wrong ones included.
    assert all(history.train_loss[-1] < 0.01 for history in ends[1:])


def test_under_sgd_alone_l2_and_weight_decay_are_the_same():
    curves = {
        role: trained(config_of("adam_and_adamw", role).changed({"budget.epochs": 100}))[1].train_loss
        for role, _ in PRESETS["adam_and_adamw"].runs
    }
    np.testing.assert_allclose(curves["SGD, L2"], curves["SGD, decay"], rtol=1e-3)
    assert curves["Adam, L2"][-1] > 3 * curves["AdamW, decay"][-1]


def test_rates_that_fall_by_epoch_settle_where_a_constant_one_swings():
    ends = {
        role: trained(config_of("decay_by_epoch", role))[1].train_loss[-20:]
        for role, _ in PRESETS["decay_by_epoch"].runs
    }
    constant = ends.pop("constant")
    assert all(losses.std() < 0.01 < constant.std() for losses in ends.values())
    assert all(losses.mean() < 0.6 * constant.mean() for losses in ends.values())


def test_the_transformer_learns_after_a_warm_up_only():
    plain = {"watch.pictures": False, "watch.internals": False}
    without, warmed = (trained(config_of("warmup", role).changed(plain))[1] for role, _ in PRESETS["warmup"].runs)
    assert float(without.val_loss[-1]) > 0.97
    assert float(warmed.val_loss[-1]) < 0.6


def test_l1_leaves_exact_zeros_only_by_its_own_step_and_cures_at_least_as_well():
    runs = {role: trained(config_of("l1_zeros", role))[1] for role, _ in PRESETS["l1_zeros"].runs}
    zeros = {role: history.internals["zero_share"][-1] for role, history in runs.items() if history.internals}
    exact = zeros.pop("L1, exact zeros")
    assert all((shares == 0).all() for shares in zeros.values())
    sizes = runs["no penalty"].internals.sizes  # pyright: ignore[reportOptionalMemberAccess]
    assert (exact * sizes).sum() / sizes.sum() > 0.5
    assert runs["L1, exact zeros"].val_loss[-1] < 0.7 * runs["no penalty"].val_loss[-1]


def test_with_units_dropped_the_loss_is_above_what_is_evaluated():
    told, history = trained(config_of("dropout_losses"))
    late = [report for report in told.reports if report.complete][-50:]
    seen = np.mean([report.batch_loss for report in late if report.batch_loss is not None])
    assert seen > 1.2 * history.train_loss[-50:].mean()


def test_the_splits_of_the_lecture_are_exact():
    for key, rows, parts in (("cifar_whole", 60_000, (5000, 10_000)), ("fashion_split", 70_000, (5000, 10_000))):
        data = PRESETS[key].configs()[0][1].data
        labels = np.repeat(np.arange(10), rows // 10)
        train_rows, val, test = split_rows(labels, data.val_share, data.test_share, data.seed)
        assert (len(val), len(test)) == parts
        assert len(train_rows) == rows - sum(parts)


def test_momentum_arrives_where_plain_descent_creeps():
    ends = {
        role: trained(config_of("momentum_in_a_ravine", role))[1].train_loss[-1]
        for role, _ in PRESETS["momentum_in_a_ravine"].runs
    }
    assert max(ends["momentum"], ends["Nesterov"]) < 0.01 * ends["SGD"]


def test_iris_errs_between_two_species_only():
    told: list[Report] = []
    from trainers import train

    train(config_of("iris_mlp").changed({"watch.pictures": True}), report=told.extend, device="cpu", threads=1)
    counts = next(r.pictures for r in reversed(told) if r.pictures)["confusion"]["counts"]
    assert counts[0].sum() == counts[0, 0] == counts[:, 0].sum()
    assert 0 < counts.sum() - np.trace(counts) < 5


def test_reading_the_presets_loads_no_pytorch():
    code = "import sys; import trainers.presets.catalogue, trainers.diagnosis.trial;"
    code += " print({'torch', 'sklearn'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert answer.stdout.strip() == "set()", answer.stderr


def test_shrunk_weights_at_the_floor_of_wrong_labels_are_no_underfitting():
    _, history = trained(config_of("adam_and_adamw", "Adam, L2"))
    assert not diagnose(history)[0].alarm


def test_a_schedule_rescues_by_a_gain_worth_the_name():
    ends = {role: trained(config_of("schedule_rescue", role))[1].val_loss[-1] for role in ("constant", "cosine")}
    assert ends["cosine"] < 0.7 * ends["constant"]


def test_one_unit_misses_the_wave_four_fit_it_and_many_fit_the_noise():
    ends = {role: trained(config_of("three_widths", role))[1] for role, _ in PRESETS["three_widths"].runs}
    small, right, large = ((ends[role].train_loss[-1], ends[role].val_loss) for role in ends)
    assert small[0] > 4 * right[0]
    assert right[0] > 1.3 * large[0]
    assert right[1][-1] < min(0.9 * large[1][-1], 0.5 * small[1][-1])
    assert large[1][-1] > 1.3 * large[1].min()


def test_of_five_ways_to_begin_two_learn():
    roles = [role for role, _ in PRESETS["initializers"].runs]
    ends = {role: trained(config_of("initializers", role))[1].val_metric[-1] for role in roles}
    assert min(ends["Kaiming"], ends["Xavier"]) > 0.94
    assert max(ends["1"], ends["0.01"], ends["zeros"]) < 0.2


def test_biases_far_below_zero_kill_units_for_good():
    dead = {role: trained(config_of("first_biases", role))[1].internals for role in ("zero", "minus 2", "minus 4")}
    # Before the first step nothing is measured inside.
    shares = {role: inside["dead_share"][1:, 0] for role, inside in dead.items() if inside is not None}
    assert shares["zero"].max() == 0
    assert 0.35 < shares["minus 2"][0] < 0.5
    assert 0.35 < shares["minus 2"][-1] < 0.5
    assert shares["minus 4"][0] > 0.9
    assert shares["minus 4"][-1] == 1


def test_relu_alone_makes_zeros():
    ends = {role: trained(config_of("relu_zeros", role))[1].internals for role, _ in PRESETS["relu_zeros"].runs}
    zeros = {role: inside["zero_outputs"][-1, :3] for role, inside in ends.items() if inside is not None}
    assert all(0.4 < share < 0.65 for share in zeros["ReLU"])
    assert (zeros["leaky ReLU"] == 0).all()
    assert (zeros["tanh"] == 0).all()


def test_slopes_start_at_a_quarter_and_part_and_one_goes_below_zero():
    _, history = trained(config_of("prelu_slopes"))
    assert history.internals is not None
    slopes = history.internals["slope"][:, :3]
    np.testing.assert_allclose(slopes[1], 0.25, atol=0.1)
    assert slopes[-1].min() < 0 < slopes[-1].max()


def test_directions_of_weight_norm_only_grow_under_plain_sgd_and_their_lengths_do_not():
    _, history = trained(config_of("weight_norm"))
    assert history.internals is not None
    directions, lengths = (history.internals[name][1:, :3] for name in ("direction_length", "row_length"))
    assert (np.diff(directions, axis=0) > 0).all()
    assert (directions[-1] > directions[0]).all()
    assert lengths[:, 0].min() < lengths[0, 0]
    assert lengths[:, 0].min() < lengths[-1, 0]
    assert np.isnan(history.internals["row_length"][-1, 3])  # the output layer has none


def test_two_maxout_units_of_three_pieces_enclose_what_two_relus_cannot():
    ends = {role: trained(config_of("maxout", role))[1].train_metric[-1] for role in ("ReLU", "3 pieces")}
    assert ends["ReLU"] < 0.9
    assert ends["3 pieces"] > 0.97


def test_of_two_networks_with_equally_many_parameters_the_convolutional_one_reads_shifted_digits():
    counts = [config.parameter_count() for _, config in PRESETS["cnn_and_mlp"].configs()]
    assert counts == [6090, 6085]
    ends = [trained(config_of("cnn_and_mlp", role))[1] for role in ("CNN", "MLP")]
    assert ends[0].val_loss[-1] < 0.7 * ends[1].val_loss[-1]
    assert ends[0].val_metric[-1] > ends[1].val_metric[-1] + 0.05


def test_a_rate_divided_by_fan_in_spares_the_units_of_a_wide_layer():
    ends = {role: trained(config_of("rate_by_fan_in", role))[1].internals for role, _ in PRESETS["rate_by_fan_in"].runs}
    dead = {role: inside["dead_share"][-1, 1] for role, inside in ends.items() if inside is not None}
    assert dead["512 units"] > 0.5
    assert dead["512 units"] > dead["32 units"] + 0.25
    assert dead["512, by fan-in"] < dead["32, by fan-in"] + 0.15
