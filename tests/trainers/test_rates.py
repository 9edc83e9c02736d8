"""Which rate is read from a range test, and from halving."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest

from trainers import RunConfig
from trainers.rates import (
    RangeTest,
    RateRequest,
    RateSearch,
    Trial,
    held_rate,
    smoothed,
    suggestion,
)

RATES = tuple(np.geomspace(1e-5, 10, 100).tolist())


def ranged(loss: Callable[[float], float], noise: float = 0.0) -> RangeTest:
    """The loss as a function of log10 of the rate."""
    random = np.random.default_rng(0)
    losses = [loss(math.log10(rate)) + noise * random.standard_normal() for rate in RATES]
    return RangeTest(rates=RATES, losses=tuple(losses), most=10.0)


def valley(at: float) -> float:
    """Falls fastest at -2, is lowest about -1 and breaks beyond -0.3."""
    return 1.0 - 0.8 / (1 + math.exp(-4 * (at + 2))) + (0.0 if at < -0.5 else 3 * (at + 0.5) ** 2)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_rate_is_where_the_loss_falls_fastest(noise: float) -> None:
    found = suggestion(ranged(valley, noise))
    assert found.rate is not None
    assert found.breaks is not None
    assert found.lowest is not None
    assert 10**-2.35 < found.rate < 10**-1.65
    assert found.rate < found.lowest < found.breaks
    assert 10**-0.5 < found.breaks < 10**0.3
    assert found.reason == "There the loss falls fastest."


def test_a_fall_that_ends_in_a_break_is_stayed_away_from() -> None:
    found = suggestion(ranged(lambda at: 1.0 if at < -1.2 else 1 - 2 * (at + 1.2) if at < -0.9 else 40.0))
    assert found.rate is not None
    assert found.breaks is not None
    assert found.rate == pytest.approx(found.breaks / 3, rel=0.05)
    assert "A third" in found.reason


def test_a_loss_that_never_breaks_says_so() -> None:
    found = suggestion(ranged(lambda at: 1.0 - 0.8 / (1 + math.exp(-4 * (at + 2)))))
    assert found.breaks is None
    assert found.rate is not None


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (ranged(lambda at: 0.7), "hardly falls"),
        (ranged(lambda at: 0.7 + 0.1 * (at + 5)), "hardly falls"),
        (RangeTest(), "broke at once"),
        (RangeTest(rates=RATES[:4], losses=(1.0, math.inf, math.inf, math.inf)), "broke at once"),
    ],
)
def test_where_nothing_is_learned_no_rate_is_suggested(test: RangeTest, reason: str) -> None:
    found = suggestion(test)
    assert found.rate is None
    assert reason in found.reason


def test_a_negative_loss_has_a_rate_too() -> None:
    found = suggestion(ranged(lambda at: valley(at) - 5.0))
    assert found.rate is not None
    assert 10**-2.35 < found.rate < 10**-1.65


def test_the_mean_is_of_the_batches_around_and_keeps_what_is_no_number() -> None:
    assert smoothed([3.0] * 20) == [3.0] * 20
    assert smoothed([1.0, 2.0, 6.0, 2.0, 1.0]) == [1.5, 3.0, pytest.approx(10 / 3), 3.0, 1.5]
    assert smoothed([1.0, 1.0, 1.0, math.inf])[2:] == [math.inf, math.inf]


def test_the_first_rate_that_held_is_the_answer_of_halving() -> None:
    trials = [Trial(rate=2.0 / 2**k, losses=(1.0, 0.5), held=k >= 2) for k in range(4)]
    assert held_rate(trials) == 0.5
    assert held_rate(trials[:2]) is None


def test_a_search_is_stored_as_json_and_junk_is_none() -> None:
    search = RateSearch(
        range_test=RangeTest(rates=(0.1, 1.0), losses=(0.5, math.inf), passes=2.0, most=10.0),
        trials=(Trial(rate=1.0, losses=(1.0, 0.25), held=True),),
        rows=12,
    )
    plain = json.loads(json.dumps(search.to_plain(), allow_nan=False))
    assert RateSearch.from_plain(plain) == search
    for junk in (None, [], {}, {"range_test": {}}, plain | {"trials": [{}]}, plain | {"rows": "many"}):
        assert RateSearch.from_plain(junk) is None


def test_a_request_says_what_is_allowed() -> None:
    text = RunConfig().to_json()
    request = RateRequest(config=text)
    assert RateRequest.from_plain(json.loads(json.dumps(request.to_plain()))) == request
    for wrong in ({"lowest": 1.0, "highest": 0.5}, {"lowest": 0.0}, {"highest": math.inf}, {"steps": 3}):
        with pytest.raises(ValueError, match="allowed"):
            RateRequest(**{"config": text, **wrong})
    with pytest.raises(ValueError, match="has no"):
        RateRequest.from_plain({"config": text})
