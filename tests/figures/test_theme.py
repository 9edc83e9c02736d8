"""Every optimizer has one look, and every lane of a race can be told from every other."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from experiments.race.race import run_race
from experiments.race.types import Entry, Race
from figures.race.lanes import drawn_lanes
from figures.theme import (
    COLORS,
    DASHES,
    MARKERS,
    field_color,
    field_palette,
    on_background,
    optimizer_style,
    plotly_colorscale,
    plotly_dash,
    plotly_layout,
    rgb,
    shades,
)
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS

MOST_USED = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "newton")


def lanes_of(*entries: Entry):
    race = Race(landscape=LANDSCAPES["elongated_bowl"], entries=entries, start=(1.0, 1.0), steps=3)
    return drawn_lanes(run_race(race))


def luminance(color: str) -> float:
    """WCAG 2 relative luminance."""
    channels = np.array(rgb(color)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_optimizer_of_the_catalogue_has_its_own_color_and_dash() -> None:
    looks = [optimizer_style(key)[:2] for key in OPTIMIZERS]
    assert len(set(looks)) == len(looks)


def test_the_most_used_optimizers_have_colors_and_markers_of_their_own_and_solid_lines() -> None:
    styles = [optimizer_style(key) for key in MOST_USED]
    assert len({color for color, _, _ in styles}) == len({marker for _, _, marker in styles}) == len(MOST_USED)
    assert all(dash == () for _, dash, _ in styles)


def test_a_new_optimizer_takes_a_look_that_no_other_has_and_keeps_it() -> None:
    color, dash, marker = optimizer_style("tomorrows_rule")
    assert (color, dash) not in {optimizer_style(key)[:2] for key in OPTIMIZERS}
    assert color in COLORS
    assert dash in DASHES
    assert marker in MARKERS
    assert optimizer_style("tomorrows_rule") == (color, dash, marker)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lanes_are_readable_on_the_background(dark: bool) -> None:
    background = shades(dark).background
    assert contrast(shades(dark).text, background) >= 7
    assert contrast(shades(dark).muted, background) >= 4.5
    assert all(contrast(on_background(color, dark), background) >= 2 for color in COLORS)


@pytest.mark.parametrize("dark", [False, True])
def test_the_field_gets_lighter_from_low_to_high_in_even_steps(dark: bool) -> None:
    levels = [luminance(field_color(level, dark)) for level in np.linspace(0, 1, 33)]
    assert all(low < high for low, high in itertools.pairwise(levels))
    steps = np.abs(np.diff(field_palette(dark).astype(int), axis=0)).max(axis=1)
    assert steps.max() <= 6


def test_copies_are_named_by_the_hyperparameter_that_differs() -> None:
    lanes = lanes_of(
        Entry(optimizer="sgd", values={"lr": 0.1}),
        Entry(optimizer="sgd", values={"lr": 0.01}),
        Entry(optimizer="adam"),
        Entry(optimizer="adam", values={"bias_correction": False}),
    )
    assert [lane.label for lane in lanes] == [
        "SGD, rate 0.1",
        "SGD, rate 0.01",
        "Adam, bias correction",
        "Adam, no bias correction",
    ]


def test_copies_are_named_by_the_schedule_that_differs() -> None:
    lanes = lanes_of(Entry(optimizer="sgd"), Entry(optimizer="sgd", schedule="cosine", warmup=2))
    assert [lane.label for lane in lanes] == ["SGD, constant rate", "SGD, cosine, warm-up 2"]


def test_rates_that_round_alike_get_more_digits() -> None:
    lanes = lanes_of(Entry(optimizer="sgd", values={"lr": 0.1001}), Entry(optimizer="sgd", values={"lr": 0.1002}))
    assert [lane.label for lane in lanes] == ["SGD, rate 0.1001", "SGD, rate 0.1002"]


def test_equal_copies_are_numbered() -> None:
    labels = [lane.label for lane in lanes_of(*[Entry(optimizer="adam")] * 3)]
    assert labels == ["Adam", "Adam (2)", "Adam (3)"]


def test_the_first_copy_keeps_its_look_and_the_others_take_free_colors() -> None:
    lanes = lanes_of(*[Entry(optimizer="adam")] * 3, Entry(optimizer="sgd"))
    assert (lanes[0].color, lanes[0].dash, lanes[0].marker) == optimizer_style("adam")
    assert (lanes[3].color, lanes[3].dash, lanes[3].marker) == optimizer_style("sgd")
    assert len({lane.color for lane in lanes}) == 4


def test_where_two_optimizers_share_a_color_the_solid_one_keeps_it() -> None:
    dashed, solid = lanes_of(Entry(optimizer="saddle_free_newton"), Entry(optimizer="newton"))
    assert solid.color == optimizer_style("newton")[0]
    assert dashed.color != solid.color


@pytest.mark.parametrize("key", ["adam", "lbfgs"])
def test_twelve_copies_still_differ_in_color_or_dash(key: str) -> None:
    lanes = lanes_of(*[Entry(optimizer=key)] * 12)
    assert len({(lane.color, lane.dash) for lane in lanes}) == 12
    assert len({lane.label for lane in lanes}) == 12


def test_markers_stay_inside_about_the_unit_circle() -> None:
    for outline in MARKERS.values():
        assert all(np.hypot(x, y) <= 1.25 for x, y in outline)


def test_plotly_gets_the_same_theme() -> None:
    assert plotly_dash(()) == "solid"
    assert plotly_dash((8, 4)) == "8px,4px"
    assert plotly_layout(True)["paper_bgcolor"] == shades(True).background
    assert [color for _, color in plotly_colorscale(False)][::10] == [field_color(0, False), field_color(1, False)]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_pictures_have_the_colors_of_the_page_around_them(name: str) -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    page, shade = config["theme"][name], shades(name == "dark")
    assert (page["backgroundColor"], page["textColor"]) == (shade.background, shade.text)
    assert {color.upper() for color in config["theme"]["chartCategoricalColors"]} <= set(COLORS)
    assert page["primaryColor"] in COLORS
