"""What can be taken away of live curves: CSV, SVG, PNG."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest
from PIL import Image

from exports.live import curves_csv
from figures.drawing.picture import Line, Polygon, Text
from figures.live.still import comparison_png, comparison_svg, known_panel, live_picture, live_png, live_svg
from figures.live.still_chart import number_chart, still_chart
from figures.theme import BLUE, VERMILLION, rgb
from tests.figures.live.test_live_payload import finding, plane_facts, surface
from tests.figures.live_runs import layers_of, watched

FRAME = (60.0, 60.0, 600.0, 400.0)


def run(**given: Any) -> Any:
    return watched({"train_loss": [1.0, 0.5, 0.25], "val_loss": [1.0, 0.75, 0.875]}, **given)


def test_the_csv_has_every_report_in_full_precision():
    layers = layers_of(3, ("first", "=cmd()"), dead_share=[[0.1, 0.2], [0.3, np.nan], [0.5, 0.6]])
    first = watched({"train_loss": [1 / 3, 2 / 3, np.inf], "lr": [0.1, 0.1, 0.1]}, layers=layers, name="=1+1")
    second = watched({"train_loss": [5.0], "val_loss": [6.0]}, name="b, c")
    rows = list(csv.DictReader(io.StringIO(curves_csv([first, second]))))
    assert [row["run"] for row in rows] == ["'=1+1"] * 3 + ["b, c"]
    assert [float(row["train_loss"]) for row in rows] == [1 / 3, 2 / 3, np.inf, 5.0]
    assert [row["val_loss"] for row in rows] == ["", "", "", "6"]
    assert [row["dead_share[first]"] for row in rows] == ["0.1", "0.3", "0.5", ""]
    assert rows[1]["dead_share[=cmd()]"] == ""
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "1"]
    assert "val_metric" not in rows[0]


def test_the_svg_is_well_formed_and_holds_curves_labels_and_the_verdict():
    text = live_svg([run(name="<i>&", findings=(finding(span=(1.0, 3.0)),), best_epoch=2.0, best_val_loss=0.75)])
    root = ElementTree.fromstring(text)
    words = {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"training", "validation", "Overfitting", "epoch", "loss", "<i>&"} <= words
    assert BLUE in text
    assert VERMILLION in text


def test_curves_lie_where_their_numbers_are():
    chart = still_chart([run()], "loss", FRAME, False)
    left, top, right, bottom = chart.frame
    assert not chart.logarithmic
    assert chart.y[0] == 0.0
    assert chart.place(3.0, 0.0).tolist() == [right, bottom]
    assert chart.place(0.0, chart.y[1]).tolist() == [left, top]
    picture = live_picture([run()], panel="loss")
    curves = [item for item in picture.inside if isinstance(item, Line) and item.color == VERMILLION]
    assert len(curves) == 1
    heights = curves[0].points[:, 1]
    assert heights[0] < heights[2] < heights[1]


def test_gaps_break_a_curve_and_values_that_span_decades_are_drawn_logarithmically():
    values = [1.0, 0.1, np.nan, 1e-3, 1e-4]
    picture = live_picture([watched({"train_loss": values})], panel="loss")
    assert len([item for item in picture.inside if isinstance(item, Line) and item.color == BLUE]) == 2
    assert still_chart([watched({"train_loss": values})], "loss", FRAME, False).logarithmic


def test_a_loss_that_stands_still_is_drawn_from_zero_and_one_that_moves_is_not():
    still = still_chart([watched({"train_loss": [0.693, 0.692, 0.6915]}, baseline_loss=0.693)], "loss", FRAME, False)
    assert still.y[0] == 0.0
    assert still.y[1] == pytest.approx(1.1 * 0.693)
    moving = still_chart([watched({"train_loss": [0.95, 0.8, 0.7]}, baseline_loss=0.693)], "loss", FRAME, False)
    assert moving.y[0] > 0.5


def test_a_run_that_blows_up_leaves_the_chart_and_is_crossed():
    wild = watched({"train_loss": [1.0, 0.9, 1e9, 1e12]}, status="diverged")
    chart = still_chart([wild], "loss", FRAME, False)
    assert chart.y[1] < 10
    crosses = [i for i in live_picture([wild], panel="loss").inside if isinstance(i, Line) and i.width == 2.0]
    assert len(crosses) == 2


def test_the_png_has_its_size_and_the_colors_of_curves_and_surface():
    random = np.random.default_rng(0)
    winner = np.zeros((16, 16), np.uint8)
    winner[:, 8:] = 1
    album = [(3.0, surface(winner, np.full((16, 16), 255, np.uint8)))]
    content = live_png([run(album=album, facts=plane_facts(random))], width=800, height=400)
    image = Image.open(io.BytesIO(content))
    assert image.size == (2000, 1000)
    seen = np.asarray(image.convert("RGB")).astype(int)
    for color in (BLUE, VERMILLION):
        assert (np.abs(seen - rgb(color)).sum(-1) < 30).sum() > 50
    # The left half of the surface is of the first class's color, lightened; the right half of the second's.
    left, right = seen[375:625, 1400:1500].mean((0, 1)), seen[375:625, 1850:1925].mean((0, 1))
    assert left[1] > left[0] + 40  # green
    assert right[0] > right[1] + 20  # purple


@pytest.mark.parametrize("panel", ["loss", "metric", "grad_norm", "cosine"])
@pytest.mark.parametrize("dark", [False, True])
def test_runs_without_any_report_still_make_a_picture(panel: str, dark: bool):
    picture = live_picture([watched(status="queued")], panel=panel, dark=dark)
    assert any(isinstance(item, Text) and item.text == "epoch" for item in picture.outside)
    assert not any(isinstance(item, Polygon) for item in picture.inside)


def test_a_hidden_layer_is_called_as_the_verdict_calls_it_and_a_few_layers_are_all_named():
    few = layers_of(3, ("hidden.0.linear", "hidden.1.linear", "output"), dead_share=[[0.1, 0.9, 0.0]] * 3)
    chart = still_chart([run(layers=few)], "dead_share", FRAME, False)
    assert [curve.label for curve in chart.curves] == ["layer 1", "layer 2", "output"]
    many = layers_of(3, [f"hidden.{i}.linear" for i in range(12)], dead_share=[[0.1] * 12] * 3)
    labels = [curve.label for curve in still_chart([run(layers=many)], "dead_share", FRAME, False).curves]
    assert [label for label in labels if label] == ["layer 1", "layer 12"]


def test_layers_of_one_run_and_first_and_last_of_several():
    layers = layers_of(3, "abc", grad_norm=[[1, 2, 3]] * 3)
    names = [curve.name for curve in still_chart([run(layers=layers)], "grad_norm", FRAME, False).curves]
    assert names == ["a", "b", "c"]
    pair = [run(layers=layers, role="x"), run(layers=layers, role="y")]
    curves = still_chart(pair, "grad_norm", FRAME, False).curves
    assert [(curve.name, curve.label) for curve in curves] == [("x, a", ""), ("x, c", "x"), ("y, a", ""), ("y, c", "y")]


def test_a_png_fills_a_slide_with_letters_that_are_read_from_the_last_row():
    assert Image.open(io.BytesIO(live_png([run()]))).size == (1920, 1080)
    words = [item for item in live_picture([run()], panel="loss").outside if isinstance(item, Text)]
    assert min(item.size for item in words) * 1080 / 432 >= 24


def test_a_panel_that_a_link_names_is_drawn_and_an_unknown_one_is_the_loss():
    assert known_panel("dead_share") == "dead_share"
    assert known_panel("") == known_panel("<b>") == "loss"


def test_wrong_panels_sizes_and_numbers_of_runs_are_refused():
    with pytest.raises(ValueError, match="allowed are loss"):
        live_picture([run()], panel="nothing")
    with pytest.raises(ValueError, match="allowed are 240 to 4096"):
        live_picture([run()], panel="loss", width=10)
    with pytest.raises(ValueError, match="allowed are 1 to 8"):
        live_picture([run()] * 9, panel="loss")


def test_training_loss_near_rounding_error_does_not_flatten_the_validation_loss():
    runs = [watched({"train_loss": [1.0, 1e-3, 1e-8], "val_loss": [1.2, 0.7, 0.9]})]
    assert not still_chart(runs, "loss", FRAME, False).logarithmic
    falls = [watched({"train_loss": [1.0, 0.5, 0.4], "val_loss": [1.2, 0.1, 0.001]})]
    assert still_chart(falls, "loss", FRAME, False).logarithmic


def test_a_number_of_several_runs_is_drawn_over_the_clock_that_is_chosen():
    runs = [
        watched({"val_loss": [1.0, 0.5], "seconds": [3.0, 6.0]}, role="a"),
        watched({"val_loss": [0.8, 0.7]}, role="b"),
    ]
    chart = number_chart(runs[:1], "val_loss", "seconds", FRAME, False)
    assert chart.x == (0.0, 6.0)
    assert [curve.epochs.tolist() for curve in chart.curves] == [[3.0, 6.0]]
    text = comparison_svg(runs, "val_loss", x="epoch")
    words = {node.text for node in ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}text")}
    assert {"a", "b", "epoch", "validation loss"} <= words
    with Image.open(io.BytesIO(comparison_png(runs, "val_loss", dark=True))) as picture:
        assert picture.size == (1920, 1080)
    with pytest.raises(ValueError, match="number was given 'nobody'"):
        comparison_svg(runs, "nobody")


def test_a_number_that_nobody_has_makes_an_empty_chart():
    assert number_chart([run()], "sharpness", "epoch", FRAME, False).curves == ()
