"""Payloads and pictures of convexity and penalties hold the numbers of the experiments themselves."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from experiments.neuron import (
    DECAYS,
    LAMBDAS,
    SURFACES,
    TOLERANCE,
    bowl_of,
    bowl_penalty,
    chord_of,
    conventions_of,
    declared,
    growth_of,
    optimum_of,
    path_of,
    races_of,
    surfaces_of,
)
from figures.convexity import (
    chord_figure,
    chord_payload,
    convention_table,
    growth_figure,
    growth_payload,
    left_curves,
    measured_bowl,
    shapes_figure,
    shapes_payload,
)
from figures.theme import BLUE, VERMILLION, on_background
from programs import run_code
from settings import SettingsCodec

Header = dict[str, Any]


def values_of(**query: str) -> dict[str, Any]:
    values, problems = SettingsCodec(declared).read(query)
    assert not problems
    return values


def opened(payload: bytes) -> tuple[Header, Any]:
    """The header, and a function from what it says of a column to the numbers."""
    (length,) = struct.unpack_from("<I", payload)
    body = payload[8 + length :]

    def column(told: dict[str, Any]) -> np.ndarray:
        if "from" in told:
            return told["from"] + told["step"] * np.arange(told["n"])
        return np.frombuffer(body, f"<{told.get('as', 'f4')}", told["n"], told["at"])

    return json.loads(payload[8 : 8 + length]), column


@pytest.mark.parametrize("weights", ["two_features", "one_feature"])
def test_both_surfaces_are_sent_as_programs_with_their_rows(weights: str) -> None:
    values = values_of(classes="blobs", weights=weights)
    header, _ = opened(chord_payload(values))
    surfaces = surfaces_of(values)
    assert [each["key"] for each in header["surfaces"]] == list(SURFACES)
    rows = {f"@{name}": np.array(column) for name, column in zip(*header["rows"].values(), strict=True)}
    for each in header["surfaces"]:
        point = np.array([1.5, -2.0])
        inputs = {"x": point[:1, None], "y": point[1:, None], **rows}
        (value,), hessian = (run_code(each["codes"][part], inputs) for part in ("value", "hessian"))
        surface = surfaces[each["key"]]
        assert value.item() == pytest.approx(surface.value(point), rel=1e-12)
        (dxx, dxy), (_, dyy) = surface.hessian(point)
        assert [number.item() for number in hessian] == pytest.approx([dxx, dxy, dyy], rel=1e-11)
    assert header["weights"][1] == ("w₂: second" if weights == "two_features" else "b: bias")


def test_the_bands_of_both_maps_are_on_one_scale_and_where_the_losses_are_so_high() -> None:
    values = values_of(classes="setosa_versicolor")
    header, column = opened(chord_payload(values))
    levels, surfaces = header["levels"], surfaces_of(values)
    heights = [surface.value(np.array([-8.0, -8.0])) for surface in surfaces.values()]
    assert levels[0] < min(heights) < max(heights) <= levels[-1] * (1 + 1e-12)
    assert len(header["colors"][0]) == len(levels) - 1
    for each in header["surfaces"]:
        assert len(each["bands"]) == len(levels) - 1
        touched = 0
        for band, low, high in zip(each["bands"], levels[:-1], levels[1:], strict=True):
            points = column(band["points"]).reshape(-1, 2).astype(np.float64)
            if len(points):
                value = surfaces[each["key"]].value(points)
                assert (value > low * 0.96).all()
                assert (value < high * 1.04).all()
                assert band["starts"][0] == 0
                touched += 1
        assert touched > 5


def test_growth_is_sent_for_every_strength() -> None:
    values = values_of(decay="0.1")
    header, column = opened(growth_payload(values))
    growth = growth_of(values)
    assert header["decays"] == list(DECAYS)
    assert header["decays"][header["at"]] == 0.1
    np.testing.assert_array_equal(column(header["steps"]), growth.steps)
    for place in range(len(DECAYS)):
        np.testing.assert_allclose(column(header["lengths"][place]), growth.length[place], rtol=1e-6)
        np.testing.assert_allclose(column(header["losses"][place]), growth.loss[place], rtol=1e-6)
    assert header["margin"] == growth.margin
    header, _ = opened(growth_payload(values_of(classes="xor")))
    assert header["margin"] is None
    assert header["angles"] is None


@pytest.mark.parametrize("mix", ["0", "0.5", "1"])
def test_the_optimum_of_every_strength_is_sent_with_all_its_digits(mix: str) -> None:
    values = values_of(mix=mix, fitted="iris", **{"lambda": "0.35"})
    header, column = opened(shapes_payload(values))
    strengths, weights = path_of(values)
    assert header["lambdas"] == list(LAMBDAS) == strengths.tolist()
    assert header["lambdas"][header["at"]] == 0.355  # the nearest that is known
    np.testing.assert_array_equal(column(header["optima"]).reshape(-1, 2), weights)
    assert (header["zeroFrom"] == [None, None]) == (mix == "0")


@pytest.mark.parametrize("dark", [False, True])
def test_a_bowl_shows_the_walk_to_the_tolerance_and_the_minimum(dark: bool) -> None:
    measured, scaled = races_of(values_of())
    for raced in (measured, scaled):
        figure: Any = measured_bowl(raced, dark=dark)
        field, path, minimum = figure.data
        assert raced.needed is not None
        np.testing.assert_array_equal(np.stack([path.x, path.y], -1), raced.path[: raced.needed + 1])
        np.testing.assert_array_equal([minimum.x[0], minimum.y[0]], raced.minimum)
        height = raced.surface.value(np.array([field.x[3], field.y[7]])) - raced.lowest
        assert field.z[7, 3] == pytest.approx(np.log10(height))
        (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
        for x, y in (*raced.path[: raced.needed + 1], raced.minimum):
            assert left < x < right
            assert low < y < high
        assert figure.layout.yaxis.scaleanchor == "x"


def test_what_is_left_falls_below_the_tolerance_at_the_step_that_is_told() -> None:
    races = races_of(values_of(measured="blobs"))
    figure: Any = left_curves(races)
    for raced, trace, color in zip(races, figure.data, (VERMILLION, BLUE), strict=True):
        assert raced.needed is not None
        assert trace.line.color == on_background(color, False)
        assert (trace.y[trace.x < raced.needed] > TOLERANCE).all()
        assert (trace.y[trace.x >= raced.needed] <= TOLERANCE).all()
    assert figure.layout.shapes[0].y0 == TOLERANCE


@pytest.mark.parametrize("mix", ["0", "0.75", "1"])
def test_the_table_has_a_line_for_every_convention(mix: str) -> None:
    conventions = conventions_of(values_of(mix=mix))
    lines = convention_table(conventions).splitlines()
    assert len(lines) == 2 + len(conventions)
    for line, each in zip(lines[2:], conventions, strict=True):
        assert each.where in line
        assert each.formula in line
        assert line.count("|") == 4


def test_the_still_of_a_chord_marks_what_stands_above_it():
    values = values_of(part="convexity")
    figure: Any = chord_figure(values)
    said = [note["text"] for note in figure.to_dict()["layout"]["annotations"]]
    assert said == [
        "<b>Cross-entropy</b><br>Never above its chord: convex on this way",
        "<b>Squared error</b><br>Up to 0.169 above its chord: not convex",
    ]
    orange = [trace for trace in figure.data if trace.line.width == 4.5]
    (above,) = orange  # of squared error alone
    convex, bent = chord_of(values)
    assert convex.above == 0
    assert np.isfinite(np.asarray(above.y, dtype=float)).sum() == (bent.value > bent.chord).sum()


def test_the_still_of_growing_weights_has_both_lanes():
    values = values_of(part="convexity", sight="growth", decay="0.01")
    growth = growth_of(values)
    figure: Any = growth_figure(values)
    free, held, theory = figure.data[:3]
    assert free.y == pytest.approx(growth.length[0])
    assert held.y == pytest.approx(growth.length[DECAYS.index(0.01)])
    assert theory.name == "in the end: ln t / margin"
    alone: Any = growth_figure(values_of(part="convexity", sight="growth", decay="0"))
    assert len(alone.data) == 4


@pytest.mark.parametrize(
    ("mix", "form"), [("1", "constraint"), ("0.25", "constraint"), ("0", "constraint"), ("1", "penalty")]
)
def test_the_still_of_a_penalty_touches_its_shape_at_the_optimum(mix: str, form: str):
    values = values_of(part="penalties", mix=mix, form=form, fitted="iris")
    figure: Any = shapes_figure(values)
    here = optimum_of(values)
    shapes = [trace for trace in figure.data if trace.name == "as large a penalty"]
    assert len(shapes) == (form == "constraint")
    for shape in shapes:
        outline = np.stack([shape.x, shape.y], axis=-1).astype(float)
        assert bowl_penalty(outline, here.mix) == pytest.approx(here.radius)
        assert np.hypot(*(outline - here.weights).T).min() < 0.02
    (mark,) = [trace for trace in figure.data if (trace.name or "").startswith("optimum at")]
    assert (mark.x[0], mark.y[0]) == pytest.approx(tuple(here.weights))
    signs = "\N{SUBSCRIPT ONE}\N{SUBSCRIPT TWO}"
    names = {f"w{sign}: {name}" for sign, name in zip(signs, bowl_of("iris").names, strict=True)}
    assert names <= {trace.name for trace in figure.data}
