"""The page of searches as a link, and what it asks for."""

from __future__ import annotations

import math

import pytest

from experiments.search import SearchCodec, ShownSearch, halving_sentence, range_sentence
from trainers import RunConfig
from trainers.rates import RangeTest, RateSearch, Suggestion, Trial

CODEC = SearchCodec()


def test_a_link_opens_what_it_was_written_from() -> None:
    state = ShownSearch()
    assert CODEC.write(state) == {"data.name": "moons"}
    changed = CODEC.changed(state, {"optimizer.name": "sgd", "lowest": 1e-6})
    link = CODEC.write(changed)
    assert CODEC.read(link) == (changed, [])
    assert link == {"data.name": "moons", "optimizer.name": "sgd", "lowest": "1e-06"}


def test_what_a_link_cannot_mean_is_told_and_left_out() -> None:
    state, problems = CODEC.read({"lowest": "2", "highest": "1", "budget.batch_size": "<b>", "v.x": "1"})
    assert state == ShownSearch()
    assert len(problems) == 3
    assert any("allowed is a lower and a higher rate" in problem for problem in problems)
    assert any("v.x" in problem for problem in problems)


def test_a_range_that_is_none_and_what_a_run_refuses_are_refused() -> None:
    with pytest.raises(ValueError, match="allowed is a lower"):
        CODEC.changed(ShownSearch(), {"lowest": 0.1, "highest": 0.05})
    with pytest.raises(ValueError, match="allowed"):
        CODEC.changed(ShownSearch(), {"model.name": "cnn"})


def test_rate_and_schedule_of_the_run_do_not_make_another_search() -> None:
    plain = ShownSearch(config=RunConfig().changed({"optimizer.name": "sgd"}))
    other = ShownSearch(config=plain.config.changed({"optimizer.lr": 0.3, "schedule.name": "cosine"}))
    assert plain.request == other.request
    assert ShownSearch(config=plain.config.changed({"budget.batch_size": 64})).request != plain.request


def test_sentences_say_the_rate_first() -> None:
    found = Suggestion(reason="There the loss falls fastest.", rate=0.03, steepest=0.03, lowest=0.2, breaks=0.9)
    assert range_sentence(found) == (
        "**0.03**. There the loss falls fastest. It is lowest at 0.2 and breaks from 0.9 on."
    )
    assert "does not break within the range" in range_sentence(Suggestion(reason="So.", rate=0.1, lowest=1.0))
    assert range_sentence(Suggestion(reason="It broke at once.")) == "It broke at once."
    trials = (Trial(rate=1.0, losses=(1.0, math.inf), held=False), Trial(rate=0.5, losses=(1.0, 0.5), held=True))
    search = RateSearch(range_test=RangeTest(), trials=trials, rows=300)
    assert halving_sentence(search).startswith("**0.5**. It held after 2 tries, on 300 rows")
    assert "No rate down to 1 held" in halving_sentence(RateSearch(range_test=RangeTest(), trials=trials[:1]))
    assert halving_sentence(RateSearch(range_test=RangeTest())) == ""
