"""Settings in links: what is written is read back, and everything that cannot be used is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from settings.hyperparameter import Hyperparameter
from settings.linked import read_settings, write_settings
from settings.query import QueryReader, query_text

SHAPE = Hyperparameter(
    name="shape", symbol="", kind="choice", default="round", choices=("round", "square"), meaning="Its outline."
)
CORNER = Hyperparameter(name="corner", symbol="r", default=0.5, low=0.0, high=1.0, valid="[0, 1]", meaning="Roundness.")
COUNT = Hyperparameter(name="count", symbol="n", default=3, kind="int", low=1, high=9, valid="[1, 9]", meaning="Many.")
OPEN = Hyperparameter(name="open", symbol="", default=True, kind="bool", meaning="Whether it is open.")


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Hyperparameter]]:
    yield "shape", SHAPE
    if values["shape"] == "square":
        yield "corner", CORNER
    yield "count", COUNT
    yield "open", OPEN


def test_defaults_are_left_out_and_what_is_written_is_read_back() -> None:
    assert write_settings(declared, {}) == {}
    values = {"shape": "square", "corner": 0.1, "count": 3, "open": False}
    query = write_settings(declared, values)
    assert query == {"shape": "square", "corner": "0.1", "open": "false"}
    assert read_settings(declared, query) == (values, [])


def test_each_part_that_cannot_be_used_is_named_and_the_rest_is_used() -> None:
    values, problems = read_settings(declared, {"shape": "oval", "corner": "0.3", "count": "2.5", "open": "false"})
    assert values == {"shape": "round", "count": 3, "open": False}
    assert len(problems) == 3
    assert "shape was given 'oval'; allowed is one of round, square" in problems[0]
    assert "count was given '2.5'; allowed is a whole number in [1, 9]" in problems[1]
    assert "'corner' is not a parameter of this page" in problems[2]


def test_streamlits_own_parameters_and_skipped_ones_are_not_judged() -> None:
    reader = QueryReader({"embed": "true", "v.step": "x"})
    reader.skip("v.")
    reader.refuse_unread()
    assert reader.problems == []


def test_text_that_is_too_long_is_refused_in_short() -> None:
    _, problems = read_settings(declared, {"count": "9" * 1000})
    assert len(problems) == 1
    assert len(problems[0]) < 200


@pytest.mark.parametrize("value", [0.1, 1 / 3, 2.5, 1e-300, 123456789.123456789, 7, -0.0])
def test_a_number_of_a_link_is_the_number(value: float) -> None:
    assert float(query_text(value)) == value


def test_a_number_that_twelve_digits_hold_takes_no_more() -> None:
    assert [query_text(value) for value in (0.1, 0.30000000000000004 - 0.0, 3, 1e-05)] == [
        "0.1",
        "0.30000000000000004",
        "3",
        "1e-05",
    ]


def test_a_number_beyond_all_bounds_is_named_with_the_bound_and_a_smaller_one_is_not() -> None:
    parameter = Hyperparameter(name="scale", symbol="s", default=1.0, low=0.1, high=3.0, valid="(0, inf)", meaning="?")
    reader = QueryReader({"scale": "1e200"})
    assert reader.value("scale", parameter) == 1.0
    assert "allowed is a number in (0, inf), at most 1e+100 in size; the default is used." in reader.problems[0]
    reader = QueryReader({"scale": "-1"})
    assert reader.value("scale", parameter) == 1.0
    assert reader.problems == ["scale was given '-1'; allowed is a number in (0, inf); the default is used."]
    reader = QueryReader({"scale": "1e100"})
    assert reader.value("scale", parameter) == 1e100
    assert reader.problems == []


@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000], ids=["many", "below", "thousands"])
def test_endless_digits_are_refused_in_a_short_sentence(value: int) -> None:
    for parameter in (
        Hyperparameter(name="n", symbol="n", default=1, kind="int", low=0, high=9, valid="[0, inf)", meaning="?"),
        Hyperparameter(name="n", symbol="n", default=1.0, low=0, high=9, meaning="?"),
    ):
        with pytest.raises(ValueError, match=r"^n was given a whole number of more than 70 digits; .* in size"):
            parameter.check(value)
