"""Races on rows: batches follow the finger, the axes of cost, and the cloud of other batches' gradients."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from experiments.race import Entry, Race, RaceResult, run_race
from experiments.race.reports import batch_noise
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Batches, descend
from optimizers.meter import noise_tilts
from tests.browser.hand.races import LANES, STEPS, Opener, assert_at, carry, finger, followed
from tests.browser.pages import eventually

COSTS = """([across]) => {
    const { panels } = descentPlayer;
    panels.across.value = across;
    panels.across.dispatchEvent(new Event("change"));
    return panels.charts[0].series.map(({ xs, count }) => Array.from({ length: count }, (_, i) => xs(i)));
}"""

SUMS = """([measure]) => {
    const { panels } = descentPlayer;
    panels.measure.value = measure;
    panels.measure.dispatchEvent(new Event("change"));
    return panels.charts[0].series.map(({ ys }) => [...ys]);
}"""


def race_of_rows(surface: str = "least_squares", **parameters: float) -> RaceResult:
    landscape = LANDSCAPES[surface].with_parameters(**parameters)
    entries = (
        Entry(optimizer="sgd", values={"lr": 0.05}, batch=1),
        Entry(optimizer="sgd", values={"lr": 0.05}, batch=33),
        Entry(optimizer="adam", values={"lr": 0.1}, batch=10, draw="replaced"),
        Entry(optimizer="sam", values={"lr": 0.05}, batch=10),
        Entry(optimizer="momentum", values={"lr": 0.02}),
    )
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=STEPS, seed=9))


def test_lanes_of_batches_follow_the_start_on_the_rows_that_the_server_takes(open_race: Opener):
    for surface in ("least_squares", "logistic"):
        result = race_of_rows(surface)
        page = open_race(result)
        before = page.evaluate(LANES)
        carry(page, 60, 40)
        lanes, here = followed(page), finger(page)
        assert not any(lane["stale"] for lane in lanes)
        assert lanes[0]["x"] != before[0]["x"]
        assert_at(lanes, here, result)
        assert page.evaluate("picks") == []
        page.mouse.up()
        page.close()


def test_charts_and_a_dissected_step_have_what_a_moving_path_leaves_out(open_race: Opener):
    result = race_of_rows("logistic")
    page = open_race(result)
    page.evaluate("descentPlayer.choose({ anatomy: true })")
    carry(page, 60, 40)
    followed(page)
    here = finger(page)
    landscape = result.race.landscape
    path = descend(landscape, OPTIMIZERS["momentum"], start=here, steps=STEPS, lr=0.02)
    read = "() => [...descentPlayer.race.lanes[4].gap].map((gap) => gap + (descentPlayer.live.surface.base || 0))"
    eventually(lambda: np.abs(np.array(page.evaluate(read)) - path.values).max(), lambda away: away < 1e-9)
    told = page.evaluate(
        "() => { const { live, race, map } = descentPlayer;"
        " return live.anatomy(race.lanes[4], 3, map.exact.gradient).gradient; }"
    )
    np.testing.assert_allclose(told, landscape.gradient(path.points[3]), rtol=1e-9)
    page.mouse.up()


def test_the_penalty_moves_minimum_and_paths_under_the_finger(open_race: Opener):
    result = race_of_rows()
    page = open_race(result)
    handle = page.get_by_role("slider", name="l1")
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    lanes = followed(page)
    l1 = page.evaluate("descentPlayer.live.surface.parameters.l1")
    assert l1 > 0
    (minimum,) = LANDSCAPES["least_squares"].with_parameters(l1=l1).minima
    np.testing.assert_allclose(page.evaluate("descentPlayer.live.surface.minima"), [minimum], atol=1e-12)
    assert_at(lanes, result.race.start, result, l1=l1)


def test_the_axis_counts_epochs_and_rows(open_race: Opener):
    page = open_race(race_of_rows())
    rows = page.evaluate(COSTS, ["rows"])
    sizes = [[1] * STEPS, [33, 33, 33, 1] * (STEPS // 4), [10] * STEPS, [20] * STEPS, [100] * STEPS]
    assert rows == [np.concatenate([[0], np.cumsum(each)]).tolist() for each in sizes]
    epochs = page.evaluate(COSTS, ["epochs"])
    np.testing.assert_allclose(epochs[1], np.array(rows[1]) / 100)
    expect(page.get_by_label("Horizontal axis").locator("option")).to_have_text(
        ["step", "gradient evaluations", "epochs", "rows seen", "time on this machine"]
    )


def test_the_axis_of_time_counts_what_a_step_takes_here(open_race: Opener):
    result = race_of_rows()
    entries = (*result.race.entries, Entry(optimizer="gd_backtracking", batch=1))
    page = open_race(run_race(replace(result.race, entries=entries)))
    times = np.array(page.evaluate(COSTS, ["time"]))
    assert times.shape == (len(entries) - 1, STEPS + 1)  # a rule that searches in a loop does not run here
    assert (times[:, 1] > 0).all()
    np.testing.assert_allclose(times, times[:, [1]] * np.arange(STEPS + 1))
    described = page.locator(".dl-plot canvas").first
    expect(described).to_have_accessible_name(re.compile(r"by time on this machine, (µs|ms|s) of SGD"))
    before = page.evaluate("[...descentPlayer.race.lanes].map((lane) => descentPlayer.live.pace(lane))")
    assert before == page.evaluate("[...descentPlayer.race.lanes].map((lane) => descentPlayer.live.pace(lane))")


def test_the_gradient_that_a_step_sees_is_that_of_its_rows_and_its_noise(open_race: Opener):
    result = race_of_rows()
    landscape = result.race.landscape
    page = open_race(result)
    drawn = page.evaluate(SUMS, ["sampled"])
    for lane, norms in zip(result.lanes, drawn, strict=True):
        batches = result.race.batches(lane.entry)
        for k in range(STEPS):
            seen = landscape if batches is None else landscape.batch(batches.of_step(k))
            assert norms[k] == pytest.approx(np.hypot(*seen.gradient(lane.trajectory.points[k])), rel=1e-9, abs=1e-12)
        assert norms[STEPS] == norms[STEPS - 1]  # after the last step nothing is sampled
    page.close()
    bowl = LANDSCAPES["elongated_bowl"]
    shaken = Race(landscape=bowl, entries=(Entry(optimizer="sgd"),), start=bowl.start, steps=STEPS, noise=0.5, seed=4)
    result = run_race(shaken)
    page = open_race(result)
    ((*norms, _),) = page.evaluate(SUMS, ["sampled"])
    path = result.lanes[0].trajectory
    tilts = noise_tilts(shaken.noise, shaken.seed, STEPS)
    expected = np.hypot(*(bowl.gradient(path.points[:-1]) + tilts).T)
    np.testing.assert_allclose(norms, expected, rtol=1e-9)


def test_the_rates_are_added_up_as_theory_asks(open_race: Opener):
    landscape = LANDSCAPES["least_squares"]
    falling = Entry(optimizer="sgd", values={"lr": 0.1}, schedule="inverse_time", batch=1)
    result = run_race(Race(landscape=landscape, entries=(falling,), start=landscape.start, steps=STEPS))
    page = open_race(result)
    rates = result.lanes[0].trajectory.rates[:-1]
    for measure, power in (("sum", 1), ("squares", 2)):
        ((sums),) = page.evaluate(SUMS, [measure])
        np.testing.assert_allclose(sums, [0, *np.cumsum(rates**power)], rtol=1e-6)


def test_the_cloud_of_other_batches_has_the_spread_that_theory_says(open_race: Opener):
    page = open_race(race_of_rows())
    page.get_by_role("slider", name="Step", exact=True).fill("0")
    page.get_by_role("button", name="What the step is made of").click()
    parts = eventually(lambda: page.evaluate("descentPlayer.map.overlay.anatomy.parts"), bool)
    landscape = LANDSCAPES["least_squares"]
    each = np.stack([landscape.batch([i]).gradient(np.array(landscape.start)) for i in range(100)])
    assert len(parts["dots"]) == 100
    batches = Batches(**page.evaluate("descentPlayer.selected.batches"))
    expected = batch_noise(landscape, np.array(landscape.start), batches)
    alone = float(np.sqrt(each.var(0).mean()))
    share = 1 if batches.replacement else (100 - batches.size) / 99
    assert expected == pytest.approx(alone * np.sqrt(share / batches.size))
    assert 0.75 * expected < parts["spread"] < 1.3 * expected
    names = [vector["name"] for vector in parts["vectors"]]
    assert any("of the batch" in name for name in names)
    assert any("of all rows" in name for name in names)
