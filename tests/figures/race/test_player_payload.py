"""The payload holds the race's own numbers, aligned, small and in the digits that matter."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from figures.race import player
from figures.race.player import MAX_SAMPLES, player_payload
from landscapes import LANDSCAPES

FLOAT32 = 2.0**-23


def race(*entries: Entry, key: str = "rosenbrock", steps: int = 200, **options: Any) -> RaceResult:
    landscape = LANDSCAPES[key]
    return run_race(Race(landscape=landscape, entries=entries, start=landscape.start, steps=steps, **options))


def decode(payload: bytes) -> tuple[dict[str, Any], bytes]:
    length, _height, _pickable = struct.unpack("<IHH", payload[:8])
    assert length % 8 == 0
    return json.loads(payload[8 : 8 + length]), payload[8 + length :]


def series(spec: Any, count: int, buffers: bytes) -> np.ndarray:
    assert spec["n"] == count
    if "at" in spec:
        assert spec["at"] % 8 == 0
        return np.frombuffer(buffers, "<f4", count, spec["at"]).astype(np.float64)
    return (np.nan if spec["from"] is None else spec["from"]) + spec["step"] * np.arange(count)


ADAM = Entry(optimizer="adam", values={"lr": 0.05})
SGD = Entry(optimizer="sgd", values={"lr": 0.001})


def test_positions_keep_their_digits_where_a_path_comes_to_rest():
    result = race(Entry(optimizer="newton"), ADAM, key="himmelblau", steps=300)
    header, buffers = decode(player_payload(result))
    for lane, sent in zip(result.lanes, header["lanes"], strict=True):
        points = lane.trajectory.points
        assert sent["anchor"] == points[-1].tolist()
        for axis, name in enumerate("xy"):
            offsets = series(sent[name], 301, buffers)
            exact = points[:, axis] - points[-1, axis]
            np.testing.assert_allclose(offsets, exact, rtol=FLOAT32, atol=0)


def test_values_are_sent_above_the_minimum_in_full_relative_precision():
    result = race(Entry(optimizer="bfgs"), SGD, key="styblinski_tang", steps=100)
    landscape = result.race.landscape
    header, buffers = decode(player_payload(result))
    assert header["base"] == landscape.minimum
    assert header["base"] is not None
    for lane, sent in zip(result.lanes, header["lanes"], strict=True):
        gap = np.maximum(lane.trajectory.values - header["base"], 0)
        np.testing.assert_allclose(series(sent["gap"], 101, buffers), gap, rtol=FLOAT32, atol=1e-44)


def test_values_are_sent_as_they_are_where_no_minimum_bounds_them():
    result = race(SGD, key="saddle")
    header, buffers = decode(player_payload(result))
    assert header["base"] is None
    np.testing.assert_allclose(
        series(header["lanes"][0]["gap"], 201, buffers), result.lanes[0].trajectory.values, rtol=FLOAT32
    )


def test_gradient_norm_distance_and_evaluations_are_those_of_the_path():
    result = race(ADAM, Entry(optimizer="gd_backtracking"), key="himmelblau")
    minima = np.array(result.race.landscape.minima)
    header, buffers = decode(player_payload(result))
    for lane, sent in zip(result.lanes, header["lanes"], strict=True):
        points = lane.trajectory.points
        gradient = np.linalg.norm(result.race.landscape.gradient(points), axis=-1)
        distance = np.linalg.norm(points[:, None] - minima, axis=-1).min(axis=1)
        np.testing.assert_allclose(series(sent["gradient"], 201, buffers), gradient, rtol=2 * FLOAT32, atol=1e-30)
        np.testing.assert_allclose(series(sent["distance"], 201, buffers), distance, rtol=2 * FLOAT32, atol=1e-30)
        np.testing.assert_array_equal(series(sent["evaluations"], 201, buffers), lane.trajectory.evaluations)


def test_the_scheduled_rate_is_sent_step_by_step_and_a_constant_one_as_a_number():
    result = race(ADAM, Entry(optimizer="adam", values={"lr": 0.05}, schedule="cosine"))
    header, buffers = decode(player_payload(result))
    assert header["lanes"][0]["rate"] == {"from": 0.05, "step": 0, "n": 201}
    expected = result.lanes[1].trajectory.rates
    np.testing.assert_allclose(series(header["lanes"][1]["rate"], 201, buffers), expected, rtol=FLOAT32, atol=1e-12)


def test_memory_and_effective_step_are_sampled_evenly():
    result = race(ADAM, steps=2499)
    trajectory = result.lanes[0].trajectory
    header, buffers = decode(player_payload(result))
    stride = header["stride"]
    samples = len(range(0, 2500, stride))
    assert samples <= MAX_SAMPLES
    memory = {state["name"]: state["series"] for state in header["lanes"][0]["memory"]}
    assert [one["name"] for one in memory["v"]] == ["x", "y"]
    for axis in range(2):
        sent = series(memory["v"][axis]["values"], samples, buffers)
        np.testing.assert_allclose(sent, trajectory.states["v"][::stride, axis], rtol=FLOAT32, atol=1e-44)
        gradient = result.race.landscape.gradient(trajectory.points[:-1])[:, axis]
        effective = -np.diff(trajectory.points[:, axis]) / gradient
        sent = series(memory["effective step"][axis]["values"], samples, buffers)
        assert np.isnan(sent[-1])
        np.testing.assert_allclose(sent[:-1], effective[::stride][: samples - 1], rtol=FLOAT32)
    assert header["lanes"][0]["memory"][header["lanes"][0]["momentum"]]["name"] == "m"


def test_a_matrix_in_memory_has_a_series_for_each_of_its_places():
    result = race(Entry(optimizer="bfgs"), steps=20)
    names = [name for name, state in result.lanes[0].trajectory.states.items() if state.shape[1:] == (2, 2)]
    assert names
    header, _ = decode(player_payload(result))
    memory = {state["name"]: state["series"] for state in header["lanes"][0]["memory"]}
    assert [one["name"] for one in memory[names[0]]] == ["xx", "xy", "yx", "yy"]


def test_a_diverging_path_is_finite_in_the_payload_and_says_when_it_diverged():
    result = race(Entry(optimizer="sgd", values={"lr": 0.1}), ADAM)
    header, buffers = decode(player_payload(result))
    lane = header["lanes"][0]
    assert lane["diverged"] == int(result.lanes[0].trajectory.first_nonfinite) > 0
    assert header["lanes"][1]["diverged"] == -1
    for name in ("x", "y", "gap", "gradient", "distance"):
        assert np.isfinite(series(lane[name], 201, buffers)).all()


def test_a_path_that_runs_away_keeps_its_digits_where_it_can_be_seen():
    result = race(Entry(optimizer="sgd", values={"lr": 0.004}))
    points = result.lanes[0].trajectory.points
    assert np.abs(points[-1]).max() > 1e20
    header, buffers = decode(player_payload(result))
    lane = header["lanes"][0]
    for axis, name in enumerate("xy"):
        sent = lane["anchor"][axis] + series(lane[name], 201, buffers)
        np.testing.assert_allclose(sent[:4], points[:4, axis], rtol=1e-6)


def test_a_path_below_the_known_minimum_is_not_measured_from_it():
    landscape = LANDSCAPES["schwefel"]
    start = (560.0, 560.0)  # outside the domain, where Schwefel's function goes on downward
    entries = (Entry(optimizer="sgd", values={"lr": 1.0}),)
    result = run_race(Race(landscape=landscape, entries=entries, start=start, steps=400))
    assert landscape.minimum == 0.0
    assert result.lanes[0].trajectory.values.min() < -100
    assert decode(player_payload(result))[0]["base"] is None


def test_bytes_stay_near_the_raw_float32_size_and_grow_linearly():
    sizes, raws = [], []
    for steps in (250, 500, 900):
        result = race(SGD, ADAM, steps=steps)
        states = sum(np.prod(s.shape[1:], dtype=int) for lane in result.lanes for s in lane.trajectory.states.values())
        sizes.append(len(player_payload(result)))
        raws.append(4 * (steps + 1) * (2 * (5 + 1 + 2) + states))
    assert all(size <= 1.3 * raw for size, raw in zip(sizes, raws, strict=True))
    assert (sizes[2] - sizes[1]) / 400 == pytest.approx((sizes[1] - sizes[0]) / 250, rel=0.02)


def test_the_race_has_one_name_whatever_the_view_and_another_for_another_start():
    result = race(SGD)
    name = decode(player_payload(result))[0]["race"]
    assert decode(player_payload(result, view={"step": 3}, replay=True))[0]["race"] == name
    other = run_race(Race(landscape=result.race.landscape, entries=(SGD,), start=(0.0, 0.5), steps=200))
    assert decode(player_payload(other))[0]["race"] != name


def test_an_effective_step_that_rounding_makes_is_not_told(monkeypatch: pytest.MonkeyPatch):
    """SGD's is its rate, until it has come so near to (1, 3) that float64 cannot hold its steps."""

    def told() -> np.ndarray:
        result = race(Entry(optimizer="sgd", values={"lr": 0.05}), key="booth", steps=600)
        header, buffers = decode(player_payload(result))
        sent = series(header["lanes"][0]["memory"][0]["series"][0]["values"], 601, buffers)
        return sent[np.isfinite(sent)]

    assert len(told()) > 50
    np.testing.assert_allclose(told(), 0.05, rtol=1e-3)
    monkeypatch.setattr("figures.race.player._RESOLVED", 0.0)
    assert np.abs(told() - 0.05).max() > 0.01


def test_all_who_look_at_a_race_get_the_same_made_once(monkeypatch: pytest.MonkeyPatch):
    made: list[RaceResult] = []
    make = player._made
    monkeypatch.setattr(player, "_made", lambda result: made.append(result) or make(result))
    results = [race(Entry(optimizer="sgd"), steps=5) for _ in range(player.MOST_KNOWN + 1)]
    first = player_payload(results[0], view={"step": 2})
    for view in ({"step": 2}, {"step": 3}, None):
        header, _ = decode(player_payload(results[0], view=view, replay=False))
        assert (header["view"], header["replay"]) == (view or {}, False)
    assert made == results[:1]
    assert player_payload(results[0], view={"step": 2}) == first
    for result in results:
        player_payload(result)
    assert len(player._known) == player.MOST_KNOWN
    count = len(made)
    player_payload(results[0])
    assert len(made) == count + 1, "what was not asked for lately is made again"
    player._known[id(results[1])] = player._known[id(results[0])]  # another race has come to lie where one was
    assert player_payload(results[1]) == player_payload(race(Entry(optimizer="sgd"), steps=5))
