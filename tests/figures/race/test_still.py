"""SVG and PNG show the race that they were given."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from experiments.race.race import run_race
from experiments.race.types import Entry, Race, RaceResult
from figures.drawing.layout import ticks
from figures.race.backdrop import race_stage
from figures.race.lanes import drawn_lanes
from figures.race.still import race_png, race_svg
from figures.theme import field_color, on_background, rgb, shades
from landscapes import LANDSCAPES
from tests.figures.races import noisy, valley

SVG = "{http://www.w3.org/2000/svg}"


def parsed(result: RaceResult, **settings) -> ElementTree.Element:
    return ElementTree.fromstring(race_svg(result, **settings))


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def polyline(element: ElementTree.Element) -> np.ndarray:
    return np.array([[float(number) for number in pair.split(",")] for pair in element.get("points", "").split()])


def test_the_svg_is_valid_and_names_landscape_lanes_axes_and_marks() -> None:
    root = parsed(valley(), width=900, height=600)
    assert (root.get("width"), root.get("height")) == ("900", "600")
    assert root.findtext(f"{SVG}title") == LANDSCAPES["rosenbrock"].name
    shown = texts(root)
    assert {LANDSCAPES["rosenbrock"].name, "x", "y", "start", "minimum", "f(x, y), logarithmic"} <= set(shown)
    assert {"SGD, rate 0.001", "SGD, rate 0.01", "Adam", "Newton"} <= set(shown)
    assert "diverged at step 7" in shown
    assert "step 120 of 120" in shown


def test_a_trail_runs_through_the_points_of_the_path() -> None:
    result = valley()
    stage = race_stage(result, width=900, height=600, dark=False)
    lane = drawn_lanes(result)[2]
    trails = [e for e in parsed(result, width=900, height=600).iter(f"{SVG}polyline") if e.get("stroke") == lane.color]
    drawn = np.concatenate([polyline(trail) for trail in trails])
    for point in stage.place(lane.trajectory.points[[0, 3, 20]]):
        assert np.linalg.norm(drawn - point, axis=1).min() < 1


def test_the_head_stands_where_the_path_is_at_that_step() -> None:
    result = noisy()
    lane = drawn_lanes(result)[0]
    for step in (0, 11, 40):
        stage = race_stage(result, width=800, height=500, dark=False)
        x, y = stage.place(lane.trajectory.points[step])
        root = parsed(result, width=800, height=500, step=step)
        heads = [polyline(e) for e in root.iter(f"{SVG}polygon") if e.get("fill") == lane.color]
        assert min(np.hypot(*(head.mean(axis=0) - (x, y))) for head in heads) < 1


def test_the_embedded_field_has_the_colors_of_its_values() -> None:
    result = noisy()
    stage = race_stage(result, width=800, height=500, dark=True)
    (field, _) = parsed(result, width=800, height=500, dark=True).iter(f"{SVG}image")
    _, _, data = field.get("href", "").partition(",")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
    assert stage.levels is not None
    assert pixels.shape[:2] == stage.levels.shape
    for row, column in ((0, 0), (50, 70), (-1, -1)):
        assert tuple(pixels[row, column]) == rgb(field_color(float(stage.levels[::-1][row, column]), True))


def test_both_axes_have_the_same_scale_and_the_whole_domain_is_in_view() -> None:
    stage = race_stage(noisy(), width=1000, height=500, dark=False)
    a, b, c = stage.place(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    assert b[0] - a[0] == pytest.approx(a[1] - c[1])
    left, top, right, bottom = stage.frame
    corners = stage.place(np.array([[-5.0, -5.0], [5.0, 5.0]]))
    assert (corners[:, 0] >= left - 1e-6).all()
    assert (corners[:, 0] <= right + 1e-6).all()
    assert (corners[:, 1] >= top - 1e-6).all()
    assert (corners[:, 1] <= bottom + 1e-6).all()


def test_text_of_a_user_stays_text() -> None:
    result = valley()
    landscape = replace(result.race.landscape, name='</text><script>alert("&")</script>\x00')
    lanes = (replace(result.lanes[0], label='<b onload="x">&'), *result.lanes[1:])
    root = parsed(RaceResult(race=replace(result.race, landscape=landscape), lanes=lanes))
    assert not list(root.iter(f"{SVG}script"))
    assert '</text><script>alert("&")</script>' in texts(root)
    assert '<b onload="x">&' in texts(root)


def test_a_thumbnail_has_no_text_and_fills_its_size() -> None:
    root = parsed(valley(), width=320, height=200, chrome=False)
    assert texts(root) == []
    image = Image.open(io.BytesIO(race_png(valley(), width=320, height=200, chrome=False)))
    assert image.size == (320, 200)
    assert shades(False).background not in {f"#{r:02X}{g:02X}{b:02X}" for r, g, b in np.asarray(image)[0]}


def test_labels_of_heads_do_not_cover_each_other() -> None:
    entries = tuple(
        Entry(optimizer=key, values={"lr": 0.05}) for key in ("sgd", "momentum", "adam", "adamw", "rmsprop")
    )
    race = Race(landscape=LANDSCAPES["elongated_bowl"], entries=entries, start=(1.0, 1.0), steps=400)
    result = run_race(race)
    root = parsed(result, width=900, height=600)
    halo = shades(False).halo
    boxes = []
    for element in root.iter(f"{SVG}text"):
        if element.get("stroke") == halo:
            x, y, size = (float(element.get(name, 0)) for name in ("x", "y", "font-size"))
            boxes.append((x, y - size, x + 0.5 * size * len(element.text or ""), y))
    assert len(boxes) == 5
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] - 3 or other[1] >= one[3] - 3
            assert apart, (one, other)


@pytest.mark.parametrize("dark", [False, True])
def test_the_png_has_its_size_and_shows_every_lane_in_its_color(dark: bool) -> None:
    image = Image.open(io.BytesIO(race_png(valley(), width=700, height=480, dark=dark)))
    assert image.size == (700, 480)
    pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    assert tuple(pixels[0]) == rgb(shades(dark).background)
    for lane in drawn_lanes(valley()):
        color = on_background(lane.color, dark)
        assert (pixels == rgb(color)).all(axis=1).sum() >= 10, lane.label


def test_a_path_that_starts_outside_the_domain_is_in_the_picture() -> None:
    race = Race(landscape=LANDSCAPES["booth"], entries=(Entry(optimizer="adam"),), start=(14.0, 3.0), steps=5)
    stage = race_stage(run_race(race), width=640, height=480, dark=False)
    x, y = stage.place(np.array([14.0, 3.0]))
    left, top, right, bottom = stage.frame
    assert left <= x <= right + 1e-6
    assert top <= y <= bottom


def test_ticks_are_round_numbers_inside_the_axis() -> None:
    assert ticks(-2.0, 2.0, 4) == [-2, -1, 0, 1, 2]
    assert ticks(0.013, 0.061, 5) == [0.02, 0.03, 0.04, 0.05, 0.06]
    assert ticks(-512.0, 512.0, 4) == [-500, 0, 500]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"step": 121}, "step was given 121; allowed is a whole number from 0 to 120"),
        ({"step": -1}, "step was given -1"),
        ({"width": 5}, "width was given 5; allowed are 64 to 4096 pixels"),
        ({"height": 9999}, "height was given 9999"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        race_svg(valley(), **settings)
