"""Small pictures of the landing page: recorded curves are those of the presets as they are."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from figures.landing import LESSONS, SUBJECTS, lesson_svg, subject_svg
from figures.landing.lessons import recorded
from figures.landing.lines import SmallLine, lines_svg
from figures.theme import BLUE
from trainers.presets import PRESETS


def lines_of(svg: str) -> list[list[tuple[float, float]]]:
    root = ElementTree.fromstring(svg)
    return [
        [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]  # type: ignore[misc]
        for line in root.iter("{http://www.w3.org/2000/svg}polyline")
    ]


@pytest.mark.parametrize("key", LESSONS)
def test_a_recorded_lesson_is_the_preset_of_today(key: str) -> None:
    entry = recorded()[key]
    assert entry["link"] == PRESETS[key].configs()[0][1].to_query(), "python -m tools.lesson_curves"
    assert len(entry["epochs"]) == len(entry["train"]) == len(entry["val"])


def test_the_curves_of_overfitting_part() -> None:
    entry = recorded()["overfitting"]
    assert entry["train"][-1] < 0.2 * entry["train"][0]
    assert entry["val"][-1] > 2 * min(entry["val"])


@pytest.mark.parametrize("dark", [False, True])
def test_pictures_stay_within_their_frame(dark: bool) -> None:
    pictures = [lesson_svg(key, dark) for key in LESSONS] + [subject_svg(key, dark) for key in SUBJECTS]
    for svg in pictures:
        for line in lines_of(svg):
            x, y = np.array(line).T
            assert x.min() >= 0
            assert x.max() <= 320
            assert y.min() >= 0
            assert y.max() <= 150


def test_lines_are_drawn_to_scale_and_leave_out_what_is_not_known() -> None:
    svg = lines_svg([SmallLine(x=[0, 1, 2], y=[0, np.nan, 10], color=BLUE)], dark=False)
    assert lines_of(svg) == [[(14.0, 136.0), (306.0, 14.0)]]
