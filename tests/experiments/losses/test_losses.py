"""What the page of losses computes: fits against SciPy and scikit-learn, distances against PyTorch, links, scripts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import linprog, minimize
from scipy.stats import wasserstein_distance

from experiments.losses import (
    CLASSIFICATION,
    LOGITS,
    LOSSES_OF,
    MIDDLES,
    PARTS,
    PRESETS,
    REGRESSION,
    SHAPES,
    SHIFTS,
    WIDTH,
    LossesCodec,
    apart_of,
    apart_sentence,
    at_shift,
    classification_readings,
    classification_sentence,
    fits_of,
    link_of,
    losses_code,
    on_grid,
    outlier_sentence,
    placed,
    regression_readings,
    shown_losses,
    smoothed_of,
    smoothed_sentence,
)
from networks.losses import DISTANCES, LOSS_FUNCTIONS
from trainers.config import LOSSES

CODEC = LossesCodec()


def values_of(**query: str) -> dict[str, Any]:
    values, problems = CODEC.read(query)
    assert not problems
    return values


# ---- links ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_a_preset_is_a_link_that_says_itself_again_and_what_to_look_for(preset: Any) -> None:
    assert CODEC.write(values_of(**preset.query)) == preset.query
    assert len(preset.look_for.split()) <= 20


def test_every_part_has_a_preset() -> None:
    assert {preset.query.get("part", "regression") for preset in PRESETS.values()} == set(PARTS)


@pytest.mark.parametrize("key", LOSSES)
def test_a_loss_of_the_training_page_has_its_link(key: str) -> None:
    hyper = {setting.name: 0.3 for setting in LOSSES[key].settings}
    values = values_of(**link_of(key, hyper))
    assert values["loss"] == key
    assert key in LOSSES_OF[values["part"]]
    if key == "huber":
        assert values["delta"] == 0.3
    if values["part"] == "cross_entropy":
        assert values["epsilon"] == 0.3
        assert values["convention"] == "all"


def test_junk_falls_back_with_a_sentence_each() -> None:
    values, problems = CODEC.read(
        {"part": "outlier", "ox": "11", "delta": "0", "epsilon": "nan", "true": "5", "color": "red", "fit": "bce"}
    )
    assert values["ox"] == 9.0
    assert values["delta"] == 1.0
    assert len(problems) == 6


def test_an_epsilon_stays_as_far_as_its_new_meaning_allows() -> None:
    values = values_of(part="cross_entropy", epsilon="0.2")
    assert CODEC.changed(values, {"convention": "wrong"})["epsilon"] == 0.2
    wide = CODEC.changed(values, {"epsilon": 0.6})
    narrow = CODEC.changed(wide, {"convention": "wrong"})
    assert narrow["epsilon"] == 0.25  # the true class of four gets no less than a wrong one
    assert CODEC.changed(narrow, {"classes": 5})["epsilon"] == 0.2
    with pytest.raises(ValueError, match="epsilon was given"):
        CODEC.changed(narrow, {"epsilon": 0.3})


def test_the_true_class_stays_one_of_the_classes() -> None:
    values = CODEC.changed(values_of(part="cross_entropy", true="4"), {"classes": 3})
    assert values["true"] == 3
    assert [name for name in LOGITS if name in values] == ["z1", "z2", "z3"]


# ---- curves ---------------------------------------------------------------------------------------------------------


def test_the_chosen_loss_is_drawn_even_where_it_is_switched_off() -> None:
    assert shown_losses(values_of(mse="false", mae="false")) == ("mse", "huber")
    readings = regression_readings(values_of(error="-3", delta="0.5"))
    assert [(each.key, each.value, each.slope) for each in readings] == [
        ("mse", 9, -6),
        ("mae", 3, -1),
        ("huber", 1.375, -0.5),
    ]


def test_a_sure_and_wrong_answer_gets_no_gradient_through_the_squared_error() -> None:
    values = values_of(part="classification", logit="8", target="no")
    by_key = {each.key: each for each in classification_readings(values)}
    assert set(by_key) == set(CLASSIFICATION)
    assert by_key["bce"].slope == pytest.approx(1, abs=1e-3)
    assert by_key["hinge"].slope == 1
    assert by_key["squared_hinge"].slope == 18
    assert by_key["sigmoid_mse"].slope < 1e-3
    assert "which is wrong" in classification_sentence(list(by_key.values()), values)


# ---- an outlier -----------------------------------------------------------------------------------------------------


def mean_loss(key: str, fit: np.ndarray, x: np.ndarray, y: np.ndarray, delta: float) -> float:
    return float(LOSS_FUNCTIONS[key].value(fit[0] + fit[1] * x, y, {"delta": delta}).mean())


@pytest.mark.parametrize("model", ["line", "constant"])
@pytest.mark.parametrize("key", REGRESSION)
def test_no_search_finds_a_better_fit(key: str, model: str) -> None:
    values = values_of(part="outlier", model=model, delta="0.4", seed="3", spread="1")
    fits = fits_of(values)
    rng = np.random.default_rng(0)
    for i, j in zip(rng.integers(0, len(fits.across), 10), rng.integers(0, len(fits.up), 10), strict=True):
        x, y = np.append(fits.x, fits.across[i]), np.append(fits.y, fits.up[j])
        ours = mean_loss(key, fits.by_loss[key][i, j], x, y, 0.4)
        design = np.stack([np.ones_like(x), x], -1) if model == "line" else np.ones((len(x), 1))
        n, k = design.shape
        if key == "mae":  # a linear program: residuals in two parts that are not negative
            found: Any = linprog(
                np.r_[np.zeros(k), np.ones(2 * n)],
                A_eq=np.hstack([design, np.eye(n), -np.eye(n)]),
                b_eq=y,
                bounds=[(None, None)] * k + [(0, None)] * (2 * n),
            )
            assert ours == pytest.approx(found.fun / n, rel=1e-9)
            continue

        def mean(fit: np.ndarray, x: np.ndarray = x, y: np.ndarray = y) -> float:
            return mean_loss(key, np.append(fit, 0.0)[:2], x, y, 0.4)

        best: Any = minimize(mean, np.zeros(k), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})
        assert ours <= best.fun + 1e-12
        assert ours == pytest.approx(best.fun, rel=1e-6)


def test_the_squared_fit_is_that_of_least_squares_and_the_constant_one_the_mean() -> None:
    fits = fits_of(values_of(part="outlier"))
    place = on_grid(values_of(part="outlier"))
    fit = placed(fits, "mse", place)
    slope, intercept = np.polyfit(fit.x, fit.y, 1)
    assert (fit.intercept, fit.slope) == pytest.approx((intercept, slope), rel=1e-9)
    flat = placed(fits_of(values_of(part="outlier", model="constant")), "mse", place)
    assert flat.intercept == pytest.approx(flat.y.mean())
    assert flat.without[0] == pytest.approx(flat.y[:-1].mean())
    middle = placed(fits_of(values_of(part="outlier", model="constant")), "mae", place)
    assert middle.intercept == pytest.approx(np.median(middle.y))


def test_the_outlier_s_share_is_largest_under_the_square_and_one_of_many_under_the_size() -> None:
    values = values_of(part="outlier")
    fits, place = fits_of(values), on_grid(values)
    share = {key: placed(fits, key, place).share for key in REGRESSION}
    assert share["mse"] > share["huber"] > share["mae"]
    pulls = placed(fits, "mae", place).slopes
    assert set(pulls) <= {-1.0, 0.0, 1.0}
    assert (pulls == 0).sum() == 2  # the best line passes through two points
    assert share["mae"] == pytest.approx(1 / 9)
    assert "the outlier has 41 % of all pull" in outlier_sentence(placed(fits, "mse", place), line=True)


def test_a_place_between_two_of_the_grid_is_the_nearer_one() -> None:
    fits = fits_of(values_of(part="outlier"))
    i, j = on_grid(values_of(part="outlier", ox="3.3", oy="1.1"))
    assert (fits.across[i], fits.up[j]) == (3.5, 1.0)
    assert on_grid(values_of(part="outlier", ox="10", oy="16")) == (len(fits.across) - 1, len(fits.up) - 1)


# ---- smoothing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("convention", ["all", "wrong"])
@pytest.mark.parametrize("temperature", ["0.5", "1", "3"])
def test_value_and_gradient_by_the_logits_are_pytorch_s(convention: str, temperature: str) -> None:
    view = smoothed_of(
        values_of(part="cross_entropy", convention=convention, temperature=temperature, epsilon="0.2", true="2")
    )
    z = torch.tensor(view.logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy((z / float(temperature))[None], torch.tensor(view.target)[None])
    loss.backward()
    assert z.grad is not None
    assert view.value == pytest.approx(float(loss.detach()), rel=1e-12)
    np.testing.assert_allclose(view.gradient, z.grad.numpy(), rtol=1e-10, atol=1e-15)
    if convention == "all":
        own = torch.nn.functional.cross_entropy((z / float(temperature))[None], torch.tensor([1]), label_smoothing=0.2)
        assert view.value == pytest.approx(float(own.detach()), rel=1e-12)
    assert view.least < view.value


def test_the_floor_is_reached_where_probabilities_are_the_target() -> None:
    view = smoothed_of(values_of(**PRESETS["floor"].query))
    assert view.value == pytest.approx(view.least, rel=1e-9)
    assert "No logit is pulled anywhere." in smoothed_sentence(view)


def test_the_preset_of_two_meanings_has_the_numbers_that_it_tells() -> None:
    view = smoothed_of(values_of(**PRESETS["smoothing"].query))
    assert view.other is not None
    assert (view.target[0], view.other[0]) == pytest.approx((0.7, 0.925))


def test_an_epsilon_that_the_other_meaning_cannot_have_shows_no_other_target() -> None:
    assert smoothed_of(values_of(part="cross_entropy", epsilon="0.5")).other is None


# ---- two histograms -------------------------------------------------------------------------------------------------


def test_no_mass_is_lost_and_wasserstein_is_scipy_s() -> None:
    for p in SHAPES:
        for q in list(SHAPES)[:-1]:
            known = apart_of(values_of(part="distributions", p=p, q=q, p_width="2", q_width="1.5"))
            assert known.p.sum() == pytest.approx(1, abs=1e-12)
            assert known.q.sum(-1) == pytest.approx(1, abs=1e-12)
            for at in (0, 40, 77, 120):
                expected = wasserstein_distance(MIDDLES, MIDDLES, known.p, known.q[at])
                assert known.values["wasserstein"][at] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("key", DISTANCES)
@pytest.mark.parametrize(("p", "q"), [("normal", "normal"), ("two", "normal"), ("normal", "tent"), ("box", "box")])
def test_a_slope_is_the_difference_quotient_where_there_is_one(key: str, p: str, q: str) -> None:
    from experiments.losses.apart import histogram

    values = values_of(part="distributions", p=p, q=q)
    distance, h = DISTANCES[key], 1e-5
    first, _ = histogram(p, 1.0, 0.0)
    known = apart_of(values)
    for at in (5, 45, 62, 71, 100):
        here = known.values[key][at]
        if not np.isfinite(here):
            assert np.isnan(known.slopes[key][at])
            continue
        beside = [histogram(q, 1.0, float(SHIFTS[at]) + side * h)[0] for side in (-1, 1)]
        low, high = (float(distance.value(first, each, WIDTH)) for each in beside)
        assert known.slopes[key][at] == pytest.approx((high - low) / (2 * h), rel=1e-4, abs=1e-6)


def test_without_overlap_only_wasserstein_says_which_way() -> None:
    at = at_shift(values_of(**PRESETS["apart"].query))
    assert at.values["forward"] == at.values["reverse"] == np.inf
    assert at.slopes["js"] == pytest.approx(0, abs=1e-12)
    assert at.values["wasserstein"] == pytest.approx(5)
    assert at.slopes["wasserstein"] == pytest.approx(1)
    assert apart_sentence(at).startswith("Both KL are infinite")


def test_two_normals_have_the_divergence_of_the_textbook() -> None:
    """KL of two normals with one width is (shift / width)^2 / 2, up to the width of the bins."""
    known = apart_of(values_of(part="distributions"))
    assert known.values["forward"] == pytest.approx(SHIFTS**2 / 2, rel=2e-3)


def test_one_direction_covers_both_peaks_the_other_picks_one() -> None:
    known = apart_of(values_of(**PRESETS["peaks"].query))
    assert SHIFTS[known.values["forward"].argmin()] == 0
    assert abs(SHIFTS[known.values["reverse"].argmin()]) == pytest.approx(3)


# ---- code -----------------------------------------------------------------------------------------------------------

SCRIPTS = {
    "mse": {},
    "mae": {"loss": "mae", "error": "-3"},
    "huber": {"loss": "huber", "delta": "0.7", "error": "0.5"},
    "outlier": {"part": "outlier"},
    "outlier mae": {"part": "outlier", "fit": "mae", "model": "constant"},
    "outlier huber": {"part": "outlier", "fit": "huber", "delta": "2"},
    "bce": {"part": "classification", "target": "no"},
    "sigmoid_mse": {"part": "classification", "loss": "sigmoid_mse"},
    "hinge": {"part": "classification", "loss": "hinge"},
    "squared_hinge": {"part": "classification", "loss": "squared_hinge", "target": "no", "logit": "2"},
    "cross_entropy": {"part": "cross_entropy", "temperature": "2"},
    "cross_entropy wrong": {"part": "cross_entropy", "convention": "wrong"},
    "kl": {"part": "cross_entropy", "loss": "kl", "classes": "3"},
    "forward": {"part": "distributions", "q": "normal"},
    "reverse": {"part": "distributions", "distance": "reverse", "p": "two", "shift": "1"},
    "js": {"part": "distributions", "distance": "js", "p": "tent", "q": "box", "shift": "1.2"},
    "wasserstein": {"part": "distributions", "distance": "wasserstein", "p": "box", "q": "box", "shift": "5"},
    "table": {"part": "table"},
}


def expected_of(values: dict[str, Any]) -> list[float]:
    """The numbers that the page shows, in the order of the script's."""
    part = values["part"]
    if part == "regression":
        read = next(each for each in regression_readings(values) if each.key == values["loss"])
        return [read.value, read.slope]
    if part == "classification":
        read = next(each for each in classification_readings(values) if each.key == values["loss"])
        return [read.value, read.slope]
    if part == "outlier":
        fit = placed(fits_of(values), values["fit"], on_grid(values))
        return [fit.value, fit.share]
    if part == "cross_entropy":
        view = smoothed_of(values)
        return [view.value - (view.least if values["loss"] == "kl" else 0), *view.gradient]
    at = at_shift(values)
    return [at.values[values["distance"]], at.slopes[values["distance"]]]


def test_every_script_runs_and_prints_the_numbers_of_the_page(tmp_path: Path) -> None:
    """One process: PyTorch takes its time to load."""
    for name, query in SCRIPTS.items():
        (tmp_path / f"{name}.py").write_text(losses_code(values_of(**query)), encoding="utf-8")
    runner = tmp_path / "runner.py"
    names = sorted(SCRIPTS)
    runner.write_text(
        f"import runpy\nfor name in {names!r}:\n    print('#', name)\n    runpy.run_path(name + '.py')\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", str(runner)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    printed = {}
    for block in done.stdout.split("# ")[1:]:
        name, *lines = block.strip().splitlines()
        printed[name] = [float(word) for line in lines for word in line.split()[1:]]
    for name in names:
        values = values_of(**SCRIPTS[name])
        if name != "table":
            assert printed[name] == pytest.approx(expected_of(values), rel=1e-9, abs=1e-12), name
    assert len(printed["table"]) == len(LOSS_FUNCTIONS)


def test_what_is_dragged_stands_on_its_places_whatever_a_link_says() -> None:
    codec = LossesCodec()
    values, problems = codec.read({"part": "outlier", "ox": "9.3", "oy": "14.1", "shift": "0.07"})
    assert (values["ox"], values["oy"], values["shift"]) == (9.5, 14.0, 0.1)
    assert not problems
    assert codec.changed(values, {"shift": -0.12})["shift"] == -0.1
